"""What circuits and schematics show of themselves in a notebook: a picture where it fits, else a table of scopes."""

from html import escape

from circuitsim.netlist.circuit import Circuit
from circuitsim.render import layered
from circuitsim.render.altitude import PAGE_GATES, PAGE_INSTRUCTIONS, Request, Subject, choose
from circuitsim.render.schematic_view import size
from circuitsim.schematic.schematic import Schematic


def html(thing: Circuit | Schematic) -> str:
    """A picture in layers of small things, of larger ones gates and depth by scope; texts are escaped."""
    if isinstance(thing, Schematic):
        subject, fits = Subject(schematic=thing), size(thing) <= PAGE_INSTRUCTIONS
        request = Request("schematic")
    else:
        subject, fits = (
            Subject(circuit=thing),
            len(thing) + thing.inputs + len(thing.outputs) <= PAGE_GATES,
        )
        request = Request("gates")
    return layered.svg(choose(subject, request).picture) if fits else table(subject)


def table(subject: Subject) -> str:
    """Gates and depth by scope."""
    rows = "".join(
        f"<tr><td>{escape(scope.scope)}</td><td>{scope.gates:,}</td><td>{scope.depth:,}</td></tr>"
        for scope in subject.scopes[0]
    )
    head = "<tr><th>scope</th><th>gates</th><th>depth</th></tr>"
    return f"<table><caption>{escape(subject.title)}</caption>{head}{rows}</table>"
