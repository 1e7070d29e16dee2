"""The columns of a sum: which matter, and how each is compressed."""

from typing import NamedTuple

import numpy as np

from circuitsim.array_types import Bools, Longs
from circuitsim.kernels import compiled

from .adders import GATES, MORE, MORE_CARRY, NEGATE, NEGATE_CARRY, XOR5
from .chain import CHAIN, D0, DROPPED, FIELDS, KEPT, LEFT, MIDDLE, ONE, ROLE, TOP
from .columns import OVERFLOW, USED, Column, Log, empty, following, half, total, write
from .compress import drop_last_sum, odd, rule_s
from .greedy import rule_r3

GREEDY = -1  # in place of rule S's tail: rule R3


class Heap(NamedTuple):
    """What a sum adds up."""

    counts: Longs  # (width, depths): wires by column and depth
    ones: Longs  # (width,): a constant
    kept: Bools  # (width,): which bits of the sum are wanted
    role: Longs  # (width,): see `roles`


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
def _constant(column: Column, chain: int, kept: bool) -> int:
    """Absorb a constant one into a column that makes carries; one if it must wait for the cell."""
    row, log = column.row, column.log
    wires = total(row)
    if wires >= 2:
        half(column, MORE)
        if wires == 2 and chain == 0 and not kept:
            empty(row)
            log.batches[log.box[USED] - 1, 1] = MORE_CARRY
        return 0
    if wires == 1 and chain == 0:
        depth = following(row, wires - 1)
        column.above[depth] += 1
        if not kept:
            row[depth] = 0
        write(column, NEGATE if kept else NEGATE_CARRY, 1, (depth, 0, 0))
        return 0
    return 1


@compiled
def _reduce(heap: Heap, column: Column, tail: int, cell: Longs, reserve: int) -> int:
    """Compress a column that has its wires; how many are left for the final adder."""
    c, box = column.number, column.log.box
    runs = np.empty((len(column.row), 2), np.int64)
    if heap.role[c] == TOP:
        return odd(column, 1 + cell[CHAIN])
    if heap.ones[c]:
        cell[ONE] = _constant(column, cell[CHAIN], heap.kept[c])
    if tail != GREEDY:
        return rule_s(column, cell[CHAIN], tail, runs)
    before = box[USED]
    left = rule_r3(column, reserve, runs)
    if box[USED] > before and not heap.kept[c]:
        drop_last_sum(column)
        left = 0
    return left


@compiled(work=lambda heap, *more: 50 * len(heap.counts) + 3 * heap.counts.size)
def compress(heap: Heap, style: int, tail: int, span: int, log: Log) -> Longs:
    """Compress all columns; the columns as the final adder wants them (see chain.py)."""
    log.box[USED] = log.box[OVERFLOW] = 0
    rows = np.zeros((len(heap.ones), FIELDS), np.int64)
    row, above = np.zeros(span, np.int64), np.zeros(span, np.int64)
    reserve = 6  # of the lowest column; of others twice as much, where carries are late
    for c in range(len(heap.ones)):
        row, above = above, row
        empty(above)
        if heap.role[c] == DROPPED:
            empty(row)
            continue
        for t in range(heap.counts.shape[1]):
            row[t] += heap.counts[c, t]
        cell = rows[c]
        cell[ROLE], cell[KEPT], cell[ONE] = heap.role[c], heap.kept[c], heap.ones[c]
        column = Column(row, above, log, c, style)
        left = _reduce(heap, column, tail, cell, reserve)
        reserve = 6 if style == XOR5 else 12
        if log.box[OVERFLOW]:
            break
        cell[LEFT] = left
        t = 0
        for i in range(left):
            while row[t] == 0:
                t += 1
            row[t] -= 1
            cell[D0 + i] = t
        if heap.role[c] != TOP and (
            left >= 2 or (cell[CHAIN] == 1 and (left == 1 or cell[ONE] == 1))
        ):
            rows[c + 1, CHAIN] = 1
    return rows


@compiled(work=lambda batches, style: len(batches))
def adders_cost(batches: Longs, style: int) -> tuple[int, int]:
    """Gates (ANDs, XORs) of the batches."""
    ands = xors = 0
    for batch in batches:
        ands += batch[2] * GATES[style, batch[1], 0]
        xors += batch[2] * GATES[style, batch[1], 1]
    return ands, xors
