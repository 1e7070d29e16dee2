"""The adder that ends a sum: where its carries come from, decided from arrival times.

After compression a column holds a *cell*: two wires (propagate p = xor, generate g = and), one, or none. A
maximal run of cells joined by carries is added by a prefix adder found by dynamic programming over intervals
of cells,

    G[i, j] = G[k+1, j] | (P[k+1, j] & G[i, k])        P[i, j] = P[i, k] & P[k+1, j]

which is exact in the arrival times: late high bits, late low bits and a late carry-in each give another
shape. Element `start` of a run is its carry-in (a third wire in the first column), so G[start, j] is the
carry out of cell j. The last carry steps before a sum bit may be folded into it: in xag, G and P & C are
disjoint, and sum = p ^ G ^ (P & C) in the best order; in aig, sum = C ? p ^ (G | P) : p ^ G, both prepared
before C comes.

`rows` describes the columns, one row a column, fields as below; an element is a row of `cells`.
"""

from typing import NamedTuple

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled

from .adders import XOR5
from .columns import FAR

ABSENT = -(1 << 50)  # depth of a constant false generate
TRUE = ABSENT - 1  # depth of a constant true propagate

# Fields of a column: role, wires left, their depths, a constant one to add, has it a carry in, is it kept.
ROLE, LEFT, D0, D1, D2, ONE, CHAIN, KEPT = range(8)
FIELDS = 8
DROPPED, MIDDLE, TOP = 0, 1, 2  # roles: feeds no kept bit; makes carries; makes none

# Fields of an element: its column (-1: a carry-in), first element of its run, depths of g, of the propagate.
COLUMN, START, G, P = range(4)


class Prefix(NamedTuple):
    """A prefix adder to be."""

    rows: Longs  # columns
    cells: Longs  # elements
    g: Longs  # least depth of G[i, j]
    p: Longs  # least depth of P[i, j]
    style: int


@compiled
def elements(rows: Longs, style: int) -> Longs:
    """Cells of all runs in order, each run led by its carry-in."""
    cells = np.empty((2 * len(rows) + 1, 4), np.int64)
    used = 0
    start = 0
    for c in range(len(rows)):
        left, one = rows[c, LEFT], rows[c, ONE]
        if rows[c, ROLE] == DROPPED or (
            rows[c, CHAIN] == 0 and (rows[c, ROLE] == TOP or left < 2)
        ):
            continue
        if rows[c, CHAIN] == 0:
            start = used
            cells[used, COLUMN], cells[used, START] = -1, start
            cells[used, G] = rows[c, D2] if left == 3 else ABSENT
            cells[used, P] = TRUE
            used += 1
        pair = max(rows[c, D0], rows[c, D1])
        cells[used, COLUMN], cells[used, START] = c, start
        cells[used, G] = (
            pair + 1 if left >= 2 else (rows[c, D0] if left == 1 and one else ABSENT)
        )
        cells[used, P] = pair + 1 if left >= 2 else (TRUE if one else rows[c, D0])
        used += 1
    return cells[:used]


@compiled
def join(low: int, high: int, way: int) -> int:
    """Depth of high | (way & low) with constants folded."""
    if low == ABSENT:
        return high
    through = low if way == TRUE else max(low, way) + 1
    return through if high == ABSENT else max(through, high) + 1


@compiled
def both(low: int, high: int) -> int:
    """Depth of low & high with constants folded."""
    if low == TRUE:
        return high
    return low if high == TRUE else max(low, high) + 1


@compiled
def intervals(cells: Longs, ripple: bool) -> tuple[Longs, Longs]:
    """Least depths of G[i, j] and P[i, j] for all intervals inside a run (ripple: of the carries only)."""
    n = len(cells)
    g = np.full((n, n), ABSENT, np.int64)
    p = np.full((n, n), TRUE, np.int64)
    for j in range(n):
        g[j, j], p[j, j] = cells[j, G], cells[j, P]
        start = cells[j, START]
        if ripple:
            if j > start:
                g[start, j] = join(g[start, j - 1], g[j, j], p[j, j])
            continue
        # Intervals that end before j, and the shorter ones that end at j, are known by now.
        for i in range(j - 1, start - 1, -1):
            best_g = best_p = FAR
            for k in range(j - 1, i - 1, -1):
                best_g = min(best_g, join(g[i, k], g[k + 1, j], p[k + 1, j]))
                best_p = min(best_p, both(p[i, k], p[k + 1, j]))
            g[i, j], p[i, j] = best_g, best_p
    return g, p


@compiled
def huffman(terms: Longs, n: int, step: int) -> int:
    """Depth of the XOR of n terms; `terms` is used up. The earliest two first is as shallow as any tree is."""
    while n > 1:
        for first in range(2):
            low = first
            for i in range(first + 1, n):
                if terms[i] < terms[low]:
                    low = i
            terms[first], terms[low] = terms[low], terms[first]
        terms[0] = max(terms[0], terms[1]) + step
        terms[1] = terms[n - 1]
        n -= 1
    return int(terms[0])


@compiled
def own_terms(rows: Longs, column: int, style: int, terms: Longs) -> int:
    """Depths of what a column gives to its own sum bit: p, or the wires of a top column; how many."""
    left = rows[column, LEFT]
    if rows[column, ROLE] != TOP and left >= 2:
        terms[0] = max(rows[column, D0], rows[column, D1]) + (1 if style == XOR5 else 2)
        return 1
    for i in range(left):
        terms[i] = rows[column, D0 + i]
    return int(left)


@compiled
def disjoint(rows: Longs, cells: Longs, i: int, j: int) -> bool:
    """Whether G[i, j] and P[i, j] exclude each other: not where a constant one makes the propagate true."""
    for e in range(i, j + 1):
        c = cells[e, COLUMN]
        if c < 0 or (rows[c, LEFT] == 1 and rows[c, ONE] == 1):
            return False
    return True


@compiled
def folds(prefix: Prefix, e: int, k: int) -> bool:
    """Whether the carry steps k+1 .. e-1 may be folded into the sum bit of element e."""
    rows, cells, g, p, style = prefix
    if g[cells[e, START], k] == ABSENT or p[k + 1, e - 1] == TRUE:
        return False
    if style == XOR5:
        return disjoint(rows, cells, k + 1, e - 1)
    return bool(rows[cells[e, COLUMN], LEFT] > 0)


@compiled
def sum_depth(prefix: Prefix, e: int, k: int, arrivals: tuple[int, int, int]) -> int:
    """Depth of the sum bit of element e when the carry steps after k are folded into it (k = e - 1: none).

    Args:
        arrivals: depths of the carry out of element k, and of G and P over the folded steps.
    """
    carry, high, way = arrivals
    style = prefix.style
    terms = np.empty(4, np.int64)
    n = own_terms(prefix.rows, prefix.cells[e, COLUMN], style, terms)
    step = 1 if style == XOR5 else 2
    if k == e - 1 or style == XOR5:
        if k < e - 1 and high != ABSENT:
            terms[n] = high
            n += 1
        if carry != ABSENT:
            terms[n] = carry if k == e - 1 else max(carry, way) + 1
            n += 1
        return huffman(terms, n, step)
    own = huffman(terms, n, step)
    never = own if high == ABSENT else max(own, high) + step
    # One cell's g implies its propagate, an OR: then g | p is p.
    ever = way if high == ABSENT or k == e - 2 else max(high, way) + 1
    return max(carry, never, max(own, ever) + step) + 2


@compiled
def best_fold(prefix: Prefix, e: int, deadline: int) -> tuple[int, int]:
    """Depth and split of the first way to make the sum bit of element e by `deadline`, else the fastest."""
    g, p = prefix.g, prefix.p
    start = prefix.cells[e, START]
    best, split = sum_depth(prefix, e, e - 1, (g[start, e - 1], 0, 0)), e - 1
    for k in range(e - 2, start - 1, -1):
        if best <= deadline:
            break
        if folds(prefix, e, k):
            depth = sum_depth(prefix, e, k, (g[start, k], g[k + 1, e - 1], p[k + 1, e - 1]))
            if depth < best:
                best, split = depth, k
    return best, split


@compiled
def summed(prefix: Prefix, e: int) -> bool:
    """Whether an element is a column whose bit is kept."""
    c = prefix.cells[e, COLUMN]
    return c >= 0 and bool(prefix.rows[c, KEPT])


@compiled
def overall(prefix: Prefix, ripple: bool) -> int:
    """Depth of the whole sum: the deepest kept bit."""
    rows = prefix.rows
    depth = ABSENT
    for c in range(len(rows)):
        if rows[c, KEPT] and rows[c, CHAIN] == 0 and rows[c, LEFT] == 1:
            depth = max(depth, rows[c, D0])
    for e in range(len(prefix.cells)):
        if summed(prefix, e):
            depth = max(depth, best_fold(prefix, e, FAR if ripple else depth)[0])
    return depth
