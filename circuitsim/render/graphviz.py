"""Pictures by graphviz, which places best and takes long: for some hundreds of boxes, under a time limit."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.render import legend
from circuitsim.render.cairo import INSTALL
from circuitsim.render.colours import (
    INK,
    PALE_INK,
    PAPER,
    SCOPE_FILLS,
    SCOPE_LINE,
    Pen,
    Shape,
    box_style,
    look,
    wire_pen,
)
from circuitsim.render.picture import Box, Picture, Wire
from circuitsim.render.text import clipped, shown

Format: TypeAlias = Literal["svg", "pdf", "png"]
Attributes: TypeAlias = Mapping[str, str | tuple[str, ...]]

STROKE = "\N{REVERSE SOLIDUS OPERATOR}"  # in tooltips, whose escapes graphviz reads once or twice, by its version
MAX_LINE = 60  # characters of a line in a box
FACE = "Helvetica,Arial,sans-serif"
ORDERED = ("input", "wired")
SHAPES: dict[Shape, dict[str, str]] = {
    "rectangle": {"shape": "box"},
    "rounded": {"shape": "box", "style": "rounded"},
    "ellipse": {"shape": "ellipse"},
    "hexagon": {"shape": "hexagon"},
    "octagon": {"shape": "octagon"},
    "arrow": {"shape": "cds", "margin": "0.16,0.12"},
    "note": {"shape": "note"},
    "diamond": {"shape": "diamond"},
    "double": {"shape": "box", "peripheries": "2"},
    "stack": {"shape": "box3d", "margin": "0.15,0.12"},
}


def source(picture: Picture) -> str:
    """The picture in graphviz's language: from left to right, a rank for each level, a cluster for each scope."""
    entries = legend.entries(picture)
    lines = [
        "digraph {",
        f"graph {_attributes({'rankdir': 'LR', 'newrank': 'true', 'bgcolor': PAPER, 'pad': '0.2'})}",
        f"graph {_attributes({'nodesep': '0.16', 'ranksep': '0.65', 'fontname': FACE, 'fontcolor': INK})}",
        f"graph {_attributes({'label': shown(picture.title), 'labelloc': 't', 'fontsize': '16'})}",
        f"node {_attributes({'fontname': FACE, 'fontsize': '11', 'margin': '0.09,0.04', 'height': '0.3'})}",
        f"node {_attributes({'width': '0.3', 'fontcolor': INK})}",
        f"edge {_attributes({'fontname': FACE, 'fontsize': '9', 'arrowsize': '0.5', 'fontcolor': INK})}",
    ]
    if picture.notes:  # a frame without a line, whose label stands below
        notes: Attributes = {
            "label": picture.notes,
            "labelloc": "b",
            "labeljust": "l",
            "fontsize": "11",
            "peripheries": "0",
        }
        lines += ["subgraph cluster_picture {", f"graph {_attributes(notes, ending='l')}"]
    lines += _boxes(picture)
    lines += [_ranks(level, keys) for level, keys in sorted(_by_level(picture).items())]
    pointed = {box.key for box in picture.boxes if look(box.kind).shape == "arrow"}
    lines += [_wire(wire, wire.source in pointed) for wire in picture.wires]
    lines += _in_order(
        [box.key for box in picture.boxes if box.kind in ORDERED and not box.scope]
    )
    lines += _legend(picture, entries)
    if picture.notes:
        lines.append("}")
    lines.append("}")
    return "\n".join(lines) + "\n"


def paint(picture: Picture, format: Format, seconds: float) -> bytes:  # noqa: A002 - graphviz's word
    """The picture as a file; the same picture gives the same bytes.

    Raises:
        LimitError: `dot` has not placed it in `seconds`; it has been stopped.
        CircuitSimError: there is no `dot`, or it fails.
    """
    try:
        done = subprocess.run(
            ["dot", f"-T{format}", *(["-Gdpi=144"] if format == "png" else [])],
            input=source(picture).encode(),
            capture_output=True,
            timeout=seconds,
            env={
                **os.environ,
                "SOURCE_DATE_EPOCH": "0",
                "TZ": "UTC",
            },  # the date of a pdf, by newer versions of cairo
            check=False,
        )
    except FileNotFoundError:
        raise CircuitSimError(
            f"graphviz's program dot is not there: apt-get install graphviz, or {INSTALL} (svg and html need neither)."
        ) from None
    except subprocess.TimeoutExpired:
        raise LimitError(
            f"graphviz has not placed {len(picture.boxes):,} boxes and {len(picture.wires):,} wires in {seconds:g} s; "
            "draw fewer boxes, or the svg of layers, which takes seconds for 100,000."
        ) from None
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [
            "it said nothing"
        ]
        raise CircuitSimError(
            f"graphviz's program dot could not draw the picture: {shown(said[0])}."
        )
    return _undated(done.stdout, format)


def _undated(file: bytes, format: Format) -> bytes:  # noqa: A002 - graphviz's word
    """Without what changes from run to run: in svg the comment that names graphviz's version, in pdf the second."""
    if format == "svg":
        return re.sub(
            rb"<!-- Generated by graphviz.*?-->\s*", b"", file, count=1, flags=re.DOTALL
        )
    if format == "pdf":  # as long as before, as a pdf counts its bytes
        return re.sub(rb"(?<=/CreationDate \(D:)\d{14}(?=Z\))", b"19700101000000", file)
    return file


def _boxes(picture: Picture) -> Iterator[str]:
    """Statements of the boxes, inside the clusters of their scopes."""
    if not picture.clusters:
        yield from map(_box, picture.boxes)
        return
    found: dict[tuple[str, ...], list[Box]] = {}
    for box in picture.boxes:
        found.setdefault(tuple(part for part in box.scope.split("/") if part), []).append(box)
    inside: tuple[str, ...] = ()
    number = 0
    for path in sorted(found):
        kept = _common(inside, path)
        yield from "}" * (len(inside) - kept)
        for depth in range(kept, len(path)):
            yield f"subgraph cluster_{number} {{"
            yield f"graph {_attributes(_frame(path[depth], depth))}"
            number += 1
        yield from map(_box, found[path])
        inside = path
    yield from "}" * len(inside)


def _common(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    """How many parts two scopes share from the start."""
    return next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )


def _frame(name: str, depth: int) -> Attributes:
    fill = SCOPE_FILLS[depth % len(SCOPE_FILLS)]
    label = clipped(name, MAX_LINE)
    style = {
        "style": "filled,rounded",
        "fillcolor": fill,
        "color": SCOPE_LINE,
        "fontcolor": PALE_INK,
    }
    return {
        "label": label,
        "labeljust": "l",
        "labelloc": "t",
        "fontsize": "11",
        "peripheries": "1",
        **style,
    }


def _box(box: Box) -> str:
    style = box_style(box)
    shape = SHAPES[style.shape]
    attributes: Attributes = {
        "label": tuple(clipped(line, MAX_LINE) for line in box.lines),
        **shape,
        "style": ",".join(
            ["filled", *([shape["style"]] if "style" in shape else []), *_dash(style.pen)]
        ),
        "fillcolor": style.fill,
        "color": style.pen.colour,
        "fontcolor": style.ink,
        "penwidth": f"{style.pen.width:g}",
        "tooltip": (shown(box.title) or " ".join(map(shown, box.lines)) or " ").replace(
            "\\", STROKE
        ),
    }
    return f"{_quoted(box.key)} {_attributes(attributes)}"


def _by_level(picture: Picture) -> dict[int, list[str]]:
    levels: dict[int, list[str]] = {}
    for box in picture.boxes:
        levels.setdefault(box.level, []).append(box.key)
    return levels


def _ranks(level: int, keys: list[str]) -> str:
    return f"{{ rank=same; /* level {level} */ {' '.join(map(_quoted, keys))} }}"


def _wire(wire: Wire, pointed: bool) -> str:
    """A statement; from a box with a point a wire starts there, as it would else start beside its outline."""
    start = {"tailport": "e"} if pointed else {}
    return f"{_quoted(wire.source)} -> {_quoted(wire.target)} {_attributes({**_drawn(wire), **start})}"


def _in_order(keys: list[str]) -> Iterator[str]:
    """Wires that are not seen, by which boxes of a level stand in this order."""
    if len(keys) > 1:
        yield f"{' -> '.join(map(_quoted, keys))} {_attributes({'style': 'invis'})}"


def _drawn(wire: Wire) -> Attributes:
    """A wire's attributes."""
    pen = wire_pen(wire)
    return {
        "color": pen.colour,
        "penwidth": f"{pen.width:g}",
        **({"style": "dashed"} if pen.dashed else {}),
        **({"arrowhead": "odot", "arrowsize": "0.8"} if wire.complemented else {}),
        **({"label": clipped(wire.label, MAX_LINE)} if wire.label else {}),
    }


def _legend(picture: Picture, entries: tuple[legend.Entry, ...]) -> Iterator[str]:
    """A column of its own, right of the last level."""
    if not entries:
        return
    yield "subgraph cluster_legend {"
    yield f"graph {_attributes({**_frame('Legend', 0), 'fillcolor': PAPER})}"
    names = []
    for number, entry in enumerate(entries):
        name = f"legend {number}"  # a key of a box is plain, without a space
        if isinstance(entry.sample, Wire):
            yield f"{_quoted(name + ' from')} {_attributes({'shape': 'none', 'label': '', 'width': '0.02'})}"
            yield f"{_quoted(name)} {_attributes({'shape': 'plaintext', 'label': entry.words})}"
            yield f"{_quoted(name + ' from')} -> {_quoted(name)} {_attributes({**_drawn(entry.sample), 'weight': '9'})}"
            names.append(name + " from")
        else:
            yield _box(
                Box(
                    name,
                    entry.sample.kind,
                    (entry.words,),
                    0,
                    "",
                    "",
                    *_shading(entry.sample),
                )
            )
            names.append(name)
    yield f"{{ rank=same; {' '.join(map(_quoted, names))} }}"
    yield "}"
    if picture.boxes:
        last = max(picture.boxes, key=lambda box: box.level)
        yield f"{_quoted(last.key)} -> {_quoted(names[0])} {_attributes({'style': 'invis', 'weight': '0'})}"


def _shading(box: Box) -> tuple[bool | None, bool, float | None]:
    return box.value, box.critical, box.share


def _dash(pen: Pen) -> list[str]:
    return ["dashed"] if pen.dashed else []


def _attributes(values: Attributes, ending: Literal["n", "l"] = "n") -> str:
    """A list of attributes; lines end centred (n) or left (l)."""
    return (
        "["
        + ", ".join(f"{name}={_written(value, ending)}" for name, value in values.items())
        + "]"
    )


def _written(value: str | tuple[str, ...], ending: str) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if ending == "l":
        return '"' + "".join(_escaped(shown(line)) + "\\l" for line in value) + '"'
    return '"' + "\\n".join(_escaped(line) for line in value) + '"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """For a quoted string: no escape of graphviz's, no entity of XML."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
