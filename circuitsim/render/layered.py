"""Pictures in layers of our own: from left to right, as SVG, in linear time and without graphviz."""

from collections.abc import Iterator

from circuitsim.render import furniture, marks, signs
from circuitsim.render.colours import PALE_INK, PAPER, SCOPE_FILLS, SCOPE_LINE
from circuitsim.render.layout import FONT, NATURAL, Layout, lay_out, lines, scale
from circuitsim.render.picture import Picture
from circuitsim.render.routes import wires
from circuitsim.render.text import clipped, width, xml

MARGIN = 24.0
FACE = "Helvetica,Arial,sans-serif"
AROUND = 6.0  # between a band's boxes and its frame


def svg(picture: Picture) -> str:
    """The picture as a file of SVG 1.1; the same picture gives the same text.

    Up to 2,000 boxes have their text; of more, each is a small mark that says its name when it is pointed at, and from
    20,000 on the marks of a level do so together.
    """
    layout = lay_out(picture) if picture.boxes else None
    across, down = layout.size if layout else (0.0, 0.0)
    above = furniture.head(picture, across)
    below = furniture.foot(picture, layout, across)
    wide = max(across, below.width, above.width) + 2 * MARGIN
    high = above.height + down + below.height + 2 * MARGIN
    natural = f' width="{wide:.0f}" height="{high:.0f}"' if wide <= NATURAL else ""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img"{natural} viewBox="0 0 {wide:.0f} {high:.0f}"'
            f' font-family="{FACE}" font-size="{FONT:g}">',
            f"<title>{xml(picture.title)}</title>",
            f"<desc>{xml(furniture.description(picture))}</desc>",
            f'<rect width="100%" height="100%" fill="{PAPER}"/>',
            *_moved(MARGIN, above.lines),
            *_moved(MARGIN + above.height, _body(picture, layout) if layout else []),
            *_moved(MARGIN + above.height + down, below.lines),
            "</svg>\n",
        ]
    )


def _moved(down: float, elements: list[str]) -> list[str]:
    return [f'<g transform="translate({MARGIN:g} {down:g})">', *elements, "</g>"]


def _body(picture: Picture, layout: Layout) -> list[str]:
    drawn = _labelled(picture, layout) if layout.labelled else marks.boxes(picture, layout)
    return [*_frames(layout), *wires(picture, layout), *drawn, *_names(layout)]


def _labelled(picture: Picture, layout: Layout) -> list[str]:
    """Boxes with their text."""
    places = zip(
        layout.x.tolist(),
        layout.y.tolist(),
        layout.width.tolist(),
        layout.height.tolist(),
        strict=True,
    )
    return [
        signs.box(box, *place, lines(box))
        for box, place in zip(picture.boxes, places, strict=False)
    ]


def _frames(layout: Layout) -> list[str]:
    """Frames of scopes, behind their boxes."""
    result = []
    for index, (name, left, top, across, down) in enumerate(_scopes(layout)):
        result.append(
            f'<rect x="{left:g}" y="{top:g}" width="{across:g}" height="{down:g}" rx="5" stroke="{SCOPE_LINE}" '
            f'fill="{SCOPE_FILLS[index % len(SCOPE_FILLS)]}" stroke-width="0.7"><title>{xml(name)}</title></rect>'
        )
    return result


def _names(layout: Layout) -> list[str]:
    """Names of scopes, over the wires that pass."""
    size = FONT * scale(layout.size[0])
    return [
        f'<text x="{left + 5:g}" y="{top + size:g}" font-size="{size:g}" fill="{PALE_INK}" stroke="{PAPER}" '
        f'stroke-width="{size / 5:g}" paint-order="stroke">{xml(_fitting(name, across, size))}</text>'
        for name, left, top, across, _ in _scopes(layout)
    ]


def _scopes(layout: Layout) -> Iterator[tuple[str, float, float, float, float]]:
    """Name, left, top, width and height of the frame of each scope."""
    bands, head = layout.bands, 14 * scale(layout.size[0])
    for index, name in enumerate(bands.names):
        if name:
            left = float(layout.left[bands.first[index]]) - AROUND
            across = float(layout.right[bands.last[index]]) + AROUND - left
            top = float(bands.top[index]) - head
            yield name, left, top, across, float(bands.bottom[index]) + 2 - top


def _fitting(name: str, across: float, size: float) -> str:
    """The name as far as there is room; the last part of a scope says most."""
    for words in (name, name.rpartition("/")[2]):
        if width(words, size) <= across - 8:
            return words
    return clipped(name.rpartition("/")[2], max(1, int((across - 8) / (0.6 * size))))
