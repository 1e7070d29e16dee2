"""What the operations mean, on bit planes: uint64 arrays with a last axis of words, 64 inputs a word."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from circuitsim.array_types import Array, Longs, Words
from circuitsim.kernels import compiled
from circuitsim.netlist.program import Program
from circuitsim.schematic.heaps import all_digits
from circuitsim.schematic.schematic import Gather, Instruction, Shape, Thresholds

Planes: TypeAlias = Words
Operands: TypeAlias = list[Planes]
Meaning: TypeAlias = Callable[[Instruction, Operands], Planes]
ALL_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)


def rewire(line: Instruction, args: list[Array]) -> Array:
    """Wiring of explicit arrays, whatever they hold; axes beyond the instruction's own come last and stay."""
    if line.operation == "concat":
        return np.concatenate(args, line.attributes)
    return WIRING[line.operation](args[0], line.attributes, line.shape)


def _slice(arg: Array, how: tuple[int, int, int, int], shape: Shape) -> Array:
    axis, *ends = how
    return arg[(slice(None),) * axis + (slice(*ends),)]


def _transpose(arg: Array, how: Shape, shape: Shape) -> Array:
    return arg.transpose(*how, *range(len(how), arg.ndim))


def _broadcast(arg: Array, how: None, shape: Shape) -> Array:
    beyond = arg.shape[len(shape) :]
    return np.broadcast_to(arg, shape + beyond)


WIRING: dict[str, Callable[[Array, Any, Shape], Array]] = {
    "slice": _slice,
    "take": lambda arg, how, shape: arg.take(how[1], how[0]),
    "expand": lambda arg, how, shape: np.expand_dims(arg, how),
    "squeeze": lambda arg, how, shape: arg.squeeze(how),
    "transpose": _transpose,
    "others": lambda arg, how, shape: arg.take(pairs(shape[how]), how),
    "broadcast": _broadcast,
}


def pairs(keys: int) -> Longs:
    """For every element of an axis of this length the indices of all the others: (keys, keys - 1)."""
    rivals = np.arange(max(0, keys - 1))[None, :]
    return rivals + (rivals >= np.arange(keys)[:, None])


def table(line: Instruction, args: Operands) -> Planes:
    """Constants."""
    given = line.attributes() if line.operation == "wired" else line.attributes
    bits = np.broadcast_to(np.asarray(given, bool), line.shape)
    return np.where(bits, ALL_ONES, np.uint64(0))[..., None]


def cell(line: Instruction, args: Operands) -> Planes:
    """The program of a cell, on the last axes of its arguments side by side."""
    words = max(a.shape[-1] for a in args)
    lead = line.shape[:-1]
    flat = [np.broadcast_to(a, (*lead, a.shape[-2], words)) for a in args]
    wires = np.concatenate(flat, axis=-2)
    rows, inputs = int(np.prod(lead)), wires.shape[-2]
    wires = np.ascontiguousarray(wires.reshape(rows, inputs, words))
    result = _run(line.attributes.program, wires)
    return result.reshape((*line.shape, words))


def _run_plainly(program: Program, wires: Any) -> Any:
    """`_run` on all rows and words at once."""
    _, ops, a, b, outputs = program
    rows, inputs, words = wires.shape
    values = np.zeros((1 + inputs + len(ops), rows, words), np.uint64)
    values[1 : 1 + inputs] = wires.swapaxes(0, 1)
    gates = zip(ops.tolist(), a.tolist(), b.tolist(), strict=True)
    for node, (op, x, y) in enumerate(gates, 1 + inputs):
        left, right = (~values[z >> 1] if z & 1 else values[z >> 1] for z in (x, y))
        values[node] = left ^ right if op else left & right
    flips = np.where(outputs & 1, ALL_ONES, np.uint64(0))[:, None, None]
    return np.ascontiguousarray((values[outputs >> 1] ^ flips).swapaxes(0, 1))


def _run_work(program: Program, wires: Any) -> int:
    return 2 * program.gates + program.gates * wires.size // 500


@compiled(work=_run_work, plain=_run_plainly)
def _run(program: Program, wires: Any) -> Any:
    _, ops, a, b, outputs = program
    rows, inputs, words = wires.shape
    result = np.zeros((rows, len(outputs), words), np.uint64)
    values = np.zeros((1 + inputs + len(ops), words), np.uint64)
    for r in range(rows):
        values[1 : 1 + inputs] = wires[r]
        for g in range(len(ops)):
            for w in range(words):
                x, y = values[a[g] >> 1, w], values[b[g] >> 1, w]
                x = ~x if a[g] & 1 else x
                y = ~y if b[g] & 1 else y
                values[1 + inputs + g, w] = x ^ y if ops[g] else x & y
        for o in range(len(outputs)):
            for w in range(words):
                x = values[outputs[o] >> 1, w]
                result[r, o, w] = ~x if outputs[o] & 1 else x
    return result


def conjunction(line: Instruction, args: Operands) -> Planes:
    """AND of all parts over their last axes, as many as said."""
    result: Any = ALL_ONES
    for arg, axes in zip(args, line.attributes, strict=True):
        last = arg.ndim - 1  # the axis of words
        reduced = tuple(range(last - axes, last))
        result = result & np.bitwise_and.reduce(arg, axis=reduced)
    return np.asarray(result)


def disjunction(line: Instruction, args: Operands) -> Planes:
    """OR, as `conjunction`."""
    return ~conjunction(line, [~arg for arg in args])


def conjunctions(line: Instruction, args: Operands) -> Planes:
    """ANDs of chosen wires."""
    how: Gather = line.attributes
    result = np.full((*line.shape, args[0].shape[-1]), ALL_ONES, np.uint64)
    flip = np.where(how.negations, ALL_ONES, np.uint64(0))[:, None]
    gate = np.repeat(np.arange(line.shape[0]), np.diff(how.starts))
    np.bitwise_and.at(result, gate, args[0][how.indices] ^ flip)
    return result


def disjunctions(line: Instruction, args: Operands) -> Planes:
    """ORs of chosen wires."""
    how: Gather = line.attributes
    flipped = replace(how, negations=~how.negations)
    return ~conjunctions(replace(line, attributes=flipped), args)


def weighted_sum(line: Instruction, args: Operands) -> Planes:
    """Bits of a constant plus weighted wires, modulo 2^width."""
    summands, constant, width = line.attributes
    heap = _heap(args, [summand.table for summand in summands], line.shape[:-1])
    total = _total(heap, constant, width)
    words = total.shape[-1]
    return total.reshape((*line.shape, words))


def at_least(line: Instruction, args: Operands) -> Planes:
    """Sums less the least that they can be, so that none is negative, compared with the constants."""
    how: Thresholds = line.attributes
    result = []
    each = [how.rows(operand) for operand in range(len(args))]
    for t in range(1 if how.alike else len(how.thresholds)):
        tables = [table[rows[t], ...] for table, rows in zip(how.tables, each, strict=True)]
        heap = _heap(args, tables, line.shape[:-1])
        weights = [weight for _, some in heap for weight in some.tolist()]
        least = sum(weight for weight in weights if weight < 0)
        most = sum(map(abs, weights))
        total = _total(heap, -least, max(1, most.bit_length()))
        thresholds = how.thresholds if how.alike else how.thresholds[t : t + 1]
        result += [_reaches(total, threshold - least) for threshold in thresholds]
    return np.stack(result, axis=1).reshape((*line.shape, result[0].shape[-1]))


def _heap(
    args: Operands, tables: list[Array], lead: tuple[int, ...]
) -> list[tuple[Planes, Array]]:
    """Wires (rows, elements, words) of each operand with the weights of the elements: `lead` is not added up."""
    rows = int(np.prod(lead))
    words = max([1, *(arg.shape[-1] for arg in args)])
    heap = []
    for arg, table in zip(args, tables, strict=True):
        last = arg.ndim - 1  # the axis of words
        added = arg.shape[last - table.ndim : last]
        weights = np.broadcast_to(table, added).ravel()
        wide = np.broadcast_to(arg, (*lead, *added, words))
        wires = wide.reshape(rows, len(weights), words)
        heap.append((np.ascontiguousarray(wires), weights))
    return heap


def _total(heap: list[tuple[Planes, Array]], constant: int, width: int) -> Planes:
    """Bits (rows, width, words) of a constant and a heap, modulo 2^width.

    A digit -2^c of x is 2^c of NOT x, and 2^c less in the constant.
    """
    rows, _, words = heap[0][0].shape
    total = np.zeros((rows, width, words), np.uint64)
    for wires, weights in heap:
        element, column, negated = all_digits(weights, width)
        constant -= sum(1 << c for c in column[negated].tolist())
        _add(total, wires, element, column, negated)
    _add_constant(total, np.array([constant >> c & 1 for c in range(width)], bool))
    return total


def _add_plainly(total: Any, wires: Any, index: Any, column: Any, negated: Any) -> None:
    """`_add` on all rows and words at once."""
    for element, c, minus in zip(
        index.tolist(), column.tolist(), negated.tolist(), strict=True
    ):
        carry = ~wires[:, element] if minus else wires[:, element]
        while c < total.shape[1] and carry.any():
            before = total[:, c].copy()
            total[:, c] ^= carry
            carry = carry & before
            c += 1


@compiled(
    work=lambda total, wires, *digits: 5 * len(digits[0]) + wires.size // 50,
    plain=_add_plainly,
)
def _add(total: Any, wires: Any, index: Any, column: Any, negated: Any) -> None:
    """Add every digit's plane into a ripple-carry accumulator, one bit of 64 inputs at a time."""
    rows, width, words = total.shape
    for r in range(rows):
        for d in range(len(index)):
            for w in range(words):
                carry = wires[r, index[d], w]
                carry = ~carry if negated[d] else carry
                c = column[d]
                while carry != 0 and c < width:
                    before = total[r, c, w]
                    total[r, c, w] = before ^ carry
                    carry &= before
                    c += 1


def _add_constant_plainly(total: Any, ones: Any) -> None:
    """`_add_constant` on all rows and words at once."""
    carry = np.zeros_like(total[:, 0])
    for c, one in enumerate(ones.tolist()):
        before = total[:, c].copy()
        total[:, c] = before ^ carry ^ (ALL_ONES if one else np.uint64(0))
        carry = before | carry if one else before & carry


@compiled(
    work=lambda total, ones: 3 * len(ones) + total.size // 100, plain=_add_constant_plainly
)
def _add_constant(total: Any, ones: Any) -> None:
    rows, width, words = total.shape
    for r in range(rows):
        for w in range(words):
            carry = np.uint64(0)
            for c in range(width):
                bit = ~np.uint64(0) if ones[c] else np.uint64(0)
                before = total[r, c, w]
                total[r, c, w] = before ^ bit ^ carry
                carry = (before & bit) | (carry & (before ^ bit))


def _reaches(total: Planes, threshold: int) -> Planes:
    """[number >= threshold] of numbers as bit planes (rows, width, words)."""
    rows, width, words = total.shape
    if threshold <= 0 or threshold >> width:
        return np.full((rows, words), ALL_ONES if threshold <= 0 else np.uint64(0), np.uint64)
    holds = np.full((rows, words), ALL_ONES, np.uint64)
    for c in range(width):  # of the bits so far, number >= threshold
        holds = holds & total[:, c] if threshold >> c & 1 else holds | total[:, c]
    return holds
