"""Which gates a picture shows: the cone of an output, a scope, a range of levels."""

from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Bools
from circuitsim.errors import InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import levels as levels_of
from circuitsim.netlist.graph import wires_of
from circuitsim.netlist.unbounded import mark_live
from circuitsim.render.names import Names

Mask = Bools
MOST_SCOPES = 12  # that an error lists


@dataclass(frozen=True)
class Filters:
    """What to show: gates that `output` depends on, of `scope` and those below it, of levels first..last."""

    output: int | None = None
    scope: str | None = None
    levels: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return (self.output, self.scope, self.levels) != (None, None, None)

    def __str__(self) -> str:
        levels = None if self.levels is None else f"{self.levels[0]}:{self.levels[1]}"
        given = (("output", self.output), ("scope", self.scope), ("levels", levels))
        return ", ".join(f"{name} {value}" for name, value in given if value is not None)


def cone(circuit: Circuit, output: int | None) -> Mask:
    """Gates (gates,) that an output depends on; all of them for None.

    Raises:
        InputError: there is no such output.
    """
    if output is None:
        return np.ones(circuit.gates, bool)
    if not 0 <= output < len(circuit.outputs):
        raise InputError(
            f"output {output} is asked for, and the circuit has outputs 0 to {len(circuit.outputs) - 1}."
        )
    literals, starts = wires_of(circuit)
    live = np.empty(circuit.nodes, np.bool_)
    mark_live(
        np.ascontiguousarray(literals), starts, circuit.outputs[output : output + 1], live
    )
    return live[1 + circuit.inputs :]


def shown(circuit: Circuit, names: Names, filters: Filters) -> tuple[Mask, Mask]:
    """The gates shown (gates,), and those of the cone they are taken from.

    Raises:
        InputError: nothing has this scope or level, or there is no such output.
    """
    universe = cone(circuit, filters.output)
    kept = universe.copy()
    if filters.scope is not None:
        index, known = names.scope_index
        below = np.array([in_scope(name, filters.scope) for name in known], bool)
        if not below.any():
            raise unknown_scope(filters.scope, known)
        kept &= below[index]
    if filters.levels is not None:
        first, last = filters.levels
        at = levels_of(circuit)[1 + circuit.inputs :]
        if not ((at >= first) & (at <= last)).any():
            raise InputError(
                f"no gate is at levels {first}:{last}; they go from 1 to {int(at.max(initial=0))}."
            )
        kept &= (at >= first) & (at <= last)
    return kept, universe


def in_scope(name: str, scope: str) -> bool:
    """Whether `name` is the scope or stands below it."""
    return name == scope or name.startswith(scope + "/")


def unknown_scope(scope: str, known: tuple[str, ...]) -> InputError:
    """The error for a scope that nothing has, with those there are."""
    listed = ", ".join(name or "(none)" for name in known[:MOST_SCOPES])
    more = f" and {len(known) - MOST_SCOPES} more" if len(known) > MOST_SCOPES else ""
    return InputError(
        f"nothing to show has the scope {scope[:80]!r}; there are {listed or 'no scopes'}{more}."
    )
