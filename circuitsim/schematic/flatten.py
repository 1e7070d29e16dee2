"""From a schematic to the flat circuit: every instruction becomes gates, in bulk, row class by row class.

It makes the same decisions as `measure` from the same plans; it only binds them to literals. Nothing but
constants folds, so that what is built is what is measured; `passes.share` is where structural hashing lives.
"""

from collections.abc import Callable
from math import prod
from typing import Any, TypeAlias

import numpy as np

from circuitsim.array_types import Bools, Ints
from circuitsim.bases import BASES
from circuitsim.errors import LimitError
from circuitsim.netlist import memory
from circuitsim.netlist.builder import ROWS, Builder
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.unbounded_builder import UnboundedBuilder
from circuitsim.schematic import heaps, planning
from circuitsim.schematic.cells import LIVE, ONE, ZERO, Recorder, specialise
from circuitsim.schematic.constants import constants
from circuitsim.schematic.cost import Cost
from circuitsim.schematic.demand import demand
from circuitsim.schematic.flatten_wide import (
    NOBODY,
    AnyBuilder,
    Context,
    MadeSum,
    all_rule,
    any_rule,
    at_least_rule,
    codes_of,
    ragged_rule,
)
from circuitsim.schematic.meanings import rewire
from circuitsim.schematic.measure import count
from circuitsim.schematic.plans.sums import bind_sum, bind_sum_with_adders
from circuitsim.schematic.profile import CONST1, Profile, unique_rows
from circuitsim.schematic.rules import rules
from circuitsim.schematic.schematic import FITS, Instruction, Schematic
from circuitsim.schematic.thresholds import Literals

Rule: TypeAlias = Callable[[Instruction, list[Literals], Context], Literals]

BYTES_A_LITERAL = 4
FEW_LITERALS = 2**28  # of an array that is never refused: with what is made of it, 8 GiB


def flatten(schematic: Schematic, max_gates: int | None = None) -> Circuit:
    """The flat circuit C_n.

    Raises:
        LimitError: the circuit has more than `max_gates` gates, or takes more memory than there is; said before
            memory is taken, where that can be known.
    """
    return flatten_with_values(schematic, max_gates)[0]


def flatten_with_values(
    schematic: Schematic,
    max_gates: int | None = None,
    watch: Callable[[int, Literals], None] | None = None,
    show_sum: Callable[[MadeSum], None] | None = None,
) -> tuple[Circuit, list[Literals | None]]:
    """The flat circuit, and the literals of the values that probes read (NOBODY where no output needs a wire).

    `watch` is called with the index of every instruction and its literals, which need not be kept, as they are made;
    `show_sum` with every sum of wires, before its instruction is watched.
    """
    states = constants(schematic)
    wants = demand(schematic, states)
    cost = count(schematic, states, wants)
    size = cost.gates
    if cost.max_fan_in_weighted >= FITS:
        raise LimitError(
            f"{cost.max_fan_in_weighted} is the sum of a gate's |weights|; it must be below 2^62 where gates are built."
            " Lower the bits, or use `measure`, which needs no circuit."
        )
    if max_gates is not None and cost.exceeds(max_gates):
        wires = f" with {cost.wires:,} wires" if cost.wires > 2 * size else ""
        about = memory.words(_bytes(cost))
        raise LimitError(
            f"the circuit has {size:,} gates{wires} (about {about}) and --max-gates is {max_gates:,}"
            f"{', for twice as many wires' if wires else ''}; raise it, or use `measure`, which needs no circuit."
        )
    widest = max((_array(schematic, line) for line in schematic.instructions), default=0)
    if max_gates is not None and widest > max(FEW_LITERALS, max_gates):
        raise LimitError(
            f"drawing the circuit of {size:,} gates takes an array of {widest:,} wires, most of them of no gate, and"
            f" --max-gates is {max_gates:,}; raise it, or use `measure`."
        )
    if max(_bytes(cost), BYTES_A_LITERAL * widest) > memory.limit():
        raise _beyond_memory(cost, widest)
    try:
        return _built(schematic, wants, states, cost, (watch, show_sum))
    except MemoryError:
        raise _beyond_memory(cost, widest) from None


def _built(
    schematic: Schematic,
    wants: list[Profile],
    states: list[Profile],
    cost: Cost,
    watching: tuple[Any, Any],
) -> tuple[Circuit, list[Literals | None]]:
    """Every instruction as gates; see `flatten_with_values`."""
    watch, show_sum = watching
    inputs = schematic.inputs + schematic.wired
    unbounded = BASES[schematic.basis].unbounded
    builder: AnyBuilder
    if unbounded:
        builder = UnboundedBuilder(schematic.basis, inputs, cost.gates, cost.wires)
    else:
        builder = Builder(schematic.basis, inputs, cost.gates)
    literals = _Inputs(schematic)
    last, kept = schematic.last_uses(), schematic.roots()
    values: list[Literals | None] = []
    for index, line in enumerate(schematic.instructions):
        want, state = wants[index].expand_dense() != 0, states[index].expand_dense()
        if line.operation in ("input", "wired"):
            value = literals.take(line)
        elif not want.any():
            value = np.full(line.shape, NOBODY, np.int32)
        else:
            builder.scope(line.scope)
            args = [values[a] for a in line.args]
            context = Context(schematic, want, state, builder, show_sum)
            value = RULES[line.operation](line, args, context)  # type: ignore[arg-type]
        values.append(_finish(value, want, state))
        if watch is not None:
            watch(index, np.asarray(values[index]))
        for done in {index, *line.args}:
            if last[done] <= index and done not in kept:
                values[done] = None  # large arrays go as soon as nothing reads them
    outputs = [np.asarray(values[o]).ravel() for o in schematic.outputs]
    flat = np.concatenate([np.zeros(0, np.int32), *outputs]).astype(np.int32)
    interface = {**schematic.interface, "wired": schematic.wired_bits().astype(int).tolist()}
    return builder.finish(flat, interface), values


def _array(schematic: Schematic, line: Instruction) -> int:
    """Literals of the largest array of an instruction: its result, or what its thresholds read, a row a result."""
    if line.operation != "at_least":
        return prod(line.shape)
    parts = zip(line.args, line.attributes.tables, strict=True)
    shapes = [(schematic.instructions[arg].shape, table.ndim - 1) for arg, table in parts]
    return prod(line.shape[:-1]) * sum(
        prod(shape[len(shape) - axes :]) for shape, axes in shapes
    )


def _bytes(cost: Cost) -> int:
    """Bytes of a circuit: a literal and a weight a wire, kind, start and threshold of a gate, and its level."""
    unbounded = any(kind in ("or", "threshold") for kind in cost.gates_by_kind)
    return cost.wires * (12 if unbounded else 4) + cost.gates * (21 if unbounded else 5)


def _beyond_memory(cost: Cost, widest: int) -> LimitError:
    """The words of a refusal for want of memory: what the circuit takes, or the array that takes more."""
    size, array = _bytes(cost), BYTES_A_LITERAL * widest
    drawing = f", and drawing it an array of {memory.words(array)}" if array > size else ""
    return LimitError(
        f"the circuit of {cost.gates:,} gates and {cost.wires:,} wires takes {memory.words(size)} at least{drawing},"
        f" and there are {memory.words(memory.limit())} of memory; lower n or the bits, or use `measure`, which needs"
        " no circuit."
    )


class _Inputs:
    """Literals of the inputs: the free ones first, then the opaque constants, each in order of appearance."""

    def __init__(self, schematic: Schematic) -> None:
        self.next = {"input": 2, "wired": 2 + 2 * schematic.inputs}

    def take(self, line: Instruction) -> Literals:
        size = int(np.prod(line.shape))
        start = self.next[line.operation]
        self.next[line.operation] += 2 * size
        return np.arange(start, start + 2 * size, 2, dtype=np.int32).reshape(line.shape)


def _finish(value: Literals, want: Bools, state: Ints) -> Literals:
    known = np.where(state == CONST1, 1, 0)
    return np.where(state < 0, known, np.where(want, value, NOBODY)).astype(np.int32)


def _gates(context: Context) -> Builder:
    """The builder of a basis whose gates have two inputs."""
    assert isinstance(context.builder, Builder)
    return context.builder


def _constant(line: Instruction, args: list[Literals], context: Context) -> Literals:
    """`constant` and `fill`; inputs have literals of their own, and ask no rule."""
    return np.broadcast_to(np.asarray(line.attributes), line.shape).astype(np.int32)


def _and(line: Instruction, args: list[Literals], context: Context) -> Literals:
    a, b = np.broadcast_arrays(*args)
    result = np.where(
        (a == 0) | (b == 0), 0, np.where(a == 1, b, np.where(b == 1, a, NOBODY))
    )
    gate = context.want & (a > 1) & (b > 1)
    result[gate] = context.builder.and_(a[gate], b[gate])
    return result


def _xor(line: Instruction, args: list[Literals], context: Context) -> Literals:
    a, b = np.broadcast_arrays(*args)
    one = np.where(
        (a >= 0) & (a <= 1),
        np.where(b >= 0, b ^ a, NOBODY),
        np.where((b >= 0) & (b <= 1) & (a >= 0), a ^ b, NOBODY),
    )
    gate = context.want & (a > 1) & (b > 1)
    if BASES[context.schematic.basis].has_xor:
        one[gate] = _gates(context).xor(a[gate], b[gate])
    else:
        one[gate] = _gates(context).stamp(_XOR_OF_ANDS, np.stack([a[gate], b[gate]], axis=1))[
            :, 0
        ]
    return one


def _call(line: Instruction, args: list[Literals], context: Context) -> Literals:
    lead = line.shape[:-1]
    wires = np.concatenate([np.broadcast_to(a, lead + a.shape[-1:]) for a in args], axis=-1)
    wires = wires.reshape(int(np.prod(lead)), wires.shape[-1])
    pattern = np.where(wires > 1, LIVE, np.where(wires == 1, ONE, ZERO)).astype(np.uint8)
    want = context.want.reshape(len(wires), line.shape[-1]).astype(np.uint8)
    classes, inverse = unique_rows(np.concatenate([pattern, want], axis=1))
    result = np.full((len(wires), line.shape[-1]), NOBODY, np.int32)
    for index, row in enumerate(classes):
        wanted = row[wires.shape[1] :]
        if wanted.any():
            chosen = np.flatnonzero(inverse == index)
            key = row[: wires.shape[1]].tobytes(), wanted.tobytes()
            program = specialise(line.attributes, context.schematic.basis, *key)[0]
            result[chosen] = _gates(context).stamp(program, np.maximum(wires[chosen], 0))
    return result.reshape(line.shape)


def _sum(line: Instruction, args: list[Literals], context: Context) -> Literals:
    summands, constant, width = line.attributes
    lead, rows = line.shape[:-1], int(np.prod(line.shape[:-1]))
    parts, sizes = [], []
    for arg, summand in zip(args, summands, strict=True):
        added = arg.shape[arg.ndim - len(summand.shape) :]
        sizes.append([np.ones(n, np.int64) for n in added])
        parts.append(np.broadcast_to(arg, lead + added).reshape(rows, int(np.prod(added))))
    wires = np.concatenate(parts, axis=1)
    layout = heaps.layout(summands, sizes, constant, width)
    codes = codes_of(wires, context.builder.level)
    want = (context.want & (context.state >= 0)).reshape(rows, width).astype(np.int32)
    classes, inverse = unique_rows(np.concatenate([codes, want], axis=1))
    result = np.full((rows, width), NOBODY, np.int32)
    order = np.argsort(inverse, kind="stable")
    ends = np.searchsorted(inverse[order], np.arange(len(classes) + 1))
    for plan in planning.totals(context.schematic, layout, classes):
        chosen = order[ends[plan.row] : ends[plan.row + 1]]
        element, column = layout.element[plan.used], layout.column[plan.used]
        depths = classes[plan.row, element] - plan.base
        given = plan.plan, column.astype(np.int32), depths.astype(np.int32)
        negated = layout.negated[plan.used].astype(np.int32)
        bound = wires[np.ix_(chosen, element)] ^ negated
        if context.show_sum is None:
            made = _gates(context).stamp(bind_sum(*given), bound)
        else:
            made = _shown(context, given, bound, (plan, column))
        result[chosen[:, None], plan.keep] = made
    return result.reshape(line.shape)


def _shown(
    context: Context, given: tuple[Any, ...], bound: Literals, of: tuple[planning.Total, Any]
) -> Literals:
    """Stamp a sum for each row, and show each with its adders."""
    assert context.show_sum is not None
    (total, columns), gates = of, _gates(context)
    program, adders = bind_sum_with_adders(*given)
    first = 1 + gates.inputs + gates.gates
    made = gates.stamp(program, bound)
    for row, wires in enumerate(bound):
        placed = None
        if adders is not None:
            low = row // ROWS * ROWS  # the first row of its block
            step = min(ROWS, len(bound) - low)
            nodes = first + low * program.gates + row - low + step * np.arange(program.gates)
            own = np.concatenate([[0], wires, 2 * nodes])
            literals = adders[:, 2:]
            there = own[np.maximum(literals, 0) >> 1] ^ (literals & 1)
            placed = np.concatenate(
                [adders[:, :2], np.where(literals < 0, -1, there)], axis=1
            )
        context.show_sum(
            MadeSum(wires, columns, total.constant, total.keep, made[row], placed)
        )
    return made


def _xor_of_ands() -> Any:
    recorder = Recorder(1, 1)
    a, b = recorder.argument(0)[0], recorder.argument(1)[0]
    both, neither = recorder.and_(a, b), recorder.and_(a ^ 1, b ^ 1)
    return recorder.cell("xor", [recorder.and_(both ^ 1, neither ^ 1)]).program


_XOR_OF_ANDS = _xor_of_ands()

RULES: dict[str, Rule] = rules(
    _constant,
    lambda line, args, context: rewire(line, args),
    ragged_rule,
    not_=lambda line, args, context: np.where(args[0] >= 0, args[0] ^ 1, NOBODY),
    and_=_and,
    xor=_xor,
    call=_call,
    all=all_rule,
    any=any_rule,
    at_least=at_least_rule,
    sum=_sum,
)
