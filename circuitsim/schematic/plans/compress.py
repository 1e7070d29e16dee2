"""Compressors: every column of a heap down to at most three wires, by rule S.

Both rules (the other is R3, in greedy.py) see a column as a row `row[t]` = number of its wires of depth t,
and walk a clock t along it. They write batches (column, kind, how many, dx, dy, dz) of equal adders; an
executor that takes wires first in, first out per column and depth builds exactly these. Only depths decide, so
any two wires of one depth are interchangeable.

Rule S starts as many full adders a step as keeps the population of waiting wires on the slowly decaying mode
of its recurrence (adders on arrivals t, t, t+1 obey 2a(t) + a(t-1) = a(t-2) + arrivals, with roots 1/2 and
-1; the law for `a` gives the oscillating root no amplitude). That counts n wires at depth 3.70 log2 n in xag,
where Paterson, Pippenger and Zwick (1992) have 3.71 for these adders.
"""

import numpy as np
import numpy.typing as npt

from circuitsim.kernels import compiled

from .adders import AND7, FULL, FULL_CARRY, HALF, HALF_CARRY, ODD, XOR5, delays

Longs = npt.NDArray[np.int64]

USED, OVERFLOW, EARLY = (
    0,
    1,
    2,
)  # fields of `box`: batches written; whether a table was too small; see place
MARGIN = 8  # rule S looks seven steps ahead
FAR = 1 << 60


@compiled
def write(
    log: Longs, box: Longs, column: int, kind: int, many: int, dx: int, dy: int, dz: int
) -> None:
    """Append a batch, if there is room."""
    if box[USED] >= len(log):
        box[OVERFLOW] = 1
        return
    batch = log[box[USED]]
    batch[0], batch[1], batch[2], batch[3], batch[4], batch[5] = (
        column,
        kind,
        many,
        dx,
        dy,
        dz,
    )
    box[USED] += 1


@compiled
def place(row: Longs, box: Longs, depth: int, many: int, now: int) -> None:
    """Add wires to a row; those no later than the clock are counted in box[EARLY]."""
    if depth + MARGIN >= len(row):
        box[OVERFLOW] = 1
        return
    row[depth] += many
    if depth <= now:
        box[EARLY] += many


def _total_plainly(row: Longs) -> int:
    return int(row.sum())


def _empty_plainly(row: Longs) -> None:
    row[:] = 0


@compiled(plain=_total_plainly)
def total(row: Longs) -> int:
    """Wires of a row. Loops are written out here, for a numpy reduction costs a second of compilation."""
    wires = 0
    for t in range(len(row)):
        wires += row[t]
    return wires


@compiled(plain=_empty_plainly)
def empty(row: Longs) -> None:
    """Remove all wires of a row."""
    for t in range(len(row)):
        row[t] = 0


@compiled
def following(row: Longs, t: int) -> int:
    """First depth from t on that has a wire; FAR if there is none."""
    while t < len(row):
        if row[t] > 0:
            return t
        t += 1
    return FAR


@compiled
def take_pair(row: Longs, t: int) -> tuple[int, int]:
    """Remove the two earliest wires of a row that has at least two, none before t; their depths."""
    dx = following(row, t)
    row[dx] -= 1
    dy = following(row, dx)
    row[dy] -= 1
    return dx, dy


@compiled
def half(
    row: Longs, above: Longs, log: Longs, box: Longs, column: int, style: int, kind: int
) -> None:
    """Add the two earliest wires of a column (kind MORE: and a constant one)."""
    dx, dy = take_pair(row, 0)
    ds, dc = delays(kind, style, dx, dy, 0)
    write(log, box, column, kind, 1, dx, dy, 0)
    place(row, box, ds, 1, -1)
    place(above, box, dc, 1, -1)


@compiled
def adders(
    row: Longs,
    above: Longs,
    log: Longs,
    box: Longs,
    column: int,
    style: int,
    runs: Longs,
    used: int,
    lo: int,
    now: int,
) -> None:
    """Full adders with z wires from `runs` (depth, how many); x, y are the earliest wires left, in order."""
    for r in range(used):
        dz, left = runs[r, 0], runs[r, 1]
        while left > 0:
            lo = following(row, lo)
            if row[lo] >= 2:
                many = min(left, row[lo] // 2)
                dx = dy = lo
                row[lo] -= 2 * many
            else:
                many = 1
                dx, dy = take_pair(row, lo)
            left -= many
            ds, dc = delays(FULL, style, dx, dy, dz)
            write(log, box, column, FULL, many, dx, dy, dz)
            place(row, box, ds, many, now)
            place(above, box, dc, many, -1)


@compiled
def _wanted(row: Longs, t: int, waiting: int, style: int) -> int:
    """How many full adders rule S wants to start now."""
    if style == XOR5:
        odd_ahead = row[t + 1] + row[t + 3] + row[t + 5] + row[t + 7]
        even_ahead = row[t + 2] + row[t + 4] + row[t + 6]
        return int((waiting + odd_ahead - even_ahead + 2) // 4)
    if style == AND7:
        look = 11 * row[t + 1] + 14 * row[t + 2] - 5 * row[t + 3] - 23 * row[t + 4]
        look += 3 * row[t + 5] + 7 * row[t + 6]
        return int((11 * waiting + look + 36) // 64)
    return int((3 * waiting + 5 * row[t + 1] - row[t + 2] - row[t + 3] + 8) // 16)


@compiled
def _take_late(
    row: Longs, runs: Longs, t: int, a: int, waiting: int, style: int
) -> tuple[int, int]:
    """Move the z wires of `a` adders from a row into `runs`, in order of depth.

    Returns:
        How many runs, and how many of the wires were waiting.
    """
    b1, b2 = row[t + 1], row[t + 2]
    if style == AND7:
        second = min(a, b2)
        first = min(a - second, b1)
        old = a - second - first
    else:
        first = min(a, b1)
        old = min(a - first, waiting - 2 * a)
        second = a - first - old
    used, d, rest = 0, t, old
    while rest > 0:
        if row[d] > 0:
            runs[used, 0], runs[used, 1] = d, min(rest, row[d])
            row[d] -= runs[used, 1]
            rest -= runs[used, 1]
            used += 1
        d -= 1
    for r in range(used // 2):
        for f in range(2):
            runs[r, f], runs[used - 1 - r, f] = runs[used - 1 - r, f], runs[r, f]
    row[t + 1] -= first
    row[t + 2] -= second
    runs[used, 0], runs[used, 1] = t + 1, first
    runs[used + 1, 0], runs[used + 1, 1] = t + 2, second
    return used + 2, old


@compiled
def _advance(row: Longs, t: int, waiting: int, idle: bool) -> int:
    """Next time of the clock: past the steps where nothing can start before another wire comes into sight."""
    ahead = following(row, t + 1)
    if ahead == FAR:
        return t + 1
    if waiting < 2:
        return ahead
    return max(t + 1, ahead - 7) if idle else t + 1


@compiled
def rule_s(
    row: Longs,
    above: Longs,
    log: Longs,
    box: Longs,
    column: int,
    style: int,
    chain: int,
    tail: int,
    runs: Longs,
) -> int:
    """Reduce one column to a cell of the final adder; `chain` says whether a carry comes along that.

    Columns of at most `tail` wires start an adder whenever they can. `runs` is room for (depth, how many),
    as long as the row.

    Returns:
        The number of wires left: 0 to 2 with a chain, 0 to 3 without (three start one).
    """
    wires = total(row)
    if (wires + chain) % 2 == 0 and wires >= 2 and (wires > 2 or chain):
        half(row, above, log, box, column, style, HALF)
        wires -= 1
    stop = 2 if wires % 2 == 0 else 1
    if stop == 1 and chain == 0 and wires >= 3:
        stop = 3
    if wires <= stop:
        return wires
    t = lo = following(row, 0)
    waiting = row[t]
    while wires > stop and not box[OVERFLOW]:
        a = 0
        if waiting >= 2:
            seen = row[t + 1] + (0 if style == XOR5 else row[t + 2])
            a = (
                int(waiting >= 3 or seen > 0)
                if wires <= tail
                else _wanted(row, t, waiting, style)
            )
            a = max(0, min(a, waiting // 2, (waiting + seen) // 3, (wires - stop) // 2))
        if a > 0:
            # z wires are taken before the pairs: they are later than any wire a pair gets.
            used, old = _take_late(row, runs, t, a, waiting, style)
            box[EARLY] = 0
            lo = following(row, lo)
            adders(row, above, log, box, column, style, runs, used, lo, t)
            waiting += box[EARLY] - 2 * a - old
            wires -= 2 * a
        if wires > stop:
            step = _advance(row, t, waiting, a == 0)
            for d in range(t + 1, step + 1):
                waiting += row[d]
            t = step
    return wires


@compiled
def odd(row: Longs, log: Longs, box: Longs, column: int, style: int, stop: int) -> int:
    """XOR the wires of a column without carry, earliest two first; how many are left, at most `stop`."""
    wires = total(row)
    lo = 0
    while wires > stop and not box[OVERFLOW]:
        lo = following(row, lo)
        many = 1
        dx = dy = lo
        if row[lo] >= 2:
            many = min(row[lo] // 2, wires - stop)
            row[lo] -= 2 * many
        else:
            dx, dy = take_pair(row, lo)
        wires -= many
        write(log, box, column, ODD, many, dx, dy, 0)
        place(row, box, delays(ODD, style, dx, dy, 0)[0], many, -1)
    return wires


@compiled
def drop_last_sum(above: Longs, log: Longs, box: Longs, style: int) -> None:
    """Rewrite the last adder of a column, whose sum nobody wants, to make only its carry (and7: sooner)."""
    last = log[box[USED] - 1]
    above[delays(last[1], style, last[3], last[4], last[5])[1]] -= 1
    last[1] = FULL_CARRY if last[1] == FULL else HALF_CARRY
    above[delays(last[1], style, last[3], last[4], last[5])[1]] += 1
