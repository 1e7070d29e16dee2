"""Instructions of the evaluator as explicit LLVM vector code, and the loop that runs a lowered program.

A value table holds one row of W 64-bit words a slot. W travels in the *type* of a tuple argument, of length
1 + log2(W), so that numba compiles, and caches, one machine loop a width. Plain loops over a constant width
would be unrolled before they are vectorised, and end up scalar.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from circuitsim.kernels import compiled
from circuitsim.netlist.evaluator.instructions import (
    ADDER,
    AND2,
    AND3_ADDER,
    AND_ADDER,
    AND_AND,
    AND_AND_AND,
    AND_XOR,
    HALF,
    INSTRUCTIONS,
    LOAD,
    MAJ,
    NAND3_AND,
    NAND_AND,
    NAND_AND_AND,
    NAND_NAND,
    XOR2,
    XOR3,
    XOR_AND,
    XOR_AND_AND,
    XOR_AND_XOR,
    Instruction,
)

LANES = 8  # words in a vector (AVX-512; LLVM splits it elsewhere)
UNROLLED = 4  # vectors in straight-line code
WORD = ir.IntType(64)


def row_type(words: int) -> tuple[int, ...]:
    """The `width` argument of kernels for rows of `words` words, a power of two."""
    return (0,) * words.bit_length()


@compiled
def row_words(width: Any) -> int:
    """The inverse of `row_type`, a constant once compiled."""
    return 1 << (len(width) - 1)


def _rows(builder: Any, table: Any, literals: Sequence[Any], words: int) -> list[Any]:
    """Pointers to the first word of the rows of slots `literal >> 1`."""
    rows = []
    for literal in literals:
        slot = builder.zext(builder.lshr(literal, ir.Constant(literal.type, 1)), WORD)
        rows.append(builder.gep(table, [builder.mul(slot, ir.Constant(WORD, words))]))
    return rows


def _mask(builder: Any, literal: Any, vector: Any) -> Any:
    """All ones in every lane if the literal is complemented, else zeros."""
    bit = builder.zext(builder.and_(literal, ir.Constant(literal.type, 1)), WORD)
    word = builder.sub(ir.Constant(WORD, 0), bit)
    one = builder.insert_element(
        ir.Constant(vector, ir.Undefined), word, ir.Constant(ir.IntType(32), 0)
    )
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)


def _over_row(
    builder: Any,
    instruction: Instruction,
    rows: Sequence[Any],
    masks: dict[int, Any],
    words: int,
) -> None:
    """One instruction on rows of `words` words: straight-line code up to UNROLLED vectors, a loop beyond."""
    lanes = min(LANES, words)
    vector = ir.VectorType(WORD, lanes)

    def step(offset: Any) -> None:
        pointers = [
            builder.bitcast(builder.gep(row, [offset]), vector.as_pointer()) for row in rows
        ]
        values = []
        for k in range(instruction.sources):
            value = builder.load(pointers[k], align=8 * lanes)
            values.append(builder.xor(value, masks[k]) if k in masks else value)
        # Every result is computed before the first is written: a result may reuse a source's row.
        results = instruction.emit(builder, values)
        for pointer, result in zip(pointers[instruction.sources :], results, strict=True):
            builder.store(result, pointer, align=8 * lanes)

    straight = min(words // lanes, UNROLLED)
    with cgutils.for_range(builder, ir.Constant(WORD, words // lanes // straight)) as loop:
        start = builder.mul(loop.index, ir.Constant(WORD, straight * lanes))
        for v in range(straight):
            step(builder.add(start, ir.Constant(WORD, v * lanes)))


class Place(NamedTuple):
    """Where instructions are carried out."""

    table: int  # address
    code: int  # address
    width: Any  # see `row_type`


def _machine(instruction: Instruction) -> Any:
    """The intrinsic `execute(place, at, count)`: `count` such instructions, the first at `code[at]`.

    It returns where the code goes on. The arrays are given by address: numba would count references to them,
    atomically, at every call, which takes as long as an instruction.
    """

    @intrinsic  # type: ignore[untyped-decorator, unused-ignore]
    def execute(_: Any, place: Any, at: Any, count: Any) -> Any:
        words = 1 << (place[2].count - 1)
        vector = ir.VectorType(WORD, min(LANES, words))

        def codegen(_: Any, builder: Any, __: Any, args: Any) -> Any:
            table, code = (builder.extract_value(args[0], field) for field in range(2))
            data = builder.inttoptr(table, WORD.as_pointer())
            base = builder.inttoptr(code, ir.IntType(32).as_pointer())
            fields = ir.Constant(WORD, instruction.sources + instruction.results)

            with cgutils.for_range(builder, args[2]) as loop:
                at = builder.add(args[1], builder.mul(loop.index, fields))
                first = builder.gep(base, [at])
                literals = [
                    builder.load(builder.gep(first, [ir.Constant(WORD, k)]))
                    for k in range(instruction.sources + instruction.results)
                ]
                masks = {k: _mask(builder, literals[k], vector) for k in instruction.masked}
                rows = _rows(builder, data, literals, words)
                _over_row(builder, instruction, rows, masks, words)
            return builder.add(args[1], builder.mul(args[2], fields))

        return types.int64(place, types.int64, types.int64), codegen

    return execute


_and, _xor, _and2_and, _nand2_and, _xor2_and, _and2_xor, _xor2_xor, _majority3 = map(
    _machine, INSTRUCTIONS[:8]
)
_and_and_and, _nand_and_and, _nand_nand, _nand3_and, _nand_nand_and = map(
    _machine, INSTRUCTIONS[8:13]
)
_xor_and_and, _xor_and_xor, _half_adder, _adder, _and_adder, _and3_adder = map(
    _machine, INSTRUCTIONS[13:]
)


class Job(NamedTuple):
    """A program, and what it is run on."""

    code: Any  # int32 stream of instructions
    runs: Any  # (r, 2) opcode and length, in order
    words: Any  # (inputs, W) uint64
    out: Any  # (outputs, W) uint64


@compiled(inline="always")
def _small(op: Any, place: Any, at: Any, length: Any) -> Any:
    """A run of instructions up to MAJ; returns where the code goes on."""
    if op == AND2:
        at = _and(place, at, length)
    elif op == XOR2:
        at = _xor(place, at, length)
    elif op == AND_AND:
        at = _and2_and(place, at, length)
    elif op == NAND_AND:
        at = _nand2_and(place, at, length)
    elif op == XOR_AND:
        at = _xor2_and(place, at, length)
    elif op == AND_XOR:
        at = _and2_xor(place, at, length)
    elif op == XOR3:
        at = _xor2_xor(place, at, length)
    else:
        at = _majority3(place, at, length)
    return at


@compiled(inline="always")
def _large(op: Any, place: Any, at: Any, length: Any) -> Any:
    """A run of the other instructions."""
    if op == HALF:
        at = _half_adder(place, at, length)
    elif op == ADDER:
        at = _adder(place, at, length)
    elif op == NAND_NAND:
        at = _nand_nand(place, at, length)
    elif op == NAND3_AND:
        at = _nand3_and(place, at, length)
    elif op == AND3_ADDER:
        at = _and3_adder(place, at, length)
    elif op == AND_ADDER:
        at = _and_adder(place, at, length)
    elif op == XOR_AND_AND:
        at = _xor_and_and(place, at, length)
    elif op == NAND_AND_AND:
        at = _nand_and_and(place, at, length)
    elif op == AND_AND_AND:
        at = _and_and_and(place, at, length)
    elif op == XOR_AND_XOR:
        at = _xor_and_xor(place, at, length)
    else:
        at = _nand_nand_and(place, at, length)
    return at


@compiled
def _block(table: Any, job: Job, first: Any, width: Any) -> None:
    """Run the whole program on words `first` to `first + row_words(width)` of every input."""
    code, runs, words, out = job
    size = row_words(width)
    count = min(size, out.shape[1] - first)
    at: Any = 0
    place = Place(table.ctypes.data, code.ctypes.data, width)
    for r in range(len(runs)):
        op = runs[r, 0]
        length: Any = np.int64(runs[r, 1])
        if op <= MAJ:
            at = _small(op, place, at, length)
        elif op < LOAD:
            at = _large(op, place, at, length)
        elif op == LOAD:
            for i in range(at, at + 2 * length, 2):
                source, row = code[i], (code[i + 1] >> 1) * size
                # What is no input, and words beyond the last, are zeros.
                given = count if source >= 0 else 0
                for k in range(given):
                    table[row + k] = words[source, first + k]
                for k in range(given, size):
                    table[row + k] = np.uint64(0)
            at += 2 * length
        else:
            for i in range(at, at + 2 * length, 2):
                row, output = (code[i] >> 1) * size, code[i + 1]
                mask = np.uint64(0) - np.uint64(code[i] & 1)
                for k in range(count):
                    out[output, first + k] = table[row + k] ^ mask
            at += 2 * length


@compiled(plain=False, nogil=True)
def run(table: Any, job: Job, width: Any) -> None:
    """Evaluate all words, one block of `row_words(width)` words after the other.

    Args:
        table: (>= slots * width,) uint64, aligned to 64 bytes.
        width: see the module's docstring, and `row_type`.
    """
    for first in range(0, job.out.shape[1], row_words(width)):
        _block(table, job, first, width)


@compiled(plain=False, nogil=True, parallel=True)
def run_threads(tables: Any, job: Job, width: Any) -> None:
    """`run` with blocks shared out over threads, one row of `tables` each."""
    threads = len(tables)
    for t in prange(threads):
        for first in range(
            t * row_words(width), job.out.shape[1], threads * row_words(width)
        ):
            _block(tables[t], job, first, width)
