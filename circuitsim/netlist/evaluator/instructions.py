"""The evaluator's instructions, one record an opcode: single gates, and groups of gates fused into one."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from circuitsim.kernels import compiled

Emit = Callable[[Any, Sequence[Any]], Sequence[Any]]


class Instruction(NamedTuple):
    """An instruction, in the code its source literals (2 * slot + complement), then its result slots.

    Attributes:
        masked: sources whose complement bit the kernel applies; the lowering clears the others.
        emit: the results of values; the builder `b` has LLVM's bitwise operations.
    """

    name: str
    sources: int
    results: int
    masked: tuple[int, ...]
    emit: Emit


def _majority(b: Any, x: Sequence[Any]) -> Any:
    return b.xor(b.and_(b.xor(x[0], x[1]), b.xor(x[0], x[2])), x[0])


def _xor3(b: Any, x: Sequence[Any]) -> Any:
    return b.xor(b.xor(x[0], x[1]), x[2])


def _adder_of(b: Any, x: Sequence[Any]) -> Sequence[Any]:
    return [_xor3(b, x), _majority(b, x)]


def _all(b: Any, x: Sequence[Any]) -> Any:
    both = b.and_(x[0], x[1])
    return both if len(x) == 2 else b.and_(both, _all(b, x[2:]) if len(x) > 3 else x[2])


def _nand_and(b: Any, x: Sequence[Any]) -> Any:
    return b.and_(b.not_(b.and_(x[0], x[1])), x[2])


def _products(b: Any, x: Sequence[Any]) -> list[Any]:
    return [b.and_(x[k], x[k + 1]) for k in range(0, len(x), 2)]


# One record an instruction; the index is the opcode. LOAD and STORE, which touch inputs and outputs, come after.
INSTRUCTIONS = (
    Instruction("and", 2, 1, (0, 1), lambda b, x: [_all(b, x)]),
    Instruction("xor", 2, 1, (), lambda b, x: [b.xor(x[0], x[1])]),
    Instruction("and_and", 3, 1, (0, 1, 2), lambda b, x: [_all(b, x)]),
    Instruction("nand_and", 3, 1, (0, 1, 2), lambda b, x: [_nand_and(b, x)]),
    Instruction("xor_and", 3, 1, (0, 2), lambda b, x: [b.and_(b.xor(x[0], x[1]), x[2])]),
    Instruction("and_xor", 3, 1, (0, 1), lambda b, x: [b.xor(b.and_(x[0], x[1]), x[2])]),
    Instruction("xor_xor", 3, 1, (), lambda b, x: [_xor3(b, x)]),
    Instruction("majority", 3, 1, (0,), lambda b, x: [_majority(b, x)]),
    Instruction("and_and_and", 4, 1, (0, 1, 2, 3), lambda b, x: [_all(b, x)]),
    Instruction(
        "nand_and_and",
        4,
        1,
        (0, 1, 2, 3),
        lambda b, x: [b.and_(b.not_(_all(b, x[:2])), _all(b, x[2:]))],
    ),
    Instruction(
        "nand_nand",
        4,
        1,
        (0, 1, 2, 3),
        lambda b, x: [b.and_(b.not_(_all(b, x[:2])), b.not_(_all(b, x[2:])))],
    ),
    Instruction(
        "nand3_and", 4, 1, (0, 1, 2, 3), lambda b, x: [b.and_(b.not_(_all(b, x[:3])), x[3])]
    ),
    Instruction(
        "nand_nand_and",
        4,
        1,
        (0, 1, 2, 3),
        lambda b, x: [b.and_(b.not_(_nand_and(b, x)), x[3])],
    ),
    Instruction(
        "xor_and_and",
        4,
        1,
        (0, 2, 3),
        lambda b, x: [b.and_(b.xor(x[0], x[1]), _all(b, x[2:]))],
    ),
    Instruction(
        "xor_and_xor",
        4,
        1,
        (0, 2),
        lambda b, x: [b.and_(b.xor(x[0], x[1]), b.xor(x[2], x[3]))],
    ),
    Instruction("half_adder", 2, 2, (0, 1), lambda b, x: [b.xor(x[0], x[1]), _all(b, x)]),
    Instruction("adder", 3, 2, (0,), _adder_of),
    Instruction(
        "and_adder",
        4,
        2,
        (0, 1, 2, 3),
        lambda b, x: _adder_of(b, [b.and_(x[0], x[1]), *x[2:]]),
    ),
    Instruction(
        "and3_adder", 6, 2, tuple(range(6)), lambda b, x: _adder_of(b, _products(b, x))
    ),
)
AND2, XOR2, AND_AND, NAND_AND, XOR_AND, AND_XOR, XOR3, MAJ = range(8)
AND_AND_AND, NAND_AND_AND, NAND_NAND, NAND3_AND, NAND_NAND_AND, XOR_AND_AND, XOR_AND_XOR = (
    range(8, 15)
)
HALF, ADDER, AND_ADDER, AND3_ADDER, LOAD, STORE = range(15, 21)
SOURCES = np.array([i.sources for i in INSTRUCTIONS] + [1, 1])
RESULTS = np.array([i.results for i in INSTRUCTIONS] + [1, 1])

# Marks of a gate that leads no instruction.
SUM = 254  # the sum of an instruction with two results, which its mate leads
DEAD = 255
COLUMNS = 4  # sources of a gate that are stored with it


class Netlist(NamedTuple):
    """Instructions over nodes. Gate g leads one if `op[g]` is an opcode; it writes node g, and node mate[g].

    A gate with two results is led by its carry; the sum, its mate, is marked SUM. Complements of the sum are in the
    lowest bits of its own row of `source`; what does not fit in the carry's row follows there: see `read`.
    """

    op: Any  # (gates,) uint8: an opcode, SUM or DEAD
    source: Any  # (gates, COLUMNS) int32 literals over nodes
    mate: Any  # (gates,) int32 gate, -1 for none
    first: int  # node of the first gate
    outputs: Any  # literals over nodes


@compiled(inline="always")
def read(net: Netlist, g: int, k: int) -> Any:
    """Source k, a literal over nodes, of the instruction that gate g leads."""
    return np.int64(
        net.source[g, k] if k < COLUMNS else net.source[net.mate[g], k - COLUMNS + 1]
    )
