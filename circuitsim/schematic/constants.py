"""Which wires are constants: the first of the abstract interpretations, forward, depths unknown.

A value's profile holds CONST0, CONST1 or 0 for a live wire.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from circuitsim.array_types import Array, Ints, Longs
from circuitsim.schematic import heaps
from circuitsim.schematic.cells import LIVE, ONE, ZERO, specialise
from circuitsim.schematic.others import others
from circuitsim.schematic.profile import (
    CONST0,
    CONST1,
    Codes,
    Equal,
    Profile,
    Runs,
    align,
    concat,
    rows,
    unique_rows,
)
from circuitsim.schematic.rules import rules
from circuitsim.schematic.schematic import Gather, Instruction, Schematic
from circuitsim.schematic.threshold_profiles import states

Rule: TypeAlias = Callable[[Instruction, list[Profile], Schematic], Profile]


def constants(schematic: Schematic) -> list[Profile]:
    """For every value the profile of its constants."""
    values: list[Profile] = []
    equal = Equal()
    for line in schematic.instructions:
        args = [values[a] for a in line.args]
        values.append(equal(RULES[line.operation](line, args, schematic)))
    return values


WIRING: dict[str, Callable[[Profile, Any, Instruction], Profile]] = {
    "slice": lambda arg, how, line: arg.slice(*how),
    "take": lambda arg, how, line: arg.take(*how),
    "expand": lambda arg, how, line: arg.expand(how),
    "squeeze": lambda arg, how, line: arg.squeeze(how),
    "broadcast": lambda arg, how, line: arg.broadcast(line.shape),
    "transpose": lambda arg, how, line: arg.transpose(how),
    "others": lambda arg, how, line: others(arg, how),
}


def wire(line: Instruction, args: list[Profile], _: object = None) -> Profile:
    """Wiring acts on profiles of any codes alike."""
    if line.operation == "concat":
        return concat(args, line.attributes)
    return WIRING[line.operation](args[0], line.attributes, line)


def source(line: Instruction, args: list[Profile], _: object = None) -> Profile:
    """Profiles of the operations without operands, live wires at depth 0."""
    if line.operation == "constant":
        return Profile.dense(np.where(line.attributes, CONST1, CONST0))
    code = CONST1 if line.attributes else CONST0
    return Profile.uniform(line.shape, code if line.operation == "fill" else 0)


@dataclass(frozen=True)
class SumRows:
    """A `sum` as rows of a grid: its runs, its digits, codes (rows, elements), wanted bits (rows, width)."""

    runs: tuple[Runs, ...]
    layout: heaps.Layout
    codes: Ints
    wanted: Ints
    added: list[tuple[Runs, ...]]  # of every operand, the runs of the axes that are added up


def sum_rows(line: Instruction, args: list[Profile], want: Profile | None = None) -> SumRows:
    """Rows of a `sum`; without `want` every bit is wanted."""
    summands, constant, width = line.attributes
    shaped = []
    for arg, summand in zip(args, summands, strict=True):
        first = len(arg.runs) - len(summand.shape)
        for axis, length in enumerate(summand.shape):
            arg = arg.unit(first + axis) if length != 1 else arg
        shaped.append(arg)
    last = len(line.shape) - 1
    asked = (want or Profile.uniform((*[1] * last, width), 1)).unit(last)
    axes = [len(s.shape) for s in summands]
    runs, parts = rows([*shaped, asked], [*axes, 1])
    added = [a.runs[len(a.runs) - k :] for a, k in zip(shaped, axes, strict=True)]
    lay = heaps.layout(summands, [list(r) for r in added], constant, width)
    return SumRows(runs, lay, np.concatenate(parts[:-1], axis=1), parts[-1], added)


@dataclass(frozen=True)
class Gathered:
    """Codes of gathered wires (wires,), complemented for `any_of`; of every gate its state as an AND, and how many
    live wires it reads.
    """

    codes: Ints
    states: Ints
    live: Longs


def cell_rows(args: list[Profile]) -> tuple[Any, Any]:
    """Rows of a `call`: the grid's runs and the codes (rows, inputs of the cell)."""
    runs, codes = rows([a.unit(len(a.runs) - 1) for a in args], [1] * len(args))
    return runs, np.concatenate(codes, axis=1)


def pattern(codes: Any) -> Any:
    """The pattern of constants that a cell is specialised to."""
    return np.where(codes >= 0, LIVE, np.where(codes == CONST1, ONE, ZERO)).astype(np.uint8)


def complement(profile: Profile) -> Profile:
    """Codes after a free negation."""
    return Profile(profile.runs, flipped(profile.codes))


def flipped(codes: Codes) -> Codes:
    """Codes of complemented wires: constants change places."""
    return np.where(codes == CONST0, CONST1, np.where(codes == CONST1, CONST0, codes))


def dual(args: list[Profile]) -> list[Profile]:
    """De Morgan: an OR is the complement of the AND of complements."""
    return [complement(arg) for arg in args]


def _and(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    runs, (a, b) = align(args)
    zero = (a == CONST0) | (b == CONST0)
    codes = np.where(zero, CONST0, np.where(a == CONST1, b, a))
    return Profile(runs, codes.astype(np.int32)).merge()


def _xor(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    runs, (a, b) = align(args)
    known = np.where(a == b, CONST0, CONST1)
    return Profile(runs, np.where((a < 0) & (b < 0), known, 0).astype(np.int32)).merge()


def _call(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    runs, codes = cell_rows(args)
    classes, inverse = unique_rows(pattern(codes))
    wanted = np.ones(line.shape[-1], np.uint8).tobytes()
    result = np.zeros((len(classes), line.shape[-1]), np.int32)
    for index, row in enumerate(classes):
        program, _ = specialise(line.attributes, schematic.basis, row.tobytes(), wanted)
        outputs = program.outputs
        result[index] = np.where(outputs == 0, CONST0, np.where(outputs == 1, CONST1, 0))
    return per_row(runs, result[inverse], line.shape[-1])


def _all(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    runs, parts = rows(args, line.attributes)
    codes = np.concatenate(parts, axis=1)
    zero, live = (codes == CONST0).any(axis=1), (codes >= 0).any(axis=1)
    return per_row(runs, np.where(zero, CONST0, np.where(live, 0, CONST1)), None)


def gathered(line: Instruction, arg: Profile) -> Gathered:
    """The wires of `all_of`, or of `any_of` by de Morgan, and what each gate is made of."""
    how: Gather = line.attributes
    codes = arg.expand_dense()[how.indices]
    codes = np.where(how.negations ^ (line.operation == "any_of"), flipped(codes), codes)
    zeros = segment_sums(codes == CONST0, how.starts)
    live = segment_sums(codes >= 0, how.starts)
    return Gathered(codes, np.where(zeros > 0, CONST0, np.where(live > 0, 0, CONST1)), live)


def segment_sums(flags: Array, starts: Longs) -> Longs:
    """Sums of flags over flags[starts[g]:starts[g + 1]]."""
    totals = np.concatenate([[0], np.cumsum(flags, dtype=np.int64)])
    return totals[starts[1:]] - totals[starts[:-1]]


def _ragged(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    result = Profile.dense(gathered(line, args[0]).states)
    return complement(result) if line.operation == "any_of" else result


def _sum(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    grid = sum_rows(line, args)
    classes, inverse = unique_rows(grid.codes)
    found = heaps.settle(grid.layout, classes).states
    return per_row(grid.runs, found[inverse], grid.layout.width)


def per_row(runs: tuple[Runs, ...], codes: Array, width: int | None) -> Profile:
    """A profile from a value for every row of a grid: a code, or codes of a last axis of `width` wires."""
    if width is not None:
        runs = (*runs, np.ones(width, np.int64))
    return Profile(runs, codes.reshape([len(r) for r in runs]).astype(np.int32)).merge()


RULES: dict[str, Rule] = rules(
    source,
    wire,
    _ragged,
    not_=lambda line, args, schematic: complement(args[0]),
    and_=_and,
    xor=_xor,
    call=_call,
    all=_all,
    any=lambda line, args, schematic: complement(_all(line, dual(args), schematic)),
    at_least=lambda line, args, schematic: states(line, args),
    sum=_sum,
)
