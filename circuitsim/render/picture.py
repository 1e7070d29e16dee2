"""What a picture shows, before anything is laid out: boxes with levels and scopes, and the wires between them.

Three makers (`architecture`, `schematic`, `gates`) and two painters (graphviz, and layers of our own) meet here.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Altitude: TypeAlias = Literal["architecture", "schematic", "gates"]


@dataclass(frozen=True)
class Box:
    """A node.

    Args:
        key: unique in the picture, plain ASCII.
        kind: "input", "wired", "constant", "and", "or", "xor", "threshold", "output"; of the higher altitudes "source",
            "wiring", "operation", "part" (of a model), "folded" (a scope drawn as one box); of what is not shown
            "border".
        lines: what is written in it; from files and users, so any text.
        level: from the inputs, in gates or instructions; boxes are ranked by it.
        scope: such as "layer0/head1/scores"; boxes of a scope stand together where clusters are drawn.
        title: what is said on pointing at it.
        value: of its wire for the input shown, None without one.
        critical: on the longest path.
        share: of the size or depth of the whole, 0..1, for shading; None without.
    """

    key: str
    kind: str
    lines: tuple[str, ...]
    level: int
    scope: str = ""
    title: str = ""
    value: bool | None = None
    critical: bool = False
    share: float | None = None


@dataclass(frozen=True)
class Wire:
    """An edge between two boxes, by their keys; `label` is a weight or a shape."""

    source: str
    target: str
    complemented: bool = False
    label: str = ""
    value: bool | None = None
    critical: bool = False


@dataclass(frozen=True)
class Picture:
    """Boxes and wires of one circuit at one altitude. The same circuit gives the same picture.

    Args:
        clusters: draw scopes as frames around their boxes.
        notes: sentences below the picture: what was left out and how to see it.
    """

    title: str
    altitude: Altitude
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    clusters: bool = False
    notes: tuple[str, ...] = ()
