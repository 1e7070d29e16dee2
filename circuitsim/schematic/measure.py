"""Size and depth of the circuit that a schematic expands to, without expanding it.

Exactly what counting the gates of `flatten(schematic)` gives, because every decision to fold, to leave out or to
schedule is a pure function of wire codes that both call: `constants`, `demand`, `planning`. Here an array is a
profile of runs, so a million equal keys cost as much as one; see docs/measuring.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.bases import BASES
from circuitsim.schematic import heaps, planning
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
from circuitsim.schematic.cost import Cost
from circuitsim.schematic.demand import demand
from circuitsim.schematic.profile import (
    ABSENT,
    CONST0,
    CONST1,
    Profile,
    align,
    rows,
    unique_rows,
)
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
    cost = Cost()
    for index, line in enumerate(schematic.instructions):
        want, state = wants[index], states[index]
        if not want.codes.any():
            value = Profile(
                state.runs, np.where(state.codes < 0, state.codes, np.int32(ABSENT))
            ).merge()
        else:
            if cut:
                want, state = want.cut(), state.cut()
            value = RULES[line.operation](
                line,
                [cost.values[a] for a in line.args],
                Context(schematic, want, state, cost),
            )
            value = _finish(value, want, state)
        cost.values.append(value.cut() if cut else value)
    cost.outputs = [cost.values[o] for o in schematic.outputs]
    return cost


def _finish(value: Profile, want: Profile, state: Profile) -> Profile:
    """Constants are known whether wanted or not; a live wire that nobody wants is absent."""
    runs, (codes, w, s) = align([value, want, state])
    found = np.where(s < 0, s, np.where(w != 0, codes, ABSENT))
    return Profile(runs, found.astype(np.int32, copy=False)).merge()


def _total(counts: npt.NDArray[Any], chosen: npt.NDArray[Any]) -> int:
    return int(np.where(chosen, counts, 0).sum())


def _source(line: Instruction, args: list[Profile], context: Context) -> Profile:
    result = source(line)
    assert result is not None
    return result


def _wiring(line: Instruction, args: list[Profile], context: Context) -> Profile:
    result = wire(line, args)
    assert result is not None
    return result


def _not(line: Instruction, args: list[Profile], context: Context) -> Profile:
    return complement(args[0])


def _and(line: Instruction, args: list[Profile], context: Context) -> Profile:
    runs, (a, b, w) = align([*args, context.want])
    gate = (w != 0) & (a >= 0) & (b >= 0)
    depth = np.maximum(a, b) + 1
    codes = np.where(gate, depth, np.where(a == CONST1, b, np.where(b == CONST1, a, ABSENT)))
    many = _total(Profile(runs, gate.astype(np.int32)).counts(), gate)
    context.cost.charge(line.scope, "and", many, int(np.where(gate, depth, 0).max(initial=0)))
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
    context.cost.charge(line.scope, price.kind, price.gates * many, deepest)
    return Profile(runs, codes.astype(np.int32))


def _multiplicities(runs: Any, inverse: npt.NDArray[np.int64], classes: int) -> list[int]:
    grid = tuple(len(r) for r in runs)
    counts = Profile(runs, np.zeros(grid, np.int32)).counts().ravel()
    total = np.zeros(classes, counts.dtype)
    np.add.at(total, inverse, counts)
    return [int(t) for t in total]


def _call(line: Instruction, args: list[Profile], context: Context) -> Profile:
    runs, codes = cell_rows([*args, context.want])
    inputs, outputs = sum(line.attributes.arguments), line.shape[-1]
    classes, inverse = unique_rows(codes)
    result = np.full((len(classes), outputs), ABSENT, np.int32)
    basis = context.schematic.basis
    for index, (row, many) in enumerate(
        zip(classes, _multiplicities(runs, inverse, len(classes)), strict=True)
    ):
        wanted = row[inputs:].astype(np.uint8)
        if wanted.any():
            program, _ = specialise(
                line.attributes, basis, pattern(row[:inputs]).tobytes(), wanted.tobytes()
            )
            result[index], deepest = planning.depths(program, row[:inputs])
            ands, xors = planning.kinds(program)
            context.cost.charge(line.scope, "and", many * ands, deepest)
            context.cost.charge(line.scope, "xor", many * xors, deepest)
    return per_row(runs, result[inverse], outputs)


def _all(
    line: Instruction, args: list[Profile], context: Context, kind: str = "and"
) -> Profile:
    runs, parts = rows([*args, context.want], [*line.attributes, 0])
    counts = np.concatenate(
        [_repeats(arg, axes) for arg, axes in zip(args, line.attributes, strict=True)]
    )
    classes, inverse = unique_rows(np.concatenate(parts, axis=1))
    result = np.full(len(classes), ABSENT, np.int32)
    for index, (row, many) in enumerate(
        zip(classes, _multiplicities(runs, inverse, len(classes)), strict=True)
    ):
        live = row[:-1] >= 0
        if row[-1] and not (row[:-1] == CONST0).any() and live.any():
            if BASES[context.schematic.basis].unbounded:
                fan_in, gate = int(counts[live].sum()), int(row[:-1][live].max()) + 1
                result[index] = gate if fan_in > 1 else gate - 1
                context.cost.charge(line.scope, kind, many * (fan_in > 1), gate, fan_in)
            else:
                plan = planning.tree(row[:-1][live], counts[live])
                result[index] = plan.depth
                context.cost.charge(line.scope, "and", many * plan.gates, plan.depth)
    return per_row(runs, result[inverse], None)


def _any(line: Instruction, args: list[Profile], context: Context) -> Profile:
    return complement(_all(line, dual(args), context, "or"))


def _ragged(line: Instruction, args: list[Profile], context: Context) -> Profile:
    found, starts = gathered(line, args[0]), line.attributes.starts
    asked = (context.want.expand_dense() != 0) & (context.state.expand_dense() >= 0)
    deepest = segment_max(np.where(found.codes >= 0, found.codes, -1), starts)
    gate = asked & (found.live > 1)
    fan_in = found.live[gate]
    wires, widest = int(fan_in.sum()), int(fan_in.max(initial=0))
    kind, depth = (
        "or" if line.operation == "any_of" else "and",
        int(deepest[gate].max(initial=0)) + 1,
    )
    context.cost.charge_weighted(
        line.scope, kind, int(gate.sum()), depth, wires, wires, widest, 1, widest
    )
    return Profile.dense(np.where(asked, deepest + gate, ABSENT))


def segment_max(values: npt.NDArray[Any], starts: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Largest of values[starts[g]:starts[g + 1]]; -1 where there is none."""
    result = np.full(len(starts) - 1, -1, np.int64)
    filled = starts[1:] > starts[:-1]
    if filled.any():
        result[filled] = np.maximum.reduceat(values, starts[:-1][filled])
    return result


def _at_least(line: Instruction, args: list[Profile], context: Context) -> Profile:
    found = sizes(line, args)
    runs, (w, s, fan_in, deepest) = align(
        [context.want, context.state, found.fan_in, found.deepest]
    )
    asked = (w != 0) & (s >= 0)
    gate = asked & (fan_in > 1)
    if gate.any():
        _charge_thresholds(
            context.cost, line.scope, Profile(runs, gate.astype(np.int32)), found
        )
    return Profile(runs, np.where(asked, deepest + gate, ABSENT).astype(np.int32))


def _charge_thresholds(cost: Cost, scope: str, gates: Profile, found: Sizes) -> None:
    """Charge the gates where `gates` holds 1; their weights are divided by their greatest common divisor."""
    which = gates.codes != 0
    _, parts = align(
        [gates, found.fan_in, found.size, found.largest, found.divisor, found.deepest]
    )
    fan_in, size, largest, divisor, deepest = (
        np.broadcast_to(p, which.shape)[which] for p in parts[1:]
    )
    many, weighted = gates.counts()[which], size // divisor
    cost.charge_weighted(
        scope, "threshold", int(many.sum()), int(deepest.max()) + 1, _dot(many, fan_in), _dot(many, weighted),
        int(fan_in.max()), int((largest // divisor).max()), int(weighted.max()),
    )  # fmt: skip


def _dot(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> int:
    """Sum of a * b, both positive: in Python integers where 64 bits might not do."""
    kind = np.int64 if int(a.max()) * int(b.max()) * len(a) < FITS else object
    return int(np.dot(a.astype(kind), b.astype(kind)))


def _repeats(profile: Profile, axes: int) -> npt.NDArray[np.int64]:
    counts: npt.NDArray[np.int64] = np.ones((), np.int64)
    for r in profile.runs[len(profile.runs) - axes :]:
        counts = counts[..., None] * r
    return counts.ravel()


def _sum(line: Instruction, args: list[Profile], context: Context) -> Profile:
    grid = sum_rows(line, args, context.want)
    # Rows of the state may be finer: wires that nobody wants were told apart when they were found to be constant.
    state = context.state.unit(len(line.shape) - 1)
    given = [_over(grid.runs, grid.codes), _over(grid.runs, grid.wanted), state]
    runs, (codes, wanted, states) = rows(given, [1, 1, 1])
    elements = codes.shape[1]
    classes, inverse = unique_rows(np.concatenate([codes, wanted * (states >= 0)], axis=1))
    settled = heaps.settle(grid.layout, classes[:, :elements], classes[:, elements:])
    result = np.full((len(classes), grid.layout.width), ABSENT, np.int32)
    for index, many in enumerate(_multiplicities(runs, inverse, len(classes))):
        keep = tuple(int(k) for k in np.flatnonzero(classes[index, elements:]))
        if keep:
            plan = planning.total(
                context.schematic,
                grid.layout,
                settled,
                index,
                classes[index, :elements],
                keep,
            )
            result[index, list(keep)] = plan.depths
            context.cost.charge(line.scope, "and", many * plan.gates[0], plan.deepest)
            context.cost.charge(line.scope, "xor", many * plan.gates[1], plan.deepest)
    return per_row(runs, result[inverse], grid.layout.width)


def _over(runs: Any, codes: npt.NDArray[np.int32]) -> Profile:
    """Rows of codes (rows, entries) as a profile whose last axis has every entry by itself."""
    entries = codes.shape[1]
    shape = (*(len(r) for r in runs), entries)
    return Profile((*runs, np.ones(entries, np.int64)), codes.reshape(shape))


RULES: dict[str, Rule] = {
    **dict.fromkeys(("input", "wired", "constant", "fill"), _source),
    **dict.fromkeys(
        ("slice", "concat", "take", "expand", "squeeze", "broadcast", "transpose", "others"),
        _wiring,
    ),
    "not": _not,
    "and": _and,
    "xor": _xor,
    "call": _call,
    "all": _all,
    "any": _any,
    "all_of": _ragged,
    "any_of": _ragged,
    "at_least": _at_least,
    "sum": _sum,
}
