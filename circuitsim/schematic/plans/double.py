"""Two full adders in eight gates: the crowded columns of a heap, reduced with carries that travel in pairs.

A *pair* is two wires of one column, x and y, known as x and p = x ^ y. A double adder takes two pairs and a wire z,
and gives the sum and one pair in the next column (Demenkov, Kojevnikov, Kulikov and Yaroslavtsev, 2010):

    g = x1 ^ z, s1 = p1 ^ z, h = x2 ^ s1, s = s1 ^ p2      of the carries a, b of the two additions
    u = p1 | g, v = h & ~p2                                a ^ b = u ^ v and b = s1 ^ v

That is 8 gates for four wires less, and one for a pair of two wires: n wires are counted in 4.5 n gates. Each double
adder needs a single wire z. Those of a column may wait for each other's sums, in a chain, or pairs are split, which
costs a gate each and more for later pairs: `chain` says how many double adders there are for each wire of a split.

Depths are exact. A pair of carries has x and p at one depth; in a *raw* pair, of two wires, p is later than x.
"""

from typing import NamedTuple

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled

from .adders import DOUBLE, DOUBLE_RAW, FULL_PAIR, PAIR, SPLIT, XOR5
from .chain import MIDDLE
from .columns import (
    FAR,
    OVERFLOW,
    USED,
    Column,
    Log,
    add,
    following,
    place,
    take,
    take_pair,
    total,
    write,
)
from .heap import Heap


class Crowd(NamedTuple):
    """A column with its pairs by depth; `column.above` are the pairs of the next one."""

    column: Column
    pairs: Longs


@compiled
def _of_pairs(crowd: Crowd, many: int) -> None:
    """Double adders of the earliest pairs and wires."""
    column, pairs = crowd
    while many > 0 and not column.log.box[OVERFLOW]:
        first, dz = following(pairs, 0), following(column.row, 0)
        if pairs[first] >= 2:
            group = min(many, pairs[first] // 2, column.row[dz])
            d1 = d2 = first
            pairs[first] -= 2 * group
        else:
            group = 1
            d1, d2 = take_pair(pairs, 0)
        column.row[dz] -= group
        many -= group
        add(column, DOUBLE, group, (d1, d2, dz), -1)


@compiled
def _of_wires(column: Column, many: int) -> None:
    """Double adders of the earliest wires, five each."""
    row = column.row
    while many > 0 and not column.log.box[OVERFLOW]:
        first = following(row, 0)
        if row[first] >= 5:
            group = min(many, row[first] // 5)
            row[first] -= 5 * group
            write(column, PAIR, 2 * group, (first, first, 0))
            add(column, DOUBLE_RAW, group, (first + 1, first + 1, first), -1)
        else:
            group = 1
            dx, d1 = take_pair(row, 0)
            write(column, PAIR, 1, (dx, d1, 0))
            dx, d2 = take_pair(row, 0)
            write(column, PAIR, 1, (dx, d2, 0))
            add(column, DOUBLE_RAW, 1, (d1 + 1, d2 + 1, take(row, 0)), -1)
        many -= group


@compiled
def _split(crowd: Crowd, many: int) -> None:
    """Make two wires of each of the earliest pairs."""
    column, pairs = crowd
    box = column.log.box
    while many > 0 and not box[OVERFLOW]:
        depth = following(pairs, 0)
        group = min(many, pairs[depth])
        pairs[depth] -= group
        many -= group
        write(column, SPLIT, group, (depth, 0, 0))
        place(column.row, box, depth, group, -1)
        place(column.row, box, depth + 1, group, -1)


@compiled
def _until(row: Longs, t: int) -> int:
    """Wires or pairs of a row that are there at time t."""
    found = 0
    for depth in range(t + 1):
        found += row[depth]
    return found


@compiled
def _reduce(crowd: Crowd, least: int, chain: int) -> None:
    """Reduce one column by double adders, along a clock, while at least `least` wires are left."""
    column, pairs = crowd
    row = column.row
    left = total(row) + 2 * total(pairs)
    t = min(following(row, 0), following(pairs, 0))
    while left >= 4 + least and not column.log.box[OVERFLOW]:
        ready, paired = _until(row, t), _until(pairs, t)
        most = (left - least) // 4
        if paired >= 2 and ready >= 1:
            many = min(paired // 2, ready, most)
            _of_pairs(crowd, many)
            left -= 4 * many
        elif ready >= 5 and total(pairs) < 2:
            many = min(ready // 5, most)
            _of_wires(column, many)
            left -= 4 * many
        elif ready == 0 and paired >= 3 and _to_split(row, paired, chain) > 0:
            _split(crowd, _to_split(row, paired, chain))
        else:
            t = min(following(row, t + 1), following(pairs, t + 1))
            if t == FAR:
                break


@compiled
def _to_split(row: Longs, paired: int, chain: int) -> int:
    """How many of the waiting pairs are split when none of the wires is there yet, to keep `chain` to its length.

    The w wires to come and those of k pairs serve chain * (w + 2 k) double adders, which take the other pairs.
    """
    wires, share = total(row), 4 * chain + 1
    wanted = (2 * (paired - 2 * chain * wires) + share) // (2 * share)
    return max(wanted, 1 if wires == 0 else 0)


@compiled(work=lambda heap, *more: 50 * len(heap.counts) + 3 * heap.counts.size)
def doubled(heap: Heap, chain: int, span: int, log: Log) -> Longs:
    """What double adders leave of a heap, all of it single wires: (width, span).

    A column whose carries go to a column that makes none takes no pairs, for there x would be of no use.
    """
    counts, box, width = heap.counts, log.box, len(heap.counts)
    box[USED] = box[OVERFLOW] = 0
    rows, pairs = np.zeros((width, span), np.int64), np.zeros((width, span), np.int64)
    for c in range(width):
        for t in range(counts.shape[1]):
            rows[c, t] = counts[c, t]
    for c in range(width - 1):
        if heap.role[c] != MIDDLE:
            continue
        # The last sum of a bit that nobody reads would be of no use.
        least = 1 if heap.kept[c] else 2
        crowd = Crowd(Column(rows[c], pairs[c + 1], log, c, XOR5), pairs[c])
        if heap.role[c + 1] == MIDDLE:
            _reduce(crowd, least, chain)
        wired = Column(rows[c], rows[c + 1], log, c, XOR5)
        while total(pairs[c]) > 0 and not box[OVERFLOW]:
            if total(rows[c]) >= least:
                depth, dz = take(pairs[c], 0), take(rows[c], 0)
                add(wired, FULL_PAIR, 1, (depth, 0, dz), -1)
            else:
                _split(crowd, 1)
        if box[OVERFLOW]:
            break
    return rows
