"""Threshold gates of all rows at once against their definition: every gate alone, its wires tried in all ways."""

import itertools
import math

import numpy as np
import pytest

from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.numbers.scaled import narrow
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.measure import _dot
from circuitsim.schematic.pencil import Pencil, Ranked
from circuitsim.schematic.profile import CONST0, CONST1, Profile
from circuitsim.schematic.schematic import Instruction, Schematic, Thresholds, Weights
from circuitsim.schematic.threshold_profiles import reads, sizes, states

CODES = {
    "mixed": [CONST0, CONST1, 0, 1, 7],
    "constant": [CONST0, CONST1],
    "live": [0, 3],
    "few": [CONST0] * 4 + [2],
}
LEAD = (2, 3)


def random_pencil(rng: np.random.Generator, scale: int, many: int, wires: int) -> Pencil:
    """Few lines and shares, so that many meet."""
    ends = rng.integers(-4, 5, (2, wires)).astype(object) * int(rng.choice([1, 2, 6])) * scale
    shares = rng.integers(0, 4, many) ** int(rng.choice([1, 2, 30]))
    turns = rng.choice([-1, 1], many)
    return Pencil(ends[0], Ranked(ends[1]), Ranked(shares), turns)


def random_operand(
    rng: np.random.Generator, scale: int, many: int, codes: str
) -> tuple[Weights, Profile]:
    """Weights, the same along some axes or for some thresholds, and codes, the same for some rows, in runs or not."""
    if rng.random() < 0.3:
        wires = int(rng.integers(1, 9))
        lead = tuple(int(rng.choice([1, n])) for n in LEAD)
        profile = Profile.dense(rng.choice(CODES[codes], (*lead, wires)))
        return Weights(random_pencil(rng, scale, many, wires)), profile
    axes = tuple(int(n) for n in rng.integers(1, 4, rng.integers(0, 3)))
    shared = int(rng.integers(1, 4)) if rng.random() < 0.4 else None
    rows = None if shared is None else tuple(rng.integers(0, shared, many).tolist())
    shape = (shared or int(rng.choice([1, many])), *(int(rng.choice([1, n])) for n in axes))
    table = rng.integers(-3, 4, shape).astype(object) * int(rng.choice([1, 2, 6])) * scale
    lead = tuple(int(rng.choice([1, n])) for n in LEAD)
    profile = Profile.dense(rng.choice(CODES[codes], (*lead, *axes)))
    return Weights(narrow(table), rows), profile.cut() if rng.random() < 0.3 else profile


def random_gates(
    rng: np.random.Generator, scale: int, codes: str
) -> tuple[Instruction, list[Profile]]:
    many = int(rng.integers(1, 4))
    operands = [random_operand(rng, scale, many, codes) for _ in range(rng.integers(1, 4))]
    reached = tuple(
        int(t) * scale + int(rng.integers(-1, 2)) for t in rng.integers(-9, 10, many)
    )
    how = Thresholds(tuple(weights for weights, _ in operands), reached)
    args = [profile for _, profile in operands]
    lead = np.broadcast_shapes(*(arg.shape[: len(LEAD)] for arg in args))
    return Instruction("at_least", tuple(range(len(args))), (*lead, many), "gates", how), args


def wires_of(
    line: Instruction, args: list[Profile], row: tuple[int, ...], t: int
) -> list[tuple[int, int]]:
    """The weight and the code of every wire of one gate."""
    found = []
    for weights, arg in zip(line.attributes.weights, args, strict=True):
        codes, table = arg.expand_dense(), weights.table
        own = codes[tuple(min(i, n - 1) for i, n in zip(row, codes.shape, strict=False))]
        at = min(t, len(table) - 1) if weights.rows is None else weights.rows[t]
        wide = np.broadcast_to(np.asarray(table)[at], own.shape)
        found += zip(wide.ravel().tolist(), own.ravel().tolist(), strict=True)
    return found


def state_by_trying(wires: list[tuple[int, int]], threshold: int) -> int:
    fixed = sum(weight for weight, code in wires if code == CONST1)
    sums = {fixed}
    for weight in (weight for weight, code in wires if code >= 0):
        sums |= {s + weight for s in sums}
    answers = {s >= threshold for s in sums}
    return 0 if len(answers) == 2 else CONST1 if True in answers else CONST0


@pytest.mark.parametrize("codes", CODES)
@pytest.mark.parametrize("scale", [1, 2**40, 2**58, 2**70, 3**50])
def test_gates_of_all_rows_are_what_each_is_alone(scale: int, codes: str) -> None:
    rng = np.random.default_rng(scale % 1009)
    seen = set()
    for _ in range(25):
        line, args = random_gates(rng, scale, codes)
        state, found = states(line, args), sizes(line, args)
        assert state.shape == line.shape
        dense = state.expand_dense()
        parts = (found.fan_in, found.size, found.largest, found.divisor, found.deepest)
        widened = [np.broadcast_to(part.expand_dense(), line.shape) for part in parts]
        for *row, t in itertools.product(*(range(n) for n in line.shape)):
            wires = wires_of(line, args, tuple(row), t)
            live = [(abs(weight), code) for weight, code in wires if weight and code >= 0]
            heavy = [weight for weight, _ in live]
            expected = [len(live), sum(heavy), max(heavy, default=0), math.gcd(*heavy)]
            expected.append(max((code for _, code in live), default=-1))
            assert [int(part[*row, t]) for part in widened] == expected
            assert dense[*row, t] == state_by_trying(wires, line.attributes.thresholds[t])
            seen.add(int(dense[*row, t]))
    assert seen == ({CONST0, CONST1} if codes == "constant" else {CONST0, CONST1, 0})


def drawn(line: Instruction, args: list[Profile]) -> Schematic:
    """The gates over inputs, of which constants make some constant."""
    drawing, how, parts = Drawing("tc0"), line.attributes, []
    for arg, table in zip(args, how.tables, strict=True):
        codes = arg.expand_dense()
        some = drawing.input(codes.shape) & drawing.constant(codes >= 0)
        parts.append((some | drawing.constant(codes == CONST1), table))
    rows = [own.rows for own in how.weights]
    return drawing.finish([drawing.at_least(parts, how.thresholds, rows)])


@pytest.mark.parametrize("scale", [1, 2**70])
def test_what_is_measured_is_what_flattening_decides(scale: int) -> None:
    rng = np.random.default_rng(5)
    for _ in range(60):
        schematic = drawn(*random_gates(rng, scale, "mixed"))
        circuit, cost = schematic.flatten(), schematic.measure()
        assert (circuit.gates, len(circuit.fan_in)) == (cost.gates, cost.wires)
        patterns = rng.integers(0, 2, (100, schematic.inputs))
        assert np.array_equal(evaluate(circuit, patterns), schematic.evaluate(patterns))


def test_a_run_of_a_million_wires_counts_as_a_million() -> None:
    n = 10**6
    line = Instruction(
        "at_least",
        (0,),
        (1, 2),
        "gates",
        Thresholds((Weights(np.array([[-4]])),), (-4 * n + 1, -4 * n)),
    )
    args = [Profile.uniform((1, n), 5)]
    found = sizes(line, args)
    assert states(line, args).expand_dense().tolist() == [[0, CONST1]]
    parts = (found.fan_in, found.size, found.largest, found.divisor, found.deepest)
    assert [int(part.codes.item()) for part in parts] == [n, 4 * n, 4, 4, 5]


def test_without_wires_a_gate_is_a_constant() -> None:
    line = Instruction(
        "at_least",
        (0,),
        (2, 2),
        "gates",
        Thresholds((Weights(np.zeros((1, 0), int)),), (0, 1)),
    )
    args = [Profile.uniform((2, 0), 0)]
    assert states(line, args).expand_dense().tolist() == [[CONST1, CONST0]] * 2
    assert sizes(line, args).deepest.expand_dense().tolist() == [[-1], [-1]]


def test_totals_beyond_64_bits_are_exact() -> None:
    big = np.array([2**61, 3, 2**61])
    assert _dot(np.array([1, 2, 1]), np.array([5, 6, 7])) == 24
    assert _dot(big, big) == 2**123 + 9
    assert _dot(big.astype(object) * 2**9, big) == (2**123 + 9) * 2**9


def test_what_is_wanted_is_what_live_gates_read() -> None:
    rng = np.random.default_rng(6)
    for _ in range(150):
        line, args = random_gates(rng, int(rng.choice([1, 2**70])), "mixed")
        asked = rng.integers(0, 2, line.shape)
        expected = [np.zeros(arg.shape, int) for arg in args]
        for *row, t in zip(*np.nonzero(asked), strict=True):
            how, wires = line.attributes, wires_of(line, args, tuple(row), t)
            if state_by_trying(wires, how.thresholds[t]) != 0:
                continue
            for operand, (arg, seen) in enumerate(zip(args, expected, strict=True)):
                place = tuple(min(i, n - 1) for i, n in zip(row, arg.shape, strict=False))
                own = np.asarray(how.tables[operand])[how.rows(operand)[t]]
                seen[place] |= (own != 0) & (arg.expand_dense()[place] >= 0)
        found = reads(line, args, Profile.dense(asked), states(line, args))
        assert all(
            np.array_equal(a.expand_dense(), b) for a, b in zip(found, expected, strict=True)
        )
