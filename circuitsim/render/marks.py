"""Boxes of a large picture as small marks, which say their names when they are pointed at."""

from collections import defaultdict

from circuitsim.render import banding
from circuitsim.render.colours import BoxStyle, box_style, look
from circuitsim.render.layout import MARK, Layout
from circuitsim.render.outlines import outline
from circuitsim.render.picture import Box, Picture
from circuitsim.render.signs import stroke, tip
from circuitsim.render.text import xml

MAX_NAMED = 20_000  # marks with a name of their own


def boxes(picture: Picture, layout: Layout) -> list[str]:
    """Marks by their look: each an element with its name, or together those of a level and a scope."""
    named = len(picture.boxes) <= MAX_NAMED
    groups: defaultdict[BoxStyle, list[int]] = defaultdict(list)
    for index, box in enumerate(picture.boxes):
        groups[box_style(box)].append(index)
    left, top = (layout.x - MARK / 2).tolist(), (layout.y - MARK / 2).tolist()
    scopes = banding.scopes(picture)
    result = []
    for style, members in sorted(
        groups.items(), key=lambda group: (group[0].pen.width, group[1][0])
    ):
        shape = outline(style.shape, MARK, MARK)
        result.append(f'<g fill="{style.fill}" {stroke(style.pen)}>')
        paths = {index: f"M{left[index]:g} {top[index]:g}{shape}" for index in members}
        if named:
            result += [
                f'<path d="{paths[i]}">{tip(picture.boxes[i])}</path>' for i in members
            ]
        else:
            result += _together(picture, scopes, paths)
        result.append("</g>")
    return result


def _together(picture: Picture, scopes: list[str], paths: dict[int, str]) -> list[str]:
    """One element for the marks of a level and a scope, which says how many of which kind there are."""
    cells: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for index in paths:
        cells[picture.boxes[index].level, scopes[index]].append(index)
    result = []
    for (level, scope), members in cells.items():
        words = _words(picture.boxes[members[0]], level, scope, len(members))
        path = "".join(paths[index] for index in members)
        result.append(f'<path d="{path}"><title>{xml(words)}</title></path>')
    return result


def _words(box: Box, level: int, scope: str, count: int) -> str:
    return f"level {level}{', ' if scope else ''}{scope}: {count:,} x {look(box.kind).words}"
