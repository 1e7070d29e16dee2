"""A whole sum: which columns matter, the compressor of each, the final adder, and what it costs."""

import numpy as np
import numpy.typing as npt

from .adders import GATES, MORE, MORE_CARRY, NEGATE, NEGATE_CARRY, XAG
from .chain import CHAIN, D0, DROPPED, FIELDS, KEPT, LEFT, MIDDLE, ONE, ROLE, TOP
from .compiled import compiled
from .compress import OVERFLOW, USED, drop_last_sum, half, odd, rule_r3, rule_s, write
from .finish import finish
from .netlist import INPUT, OP

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
        carries = (counts[c].sum() + ones[c] + carries) // 2
        if carries == 0 or c == len(ones) - 1:
            if last >= first:
                found[first:last] = MIDDLE
                found[last] = TOP
            first = c + 1
    return found


@compiled
def _constant(
    row: Longs, above: Longs, log: Longs, box: Longs, column: int, style: int, chain: int, kept: bool
) -> int:
    """Absorb a constant one into a column that makes carries; one if it must wait for the cell."""
    wires = row.sum()
    if wires >= 2:
        half(row, above, log, box, column, style, MORE)
        if wires == 2 and chain == 0 and not kept:
            row[:] = 0
            log[box[USED] - 1, 1] = MORE_CARRY
        return 0
    if wires == 1 and chain == 0:
        depth = int(np.argmax(row))
        above[depth] += 1
        if not kept:
            row[depth] = 0
        write(log, box, column, NEGATE if kept else NEGATE_CARRY, 1, depth, 0, 0)
        return 0
    return 1


@compiled
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
    rows = np.zeros((len(ones), FIELDS), np.int64)
    row, above = np.zeros(span, np.int64), np.zeros(span, np.int64)
    runs = np.empty((span, 2), np.int64)
    chain, lowest = 0, -1
    for c in range(len(ones)):
        row, above = above, row
        above[:] = 0
        if role[c] == DROPPED:
            row[:] = 0
            continue
        lowest = c if lowest < 0 else lowest
        row[: counts.shape[1]] += counts[c]
        rows[c, ROLE], rows[c, KEPT], rows[c, CHAIN], rows[c, ONE] = role[c], kept[c], chain, ones[c]
        if role[c] == TOP:
            left = odd(row, log, box, c, style, 1 + chain)
        else:
            if ones[c]:
                rows[c, ONE] = _constant(row, above, log, box, c, style, chain, kept[c])
            if tail == GREEDY:
                before = box[USED]
                left = rule_r3(row, above, log, box, c, style, 6 if style == XAG or c == lowest else 12, runs)
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
        chain = 0 if role[c] == TOP else int(left >= 2 or (chain == 1 and (left == 1 or rows[c, ONE] == 1)))
    return rows


@compiled
def cost(log: Longs, net: Longs, style: int) -> tuple[int, int]:
    """Gates (ANDs, XORs) of the batches and of the final adder."""
    ands = xors = 0
    for batch in log:
        ands += batch[2] * GATES[style, batch[1], 0]
        xors += batch[2] * GATES[style, batch[1], 1]
    for wire in range(1, len(net)):
        if net[wire, OP] != INPUT:
            ands += 1 - net[wire, OP]
            xors += net[wire, OP]
    return ands, xors


@compiled
def best_heap(
    counts: Longs, ones: Longs, kept: Bools, ways: Longs, by_size: bool, span: int, room: int
) -> tuple[int, Longs, Longs, Longs, Longs, Longs]:
    """Try several ways (style, tail) to do one sum; the least (depth, size), or (size, depth) `by_size`.

    Returns:
        Whether a table was too small (one: try again with more room); batches; columns; netlist and output
        literals of the final adder; (ANDs, XORs, style).
    """
    role = roles(counts, ones, kept)
    box = np.zeros(3, np.int64)
    best = (1 << 60, 1 << 60)
    log = np.empty((room, 6), np.int64)
    found = (log[:0], log[:0], log[:0], ones[:0], ones[:0])
    for way in range(len(ways)):
        style, tail = ways[way]
        box[:] = 0
        rows = compress(counts, ones, kept, role, style, tail, span, log, box)
        if box[OVERFLOW]:
            return 1, log[:0], log[:0], log[:0], ones[:0], ones[:0]
        batches = log[: box[USED]]
        net, used, outputs, depth = finish(rows, style, by_size)
        net = net[:used]
        ands, xors = cost(batches, net, style)
        score = (ands + xors, depth) if by_size else (depth, ands + xors)
        if score < best:
            best = score
            found = (batches.copy(), rows, net, outputs, np.array([ands, xors, style]))
    return 0, found[0], found[1], found[2], found[3], found[4]
