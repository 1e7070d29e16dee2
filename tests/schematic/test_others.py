"""`others` on profiles against its definition, wire by wire: forward, and what is wanted backward."""

import numpy as np
import pytest

from circuitsim.schematic import others as module
from circuitsim.schematic.constants import constants
from circuitsim.schematic.demand import demand
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.meanings import pairs
from circuitsim.schematic.others import others, others_back
from circuitsim.schematic.profile import Profile
from tests.netlist.recount import assert_measured_exactly


def ragged_profile(rng: np.random.Generator, lengths: tuple[int, ...], codes: int) -> Profile:
    """Random runs and codes over axes of the given lengths."""
    runs = []
    for length in lengths:
        cuts = (
            np.flatnonzero(rng.random(max(0, length - 1)) < rng.choice([0.1, 0.5, 1.0])) + 1
        )
        runs.append(
            np.diff(np.concatenate([[0], cuts, [length]])).astype(np.int64)
            if length
            else np.zeros(0, np.int64)
        )
    return Profile(
        tuple(runs), rng.integers(0, codes, tuple(len(r) for r in runs)).astype(np.int32)
    )


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("axis", [0, 1])
def test_others_are_the_definition(seed, axis):
    rng = np.random.default_rng(seed)
    lengths = tuple(int(k) for k in rng.integers(1, 9, 3))
    x = ragged_profile(rng, lengths, 3)
    found = others(x, axis)
    assert np.array_equal(
        found.expand_dense(), x.expand_dense().take(pairs(lengths[axis]), axis)
    )
    assert len(found.runs[axis]) <= len(x.runs[axis])
    assert len(found.runs[axis + 1]) <= max(0, 2 * len(x.runs[axis]) - 1)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("most", [0, module.PAIRS])
def test_what_pairs_want_is_wanted_and_nothing_else(seed, most, monkeypatch):
    monkeypatch.setattr(module, "PAIRS", most)  # by queries, or by intervals
    rng = np.random.default_rng(seed)
    keys, bits = int(rng.integers(1, 9)), int(rng.integers(1, 4))
    want = ragged_profile(rng, (2, keys, keys - 1, bits), 2)
    dense = want.expand_dense()
    expected = np.zeros((2, keys, bits), np.int32)
    for j in range(keys):
        for r in range(keys - 1):
            expected[:, r + (r >= j)] |= dense[:, j, r]
    assert np.array_equal(others_back(want, 1).expand_dense(), expected)


def test_a_million_keys_are_a_handful_of_runs():
    runs = np.array([5, 1, 2**20 - 6], np.int64)
    x = Profile((runs,), np.array([1, 2, 3], np.int32))
    found = others(x, 0)
    assert found.codes.shape == (3, 4)
    back = others_back(
        Profile(found.runs, np.array([[0, 1, 0, 0], [0] * 4, [0] * 4], np.int32)), 0
    )
    assert back.shape == (2**20,)
    assert back.codes.sum() < 5


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_a_transpose_wants_what_is_wanted_of_it(order):
    d = Drawing("tc0")
    x = d.input((2, 3, 4))
    turned = x.transpose(*order)
    schematic = d.finish([turned.slice(0, 1, 2)])
    wanted = demand(schematic, constants(schematic))[x.index].expand_dense()
    index = [slice(None)] * 3
    index[order[0]] = slice(1, 2)
    expected = np.zeros((2, 3, 4), np.int32)
    expected[tuple(index)] = 1
    assert np.array_equal(wanted, expected)


def test_thresholds_want_only_the_wires_of_the_thresholds_that_are_asked_for():
    d = Drawing("tc0")
    x, y = d.input((3,)), d.input((3,))
    both = x & y
    found = d.at_least([(both, [[1, 1, 0], [0, 1, 1], [1, 1, 1]])], [1, 2, 9])
    for kept, wires in ((0, [1, 1, 0]), (1, [0, 1, 1]), (2, [0, 0, 0])):
        schematic = d.finish([found.slice(0, kept, kept + 1)])
        wanted = demand(schematic, constants(schematic))[both.index].expand_dense()
        assert wanted.tolist() == wires
        assert_measured_exactly(schematic)
