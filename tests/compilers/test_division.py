"""The quotient: floor(N / C) for every N and C that fit, at every radix."""

import numpy as np
import pytest
from circuitsim.compilers.bounded.division import digit_bits, division_cell, quotient

from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import evaluate
from circuitsim.schematic.measure import measure
from tests.compilers.test_maximum import bits, numbers
from tests.netlist.recount import assert_measured_exactly


def cases(w, c, width):
    """All (N, C) of w and c bits whose quotient fits in `width` bits."""
    n, d = np.meshgrid(np.arange(1 << w), np.arange(1, 1 << c), indexing="ij")
    fits = n // d < 1 << width
    return n[fits], d[fits]


@pytest.mark.parametrize("radix", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("or_carries", [False, True])
@pytest.mark.parametrize(
    ("w", "c", "width"), [(7, 3, 7), (8, 4, 5), (6, 2, 6), (5, 5, 3), (3, 4, 3), (4, 1, 4)]
)
def test_every_quotient(radix, or_carries, w, c, width):
    drawing = Drawing("xag")
    cell = division_cell(w, c, width, radix, or_carries)
    schematic = drawing.finish(
        [drawing.call(cell, drawing.input((1, w)), drawing.input((1, c)))]
    )
    n, d = cases(w, c, width)
    seen = numbers(evaluate(schematic, np.concatenate([bits(n, w), bits(d, c)], axis=1)))
    assert np.array_equal(seen, n // d)
    assert_measured_exactly(schematic)


@pytest.mark.parametrize("basis", ["xag", "aig"])
@pytest.mark.parametrize("optimize", ["depth", "balanced", "size"])
def test_quotients_of_long_numbers(basis, optimize):
    w, c, width = 40, 13, 28
    drawing = Drawing(basis, optimize)
    schematic = drawing.finish(
        [quotient(drawing, drawing.input((1, w)), drawing.input((1, c)), width)]
    )
    rng = np.random.default_rng(0)
    d = np.concatenate([rng.integers(1, 1 << c, 300), [1, 2, 3, (1 << c) - 1, 1 << (c - 1)]])
    n = np.minimum(rng.integers(0, 1 << w, len(d)), d * (1 << width) - 1)
    exact = np.minimum(
        n // d * d + rng.integers(0, 2, len(d)) * (d - 1), d * (1 << width) - 1
    )  # both ends of a quotient
    for numerators in (n, exact):
        seen = numbers(
            evaluate(schematic, np.concatenate([bits(numerators, w), bits(d, c)], axis=1))
        )
        assert np.array_equal(seen, numerators // d)


@pytest.mark.parametrize("divisor", [1, 3, 8, 13])
def test_a_constant_divisor_folds_and_leaves_no_dead_gate(divisor):
    drawing = Drawing("xag")
    numerator = drawing.input((1, 8))
    schematic = drawing.finish(
        [quotient(drawing, numerator, drawing.constant(bits([divisor], 4)), 8)]
    )
    everything = np.arange(256)
    assert np.array_equal(
        numbers(evaluate(schematic, bits(everything, 8))), everything // divisor
    )
    assert_measured_exactly(schematic)


def cost(w, c, width, radix, basis="xag"):
    """Gates and levels of a quotient whose operands arrive together."""
    drawing = Drawing(basis)
    cell = division_cell(w, c, width, radix, basis == "aig" and radix > 1)
    found = measure(
        drawing.finish([drawing.call(cell, drawing.input((1, w)), drawing.input((1, c)))])
    )
    return found.gates, found.depth


@pytest.mark.parametrize("mode", ["depth", "balanced"])
@pytest.mark.parametrize("basis", ["xag", "aig"])
@pytest.mark.parametrize(
    ("c", "width", "keys"),
    [(3, 8, 7), (8, 8, 200), (11, 12, 1024), (16, 12, 64), (21, 7, 1 << 20)],
)
def test_no_other_digits_take_fewer_gates_and_fewer_levels(basis, mode, c, width, keys):
    w = width + c
    chosen = digit_bits(w, c, width, keys, basis, mode)
    gates, levels = estimated(w, c, width, chosen, basis)
    for radix in range(1, 9):
        other = estimated(w, c, width, radix, basis)
        assert not (other[0] < gates and other[1] < levels)


def estimated(w, c, width, radix, basis):
    """Gates and levels of a quotient whose divisor is there well before its numerator."""
    drawing = Drawing(basis)
    late = drawing.input((1, w, 1 << 2 * c))
    cell = division_cell(w, c, width, radix, basis == "aig" and radix > 1)
    found = drawing.call(cell, drawing.all([(late, 1)]), drawing.input((1, c)))
    cost = measure(drawing.finish([found]))
    return cost.gates, cost.depth


@pytest.mark.parametrize(("c", "width"), [(3, 8), (8, 8), (11, 12), (16, 12)])
def test_digits_grow_from_size_to_depth(c, width):
    keys = 1 << min(c, 10)
    size, balanced, depth = (
        cost(width + c, c, width, digit_bits(width + c, c, width, keys, "xag", mode))
        for mode in ("size", "balanced", "depth")
    )
    assert size[0] < balanced[0] <= depth[0]
    assert size[1] > balanced[1] >= depth[1]


def test_a_wide_divisor_of_few_keys_takes_short_digits():
    """A divisor that is a sum of weights says nothing about how many keys there are to hide a division beside."""
    few, many = (digit_bits(28, 16, 12, keys, "xag", "depth") for keys in (16, 1 << 16))
    assert 2 * cost(28, 16, 12, few)[0] < cost(28, 16, 12, many)[0]
