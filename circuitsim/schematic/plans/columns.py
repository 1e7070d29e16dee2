"""A column of a heap, and the adders that are written down for it.

A column is a row: `row[t]` is how many of its wires have depth t. A compressor (rule S in compress.py, R3 in
greedy.py, double adders in double.py) walks a clock t along it, takes wires out, and writes batches (column, kind,
how many, dx, dy, dz) of equal adders. An executor that takes wires first in, first out per column and depth builds
exactly these. Only depths decide, so any two wires of one depth are interchangeable.
"""

from typing import NamedTuple

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled

from .adders import ODD, delays

# Fields of `box`: batches written; whether a table was too small; see `place`.
USED, OVERFLOW, EARLY = range(3)
MARGIN = 8  # rule S looks seven steps ahead
FAR = 1 << 60


class Log(NamedTuple):
    """Room for batches."""

    batches: Longs  # (room, 6)
    box: Longs


class Column(NamedTuple):
    """What a compressor reads and writes."""

    row: Longs  # the wires of this column
    above: Longs  # those of the next one, which takes the carries
    log: Log
    number: int  # which column this is
    style: int  # of its adders


def new_log(batches: int) -> Log:
    """Room for so many batches."""
    return Log(np.empty((batches, 6), np.int64), np.zeros(3, np.int64))


@compiled
def write(column: Column, kind: int, many: int, depths: tuple[int, int, int]) -> None:
    """Append a batch, if there is room."""
    batches, box = column.log
    if box[USED] >= len(batches):
        box[OVERFLOW] = 1
        return
    batch = batches[box[USED]]
    batch[0], batch[1], batch[2] = column.number, kind, many
    batch[3], batch[4], batch[5] = depths
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


@compiled
def add(column: Column, kind: int, many: int, depths: tuple[int, int, int], now: int) -> None:
    """Write equal adders, whose wires have been taken out, and place their sums and carries."""
    write(column, kind, many, depths)
    sums, carries = delays(kind, column.style, depths)
    place(column.row, column.log.box, sums, many, now)
    if kind != ODD:
        place(column.above, column.log.box, carries, many, -1)


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
def take(row: Longs, t: int) -> int:
    """Take the earliest wire out of a row that has one, none before t; its depth."""
    depth = following(row, t)
    row[depth] -= 1
    return depth


@compiled
def take_pair(row: Longs, t: int) -> tuple[int, int]:
    """Take the two earliest wires out of a row that has at least two, none before t; their depths."""
    dx = take(row, t)
    return dx, take(row, dx)


@compiled
def half(column: Column, kind: int) -> None:
    """Add the two earliest wires of a column (kind MORE: and a constant one)."""
    dx, dy = take_pair(column.row, 0)
    add(column, kind, 1, (dx, dy, 0), -1)
