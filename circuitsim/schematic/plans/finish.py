"""The gates of the final adder: cells, the requested intervals, and the sum bits (see chain.py)."""

from typing import NamedTuple

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled

from .adders import XOR5
from .chain import (
    ABSENT,
    CHAIN,
    COLUMN,
    D0,
    KEPT,
    LEFT,
    ONE,
    ROLE,
    START,
    TOP,
    TRUE,
    Prefix,
    elements,
    intervals,
    overall,
)
from .columns import FAR
from .gates import DEPTH, INPUT, OP, Net, conj, disj, parity, parity_of
from .requests import Requests, requests


class Literals(NamedTuple):
    """Literals of what has been built; -1 where nothing has."""

    first: Longs  # the first wire of what each column left, not its literal
    g: Longs  # of G[i, j]
    p: Longs  # of P[i, j]
    own: Longs  # of an element's own part of its sum bit
    shared: Longs  # of the AND of that and the carry


@compiled
def _wires(rows: Longs, cells: Longs) -> tuple[Longs, Longs, int]:
    """First wire of each column's leftovers, carry-in literals by element, and how many wires."""
    first = np.zeros(len(rows), np.int64)
    used = 1
    for c in range(len(rows)):
        first[c] = used
        used += rows[c, LEFT]
    entry = np.zeros(len(cells), np.int64)
    for e in range(len(cells)):
        if cells[e, COLUMN] < 0 and rows[cells[e + 1, COLUMN], LEFT] == 3:
            entry[e] = 2 * (first[cells[e + 1, COLUMN]] + 2)
    return first, entry, used


@compiled
def _build_cells(
    prefix: Prefix, asked: Requests, net: Net, lits: Literals, entry: Longs
) -> None:
    """Gates inside the cells: g and the propagate where requested, p (`own`) where the bit is kept."""
    rows, cells, _, _, style = prefix
    first, lit_g, lit_p, own, _ = lits
    for e in range(len(cells)):
        c = cells[e, COLUMN]
        if c < 0:
            lit_g[e, e] = entry[e]
            continue
        x, y = 2 * first[c], 2 * first[c] + 2
        if rows[c, LEFT] < 2:
            lit_g[e, e] = lit_p[e, e] = x
            own[e] = (x if rows[c, LEFT] else 0) ^ rows[c, ONE]
            continue
        if rows[c, ROLE] == TOP:
            continue
        summed = asked.sums[e] >= 0
        if asked.by_g[e, e] < FAR or (summed and style != XOR5):
            lit_g[e, e] = conj(net, x, y)
        if style == XOR5:
            if summed or asked.by_p[e, e] < FAR:
                own[e] = lit_p[e, e] = parity(net, x, y, -1, False)
        else:
            if summed or asked.by_p[e, e] < FAR:
                lit_p[e, e] = disj(net, x, y)
            if summed:
                own[e] = conj(net, lit_p[e, e], lit_g[e, e] ^ 1)


@compiled
def _build_intervals(prefix: Prefix, asked: Requests, net: Net, lits: Literals) -> None:
    """Gates of the requested intervals, shortest first, so that the parts of each are there."""
    _, cells, g, p, style = prefix
    _, lit_g, lit_p, own, shared = lits
    wires = net.wires
    n = len(cells)
    for length in range(1, n):
        for j in range(length, n):
            i = j - length
            k = asked.at_p[i, j]
            if k >= 0:
                if p[i, k] == TRUE:
                    lit_p[i, j] = lit_p[k + 1, j]
                elif p[k + 1, j] == TRUE:
                    lit_p[i, j] = lit_p[i, k]
                else:
                    lit_p[i, j] = conj(net, lit_p[i, k], lit_p[k + 1, j])
            k = asked.at_g[i, j]
            if k < 0:
                continue
            if g[i, k] == ABSENT:
                lit_g[i, j] = lit_g[k + 1, j]
                continue
            through = low = lit_g[i, k]
            if p[k + 1, j] != TRUE:
                way = lit_p[k + 1, j]
                final = k == j - 1 and i == cells[j, START] and asked.sums[j] == k
                if final and style != XOR5:
                    # Sum bit j is own ^ carry; its first AND serves the next carry too, if not too late.
                    late = max(wires[own[j] >> 1, DEPTH], wires[low >> 1, DEPTH])
                    late += 1 if g[j, j] == ABSENT else 2
                    if late <= asked.by_g[i, j]:
                        way = own[j]
                through = conj(net, way, low)
                if final and way == own[j]:
                    shared[j] = through
            lit_g[i, j] = (
                through if g[k + 1, j] == ABSENT else disj(net, lit_g[k + 1, j], through)
            )


@compiled
def _build_sum(prefix: Prefix, net: Net, built: Literals, e: int, k: int) -> int:
    """Make the sum bit of element e, with the carry steps after k folded into it."""
    rows, cells, g, _, style = prefix
    first, lit_g, lit_p, own, shared = built
    c, start = cells[e, COLUMN], cells[e, START]
    lits = np.empty(4, np.int64)
    n, one = 1, 0
    lits[0] = own[e]
    if rows[c, LEFT] == 0:
        n, one = 0, rows[c, ONE]
    elif rows[c, ROLE] == TOP:
        n, one = rows[c, LEFT], rows[c, ONE]
        for i in range(n):
            lits[i] = 2 * (first[c] + i)
    ands = style != XOR5
    if g[start, k] == ABSENT:
        return parity_of(net, lits, n, ands) ^ one
    carry = lit_g[start, k]
    if k == e - 1 and shared[e] >= 0:
        return parity(net, own[e], carry, shared[e], ands)
    if k < e - 1:
        high = lit_g[k + 1, e - 1] if g[k + 1, e - 1] != ABSENT else 0
        way = lit_p[k + 1, e - 1]
        if ands:
            plain = parity_of(net, lits, n, ands)
            never = parity(net, plain, high, -1, ands) if high else plain
            ever = way if high == 0 or k == e - 2 else disj(net, high, way)
            always = parity(net, plain, ever, -1, ands)
            chosen = disj(net, conj(net, carry, always), conj(net, carry ^ 1, never))
            return chosen ^ one
        if high:
            lits[n] = high
            n += 1
        carry = conj(net, carry, way)
    lits[n] = carry
    return parity_of(net, lits, n + 1, ands) ^ one


@compiled(
    work=lambda rows, style, ripple, limit: (
        20 * len(rows) + (0 if ripple else len(rows) ** 3 // 3)
    )
)
def finish(
    rows: Longs, style: int, ripple: bool, limit: int
) -> tuple[Longs, int, Longs, int]:
    """Add up the cells; nothing is built when that cannot be done in depth `limit`.

    Returns:
        The netlist, whose inputs are the wires left by the columns in order; its wires in use; a literal per
        column (of kept ones); the depth of the deepest kept bit.
    """
    cells = elements(rows, style)
    n = len(cells)
    g, p = intervals(cells, ripple)
    prefix = Prefix(rows, cells, g, p, style)
    end = overall(prefix, ripple)
    outputs = np.zeros(len(rows), np.int64)
    if end > limit:
        return g, 0, outputs, end
    asked = requests(prefix, end, ripple)
    first, entry, used = _wires(rows, cells)
    room = used + 16 * n
    for j in range(n):
        for i in range(j):
            room += 2 if asked.at_g[i, j] >= 0 else 0
            room += 1 if asked.at_p[i, j] >= 0 else 0
    net = Net(np.zeros((room, 4), np.int64), np.full(1, used, np.int64))
    for c in range(len(rows)):
        for i in range(rows[c, LEFT]):
            net.wires[first[c] + i, OP], net.wires[first[c] + i, DEPTH] = (
                INPUT,
                rows[c, D0 + i],
            )
    lit_g, lit_p = np.full((n, n), -1, np.int64), np.full((n, n), -1, np.int64)
    own, shared = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    built = Literals(first, lit_g, lit_p, own, shared)
    _build_cells(prefix, asked, net, built, entry)
    _build_intervals(prefix, asked, net, built)
    for c in range(len(rows)):
        if rows[c, KEPT] and rows[c, CHAIN] == 0:
            outputs[c] = (2 * first[c] if rows[c, LEFT] == 1 else 0) ^ rows[c, ONE]
    for e in range(n):
        if asked.sums[e] >= 0:
            outputs[cells[e, COLUMN]] = _build_sum(prefix, net, built, e, asked.sums[e])
    return net.wires, net.used[0], outputs, end
