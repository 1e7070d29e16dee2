"""Wires between placed boxes: few paths, one for each look and some hundreds of wires."""

from collections import defaultdict
from collections.abc import Iterator

from circuitsim.render.colours import INK, PAPER, THICK, Pen, wire_pen
from circuitsim.render.layout import SMALL, Layout, label_room, signs_of, weight
from circuitsim.render.picture import Picture, Wire
from circuitsim.render.signs import BUBBLE, bubble, curve, stroke
from circuitsim.render.text import xml

IN_A_PATH = 50  # wires, which look denser where paths cross; cairo is slow on long ones
FAINT = 0.35  # of wires between marks
SOME = 10_000  # wires; of more, each is fainter
SOME_LABELLED = 800
FAINTEST = 0.05


def wires(picture: Picture, layout: Layout) -> list[str]:
    """Paths, thin ones first; in pictures with text, also the bubbles and the labels at the wires' ends."""
    paths: defaultdict[Pen, list[str]] = defaultdict(list)
    signs: list[str] = []
    for index, x, y, to_x, to_y, across, inset, apart in _steps(layout):
        wire = picture.wires[index if index >= 0 else -1 - index]
        pen = wire_pen(wire)
        if index < 0:
            paths[pen].append(f"{curve(x, y, to_x, to_y)}h{across:g}")
        elif layout.labelled:
            bubbled, named = signs_of(wire, apart)
            straight = (label_room(wire) if named else 0.0) + 2 * BUBBLE
            level = straight + inset - (2 * BUBBLE if bubbled else 0)
            paths[pen].append(f"{curve(x, y, to_x - straight, to_y)}h{level:.4g}")
            signs += [bubble(to_x + inset, to_y, pen)] if bubbled else []
            signs += [_label(wire, to_x, to_y)] if named else []
        else:
            paths[pen].append(curve(x, y, to_x, to_y))
    return [*_paths(paths, _opacity(picture, layout)), *signs]


def _steps(
    layout: Layout,
) -> Iterator[tuple[int, float, float, float, float, float, float, float]]:
    """Of each step its wire (negative: shared by wires), its start, its end, the width and inset of the target,
    and how far the next step ends from it.
    """
    bent = layout.bent
    return zip(
        bent.wire.tolist(),
        (layout.x + layout.width / 2)[bent.sources].tolist(),
        layout.y[bent.sources].tolist(),
        (layout.x - layout.width / 2)[bent.targets].tolist(),
        layout.end.tolist(),
        layout.width[bent.targets].tolist(),
        layout.inset.tolist(),
        layout.apart.tolist(),
        strict=True,
    )


def _opacity(picture: Picture, layout: Layout) -> float:
    """Of thin wires: the more there are, the fainter."""
    count = max(1, len(picture.wires))
    if layout.labelled:
        return max(FAINTEST, min(1.0, SOME_LABELLED / count))
    return FAINT * min(1.0, (SOME / count) ** 0.5)


def _label(wire: Wire, x: float, y: float) -> str:
    """The label of a wire, left of the box that it enters."""
    return (
        f'<text x="{x - 2 * BUBBLE - 2:g}" y="{y - 1.5:g}" text-anchor="end" font-size="{SMALL:g}" fill="{INK}" '
        f'stroke="{PAPER}" stroke-width="2" paint-order="stroke">{xml(weight(wire))}</text>'
    )


def _paths(paths: dict[Pen, list[str]], opacity: float) -> list[str]:
    """Elements, thin wires first; thick ones are never faint."""
    result = []
    for pen in sorted(paths, key=lambda pen: (pen.width, pen.colour)):
        faint = (
            "" if opacity == 1 or pen.width >= THICK else f' stroke-opacity="{opacity:.2g}"'
        )
        pieces = paths[pen]
        for first in range(0, len(pieces), IN_A_PATH):
            path = "".join(pieces[first : first + IN_A_PATH])
            result.append(f'<path fill="none" {stroke(pen)}{faint} d="{path}"/>')
    return result
