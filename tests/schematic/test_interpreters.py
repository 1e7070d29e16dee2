"""One program, many interpreters: random schematics of every operation, measured, flattened and run."""

import random

import numpy as np
import pytest

from circuitsim.schematic import constants, demand, flatten, measure
from circuitsim.schematic.cells import Cell, Recorder
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.operations import OPERATIONS
from circuitsim.schematic.schematic import Schematic
from tests.netlist.recount import assert_measured_exactly, assert_same_function


@pytest.mark.parametrize("module", [constants, demand, flatten, measure])
def test_every_operation_has_a_rule_in_every_interpreter(module):
    assert set(module.RULES) == set(OPERATIONS)


def test_only_free_inputs_have_no_meaning():
    assert [name for name, operation in OPERATIONS.items() if operation.meaning is None] == [
        "input"
    ]


@pytest.mark.parametrize("seed", range(300))
def test_random_schematics_are_measured_exactly_and_mean_what_they_say(seed):
    schematic = random_schematic(seed)
    assert {line.operation for line in schematic.instructions} <= set(OPERATIONS)
    assert_measured_exactly(schematic)
    patterns = np.random.default_rng(seed).integers(0, 2, (67, schematic.inputs)).astype(bool)
    assert_same_function(schematic, patterns)


def test_random_schematics_use_every_operation():
    seen = {
        line.operation for seed in range(300) for line in random_schematic(seed).instructions
    }
    assert seen == set(OPERATIONS)


def random_schematic(seed: int) -> Schematic:
    """A program over arrays of three axes (rows, columns, bits) that uses operations at random."""
    r = random.Random(seed)
    d = Drawing(
        r.choice(["xag", "aig"] if seed < 150 else ["ac0", "tc0"]),
        r.choice(["depth", "size"]),
    )
    rows, columns = r.randint(1, 6), r.randint(1, 7)
    pool = [
        d.input((r.choice([1, rows]), r.choice([1, columns]), r.randint(1, 3)))
        for _ in range(2)
    ]
    bits = np.random.default_rng(seed)
    shape = (rows, columns, r.randint(1, 2))
    table = bits.integers(0, 2, shape)
    pool.append(d.wired(shape, lambda: table))
    pool.append(d.constant(bits.integers(0, 2, (1, columns, r.randint(1, 2)))))
    pool.append(d.fill((rows, 1, r.randint(1, 2)), r.random() < 0.5))
    for step in range(r.randint(4, 14)):
        with d.scope(f"part{step % 3}"):
            pool.append(_grow(r, d, pool, rows, columns))
    chosen = [pool[-1], *r.sample(pool, r.randint(0, 2))]
    return d.finish(chosen)


def _grow(r: random.Random, d: Drawing, pool: list[Wires], rows: int, columns: int) -> Wires:
    a, b = r.choice(pool), r.choice(pool)
    width = min(a.shape[2], b.shape[2])
    a1, b1 = a.slice(2, 0, width), b.slice(2, 0, width)
    unbounded = d.basis in ("ac0", "tc0")
    if unbounded and r.random() < 0.4:
        return _unbounded(r, d, pool, rows, columns)
    kind = r.choice([0, 1, 6, 7, 8, 9, 10]) if unbounded else r.randrange(11)
    if kind == 0:
        return ~a
    if kind == 1:
        return a1 & b1
    if kind == 2:
        return a1 ^ b1
    if kind == 3:
        return d.call(_cell(a.shape[2], b.shape[2]), a, b)
    if kind in (4, 5):
        return _sum(r, d, a, b, columns)
    if kind == 6:
        keys = a.broadcast((rows, columns, a.shape[2]))
        more = [(b.broadcast((rows, columns, b.shape[2])), 1)] if r.random() < 0.5 else []
        return (
            d.all([(keys, 1), *more]) if r.random() < 0.5 else d.any([(keys, 1), *more])
        ).expand(2)
    if kind == 7:
        axis = r.randrange(3)
        start, step = r.randrange(a.shape[axis]), r.randint(1, 2)
        pieces = [a.slice(axis, 0, start), a.slice(axis, start, a.shape[axis], step), a]
        if step == 2:
            pieces.append(a.slice(axis, start + 1, a.shape[axis], 2))
        whole = d.concat([p for p in pieces if p.shape[axis]], axis)
        return whole if axis == 2 else whole.slice(axis, 0, a.shape[axis])
    if kind == 8:
        axis = r.randrange(3)
        return a.take([r.randrange(a.shape[axis]) for _ in range(a.shape[axis])], axis)
    if kind == 9:
        return a.expand(1).squeeze(1)
    full = a.broadcast((rows, columns, a.shape[2]))
    return d.concat([full, b.broadcast((rows, columns, b.shape[2]))], 2)


def _unbounded(
    r: random.Random, d: Drawing, pool: list[Wires], rows: int, columns: int
) -> Wires:
    """What only bases of unbounded fan-in have."""
    a, b = r.choice(pool), r.choice(pool)
    if r.random() < 0.3:
        axis = r.randrange(2)
        rivals = a.others(axis)
        chosen = r.choice([d.all, d.any])(
            [(rivals, 1), (a.expand(1 + axis), 1)]
        )  # the bits are gone
        return r.choice([d.all, d.any])(
            [(chosen.transpose(0, 2, 1) if axis == 0 else chosen, 1)]
        ).expand(2)
    if d.basis == "ac0":
        row = a.slice(0, 0, 1).squeeze(0).slice(0, 0, 1).squeeze(0)
        sizes = [r.randrange(4) for _ in range(columns)]
        indices = [r.randrange(row.shape[0]) for _ in range(sum(sizes))]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        made = d.ragged(
            r.choice(["all", "any"]),
            row,
            indices,
            [r.random() < 0.5 for _ in indices],
            starts,
        )
        return made.expand(0, 2)
    return _thresholds(r, d, a, b, columns)


def _thresholds(r: random.Random, d: Drawing, a: Wires, b: Wires, columns: int) -> Wires:
    """Thresholds over bits, or over columns and bits; weights of either sign, the same or not for every threshold."""
    many = r.randint(1, 4)
    large = r.choice([1, 1, 1, 2**40, 2**70]) if r.random() < 0.3 else 1
    weights = [
        [r.choice([-4, -2, -1, 0, 1, 2, 3, 6]) * large for _ in range(a.shape[2])]
        for _ in range(many)
    ]
    ts = [r.randint(-6, 8) * large for _ in range(many)]
    own = weights if r.random() < 0.5 else weights[:1]
    if r.random() < 0.5:
        rows = [[r.randrange(len(own)) for _ in ts]] if r.random() < 0.5 else []
        return d.at_least([(a, own), (b, [[r.choice([1, 2, -1])] * b.shape[2]])], ts, rows)
    wide = a.broadcast((a.shape[0], columns, a.shape[2]))
    table = [[[large]]] if r.random() < 0.5 else [[row] for row in own]
    return d.at_least(
        [(wide, table), (b.slice(1, 0, 1).squeeze(1), [[-1] * b.shape[2]])], ts
    ).expand(1)


def _sum(r: random.Random, d: Drawing, a: Wires, b: Wires, columns: int) -> Wires:
    """Sums over bits alone, or over columns and bits, with weights of either sign and dropped bits."""
    weights = [r.choice([-5, -3, -1, 0, 1, 2, 3, 4, 7]) for _ in range(a.shape[2])]
    width = r.randint(1, 7)
    if r.random() < 0.5:
        other = [r.choice([1, 2, -1]) for _ in range(b.shape[2])]
        found = d.sum([(a, weights), (b, other)], r.randint(-9, 9), width)
    else:
        wide = a.broadcast((a.shape[0], columns, a.shape[2]))
        one = [[1]] if r.random() < 0.5 else [weights]
        found = d.sum([(wide, one)], r.randint(-9, 9), width).expand(1)
    low = r.randrange(width)
    return found.slice(2, low, width).slice(2, 0, 4)


def _cell(a: int, b: int) -> Cell:
    """A small cell with an XOR, a multiplexer and an output that is an input."""
    r = Recorder(a, b)
    x, y = r.argument(0), r.argument(1)
    return r.cell(
        "mixed", [r.xor(x[0], y[-1]), r.mux(x[-1], y[0], r.and_(x[0], y[0] ^ 1)), y[0]]
    )


@pytest.mark.parametrize("basis", ["xag", "aig"])
def test_constants_fold_and_nothing_else_does(basis):
    d = Drawing(basis)
    x = d.input((1,))
    always, never = d.fill((1,), True), d.fill((1,), False)
    assert (
        measure.measure(d.finish([x & always, x & never, x ^ always, x ^ never])).gates == 0
    )
    assert measure.measure(d.finish([x & x, x & ~x])).gates == 2


def test_a_million_equal_keys_cost_no_more_to_measure_than_a_thousand():
    def instructions(n: int) -> int:
        d = Drawing("xag")
        keys = d.input((n, 1))
        return len(d.finish([d.sum([(keys, [[1]])], 0, n.bit_length())]))

    assert instructions(2**20) == instructions(2**10)


def test_wires_nobody_reads_are_not_built():
    d = Drawing("xag")
    x, y = d.input((4,)), d.input((4,))
    product = x & y
    total = d.sum([(product, [1, 2, 4, 8]), (x, [1, 1, 1, 1])], 0, 6)
    only_top = d.finish([total.slice(0, 5, 6)])
    everything = d.finish([total])
    assert measure.measure(only_top).gates < measure.measure(everything).gates
    assert_measured_exactly(only_top)
