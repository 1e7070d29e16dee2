"""One box and one wire as SVG, as they stand in a picture and in its legend."""

from circuitsim.render.colours import Pen, box_style
from circuitsim.render.layout import FONT, LINE
from circuitsim.render.outlines import outline
from circuitsim.render.picture import Box
from circuitsim.render.text import shown, xml

BUBBLE = 3.0


def stroke(pen: Pen) -> str:
    """Attributes of a line."""
    dashes = ' stroke-dasharray="4 3"' if pen.dashed else ""
    return f'stroke="{pen.colour}" stroke-width="{pen.width:g}"{dashes}'


def box(box: Box, x: float, y: float, width: float, height: float, lines: list[str]) -> str:
    """A box around a centre, with its text and what it says when it is pointed at."""
    style = box_style(box)
    path = f"M{x - width / 2:g} {y - height / 2:g}{outline(style.shape, width, height)}"
    start = y - (len(lines) - 1) * LINE / 2 + FONT * 0.36
    written = "".join(
        f'<text x="{x:g}" y="{start + i * LINE:g}" text-anchor="middle" fill="{style.ink}">{xml(line)}</text>'
        for i, line in enumerate(lines)
    )
    return f'<g>{tip(box)}<path d="{path}" fill="{style.fill}" {stroke(style.pen)}/>{written}</g>'


def tip(box: Box) -> str:
    """What a box says when it is pointed at."""
    words = shown(box.title) or " ".join(map(shown, box.lines))
    return f"<title>{xml(words)}</title>" if words else ""


def bubble(x: float, y: float, pen: Pen) -> str:
    """The sign of NOT, left of x."""
    return f'<circle cx="{x - BUBBLE:g}" cy="{y:g}" r="{BUBBLE:g}" fill="#FFFFFF" stroke="{pen.colour}"/>'


def curve(x: float, y: float, to_x: float, to_y: float) -> str:
    """A path from left to right, level at both ends."""
    across, down = to_x - x, to_y - y
    half = f"{across / 2:.4g}"
    if not down:
        return f"M{x:.6g} {y:.6g}h{across:.4g}"
    return f"M{x:.6g} {y:.6g}c{half} 0 {half} {down:.4g} {across:.4g} {down:.4g}"
