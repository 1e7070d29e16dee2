"""The gates of the final adder: cells, the requested intervals, and the sum bits (see chain.py)."""

import numpy as np
import numpy.typing as npt

from circuitsim.kernels import compiled

from .adders import XOR5
from .chain import (
    ABSENT,
    CHAIN,
    COLUMN,
    D0,
    FAR,
    KEPT,
    LEFT,
    ONE,
    ROLE,
    START,
    TOP,
    TRUE,
    elements,
    intervals,
    overall,
)
from .gates import DEPTH, INPUT, OP, conj, disj, parity, parity_of
from .requests import requests

Longs = npt.NDArray[np.int64]


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
    rows: Longs, cells: Longs, sums: Longs, by_g: Longs, by_p: Longs, first: Longs, entry: Longs, net: Longs,
    box: Longs, lit_g: Longs, lit_p: Longs, own: Longs, style: int,
) -> None:  # fmt: skip
    """Gates inside the cells: g and the propagate where requested, p (`own`) where the bit is kept."""
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
        summed = sums[e] >= 0
        if by_g[e, e] < FAR or (summed and style != XOR5):
            lit_g[e, e] = conj(net, box, x, y)
        if style == XOR5:
            if summed or by_p[e, e] < FAR:
                own[e] = lit_p[e, e] = parity(net, box, x, y, -1, False)
        else:
            if summed or by_p[e, e] < FAR:
                lit_p[e, e] = disj(net, box, x, y)
            if summed:
                own[e] = conj(net, box, lit_p[e, e], lit_g[e, e] ^ 1)


@compiled
def _build_intervals(
    cells: Longs, g: Longs, p: Longs, by_g: Longs, at_g: Longs, at_p: Longs, sums: Longs, own: Longs,
    shared: Longs, net: Longs, box: Longs, lit_g: Longs, lit_p: Longs, style: int,
) -> None:  # fmt: skip
    """Gates of the requested intervals, shortest first."""
    n = len(cells)
    for length in range(1, n):
        for j in range(length, n):
            i = j - length
            k = at_p[i, j]
            if k >= 0:
                if p[i, k] == TRUE:
                    lit_p[i, j] = lit_p[k + 1, j]
                elif p[k + 1, j] == TRUE:
                    lit_p[i, j] = lit_p[i, k]
                else:
                    lit_p[i, j] = conj(net, box, lit_p[i, k], lit_p[k + 1, j])
            k = at_g[i, j]
            if k < 0:
                continue
            if g[i, k] == ABSENT:
                lit_g[i, j] = lit_g[k + 1, j]
                continue
            through = low = lit_g[i, k]
            if p[k + 1, j] != TRUE:
                way = lit_p[k + 1, j]
                final = k == j - 1 and i == cells[j, START] and sums[j] == k
                if final and style != XOR5:
                    # Sum bit j is own ^ carry; its first AND serves the next carry too, if not too late.
                    late = max(net[own[j] >> 1, DEPTH], net[low >> 1, DEPTH]) + (
                        1 if g[j, j] == ABSENT else 2
                    )
                    if late <= by_g[i, j]:
                        way = own[j]
                through = conj(net, box, way, low)
                if final and way == own[j]:
                    shared[j] = through
            lit_g[i, j] = (
                through if g[k + 1, j] == ABSENT else disj(net, box, lit_g[k + 1, j], through)
            )


@compiled
def _build_sum(
    rows: Longs, cells: Longs, g: Longs, p: Longs, e: int, k: int, own: Longs, shared: Longs, first: Longs,
    net: Longs, box: Longs, lit_g: Longs, lit_p: Longs, style: int,
) -> int:  # fmt: skip
    """Make the sum bit of element e, with the carry steps after k folded into it."""
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
        return parity_of(net, box, lits, n, ands) ^ one
    carry = lit_g[start, k]
    if k == e - 1 and shared[e] >= 0:
        return parity(net, box, own[e], carry, shared[e], ands)
    if k < e - 1:
        high = lit_g[k + 1, e - 1] if g[k + 1, e - 1] != ABSENT else 0
        way = lit_p[k + 1, e - 1]
        if ands:
            plain = parity_of(net, box, lits, n, ands)
            never = parity(net, box, plain, high, -1, ands) if high else plain
            ever = way if high == 0 or k == e - 2 else disj(net, box, high, way)
            always = parity(net, box, plain, ever, -1, ands)
            return (
                disj(
                    net, box, conj(net, box, carry, always), conj(net, box, carry ^ 1, never)
                )
                ^ one
            )
        if high:
            lits[n] = high
            n += 1
        carry = conj(net, box, carry, way)
    lits[n] = carry
    return parity_of(net, box, lits, n + 1, ands) ^ one


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
    end = overall(rows, cells, g, p, style, ripple)
    outputs = np.zeros(len(rows), np.int64)
    if end > limit:
        return g, 0, outputs, end
    by_g, by_p, at_g, at_p, sums = requests(rows, cells, g, p, style, end, ripple)
    first, entry, used = _wires(rows, cells)
    room = used + 16 * n
    for j in range(n):
        for i in range(j):
            room += (2 if at_g[i, j] >= 0 else 0) + (1 if at_p[i, j] >= 0 else 0)
    net = np.zeros((room, 4), np.int64)
    for c in range(len(rows)):
        for i in range(rows[c, LEFT]):
            net[first[c] + i, OP], net[first[c] + i, DEPTH] = INPUT, rows[c, D0 + i]
    box = np.full(1, used, np.int64)
    lit_g, lit_p = np.full((n, n), -1, np.int64), np.full((n, n), -1, np.int64)
    own, shared = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    _build_cells(
        rows, cells, sums, by_g, by_p, first, entry, net, box, lit_g, lit_p, own, style
    )
    _build_intervals(
        cells, g, p, by_g, at_g, at_p, sums, own, shared, net, box, lit_g, lit_p, style
    )
    for c in range(len(rows)):
        if rows[c, KEPT] and rows[c, CHAIN] == 0:
            outputs[c] = (2 * first[c] if rows[c, LEFT] == 1 else 0) ^ rows[c, ONE]
    for e in range(n):
        if sums[e] >= 0:
            outputs[cells[e, COLUMN]] = _build_sum(
                rows,
                cells,
                g,
                p,
                e,
                sums[e],
                own,
                shared,
                first,
                net,
                box,
                lit_g,
                lit_p,
                style,
            )
    return net, box[0], outputs, end
