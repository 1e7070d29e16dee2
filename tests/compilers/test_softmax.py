"""Softmax as circuits: integer = schematic = circuit = file, measured = built, and the depths that are promised."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from circuitsim.compilers.bounded.softmax import weight_cell
from circuitsim.compilers.family import Family

import circuitsim as cs
from circuitsim.analysis.ladder import climb
from circuitsim.networks.definition import weight
from circuitsim.networks.softmax import Softmax
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import evaluate
from circuitsim.schematic.measure import measure
from circuitsim.schematic.schematic import OPTIMIZE
from tests.cases import softmax_model
from tests.netlist.recount import assert_measured_exactly
from tests.third_order import third_order_model

BASES = ("xag", "aig", "tc0")


@pytest.mark.parametrize("ripple", [False, True])
@pytest.mark.parametrize("fine", [0, 1, 2, 4])
@pytest.mark.parametrize(("gap_bits", "weight_bits"), [*product((0, 1, 2, 3), (0, 1, 2, 5))])
def test_a_cell_gives_the_weight_of_every_gap(gap_bits, weight_bits, fine, ripple):
    how, width = Softmax(gap_bits, weight_bits), 5
    cut = max(0, fine - gap_bits)
    half = (1 << cut) >> 1
    best_width = width + bool(half)
    pairs = [(a, b) for a in range(1 << width) for b in range(a + 1)]
    bits = [
        [a + half >> k & 1 for k in range(best_width)] + [b >> k & 1 for k in range(width)]
        for a, b in pairs
    ]
    drawing = Drawing("xag", "depth")
    wires = drawing.input((best_width + width,))
    cell = weight_cell((best_width, width), fine, how, ripple)
    best, found = (
        wires.slice(0, 0, best_width),
        wires.slice(0, best_width, best_width + width),
    )
    made = evaluate(drawing.finish([drawing.call(cell, best, found)]), np.array(bits, bool))
    numbers = made.astype(int) @ (1 << np.arange(weight_bits + 1))
    assert numbers.tolist() == [weight(how, Fraction(a - b, 1 << fine)) for a, b in pairs]


def assert_circuits_are_the_integer_model(model, n, optimize, positions) -> None:
    families = [
        Family(model, basis, optimize=optimize, positions=positions) for basis in BASES
    ]
    row = climb(families, n, exhaustive=True)
    assert [r for r in row.rungs if r.relation == "=" and not r.holds] == []
    for family in families:
        assert_measured_exactly(family(n))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(48))
def test_random_models_agree_residual_by_residual(seed):
    model = softmax_model(seed, layers=1 + (seed % 3 == 0), heads=1 + seed % 2)
    n = 3 if len(model.vocabulary) < 4 else 2
    optimize, positions = OPTIMIZE[seed % 3], ("folded", "wired")[seed // 3 % 2]
    assert_circuits_are_the_integer_model(model, n, optimize, positions)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_heads_of_third_order_agree(seed):
    model = third_order_model(seed, layers=1, heads=1).with_attention("softmax")
    model = replace(model, gap_bits="1", weight_bits="2", bits="2")
    assert_circuits_are_the_integer_model(model, 2, "depth", ("folded", "wired")[seed % 2])


def dense(layers: int) -> cs.Model:
    """Nothing is zero, so that no level vanishes."""
    head = cs.Head(
        [[1, 2], [3, 1]],
        [[2, 1], [1, 2]],
        [[1, 3], [2, 1]],
        [[1, 2], [2, 1]],
        attention="softmax",
    )
    net = cs.FeedForward([[1, -1], [2, 1]], [[1, 2], [-1, 1]], ["1/2", 1])
    layer = cs.Layer([head], feed_forward=net)
    embedding = {"0": [1, -1], "1": [-1, 2]}
    model = cs.Model("01", embedding, [layer] * layers, cs.Readout([1, -1], [0], "last"))
    return replace(model, bits="0", gap_bits="1", weight_bits="2")


@pytest.mark.parametrize("layers", [1, 2])
def test_tc0_takes_five_levels_a_layer_and_one_to_read_out_whatever_n(layers):
    depths = {n: measure(Family(dense(layers), "tc0")(n)).depth for n in (2, 3, 5, 8, 13)}
    assert max(depths.values()) <= 5 * layers + 1
    assert depths[13] == depths[8] == 5 * layers + 1


def test_xag_takes_a_constant_more_levels_with_every_doubling():
    family = Family(dense(1), "xag", positions="wired")
    depths = [measure(family(1 << k)).depth for k in range(2, 12)]
    assert max(b - a for a, b in pairwise(depths)) <= 12


def test_many_bits_are_the_same_function_in_every_basis():
    model = replace(dense(1), gap_bits="8", weight_bits="10", bits="6")
    families = [Family(model, basis, optimize="size") for basis in ("xag", "aig")]
    assert climb(families, 4, exhaustive=True).holds
    model = replace(model, gap_bits="4", weight_bits="8", bits="2")
    assert climb([Family(model, "tc0")], 3, exhaustive=True).holds


def test_limits_that_are_twice_as_far_are_noticed(monkeypatch):
    """The integer model reads the limits, cells do not."""
    right = Softmax.steps

    def wrong(self, unit):
        return tuple((2 * limit, worth) for limit, worth in right(self, unit))

    monkeypatch.setattr(Softmax, "steps", wrong)
    head = cs.Head([["1/2"]], [[1]], [[1]], [[1]], attention="softmax")
    rows = {"a": [1], "b": [2]}
    model = cs.Model("ab", rows, [cs.Layer([head])], cs.Readout([1], [-3]), bits="3")
    row = climb([Family(model, "xag")], 3, exhaustive=True)
    assert not all(r.holds for r in row.rungs if r.relation == "=")
