"""Horizontal bands for the scopes of a picture: scopes whose levels do not meet share the same height.

Boxes without a scope, and bends of wires between scopes, get what is left.
"""

from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Floats, Longs
from circuitsim.render.picture import Picture

MAX_BANDS = 40
GAP = 12.0
HEAD = 16.0  # room for the name


@dataclass(frozen=True)
class Bands:
    """Bands of a picture; those of scopes have a name and a frame.

    Args:
        names: of the scopes, "" for what has none.
        first, last: (bands,) the levels that it spans.
        top, bottom: (bands,) where its boxes may stand.
    """

    names: tuple[str, ...]
    first: Longs
    last: Longs
    top: Floats
    bottom: Floats


def scopes(picture: Picture, most: int = MAX_BANDS) -> list[str]:
    """The band of each box: its scope, cut to the depth at which there are at most this many; "" for none."""
    if not picture.clusters:
        return [""] * len(picture.boxes)
    paths = [tuple(part for part in box.scope.split("/") if part) for box in picture.boxes]
    for depth in range(max(map(len, paths), default=0), 0, -1):
        cut = ["/".join(path[:depth]) for path in paths]
        if len(set(cut)) <= most:
            return cut
    return [""] * len(picture.boxes)


def assign(
    names: list[str], level: Longs, bend_box: Longs, bend_level: Longs
) -> tuple[tuple[str, ...], Longs]:
    """Names of the bands, and the band of each point: boxes, then bends.

    Without scopes all is one band. With scopes, band 0 spans the picture, for bends outside of the scope that their
    wire comes from; boxes without a scope get a band for each level.
    """
    if not any(names):
        return ("",), np.zeros(len(level) + len(bend_box), np.int64)
    bands: dict[tuple[str, int], int] = {("", -1): 0}
    box_band = [
        bands.setdefault((name, -1 if name else place), len(bands))
        for name, place in zip(names, level.tolist(), strict=True)
    ]
    band = np.array(box_band, np.int64)
    last = np.zeros(len(bands), np.int64)
    np.maximum.at(last, band, level)
    own = band[bend_box]
    inside = np.where(bend_level <= last[own], own, 0)
    return tuple(name for name, _ in bands), np.concatenate([band, inside])


def pack(
    names: tuple[str, ...],
    band: Longs,
    level: Longs,
    height: Floats,
    rows: int,
    scale: float = 1.0,
) -> Bands:
    """Bands one below the other, each as high as its fullest level and as high up as the scopes before it allow.

    Args:
        scale: of the names, which stand above the boxes.
    """
    count = len(names)
    first = np.full(count, int(level.max()), np.int64)
    last = np.zeros(count, np.int64)
    np.minimum.at(first, band, level)
    np.maximum.at(last, band, level)
    need = _needed(count, band, level, height, rows)
    framed = np.array([bool(name) for name in names])
    top, bottom = np.zeros(count), np.zeros(count)
    used = np.zeros(int(level.max()) + 1)
    wide = [0] if count > 1 and not framed[0] else []
    for index in [
        *wide,
        *(i for i in np.lexsort((~framed * 1, first)).tolist() if i not in wide),
    ]:
        span = (
            slice(0, None)
            if index in wide
            else slice(int(first[index]), int(last[index]) + 1)
        )
        top[index] = float(used[span].max()) + (HEAD * scale if framed[index] else 0.0)
        bottom[index] = top[index] + need[index]
        used[span] = bottom[index] + (GAP if need[index] else 0.0)
    end = float(used.max())
    free = ~framed & (np.arange(count) != (0 if wide else -1))
    bottom[free] = end
    return Bands(names, first, last, top, bottom)


def _needed(count: int, band: Longs, level: Longs, height: Floats, rows: int) -> Floats:
    """How high each band must be: its highest level, boxes beyond `rows` standing side by side."""
    levels = int(level.max()) + 1
    cell, index = np.unique(band * levels + level, return_inverse=True)
    total = np.bincount(index, weights=height)
    if rows:
        boxes = np.bincount(index)
        total = np.where(
            boxes > rows, -(-boxes // -(-boxes // rows)) * float(height.max()), total
        )
    need = np.zeros(count)
    np.maximum.at(need, cell // levels, total)
    return need
