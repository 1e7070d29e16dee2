"""What stands around a picture in layers: title, axis of levels, legend, notes, a description for screen readers."""

import textwrap
from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Floats, Longs
from circuitsim.render import legend, signs
from circuitsim.render.colours import INK, PALE_INK, wire_pen
from circuitsim.render.layout import FONT, Layout, scale, signs_left_out
from circuitsim.render.picture import Box, Picture, Wire
from circuitsim.render.text import shown, width, xml

TITLE = 16.0
SAMPLE = 30.0
ROW = 24.0
MIN_WIDTH = 560.0
MARKS = "Each mark is a box: at this size names are shown on pointing at it."
CROWDED = "Weights and bubbles (NOT) are left out where wires are too close to each other."


@dataclass(frozen=True)
class Part:
    """Elements in a coordinate system of their own, and the room they need."""

    lines: list[str]
    width: float
    height: float


def description(picture: Picture) -> str:
    """The picture in a sentence."""
    levels = len({box.level for box in picture.boxes})
    counts = f"{len(picture.boxes):,} boxes, {len(picture.wires):,} wires, {levels:,} levels from left to right"
    return " ".join([f"Altitude {picture.altitude}: {counts}.", *picture.notes])


def head(picture: Picture, across: float) -> Part:
    """The title."""
    factor = scale(across)
    rows = _wrapped(picture.title, TITLE * factor, across)
    lines = [
        f'<text y="{(i + 1) * 1.2 * TITLE * factor:g}" font-size="{TITLE * factor:g}" fill="{INK}">{xml(row)}</text>'
        for i, row in enumerate(rows)
    ]
    most = max((width(row, TITLE * factor) for row in rows), default=0.0)
    return Part(lines, most, (len(rows) * 1.2 + 1) * TITLE * factor)


def foot(picture: Picture, layout: Layout | None, across: float) -> Part:
    """The axis of levels, the legend, the notes."""
    factor = scale(across)
    lines = ["<g>"]
    y = 0.0
    if layout is not None and _has_levels(picture):
        lines += _axis(layout, factor)
        y = 42 * factor
    elif layout is not None:
        y = ROW * factor
    large = layout is not None and not layout.labelled
    lines.append("</g>")
    samples = _legend(
        [e for e in legend.entries(picture) if not large or not _bubbled(e.sample)],
        across / factor,
    )
    lines += [f'<g transform="translate(0 {y:g}) scale({factor:g})">', *samples.lines, "</g>"]
    y += samples.height * factor
    said = [
        *picture.notes,
        *([MARKS] if large else []),
        *([CROWDED] if layout and signs_left_out(picture, layout) else []),
    ]
    notes = [row for note in said for row in _wrapped(note, FONT * factor, across)]
    for note in notes:
        y += 15 * factor
        lines.append(
            f'<text y="{y:g}" font-size="{FONT * factor:g}" fill="{INK}">{xml(note)}</text>'
        )
    most = max((width(note, FONT * factor) for note in notes), default=0.0)
    return Part(lines, max(most, samples.width * factor), y)


def _bubbled(sample: Box | Wire) -> bool:
    return isinstance(sample, Wire) and sample.complemented


def _wrapped(text: str, size: float, across: float) -> list[str]:
    """Lines no longer than the picture is wide."""
    return textwrap.wrap(shown(text), max(20, int(max(across, MIN_WIDTH) / (0.6 * size))))


def _has_levels(picture: Picture) -> bool:
    """Whether its columns are levels of gates."""
    return picture.altitude == "gates" and all(box.kind != "folded" for box in picture.boxes)


def _axis(layout: Layout, factor: float) -> list[str]:
    """Numbers of levels below their columns, as many as there is room for."""
    centres = (layout.left + layout.right) / 2
    size = 9 * factor
    shown_levels = _numbered(
        layout.levels, centres, width(str(layout.levels.max()), size) + 6 * factor
    )
    result = [f'<g font-size="{size:g}" fill="{PALE_INK}" text-anchor="middle">']
    for centre, level in zip(
        centres[shown_levels].tolist(), layout.levels[shown_levels].tolist(), strict=True
    ):
        result.append(
            f'<path d="M{centre:g} {4 * factor:g}v{6 * factor:g}" stroke="{PALE_INK}"/>'
        )
        result.append(f'<text x="{centre:g}" y="{20 * factor:g}">{level}</text>')
    return [
        *result,
        "</g>",
        f'<text y="{32 * factor:g}" font-size="{size:g}" fill="{PALE_INK}">level</text>',
    ]


def _numbered(levels: Longs, centres: Floats, room: float) -> Longs:
    """The columns that get a number: all, or every second, fifth, tenth and so on."""
    steps = (digit * 10**power for power in range(18) for digit in (1, 2, 5))
    chosen = (np.flatnonzero(levels % step == 0) for step in steps)
    return next(
        some
        for some in chosen
        if len(some) < 2 or float(np.diff(centres[some]).min()) >= room
    )


def _legend(entries: list[legend.Entry], across: float) -> Part:
    """Samples with words, in rows."""
    lines: list[str] = []
    x, y, most = 0.0, ROW / 2, 0.0
    for entry in entries:
        need = SAMPLE + 8 + width(entry.words, FONT) + 16
        if x and x + need > max(across, MIN_WIDTH):
            x, y = 0.0, y + ROW
        lines.append(_sample(entry.sample, x, y))
        lines.append(
            f'<text x="{x + SAMPLE + 8:g}" y="{y + 4:g}" fill="{INK}">{xml(entry.words)}</text>'
        )
        x += need
        most = max(most, x)
    return Part(lines, most, y + ROW if entries else 0.0)


def _sample(sample: Box | Wire, x: float, y: float) -> str:
    if isinstance(sample, Box):
        return signs.box(sample, x + SAMPLE / 2, y, SAMPLE - 4, 16, [])
    pen = wire_pen(sample)
    end = x + SAMPLE - (2 * signs.BUBBLE if sample.complemented else 0)
    wire = f'<path fill="none" {signs.stroke(pen)} d="{signs.curve(x, y, end, y)}"/>'
    return wire + (signs.bubble(x + SAMPLE, y, pen) if sample.complemented else "")
