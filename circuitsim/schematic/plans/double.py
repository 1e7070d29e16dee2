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

import numpy as np
import numpy.typing as npt

from circuitsim.kernels import compiled

from .adders import DOUBLE, DOUBLE_RAW, FULL_PAIR, PAIR, SPLIT, XOR5, delays
from .chain import MIDDLE
from .compress import FAR, OVERFLOW, USED, following, place, take_pair, total, write

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@compiled
def _take(row: Longs) -> int:
    """Remove the earliest wire or pair of a row that has one; its depth."""
    depth = following(row, 0)
    row[depth] -= 1
    return depth


@compiled
def _doubles(
    row: Longs,
    carries: Longs,
    log: Longs,
    box: Longs,
    column: int,
    kind: int,
    many: int,
    d1: int,
    d2: int,
    dz: int,
) -> None:
    """Add equal double adders, whose inputs have been removed."""
    ds, dc = delays(kind, XOR5, d1, d2, dz)
    write(log, box, column, kind, many, d1, d2, dz)
    place(row, box, ds, many, -1)
    place(carries, box, dc, many, -1)


@compiled
def _of_pairs(
    row: Longs, pairs: Longs, carries: Longs, log: Longs, box: Longs, column: int, many: int
) -> None:
    """Double adders of the earliest pairs and wires."""
    while many > 0 and not box[OVERFLOW]:
        first, dz = following(pairs, 0), following(row, 0)
        if pairs[first] >= 2:
            group = min(many, pairs[first] // 2, row[dz])
            d1 = d2 = first
            pairs[first] -= 2 * group
        else:
            group = 1
            d1, d2 = take_pair(pairs, 0)
        row[dz] -= group
        many -= group
        _doubles(row, carries, log, box, column, DOUBLE, group, d1, d2, dz)


@compiled
def _of_wires(
    row: Longs, carries: Longs, log: Longs, box: Longs, column: int, many: int
) -> None:
    """Double adders of the earliest wires, five each."""
    while many > 0 and not box[OVERFLOW]:
        first = following(row, 0)
        if row[first] >= 5:
            group = min(many, row[first] // 5)
            row[first] -= 5 * group
            write(log, box, column, PAIR, 2 * group, first, first, 0)
            _doubles(
                row, carries, log, box, column, DOUBLE_RAW, group, first + 1, first + 1, first
            )
        else:
            group = 1
            dx, d1 = take_pair(row, 0)
            write(log, box, column, PAIR, 1, dx, d1, 0)
            dx, d2 = take_pair(row, 0)
            write(log, box, column, PAIR, 1, dx, d2, 0)
            _doubles(
                row, carries, log, box, column, DOUBLE_RAW, 1, d1 + 1, d2 + 1, _take(row)
            )
        many -= group


@compiled
def _split(row: Longs, pairs: Longs, log: Longs, box: Longs, column: int, many: int) -> None:
    """Make two wires of each of the earliest pairs."""
    while many > 0 and not box[OVERFLOW]:
        depth = following(pairs, 0)
        group = min(many, pairs[depth])
        pairs[depth] -= group
        many -= group
        write(log, box, column, SPLIT, group, depth, 0, 0)
        place(row, box, depth, group, -1)
        place(row, box, depth + 1, group, -1)


@compiled
def _until(row: Longs, t: int) -> int:
    """Wires or pairs of a row that are there at time t."""
    found = 0
    for depth in range(t + 1):
        found += row[depth]
    return found


@compiled
def _column(
    row: Longs,
    pairs: Longs,
    carries: Longs,
    log: Longs,
    box: Longs,
    column: int,
    least: int,
    chain: int,
) -> None:
    """Reduce one column by double adders, along a clock, while at least `least` wires are left."""
    left = total(row) + 2 * total(pairs)
    t = min(following(row, 0), following(pairs, 0))
    while left >= 4 + least and not box[OVERFLOW]:
        ready, paired = _until(row, t), _until(pairs, t)
        most = (left - least) // 4
        if paired >= 2 and ready >= 1:
            many = min(paired // 2, ready, most)
            _of_pairs(row, pairs, carries, log, box, column, many)
            left -= 4 * many
        elif ready >= 5 and total(pairs) < 2:
            many = min(ready // 5, most)
            _of_wires(row, carries, log, box, column, many)
            left -= 4 * many
        elif ready == 0 and paired >= 3 and _to_split(row, paired, chain) > 0:
            _split(row, pairs, log, box, column, _to_split(row, paired, chain))
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


@compiled(work=lambda counts, *more: 50 * len(counts) + 3 * counts.size)
def doubled(
    counts: Longs, role: Longs, kept: Bools, chain: int, span: int, log: Longs, box: Longs
) -> Longs:
    """What double adders leave of a heap, all of it single wires: (width, span).

    A column whose carries go to a column that makes none takes no pairs, for there x would be of no use.
    """
    width = len(counts)
    box[USED] = box[OVERFLOW] = 0
    rows, pairs = np.zeros((width, span), np.int64), np.zeros((width, span), np.int64)
    for c in range(width):
        for t in range(counts.shape[1]):
            rows[c, t] = counts[c, t]
    for c in range(width - 1):
        if role[c] != MIDDLE:
            continue
        least = (
            1 if kept[c] else 2
        )  # the last sum of a bit that nobody reads would be of no use
        if role[c + 1] == MIDDLE:
            _column(rows[c], pairs[c], pairs[c + 1], log, box, c, least, chain)
        while total(pairs[c]) > 0 and not box[OVERFLOW]:
            if total(rows[c]) >= least:
                depth, dz = _take(pairs[c]), _take(rows[c])
                ds, dc = delays(FULL_PAIR, XOR5, depth, 0, dz)
                write(log, box, c, FULL_PAIR, 1, depth, 0, dz)
                place(rows[c], box, ds, 1, -1)
                place(rows[c + 1], box, dc, 1, -1)
            else:
                _split(rows[c], pairs[c], log, box, c, 1)
        if box[OVERFLOW]:
            break
    return rows
