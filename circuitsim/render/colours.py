"""How kinds, values and the critical path look, the same for every painter.

Hues are those of Okabe and Ito, which the colour-blind tell apart. No meaning hangs on a hue alone: kinds differ in
shape, the value 1 is dark and solid and the value 0 pale and dashed, the critical path is thick. Pictures bring their
own white paper, so that they read the same in print and on a dark ground.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from circuitsim.render.picture import Box, Wire

Shape: TypeAlias = Literal[
    "rectangle",
    "rounded",
    "ellipse",
    "hexagon",
    "octagon",
    "arrow",
    "note",
    "diamond",
    "double",
    "stack",
]

PAPER = "#FFFFFF"
INK = "#1A1A1A"
PALE_INK = "#5A5A5A"
SCOPE_LINE = "#9AA5B1"
SCOPE_FILLS = ("#F2F6FA", "#FBF6EC", "#F0F8F4", "#FAF2F6")  # of neighbouring scopes, in turn
ONE = "#0072B2"
ZERO = "#B87F00"
CRITICAL = "#D55E00"
THICK = 3.0  # of the critical path
SHARED = (0xE6, 0x9F, 0x00)  # a box that is the whole of the size or depth


@dataclass(frozen=True)
class Look:
    """Of a kind: its outline, the colours of its ground and its line, and what a legend calls it."""

    shape: Shape
    fill: str
    line: str
    words: str


LOOKS: dict[str, Look] = {
    "input": Look("arrow", "#E3F2FC", "#2A7FB8", "input"),
    "source": Look("arrow", "#E3F2FC", "#2A7FB8", "letters or constants"),
    "wired": Look("note", "#F2F2F2", "#5A5A5A", "position, as a wire"),
    "constant": Look("diamond", "#FFFFFF", "#5A5A5A", "constant"),
    "and": Look("rectangle", "#CFE6F5", "#0072B2", "AND"),
    "or": Look("ellipse", "#FDEBC8", "#A87000", "OR"),
    "xor": Look("hexagon", "#F6E0EC", "#A8467F", "XOR"),
    "threshold": Look("octagon", "#D3EFE6", "#00785A", "threshold"),
    "output": Look("double", "#FFFFFF", "#1A1A1A", "output"),
    "wiring": Look("rounded", "#FFFFFF", "#8A8A8A", "wiring, without gates"),
    "operation": Look("rectangle", "#CFE6F5", "#0072B2", "operation"),
    "part": Look("rounded", "#F2F6FA", "#33566E", "part of the model"),
    "folded": Look("stack", "#FBF9D9", "#7A7300", "scope drawn as one box"),
    "border": Look("stack", "#F2F2F2", "#5A5A5A", "wires from or to what is not shown"),
}
OTHER = Look("rectangle", "#FFFFFF", INK, "other")


@dataclass(frozen=True)
class Pen:
    """Of an outline or a wire."""

    colour: str
    width: float
    dashed: bool = False


@dataclass(frozen=True)
class BoxStyle:
    """Of one box: how it is filled, outlined and lettered."""

    shape: Shape
    fill: str
    pen: Pen
    ink: str


def look(kind: str) -> Look:
    """Of a kind of box; kinds without a look of their own share one."""
    return LOOKS.get(kind, OTHER)


def box_style(box: Box) -> BoxStyle:
    """The shape says the kind, the ground the value (dark 1, white 0) or the share, the thickness the critical path."""
    own = look(box.kind)
    line = CRITICAL if box.critical else own.line
    thickness = THICK if box.critical else 1.2
    if box.value is None:
        fill = own.fill if box.share is None else shade(box.share)
        return BoxStyle(own.shape, fill, Pen(line, thickness), INK)
    if box.value:
        return BoxStyle(
            own.shape, ONE, Pen(line if box.critical else "#00405F", thickness), PAPER
        )
    return BoxStyle(
        own.shape, PAPER, Pen(CRITICAL if box.critical else ZERO, thickness, dashed=True), INK
    )


def wire_pen(wire: Wire) -> Pen:
    """Dark and solid for 1, dashed for 0, thick on the critical path."""
    thickness = THICK if wire.critical else 1.0
    if wire.value is None:
        return Pen(CRITICAL if wire.critical else PALE_INK, thickness)
    return Pen(ONE, thickness + 0.6) if wire.value else Pen(ZERO, thickness, dashed=True)


def shade(share: float) -> str:
    """From white for nothing to the full colour for the whole."""
    part = min(max(share, 0.0), 1.0)
    return "#" + "".join(f"{round(255 + (c - 255) * part):02X}" for c in SHARED)
