"""Threshold circuits: random models residual by residual, the number of levels, digits, ties, masks and limits."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from circuitsim.compilers.bands import Band
from circuitsim.compilers.family import Family
from circuitsim.compilers.thresholds.digits import (
    digit_base,
    digit_places,
    digit_weights,
    digits_of,
    thresholds_of,
)
from circuitsim.compilers.thresholds.scores import Heap
from circuitsim.compilers.thresholds.winners import by_digits, fewer_digits

import circuitsim as cs
from circuitsim.analysis.ladder import climb
from circuitsim.models.model import MASKS, Head, Layer, Model, Readout
from circuitsim.networks.integer import run_integer
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import evaluate
from circuitsim.schematic.measure import measure
from tests.cases import random_model
from tests.netlist.recount import assert_measured_exactly

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
QUICK, ALL = range(12), range(12, 45)
MODES = ("depth", "balanced", "size")
SMALL = 60_000  # wires of circuits that are built here


def families(seed: int, longest: int) -> tuple[list[Family], int]:
    """One model in every mode, at the largest n up to `longest` at which its circuits are small."""
    r = random.Random(seed)
    model = replace(random_model(seed), bits=str(seed % 2))
    positions = r.choice(["folded", "wired"])
    many = [Family(model, "tc0", optimize=mode, positions=positions) for mode in MODES]
    for n in range(r.randint(2, longest), 0, -1):
        if all(measure(family(n)).wires <= SMALL for family in many):
            return many, n
    return families(seed + 1000, longest)


def assert_every_rung_agrees(seed: int, longest: int) -> None:
    many, n = families(seed, longest)
    row = climb(many, n, exhaustive=True)
    wrong = [r for r in row.rungs if r.relation == "=" and not r.holds]
    assert not wrong
    for family in many:
        assert_measured_exactly(family(n))
    assert measure(many[0](n)).depth <= most_levels(many[0].model)


def most_levels(model: Model) -> int:
    """5 levels a layer and one for the read-out; one more for a layer with score_bits, and for an argmax."""
    rounded = sum(
        any(h.score_bits is not None for h in layer.heads) for layer in model.layers
    )
    return 5 * len(model.layers) + 1 + rounded + (len(model.readout.weights) > 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", QUICK)
def test_random_models_agree_residual_by_residual_on_all_inputs(seed):
    assert_every_rung_agrees(seed, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ALL)
def test_many_random_models_agree_residual_by_residual_on_all_inputs(seed):
    assert_every_rung_agrees(seed, 6)


@pytest.mark.slow
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_dense_models_take_exactly_five_levels_a_layer_and_one(layers):
    family = Family(cs.load(EXAMPLES / f"dense-{layers}.json"), "tc0", positions="wired")
    depths = {n: measure(family(n)).depth for n in (2, 3, 5, 8, 64, 1000, 4096, 2**20)}
    assert set(depths.values()) == {5 * layers + 1}


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("mask", ["none", "causal", "strict-anti-causal"])
@pytest.mark.parametrize("attention", ["saturated", "hard-left", "hard-right"])
def test_dense_models_agree_with_the_integer_model_under_masks(attention, mask, mode):
    model = cs.load(EXAMPLES / "dense-2.json")
    layers = tuple(
        replace(
            layer,
            heads=tuple(replace(h, attention=attention, mask=mask) for h in layer.heads),
        )
        for layer in model.layers
    )
    model = replace(model, layers=layers, readout=replace(model.readout, position="each"))
    for positions in ("folded", "wired"):
        family = Family(model, "tc0", optimize=mode, positions=positions)
        assert climb([family], 5).holds
        for n in (1, 2, 5):
            assert_measured_exactly(family(n))


def test_size_takes_fewer_gates_and_no_more_levels_than_its_digits_cost():
    model = cs.load(EXAMPLES / "dense-2.json")
    gates = {
        mode: measure(Family(model, "tc0", optimize=mode, positions="wired")(512))
        for mode in MODES
    }
    assert gates["size"].gates < gates["balanced"].gates < gates["depth"].gates
    assert gates["depth"].depth == 11 < gates["balanced"].depth <= 13


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 20])
def test_digits_of_a_thermometer_are_its_binary_digits(size):
    weights = digit_weights(np.ones(size, dtype=object))
    for value in range(size + 1):
        thermometer = np.array([value >= t for t in range(1, size + 1)], dtype=object)
        assert (weights @ thermometer).tolist() == [
            value >> k & 1 for k in range(size.bit_length())
        ]


@pytest.mark.parametrize("seed", range(30))
def test_numbers_on_a_chain_are_sums_of_digits_that_are_zero_or_one(seed):
    r = random.Random(seed)
    steps = [[r.choice([0, 1, 3, 6]) for _ in range(r.randint(1, 6))] for _ in range(2)]
    wires = max(map(len, steps))
    first, second = (np.array([*s, *[1] * (wires - len(s))], dtype=object) for s in steps)
    rows = np.array([first, -2 * first, 0 * first, second])
    digits, weights = digits_of(rows)
    for true in range(wires + 1):
        chain = np.array([k < true for k in range(wires)], dtype=object)
        found = digits @ chain
        assert set(found.tolist()) <= {0, 1}
        assert (weights @ found == rows @ chain).all()
    assert digits_of(np.array([[1, -1]], dtype=object)) is None


@pytest.mark.parametrize("digits", [1, 2, 3])
@pytest.mark.parametrize("masked", [False, True])
def test_the_maximum_by_digits_finds_all_maxima(digits, masked):
    keys, bits = 4, 3
    drawing = Drawing("tc0")
    scores = drawing.input((1, keys, bits))
    mask = drawing.input((1, keys)) if masked else None
    band = Band(0, 1, 0, keys, 0, mask)
    weights = np.array([3, -6, 3], dtype=object)
    winners = by_digits(
        drawing, Heap(((scores, weights),), -6, 6, 3), band, digit_places(4, digits)
    )
    schematic = drawing.finish([winners.count()])
    patterns = (
        np.random.default_rng(digits).integers(0, 2, (300, schematic.inputs)).astype(bool)
    )
    found = evaluate(schematic, patterns)
    for row, chosen in zip(patterns, found, strict=True):
        values = row[: keys * bits].reshape(keys, bits).astype(int) @ weights.astype(int)
        seen = row[keys * bits :] if masked else np.ones(keys, bool)
        if seen.any():
            assert (chosen == (seen & (values == values[seen].max()))).all()
    assert_measured_exactly(schematic)


def test_the_base_of_digits_is_the_least_that_tells_the_scores_apart():
    for span in (1, 2, 3, 8, 26, 27, 1000):
        for digits in (1, 2, 3, 4):
            base = digit_base(span, digits)
            assert base**digits > span
            assert base == 2 or (base - 1) ** digits <= span


def test_few_keys_are_compared_and_many_are_not():
    assert fewer_digits(30, 4, 64) is None
    assert fewer_digits(30, 1000, 0) is None
    assert fewer_digits(30, 1000, 1) == ((1, 30),)
    several = fewer_digits(30, 1000, 64)
    assert len(several) > 1
    assert thresholds_of(several) < 30


@pytest.mark.parametrize("mask", MASKS[1:])
@pytest.mark.parametrize("attention", ["hard-left", "hard-right"])
def test_masked_rivals_never_win_at_either_end_of_the_scores(attention, mask):
    head = Head(
        [[0]],
        [[1]],
        [[-1]],
        [[1]],
        query_bias=[1],
        value_bias=[1],
        attention=attention,
        mask=mask,
    )
    model = Model(
        ("a", "b"),
        {"a": [0], "b": [1]},
        (Layer((head,), residual=False),),
        Readout([1], position="each"),
    )
    n = 24  # long enough for bands of several queries, and so for mask wires
    family = Family(replace(model, bits="0"), "tc0", positions="wired")
    steps = np.arange(n)[None, :] < np.arange(n + 1)[:, None]
    codes = np.concatenate(
        [steps, ~steps, np.random.default_rng(0).random((40, n)) < 0.2]
    ).astype(np.int64)
    assert any(line.operation == "wired" for line in family(n).instructions)
    assert np.array_equal(
        family(n).evaluate(codes), run_integer(family.fixed(n), codes).decisions
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["majority.pt", "first.json", "dense-1.json", "dense-2.json"]
)
@pytest.mark.parametrize("mode", MODES)
def test_shipped_models_are_measured_exactly(name, mode):
    family = Family(cs.load(EXAMPLES / name), "tc0", optimize=mode)
    for n in range(1, 9):
        assert_measured_exactly(family(n))
