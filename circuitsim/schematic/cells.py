"""Cells: small gate programs without positions, recorded once and mapped over arrays.

A cell is recorded over symbolic wires, then specialised to a pattern of constants and of wanted outputs:
constants fold, gates that reach no wanted output go, and XOR becomes three ANDs where the basis has none.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from circuitsim.array_types import Bools, Bytes, Ints
from circuitsim.bases import BASES
from circuitsim.kernels import compiled
from circuitsim.netlist.program import AND, XOR, Program

Literal: TypeAlias = int
FALSE: Literal = 0
TRUE: Literal = 1
LIVE, ZERO, ONE = 0, 1, 2  # the pattern of constants at a cell's inputs
ABSENT = 3


@dataclass(frozen=True, eq=False)
class Cell:
    """A recorded gate program; equality is identity, so recordings are cached by their makers."""

    name: str
    arguments: tuple[int, ...]  # number of wires of each argument
    program: Program


class Recorder:
    """Records a cell. Literals are 2 * wire + complement; constants fold at once, nothing else does."""

    def __init__(self, *arguments: int) -> None:
        self.arguments = arguments
        self.inputs = sum(arguments)
        self._ops, self._a, self._b = array("B"), array("i"), array("i")

    def argument(self, index: int) -> list[Literal]:
        """Literals of one argument's wires, least significant bit first."""
        start = 1 + sum(self.arguments[:index])
        return [2 * w for w in range(start, start + self.arguments[index])]

    def and_(self, a: Literal, b: Literal) -> Literal:
        """A AND b."""
        if a <= 1 or b <= 1:
            return FALSE if FALSE in (a, b) else (b if a == TRUE else a)
        return self._gate(AND, a, b)

    def or_(self, a: Literal, b: Literal) -> Literal:
        """A OR b, as an AND of complements."""
        return self.and_(a ^ 1, b ^ 1) ^ 1

    def xor(self, a: Literal, b: Literal) -> Literal:
        """A XOR b."""
        if a <= 1 or b <= 1:
            return a ^ b if a <= 1 else b ^ a
        return self._gate(XOR, a, b)

    def mux(self, select: Literal, yes: Literal, no: Literal) -> Literal:
        """`yes` where select, else `no`: three gates."""
        return self.or_(self.and_(select, yes), self.and_(select ^ 1, no))

    @property
    def gates(self) -> int:
        """Gates so far."""
        return len(self._ops)

    def append(self, ops: Bytes, a: Ints, b: Ints) -> None:
        """Many gates at once, which read wires before them."""
        for known, more in ((self._ops, ops), (self._a, a), (self._b, b)):
            known.frombytes(more.tobytes())

    def cell(self, name: str, outputs: Sequence[Literal]) -> Cell:
        """The finished cell."""
        a, b, read = (np.array(own, np.int32) for own in (self._a, self._b, outputs))
        program = Program(self.inputs, np.array(self._ops, np.uint8), a, b, read)
        return Cell(name, self.arguments, program)

    def _gate(self, op: int, a: Literal, b: Literal) -> Literal:
        self._ops.append(op)
        self._a.append(a)
        self._b.append(b)
        return 2 * (self.inputs + len(self._ops))


@lru_cache(maxsize=4096)
def specialise(
    cell: Cell, basis: str, pattern: bytes, wanted: bytes
) -> tuple[Program, Bools]:
    """The cell's gates for one pattern of constants and wanted outputs.

    Args:
        pattern: a byte an input, LIVE, ZERO or ONE (ABSENT counts as ZERO: it is not wanted).
        wanted: a byte an output; an output that is not wanted becomes the constant false.

    Returns:
        The program over the same inputs, without dead gates, and which inputs it reads.
    """
    given, asked = np.frombuffer(pattern, np.uint8), np.frombuffer(wanted, np.uint8)
    return _reduce(cell.program, given, asked, BASES[basis].has_xor)


@compiled
def _reduce(
    program: Program, pattern: Any, wanted: Any, has_xor: Any
) -> tuple[Program, Bools]:
    """Two passes: forward folding into a fresh list, then a backward mark and a compaction."""
    inputs, ops, a, b, outputs = program
    gates = len(ops)
    value = np.zeros(1 + inputs + gates, np.int32)  # new literal of every old wire
    for i in range(inputs):
        if pattern[i] == 0:
            value[1 + i] = 2 * (1 + i)
        elif pattern[i] == 2:
            value[1 + i] = 1
    room = gates if has_xor else 3 * gates
    new_ops = np.empty(room, np.uint8)
    new_a = np.empty(room, np.int32)
    new_b = np.empty(room, np.int32)
    count = 0
    for g in range(gates):
        x = value[a[g] >> 1] ^ (a[g] & 1)
        y = value[b[g] >> 1] ^ (b[g] & 1)
        if ops[g] == 0:
            if x == 0 or y == 0:
                out = 0
            elif x == 1:
                out = y
            elif y == 1:
                out = x
            else:
                new_ops[count], new_a[count], new_b[count] = 0, x, y
                count += 1
                out = 2 * (inputs + count)
        elif x <= 1:
            out = y ^ x
        elif y <= 1:
            out = x ^ y
        elif not has_xor:
            new_ops[count], new_a[count], new_b[count] = 0, x, y
            new_ops[count + 1], new_a[count + 1], new_b[count + 1] = 0, x ^ 1, y ^ 1
            both, neither = 2 * (inputs + count + 1), 2 * (inputs + count + 2)
            new_ops[count + 2], new_a[count + 2], new_b[count + 2] = 0, both ^ 1, neither ^ 1
            count += 3
            out = 2 * (inputs + count)
        else:
            new_ops[count], new_a[count], new_b[count] = 1, x, y
            count += 1
            out = 2 * (inputs + count)
        value[1 + inputs + g] = out
    mark = np.zeros(1 + inputs + count, np.bool_)
    result = np.zeros(len(outputs), np.int32)
    for o in range(len(outputs)):
        if wanted[o]:
            result[o] = value[outputs[o] >> 1] ^ (outputs[o] & 1)
            mark[result[o] >> 1] = True
    for g in range(count - 1, -1, -1):
        if mark[1 + inputs + g]:
            mark[new_a[g] >> 1] = True
            mark[new_b[g] >> 1] = True
    place = np.zeros(1 + inputs + count, np.int32)
    for i in range(inputs + 1):
        place[i] = i
    kept = 0
    for g in range(count):
        if mark[1 + inputs + g]:
            new_ops[kept] = new_ops[g]
            new_a[kept] = 2 * place[new_a[g] >> 1] + (new_a[g] & 1)
            new_b[kept] = 2 * place[new_b[g] >> 1] + (new_b[g] & 1)
            kept += 1
            place[1 + inputs + g] = inputs + kept
    for o in range(len(outputs)):
        result[o] = 2 * place[result[o] >> 1] + (result[o] & 1)
    new_ops, new_a, new_b = new_ops[:kept].copy(), new_a[:kept].copy(), new_b[:kept].copy()
    return Program(inputs, new_ops, new_a, new_b, result), mark[1 : inputs + 1].copy()
