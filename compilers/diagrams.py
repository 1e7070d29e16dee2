"""Shared decision diagrams of truth tables: the gates of many functions of the same bits, one mux a node.

A node is a function of the bits from some level on, or its complement. The nodes of a level are found together: halves
of the tables above, the same ones once. Then the gates are written as a recursion from the outputs would write them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from circuitsim.array_types import Array, Bytes, Ints, Longs
from circuitsim.kernels import compiled
from circuitsim.netlist.program import AND, XOR
from circuitsim.schematic.cells import Literal, Recorder

WORD = 64  # bits


class Nodes(NamedTuple):
    """Node i + 1 has bit `level[i]` of the address, and the literals of both its halves; node 0 is the constant false.

    A literal is 2 * node + complement.
    """

    level: Bytes
    low: Ints
    high: Ints


def words(tables: Sequence[bytes]) -> Array:
    """Truth tables as words (functions, w), the first entry in the lowest bit of the first byte."""
    octets = np.frombuffer(b"".join(tables), np.uint8).reshape(len(tables), -1)
    padded = np.zeros((len(tables), -(-octets.shape[1] // 8) * 8), np.uint8)
    padded[:, : octets.shape[1]] = octets
    return padded.view("<u8").astype(np.uint64)


def draw_tables(r: Recorder, address: Sequence[Literal], tables: Array) -> list[Literal]:
    """Draw functions of the bits of an address, the most significant first; their literals.

    Args:
        tables: `words`, whose entry a is the value at address a.
    """
    nodes, roots = nodes_of(tables, len(address))
    written = _write(nodes, roots, np.array(address, np.int64), r.inputs + r.gates)
    r.append(written.ops, written.a, written.b)
    return [int(literal) for literal in written.outputs]


def nodes_of(tables: Array, bits: int) -> tuple[Nodes, Longs]:
    """The nodes of tables of so many bits, and the literals of these."""
    roots, rows = _classes(tables, 1 << bits, 1)
    level, low, high = (
        [np.zeros(0, np.uint8)],
        [np.zeros(0, np.int32)],
        [np.zeros(0, np.int32)],
    )
    start = 1
    for k in range(bits):
        start, half = start + len(rows), 1 << (bits - k - 1)
        level.append(np.full(len(rows), k, np.uint8))
        if half < WORD:
            pieces = [rows & np.uint64((1 << half) - 1), rows >> np.uint64(half)]
        else:
            pieces = np.split(rows, 2, axis=1)
        children, rows = _classes(np.concatenate(pieces), half, start)
        below, above = np.split(children.astype(np.int32), 2)
        low.append(below)
        high.append(above)
    return Nodes(np.concatenate(level), np.concatenate(low), np.concatenate(high)), roots


def _classes(rows: Array, size: int, start: int) -> tuple[Longs, Array]:
    """The literals of tables of `size` bits, and the different ones that are no constants, which are nodes from `start`
    on; each with the complement that has 0 first.
    """
    negative = rows[:, 0] & np.uint64(1)
    mask = np.uint64((1 << min(size, WORD)) - 1)
    rows = rows ^ (negative * mask)[:, None]
    if rows.shape[1] == 1:
        different, inverse = np.unique(rows[:, 0], return_inverse=True)
        kept = different[:, None]
    else:
        keys = np.ascontiguousarray(rows).view(
            np.dtype((np.void, rows.itemsize * rows.shape[1]))
        )
        _, first, inverse = np.unique(keys.ravel(), return_index=True, return_inverse=True)
        kept = rows[first]
    constant = ~kept.any(axis=1)
    place = np.where(constant, 0, start + np.cumsum(~constant) - 1)
    return 2 * place[inverse.ravel()] + negative.astype(np.int64), kept[~constant]


class Written(NamedTuple):
    """Gates, and the literals of the outputs."""

    ops: Bytes
    a: Ints
    b: Ints
    outputs: Longs


@compiled(work=lambda nodes, roots, address, before: 8 * len(nodes.low) + len(roots))
def _write(nodes: Nodes, roots: Any, address: Any, before: Any) -> Written:
    """The gates of nodes in the order of a recursion: the high half, the low half, the node.

    Args:
        before: wires that there are.
    """
    level, low, high = nodes
    found = np.full(1 + len(low), -1, np.int64)  # the literal of each node
    found[0] = 0
    ops = np.empty(3 * len(low), np.uint8)
    a = np.empty(3 * len(low), np.int32)
    b = np.empty(3 * len(low), np.int32)
    outputs = np.empty(len(roots), np.int64)
    waiting = np.empty(2 * len(address) + 2, np.int64)
    gates = 0
    for o in range(len(roots)):
        waiting[0], depth = roots[o], 1
        while depth:
            literal = waiting[depth - 1]
            node, flip = literal >> 1, literal & 1
            if found[node] >= 0:
                depth -= 1
                continue
            # A node that is met first as a complement is written as that.
            no, yes = low[node - 1] ^ flip, high[node - 1] ^ flip
            muxed = no >> 1 != yes >> 1
            if muxed and found[yes >> 1] < 0:
                waiting[depth] = yes
                depth += 1
                continue
            if found[no >> 1] < 0:
                waiting[depth] = no
                depth += 1
                continue
            bit = address[level[node - 1]]
            x = found[no >> 1] ^ (no & 1)
            if no != yes and not muxed:
                if x <= 1:
                    x = bit ^ x
                else:
                    ops[gates], a[gates], b[gates] = XOR, bit, x
                    gates += 1
                    x = 2 * (before + gates)
            elif muxed:
                y = found[yes >> 1] ^ (yes & 1)
                # The complements of both products, then that of their AND; constants fold.
                if y <= 1:
                    first = bit ^ 1 if y else 1
                else:
                    ops[gates], a[gates], b[gates] = AND, bit, y
                    gates += 1
                    first = 2 * (before + gates) + 1
                if x <= 1:
                    second = bit if x else 1
                else:
                    ops[gates], a[gates], b[gates] = AND, bit ^ 1, x
                    gates += 1
                    second = 2 * (before + gates) + 1
                if first == 1 or second == 1:
                    x = (second if first == 1 else first) ^ 1
                else:
                    ops[gates], a[gates], b[gates] = AND, first, second
                    gates += 1
                    x = 2 * (before + gates) + 1
            found[node] = x ^ flip
            depth -= 1
        outputs[o] = found[roots[o] >> 1] ^ (roots[o] & 1)
    return Written(ops[:gates].copy(), a[:gates].copy(), b[:gates].copy(), outputs)
