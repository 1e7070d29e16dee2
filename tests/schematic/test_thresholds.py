"""The wires of threshold gates in bulk against their definition, gate by gate and wire by wire."""

from math import gcd

import numpy as np
import pytest

from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.schematic import flatten_wide
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.schematic import Thresholds, Weights
from circuitsim.schematic.thresholds import remainders, weigh


def alone(literals: np.ndarray, weights: np.ndarray) -> tuple[int, list[tuple[int, int]]]:
    """What one row has fixed, and the literals and divided weights that are left."""
    wires = [(int(a), int(w)) for a, w in zip(literals, weights, strict=True) if w]
    left = [(a, w) for a, w in wires if a > 1]
    unit = gcd(*(w for _, w in left)) or 1
    return sum(w for a, w in wires if a == 1), [(a, w // unit) for a, w in left]


@pytest.mark.parametrize("scale", [1, 6, 2**40, 2**70, 3**50])
def test_remainders_of_all_rows_are_those_of_each(scale: int) -> None:
    rng = np.random.default_rng(scale % 1009)
    for _ in range(60):
        rows, elements, many = (int(k) for k in rng.integers(0, 6, 3))
        literals = rng.integers(-1, 7, (rows, elements)).astype(np.int32)
        kind = np.int64 if scale < 2**60 else object
        weights = (
            rng.integers(-4, 5, (int(rng.choice([1, max(1, many)])), elements)).astype(object)
            * scale
        ).astype(kind)
        found = remainders(literals, weights)
        gates = rng.random((rows, max(1, many))) < 0.6
        wires, scaled, starts = found.wires(gates)
        assert len(starts) == gates.sum() + 1
        for g, (row, t) in enumerate(zip(*np.nonzero(gates), strict=True)):
            own = min(int(t), len(weights) - 1)
            fixed, left = alone(literals[row], weights[own])
            assert found.fixed[row, own] == fixed
            assert found.fan_in[row, own] == len(left)
            here = slice(starts[g], starts[g + 1])
            assert list(zip(wires[here].tolist(), scaled[here].tolist(), strict=True)) == left
        if rows > 1:
            later = found.wires(gates[1:], 1)
            cut = starts[gates[0].sum()]
            assert np.array_equal(later[0], wires[cut:])
            assert np.array_equal(later[1], scaled[cut:])


def test_weights_are_those_of_every_operand_in_turn() -> None:
    own, alike, lone = (
        Weights(np.array([[2], [3]])),
        Weights(np.array([[5, 7]])),
        Weights(np.array([11])),
    )
    shared = Weights(np.array([[13], [17]]), (1, 1))
    weights, thresholds = weigh(
        Thresholds((own, alike, lone, shared), (4, 9)), [(3,), (2,), (), (1,)]
    )
    assert weights.tolist() == [[2, 2, 2, 5, 7, 11, 17], [3, 3, 3, 5, 7, 11, 17]]
    assert thresholds.tolist() == [4, 9]
    assert weights.dtype == np.int64
    large = Thresholds((Weights(np.array([[2**61]])),), (0,))
    assert weigh(large, [(1,)])[0].dtype == object


@pytest.mark.parametrize("limit", [1, 7, 10**6])
def test_gates_do_not_depend_on_how_many_are_made_at_once(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = Drawing("tc0")
    bits = drawing.input((5, 4))
    known = drawing.constant(np.arange(10).reshape(5, 2) % 3 == 0)
    gates = drawing.at_least(
        [(bits, [[1, 2, -4, 0], [1, 1, 1, 1], [0, 0, 6, 3]]), (known, [[2, -1]])], [1, 2, 3]
    )
    schematic = drawing.finish([gates])
    whole = schematic.flatten()
    monkeypatch.setattr(flatten_wide, "WIRES_AT_ONCE", limit)
    parts = schematic.flatten()
    assert np.array_equal(whole.fan_in, parts.fan_in)
    assert np.array_equal(whole.starts, parts.starts)
    patterns = np.random.default_rng(0).integers(0, 2, (300, 20))
    assert np.array_equal(evaluate(parts, patterns), schematic.evaluate(patterns))


@pytest.mark.parametrize("wires", [[], [0, 0], [3], [0, 5, 0, 4, 4, 0], [0, 0, 1]])
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_blocks_of_rows_hold_all_wires(
    wires: list[int], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flatten_wide, "WIRES_AT_ONCE", limit)
    blocks = flatten_wide._blocks(np.array(wires, np.int64))
    held = [row for low, high in blocks for row in range(low, high)]
    assert len(set(held)) == len(held)
    assert {row for row, own in enumerate(wires) if own} <= set(held)
