"""Which picture is drawn of a circuit: the lowest altitude that fits on a page, or what is asked for if it can be.

A circuit is measured first, and built only where its gates are looked at and it is not too large.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from circuitsim.array_types import Bools, Longs
from circuitsim.errors import InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import ScopeCost
from circuitsim.netlist.graph import wires_of
from circuitsim.render.architecture import architecture, of_circuit, of_cost
from circuitsim.render.filters import Filters, shown
from circuitsim.render.folded import Fold
from circuitsim.render.gate_view import gates
from circuitsim.render.names import Names, compile_named
from circuitsim.render.picture import Altitude, Picture
from circuitsim.render.schematic_view import schematic_view, size
from circuitsim.schematic.cost import Cost
from circuitsim.schematic.schematic import Schematic

PAGE_GATES = 150  # gates, inputs and outputs that fit on a page
PAGE_INSTRUCTIONS = 150
MOST_DRAWN = 100_000  # gates of a picture
MOST_WIRES = 3 * MOST_DRAWN
MOST_BUILT = 1_000_000  # gates of a circuit that is built to show a part of it
WIRES_A_GATE = 10  # of a circuit that is built, as often as gates may be


@dataclass(frozen=True)
class Request:
    """What to draw; `altitude` None is the lowest that fits.

    Args:
        most_drawn, most_wires: gates and wires, which depend on who paints.
        remedy: what to do for more, if anything helps.
    """

    altitude: Altitude | None = None
    filters: Filters = field(default_factory=Filters)
    fold: Fold | None = None
    values: Bools | None = None
    critical: bool = True
    most_drawn: int = MOST_DRAWN
    most_wires: int = MOST_WIRES
    most_built: int = MOST_BUILT
    remedy: str = ""

    @property
    def of_gates(self) -> bool:
        """Whether only a picture of gates can show what is asked for."""
        return (
            self.fold is not None
            or self.values is not None
            or bool(self.filters.output is not None or self.filters.levels)
        )


class Subject:
    """A circuit to draw, from a schematic or as it is; measured and built when that is needed, and once."""

    def __init__(
        self, schematic: Schematic | None = None, circuit: Circuit | None = None
    ) -> None:
        assert schematic is not None or circuit is not None
        self.schematic, self.given = schematic, circuit

    @cached_property
    def cost(self) -> Cost | None:
        """What it costs, measured; None of a circuit that is given."""
        return None if self.schematic is None else self.schematic.measure()

    @property
    def gates(self) -> int:
        """Its size, without building it."""
        return self.cost.gates if self.cost is not None else self.built[0].gates

    @property
    def wires(self) -> int:
        """Its wires, without building it."""
        return self.cost.wires if self.cost is not None else self.built[0].fan_in.size

    def may_be_built(self, most: int) -> bool:
        """Whether it is there, or has no more gates than this, of some wires each."""
        return self.given is not None or (
            self.gates <= most and self.wires <= WIRES_A_GATE * most
        )

    @property
    def fan_in(self) -> Longs:
        """(gates,) fan-in of every gate."""
        return np.diff(wires_of(self.built[0])[1])

    @property
    def ends(self) -> int:
        """Inputs and outputs."""
        if self.schematic is None:
            return self.built[0].inputs + len(self.built[0].outputs)
        outputs = sum(
            int(np.prod(self.schematic.instructions[o].shape)) for o in self.schematic.outputs
        )
        return self.schematic.inputs + outputs

    @cached_property
    def built(self) -> tuple[Circuit, Names]:
        """The circuit and its names."""
        if self.given is not None:
            return self.given, Names(self.given)
        assert self.schematic is not None
        return compile_named(self.schematic)

    @property
    def interface(self) -> dict[str, Any]:
        """What is known of letters and classes."""
        return self.built[0].interface if self.schematic is None else self.schematic.interface

    @property
    def scopes(self) -> tuple[list[ScopeCost], int]:
        """Scopes and depth."""
        return of_cost(self.cost) if self.cost is not None else of_circuit(self.built[0])

    @property
    def title(self) -> str:
        """Such as "C_4 of majority in xag: 936 gates, depth 53"."""
        said, basis = self.interface, (self.schematic or self.built[0]).basis
        name = (
            f"C_{said['n']} of {said['model']}"
            if "n" in said and "model" in said
            else "a circuit"
        )
        return f"{name} in {basis}: {self.gates:,} gates, depth {self.scopes[1]:,}"


@dataclass(frozen=True)
class Choice:
    """The picture, why it is at its altitude, and what to write to get another."""

    picture: Picture
    why: str


def choose(subject: Subject, request: Request) -> Choice:
    """The picture that is asked for, or the one above it with the reason.

    Raises:
        InputError: what is asked for cannot be at the altitude asked for, or names what is not there.
    """
    _check(subject, request)
    wanted = request.altitude or ("gates" if request.of_gates else None)
    if wanted is None:
        return _lowest(subject, request)
    if wanted == "architecture":
        return Choice(_architecture(subject, request), "")
    if wanted == "schematic":
        return Choice(_schematic(subject, request), "")
    if not subject.may_be_built(request.most_built):
        return above(subject, request, _too_large(subject, request))
    many, wires = subject.gates, subject.wires
    if request.fold is None and (
        request.filters or many > request.most_drawn or wires > request.most_wires
    ):
        kept = shown(*subject.built, request.filters)[0]
        many, wires = int(kept.sum()), int(subject.fan_in[kept].sum())
    if request.fold is None and (many > request.most_drawn or wires > request.most_wires):
        return above(
            subject, request, f"{many:,} gates with {wires:,} wires are {_more(request)}"
        )
    return Choice(_gates(subject, request), "")


def above(subject: Subject, request: Request, why: str) -> Choice:
    """Not the gates: the schematic where it fits on a page, of very large circuits the architecture, saying why."""
    small = subject.schematic is not None and size(subject.schematic) <= PAGE_INSTRUCTIONS
    fits = small and subject.may_be_built(request.most_built)
    picture = _schematic(subject, request) if fits else _architecture(subject, request)
    how = "Show fewer with --output, --scope, --levels or --fold."
    return Choice(
        replace(picture, notes=(*picture.notes, f"Not the gates: {why}. {how}")), why
    )


def _more(request: Request) -> str:
    remedy = f"; {request.remedy}" if request.remedy else ""
    return f"more than the {request.most_drawn:,} and {request.most_wires:,} that are drawn in this format{remedy}"


def _too_large(subject: Subject, request: Request) -> str:
    size = f"{subject.gates:,} gates with {subject.wires:,} wires"
    return f"{size} are too many to build (--max-gates {request.most_built})"


def _check(subject: Subject, request: Request) -> None:
    altitude, given = request.altitude, request.filters
    if altitude == "schematic" and subject.schematic is None:
        raise InputError(
            "a circuit from a file has no schematic; draw its gates or its architecture."
        )
    if altitude in ("architecture", "schematic") and request.of_gates:
        raise InputError(
            f"--output, --levels, --fold and --input are of gates; the altitude asked for is {altitude}."
        )
    if altitude == "architecture" and given.scope is not None:
        raise InputError(
            "--scope is of gates and schematics; the altitude asked for is architecture."
        )


def _lowest(subject: Subject, request: Request) -> Choice:
    """The lowest altitude that fits on a page."""
    boxes, scope = subject.gates + subject.ends, request.filters.scope
    buildable = subject.may_be_built(request.most_built)
    if buildable and (scope is not None or boxes <= PAGE_GATES):
        boxes = int(shown(*subject.built, request.filters)[0].sum()) + subject.ends
        if boxes <= PAGE_GATES or (scope is not None and subject.schematic is None):
            return choose(subject, replace(request, altitude="gates"))
    why = f"{boxes:,} gates, inputs and outputs are more than the {PAGE_GATES} that fit on a page"
    if subject.schematic is not None and scope is not None:
        return Choice(_schematic(subject, request), why)
    if not buildable:
        return above(subject, request, _too_large(subject, request))
    if subject.schematic is not None and size(subject.schematic) <= PAGE_INSTRUCTIONS:
        return Choice(_schematic(subject, request), why)
    return Choice(_architecture(subject, request), why)


def _gates(subject: Subject, request: Request) -> Picture:
    circuit, names = subject.built
    chosen = request.filters
    return gates(
        circuit,
        names,
        output=chosen.output,
        scope=chosen.scope,
        levels=chosen.levels,
        fold=request.fold,
        values=request.values,
        critical=request.critical,
        title=subject.title,
    )


def _schematic(subject: Subject, request: Request) -> Picture:
    if subject.schematic is None:
        raise InputError(
            "a circuit from a file has no schematic; draw its gates or its architecture."
        )
    return schematic_view(
        subject.schematic, scope=request.filters.scope, cost=subject.cost, title=subject.title
    )


def _architecture(subject: Subject, request: Request) -> Picture:
    scopes, depth = subject.scopes
    drawn = (
        ()
        if subject.schematic is None
        else [line.scope for line in subject.schematic.instructions]
    )
    said = subject.interface
    inputs = f"{said['n']:,} letters" if type(said.get("n")) is int else "inputs"
    return architecture(
        scopes,
        depth,
        inputs=inputs,
        outputs="output",
        drawn=drawn,
        critical=request.critical,
        title=subject.title,
    )
