"""A picture laid out in layers: how large its boxes are, and where boxes, wires, bands and levels stand."""

from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Floats, Longs
from circuitsim.render import banding, placing
from circuitsim.render.banding import Bands
from circuitsim.render.colours import look
from circuitsim.render.outlines import inset
from circuitsim.render.picture import Box, Picture, Wire
from circuitsim.render.text import clipped, width

MAX_LABELLED = 2_000  # boxes; of more, each is a small mark
MAX_LINE = 40  # characters of a line in a box
FONT = 11.0
LINE = 14.0
SMALL = 9.0  # font of weights
MAX_WEIGHT = 14  # characters of a weight
PORT = 7.0  # between wires with a sign at their end, and of a bend
MAX_SIGNS = 160.0  # height of a box for the signs of its wires
MAX_SIGNED = 1_000  # wires of a picture whose boxes grow for them
ROOM_OF_LABEL = 8.0  # between wires; where there is less, labels are left out
ROOM_OF_BUBBLE = 6.0
MAX_ROWS = 100  # boxes of a level and a scope, which stand in several columns beyond
BESIDE = 16.0  # between them
MARK = 6.0
NATURAL = 4_000.0  # pictures up to this width are shown in their own; wider ones as wide as the page
PAGE = 1_600.0
SOURCES = ("input", "wired", "constant", "source")
PITCH = 8.0


@dataclass(frozen=True)
class Layout:
    """Points are boxes, then bends of wires; steps lead from point to point.

    Args:
        labelled: whether boxes have their text, or are marks.
        x, y, width, height: (points,) centres and sizes; a bend is as wide as its column.
        bent: the steps.
        end: (steps,) the height at which a step meets its target.
        apart: (steps,) how far from the next one, which says whether there is room for a sign.
        inset: (steps,) how far behind its left edge the outline of the target is at that height.
        levels: (columns,) the levels that occur.
        left, right: (columns,) edges.
        bands: of scopes.
        size: width and height of the whole.
    """

    labelled: bool
    x: Floats
    y: Floats
    width: Floats
    height: Floats
    bent: placing.Bent
    end: Floats
    apart: Floats
    inset: Floats
    levels: Longs
    left: Floats
    right: Floats
    bands: Bands
    size: tuple[float, float]


def lay_out(picture: Picture) -> Layout:
    """Place every box and wire of a picture that has at least one box."""
    labelled = len(picture.boxes) <= MAX_LABELLED
    index = {box.key: i for i, box in enumerate(picture.boxes)}
    sources = np.array([index[wire.source] for wire in picture.wires], np.int64)
    targets = np.array([index[wire.target] for wire in picture.wires], np.int64)
    levels, level = np.unique([box.level for box in picture.boxes], return_inverse=True)
    urgent = np.array([wire.critical for wire in picture.wires], bool)
    sparse = labelled and int(np.bincount(level).max()) <= MAX_ROWS
    bent = (
        placing.bend(level, sources, targets, urgent)
        if sparse
        else placing.unbent(sources, targets)
    )
    names, band = banding.assign(banding.scopes(picture), level, bent.boxes, bent.levels)
    wide, high = _sizes(picture, targets, labelled)
    gap = LINE * 0.6 if labelled else PITCH - MARK
    room = np.concatenate([high + gap, np.full(len(bent.boxes), PORT)])
    points = placing.Points(np.concatenate([level, bent.levels]), room, band)
    rows = 0 if sparse else MAX_ROWS if labelled else _rows(points)
    bands = banding.pack(names, band, points.level, room, rows)
    named = all(picture.boxes[i].kind in SOURCES for i in np.flatnonzero(level == 0))
    y, column, columns = placing.heights(
        points, bands, bent.sources, bent.targets, rows, named
    )
    left, right, pitch = _columns(picture, points.level, wide, columns, level[targets], bands)
    above = bands.top
    bands = banding.pack(names, band, points.level, room, rows, scale(float(right[-1])))
    y += (bands.top - above)[band]  # names of scopes need more room in wide pictures
    wide = np.concatenate([wide, (right - left)[bent.levels]])
    x = (left + right)[points.level] / 2
    many = columns[points.level] > 1
    x[many] = left[points.level][many] + (column[many] + 0.5) * pitch[points.level][many]
    high = np.concatenate([high, np.zeros(len(bent.boxes))])
    end, apart = _ends(y, high, bent)
    size = float(right[-1]), float(bands.bottom.max())
    behind = (
        _insets(picture, wide, high, bent, end - y[bent.targets])
        if labelled
        else np.zeros(len(end))
    )
    return Layout(
        labelled, x, y, wide, high, bent, end, apart, behind, levels, left, right, bands, size
    )


def scale(across: float) -> float:
    """How much larger than usual letters must be, so that they are read where the picture is shrunk to a page."""
    return max(1.0, across / PAGE) if across > NATURAL else 1.0


def lines(box: Box) -> list[str]:
    """What is written in a box."""
    return [clipped(line, MAX_LINE) for line in box.lines]


def _sizes(picture: Picture, targets: Longs, labelled: bool) -> tuple[Floats, Floats]:
    """Width and height of the boxes: of their text, and high enough for the signs of the wires that enter."""
    count = len(picture.boxes)
    if not labelled:
        return np.full(count, MARK), np.full(count, MARK)
    written = [lines(box) for box in picture.boxes]
    wide = np.array(
        [max([width(line, FONT) for line in text], default=8.0) + 18 for text in written]
    )
    high = np.array([LINE * max(1, len(text)) + 10 for text in written])
    sign = np.array(
        [12.0 if w.label else PORT if w.complemented else 3.0 for w in picture.wires], float
    )
    apart = np.zeros(count)
    np.maximum.at(apart, targets, sign)
    entering = apart * np.bincount(targets, minlength=count)
    most = MAX_SIGNS if len(picture.wires) <= MAX_SIGNED else 0.0
    return wide, np.maximum(high, np.minimum(entering + 6, most))


def _rows(points: placing.Points) -> int:
    """How many marks may stand in a column of a band, for a picture about as high as it is wide."""
    cells = np.unique(points.level * (int(points.band.max()) + 1) + points.band) // (
        int(points.band.max()) + 1
    )
    stacked = int(np.bincount(cells).max())
    return max(20, round(1.5 * len(points.level) ** 0.5 / stacked))


def _columns(
    picture: Picture, level: Longs, wide: Floats, columns: Longs, ending: Longs, bands: Bands
) -> tuple[Floats, Floats, Floats]:
    """Left and right edges of the levels, and the pitch of their columns; further apart where many wires end."""
    count = len(columns)
    wires = np.bincount(ending, minlength=count)[1:] ** 0.5
    if len(picture.boxes) > MAX_LABELLED:
        pitch = np.full(count, PITCH)
        gaps = np.clip(wires, 14, 40)
    else:
        pitch = np.zeros(count)
        np.maximum.at(pitch, level[: len(wide)], wide)
        alone = bands.first == bands.last
        named = [width(name.rpartition("/")[2], FONT) for name in bands.names]
        np.maximum.at(pitch, bands.first[alone], np.array(named)[alone])
        pitch[columns > 1] += BESIDE
        labels = np.zeros(count)
        np.maximum.at(
            labels, ending, np.array([label_room(wire) for wire in picture.wires], float)
        )
        gaps = np.clip(30 + 5 * wires, 44, 500) + labels[1:]
    across = pitch * columns
    left = np.concatenate([[0.0], np.cumsum(across[:-1] + gaps)])
    return left, left + across, pitch


def label_room(wire: Wire) -> float:
    """The room left of a box that the label of a wire needs."""
    return width(weight(wire), SMALL) + 6 if wire.label else 0.0


def weight(wire: Wire) -> str:
    """The label of a wire as it is written."""
    return clipped(wire.label, MAX_WEIGHT)


def _ends(y: Floats, high: Floats, bent: placing.Bent) -> tuple[Floats, Floats]:
    """Where steps end, and how far apart: spread over the left side of their box, as they come from above."""
    order = np.lexsort((y[bent.sources], bent.targets))
    target = bent.targets[order]
    count = np.bincount(bent.targets, minlength=len(y))
    rank = np.arange(len(order)) - (np.cumsum(count) - count)[target]
    step = np.minimum(12.0, np.maximum(high[target] - 6, 0) / np.maximum(count[target], 1))
    end = np.zeros(len(order))
    end[order] = y[target] + (rank - (count[target] - 1) / 2) * step
    apart = np.zeros(len(order))
    apart[order] = step
    return end, apart


def _insets(
    picture: Picture, wide: Floats, high: Floats, bent: placing.Bent, off: Floats
) -> Floats:
    """How far behind the left edges of their targets the steps end, for boxes that are not rectangles."""
    shapes = [look(box.kind).shape for box in picture.boxes]
    return np.array(
        [
            inset(shapes[target], wide[target], high[target], aside)
            if target < len(shapes)
            else 0.0
            for target, aside in zip(bent.targets.tolist(), off.tolist(), strict=True)
        ],
        float,
    )


def signs_left_out(picture: Picture, layout: Layout) -> bool:
    """Whether some wire has a sign for which there is no room."""
    if not layout.labelled:
        return any(wire.label or wire.complemented for wire in picture.wires)
    ends = zip(layout.bent.wire.tolist(), layout.apart.tolist(), strict=True)
    return any(
        index >= 0
        and signs_of(picture.wires[index], apart) != signs_of(picture.wires[index], 99.0)
        for index, apart in ends
    )


def signs_of(wire: Wire, apart: float) -> tuple[bool, bool]:
    """Whether a wire is drawn with a bubble, and with its label, where wires end this far apart."""
    return wire.complemented and apart >= ROOM_OF_BUBBLE, bool(
        wire.label
    ) and apart >= ROOM_OF_LABEL
