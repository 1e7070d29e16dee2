"""From the plan of a sum to its gates: batches take wires first in, first out per column and depth."""

import numpy as np
import numpy.typing as npt

from circuitsim.kernels import compiled
from circuitsim.netlist.program import AND, XOR, Bytes, Ints

from .adders import (
    AND8,
    DOUBLE_RAW,
    FULL,
    FULL_CARRY,
    FULL_PAIR,
    HALF,
    HALF_CARRY,
    INPUTS,
    MORE,
    MORE_CARRY,
    NEGATE,
    NEGATE_CARRY,
    ODD,
    PAIR,
    SPLIT,
    XOR5,
    delays,
)
from .chain import D0, LEFT
from .gates import INPUT, OP, A, B

Longs = npt.NDArray[np.int64]

HEAD, TAIL = 0, 1
VALUE, NEXT, XOR_OF = (
    0,
    1,
    2,
)  # fields of a node: a wire, or the first of a pair and the XOR of both
WIRES, PAIRS, RAW = 0, 1, 2  # sorts of queues
NODES, GATES_USED = 0, 1  # fields of `box`


@compiled
def _push(
    queues: Ints, nodes: Ints, box: Longs, column: int, depth: int, literal: int, xor: int = 0
) -> None:
    node = box[NODES]
    box[NODES] += 1
    nodes[node, VALUE], nodes[node, NEXT], nodes[node, XOR_OF] = literal, -1, xor
    queue = queues[column, depth]
    if queue[HEAD] < 0:
        queue[HEAD] = node
    else:
        nodes[queue[TAIL], NEXT] = node
    queue[TAIL] = node


@compiled
def _pop_node(queues: Ints, nodes: Ints, column: int, depth: int) -> int:
    node = queues[column, depth, HEAD]
    queues[column, depth, HEAD] = nodes[node, NEXT]
    return int(node)


@compiled
def _pop(queues: Ints, nodes: Ints, column: int, depth: int) -> int:
    return int(nodes[_pop_node(queues, nodes, column, depth), VALUE])


@compiled
def _gate(
    ops: Bytes, a: Ints, b: Ints, box: Longs, inputs: int, op: int, x: int, y: int
) -> int:
    """Append a gate; its literal."""
    g = box[GATES_USED]
    box[GATES_USED] += 1
    ops[g], a[g], b[g] = op, x, y
    return int(2 * (inputs + 1 + g))


@compiled
def _xag_adder(
    ops: Bytes, a: Ints, b: Ints, box: Longs, inputs: int, kind: int, x: int, y: int, z: int
) -> tuple[int, int]:
    """Sum and carry literals of one adder with XOR gates."""
    if MORE <= kind <= MORE_CARRY:
        s = _gate(ops, a, b, box, inputs, XOR, x, y) ^ 1 if kind == MORE else 0
        return s, _gate(ops, a, b, box, inputs, AND, x ^ 1, y ^ 1) ^ 1
    if kind == HALF_CARRY:
        return 0, _gate(ops, a, b, box, inputs, AND, x, y)
    p = _gate(ops, a, b, box, inputs, XOR, x, y)
    if kind == ODD:
        return p, 0
    g = _gate(ops, a, b, box, inputs, AND, x, y)
    if kind == HALF:
        return p, g
    s = _gate(ops, a, b, box, inputs, XOR, p, z) if kind == FULL else 0
    h = _gate(ops, a, b, box, inputs, AND, p, z)
    return s, _gate(ops, a, b, box, inputs, AND, g ^ 1, h ^ 1) ^ 1


@compiled
def _and_adder(
    ops: Bytes,
    a: Ints,
    b: Ints,
    box: Longs,
    inputs: int,
    kind: int,
    style: int,
    x: int,
    y: int,
    z: int,
) -> tuple[int, int]:
    """Sum and carry literals of one adder of ANDs only."""
    if kind == HALF_CARRY:
        return 0, _gate(ops, a, b, box, inputs, AND, x, y)
    neither = _gate(ops, a, b, box, inputs, AND, x ^ 1, y ^ 1)
    if kind == MORE_CARRY:
        return 0, neither ^ 1
    g = _gate(ops, a, b, box, inputs, AND, x, y)
    if kind == FULL_CARRY:
        h = _gate(ops, a, b, box, inputs, AND, z, neither ^ 1)
        return 0, _gate(ops, a, b, box, inputs, AND, g ^ 1, h ^ 1) ^ 1
    p = _gate(ops, a, b, box, inputs, AND, neither ^ 1, g ^ 1)
    if kind == MORE:
        return p ^ 1, neither ^ 1
    if kind != FULL:
        return p, g
    h = _gate(ops, a, b, box, inputs, AND, p, z)
    idle = _gate(ops, a, b, box, inputs, AND, p ^ 1, z ^ 1)
    s = _gate(ops, a, b, box, inputs, AND, h ^ 1, idle ^ 1)
    if style == AND8:
        h = _gate(ops, a, b, box, inputs, AND, z, neither ^ 1)
    return s, _gate(ops, a, b, box, inputs, AND, g ^ 1, h ^ 1) ^ 1


@compiled
def _pair_adder(
    queues: Ints,
    nodes: Ints,
    ops: Bytes,
    a: Ints,
    b: Ints,
    box: Longs,
    inputs: int,
    batch: Longs,
) -> None:
    """Build one adder of pairs, from the queues into the queues (see double.py)."""
    column, kind, _, dx, dy, dz = batch
    ds, dc = delays(kind, XOR5, dx, dy, dz)
    wires = queues[WIRES]
    if kind == PAIR:
        x, y = _pop(wires, nodes, column, dx), _pop(wires, nodes, column, dy)
        _push(
            queues[RAW], nodes, box, column, ds, x, _gate(ops, a, b, box, inputs, XOR, x, y)
        )
        return
    first = _pop_node(queues[RAW if kind == DOUBLE_RAW else PAIRS], nodes, column, dx)
    x, p = nodes[first, VALUE], nodes[first, XOR_OF]
    if kind == SPLIT:
        _push(wires, nodes, box, column, ds, x)
        _push(wires, nodes, box, column, dc, _gate(ops, a, b, box, inputs, XOR, x, p))
        return
    if kind == FULL_PAIR:
        z = _pop(wires, nodes, column, dz)
        _push(wires, nodes, box, column, ds, _gate(ops, a, b, box, inputs, XOR, p, z))
        g = _gate(ops, a, b, box, inputs, XOR, x, z)
        kept = _gate(ops, a, b, box, inputs, AND, p, g)
        _push(wires, nodes, box, column + 1, dc, _gate(ops, a, b, box, inputs, XOR, x, kept))
        return
    second = _pop_node(queues[RAW if kind == DOUBLE_RAW else PAIRS], nodes, column, dy)
    x2, p2 = nodes[second, VALUE], nodes[second, XOR_OF]
    z = _pop(wires, nodes, column, dz)
    g = _gate(ops, a, b, box, inputs, XOR, x, z)
    middle = _gate(ops, a, b, box, inputs, XOR, p, z)
    h = _gate(ops, a, b, box, inputs, XOR, x2, middle)
    _push(wires, nodes, box, column, ds, _gate(ops, a, b, box, inputs, XOR, middle, p2))
    u = _gate(ops, a, b, box, inputs, AND, p ^ 1, g ^ 1) ^ 1
    v = _gate(ops, a, b, box, inputs, AND, h, p2 ^ 1)
    xor = _gate(ops, a, b, box, inputs, XOR, u, v)
    _push(
        queues[PAIRS],
        nodes,
        box,
        column + 1,
        dc,
        _gate(ops, a, b, box, inputs, XOR, middle, v),
        xor,
    )


@compiled(work=lambda columns, *more: len(columns) + 3 * more[-2])
def expand(
    columns: Ints, depths: Ints, width: int, span: int, batches: Longs, rows: Longs, net: Longs,
    outputs: Longs, gates: int, style: int,
) -> tuple[Bytes, Ints, Ints, Ints]:  # fmt: skip
    """Gates (kinds, literals a, literals b) and output literals of a sum over the given wires."""
    inputs = len(columns)
    adders = 0
    for batch in batches:
        adders += batch[2]
    sorts = np.full((3, width + 1, span, 2), -1, np.int32)
    queues = sorts[WIRES]
    nodes = np.empty((inputs + 2 * adders, 3), np.int32)
    ops = np.empty(gates, np.uint8)
    a, b = np.empty(gates, np.int32), np.empty(gates, np.int32)
    box = np.zeros(2, np.int64)
    for w in range(inputs):
        _push(queues, nodes, box, columns[w], depths[w], 2 * w + 2)
    for batch in batches:
        column, kind, many, dx, dy, dz = batch
        if kind >= PAIR:
            for _ in range(many):
                _pair_adder(sorts, nodes, ops, a, b, box, inputs, batch)
            continue
        ds, dc = delays(kind, style, dx, dy, dz)
        has_sum = (
            kind != FULL_CARRY
            and kind != HALF_CARRY
            and kind != MORE_CARRY
            and kind != NEGATE_CARRY
        )
        for _ in range(many):
            x = _pop(queues, nodes, column, dx)
            y = _pop(queues, nodes, column, dy) if INPUTS[kind] > 1 else 0
            z = _pop(queues, nodes, column, dz) if INPUTS[kind] > 2 else 0
            if NEGATE <= kind <= NEGATE_CARRY:
                s, c = x ^ 1, x
            elif style == XOR5:
                s, c = _xag_adder(ops, a, b, box, inputs, kind, x, y, z)
            else:
                s, c = _and_adder(ops, a, b, box, inputs, kind, style, x, y, z)
            if has_sum:
                _push(queues, nodes, box, column, ds, s)
            if kind != ODD:
                _push(queues, nodes, box, column + 1, dc, c)
    # The final adder: its wires are what the columns left, then one a gate.
    literal = np.zeros(len(net), np.int32)
    wire = 1
    for column in range(len(rows)):
        for i in range(rows[column, LEFT]):
            literal[wire] = _pop(queues, nodes, column, rows[column, D0 + i])
            wire += 1
    for wire in range(1, len(net)):
        if net[wire, OP] != INPUT:
            x = literal[net[wire, A] >> 1] ^ (net[wire, A] & 1)
            y = literal[net[wire, B] >> 1] ^ (net[wire, B] & 1)
            literal[wire] = _gate(ops, a, b, box, inputs, net[wire, OP], x, y)
    out = np.empty(len(outputs), np.int32)
    for i in range(len(outputs)):
        out[i] = literal[outputs[i] >> 1] ^ (outputs[i] & 1)
    return ops, a, b, out
