"""Decision diagrams that are found level by level, beside the recursion that says what they are."""

import numpy as np
import pytest
from circuitsim.compilers.diagrams import draw_tables, words

from circuitsim.schematic.cells import FALSE, TRUE, Recorder
from tests.kernels.both import both_readings


def recursion(r, address, tables):
    """The literals of truth tables (bit a of an integer: the value at address a), equal ones once."""
    known = {}

    def node(level, table):
        half = 1 << (len(address) - level - 1) if level < len(address) else 0
        ones = (1 << (2 * half or 1)) - 1
        if table in (0, ones):
            return TRUE if table else FALSE
        if (level, table) not in known:
            low, high = table & ((1 << half) - 1), table >> half
            if low == high:
                found = node(level + 1, low)
            elif low ^ high == (1 << half) - 1:
                found = r.xor(address[level], node(level + 1, low))
            else:
                found = r.mux(address[level], node(level + 1, high), node(level + 1, low))
            known[level, table], known[level, table ^ ones] = found, found ^ 1
        return known[level, table]

    return [node(0, table) for table in tables]


def random_tables(rng, bits, functions):
    """Truth tables of which many have halves in common: few different parts, complements, constants, parities."""
    rows = rng.random((functions, 1 << bits)) < rng.choice([0.02, 0.5, 0.9])
    for level in range(bits):
        parts = rows.reshape(-1, 1 << level)
        same = rng.integers(len(parts), size=len(parts) // 2)
        parts[rng.permutation(len(parts))[: len(same)]] = parts[same] ^ (
            rng.random((len(same), 1)) < 0.4
        )
        parts[rng.random(len(parts)) < 0.1] = rng.random() < 0.5
    return rows


@pytest.mark.parametrize("seed", range(20))
def test_gates_are_those_of_the_recursion_one_by_one(monkeypatch, seed):
    rng = np.random.default_rng(seed)
    bits = 1 + seed % 10
    rows = random_tables(rng, bits, int(rng.integers(1, 30)))
    tables = [np.packbits(row, bitorder="little").tobytes() for row in rows]
    cells = []
    with both_readings(monkeypatch):
        for draw, given in (
            (draw_tables, words(tables)),
            (recursion, [int.from_bytes(table, "little") for table in tables]),
        ):
            r = Recorder(bits + 1)
            spare, *wires = r.argument(0)
            first = r.and_(spare, wires[0])  # the most significant bit is no input
            address = [first, *[wire ^ 1 if seed & 1 else wire for wire in wires[1:]]]
            cells.append(r.cell("", draw(r, address, given)).program)
    mine, theirs = cells
    assert mine.gates > 0 or not theirs.gates
    for own, other in zip(mine, theirs, strict=True):
        assert np.array_equal(own, other)
