"""The schematic: a short program over arrays of wires, which every interpreter reads.

It is to gates what a jaxpr is to floating-point operations: single assignment, one instruction an array,
every instruction with a scope. The instruction set is the table in `operations`; builders use `drawing.Drawing`.
"""

from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.array_types import Array, Bools, Longs
from circuitsim.bases import BasisName
from circuitsim.netlist import showing
from circuitsim.numbers.scaled import largest
from circuitsim.schematic.cells import Cell
from circuitsim.schematic.pencil import Pencil
from circuitsim.schematic.summands import OfNumbers, Summand

if TYPE_CHECKING:
    from circuitsim.netlist.circuit import Circuit
    from circuitsim.schematic.cost import Cost

Optimize: TypeAlias = Literal["depth", "balanced", "size"]
Shape: TypeAlias = tuple[int, ...]
FITS = 1 << 62  # integers below fit into 64 bits, with their sums of two
OPTIMIZE: tuple[Optimize, ...] = ("depth", "balanced", "size")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One array of wires: `operation` (a name in `operations.OPERATIONS`) of earlier values `args`."""

    operation: str
    args: tuple[int, ...]
    shape: Shape
    scope: str
    attributes: Any = None


@dataclass(frozen=True, eq=False)
class Weights:
    """How `at_least` reads one operand: its last axes are added up, weighted.

    Args:
        table: one axis for the thresholds, or for rows that they share, of length 1 where all have the same; then one
            for every axis added up, of length 1 where the weight is the same along it. In 64 bits where they fit.
            A pencil is a table, too.
        rows: which row of the table each threshold has; None where it has its own, or all have the same.
    """

    table: Array | Pencil
    rows: tuple[int, ...] | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Weights):
            return NotImplemented
        if isinstance(self.table, Pencil):
            return self.table.same(other.table)
        return self.rows == other.rows and np.array_equal(self.table, other.table)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Thresholds:
    """How `at_least` reads its operands: [sum of weights * wires >= threshold], one gate for every threshold."""

    weights: tuple[Weights, ...]
    thresholds: tuple[int, ...]

    @property
    def tables(self) -> list[Array | Pencil]:
        """The weights of each operand."""
        return [own.table for own in self.weights]

    @property
    def alike(self) -> bool:
        """Whether the weights are the same for all thresholds."""
        return all(len(table) == 1 for table in self.tables)

    def rows(self, operand: int) -> Longs:
        """Which row of an operand's table each threshold has."""
        own, many = self.weights[operand], len(self.thresholds)
        if own.rows is not None:
            return np.array(own.rows, np.int64)
        return np.arange(many) if len(own.table) > 1 else np.zeros(many, np.int64)

    @cached_property
    def heaviest(self) -> tuple[int, ...]:
        """The largest absolute weight of each operand."""
        return tuple(
            table.heaviest if isinstance(table, Pencil) else largest(table)
            for table in self.tables
        )


@dataclass(frozen=True, eq=False)
class Gather:
    """How `all_of` and `any_of` read a row of wires: gate g takes `indices[starts[g]:starts[g + 1]]`."""

    indices: Longs  # (wires,)
    negations: Bools  # (wires,)
    starts: Longs  # (gates + 1,)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Gather):
            return NotImplemented
        mine, theirs = ((g.indices, g.negations, g.starts) for g in (self, other))
        return all(map(np.array_equal, mine, theirs))

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Probe:
    """A number to look at, unpriced: offset + sum of weights * wires along the last axis of each value."""

    name: str
    values: tuple[int, ...]
    weights: tuple[Array | OfNumbers, ...]  # (components, bits) of each value
    offset: Array  # (components,)


@dataclass(frozen=True, eq=False)
class Schematic:
    """A circuit C_n as array instructions. `str()` prints it; the interpreters are functions beside it."""

    basis: BasisName
    optimize: Optimize
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    probes: tuple[Probe, ...] = ()
    interface: dict[str, Any] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schematic):
            return NotImplemented
        mine, theirs = ((s.basis, s.optimize, s.outputs, len(s)) for s in (self, other))
        return mine == theirs and all(map(_same_line, self.instructions, other.instructions))

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        lines = [f"schematic basis={self.basis} optimize={self.optimize}"]
        for index, line in enumerate(self.instructions):
            args = " ".join(f"%{a}" for a in line.args)
            how = _show(line.attributes)
            lines.append(
                f"  %{index}{list(line.shape)} = {line.operation} {args} {how}".rstrip()
                + f"  # {line.scope}"
            )
        return "\n".join([*lines, "  outputs " + " ".join(f"%{o}" for o in self.outputs)])

    def __repr__(self) -> str:
        what = (
            f" {self.interface['model']!r:.60}, n={self.interface['n']}"
            if "n" in self.interface
            else ""
        )
        return (
            f"<Schematic{what}: {self.basis}, {self.inputs} inputs, {len(self)} instructions; print() shows them,"
            " .measure() counts gates>"
        )

    def __len__(self) -> int:
        return len(self.instructions)

    def _repr_html_(self) -> str | None:
        return showing.html(self)

    def flatten(self, max_gates: int | None = None) -> "Circuit":
        """The flat circuit; see `schematic.flatten`."""
        from circuitsim.schematic.flatten import (
            flatten,
        )  # an interpreter reads schematics, not the other way round

        return flatten(self, max_gates)

    def evaluate(self, patterns: npt.ArrayLike) -> Bools:
        """Outputs (patterns, outputs) of input bits (patterns, inputs), without building a gate."""
        from circuitsim.schematic.evaluate import evaluate

        return evaluate(self, patterns)

    def measure(self) -> "Cost":
        """Size and depth of `flatten()`, without building it; see `schematic.measure`."""
        from circuitsim.schematic.measure import measure

        return measure(self)

    def sources(self, operation: str) -> list[tuple[int, Instruction]]:
        """Instructions of one kind with their indices, in order."""
        return [
            (i, line)
            for i, line in enumerate(self.instructions)
            if line.operation == operation
        ]

    @property
    def inputs(self) -> int:
        """Free input wires (those of the letters)."""
        return sum(int(np.prod(line.shape)) for _, line in self.sources("input"))

    def roots(self) -> set[int]:
        """Values that are read from outside: outputs, and those of probes."""
        return {*self.outputs, *(v for probe in self.probes for v in probe.values)}

    def last_uses(self) -> list[int]:
        """For every value the last instruction that reads it; its own index if none does."""
        last = list(range(len(self)))
        for index, line in enumerate(self.instructions):
            for arg in line.args:
                last[arg] = index
        return last

    @property
    def wired(self) -> int:
        """Opaque constants, which are inputs of the flat circuit after the free ones."""
        return sum(int(np.prod(line.shape)) for _, line in self.sources("wired"))

    def wired_bits(self) -> Bools:
        """The constants behind the opaque wires, in order: the inputs of the flat circuit after the free ones."""
        tables = [
            np.asarray(line.attributes(), bool).ravel() for _, line in self.sources("wired")
        ]
        return np.concatenate([np.zeros(0, bool), *tables])


def _same_line(a: Instruction, b: Instruction) -> bool:
    if (a.operation, a.args, a.shape, a.scope) != (b.operation, b.args, b.shape, b.scope):
        return False
    if a.operation in ("wired", "constant"):
        tables = [
            line.attributes() if line.operation == "wired" else line.attributes
            for line in (a, b)
        ]
        return np.array_equal(tables[0], tables[1])
    return bool(a.attributes == b.attributes)


def _show(attributes: Any) -> str:
    """Attributes in a few words: what two different instructions of one kind differ in."""
    if attributes is None or callable(attributes) or isinstance(attributes, np.ndarray):
        return ""
    if isinstance(attributes, Cell):
        return f"<{attributes.name}>"
    if (
        isinstance(attributes, tuple)
        and len(attributes) == 3
        and isinstance(attributes[0], tuple)
    ):
        summands, constant, width = attributes
        return f"<weights {_weights(summands)}; constant {constant}; {width} bits>"
    if isinstance(attributes, Thresholds):
        few = (
            attributes.thresholds
            if len(attributes.thresholds) < 9
            else f"{len(attributes.thresholds)} thresholds"
        )
        some = [t[: 99 // max(1, prod(t.shape[1:])) + 1].ravel() for t in attributes.tables]
        shown = "; ".join(" ".join(map(str, weights[:99])) for weights in some)
        return f"<weights {shown}; {few}>"
    if isinstance(attributes, Gather):
        return f"<{len(attributes.indices)} wires>"
    return f"<{attributes}>"


def _weights(summands: tuple[Summand, ...]) -> str:
    return "; ".join(" ".join(map(str, s.weights.ravel()[:99])) for s in summands)
