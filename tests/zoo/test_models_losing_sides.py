"""The losing sides of the separations: right with what they need, wrong with less, in every rung."""

import numpy as np
import pytest

from circuitsim.analysis.resources import resources
from circuitsim.analysis.separations.gadgets import gadgets
from circuitsim.analysis.separations.messages import distinguishable, messages
from circuitsim.analysis.separations.observing import observer
from circuitsim.api import check, compile, measure
from circuitsim.errors import CircuitSimError
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from circuitsim.zoo.addresses import built
from circuitsim.zoo.models.finite_states import automaton

FEW = 2**12
DRAWN = 300

# Address; short lengths, at all of which all inputs are tried; longer ones, at which inputs are drawn.
SOLVES = (
    ("equality-one-layer", (2, 4, 6, 8, 10), (16,)),
    ("bounded-dyck-one-layer", (1, 2, 3, 4, 5), (9, 16)),
    ("bounded-dyck-one-layer:k=3,depth=3", (1, 2, 3, 4), (7,)),
    ("bounded-dyck-one-layer:k=1,depth=2", (1, 4, 7), (15, 16)),
    ("match3-second-order", (1, 2, 3, 4), (15, 16)),
    ("match3-second-order:modulus=20", (1, 2), (9,)),
    ("k-hop-chain", (1, 2, 4, 7), (15, 16)),
    ("k-hop-chain:k=1,letters=2", (1, 2, 9), (16,)),
    ("k-hop-chain:k=5,letters=2", (6, 11), (16,)),
    ("qstr:q=3", (1, 2), (16,)),
    ("bounded-dyck-rnn", (1, 2, 3, 4, 5, 6), (15, 16)),
    ("bounded-dyck-rnn:k=3,depth=4", (1, 2, 3, 4), (16,)),
    ("parity-rnn", (1, 2, 3, 12), (15, 16)),
    ("majority-rnn", (1, 2, 3, 12), (15, 16)),
    ("index-lookup-rnn", (2, 3, 8), (15, 16)),
    ("index-lookup-rnn:letters=5", (2, 3, 4), (9,)),
    ("equality-rnn", (2, 4, 6, 12), (16,)),
    ("q-sparse-averaging-rnn", (2, 3), (9, 16)),
    ("q-sparse-averaging-rnn:q=1", (1, 2, 3), (8,)),
    ("q-sparse-averaging-rnn:q=4", (4,), (9,)),
    ("simple-qstr-rnn", (1, 2, 5), (15, 16)),
    ("simple-qstr-rnn:q=5", (1, 2), (16,)),
    ("simple-qstr-rnn:q=3,g=majority", (1, 4), (16,)),
    ("simple-qstr-rnn:q=3,g=sum", (1, 4), (16,)),
    ("equality-fcn", (2, 4, 6, 12), (16,)),
    ("q-sparse-averaging-fcn", (2, 3), (16,)),
    ("q-sparse-averaging-fcn:q=4", (4,), ()),
    ("simple-qstr-fcn", (1, 2, 5), (15, 16)),
    ("simple-qstr-fcn:q=4,g=parity", (1, 2), (16,)),
    ("simple-qstr-fcn:q=3,g=majority", (1, 4), (16,)),
    ("simple-qstr-fcn:q=3,g=sum", (1, 4), (16,)),
)

# Address, option that is squeezed, lengths, and how much is needed at n.
SQUEEZED = (
    ("equality-one-layer", "width", (4, 8, 16), lambda n: n // 2),
    ("bounded-dyck-one-layer", "width", (2, 4, 6, 8), lambda n: 2 * n),
    ("match3-second-order", "width", (2, 4, 16), lambda n: 8),
    ("k-hop-chain:k=3", "layers", (4, 7, 16), lambda n: 4),
    ("k-hop-chain:k=1", "layers", (2, 7, 16), lambda n: 2),
    ("qstr:q=3", "heads", (1, 2, 16), lambda n: 3),
    ("simple-qstr:q=3", "heads", (1, 2, 16), lambda n: 3),
    ("index-lookup-rnn", "cells", (3, 8, 16), lambda n: n - 1),
    ("equality-rnn", "cells", (4, 6, 12, 16), lambda n: n // 2),
    ("q-sparse-averaging-rnn", "cells", (2, 3, 9), lambda n: n),
    ("equality-fcn", "width", (2, 8, 16), lambda n: n),
    ("q-sparse-averaging-fcn", "width", (2, 3, 9), lambda n: 3 * n),
    ("simple-qstr-fcn", "width", (2, 4, 16), lambda n: n + 2),
)

# Address, n, layers, heads, width: what the formulas of the entries come to.
TAKES = (
    ("equality-one-layer", 16, 1, 1, 8),
    ("equality-one-layer:width=5", 16, 1, 1, 5),
    ("bounded-dyck-one-layer", 8, 1, 1, 16),
    ("bounded-dyck-one-layer:k=5", 8, 1, 1, 32),
    ("match3-second-order:modulus=20", 8, 1, 1, 20),
    ("k-hop-chain:k=4", 8, 5, 1, 3),
    ("k-hop-chain:k=4,layers=2", 8, 2, 1, 3),
    ("qstr:q=4,heads=3", 8, 1, 3, 2),
    ("bounded-dyck-rnn", 8, 1, 0, 3),
    ("bounded-dyck-rnn:k=3,depth=4", 8, 1, 0, 7),
    ("parity-rnn", 8, 1, 0, 1),
    ("majority-rnn", 8, 1, 0, 1),
    ("index-lookup-rnn", 16, 1, 0, 15),
    ("index-lookup-rnn:letters=5,cells=4", 16, 1, 0, 12),
    ("equality-rnn", 16, 1, 0, 8),
    ("q-sparse-averaging-rnn", 16, 1, 0, 32),
    ("simple-qstr-rnn:q=3", 16, 1, 0, 3),
    ("equality-fcn", 16, 1, 0, 16),
    ("q-sparse-averaging-fcn:q=3", 9, 2, 0, 36),
    ("q-sparse-averaging-fcn:q=3,width=7", 9, 2, 0, 7),
    ("simple-qstr-fcn:q=3", 16, 3, 0, 19),
)

# Address, n at which circuits are built.
LADDERS = (
    ("equality-one-layer", 4),
    ("equality-one-layer:width=1", 4),
    ("bounded-dyck-one-layer", 3),
    ("match3-second-order:modulus=4", 3),
    ("k-hop-chain:k=3", 4),
    ("bounded-dyck-rnn", 4),
    ("parity-rnn", 5),
    ("majority-rnn", 5),
    ("index-lookup-rnn:letters=3", 4),
    ("equality-rnn", 6),
    ("q-sparse-averaging-rnn", 3),
    ("simple-qstr-rnn", 3),
    ("equality-fcn", 6),
    ("q-sparse-averaging-fcn", 3),
    ("simple-qstr-fcn:g=sum", 3),
)


def inputs_of(entry, n):
    """All legal inputs where they are few, else drawn and adversarial ones."""
    if entry.task.count(n) <= FEW:
        return entry.task.inputs(n)
    rng = np.random.default_rng(n)
    return np.concatenate(
        [entry.task.sample(n, DRAWN, rng), entry.task.adversarial(n, DRAWN, rng)]
    )


def wrong(entry, n, codes):
    """How many inputs the exact and the integer model decide otherwise than the task."""
    model, truth = entry.at(n), entry.task.decisions(codes)
    found = run_exact(model, codes).decisions, run_integer(fix(model, n), codes).decisions
    return [int((decisions != truth).any(axis=1).sum()) for decisions in found]


@pytest.mark.parametrize(
    ("address", "few", "many"), SOLVES, ids=[address for address, *_ in SOLVES]
)
def test_models_with_what_they_need_solve_their_task(address, few, many):
    entry = built(address)
    assert all(entry.task.count(n) <= FEW for n in few)
    for n in (*few, *many):
        assert wrong(entry, n, inputs_of(entry, n)) == [0, 0], n


@pytest.mark.parametrize(
    ("address", "option", "lengths", "needed"), SQUEEZED, ids=[row[0] for row in SQUEEZED]
)
def test_a_model_with_one_less_is_built_and_wrong_on_some_input(
    address, option, lengths, needed
):
    mark = "," if ":" in address else ":"
    for n in lengths:
        enough, less = (
            built(f"{address}{mark}{option}={needed(n) - short}") for short in (0, 1)
        )
        codes = inputs_of(enough, n)
        assert wrong(enough, n, codes) == [0, 0], n
        exact, integer = wrong(less, n, codes)
        assert 0 < exact == integer, n
        for value in (needed(n) + 1, -1):
            with pytest.raises(
                CircuitSimError, match=f"{option} is {value}, expected 1 to {needed(n)}, or 0"
            ):
                built(f"{address}{mark}{option}={value}").at(n)


@pytest.mark.parametrize(
    ("address", "option", "lengths", "needed"), SQUEEZED, ids=[row[0] for row in SQUEEZED]
)
def test_a_model_can_be_squeezed_down_to_one(address, option, lengths, needed):
    mark, n = "," if ":" in address else ":", lengths[-1]
    entry = built(f"{address}{mark}{option}=1")
    assert min(wrong(entry, n, inputs_of(entry, n))) > 0


@pytest.mark.parametrize(
    ("address", "n", "layers", "heads", "width"), TAKES, ids=[row[0] for row in TAKES]
)
def test_models_take_what_their_entries_say(address, n, layers, heads, width):
    has = resources(built(address).at(n))
    assert (has.layers, has.heads, has.width) == (layers, heads, width)


@pytest.mark.parametrize(("address", "n"), LADDERS, ids=[address for address, _ in LADDERS])
def test_every_rung_down_to_the_file_agrees(address, n):
    row = check(built(address).at(n), n, bases=("xag", "tc0"), samples=200)
    assert row.holds
    assert len([rung for rung in row.rungs if rung.relation == "="]) == 6


def test_hard_attention_is_also_in_ac0():
    assert check(built("k-hop-chain:k=3,letters=2").at(4), 4, bases=("ac0",)).holds


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "n"),
    [("index-lookup-rnn", 9), ("equality-rnn", 14), ("equality-one-layer", 14)],
)
def test_registers_hold_exactly_the_messages_that_the_gadget_needs(address, n):
    """The bound is met: as many states, or sums of values, as must be told apart, and with one cell less fewer."""
    entry = built(address)
    (gadget,) = gadgets(entry.task, n)
    assert messages(observer(entry.at(n), gadget, False), gadget) == distinguishable(gadget)
    option = next(iter(entry.options))
    less = built(f"{address}:{option}={gadget.bits - 1}")
    assert messages(observer(less.at(n), gadget, False), gadget) < distinguishable(gadget)


def test_the_automaton_of_dyck_2_2_has_seven_stacks_and_a_sink():
    cell = built("bounded-dyck-rnn").at(8).forward
    assert set(cell.states) == {"empty", "(", "[", "((", "([", "[(", "[[", "sink"}
    assert cell.code_bits == 3


def test_an_automaton_of_too_many_states_is_refused():
    with pytest.raises(CircuitSimError, match="at most 65536 states"):
        automaton("counter", 1, 0, lambda count, letter: count + 1)


def test_one_layer_for_equality_has_depth_two_in_threshold_gates():
    family = compile(built("equality-one-layer").at(32), "tc0")
    assert [row.depth for row in measure(family, [32])] == [2]
