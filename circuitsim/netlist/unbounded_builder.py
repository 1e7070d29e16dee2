"""Write flat circuits of gates with any number of wires in bulk: nothing is folded, as in `builder.py`."""

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from circuitsim.array_types import Array, Ints, Longs
from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.netlist.building import Building, room
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, KINDS, THRESHOLD
from circuitsim.netlist.unbounded import fill_levels, first_heavy_gate


def _whole(values: Any, what: str) -> Longs:
    """The values as int64, exactly."""
    whole = np.asarray(values)
    if whole.dtype.kind in "iu" and whole.dtype != np.uint64:
        return whole.astype(np.int64, copy=False)
    listed = [index(v) for v in np.asarray(values, object).reshape(-1)]
    if any(abs(v) >> 63 for v in listed):
        raise LimitError(
            f"{max(listed, key=abs)} is a {what} beyond 64 bits; lower the bits."
        )
    return np.array(listed, np.int64).reshape(whole.shape)


def _weights(weights: Any, starts: Longs) -> Longs:
    """Checked weights (wires,) of gates whose wires start at these."""
    found = _whole(weights, "weight")
    if found.shape != (starts[-1],):
        raise CircuitSimError(
            f"gates of {starts[-1]} wires take as many weights, got an array of shape {found.shape}."
        )
    if not found.all():
        raise CircuitSimError("a wire of a threshold gate has weight 0; leave the wire out.")
    heavy = first_heavy_gate(starts, found)
    if heavy >= 0:
        total = sum(abs(int(w)) for w in found[starts[heavy] : starts[heavy + 1]])
        raise LimitError(
            f"{total} is the sum of a gate's |weights|; it must be below 2^62. Lower the bits."
        )
    return found


def _thresholds(thresholds: Any, op: int, weights: Any, rows: int) -> Longs:
    """Checked thresholds, one or (rows,), of gates of one kind."""
    reached = _whole(thresholds, "threshold")
    if reached.shape not in ((), (rows,)):
        raise CircuitSimError(
            f"{rows} gates take one threshold or {rows}, got an array of shape {reached.shape}."
        )
    if op != THRESHOLD and (weights is not None or reached.any()):
        raise CircuitSimError(f"{KINDS[op]} gates have no weights and no threshold.")
    return reached


class UnboundedBuilder(Building):
    """A circuit of unbounded fan-in under construction; arrays that are too short grow by half.

    Args:
        basis: of gates of any number of wires; threshold gates are refused where it is not weighted.
        inputs: number of input wires; their literals are `input_literals()`.
        capacity, wires: gates, and wires that they read, to allocate; exact if known.

    Raises:
        LimitError: there would be more than 2^30 nodes, or weights beyond what 64 bits can sum.
    """

    unbounded = True

    def __init__(self, basis: str, inputs: int, capacity: int = 0, wires: int = 0) -> None:
        super().__init__(basis, inputs, capacity)
        weighted = self.has.weighted
        self.wires = 0
        self._starts = np.empty(capacity + 1, np.int64)
        self._starts[0] = 0
        self._fan_in = np.empty(wires, np.int32)
        self._weights = np.empty(wires if weighted else 0, np.int64)
        self._thresholds = np.empty(capacity if weighted else 0, np.int64)

    def _reserve(self, gates: int, wires: int) -> None:
        """Make room for more gates and wires."""
        weighted = self.has.weighted
        size = self._capacity(gates)
        if size > len(self._ops):
            self._starts = room(self._starts, self.gates + 1, size + 1)
            if weighted:
                self._thresholds = room(self._thresholds, self.gates, size)
            self._grow(size)
        need, have = self.wires + wires, len(self._fan_in)
        if need > have:
            longer = max(need, have + have // 2)
            self._fan_in = room(self._fan_in, self.wires, longer)
            if weighted:
                self._weights = room(self._weights, self.wires, longer)

    def gate(
        self,
        op: int,
        wires: Array,
        weights: Array | Sequence[int] | None = None,
        thresholds: Array | Sequence[int] | int = 0,
    ) -> Ints:
        """One gate a row of wires.

        Args:
            op: AND, OR or THRESHOLD (`netlist.program`).
            wires: (rows, fan_in) literals; fan_in is at least 1.
            weights: (fan_in,) integers of a threshold gate, the same in every row, none of them 0; None is all 1.
            thresholds: one, or (rows,): a threshold gate is true where its weighted sum reaches it.

        Returns:
            (rows,) literals.

        Raises:
            CircuitSimError: the shapes do not fit, or the basis lacks the gate.
            LimitError: a number is beyond 64 bits, or the |weights| sum to 2^62 or more.
        """
        self._check_kind(op)
        wires = np.asarray(wires, np.int32)
        if wires.ndim != 2 or not wires.shape[1]:
            raise CircuitSimError(
                f"wires have shape (rows, fan_in), fan_in at least 1, got {wires.shape}."
            )
        rows, fan_in = wires.shape
        if weights is not None:
            weights = np.tile(_weights(weights, np.array([0, fan_in])), rows)
        starts = np.arange(rows + 1, dtype=np.int64) * fan_in
        return self.ragged(op, wires.reshape(-1), starts, weights, thresholds)

    def ragged(
        self,
        op: int,
        fan_in: Array,
        starts: Array,
        weights: Array | Sequence[int] | None = None,
        thresholds: Array | Sequence[int] | int = 0,
    ) -> Ints:
        """Gates of differing fan-in.

        Args:
            op: AND, OR or THRESHOLD (`netlist.program`).
            fan_in: (wires,) literals; row r reads `fan_in[starts[r]:starts[r + 1]]`, at least one of them.
            starts: (rows + 1,) ascending integers from 0 to the number of wires.
            weights: (wires,) integers of threshold gates, none of them 0; None is all 1.
            thresholds: one, or (rows,), as in `gate`.

        Returns:
            (rows,) literals.

        Raises:
            CircuitSimError, LimitError: as in `gate`.
        """
        self._check_kind(op)
        fan_in, starts = (
            np.ascontiguousarray(fan_in, np.int32),
            np.ascontiguousarray(starts, np.int64),
        )
        shaped = fan_in.ndim == starts.ndim == 1 and len(starts)
        if (
            not shaped
            or starts[0]
            or starts[-1] != len(fan_in)
            or (starts[1:] <= starts[:-1]).any()
        ):
            raise CircuitSimError(f"starts must ascend from 0 to the {fan_in.size} wires.")
        rows, wires = len(starts) - 1, len(fan_in)
        reached = _thresholds(thresholds, op, weights, rows)
        scale = 1 if weights is None else _weights(weights, starts)
        self._reserve(rows, wires)
        self._ops[self.gates : self.gates + rows] = op
        self._fan_in[self.wires : self.wires + wires] = fan_in
        self._starts[self.gates + 1 : self.gates + 1 + rows] = starts[1:] + self.wires
        if self.has.weighted:
            self._thresholds[self.gates : self.gates + rows] = reached
            self._weights[self.wires : self.wires + wires] = scale
        first = 1 + self.inputs + self.gates
        fill_levels(fan_in, starts, self.level[: first + rows], first, 0)
        self.gates += rows
        self.wires += wires
        return np.arange(2 * first, 2 * (first + rows), 2, dtype=np.int32)

    def and_(self, a: Array, b: Array) -> Ints:
        """One AND gate for every pair of literals (shapes broadcast); nothing is folded."""
        a, b = np.broadcast_arrays(np.asarray(a, np.int32), np.asarray(b, np.int32))
        return self.gate(AND, np.stack([a.reshape(-1), b.reshape(-1)], axis=1)).reshape(
            a.shape
        )

    def _check_kind(self, op: int) -> None:
        kinds = self.has.kinds
        if not 0 <= op < len(KINDS) or KINDS[op] not in kinds:
            raise CircuitSimError(
                f"opcode {op} is no gate of the basis {self.basis!r}, which has {', '.join(kinds)}."
            )

    def finish(
        self,
        outputs: Array | Sequence[int],
        interface: dict[str, Any] | None = None,
    ) -> Circuit:
        """The circuit; its arrays are views of the builder's, which should not be used any further."""
        weighted = self.has.weighted
        return Circuit(
            basis=self.basis,
            inputs=self.inputs,
            ops=self._ops[: self.gates],
            fan_in=self._fan_in[: self.wires],
            outputs=np.array(outputs, np.int32).reshape(-1),
            scopes=tuple(self._scopes),
            scope_runs=self._scope_runs(),
            interface=interface or {},
            starts=self._starts[: self.gates + 1],
            weights=self._weights[: self.wires] if weighted else None,
            thresholds=self._thresholds[: self.gates] if weighted else None,
        )
