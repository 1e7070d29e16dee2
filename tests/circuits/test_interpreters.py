"""One program, many interpreters: random schematics of every operation, measured, flattened and run."""

import random

import numpy as np
import pytest

from circuitsim.circuits import constants, demand, flatten, measure
from circuitsim.circuits.cells import Cell, Recorder
from circuitsim.circuits.drawing import Drawing, Wires
from circuitsim.circuits.operations import OPERATIONS
from circuitsim.circuits.schematic import Schematic
from tests.circuits.recount import assert_measured_exactly, assert_same_function


@pytest.mark.parametrize("module", [constants, demand, flatten, measure])
def test_every_operation_has_a_rule_in_every_interpreter(module):
    sources = {"input", "wired"} if module is flatten else set()
    assert set(module.RULES) == set(OPERATIONS) - sources


def test_only_free_inputs_have_no_meaning():
    assert [name for name, operation in OPERATIONS.items() if operation.meaning is None] == ["input"]


@pytest.mark.parametrize("seed", range(150))
def test_random_schematics_are_measured_exactly_and_mean_what_they_say(seed):
    schematic = random_schematic(seed)
    assert {line.operation for line in schematic.instructions} <= set(OPERATIONS)
    assert_measured_exactly(schematic)
    patterns = np.random.default_rng(seed).integers(0, 2, (67, schematic.inputs)).astype(bool)
    assert_same_function(schematic, patterns)


def test_random_schematics_use_every_operation():
    seen = {line.operation for seed in range(150) for line in random_schematic(seed).instructions}
    assert seen == set(OPERATIONS)


def random_schematic(seed: int) -> Schematic:
    """A program over arrays of three axes (rows, columns, bits) that uses operations at random."""
    r = random.Random(seed)
    d = Drawing(r.choice(["xag", "aig"]), r.choice(["depth", "size"]))
    rows, columns = r.randint(1, 6), r.randint(1, 7)
    pool = [d.input((r.choice([1, rows]), r.choice([1, columns]), r.randint(1, 3))) for _ in range(2)]
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
    kind = r.randrange(11)
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
        return (d.all(keys, 1) if r.random() < 0.5 else d.any(keys, 1)).expand(2)
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
    return r.cell("mixed", [r.xor(x[0], y[-1]), r.mux(x[-1], y[0], r.and_(x[0], y[0] ^ 1)), y[0]])


@pytest.mark.parametrize("basis", ["xag", "aig"])
def test_constants_fold_and_nothing_else_does(basis):
    d = Drawing(basis)
    x = d.input((1,))
    always, never = d.fill((1,), True), d.fill((1,), False)
    assert measure.measure(d.finish([x & always, x & never, x ^ always, x ^ never])).gates == 0
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
