"""The instruction set, one literal record an operation: the single source for interpreters, docs and tests.

`meaning` computes an operation on bit planes: uint64 arrays of the instruction's shape with a last axis of words,
64 inputs a word. It is the definition; `flatten` and `measure` are checked against it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.bases import BasisName, names
from circuitsim.kernels import compiled
from circuitsim.schematic.heaps import digits
from circuitsim.schematic.schematic import Gather, Instruction, Thresholds

Planes: TypeAlias = npt.NDArray[np.uint64]
Meaning: TypeAlias = Callable[[Instruction, list[Planes]], Planes]
ALL_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True)
class Operation:
    """One operation of the instruction set.

    Args:
        role: "source" (no operands), "wiring" (costs nothing) or "gate".
        cost: what it costs in each basis, in words.
        meaning: on bit planes; None for free inputs, whose planes the caller gives.
        bases: where it may be used.
    """

    name: str
    role: Literal["source", "wiring", "gate"]
    help: str
    cost: str
    meaning: Meaning | None
    bases: tuple[BasisName, ...] = names()


def rewire(line: Instruction, args: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Wiring of explicit arrays, whatever they hold; axes beyond the instruction's own come last and stay."""
    how = line.attributes
    if line.operation == "slice":
        axis, start, stop, step = how
        return args[0][(slice(None),) * axis + (slice(start, stop, step),)]
    if line.operation == "concat":
        return np.concatenate(args, how)
    if line.operation == "take":
        return args[0].take(how[1], how[0])
    if line.operation == "expand":
        return np.expand_dims(args[0], how)
    if line.operation == "squeeze":
        return args[0].squeeze(how)
    if line.operation == "transpose":
        return args[0].transpose(*how, *range(len(how), args[0].ndim))
    if line.operation == "others":
        return args[0].take(pairs(line.shape[how]), how)
    return np.broadcast_to(args[0], line.shape + args[0].shape[len(line.shape) :])


def pairs(keys: int) -> npt.NDArray[np.int64]:
    """For every element of an axis of this length the indices of all the others: (keys, keys - 1)."""
    rivals = np.arange(max(0, keys - 1))[None, :]
    return rivals + (rivals >= np.arange(keys)[:, None])


def _table(line: Instruction, args: list[Planes]) -> Planes:
    table = line.attributes() if line.operation == "wired" else line.attributes
    bits = np.broadcast_to(np.asarray(table, bool), line.shape)
    return np.where(bits, ALL_ONES, np.uint64(0))[..., None]


def _call(line: Instruction, args: list[Planes]) -> Planes:
    words = max(a.shape[-1] for a in args)
    lead = line.shape[:-1]
    flat = [np.broadcast_to(a, (*lead, a.shape[-2], words)) for a in args]
    wires = np.concatenate(flat, axis=-2).reshape(
        int(np.prod(lead)), sum(line.attributes.arguments), words
    )
    program = line.attributes.program
    result = _run(
        program.ops, program.a, program.b, program.outputs, np.ascontiguousarray(wires)
    )
    return result.reshape((*line.shape, words))


def _run_plainly(ops: Any, a: Any, b: Any, outputs: Any, wires: Any) -> Any:
    """`_run` on all rows and words at once."""
    rows, inputs, words = wires.shape
    values = np.zeros((1 + inputs + len(ops), rows, words), np.uint64)
    values[1 : 1 + inputs] = wires.swapaxes(0, 1)
    for node, (op, x, y) in enumerate(
        zip(ops.tolist(), a.tolist(), b.tolist(), strict=True), 1 + inputs
    ):
        left, right = (~values[z >> 1] if z & 1 else values[z >> 1] for z in (x, y))
        values[node] = left ^ right if op else left & right
    flips = np.where(outputs & 1, ALL_ONES, np.uint64(0))[:, None, None]
    return np.ascontiguousarray((values[outputs >> 1] ^ flips).swapaxes(0, 1))


@compiled(
    work=lambda ops, a, b, outputs, wires: 2 * len(ops) + len(ops) * wires.size // 500,
    plain=_run_plainly,
)
def _run(ops: Any, a: Any, b: Any, outputs: Any, wires: Any) -> Any:
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


def _all(line: Instruction, args: list[Planes]) -> Planes:
    result: Any = ALL_ONES
    for arg, axes in zip(args, line.attributes, strict=True):
        result = result & np.bitwise_and.reduce(
            arg, axis=tuple(range(arg.ndim - 1 - axes, arg.ndim - 1))
        )
    return np.asarray(result)


def _any(line: Instruction, args: list[Planes]) -> Planes:
    return ~_all(line, [~arg for arg in args])


def _all_of(line: Instruction, args: list[Planes]) -> Planes:
    how: Gather = line.attributes
    result = np.full((*line.shape, args[0].shape[-1]), ALL_ONES, np.uint64)
    flip = np.where(how.negations, ALL_ONES, np.uint64(0))[:, None]
    gate = np.repeat(np.arange(line.shape[0]), np.diff(how.starts))
    np.bitwise_and.at(result, gate, args[0][how.indices] ^ flip)
    return result


def _any_of(line: Instruction, args: list[Planes]) -> Planes:
    how: Gather = line.attributes
    return ~_all_of(replace(line, attributes=replace(how, negations=~how.negations)), args)


def _sum(line: Instruction, args: list[Planes]) -> Planes:
    summands, constant, width = line.attributes
    words = max(a.shape[-1] for a in args)
    lead = line.shape[:-1]
    rows = int(np.prod(lead))
    total = np.zeros((rows, width, words), np.uint64)
    offset = constant
    for arg, summand in zip(args, summands, strict=True):
        added = arg.shape[arg.ndim - 1 - len(summand.shape) : arg.ndim - 1]
        wires = np.broadcast_to(arg, (*lead, *added, words)).reshape(
            rows, int(np.prod(added)), words
        )
        weights = np.broadcast_to(
            np.array(summand.weights, object).reshape(summand.shape), added
        ).ravel()
        index, column, negated = [], [], []
        for element, weight in enumerate(weights):
            for where, minus in digits(int(weight), width):
                index.append(element)
                column.append(where)
                negated.append(minus)
                offset -= (1 << where) if minus else 0
        places = (
            np.array(index, np.int64),
            np.array(column, np.int64),
            np.array(negated, bool),
        )
        _add(total, np.ascontiguousarray(wires), *places)
    ones = np.array([offset >> c & 1 for c in range(width)], bool)
    _add_constant(total, ones)
    return total.reshape((*line.shape, words))


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


def _at_least(line: Instruction, args: list[Planes]) -> Planes:
    """Sum of |w| * (x or its complement) is sum of w * x less the least it can be, and never negative."""
    how: Thresholds = line.attributes
    lead, words = line.shape[:-1], max([1, *(a.shape[-1] for a in args)])
    rows, result = int(np.prod(lead)), []
    each = [how.rows(operand) for operand in range(len(args))]
    for t in range(1 if how.alike else len(how.thresholds)):
        wires, sizes, negated = [], [], []
        for arg, table, own in zip(args, how.tables, each, strict=True):
            added = arg.shape[arg.ndim - table.ndim : arg.ndim - 1]
            weights = np.broadcast_to(table[own[t]], added).ravel()
            wires.append(
                np.broadcast_to(arg, (*lead, *added, words)).reshape(
                    rows, len(weights), words
                )
            )
            sizes += [abs(int(w)) for w in weights]
            negated += [int(w) < 0 for w in weights]
        least = -sum(size for size, minus in zip(sizes, negated, strict=True) if minus)
        width = max(1, sum(sizes).bit_length())
        digit = [
            (e, c, negated[e])
            for e, size in enumerate(sizes)
            for c in range(width)
            if size >> c & 1
        ]
        element, column = (
            np.array([d[0] for d in digit], np.int64),
            np.array([d[1] for d in digit], np.int64),
        )
        minus = np.array([d[2] for d in digit], bool)
        total = np.zeros((rows, width, words), np.uint64)
        _add(
            total, np.ascontiguousarray(np.concatenate(wires, axis=1)), element, column, minus
        )
        for threshold in how.thresholds if how.alike else how.thresholds[t : t + 1]:
            result.append(_reaches(total, threshold - least))
    return np.stack(result, axis=1).reshape((*line.shape, words))


def _reaches(total: Planes, threshold: int) -> Planes:
    """[number >= threshold] of numbers as bit planes (rows, width, words)."""
    rows, width, words = total.shape
    if threshold <= 0 or threshold >> width:
        return np.full((rows, words), ALL_ONES if threshold <= 0 else np.uint64(0), np.uint64)
    holds = np.full((rows, words), ALL_ONES, np.uint64)
    for c in range(width):  # of the bits so far, number >= threshold
        holds = holds & total[:, c] if threshold >> c & 1 else holds | total[:, c]
    return holds


BOUNDED, EXACT = names(unbounded=False), names(exact=True)
TREE = "a tree of gates of two inputs, earliest wires first; one gate in ac0 and tc0"
_RECORDS = (
    Operation("input", "source", "Free wires: the letters of the input.", "nothing", None),
    Operation(
        "wired",
        "source",
        "Constants the gates may not know: position bits of a uniform family.",
        "nothing",
        _table,
    ),
    Operation(
        "constant",
        "source",
        "Constants that simplify the gates they meet.",
        "nothing",
        _table,
    ),
    Operation("fill", "source", "One constant everywhere.", "nothing", _table),
    Operation(
        "slice",
        "wiring",
        "Every step-th element of a range along one axis.",
        "nothing",
        rewire,
    ),
    Operation("concat", "wiring", "Arrays joined along one axis.", "nothing", rewire),
    Operation("take", "wiring", "Any selection along one axis.", "nothing", rewire),
    Operation("expand", "wiring", "A new axis of length 1.", "nothing", rewire),
    Operation("squeeze", "wiring", "An axis of length 1 dropped.", "nothing", rewire),
    Operation("transpose", "wiring", "Axes in another order.", "nothing", rewire),
    Operation(
        "others",
        "wiring",
        "For every element of an axis all the others, in order.",
        "nothing",
        rewire,
    ),
    Operation("broadcast", "wiring", "Axes of length 1 repeated.", "nothing", rewire),
    Operation(
        "not",
        "gate",
        "Complement.",
        "nothing: a complemented literal",
        lambda line, args: ~args[0],
    ),
    Operation(
        "and",
        "gate",
        "AND of two arrays that broadcast.",
        "one AND a wire",
        lambda line, args: args[0] & args[1],
    ),
    Operation(
        "xor",
        "gate",
        "XOR of two arrays that broadcast.",
        "one XOR a wire in xag; three ANDs of depth 2 in aig",
        lambda line, args: args[0] ^ args[1],
        BOUNDED,
    ),
    Operation(
        "call",
        "gate",
        "A cell (a recorded gate program) mapped over an array.",
        "the cell's gates a row",
        _call,
        BOUNDED,
    ),
    Operation("all", "gate", "AND over the last axes of its parts.", TREE, _all),
    Operation("any", "gate", "OR over the last axes of its parts.", TREE, _any),
    Operation(
        "all_of",
        "gate",
        "ANDs of chosen wires, as many as each takes.",
        "one AND each",
        _all_of,
        EXACT,
    ),
    Operation(
        "any_of",
        "gate",
        "ORs of chosen wires, as many as each takes.",
        "one OR each",
        _any_of,
        EXACT,
    ),
    Operation(
        "at_least",
        "gate",
        "Weighted sums of wires, each compared with constants.",
        "one threshold gate for every constant",
        _at_least,
        names(weighted=True),
    ),
    Operation(
        "sum",
        "gate",
        "Bits of a constant plus a weighted sum of wires, modulo a power of two.",
        "full adders by rule S and a chain adder (docs/counting.md)",
        _sum,
        BOUNDED,
    ),
)
OPERATIONS: dict[str, Operation] = {record.name: record for record in _RECORDS}
