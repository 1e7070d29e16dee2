"""Where the boxes of a picture stand: a column for each level, a band for each scope, in linear time.

Levels are known, so nothing is ranked. Boxes of a level and a band are ordered by where their neighbours stand, twice
to the right and once to the left, and stand as near to them as they can without touching. In small pictures a wire that
passes levels bends at each of them, and its bends are placed like thin boxes, so that wires run between boxes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Bools, Floats, Longs
from circuitsim.render.banding import Bands
from circuitsim.render.packing import nearest

MAX_BENDS = 30_000
SWEEPS = (True, False, True)  # to the right
MAX_CELLS = 30_000  # levels and bands for all sweeps; beyond, one is enough, as there are few boxes in each


@dataclass(frozen=True)
class Points:
    """Boxes, and after them the bends of wires.

    Args:
        level: (points,) the column, counted over the levels that occur.
        height: (points,) of the boxes and the room of bends.
        band: (points,) the index of the band.
    """

    level: Longs
    height: Floats
    band: Longs


@dataclass(frozen=True)
class Bent:
    """Wires as steps between points.

    Args:
        boxes: (bends,) the source whose wires bend there.
        levels: (bends,)
        sources, targets: (steps,) points.
        wire: (steps,) the wire that ends with this step, or -1 - wire for one of those that share it.
    """

    boxes: Longs
    levels: Longs
    sources: Longs
    targets: Longs
    wire: Longs


def bend(level: Longs, sources: Longs, targets: Longs, urgent: Bools) -> Bent:
    """Wires that bend at every level they pass, those of one source together; unbent where there were too many.

    Args:
        urgent: (wires,) whose look a step has that several wires share.
    """
    wires = np.arange(len(sources))
    last = np.array(level)
    np.maximum.at(last, sources, level[targets] - 1)
    count = last - level  # of the bends of each box's wires
    total = int(count.sum())
    if total > MAX_BENDS:
        return unbent(sources, targets)
    first = np.cumsum(count) - count  # each box's first bend
    boxes = np.repeat(np.arange(len(level)), count)
    bends = np.arange(total)
    span = np.maximum(level[targets] - level[sources] - 1, 0)
    passed = np.repeat(wires, span)
    passing = (
        first[sources[passed]]
        + np.arange(len(passed))
        - np.repeat(np.cumsum(span) - span, span)
    )
    owner = np.zeros(total, np.int64)
    order = np.lexsort((-passed, urgent[passed]))
    owner[passing[order]] = passed[order]  # the last one stays
    before = np.where(bends == first[boxes], boxes, len(level) + bends - 1)
    return Bent(
        boxes,
        level[boxes] + 1 + bends - first[boxes],
        np.concatenate(
            [before, np.where(span > 0, len(level) + first[sources] + span - 1, sources)]
        ),
        np.concatenate([len(level) + bends, targets]),
        np.concatenate([-1 - owner, wires]),
    )


def unbent(sources: Longs, targets: Longs) -> Bent:
    """Wires of one step each."""
    none = np.zeros(0, np.int64)
    return Bent(none, none, sources, targets, np.arange(len(sources)))


def heights(
    points: Points,
    bands: Bands,
    sources: Longs,
    targets: Longs,
    rows: int,
    named: bool = False,
) -> tuple[Floats, Longs, Longs]:
    """Centres of the points from the top; the column inside the level for each, and how many columns a level has.

    Args:
        sources, targets: steps between points, by which they are ordered.
        rows: of a band at most, in levels that get more columns instead; 0 for no limit.
        named: keep the order of the first level, which is that of names.
    """
    y = _stacked(points, bands)
    members = np.lexsort((np.arange(len(y)), points.band, points.level))
    cells = list(_cells(points, members))
    columns = np.zeros(len(y), np.int64)
    width = np.ones(int(points.level.max()) + 1, np.int64)
    right = _by_level(points.level, sources, targets)
    left = _by_level(points.level, targets, sources)
    for to_right in SWEEPS if len(cells) <= MAX_CELLS else SWEEPS[:1]:
        near, far = right if to_right else left
        wanted = np.array(y)
        for level, start, stop in cells if to_right else reversed(cells):
            here = members[start:stop]
            _pull(wanted, y, near[level], far[level], here)
            order = (
                here
                if named and level == 0
                else here[np.argsort(wanted[here], kind="stable")]
            )
            members[start:stop] = order
            band = points.band[order[0]]
            if rows and len(order) > rows:
                across = -(-len(order) // rows)
                width[level] = max(width[level], across)
                columns[order] = np.arange(len(order)) % across
                y[order] = _grid(
                    points.height[order], across, bands.top[band], bands.bottom[band]
                )
            else:
                y[order] = nearest(
                    wanted[order], points.height[order], bands.top[band], bands.bottom[band]
                )
    return y, columns, width


def _stacked(points: Points, bands: Bands) -> Floats:
    """A first place for each point: in the order given, spread over its band."""
    y = np.zeros(len(points.level))
    members = np.lexsort((np.arange(len(y)), points.band, points.level))
    for _, start, stop in _cells(points, members):
        here = members[start:stop]
        top, bottom = bands.top[points.band[here[0]]], bands.bottom[points.band[here[0]]]
        y[here] = top + (bottom - top) * (np.arange(len(here)) + 0.5) / len(here)
    return y


def _cells(points: Points, members: Longs) -> Iterator[tuple[int, int, int]]:
    """Level, start and stop in `members` of the points of one level and band."""
    keys = np.stack([points.level[members], points.band[members]])
    edges = np.flatnonzero((np.diff(keys, axis=1) != 0).any(axis=0)) + 1
    starts = [0, *edges.tolist()]
    for start, stop in zip(starts, [*edges.tolist(), len(members)], strict=True):
        yield int(keys[0, start]), start, stop


def _by_level(
    level: Longs, sources: Longs, targets: Longs
) -> tuple[list[Longs], list[Longs]]:
    """Of each level, the points there that steps reach (with repetition), and where these steps come from."""
    across = level[sources] != level[targets]
    sources, targets = sources[across], targets[across]
    order = np.argsort(level[targets], kind="stable")
    cuts = np.searchsorted(level[targets][order], np.arange(1, int(level.max()) + 1))
    return np.split(targets[order], cuts), np.split(sources[order], cuts)


def _pull(wanted: Floats, y: Floats, near: Longs, far: Longs, here: Longs) -> None:
    """Set where the points `here` want to be: at the mean of their neighbours, or where they are."""
    if not len(near):
        return
    low, high = int(near.min()), int(near.max()) + 1
    count = np.bincount(near - low, minlength=high - low)
    total = np.bincount(near - low, weights=y[far], minlength=high - low)
    inside = here[(here >= low) & (here < high)]
    inside = inside[count[inside - low] > 0]
    wanted[inside] = total[inside - low] / count[inside - low]


def _grid(height: Floats, across: int, top: float, bottom: float) -> Floats:
    """Rows of `across` boxes, in the middle of the band."""
    pitch = float(height.max())
    rows = -(-len(height) // across)
    row = np.arange(len(height)) // across
    return np.asarray((top + bottom - rows * pitch) / 2 + (row + 0.5) * pitch, np.float64)
