"""The columns of a sum: which matter, and how each is compressed."""

import numpy as np
import numpy.typing as npt

from circuitsim.kernels import compiled

from .adders import GATES, MORE, MORE_CARRY, NEGATE, NEGATE_CARRY, XOR5
from .chain import CHAIN, D0, DROPPED, FIELDS, KEPT, LEFT, MIDDLE, ONE, ROLE, TOP
from .compress import (
    OVERFLOW,
    USED,
    drop_last_sum,
    empty,
    following,
    half,
    odd,
    rule_s,
    total,
    write,
)
from .greedy import rule_r3

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

GREEDY = -1  # in place of rule S's tail: rule R3


@compiled
def roles(counts: Longs, ones: Longs, kept: Bools) -> Longs:
    """Which columns feed a kept bit, and which are the last to do so.

    A column of T wires, carries and constants makes floor(T / 2) carries, whatever the schedule. Where that
    is zero the heap falls into parts that know nothing of each other; a part ends at its last kept bit.
    """
    found = np.full(len(ones), DROPPED, np.int64)
    carries = 0
    first, last = 0, -1
    for c in range(len(ones)):
        if kept[c]:
            last = c
        wires = carries + ones[c]
        for t in range(counts.shape[1]):
            wires += counts[c, t]
        carries = wires // 2
        if carries == 0 or c == len(ones) - 1:
            for below in range(first, last):
                found[below] = MIDDLE
            if last >= first:
                found[last] = TOP
            first = c + 1
    return found


@compiled
def _constant(
    row: Longs,
    above: Longs,
    log: Longs,
    box: Longs,
    column: int,
    style: int,
    chain: int,
    kept: bool,
) -> int:
    """Absorb a constant one into a column that makes carries; one if it must wait for the cell."""
    wires = total(row)
    if wires >= 2:
        half(row, above, log, box, column, style, MORE)
        if wires == 2 and chain == 0 and not kept:
            empty(row)
            log[box[USED] - 1, 1] = MORE_CARRY
        return 0
    if wires == 1 and chain == 0:
        depth = following(row, wires - 1)
        above[depth] += 1
        if not kept:
            row[depth] = 0
        write(log, box, column, NEGATE if kept else NEGATE_CARRY, 1, depth, 0, 0)
        return 0
    return 1


@compiled(work=lambda counts, *more: 50 * len(counts) + 3 * counts.size)
def compress(
    counts: Longs,
    ones: Longs,
    kept: Bools,
    role: Longs,
    style: int,
    tail: int,
    span: int,
    log: Longs,
    box: Longs,
) -> Longs:
    """Compress all columns; the columns as the final adder wants them (see chain.py)."""
    box[USED] = box[OVERFLOW] = 0
    rows = np.zeros((len(ones), FIELDS), np.int64)
    row, above = np.zeros(span, np.int64), np.zeros(span, np.int64)
    runs = np.empty((span, 2), np.int64)
    lowest = -1
    for c in range(len(ones)):
        row, above = above, row
        empty(above)
        if role[c] == DROPPED:
            empty(row)
            continue
        lowest = c if lowest < 0 else lowest
        for t in range(counts.shape[1]):
            row[t] += counts[c, t]
        chain = rows[c, CHAIN]
        rows[c, ROLE], rows[c, KEPT], rows[c, ONE] = role[c], kept[c], ones[c]
        if role[c] == TOP:
            left = odd(row, log, box, c, style, 1 + chain)
        else:
            if ones[c]:
                rows[c, ONE] = _constant(row, above, log, box, c, style, chain, kept[c])
            if tail == GREEDY:
                before = box[USED]
                left = rule_r3(
                    row,
                    above,
                    log,
                    box,
                    c,
                    style,
                    6 if style == XOR5 or c == lowest else 12,
                    runs,
                )
                if box[USED] > before and not kept[c]:
                    drop_last_sum(above, log, box, style)
                    left = 0
            else:
                left = rule_s(row, above, log, box, c, style, chain, tail, runs)
        if box[OVERFLOW]:
            break
        rows[c, LEFT] = left
        t = 0
        for i in range(left):
            while row[t] == 0:
                t += 1
            row[t] -= 1
            rows[c, D0 + i] = t
        if role[c] != TOP and (
            left >= 2 or (chain == 1 and (left == 1 or rows[c, ONE] == 1))
        ):
            rows[c + 1, CHAIN] = 1
    return rows


@compiled(work=lambda log, batches, style: batches)
def adders_cost(log: Longs, batches: int, style: int) -> tuple[int, int]:
    """Gates (ANDs, XORs) of the batches."""
    ands = xors = 0
    for i in range(batches):
        ands += log[i, 2] * GATES[style, log[i, 1], 0]
        xors += log[i, 2] * GATES[style, log[i, 1], 1]
    return ands, xors
