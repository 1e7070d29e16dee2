"""Which intervals of the final adder are built, and how they are split: the fewest gates that keep its depth.

Every kept bit may be as late as the latest. From that deadline requests for interval generates and
propagates go down, longest interval first, so that each interval knows all its users before it is split: at
the last cell where that meets its deadline (a ripple), else as little before as possible. What was requested
is all that is built, so no gate is dead.
"""

from typing import NamedTuple

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled

from .adders import XOR5
from .chain import ABSENT, START, TRUE, Prefix, best_fold, both, join, sum_depth, summed
from .columns import FAR


class Requests(NamedTuple):
    """What is to be built."""

    by_g: Longs  # deadline of G[i, j]; FAR: not wanted
    by_p: Longs  # deadline of P[i, j]
    at_g: Longs  # where G[i, j] is split; -1: not wanted
    at_p: Longs
    sums: Longs  # of each element, after which one the carry steps are folded into its bit; -1: not kept


@compiled
def _ask(deadlines: Longs, depths: Longs, i: int, j: int, deadline: int) -> None:
    if depths[i, j] > TRUE + 1:
        deadlines[i, j] = min(deadlines[i, j], deadline)


@compiled
def _ask_for_sum(prefix: Prefix, asked: Requests, e: int, k: int, end: int) -> None:
    """Request what the sum bit of element e, folded after k, needs to be ready at `end`."""
    g, p, by_g, by_p = prefix.g, prefix.p, asked.by_g, asked.by_p
    start = prefix.cells[e, START]
    carry, high, way = g[start, k], ABSENT, TRUE
    if k < e - 1:
        high, way = g[k + 1, e - 1], p[k + 1, e - 1]
    if carry == ABSENT:
        return
    if k < e - 1 and prefix.style != XOR5:
        late = end - (4 if high == ABSENT or k == e - 2 else 5)
        _ask(by_g, g, start, k, end - 2)
        _ask(by_g, g, k + 1, e - 1, late)
        _ask(by_p, p, k + 1, e - 1, late)
        return
    # The place of a term in the XOR is at most three steps above the root: the loosest place that works.
    step = 1 if prefix.style == XOR5 else 2
    gap = 0 if k == e - 1 else 1
    for place in range(1, 4):
        late = end - place * step - gap
        if late >= max(carry, way) and sum_depth(prefix, e, k, (late, high, way)) <= end:
            carry = late
            break
    _ask(by_g, g, start, k, carry)
    if k < e - 1:
        _ask(by_p, p, k + 1, e - 1, max(carry, way))
        for place in range(1, 4):
            late = end - place * step
            if late >= high and sum_depth(prefix, e, k, (carry, late, way)) <= end:
                high = late
                break
        _ask(by_g, g, k + 1, e - 1, high)


@compiled
def _split(prefix: Prefix, asked: Requests, i: int, j: int, ripple: bool) -> tuple[int, int]:
    """Last splits of G[i, j] and of P[i, j] that meet their deadlines; -1 where there is no request."""
    g, p = prefix.g, prefix.p
    end_g, end_p = asked.by_g[i, j], asked.by_p[i, j]
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
def requests(prefix: Prefix, end: int, ripple: bool) -> Requests:
    """All that is to be built for a sum that is ready at `end`."""
    n, g, p = len(prefix.cells), prefix.g, prefix.p
    by_g, by_p = np.full((n, n), FAR, np.int64), np.full((n, n), FAR, np.int64)
    at_g, at_p = np.full((n, n), -1, np.int64), np.full((n, n), -1, np.int64)
    asked = Requests(by_g, by_p, at_g, at_p, np.full(n, -1, np.int64))
    for e in range(n):
        if summed(prefix, e):
            asked.sums[e] = best_fold(prefix, e, FAR if ripple else end)[1]
            _ask_for_sum(prefix, asked, e, asked.sums[e], end)
    # All users of an interval are longer than it, or sum bits: its deadline is settled when its length comes.
    for length in range(n - 1, 0, -1):
        for j in range(length, n):
            i = j - length
            end_g, end_p = by_g[i, j], by_p[i, j]
            if end_g == FAR and end_p == FAR:
                continue
            at_g[i, j], at_p[i, j] = _split(prefix, asked, i, j, ripple)
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
    return asked
