"""Write flat circuits in bulk: arrays of literals in, arrays of literals out, nothing folded.

Folding is decided before, by the plans; what is built here is what is measured. Structural hashing is a pass of
its own (`passes/share.py`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from circuitsim.array_types import Array, Bytes, Ints
from circuitsim.errors import CircuitSimError
from circuitsim.kernels import compiled
from circuitsim.netlist.building import Building, room
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, XOR, Program

ROWS = 64  # rows of a block: gates of one kind in a row, while the block's values stay near one another


class Gates(NamedTuple):
    """Arrays that gates are written to."""

    ops: Any  # (gates,)
    fan_in: Any  # (gates, 2)
    level: Any  # (nodes,)
    nodes: int  # before gate 0


class Block(NamedTuple):
    """Rows of a program in work, a column each."""

    local: Any  # (1 + inputs, ROWS): literals of its wires
    deep: Any  # (1 + inputs, ROWS): their levels
    rows: int  # of ROWS
    start: int  # node of the block's first gate


@compiled(inline="always")
def _operand(literal: int, block: Block, level: Any, x: Any, up: Any) -> None:
    """Literals of one operand in the rows of a block, to x, and their levels, to up."""
    local, deep, m, start = block
    inputs = len(local) - 1
    wire, flip = literal >> 1, np.int32(literal & 1)
    if wire <= inputs:
        for i in range(m):
            x[i] = local[wire, i] ^ flip
            up[i] = deep[wire, i]
    else:
        node = start + (wire - inputs - 1) * m
        first, at = np.int32(2 * node) + flip, level[node : node + m]
        for i in range(m):
            x[i] = first + 2 * np.int32(i)
            up[i] = at[i]


def _stamp_plainly(program: Program, wires: Any, gates: Gates, at: int) -> Any:
    """`_stamp` by arrays of a block: literals of all gates at once, levels gate by gate."""
    _, ops, a, b, outs = program
    out_ops, fan_in, level, nodes = gates
    rows, inputs = wires.shape
    result = np.empty((rows, len(outs)), np.int32)
    sources = list(zip((a >> 1).tolist(), (b >> 1).tolist(), strict=True))
    for low in range(0, rows, ROWS):
        block = wires[low : low + ROWS].T
        m, end = block.shape[1], at + len(ops) * block.shape[1]
        made = 2 * np.arange(nodes + at, nodes + end, dtype=np.int32).reshape(-1, m)
        local = np.concatenate([np.zeros((1, m), np.int32), block, made])
        deep = np.zeros(local.shape, np.int32)
        deep[1 : inputs + 1] = level[block >> 1]
        for node, (x, y) in enumerate(sources, inputs + 1):
            deep[node] = np.maximum(deep[x], deep[y]) + 1
        for column, literals in enumerate((a, b)):
            fan_in[at:end, column] = (local[literals >> 1] ^ (literals & 1)[:, None]).reshape(
                -1
            )
        out_ops[at:end] = np.repeat(ops, m)
        level[nodes + at : nodes + end] = deep[inputs + 1 :].reshape(-1)
        result[low : low + m] = (local[outs >> 1] ^ (outs & 1)[:, None]).T
        at = end
    return result


def _stamp_work(program: Program, wires: Any, *more: Any) -> int:
    blocks = 1 + len(wires) // ROWS
    return blocks * program.gates + wires.size // 20 + program.gates * len(wires) // 20


@compiled(work=_stamp_work, plain=_stamp_plainly)
def _stamp(program: Program, wires: Any, gates: Gates, at: int) -> Any:
    """Emit the program once a row of `wires`, from gate `at` on.

    Gate g of the program and row i of a block of m rows becomes
    gate start + g * m + i: gate-major, so that runs of one kind are m long. All inner loops are over the rows of
    a block and over contiguous memory, so that they become vector code.
    """
    _, ops, a, b, outs = program
    out_ops, fan_in, level, nodes = gates
    rows, inputs = wires.shape
    result = np.empty((rows, len(outs)), np.int32)
    local = np.zeros((inputs + 1, ROWS), np.int32)
    deep = np.zeros((inputs + 1, ROWS), np.int32)
    x, y = np.empty(ROWS, np.int32), np.empty(ROWS, np.int32)
    up, vp = np.empty(ROWS, np.int32), np.empty(ROWS, np.int32)
    for low in range(0, rows, ROWS):
        m = min(ROWS, rows - low)
        start = nodes + at
        block = Block(local, deep, m, start)
        for i in range(m):
            for k in range(inputs):
                local[k + 1, i] = wires[low + i, k]
                deep[k + 1, i] = level[wires[low + i, k] >> 1]
        for g in range(len(ops)):
            _operand(a[g], block, level, x, up)
            _operand(b[g], block, level, y, vp)
            pairs, deeper = fan_in[at : at + m], level[nodes + at : nodes + at + m]
            out_ops[at : at + m] = ops[g]
            for i in range(m):
                pairs[i, 0] = x[i]
                pairs[i, 1] = y[i]
            for i in range(m):
                deeper[i] = max(up[i], vp[i]) + np.int32(1)
            at += m
        for o in range(len(outs)):
            wire, flip = outs[o] >> 1, outs[o] & 1
            first = 2 * (start + (wire - inputs - 1) * m) + flip
            for i in range(m):
                result[low + i, o] = (
                    local[wire, i] ^ flip if wire <= inputs else first + 2 * i
                )
    return result


@compiled(work=lambda op, a, *more: len(a))
def _append(op: int, a: Any, b: Any, gates: Gates, at: int) -> Any:
    """Gates `op` of literals a[i], b[i], from gate `at` on; their literals."""
    level, first = gates.level, gates.nodes + at
    gates.ops[at : at + len(a)] = op
    pairs, deeper = gates.fan_in[at : at + len(a)], level[first : first + len(a)]
    out = np.empty(len(a), np.int32)
    for i in range(len(a)):
        pairs[i, 0] = a[i]
        pairs[i, 1] = b[i]
        out[i] = np.int32(2 * first) + 2 * np.int32(i)
    for i in range(len(a)):
        deeper[i] = max(level[a[i] >> 1], level[b[i] >> 1]) + np.int32(1)
    return out


class Builder(Building):
    """A circuit under construction, in preallocated arrays.

    Args:
        basis: of gates of two wires; `xor` and programs with XOR are refused where XOR is no gate.
        inputs: number of input wires; their literals are `input_literals()`.
        capacity: gates to allocate; exact if known. More gates make the arrays grow by half.

    Raises:
        LimitError: there would be more than 2^30 nodes.
    """

    def __init__(self, basis: str, inputs: int, capacity: int = 0) -> None:
        super().__init__(basis, inputs, capacity)
        self._fan_in = np.empty((capacity, 2), np.int32)

    def _reserve(self, more: int) -> None:
        """Make room for `more` gates."""
        size = self._capacity(more)
        if size > len(self._ops):
            self._fan_in = room(self._fan_in, self.gates, size)
            self._grow(size)

    def stamp(self, program: Program, wires: Array) -> Ints:
        """Emit the program once a row.

        Args:
            program: its gates, over `program.inputs` local wires.
            wires: (rows, program.inputs) literals of this circuit.

        Returns:
            (rows, outputs) literals.
        """
        if wires.ndim != 2 or wires.shape[1] != program.inputs:
            raise CircuitSimError(
                f"the program reads {program.inputs} wires, got an array of shape {wires.shape}."
            )
        if not self.has.has_xor and program.ops.any():
            raise CircuitSimError(
                f"the program has XOR gates, which the basis {self.basis!r} lacks."
            )
        rows = len(wires)
        self._reserve(rows * program.gates)
        result: Ints = _stamp(
            program, np.ascontiguousarray(wires, np.int32), self._room, self.gates
        )
        self.gates += rows * program.gates
        return result

    def _append(self, op: int, a: Array, b: Array) -> Ints:
        a, b = np.broadcast_arrays(np.asarray(a, np.int32), np.asarray(b, np.int32))
        self._reserve(a.size)
        x, y = (np.ascontiguousarray(operand).reshape(-1) for operand in (a, b))
        out: Ints = _append(op, x, y, self._room, self.gates)
        self.gates += a.size
        return out.reshape(a.shape)

    @property
    def _room(self) -> Gates:
        return Gates(self._ops, self._fan_in, self.level, 1 + self.inputs)

    def and_(self, a: Array, b: Array) -> Ints:
        """One AND gate for every pair of literals (shapes broadcast); nothing is folded."""
        return self._append(AND, a, b)

    def xor(self, a: Array, b: Array) -> Ints:
        """One XOR gate for every pair of literals (shapes broadcast); nothing is folded."""
        if not self.has.has_xor:
            raise CircuitSimError(
                f"the basis {self.basis!r} has no XOR gate; write it as three ANDs."
            )
        return self._append(XOR, a, b)

    def finish(
        self,
        outputs: Array | Sequence[int],
        interface: dict[str, Any] | None = None,
    ) -> Circuit:
        """The circuit; its arrays are views of the builder's, which should not be used any further."""
        ops: Bytes = self._ops[: self.gates]
        return Circuit(
            basis=self.basis,
            inputs=self.inputs,
            ops=ops,
            fan_in=self._fan_in[: self.gates],
            outputs=np.array(outputs, np.int32).reshape(-1),
            scopes=tuple(self._scopes),
            scope_runs=self._scope_runs(),
            interface=interface or {},
        )
