"""Drawing a schematic: arrays of wires with numpy's manners, and the operations that make new ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from circuitsim.array_types import Array, Bools
from circuitsim.bases import BasisName
from circuitsim.errors import CircuitSimError
from circuitsim.numbers.scaled import narrow
from circuitsim.schematic.cells import Cell
from circuitsim.schematic.operations import OPERATIONS
from circuitsim.schematic.pencil import Pencil
from circuitsim.schematic.schematic import (
    Gather,
    Instruction,
    Optimize,
    Probe,
    Schematic,
    Shape,
    Thresholds,
    Weights,
)
from circuitsim.schematic.summands import OfNumbers, Summand


class Wires:
    """A handle on an array of wires while drawing; axes follow numpy, complement is free."""

    __slots__ = ("drawing", "index", "shape")

    def __init__(self, drawing: "Drawing", index: int, shape: Shape) -> None:
        self.drawing, self.index, self.shape = drawing, index, shape

    def __invert__(self) -> "Wires":
        return self.drawing.add("not", [self], self.shape)

    def __and__(self, other: "Wires") -> "Wires":
        return self._meet("and", other)

    def __xor__(self, other: "Wires") -> "Wires":
        return self._meet("xor", other)

    def _meet(self, operation: str, other: "Wires") -> "Wires":
        shape = broadcast_shapes(self.shape, other.shape)
        return self.drawing.add(operation, [self, other], shape)

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
            raise CircuitSimError(
                f"squeeze: axis {axis} has length {self.shape[axis]}, expected 1."
            )
        return self.drawing.add(
            "squeeze", [self], (*self.shape[:axis], *self.shape[axis + 1 :]), axis
        )

    def broadcast(self, shape: Sequence[int]) -> "Wires":
        """Repeat axes of length 1 to the given shape, of the same rank."""
        if tuple(shape) == self.shape:
            return self
        if broadcast_shapes(self.shape, tuple(shape)) != tuple(shape):
            raise CircuitSimError(
                f"broadcast: {self.shape} does not fit into {tuple(shape)}."
            )
        return self.drawing.add("broadcast", [self], tuple(shape))

    def take(self, indices: Sequence[int], axis: int) -> "Wires":
        """Any selection along one axis; exact, but may cost one run an index when measured."""
        axis %= len(self.shape)
        shape = (*self.shape[:axis], len(indices), *self.shape[axis + 1 :])
        return self.drawing.add("take", [self], shape, (axis, tuple(int(i) for i in indices)))

    def transpose(self, *order: int) -> "Wires":
        """Axes in another order: axis k of the result is axis order[k]."""
        return self.drawing.add(
            "transpose", [self], tuple(self.shape[axis] for axis in order), order
        )

    def others(self, axis: int) -> "Wires":
        """Y[.., j, r, ..] = X[.., r + (r >= j), ..]: for every element j of an axis all the others, in order."""
        axis %= len(self.shape)
        keys = self.shape[axis]
        shape = (*self.shape[:axis], keys, max(0, keys - 1), *self.shape[axis + 1 :])
        return self.drawing.add("others", [self], shape, axis)


@dataclass
class Drawing:
    """Builds a schematic instruction by instruction; never looks at a depth or a literal."""

    basis: BasisName
    optimize: Optimize = "depth"
    instructions: list[Instruction] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    _scope: list[str] = field(default_factory=list)
    _path: str = ""  # of the scope
    _equal: dict[Any, Any] = field(default_factory=dict)  # shapes and slices, each once

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Instructions added inside carry this scope, below those around it."""
        self._scope.append(name)
        outside, self._path = self._path, "/".join(self._scope)
        try:
            yield
        finally:
            self._scope.pop()
            self._path = outside

    def add(
        self, operation: str, args: Sequence[Wires], shape: Shape, attributes: Any = None
    ) -> Wires:
        """Append one instruction.

        Raises:
            CircuitSimError: the basis has no gates for it.
        """
        if self.basis not in OPERATIONS[operation].bases:
            raise CircuitSimError(f"the basis {self.basis!r} has no gates for {operation!r}.")
        shape = self._equal.setdefault(shape, shape)
        if operation == "slice":
            attributes = self._equal.setdefault(attributes, attributes)
        read = tuple([a.index for a in args])
        self.instructions.append(Instruction(operation, read, shape, self._path, attributes))
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
            raise CircuitSimError(
                f"concat: shapes {[p.shape for p in parts]} differ beside axis {axis}."
            )
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

    def all(self, parts: Sequence[tuple[Wires, int]]) -> Wires:
        """AND over the last axes of every part, as many as said; the axes before them broadcast between the parts."""
        return self._reduce("all", parts)

    def any(self, parts: Sequence[tuple[Wires, int]]) -> Wires:
        """OR over the last axes of every part, as `all`."""
        return self._reduce("any", parts)

    def _reduce(self, operation: str, parts: Sequence[tuple[Wires, int]]) -> Wires:
        shape = broadcast_shapes(*(w.shape[: len(w.shape) - axes] for w, axes in parts))
        return self.add(
            operation, [w for w, _ in parts], shape, tuple(axes for _, axes in parts)
        )

    def ragged(
        self,
        operation: Literal["all", "any"],
        wires: Wires,
        indices: npt.ArrayLike,
        negations: npt.ArrayLike,
        starts: npt.ArrayLike,
    ) -> Wires:
        """Gates of differing fan-in over a row of wires: (w,) -> (gates,).

        Gate g is the AND or OR of wires[indices[k]] ^ negations[k] for k from starts[g] to starts[g + 1].
        """
        read, ends = np.asarray(indices, np.int64), np.asarray(starts, np.int64)
        gather = Gather(read, np.asarray(negations, bool), ends)
        many = wires.shape[0]
        if len(wires.shape) != 1 or read.shape != gather.negations.shape or not len(ends):
            raise CircuitSimError(
                "ragged gates read one axis of wires, with a negation for every index."
            )
        if len(read) and not 0 <= read.min() <= read.max() < many:
            raise CircuitSimError(f"ragged gates read wires outside of the {many} there are.")
        return self.add(f"{operation}_of", [wires], (len(ends) - 1,), gather)

    def at_least(
        self,
        parts: Sequence[tuple[Wires, npt.ArrayLike | Pencil]],
        thresholds: Sequence[int],
        rows: Sequence[Sequence[int] | None] = (),
    ) -> Wires:
        """Threshold gates [sum of weights * wires >= t] on a new last axis, one for every t of `thresholds`.

        Args:
            parts: wires and weights. The first axis of the weights is that of the thresholds (length 1 where they
                have the same), the others are the last axes of the wires, which are added up (length 1 repeats);
                the axes of the wires before them broadcast between the parts.
            rows: of each part, which row of its weights each threshold has; else its own, or the only one.
        """
        read, leads = [], []
        for (wires, weights), which in zip_longest(parts, rows):
            array = weights if isinstance(weights, Pencil) else narrow(np.asarray(weights))
            own = None if which is None else tuple(map(int, which))
            first = len(thresholds) if own is None else len(array)
            read.append(Weights(array, own))
            leads.append(_lead("at_least", wires, array.shape, (first,)))
        attributes = Thresholds(tuple(read), tuple(map(int, thresholds)))
        shape = (*broadcast_shapes(*leads), len(thresholds))
        return self.add("at_least", [w for w, _ in parts], shape, attributes)

    def sum(
        self, parts: Sequence[tuple[Wires, npt.ArrayLike]], constant: int, width: int
    ) -> Wires:
        """Bits (least first, on a new last axis) of constant + sum of weights * wires, modulo 2^width.

        Args:
            parts: wires and their weights, whose axes are the last axes of the wires (length 1 repeats);
                the axes before them broadcast between the parts.
        """
        if not parts:
            return self.constant([constant >> bit & 1 for bit in range(width)])
        summands = tuple(Summand.of(weights) for _, weights in parts)
        read = zip(parts, summands, strict=True)
        lead = broadcast_shapes(*(_lead("sum", w, own.shape, ()) for (w, _), own in read))
        attributes = (summands, constant % (1 << width), width)
        return self.add("sum", [w for w, _ in parts], (*lead, width), attributes)

    def probe(
        self,
        name: str,
        parts: Sequence[tuple[Wires, Array | OfNumbers]],
        offset: Array,
    ) -> None:
        """Name a vector of numbers for checks; costs nothing."""
        self.probes.append(
            Probe(name, tuple(w.index for w, _ in parts), tuple(m for _, m in parts), offset)
        )

    def finish(
        self, outputs: Sequence[Wires], interface: dict[str, Any] | None = None
    ) -> Schematic:
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


def _lead(operation: str, wires: Wires, weights: Shape, first: Shape) -> Shape:
    """The axes that are not added up, where the weights have axes `first` and then those that are."""
    lead = len(wires.shape) - len(weights) + len(first)
    expected = (*first, *wires.shape[lead:])
    if any(w not in (1, r) for w, r in zip(weights, expected, strict=True)):
        raise CircuitSimError(
            f"{operation}: weights {weights} do not fit the axes {expected}."
        )
    return wires.shape[:lead]


def _frozen(table: npt.ArrayLike) -> Bools:
    bits = np.array(table, dtype=bool)
    bits.setflags(write=False)
    return bits
