"""Which intervals of the final adder are built, and how they are split: the fewest gates that keep its depth.

Every kept bit may be as late as the latest. From that deadline requests for interval generates and
propagates go down, longest interval first, so that each interval knows all its users before it is split: at
the last cell where that meets its deadline (a ripple), else as little before as possible. What was requested
is all that is built, so no gate is dead.
"""

import numpy as np
import numpy.typing as npt

from circuitsim.kernels import compiled

from .adders import XOR5
from .chain import ABSENT, COLUMN, FAR, KEPT, START, TRUE, best_fold, both, join, sum_depth

Longs = npt.NDArray[np.int64]


@compiled
def _ask(deadlines: Longs, depths: Longs, i: int, j: int, deadline: int) -> None:
    if depths[i, j] > TRUE + 1:
        deadlines[i, j] = min(deadlines[i, j], deadline)


@compiled
def _ask_for_sum(
    rows: Longs,
    cells: Longs,
    g: Longs,
    p: Longs,
    e: int,
    k: int,
    style: int,
    end: int,
    by_g: Longs,
    by_p: Longs,
) -> None:
    """Request what the sum bit of element e, folded after k, needs to be ready at `end`."""
    start = cells[e, START]
    carry, high, way = g[start, k], ABSENT, TRUE
    if k < e - 1:
        high, way = g[k + 1, e - 1], p[k + 1, e - 1]
    if carry == ABSENT:
        return
    if k < e - 1 and style != XOR5:
        _ask(by_g, g, start, k, end - 2)
        _ask(by_g, g, k + 1, e - 1, end - (4 if high == ABSENT or k == e - 2 else 5))
        _ask(by_p, p, k + 1, e - 1, end - (4 if high == ABSENT or k == e - 2 else 5))
        return
    # The place of a term in the XOR is at most three steps above the root: the loosest place that works.
    terms = np.empty(4, np.int64)
    step = 1 if style == XOR5 else 2
    gap = 0 if k == e - 1 else 1
    for place in range(1, 4):
        late = end - place * step - gap
        if (
            late >= max(carry, way)
            and sum_depth(rows, cells, e, k, style, late, high, way, terms) <= end
        ):
            carry = late
            break
    _ask(by_g, g, start, k, carry)
    if k < e - 1:
        _ask(by_p, p, k + 1, e - 1, max(carry, way))
        for place in range(1, 4):
            late = end - place * step
            if (
                late >= high
                and sum_depth(rows, cells, e, k, style, carry, late, way, terms) <= end
            ):
                high = late
                break
        _ask(by_g, g, k + 1, e - 1, high)


@compiled
def _split(
    g: Longs, p: Longs, i: int, j: int, end_g: int, end_p: int, ripple: bool
) -> tuple[int, int]:
    """Last splits of G[i, j] and of P[i, j] that meet their deadlines; -1 where there is no request."""
    at_g = at_p = -1
    for k in range(j - 1, i - 1, -1):
        if at_g < 0 and end_g < FAR and join(g[i, k], g[k + 1, j], p[k + 1, j]) <= end_g:
            at_g = k
        if at_p < 0 and end_p < FAR and both(p[i, k], p[k + 1, j]) <= end_p:
            at_p = k
        if ripple or (at_g >= 0 and at_p >= 0):
            break
    return at_g, at_p


@compiled
def requests(
    rows: Longs, cells: Longs, g: Longs, p: Longs, style: int, end: int, ripple: bool
) -> tuple[Longs, Longs, Longs, Longs, Longs]:
    """Deadlines of G and P (FAR: not wanted), their splits, and the splits of the sum bits (-1: not kept)."""
    n = len(cells)
    by_g, by_p = np.full((n, n), FAR, np.int64), np.full((n, n), FAR, np.int64)
    at_g, at_p = np.full((n, n), -1, np.int64), np.full((n, n), -1, np.int64)
    sums = np.full(n, -1, np.int64)
    terms = np.empty(4, np.int64)
    for e in range(n):
        if cells[e, COLUMN] >= 0 and rows[cells[e, COLUMN], KEPT]:
            deadline = FAR if ripple else end
            sums[e] = best_fold(rows, cells, g, p, e, style, deadline, terms)[1]
            _ask_for_sum(rows, cells, g, p, e, sums[e], style, end, by_g, by_p)
    for length in range(n - 1, 0, -1):
        for j in range(length, n):
            i = j - length
            end_g, end_p = by_g[i, j], by_p[i, j]
            if end_g == FAR and end_p == FAR:
                continue
            at_g[i, j], at_p[i, j] = _split(g, p, i, j, end_g, end_p, ripple)
            k = at_g[i, j]
            if k >= 0:
                if g[i, k] == ABSENT:
                    _ask(by_g, g, k + 1, j, end_g)
                else:
                    steps = 0 if g[k + 1, j] == ABSENT else 1
                    _ask(by_g, g, k + 1, j, end_g - 1)
                    _ask(by_g, g, i, k, end_g - steps - (0 if p[k + 1, j] == TRUE else 1))
                    _ask(by_p, p, k + 1, j, end_g - steps - 1)
            k = at_p[i, j]
            if k >= 0:
                ends = end_p if p[i, k] == TRUE or p[k + 1, j] == TRUE else end_p - 1
                _ask(by_p, p, i, k, ends)
                _ask(by_p, p, k + 1, j, ends)
    return by_g, by_p, at_g, at_p, sums
