"""Who paints: graphviz for some hundreds of boxes and for a limited time, layers of our own beyond, or an HTML page.

Layers are SVG; cairosvg, where it is installed, makes png and pdf of them.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.render import cairo, graphviz, layered
from circuitsim.render.altitude import MOST_DRAWN, Choice, Request, Subject, above, choose
from circuitsim.render.picture import Picture

Format: TypeAlias = Literal["svg", "pdf", "png", "dot", "html"]
Painted: TypeAlias = Literal["svg", "pdf", "png"]
FORMATS: tuple[Format, ...] = ("svg", "pdf", "png", "dot", "html")
GRAPHVIZ_BOXES = 500  # graphviz takes 23 s for 1,900 gates
GRAPHVIZ_WIRES = 1_500
SECONDS = 20.0  # for graphviz
CAIRO_GATES, CAIRO_WIRES = 5_000, 25_000  # a png of the wires takes ten seconds
REMEDY = f"{cairo.INSTALL} draws up to {CAIRO_GATES:,}, and svg needs nothing"


@dataclass(frozen=True)
class Drawn:
    """A file's bytes, the picture in it (None in a page), why it is not of gates, and what painted it."""

    data: bytes
    picture: Picture | None
    why: str
    painter: str


def draw(subject: Subject, request: Request, form: Format, seconds: float = SECONDS) -> Drawn:
    """What is asked for as a file of this format, or the picture above it, saying why.

    Raises:
        InputError: what is asked for is not there, or cannot be at the altitude asked for.
        LimitError: a page of more gates than a browser holds.
        CircuitSimError: a pdf or png without graphviz.
    """
    if form == "html":
        return _page(subject, request)
    if form == "dot":
        choice = choose(subject, request)
        return Drawn(
            graphviz.source(choice.picture).encode(),
            choice.picture,
            choice.why,
            "text for graphviz",
        )
    if form == "svg":
        return _vectors(choose(subject, request), "svg", seconds)
    if cairo.is_there():
        return _vectors(
            choose(subject, _up_to(request, CAIRO_GATES, CAIRO_WIRES)), form, seconds
        )
    return _without_cairo(subject, request, form, seconds)


def graphviz_places(picture: Picture) -> bool:
    """Whether graphviz is worth trying: beyond, it takes minutes, and for thousands of boxes hours."""
    return len(picture.boxes) <= GRAPHVIZ_BOXES and len(picture.wires) <= GRAPHVIZ_WIRES


def _up_to(request: Request, gates: int, wires: int) -> Request:
    return replace(
        request,
        most_drawn=min(request.most_drawn, gates),
        most_wires=min(request.most_wires, wires),
    )


def _by_graphviz(choice: Choice, form: Painted, seconds: float) -> Drawn:
    return Drawn(
        graphviz.paint(choice.picture, form, seconds), choice.picture, choice.why, "graphviz"
    )


def _vectors(choice: Choice, form: Painted, seconds: float) -> Drawn:
    """By graphviz if it is there and takes no longer than it may, else in layers."""
    picture = choice.picture
    if graphviz_places(picture):
        try:
            return _by_graphviz(choice, form, seconds)
        except CircuitSimError:  # it is not installed, or too slow
            pass
    svg = layered.svg(picture)
    return Drawn(
        svg.encode() if form == "svg" else cairo.paint(svg, form),
        picture,
        choice.why,
        "layers",
    )


def _without_cairo(
    subject: Subject, request: Request, form: Literal["pdf", "png"], seconds: float
) -> Drawn:
    """By graphviz, of what it can place."""
    choice = choose(
        subject, replace(_up_to(request, GRAPHVIZ_BOXES, GRAPHVIZ_WIRES), remedy=REMEDY)
    )
    try:
        return _by_graphviz(choice, form, seconds)
    except LimitError:
        if choice.picture.altitude != "gates":
            raise
        why = f"graphviz has not placed {len(choice.picture.boxes):,} boxes in {seconds:g} s; {REMEDY}"
        return _by_graphviz(above(subject, request, why), form, seconds)


def _page(subject: Subject, request: Request) -> Drawn:
    from circuitsim.render.page import page

    if not subject.may_be_built(request.most_built) or subject.gates > MOST_DRAWN:
        raise LimitError(
            f"the circuit has {subject.gates:,} gates, and a page runs up to {MOST_DRAWN:,}; take a smaller n, or -o"
            " with .svg, which draws the altitude above."
        )
    circuit, names = subject.built
    return Drawn(page(circuit, names, subject.schematic).encode(), None, "", "page")
