"""The argmax of several rows: by a tournament and by all pairs, against numpy; and which of them is taken."""

from functools import lru_cache

import numpy as np
import pytest
from circuitsim.compilers.bounded.argmax import argmax, tournament
from circuitsim.compilers.bounded.numbers import sign
from circuitsim.compilers.pairwise import pairwise
from circuitsim.compilers.residual import Block, Residual

from circuitsim.networks.forms import Number, Stream
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import evaluate
from circuitsim.schematic.measure import measure
from tests.netlist.recount import assert_measured_exactly


def one_number_a_component(drawing, components, bits, positions=1):
    """A stream of unsigned numbers of so many bits, which are inputs."""
    unit = np.identity(components, dtype=int).astype(object)
    blocks = [
        Block(
            drawing.input((positions, bits)),
            unit[:, c : c + 1] * (1 << np.arange(bits))[None, :],
        )
        for c in range(components)
    ]
    zero = np.zeros(components, dtype=object)
    numbers = tuple(Number(unit[c], 0, (1 << bits) - 1) for c in range(components))
    return Residual(
        drawing, tuple(blocks), zero, Stream(0, zero, (), None, numbers), positions
    )


def drawn(rows, offsets, bits, way, basis="xag", optimize="depth", positions=1):
    """The schematic of an argmax over a stream of numbers, by a function of residual, rows and offsets."""
    drawing = Drawing(basis, optimize)
    residual = one_number_a_component(drawing, rows.shape[1], bits, positions)
    found = way(residual, list(rows.astype(object)), [int(v) for v in offsets])
    assert found.shape == (positions, len(rows))
    return drawing.finish([found])


def by_pairs(residual, rows, offsets):
    return pairwise(residual, rows, offsets, sign)


def largest(rows, offsets, patterns, bits):
    """One-hot the first of the largest rows."""
    x = (patterns.reshape(len(patterns), -1, bits) * (1 << np.arange(bits))).sum(-1)
    return (x @ rows.T + offsets).argmax(-1)[:, None] == np.arange(len(rows))


@pytest.mark.parametrize("optimize", ["depth", "size"])
@pytest.mark.parametrize("basis", ["xag", "aig"])
@pytest.mark.parametrize("way", [tournament, by_pairs, argmax])
@pytest.mark.parametrize("seed", range(8))
def test_every_input_has_the_lowest_of_the_largest_rows(seed, way, basis, optimize):
    rng = np.random.default_rng(seed)
    classes, d, bits = 2 + seed, int(rng.integers(1, 4)), int(rng.integers(1, 3))
    rows, offsets = (
        rng.integers(-2, 3, (classes, d)) << int(rng.integers(0, 2)),
        rng.integers(-2, 3, classes),
    )
    rows[0, 0] += 1  # not all are constants
    schematic = drawn(rows, offsets, bits, way, basis, optimize)
    patterns = (np.arange(1 << d * bits)[:, None] >> np.arange(d * bits) & 1).astype(bool)
    assert np.array_equal(
        evaluate(schematic, patterns), largest(rows, offsets, patterns, bits)
    )
    assert_measured_exactly(schematic)


def test_several_positions_are_apart():
    rows, offsets = (
        np.array([[1, 0], [0, 1], [1, 1], [2, -1], [0, 0]]),
        np.array([0, 1, -2, 0, 3]),
    )
    schematic = drawn(rows, offsets, 2, tournament, positions=2)
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2, (64, 2, 2, 2)).astype(bool)  # component, position, bit
    seen = evaluate(schematic, patterns.reshape(64, -1)).reshape(64, 2, 5)
    for position in range(2):
        own = patterns[:, :, position].reshape(64, -1)
        assert np.array_equal(seen[:, position], largest(rows, offsets, own, 2))


@pytest.mark.parametrize("way", [tournament, by_pairs])
def test_of_equal_rows_the_lowest_is_first(way):
    rows, offsets = np.ones((5, 1), int), np.zeros(5, int)
    seen = evaluate(drawn(rows, offsets, 3, way), np.zeros((1, 3), bool))
    assert seen.tolist() == [[True, False, False, False, False]]


@lru_cache
def costs(classes, d, bits, basis, optimize="depth"):
    """Gates and depth of the three ways for a dense matrix."""
    rng = np.random.default_rng(classes)
    rows, offsets = rng.integers(-128, 129, (classes, d)), rng.integers(-128, 129, classes)
    found = {
        way: measure(drawn(rows, offsets, bits, way, basis, optimize))
        for way in (argmax, tournament, by_pairs)
    }
    return [(cost.gates, cost.depth) for cost in found.values()]


@pytest.mark.slow
@pytest.mark.parametrize("basis", ["xag", "aig"])
def test_thirty_one_rows_take_less_than_a_tenth_of_the_gates_of_all_pairs(basis):
    chosen, _, pairs = costs(31, 8, 6, basis)
    assert 10 * chosen[0] < pairs[0]


@pytest.mark.parametrize("optimize", ["depth", "size"])
@pytest.mark.parametrize("basis", ["xag", "aig"])
@pytest.mark.parametrize("classes", range(2, 9))
def test_no_argmax_is_larger_without_being_less_deep(classes, basis, optimize):
    for d, bits in ((1, 3), (3, 2)):
        chosen, _, pairs = costs(classes, d, bits, basis, optimize)
        assert chosen[0] <= pairs[0] or chosen[1] < pairs[1]


def test_two_rows_are_compared_and_many_play():
    assert costs(2, 4, 6, "xag")[0] == costs(2, 4, 6, "xag")[2]
    assert costs(12, 4, 6, "xag")[0] == costs(12, 4, 6, "xag")[1]
