"""Names of a circuit's wires: letters by position, outputs by class, gates by the instruction they came from.

A name is text for people; it may hold anything that a vocabulary holds, so whoever writes it into a file escapes it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from circuitsim.array_types import Ints, Longs
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import scope_of_runs
from circuitsim.netlist.graph import wires_of
from circuitsim.render import axes
from circuitsim.schematic.flatten import flatten_with_values
from circuitsim.schematic.operations import OPERATIONS
from circuitsim.schematic.schematic import Schematic
from circuitsim.tokens import format_of

LONGEST = 70  # characters of an input's name


@dataclass(frozen=True, eq=False)
class Provenance:
    """Which gates are elements of an instruction's value.

    Args:
        instruction: (gates,) index of the first instruction whose value holds the gate, -1 where none does.
        element: (gates,) its index in that value, flat.
        feeds: (gates,) the first gate that reads it, -1 where none does: inside of a cell it leads to one with a name.
    """

    schematic: Schematic
    instruction: Ints
    element: Longs
    feeds: Longs

    def of(self, gate: int) -> tuple[int, int, bool] | None:
        """Instruction, element, and whether the gate is that wire itself or one on the way to it."""
        itself = True
        while gate >= 0:
            if self.instruction[gate] >= 0:
                return int(self.instruction[gate]), int(self.element[gate]), itself
            gate, itself = int(self.feeds[gate]), False
        return None

    @cached_property
    def origins(self) -> list[axes.Origins]:
        """Where the axes of every value begin in the sequence."""
        return axes.origins(self.schematic)

    @cached_property
    def words(self) -> list[tuple[str, ...]]:
        """What the axes of every value mean."""
        return [axes.words(self.schematic, line) for line in self.schematic.instructions]

    def place(self, index: int, element: int) -> str:
        """Such as "query 2, key 3, bit 1"."""
        shape = self.schematic.instructions[index].shape
        return axes.element(shape, self.words[index], self.origins[index], element)

    def text(self, gate: int) -> str | None:
        """Such as "layer0/head0/scores sum[query 2, key 3, bit 1]"; None where the gate leads to no named one."""
        found = self.of(gate)
        if found is None:
            return None
        index, element, itself = found
        line, place = self.schematic.instructions[index], self.place(index, element)
        name = f"{line.scope} {operation_name(line.operation, line.attributes)}" + (
            f"[{place}]" if place else ""
        )
        return name.strip() if itself else f"inside {name.strip()}"


def operation_name(operation: str, attributes: Any) -> str:
    """What an instruction does, in one or two words: of a call the cell's."""
    return str(attributes.name) if operation == "call" else operation.replace("_", " ")


def compile_named(
    schematic: Schematic, max_gates: int | None = None
) -> tuple[Circuit, "Names"]:
    """The flat circuit and the names of all its wires.

    Raises:
        LimitError: the circuit has more than `max_gates` gates.
    """
    seen: list[tuple[int, Ints, Longs]] = []
    gates = {
        i
        for i, line in enumerate(schematic.instructions)
        if OPERATIONS[line.operation].role == "gate"
    }
    first = 2 * (1 + schematic.inputs + schematic.wired)

    def watch(index: int, literals: Ints) -> None:
        flat = literals.ravel()
        if index in gates and schematic.instructions[index].operation != "not":
            made = np.flatnonzero(flat >= first)
            seen.append((index, flat[made] >> 1, made))

    circuit = flatten_with_values(schematic, max_gates, watch)[0]
    instruction, element = (
        np.full(circuit.gates, -1, np.int32),
        np.zeros(circuit.gates, np.int64),
    )
    for index, nodes, places in reversed(
        seen
    ):  # the first instruction that has a gate is written last
        instruction[nodes - 1 - circuit.inputs] = index
        element[nodes - 1 - circuit.inputs] = places
    return circuit, Names(
        circuit, Provenance(schematic, instruction, element, first_readers(circuit))
    )


def first_readers(circuit: Circuit) -> Longs:
    """(gates,) the first gate that reads each gate, -1 where none does."""
    literals, starts = wires_of(circuit)
    readers = np.repeat(np.arange(circuit.gates), np.diff(starts))
    first = np.full(circuit.nodes, circuit.gates, np.int64)
    np.minimum.at(first, literals >> 1, readers)
    found = first[1 + circuit.inputs :]
    return np.where(found < circuit.gates, found, -1)


@dataclass(frozen=True, eq=False)
class Names:
    """Names of the wires of one circuit, made when asked for; without provenance (a circuit from a file) by scope."""

    circuit: Circuit
    provenance: Provenance | None = None

    @cached_property
    def tokens(self) -> list[str] | None:
        """Names of the inputs that are wires of tokens; None if not known.

        A file may claim anything, so what does not fit the inputs is not believed.
        """
        said = self.circuit.interface
        form, n, wired = format_of(said), said.get("n"), said.get("wired", [])
        if (
            form is None
            or type(n) is not int
            or not 0 < n <= self.circuit.inputs
            or not isinstance(wired, list)
        ):
            return None
        if form.inputs(n) + len(wired) != self.circuit.inputs:
            return None
        return [name[:LONGEST] for name in form.names(n)]

    @cached_property
    def wired(self) -> int:
        """Opaque constants, which are the last inputs."""
        return len(self.circuit.interface.get("wired", [])) if self.tokens is not None else 0

    def input(self, index: int) -> str:
        """Such as "x2", of letters in one-hot code "x2=b", of opaque constants "p0"; "in2" of unknown circuits."""
        if self.tokens is None:
            return f"in{index}"
        if index >= len(self.tokens):
            return f"p{index - len(self.tokens)}"
        return self.tokens[index]

    def output(self, index: int) -> str:
        """Such as "out", "out[3]" where every position is read out, "class 1" of several, "bit 1" of a number."""
        said, outputs = self.circuit.interface, len(self.circuit.outputs)
        classes = said.get("classes")
        if type(classes) is not int or classes < 1 or outputs % classes:
            classes = 1
        position, chosen = divmod(index, classes)
        several = outputs > classes or said.get("readout") == "each"
        name = f"out[{position}]" if several else "out"
        if classes == 1:
            return name
        part = f"bit {chosen}" if said.get("decision") == "number" else f"class {chosen}"
        return f"{name} {part}" if several else part

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of all inputs."""
        return tuple(map(self.input, range(self.circuit.inputs)))

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """Names of all outputs."""
        return tuple(map(self.output, range(len(self.circuit.outputs))))

    @cached_property
    def scope_index(self) -> tuple[Longs, tuple[str, ...]]:
        """For every gate (gates,) the index of its scope, and the names of the scopes."""
        starts, index, names = scope_of_runs(self.circuit)
        return np.repeat(index, np.diff(np.append(starts, self.circuit.gates))).astype(
            np.int64
        ), names

    def scope(self, gate: int) -> str:
        """The scope of a gate, "" where it has none."""
        index, names = self.scope_index
        return names[int(index[gate])]

    def gate(self, gate: int) -> str:
        """Where a gate comes from: "layer0/head0/scores sum[query 2, key 3, bit 1]", or its scope and number."""
        found = None if self.provenance is None else self.provenance.text(gate)
        return found if found is not None else f"{self.scope(gate)} gate {gate}".strip()

    def place(self, gate: int) -> str:
        """Which element of its instruction's value a gate is, such as "query 2, key 3"; "" inside of a cell."""
        found = None if self.provenance is None else self.provenance.of(gate)
        return (
            self.provenance.place(*found[:2])
            if self.provenance and found and found[2]
            else ""
        )

    def node(self, node: int) -> str:
        """The name of a constant, an input or a gate by its node."""
        if node == 0:
            return "constant"
        return (
            self.input(node - 1)
            if node <= self.circuit.inputs
            else self.gate(node - 1 - self.circuit.inputs)
        )
