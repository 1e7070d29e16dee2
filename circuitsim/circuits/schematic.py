"""The schematic: a short program over arrays of wires, which every interpreter reads.

It is to gates what a jaxpr is to floating-point operations: single assignment, one instruction an array,
every instruction with a scope. The instruction set is the table in `operations`; builders use `Drawing`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.circuits.cells import Cell
from circuitsim.errors import CircuitSimError

if TYPE_CHECKING:
    from circuitsim.circuits.circuit import Circuit
    from circuitsim.circuits.measure import Cost

Basis: TypeAlias = Literal["xag", "aig"]
Optimize: TypeAlias = Literal["depth", "size"]
Shape: TypeAlias = tuple[int, ...]
BASES: tuple[Basis, ...] = ("xag", "aig")
OPTIMIZE: tuple[Optimize, ...] = ("depth", "size")


@dataclass(frozen=True)
class Instruction:
    """One array of wires: `operation` (a name in `operations.OPERATIONS`) of earlier values `args`."""

    operation: str
    args: tuple[int, ...]
    shape: Shape
    scope: str
    attributes: Any = None


@dataclass(frozen=True)
class Summand:
    """How `sum` reads one operand: its last axes are added up, weighted.

    Args:
        weights: one axis for every axis added up; of length 1 where the weight is the same along it.
    """

    weights: tuple[int, ...]
    shape: Shape


@dataclass(frozen=True)
class Probe:
    """A number to look at, unpriced: offset + sum of weights * wires along the last axis of each value."""

    name: str
    values: tuple[int, ...]
    weights: tuple[npt.NDArray[Any], ...]  # (components, bits) of each value, Python integers
    offset: npt.NDArray[Any]  # (components,)


@dataclass(frozen=True, eq=False)
class Schematic:
    """A circuit C_n as array instructions. `str()` prints it; the interpreters are functions beside it."""

    basis: Basis
    optimize: Optimize
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    probes: tuple[Probe, ...] = ()
    interface: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f"schematic basis={self.basis} optimize={self.optimize}"]
        for index, line in enumerate(self.instructions):
            args = " ".join(f"%{a}" for a in line.args)
            lines.append(f"  %{index}{list(line.shape)} = {line.operation} {args}".rstrip() + f"  # {line.scope}")
        return "\n".join([*lines, "  outputs " + " ".join(f"%{o}" for o in self.outputs)])

    def __len__(self) -> int:
        return len(self.instructions)

    def flatten(self, max_gates: int | None = None) -> "Circuit":
        """The flat circuit; see `circuits.flatten`."""
        from circuitsim.circuits.flatten import flatten  # an interpreter reads schematics, not the other way round

        return flatten(self, max_gates)

    def evaluate(self, patterns: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Outputs (patterns, outputs) of input bits (patterns, inputs), without building a gate."""
        from circuitsim.circuits.evaluate import evaluate

        return evaluate(self, patterns)

    def measure(self) -> "Cost":
        """Size and depth of `flatten()`, without building it; see `circuits.measure`."""
        from circuitsim.circuits.measure import measure

        return measure(self)

    def sources(self, operation: str) -> list[tuple[int, Instruction]]:
        """Instructions of one kind with their indices, in order."""
        return [(i, line) for i, line in enumerate(self.instructions) if line.operation == operation]

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

    def wired_bits(self) -> npt.NDArray[np.bool_]:
        """The constants behind the opaque wires, in order: the inputs of the flat circuit after the free ones."""
        tables = [np.asarray(line.attributes(), bool).ravel() for _, line in self.sources("wired")]
        return np.concatenate([np.zeros(0, bool), *tables])


class Wires:
    """A handle on an array of wires while drawing; axes follow numpy, complement is free."""

    __slots__ = ("drawing", "index", "shape")

    def __init__(self, drawing: "Drawing", index: int, shape: Shape) -> None:
        self.drawing, self.index, self.shape = drawing, index, shape

    def __invert__(self) -> "Wires":
        return self.drawing.add("not", [self], self.shape)

    def __and__(self, other: "Wires") -> "Wires":
        return self.drawing.add("and", [self, other], broadcast_shapes(self.shape, other.shape))

    def __xor__(self, other: "Wires") -> "Wires":
        return self.drawing.add("xor", [self, other], broadcast_shapes(self.shape, other.shape))

    def __or__(self, other: "Wires") -> "Wires":
        return ~(~self & ~other)

    def slice(self, axis: int, start: int, stop: int, step: int = 1) -> "Wires":
        """Elements start, start + step, ... below stop along one axis."""
        axis %= len(self.shape)
        start, stop = max(0, start), min(stop, self.shape[axis])
        if step == 1 and start == 0 and stop == self.shape[axis]:
            return self
        length = max(0, -(-(stop - start) // step))
        shape = (*self.shape[:axis], length, *self.shape[axis + 1 :])
        return self.drawing.add("slice", [self], shape, (axis, start, stop, step))

    def expand(self, *axes: int) -> "Wires":
        """Insert axes of length 1, at the places they have in the result."""
        result = self
        for axis in sorted(axes):
            shape = (*result.shape[:axis], 1, *result.shape[axis:])
            result = self.drawing.add("expand", [result], shape, axis)
        return result

    def squeeze(self, axis: int) -> "Wires":
        """Drop an axis of length 1."""
        axis %= len(self.shape)
        if self.shape[axis] != 1:
            raise CircuitSimError(f"squeeze: axis {axis} has length {self.shape[axis]}, expected 1.")
        return self.drawing.add("squeeze", [self], (*self.shape[:axis], *self.shape[axis + 1 :]), axis)

    def broadcast(self, shape: Sequence[int]) -> "Wires":
        """Repeat axes of length 1 to the given shape, of the same rank."""
        if tuple(shape) == self.shape:
            return self
        if broadcast_shapes(self.shape, tuple(shape)) != tuple(shape):
            raise CircuitSimError(f"broadcast: {self.shape} does not fit into {tuple(shape)}.")
        return self.drawing.add("broadcast", [self], tuple(shape))

    def take(self, indices: Sequence[int], axis: int) -> "Wires":
        """Any selection along one axis; exact, but may cost one run an index when measured."""
        axis %= len(self.shape)
        shape = (*self.shape[:axis], len(indices), *self.shape[axis + 1 :])
        return self.drawing.add("take", [self], shape, (axis, tuple(int(i) for i in indices)))


@dataclass
class Drawing:
    """Builds a schematic instruction by instruction; never looks at a depth or a literal."""

    basis: Basis
    optimize: Optimize = "depth"
    instructions: list[Instruction] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    _scope: list[str] = field(default_factory=list)

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Instructions added inside carry this scope, below those around it."""
        self._scope.append(name)
        try:
            yield
        finally:
            self._scope.pop()

    def add(self, operation: str, args: Sequence[Wires], shape: Shape, attributes: Any = None) -> Wires:
        """Append one instruction."""
        line = Instruction(operation, tuple(a.index for a in args), shape, "/".join(self._scope), attributes)
        self.instructions.append(line)
        return Wires(self, len(self.instructions) - 1, shape)

    def input(self, shape: Sequence[int]) -> Wires:
        """Free wires."""
        return self.add("input", [], tuple(shape))

    def wired(self, shape: Sequence[int], table: Callable[[], npt.ArrayLike]) -> Wires:
        """Constants that the gates may not know: position bits of a uniform family.

        `table` makes them when something runs the circuit; measuring never asks.
        """
        return self.add("wired", [], tuple(shape), table)

    def constant(self, table: npt.ArrayLike) -> Wires:
        """Constants that simplify gates."""
        bits = _frozen(table)
        return self.add("constant", [], bits.shape, bits)

    def fill(self, shape: Sequence[int], bit: bool) -> Wires:
        """The same constant everywhere."""
        return self.add("fill", [], tuple(shape), bool(bit))

    def concat(self, parts: Sequence[Wires], axis: int) -> Wires:
        """Join along an axis; the other axes must agree."""
        if len(parts) == 1:
            return parts[0]
        axis %= len(parts[0].shape)
        rest = {p.shape[:axis] + p.shape[axis + 1 :] for p in parts}
        if len(rest) != 1:
            raise CircuitSimError(f"concat: shapes {[p.shape for p in parts]} differ beside axis {axis}.")
        shape = list(parts[0].shape)
        shape[axis] = sum(p.shape[axis] for p in parts)
        return self.add("concat", parts, tuple(shape), axis)

    def call(self, cell: Cell, *args: Wires) -> Wires:
        """Map a cell over all axes but the last, which holds the cell's inputs of that argument."""
        if tuple(a.shape[-1] for a in args) != cell.arguments:
            raise CircuitSimError(
                f"cell {cell.name}: got {[a.shape for a in args]}, expected last axes {cell.arguments}."
            )
        lead = broadcast_shapes(*(a.shape[:-1] for a in args))
        return self.add("call", args, (*lead, len(cell.program.outputs)), cell)

    def all(self, wires: Wires, axes: int) -> Wires:
        """AND over the last `axes` axes."""
        return self.add("all", [wires], wires.shape[: len(wires.shape) - axes], axes)

    def any(self, wires: Wires, axes: int) -> Wires:
        """OR over the last `axes` axes."""
        return ~self.all(~wires, axes)

    def sum(self, parts: Sequence[tuple[Wires, npt.ArrayLike]], constant: int, width: int) -> Wires:
        """Bits (least first, on a new last axis) of constant + sum of weights * wires, modulo 2^width.

        Args:
            parts: wires and their weights, whose axes are the last axes of the wires (length 1 repeats);
                the axes before them broadcast between the parts.
        """
        if not parts:
            return self.constant([constant >> bit & 1 for bit in range(width)])
        summands = []
        for wires, weights in parts:
            array = np.asarray(weights, dtype=object)
            flat = tuple(int(w) for w in array.ravel())
            reduced = wires.shape[len(wires.shape) - array.ndim :]
            if any(w not in (1, r) for w, r in zip(array.shape, reduced, strict=True)):
                raise CircuitSimError(f"sum: weights {array.shape} do not fit the axes {reduced} to add up.")
            summands.append(Summand(flat, array.shape))
        leads = [w.shape[: len(w.shape) - len(s.shape)] for (w, _), s in zip(parts, summands, strict=True)]
        attributes = (tuple(summands), constant % (1 << width), width)
        return self.add("sum", [w for w, _ in parts], (*broadcast_shapes(*leads), width), attributes)

    def probe(self, name: str, parts: Sequence[tuple[Wires, npt.NDArray[Any]]], offset: npt.NDArray[Any]) -> None:
        """Name a vector of numbers for checks; costs nothing."""
        self.probes.append(Probe(name, tuple(w.index for w, _ in parts), tuple(m for _, m in parts), offset))

    def finish(self, outputs: Sequence[Wires], interface: dict[str, Any] | None = None) -> Schematic:
        """The finished schematic."""
        return Schematic(
            self.basis,
            self.optimize,
            tuple(self.instructions),
            tuple(o.index for o in outputs),
            tuple(self.probes),
            interface or {},
        )


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The common shape of arrays of one rank; an axis of length 1 repeats (also to length 0)."""
    if len({len(s) for s in shapes}) > 1:
        raise CircuitSimError(f"shapes {list(shapes)} have different ranks.")
    result = []
    for lengths in zip(*shapes, strict=True):
        others = {x for x in lengths if x != 1}
        if len(others) > 1:
            raise CircuitSimError(f"shapes {list(shapes)} do not broadcast.")
        result.append(others.pop() if others else 1)
    return tuple(result)


def _frozen(table: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    bits = np.array(table, dtype=bool)
    bits.setflags(write=False)
    return bits
