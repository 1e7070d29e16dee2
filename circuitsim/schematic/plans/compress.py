"""Rule S: a column of a heap down to at most three wires (see columns.py), and columns that make no carry.

Rule S starts as many full adders a step as keeps the population of waiting wires on the slowly decaying mode
of its recurrence (adders on arrivals t, t, t+1 obey 2a(t) + a(t-1) = a(t-2) + arrivals, with roots 1/2 and
-1; the law for `a` gives the oscillating root no amplitude). That counts n wires at depth 3.70 log2 n in xag,
where Paterson, Pippenger and Zwick (1992) have 3.71 for these adders.
"""

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled

from .adders import AND7, FULL, FULL_CARRY, HALF, HALF_CARRY, ODD, XOR5, delays
from .columns import (
    EARLY,
    FAR,
    OVERFLOW,
    USED,
    Column,
    add,
    following,
    half,
    take_pair,
    total,
)


@compiled
def adders(column: Column, runs: Longs, used: int, lo: int, now: int) -> None:
    """Full adders with z wires from `runs` (depth, how many); x, y are the earliest wires left, in order."""
    row = column.row
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
            add(column, FULL, many, (dx, dy, dz), now)


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
def _take_late(column: Column, runs: Longs, t: int, a: int, waiting: int) -> tuple[int, int]:
    """Move the z wires of `a` adders from a row into `runs`, in order of depth.

    Returns:
        How many runs, and how many of the wires were waiting.
    """
    row = column.row
    b1, b2 = row[t + 1], row[t + 2]
    if column.style == AND7:
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
def rule_s(column: Column, chain: int, tail: int, runs: Longs) -> int:
    """Reduce one column to a cell of the final adder; `chain` says whether a carry comes along that.

    Columns of at most `tail` wires start an adder whenever they can. `runs` is room for (depth, how many),
    as long as the row.

    Returns:
        The number of wires left: 0 to 2 with a chain, 0 to 3 without (three start one).
    """
    row, box, style = column.row, column.log.box, column.style
    wires = total(row)
    if (wires + chain) % 2 == 0 and wires >= 2 and (wires > 2 or chain):
        half(column, HALF)
        wires -= 1
    stop = 2 if wires % 2 == 0 else 1
    if stop == 1 and chain == 0 and wires >= 3:
        stop = 3
    if wires <= stop:
        return wires
    t = lo = following(row, 0)
    waiting = row[t]
    # `waiting` counts the wires no later than t, and none is left before `lo`. Adders are started, each of which takes
    # away two wires, or the clock moves on: so the loop ends.
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
            used, old = _take_late(column, runs, t, a, waiting)
            box[EARLY] = 0
            lo = following(row, lo)
            adders(column, runs, used, lo, t)
            waiting += box[EARLY] - 2 * a - old
            wires -= 2 * a
        if wires > stop:
            step = _advance(row, t, waiting, a == 0)
            for d in range(t + 1, step + 1):
                waiting += row[d]
            t = step
    return wires


@compiled
def odd(column: Column, stop: int) -> int:
    """XOR the wires of a column without carry, earliest two first; how many are left, at most `stop`."""
    row = column.row
    wires, lo = total(row), 0
    while wires > stop and not column.log.box[OVERFLOW]:
        lo = following(row, lo)
        many = 1
        dx = dy = lo
        if row[lo] >= 2:
            many = min(row[lo] // 2, wires - stop)
            row[lo] -= 2 * many
        else:
            dx, dy = take_pair(row, lo)
        wires -= many
        add(column, ODD, many, (dx, dy, 0), -1)
    return wires


@compiled
def drop_last_sum(column: Column) -> None:
    """Rewrite the last adder of a column, whose sum nobody wants, to make only its carry (and7: sooner)."""
    last = column.log.batches[column.log.box[USED] - 1]
    depths = (last[3], last[4], last[5])
    column.above[delays(last[1], column.style, depths)[1]] -= 1
    last[1] = FULL_CARRY if last[1] == FULL else HALF_CARRY
    column.above[delays(last[1], column.style, depths)[1]] += 1
