"""From the plan of a sum to its gates: batches take wires first in, first out per column and depth."""

from typing import NamedTuple

import numpy as np

from circuitsim.array_types import Bytes, Ints, Longs
from circuitsim.kernels import compiled
from circuitsim.netlist.program import AND, XOR

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

HEAD, TAIL = 0, 1
# Fields of a node: a wire, or the first of a pair and the XOR of both.
VALUE, NEXT, XOR_OF = range(3)
WIRES, PAIRS, RAW = range(3)  # sorts of queues
NODES, GATES_USED, LOGGED = range(3)  # fields of `box`
LOG = 7  # fields of an adder that is logged: its column, kind, three wires, sum and carry; -1 for what it lacks


class Steps(NamedTuple):
    """A planned sum: adders, then a net over the wires that they leave."""

    span: int  # all depths of adders' wires are below
    style: int
    batches: Longs  # (batches, 6): column, kind, how many, dx, dy, dz, in order
    columns: Longs  # (width, fields of chain.py)
    net: Longs  # (wires, 4) of gates.py
    outputs: Longs  # a literal of `net` per kept bit


class Site(NamedTuple):
    """What has been built."""

    queues: Ints  # (sorts, columns, depths, 2): first and last node
    nodes: Ints  # (wires, 3)
    ops: Bytes
    a: Ints
    b: Ints
    box: Longs
    inputs: int
    log: Longs  # (adders, LOG), or (0, LOG) where nobody asks


@compiled(inline="always")
def _push(site: Site, sort: int, column: int, depth: int, wires: tuple[int, int]) -> None:
    """Append a wire, or a pair and its XOR, to the queue of its sort, column and depth."""
    nodes, queue = site.nodes, site.queues[sort, column, depth]
    node = site.box[NODES]
    site.box[NODES] += 1
    nodes[node, VALUE], nodes[node, XOR_OF] = wires
    nodes[node, NEXT] = -1
    if queue[HEAD] < 0:
        queue[HEAD] = node
    else:
        nodes[queue[TAIL], NEXT] = node
    queue[TAIL] = node


@compiled(inline="always")
def _pop(site: Site, sort: int, column: int, depth: int) -> tuple[int, int]:
    """Take what came first out of a queue: a wire and 0, or a pair and its XOR."""
    queue = site.queues[sort, column, depth]
    node = site.nodes[queue[HEAD]]
    queue[HEAD] = node[NEXT]
    return int(node[VALUE]), int(node[XOR_OF])


@compiled(inline="always")
def _gate(site: Site, op: int, x: int, y: int) -> int:
    """Append a gate; its literal."""
    g = site.box[GATES_USED]
    site.box[GATES_USED] += 1
    site.ops[g], site.a[g], site.b[g] = op, x, y
    return int(2 * (site.inputs + 1 + g))


@compiled
def _xag_adder(site: Site, kind: int, wires: tuple[int, int, int]) -> tuple[int, int]:
    """Sum and carry literals of one adder with XOR gates."""
    x, y, z = wires
    if MORE <= kind <= MORE_CARRY:
        s = _gate(site, XOR, x, y) ^ 1 if kind == MORE else 0
        return s, _gate(site, AND, x ^ 1, y ^ 1) ^ 1
    if kind == HALF_CARRY:
        return 0, _gate(site, AND, x, y)
    p = _gate(site, XOR, x, y)
    if kind == ODD:
        return p, 0
    g = _gate(site, AND, x, y)
    if kind == HALF:
        return p, g
    s = _gate(site, XOR, p, z) if kind == FULL else 0
    h = _gate(site, AND, p, z)
    return s, _gate(site, AND, g ^ 1, h ^ 1) ^ 1


@compiled
def _and_adder(
    site: Site, kind: int, style: int, wires: tuple[int, int, int]
) -> tuple[int, int]:
    """Sum and carry literals of one adder of ANDs only."""
    x, y, z = wires
    if kind == HALF_CARRY:
        return 0, _gate(site, AND, x, y)
    neither = _gate(site, AND, x ^ 1, y ^ 1)
    if kind == MORE_CARRY:
        return 0, neither ^ 1
    g = _gate(site, AND, x, y)
    if kind == FULL_CARRY:
        h = _gate(site, AND, z, neither ^ 1)
        return 0, _gate(site, AND, g ^ 1, h ^ 1) ^ 1
    p = _gate(site, AND, neither ^ 1, g ^ 1)
    if kind == MORE:
        return p ^ 1, neither ^ 1
    if kind != FULL:
        return p, g
    h = _gate(site, AND, p, z)
    idle = _gate(site, AND, p ^ 1, z ^ 1)
    s = _gate(site, AND, h ^ 1, idle ^ 1)
    if style == AND8:
        h = _gate(site, AND, z, neither ^ 1)
    return s, _gate(site, AND, g ^ 1, h ^ 1) ^ 1


@compiled
def _pair_adder(site: Site, batch: Longs) -> None:
    """Build one adder of pairs, from the queues into the queues (see double.py)."""
    column, kind, _, dx, dy, dz = batch
    ds, dc = delays(kind, XOR5, (dx, dy, dz))
    if kind == PAIR:
        x, y = _pop(site, WIRES, column, dx)[0], _pop(site, WIRES, column, dy)[0]
        _push(site, RAW, column, ds, (x, _gate(site, XOR, x, y)))
        return
    sort = RAW if kind == DOUBLE_RAW else PAIRS
    x, p = _pop(site, sort, column, dx)
    if kind == SPLIT:
        _push(site, WIRES, column, ds, (x, 0))
        _push(site, WIRES, column, dc, (_gate(site, XOR, x, p), 0))
        return
    if kind == FULL_PAIR:
        z = _pop(site, WIRES, column, dz)[0]
        _push(site, WIRES, column, ds, (_gate(site, XOR, p, z), 0))
        g = _gate(site, XOR, x, z)
        kept = _gate(site, AND, p, g)
        _push(site, WIRES, column + 1, dc, (_gate(site, XOR, x, kept), 0))
        return
    x2, p2 = _pop(site, sort, column, dy)
    z = _pop(site, WIRES, column, dz)[0]
    g = _gate(site, XOR, x, z)
    middle = _gate(site, XOR, p, z)
    h = _gate(site, XOR, x2, middle)
    _push(site, WIRES, column, ds, (_gate(site, XOR, middle, p2), 0))
    u = _gate(site, AND, p ^ 1, g ^ 1) ^ 1
    v = _gate(site, AND, h, p2 ^ 1)
    xor = _gate(site, XOR, u, v)
    _push(site, PAIRS, column + 1, dc, (_gate(site, XOR, middle, v), xor))


@compiled
def _adders(site: Site, style: int, batch: Longs) -> None:
    """Build a batch of adders of wires, from the queues into the queues."""
    column, kind, many, dx, dy, dz = batch
    ds, dc = delays(kind, style, (dx, dy, dz))
    inputs = INPUTS[kind]
    has_sum = kind not in (FULL_CARRY, HALF_CARRY, MORE_CARRY, NEGATE_CARRY)
    for _ in range(many):
        x = _pop(site, WIRES, column, dx)[0]
        y = _pop(site, WIRES, column, dy)[0] if inputs > 1 else 0
        z = _pop(site, WIRES, column, dz)[0] if inputs > 2 else 0
        if NEGATE <= kind <= NEGATE_CARRY:
            s, c = x ^ 1, x
        elif style == XOR5:
            s, c = _xag_adder(site, kind, (x, y, z))
        else:
            s, c = _and_adder(site, kind, style, (x, y, z))
        if has_sum:
            _push(site, WIRES, column, ds, (s, 0))
        if kind != ODD:
            _push(site, WIRES, column + 1, dc, (c, 0))
        if len(site.log):
            made = site.log[site.box[LOGGED]]
            site.box[LOGGED] += 1
            made[0], made[1], made[2] = column, kind, x
            made[3] = y if inputs > 1 else -1
            made[4] = z if inputs > 2 else -1
            made[5] = s if has_sum else -1
            made[6] = c if kind != ODD else -1


@compiled(work=lambda columns, depths, steps, gates, log: len(columns) + 3 * gates)
def expand(
    columns: Ints, depths: Ints, steps: Steps, gates: int, log: Longs
) -> tuple[Bytes, Ints, Ints, Ints]:
    """Gates (kinds, literals a, literals b) and output literals of a sum over the given wires.

    Adders of wires are written to `log` (adders, LOG), if it has any rows.
    """
    inputs, net = len(columns), steps.net
    adders = 0
    for batch in steps.batches:
        adders += batch[2]
    ops = np.empty(gates, np.uint8)
    a, b = np.empty(gates, np.int32), np.empty(gates, np.int32)
    queues = np.full((3, len(steps.columns) + 1, steps.span, 2), -1, np.int32)
    nodes = np.empty((inputs + 2 * adders, 3), np.int32)
    site = Site(queues, nodes, ops, a, b, np.zeros(3, np.int64), inputs, log)
    for w in range(inputs):
        _push(site, WIRES, columns[w], depths[w], (2 * w + 2, 0))
    # Batches are in the order in which they were planned, so that a queue has what a batch takes out of it.
    for batch in steps.batches:
        if batch[1] >= PAIR:
            for _ in range(batch[2]):
                _pair_adder(site, batch)
        else:
            _adders(site, steps.style, batch)
    # The final adder: its wires are what the columns left, then one a gate.
    literal = np.zeros(len(net), np.int32)
    wire = 1
    for column in range(len(steps.columns)):
        cell = steps.columns[column]
        for i in range(cell[LEFT]):
            literal[wire] = _pop(site, WIRES, column, cell[D0 + i])[0]
            wire += 1
    for wire in range(1, len(net)):
        if net[wire, OP] != INPUT:
            x = literal[net[wire, A] >> 1] ^ (net[wire, A] & 1)
            y = literal[net[wire, B] >> 1] ^ (net[wire, B] & 1)
            literal[wire] = _gate(site, net[wire, OP], x, y)
    out = np.empty(len(steps.outputs), np.int32)
    for i in range(len(steps.outputs)):
        out[i] = literal[steps.outputs[i] >> 1] ^ (steps.outputs[i] & 1)
    return ops, a, b, out
