"""Size and depth of the circuit that a schematic expands to, without expanding it.

Exactly what counting the gates of `flatten(schematic)` gives, because every decision to fold, to leave out or to
schedule is a pure function of wire codes that both call: `constants`, `demand`, `planning`. Here an array is a
profile of runs, so a million equal keys cost as much as one; see docs/measuring.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from circuitsim.array_types import Array, Ints, Longs
from circuitsim.bases import BASES
from circuitsim.schematic import planning
from circuitsim.schematic.cells import specialise
from circuitsim.schematic.constants import (
    cell_rows,
    complement,
    constants,
    dual,
    gathered,
    pattern,
    per_row,
    source,
    sum_rows,
    wire,
)
from circuitsim.schematic.cost import Cost, Gates, alike
from circuitsim.schematic.demand import demand
from circuitsim.schematic.planning import LATE
from circuitsim.schematic.profile import (
    ABSENT,
    CONST0,
    CONST1,
    Equal,
    Profile,
    align,
    rows,
    unique_rows,
)
from circuitsim.schematic.rules import rules as table
from circuitsim.schematic.schematic import FITS, Instruction, Schematic
from circuitsim.schematic.threshold_profiles import Sizes, sizes


@dataclass(frozen=True)
class Context:
    """What a rule sees beside its operands: what is wanted of its value, the value's constants, the totals."""

    schematic: Schematic
    want: Profile
    state: Profile
    cost: Cost


Rule: TypeAlias = Callable[[Instruction, list[Profile], Context], Profile]


def measure(schematic: Schematic, cut: bool = False) -> Cost:
    """Gates, depth and attribution of `schematic`.

    Args:
        cut: cut every run into runs of length 1 first; the result is the same, which tests use.
    """
    states = constants(schematic)
    return count(schematic, states, demand(schematic, states), cut)


def count(
    schematic: Schematic, states: list[Profile], wants: list[Profile], cut: bool = False
) -> Cost:
    """What `measure` says, for constants and demand that are known already."""
    cost, equal = Cost(), Equal()
    for index, line in enumerate(schematic.instructions):
        want, state = wants[index], states[index]
        if not want.codes.any():
            known = np.where(state.codes < 0, state.codes, np.int32(ABSENT))
            value = Profile(state.runs, known).merge()
        else:
            if cut:
                want, state = want.cut(), state.cut()
            args = [cost.values[a] for a in line.args]
            context = Context(schematic, want, state, cost)
            value = _finish(RULES[line.operation](line, args, context), want, state)
        cost.values.append(value.cut() if cut else equal(value))
    cost.outputs = [cost.values[o] for o in schematic.outputs]
    return cost


def _finish(value: Profile, want: Profile, state: Profile) -> Profile:
    """Constants are known whether wanted or not; a live wire that nobody wants is absent."""
    runs, (codes, w, s) = align([value, want, state])
    found = np.where(s < 0, s, np.where(w != 0, codes, ABSENT))
    return Profile(runs, found.astype(np.int32, copy=False)).merge()


def _total(counts: Array, chosen: Array) -> int:
    return int(np.where(chosen, counts, 0).sum())


def _and(line: Instruction, args: list[Profile], context: Context) -> Profile:
    runs, (a, b, w) = align([*args, context.want])
    gate = (w != 0) & (a >= 0) & (b >= 0)
    depth = np.maximum(a, b) + 1
    codes = np.where(gate, depth, np.where(a == CONST1, b, np.where(b == CONST1, a, ABSENT)))
    many = _total(Profile(runs, gate.astype(np.int32)).counts(), gate)
    deepest = int(np.where(gate, depth, 0).max(initial=0))
    context.cost.charge(line.scope, "and", alike(many, deepest))
    return Profile(runs, codes.astype(np.int32))


def _xor(line: Instruction, args: list[Profile], context: Context) -> Profile:
    runs, (a, b, w) = align([*args, context.want])
    gate = (w != 0) & (a >= 0) & (b >= 0)
    price = BASES[context.schematic.basis].xor
    assert price is not None, "the basis has XORs"
    depth = np.maximum(a, b) + price.depth
    constant = (a == CONST0) | (a == CONST1)
    codes = np.where(gate, depth, np.where(constant, b, a))
    many = _total(Profile(runs, gate.astype(np.int32)).counts(), gate)
    deepest = int(np.where(gate, depth, 0).max(initial=0))
    context.cost.charge(line.scope, price.kind, alike(price.gates * many, deepest))
    return Profile(runs, codes.astype(np.int32))


@dataclass(frozen=True)
class Classes:
    """Equal rows of a grid: one of each class, the class of every row, and how many rows of wires each stands for."""

    rows: Array
    inverse: Longs
    many: list[int]


def _classes(runs: Any, codes: Array) -> Classes:
    classes, inverse = unique_rows(codes)
    counts = Profile(runs, np.zeros([len(r) for r in runs], np.int32)).counts().ravel()
    total = np.zeros(len(classes), counts.dtype)
    np.add.at(total, inverse, counts)
    return Classes(classes, inverse, [int(t) for t in total])


def _charge(
    line: Instruction, cost: Cost, gates: tuple[int, int], many: int, depth: int
) -> None:
    """Charge (ANDs, XORs) so many times."""
    for kind, own in zip(("and", "xor"), gates, strict=True):
        cost.charge(line.scope, kind, alike(many * own, depth))


def _call(line: Instruction, args: list[Profile], context: Context) -> Profile:
    runs, codes = cell_rows([*args, context.want])
    inputs, outputs = sum(line.attributes.arguments), line.shape[-1]
    found, basis = _classes(runs, codes), context.schematic.basis
    result = np.full((len(found.rows), outputs), ABSENT, np.int32)
    for index, row in enumerate(found.rows):
        given, wanted = row[:inputs], row[inputs:].astype(np.uint8)
        if wanted.any():
            key = pattern(given).tobytes(), wanted.tobytes()
            program, _ = specialise(line.attributes, basis, *key)
            result[index], deepest = planning.depths(program, given)
            gates = planning.kinds(program)
            _charge(line, context.cost, gates, found.many[index], deepest)
    return per_row(runs, result[found.inverse], outputs)


def _all(
    line: Instruction, args: list[Profile], context: Context, kind: str = "and"
) -> Profile:
    runs, parts = rows([*args, context.want], [*line.attributes, 0])
    axes = zip(args, line.attributes, strict=True)
    counts = np.concatenate([_repeats(arg, own) for arg, own in axes])
    found = _classes(runs, np.concatenate(parts, axis=1))
    result = np.full(len(found.rows), ABSENT, np.int32)
    for index, row in enumerate(found.rows):
        codes, live = row[:-1], row[:-1] >= 0
        if not row[-1] or (codes == CONST0).any() or not live.any():
            continue
        many = found.many[index]
        if BASES[context.schematic.basis].unbounded:
            fan_in, gate = int(counts[live].sum()), int(codes[live].max()) + 1
            result[index] = gate if fan_in > 1 else gate - 1
            context.cost.charge(line.scope, kind, alike(many * (fan_in > 1), gate, fan_in))
        else:
            plan = planning.tree(codes[live], counts[live])
            result[index] = plan.depth
            context.cost.charge(line.scope, "and", alike(many * plan.gates, plan.depth))
    return per_row(runs, result[found.inverse], None)


def _ragged(line: Instruction, args: list[Profile], context: Context) -> Profile:
    found, starts = gathered(line, args[0]), line.attributes.starts
    asked = (context.want.expand_dense() != 0) & (context.state.expand_dense() >= 0)
    deepest = segment_max(np.where(found.codes >= 0, found.codes, -1), starts)
    gate = asked & (found.live > 1)
    fan_in = found.live[gate]
    wires, widest = int(fan_in.sum()), int(fan_in.max(initial=0))
    kind = "or" if line.operation == "any_of" else "and"
    depth = int(deepest[gate].max(initial=0)) + 1
    gates = Gates(int(gate.sum()), depth, wires, wires, widest, 1, widest)
    context.cost.charge(line.scope, kind, gates)
    return Profile.dense(np.where(asked, deepest + gate, ABSENT))


def segment_max(values: Array, starts: Longs) -> Array:
    """Largest of values[starts[g]:starts[g + 1]]; -1 where there is none."""
    result = np.full(len(starts) - 1, -1, np.int64)
    filled = starts[1:] > starts[:-1]
    if filled.any():
        result[filled] = np.maximum.reduceat(values, starts[:-1][filled])
    return result


def _at_least(line: Instruction, args: list[Profile], context: Context) -> Profile:
    found = sizes(line, args)
    given = [context.want, context.state, found.fan_in, found.deepest]
    runs, (w, s, fan_in, deepest) = align(given)
    asked = (w != 0) & (s >= 0)
    gate = asked & (fan_in > 1)
    if gate.any():
        gates = _gates(Profile(runs, gate.astype(np.int32)), found)
        context.cost.charge(line.scope, "threshold", gates)
    return Profile(runs, np.where(asked, deepest + gate, ABSENT).astype(np.int32))


def _gates(gates: Profile, found: Sizes) -> Gates:
    """The gates where `gates` holds 1; their weights are divided by their greatest common divisor."""
    which = gates.codes != 0
    sized = [found.fan_in, found.size, found.largest, found.divisor, found.deepest]
    _, (_, *parts) = align([gates, *sized])
    fan_in, size, largest, divisor, deepest = (
        np.broadcast_to(part, which.shape)[which] for part in parts
    )
    many, weighted = gates.counts()[which], size // divisor
    return Gates(
        many=int(many.sum()),
        depth=int(deepest.max()) + 1,
        wires=_dot(many, fan_in),
        weighted=_dot(many, weighted),
        fan_in=int(fan_in.max()),
        weight=int((largest // divisor).max()),
        heaviest=int(weighted.max()),
    )


def _dot(a: Array, b: Array) -> int:
    """Sum of a * b, both positive: in Python integers where 64 bits might not do."""
    kind = np.int64 if int(a.max()) * int(b.max()) * len(a) < FITS else object
    return int(np.dot(a.astype(kind), b.astype(kind)))


def _repeats(profile: Profile, axes: int) -> Longs:
    counts: Longs = np.ones((), np.int64)
    for r in profile.runs[len(profile.runs) - axes :]:
        counts = counts[..., None] * r
    return counts.ravel()


def _sum(line: Instruction, args: list[Profile], context: Context) -> Profile:
    grid = sum_rows(line, args, context.want)
    # Rows of the state may be finer: wires that nobody wants were told apart when they were found to be constant.
    state = context.state.unit(len(line.shape) - 1)
    given = [_over(grid.runs, grid.codes), _over(grid.runs, grid.wanted), state]
    runs, (codes, wanted, states) = rows(given, [1, 1, 1])
    # Rows that are alike but for when they begin have one plan.
    live = codes >= 0
    begin = np.where(live, codes, LATE).min(axis=1, initial=LATE) * live.any(axis=1)
    alike_but_late = np.where(live, codes - begin[:, None], codes)
    found = _classes(runs, np.concatenate([alike_but_late, wanted * (states >= 0)], axis=1))
    last = np.zeros(len(found.rows), np.int64)
    np.maximum.at(last, found.inverse, begin)
    result = np.full((len(found.rows), grid.layout.width), ABSENT, np.int32)
    for plan in planning.totals(context.schematic, grid.layout, found.rows):
        result[plan.row, plan.keep] = plan.depths
        deepest = plan.deepest + int(last[plan.row])
        _charge(line, context.cost, plan.gates, found.many[plan.row], deepest)
    ends = result[found.inverse]
    ends = np.where(ends >= 0, ends + begin[:, None], ends)
    return per_row(runs, ends, grid.layout.width)


def _over(runs: Any, codes: Ints) -> Profile:
    """Rows of codes (rows, entries) as a profile whose last axis has every entry by itself."""
    entries = codes.shape[1]
    shape = (*(len(r) for r in runs), entries)
    return Profile((*runs, np.ones(entries, np.int64)), codes.reshape(shape))


RULES: dict[str, Rule] = table(
    source,
    wire,
    _ragged,
    not_=lambda line, args, context: complement(args[0]),
    and_=_and,
    xor=_xor,
    call=_call,
    all=_all,
    any=lambda line, args, context: complement(_all(line, dual(args), context, "or")),
    at_least=_at_least,
    sum=_sum,
)
