"""Circuits of recurrent and fully connected nets: every rung bit for bit, and measured exactly."""

import pytest
from circuitsim.compilers.family import Family

import circuitsim as cs
from circuitsim.analysis.ladder import climb
from circuitsim.errors import CircuitSimError, InputError, LimitError
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet
from circuitsim.models.tables import Table
from circuitsim.tokens import Field
from tests.models.hand_nets import (
    any_one,
    dyck_2_2,
    index_lookup,
    majority,
    neighbours,
    parity,
    saturating,
)
from tests.models.random_nets import random_connected, random_recurrent
from tests.netlist.recount import assert_measured_exactly

BASES = ("xag", "aig", "tc0")
CASES = [(kind, seed) for kind in ("recurrent", "connected") for seed in range(20)]


def net_of(kind, seed, n):
    return random_recurrent(seed) if kind == "recurrent" else random_connected(seed, n)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_every_rung_agrees_bit_for_bit(kind, seed, basis):
    n = 1 + seed % 4
    family = Family(net_of(kind, seed, n), basis, positions=("folded", "wired")[seed % 2])
    row = climb([family], n, exhaustive=True)
    assert [r for r in row.rungs if r.relation == "=" and not r.holds] == []
    assert len([r for r in row.rungs if r.relation == "="]) == 3
    assert row.rungs[0].disagreements == 0
    assert_measured_exactly(family(n))


def assert_holds(net, n, basis, **options):
    family = Family(net, basis, **options)
    row = climb([family], n)
    assert row.holds
    assert len([r for r in row.rungs if r.relation == "="]) == 3
    assert_measured_exactly(family(n))
    return family(n).measure()


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_nets_written_by_hand_hold(n, basis):
    nets = [dyck_2_2(), parity(), majority(), majority("each"), saturating(2), any_one(n)]
    for net in nets if n == 1 else [*nets, index_lookup(n), neighbours(n)]:
        assert_holds(net, n, basis)


@pytest.mark.parametrize("n", [4, 16, 64])
def test_an_automaton_is_as_deep_as_its_input_is_long(n):
    assert parity_cost(n, "xag") == (n - 1, n - 1)  # one XOR a token after the first
    assert parity_cost(n, "aig") == (3 * (n - 1), 2 * (n - 1))
    gates, depth = parity_cost(n, "tc0")
    assert depth == 2 * (n - 1)
    assert gates <= 6 * n  # four ANDs and two ORs


def parity_cost(n, basis):
    cost = Family(parity(), basis)(n).measure()
    return cost.gates, cost.depth


@pytest.mark.slow
def test_a_sum_that_no_net_reads_is_added_once():
    assert [Family(majority(), "tc0")(n).measure().depth for n in (4, 16, 64)] == [1, 1, 1]
    xag = [Family(majority(), "xag")(n).measure().depth for n in (16, 64, 256)]
    assert xag[2] - xag[1] <= 8  # four times the tokens: 3.7 levels a doubling
    assert xag[2] < 34


@pytest.mark.slow
@pytest.mark.parametrize("basis", BASES)
def test_automata_read_records(basis):
    fields = (
        Field("side", ("l", "r")),
        Field("by", ("0", "1", "2"), "binary"),
        Field("mark", ("x", "y", "z")),
    )
    moves = [
        [(s + (1 if t < 9 else -1) * (t // 3 % 3) + t % 3) % 5 for t in range(18)]
        for s in range(5)
    ]
    tables = (
        Table(("side", "mark"), [[t, -t] for t in range(6)]),
        Table(("by",), [[0, 1], [1, 0], [2, 2]]),
    )
    cell = Automaton(tuple("abcde"), moves, "c", rows=[[s, s * s - 3] for s in range(5)])
    readout = Readout([[1, -1, 1, 2], [0, 1, -1, 0]], [0, 1], "each")
    net = RecurrentNet((), {}, cell, readout, fields=fields, tables=tables, bits="1")
    assert_holds(net, 2, basis)
    assert_holds(net, 6, basis)
    assert_holds(
        RecurrentNet((), {}, cell, readout, backward=cell_of(18), **records(fields, 2)),
        3,
        basis,
    )


def cell_of(tokens):
    return Automaton(("only",), ((0,) * tokens,))


def records(fields, width):
    tables = [
        Table((field.name,), [[v] * (width - 1) for v in range(field.size)])
        for field in fields
    ]
    return {"fields": fields, "tables": tables}


@pytest.mark.parametrize("basis", BASES)
def test_cells_that_add_to_a_state_they_read_hold(basis):
    """h' = h + ReLU(x - h): the largest row so far; and its read-out compares."""
    net = FeedForward([[-1, 1]], [[1]], residual=False)
    largest = RecurrentNet(
        "abcd",
        {token: [value] for value, token in enumerate("abcd")},
        NetCell(["1/2"], [net], residual=True),
        Readout([[1, -1], [0, 0], [-1, 1]], [0, "1/2", 0], "each"),
        bits="2",
    )
    assert_holds(largest, 5, basis)


def test_nets_are_refused_in_ac0_in_one_sentence():
    for net, why in (
        (parity(), "a recurrent net of n steps has depth n"),
        (any_one(2), "numbers from all positions"),
    ):
        with pytest.raises(InputError, match=why):
            Family(net, "ac0")


def test_what_is_too_large_for_thresholds_is_refused_before_it_is_drawn():
    doubling = NetCell([1], [FeedForward([[2, 1]], [[1]], residual=False)])
    net = RecurrentNet("01", {"0": [0], "1": [1]}, doubling, Readout([1, 0], [-40]), bits="0")
    assert Family(net, "tc0")(5).measure().gates > 0
    with pytest.raises(
        LimitError,
        match=r"needs about [\d,]+ threshold gates .* of them in forward step 40, net 0;",
    ):
        Family(net, "tc0")(40)


def test_the_python_interface_takes_nets():
    assert cs.check(parity(), 5, bases=("xag", "tc0")).holds
    rows = cs.measure(cs.compile(dyck_2_2()), [1, 2, 8])
    assert [row.state_bits for row in rows] == [2, 3, 3]
    assert cs.compile(majority(), bits="auto").bits(5) == 0
    with pytest.raises(CircuitSimError, match="has no attention to replace"):
        cs.compile(parity(), attention="saturated")
