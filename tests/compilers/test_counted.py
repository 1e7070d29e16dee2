"""Count, then map: sums over selected keys from counts of wires, against integers; and which way a head takes."""

from pathlib import Path

import numpy as np
import pytest
from circuitsim.compilers.bands import Band
from circuitsim.compilers.bounded.counted import Counting, Form
from circuitsim.compilers.family import Family
from circuitsim.compilers.residual import Block, Residual

import circuitsim as cs
from circuitsim.analysis.ladder import climb
from circuitsim.networks.forms import Stream
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import evaluate
from tests.cases import random_model
from tests.compilers.test_maximum import numbers
from tests.netlist.recount import assert_measured_exactly

MAJORITY = cs.load(Path(__file__).parent.parent.parent / "examples" / "majority.pt")


def random_stream(rng, drawing, keys):
    """A stream of one or two blocks of inputs, and its matrix (d, wires) and offset."""
    d = int(rng.integers(1, 4))
    widths = rng.integers(1, 4, int(rng.integers(1, 3)))
    matrices = [rng.integers(-5, 6, (d, w)) * rng.integers(0, 2, (d, w)) for w in widths]
    blocks = tuple(
        Block(drawing.input((keys, int(w))), m) for w, m in zip(widths, matrices, strict=True)
    )
    offset = rng.integers(-3, 4, d)
    return (
        Residual(drawing, blocks, offset, Stream(0, offset, (), None), keys),
        np.concatenate(matrices, 1),
        offset,
    )


def random_form(rng, matrix, offset):
    """A row over the stream, shifted and perhaps doubled so that it is whole and not negative."""
    grain = int(rng.integers(0, 3))
    row = rng.integers(-3, 4, len(offset)) << grain
    ends = row @ matrix
    low, high = int(np.minimum(ends, 0).sum()), int(np.maximum(ends, 0).sum())
    less = -low - int(row @ offset) + (int(rng.integers(0, 3)) << grain)
    return Form(row.astype(object), less, (high + less + int(row @ offset)) >> grain, grain)


@pytest.mark.parametrize("selects", [True, False])
@pytest.mark.parametrize("basis", ["xag", "aig"])
@pytest.mark.parametrize("seed", range(12))
def test_sums_of_counts_are_the_sums_of_numbers(seed, basis, selects):
    rng = np.random.default_rng(seed)
    keys, queries = int(rng.integers(2, 6)), int(rng.integers(1, 3)) if selects else 1
    drawing = Drawing(basis)
    residual, matrix, offset = random_stream(rng, drawing, keys)
    forms = [random_form(rng, matrix, offset) for _ in range(int(rng.integers(1, 4)))]
    band = Band(0, queries, 0, keys)
    selected = drawing.input((queries, keys)) if selects else None
    length = keys.bit_length()
    if selected is None:
        count = drawing.constant([[keys >> k & 1 for k in range(length)]])
    else:
        count = drawing.sum([(selected, [1])], 0, length)
    weights = None if selected is None else selected.expand(2)
    sums = Counting(residual, forms, 1).sums(weights, count, band)
    schematic = drawing.finish([wires.broadcast((queries, wires.shape[1])) for wires in sums])

    given = rng.integers(0, 2, (64, schematic.inputs)).astype(bool)
    seen, start = evaluate(schematic, given), 0
    columns, at = [], 0
    for block in residual.blocks:
        wide = block.wires.shape[1]
        columns.append(given[:, at : at + keys * wide].reshape(64, keys, wide))
        at += keys * wide
    chosen = (
        given[:, at:].reshape(64, queries, keys) if selects else np.ones((64, 1, keys), bool)
    )
    x = np.concatenate(columns, 2) @ matrix.T + offset  # the stream at every key
    for form, wires in zip(forms, sums, strict=True):
        expected = (chosen * (x @ form.row.astype(int) + form.offset)[:, None, :]).sum(-1)
        width = wires.shape[1]
        found = seen[:, start : start + queries * width].reshape(64, queries, width)
        assert np.array_equal(numbers(found), expected)
        assert expected.max() <= (form.high << form.grain) * keys
        start += queries * width
    assert_measured_exactly(schematic)


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("seed", [3, 8, 11, 14, 17, 20, 26, 29])
def test_both_orders_are_the_integer_model(monkeypatch, seed, first):
    monkeypatch.setattr(Counting, "saves", lambda self, bands, scored: first)
    n = 1 + seed % 6
    many = [
        Family(random_model(seed), "xag", optimize=mode, positions="wired")
        for mode in ("depth", "size")
    ]
    row = climb(many, n, exhaustive=False, samples=70, seed=seed)
    assert all(rung.holds for rung in row.rungs if rung.relation == "=")
    for family in many:
        assert_measured_exactly(family(n))


@pytest.mark.slow
def test_the_random_models_take_both_orders(monkeypatch):
    taken = set()
    saves = Counting.saves

    def watched(self, bands, scored):
        taken.add(saves(self, bands, scored))
        return saves(self, bands, scored)

    monkeypatch.setattr(Counting, "saves", watched)
    for seed in range(24):
        Family(random_model(seed), "xag")(9)
    assert taken == {True, False}


@pytest.mark.parametrize(
    ("basis", "gates", "depth"), [("xag", 5_300_000, 116), ("aig", 8_500_000, 153)]
)
def test_majority_counts_letters_and_then_weighs_them(basis, gates, depth):
    measured = cs.measure(Family(MAJORITY, basis), [1 << 20])[0]
    assert measured.gates <= gates
    assert measured.depth <= depth


@pytest.mark.parametrize("basis", ["xag", "aig"])
@pytest.mark.parametrize("n", [16, 64, 1000])
def test_the_order_that_is_taken_has_fewer_gates_or_levels(monkeypatch, basis, n):
    family = Family(MAJORITY, basis, positions="wired")
    costs = {}
    chosen = cs.measure(family, [n])[0]
    for first in (True, False):
        monkeypatch.setattr(Counting, "saves", lambda self, bands, scored, first=first: first)
        row = cs.measure(family, [n])[0]
        costs[first] = row.gates, row.depth
    assert (chosen.gates, chosen.depth) == min(costs.values())
