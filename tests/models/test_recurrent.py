"""Recurrent nets written by hand against what they are to compute, their states, and their refusals."""

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.analysis.separations.distinct_states import distinct_states, states_after
from circuitsim.errors import InputError, LimitError, ModelError
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet
from circuitsim.models.sequence import all_inputs, decode, encode
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact, run_float
from tests.models.hand_nets import dyck_2_2, index_lookup, majority, parity, saturating
from tests.models.random_nets import random_recurrent

ROWS = {"0": [0], "1": [1]}
STEP = FeedForward([[1, 1]], [[1]], residual=False)


def decisions(net, codes):
    """What every rung above the circuit decides, which must be the same."""
    exact = run_exact(net, codes).decisions
    floating = run_float(net, codes)
    assert floating.trusted.all()
    assert (floating.decisions == exact).all()
    assert (run_integer(fix(net, codes.shape[1]), codes).decisions == exact).all()
    return exact


def is_dyck(text, depth=2):
    stack = []
    for token in text:
        if token in "([":
            stack.append(token)
        elif not stack or stack.pop() + token not in ("()", "[]"):
            return False
        if len(stack) > depth:
            return False
    return not stack


@pytest.mark.parametrize("n", range(1, 7))
def test_the_automaton_of_three_bits_accepts_dyck_2_2(n):
    net = dyck_2_2()
    assert net.forward.code_bits == 3
    codes = all_inputs(net, n)
    found = decisions(net, codes)
    assert [bool(d) for d in found[:, 0]] == [is_dyck(decode(net, row)) for row in codes]


@pytest.mark.parametrize("n", range(2, 9))
def test_the_shift_register_looks_up_the_index(n):
    net = index_lookup(n)
    codes = all_inputs(net, n)
    assert (decisions(net, codes)[:, 0] == codes[np.arange(len(codes)), codes[:, -1]]).all()


@pytest.mark.parametrize("n", range(1, 10))
def test_counters_count(n):
    codes = all_inputs(parity(), n)
    ones = codes.sum(axis=1)
    assert (decisions(parity(), codes)[:, 0] == ones % 2).all()
    assert (decisions(majority(), codes)[:, 0] == (2 * ones > n)).all()
    assert (decisions(saturating(3), codes)[:, 0] == (ones >= 3)).all()
    prefixes = np.cumsum(2 * codes - 1, axis=1)
    assert (decisions(majority("each"), codes) == (prefixes > 0)).all()


def test_a_backward_cell_reads_from_the_end():
    """The first of two ones: the forward parity is even before it, and there is a one after it."""
    later = FeedForward([[-1, -1]], [[-1]], [1], [1], residual=False)  # min(1, h + x)
    net = RecurrentNet(
        "01",
        ROWS,
        NetCell([0], [STEP]),
        Readout([0, 1, 0], [0], "each"),
        backward=NetCell([0], [later]),
        bits="0",
    )
    codes = encode(net, ["01010", "00000", "00001"])
    expected = [[1, 1, 1, 1, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]]
    assert decisions(net, codes).tolist() == expected
    first = cs.RecurrentNet(
        "01",
        ROWS,
        NetCell([0], [STEP]),
        Readout([0, 1, 0], [0], "first"),
        backward=NetCell([0], [later]),
        bits="0",
    )
    assert decisions(first, codes)[:, 0].tolist() == [row[0] for row in expected]
    assert [len(span) for span in first.spans(5)] == [1, 5]


def test_clipping_keeps_a_state_within_its_bits_and_counting_does_not():
    assert cs.compile(saturating(5)).state_bits(64) == 4
    assert [cs.compile(majority()).state_bits(n) for n in (4, 8, 64)] == [4, 5, 8]


def test_a_state_that_grows_is_refused_by_its_step():
    doubling = NetCell([1], [FeedForward([[2, 1]], [[1]], residual=False)])
    net = RecurrentNet("01", ROWS, doubling, Readout([1, 0]), bits="0", name="doubling")
    assert fix(net, 60).largest <= 62
    with pytest.raises(LimitError, match=r"forward step 6\d.*--max-bits is 62"):
        fix(net, 70)
    codes = np.ones((1, 70), np.int64)
    assert run_integer(fix(net, 70, max_bits=100), codes).outputs[0, 0, 0] == 2**71 - 1


def test_too_many_steps_are_refused():
    with pytest.raises(LimitError, match="step by step, for n up to 4,096"):
        cs.compile(parity())(2**20)


def test_states_are_counted_exactly():
    net = index_lookup(6)
    codes = all_inputs(net, 6)
    found = distinct_states(net, codes, 5)
    assert (found.distinct, found.needed, found.inputs) == (2**5, 5, 2**5 * 5)
    assert found.bits >= found.needed
    brackets = all_inputs(dyck_2_2(), 5)
    assert (
        distinct_states(dyck_2_2(), brackets, 3).distinct == 2 + 1
    )  # one open bracket, or dead
    assert (
        distinct_states(dyck_2_2(), brackets, 4).distinct == 1 + 4 + 1
    )  # none, two, or dead
    counted = distinct_states(majority(), all_inputs(majority(), 7), 7)
    assert (counted.distinct, counted.needed) == (8, 3)
    with pytest.raises(InputError, match="step is 8, expected 1 to 7"):
        distinct_states(majority(), all_inputs(majority(), 7), 8)


def test_states_of_the_integer_net_are_fewer_where_bits_are():
    halving = NetCell([0], [FeedForward([["1/2", 1]], [[1]], residual=False)])
    net = RecurrentNet("01", ROWS, halving, Readout([1, 0]), bits="4")
    codes = all_inputs(net, 6)
    assert len(set(states_after(net, codes, 6))) == 2**6
    sizes = [len(set(states_after(net, codes, 6, bits))) for bits in range(6)]
    assert sizes[0] == 7  # 1/2 rounds to 1: the net counts to 6
    assert sizes[1:] == sorted(sizes[1:])
    assert sizes[1] < sizes[-1] == 2**6


def test_states_with_equal_rows_are_still_two_states():
    same = Automaton(("a", "b"), (("a", "b"), ("b", "a")), rows=[[1], [1]])
    net = RecurrentNet("01", ROWS, same, Readout([1, 0]))
    assert distinct_states(net, all_inputs(net, 3), 3).distinct == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"forward": NetCell([], [STEP])}, "initial is empty"),
        ({"forward": NetCell([0], [])}, "forward: the last net must give 1 numbers"),
        ({"forward": NetCell([0, 0], [STEP])}, "hidden has rows of 2 entries, expected 3"),
        (
            {"backward": NetCell([0], [FeedForward([[1]], [[1]], residual=False)])},
            "backward, net 0: hidden has",
        ),
        ({"readout": Readout([1])}, "readout.weights has rows of 1 entries, expected 2"),
        ({"readout": Readout([1, 0], position="<cls>")}, "not one of first, last, each"),
        (
            {"nets": [FeedForward([[1, 1]], [[1]])]},
            "with residual its output has 2 rows, got 1",
        ),
        ({"positions": ["i", "n"]}, "2 position expressions, expected 1"),
        ({"positions": ["import os"]}, r"positions\[0\]"),
        ({"vocabulary": "0"}, "no letters: '1'"),
        ({"vocabulary": "00"}, "token twice"),
        ({"bits": "n +"}, "bits"),
        (
            {"forward": Automaton(("q",), ((0, 0, 0),))},
            "rows of 3 entries, expected one for each of 2 tokens",
        ),
    ],
)
def test_what_does_not_fit_is_said(arguments, words):
    given = {
        "vocabulary": "01",
        "embedding": ROWS,
        "forward": NetCell([0], [STEP]),
        "readout": Readout([1, 0]),
    }
    with pytest.raises(ModelError, match=words):
        RecurrentNet(**{**given, **arguments})


def test_the_random_nets_cover_every_option():
    nets = [random_recurrent(seed) for seed in range(40)]
    cells = [cell for net in nets for cell in net.cells]
    net_cells = [cell for cell in cells if isinstance(cell, NetCell)]
    assert {type(cell) for cell in cells} == {NetCell, Automaton}
    assert {(c.residual, c.reads_state) for c in net_cells} == {
        (a, b) for a in (True, False) for b in (True, False)
    }
    assert {len(cell.nets) for cell in net_cells} == {1, 2}
    assert {net.readout.position for net in nets} == {"first", "last", "each"}
    assert {len(net.nets) for net in nets} == {0, 1, 2}
    assert {len(net.readout.weights) for net in nets} == {1, 2, 3}
    assert any(net.backward for net in nets)
