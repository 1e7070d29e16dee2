"""Which wires are constants: the first of the abstract interpretations, forward, depths unknown.

A value's profile holds CONST0, CONST1 or 0 for a live wire.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.schematic import heaps
from circuitsim.schematic.cells import LIVE, ONE, ZERO, specialise
from circuitsim.schematic.others import others
from circuitsim.schematic.profile import (
    CONST0,
    CONST1,
    Codes,
    Profile,
    Runs,
    align,
    concat,
    rows,
    unique_rows,
)
from circuitsim.schematic.schematic import Gather, Instruction, Schematic
from circuitsim.schematic.threshold_profiles import states


def constants(schematic: Schematic) -> list[Profile]:
    """For every value the profile of its constants."""
    values: list[Profile] = []
    for line in schematic.instructions:
        values.append(RULES[line.operation](line, [values[a] for a in line.args], schematic))
    return values


def wire(line: Instruction, args: list[Profile]) -> Profile | None:
    """Wiring acts on profiles of any codes alike; None for an operation that is not wiring."""
    how = line.attributes
    if line.operation == "slice":
        return args[0].slice(*how)
    if line.operation == "concat":
        return concat(args, how)
    if line.operation == "take":
        return args[0].take(*how)
    if line.operation == "expand":
        return args[0].expand(how)
    if line.operation == "squeeze":
        return args[0].squeeze(how)
    if line.operation == "broadcast":
        return args[0].broadcast(line.shape)
    if line.operation == "transpose":
        return args[0].transpose(how)
    if line.operation == "others":
        return others(args[0], how)
    return None


def source(line: Instruction) -> Profile | None:
    """Profiles of the operations without operands, live wires at depth 0; None for the others."""
    if line.operation in ("input", "wired"):
        return Profile.uniform(line.shape, 0)
    if line.operation == "constant":
        return Profile.dense(np.where(line.attributes, CONST1, CONST0))
    if line.operation == "fill":
        return Profile.uniform(line.shape, CONST1 if line.attributes else CONST0)
    return None


@dataclass(frozen=True)
class SumRows:
    """A `sum` as rows of a grid: its runs, its digits, codes (rows, elements), wanted bits (rows, width)."""

    runs: tuple[Runs, ...]
    layout: heaps.Layout
    codes: npt.NDArray[np.int32]
    wanted: npt.NDArray[np.int32]
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
    asked = (want or Profile.uniform((*[1] * (len(line.shape) - 1), width), 1)).unit(
        len(line.shape) - 1
    )
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

    codes: npt.NDArray[np.int32]
    states: npt.NDArray[np.int32]
    live: npt.NDArray[np.int64]


def cell_rows(args: list[Profile]) -> tuple[Any, Any]:
    """Rows of a `call`: the grid's runs and the codes (rows, inputs of the cell)."""
    runs, codes = rows([a.unit(len(a.runs) - 1) for a in args], [1] * len(args))
    return runs, np.concatenate(codes, axis=1)


def pattern(codes: Any) -> Any:
    """The pattern of constants that a cell is specialised to."""
    return np.where(codes >= 0, LIVE, np.where(codes == CONST1, ONE, ZERO)).astype(np.uint8)


def _not(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    return complement(args[0])


def complement(profile: Profile) -> Profile:
    """Codes after a free negation."""
    return Profile(profile.runs, flipped(profile.codes))


def flipped(codes: Codes) -> Codes:
    """Codes of complemented wires: constants change places."""
    return np.where(codes == CONST0, CONST1, np.where(codes == CONST1, CONST0, codes))


def _and(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    runs, (a, b) = align(args)
    codes = np.where(
        (a == CONST0) | (b == CONST0), CONST0, np.where(a == CONST1, b, a)
    ).astype(np.int32)
    return Profile(runs, codes).merge()


def _xor(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    runs, (a, b) = align(args)
    both = (a < 0) & (b < 0)
    return Profile(
        runs, np.where(both, np.where(a == b, CONST0, CONST1), 0).astype(np.int32)
    ).merge()


def _call(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    runs, codes = cell_rows(args)
    classes, inverse = unique_rows(pattern(codes))
    wanted = np.ones(line.shape[-1], np.uint8).tobytes()
    result = np.zeros((len(classes), line.shape[-1]), np.int32)
    for index, row in enumerate(classes):
        outputs = specialise(line.attributes, schematic.basis, row.tobytes(), wanted)[
            0
        ].outputs
        result[index] = np.where(outputs == 0, CONST0, np.where(outputs == 1, CONST1, 0))
    return per_row(runs, result[inverse], line.shape[-1])


def dual(args: list[Profile]) -> list[Profile]:
    """De Morgan: an OR is the complement of the AND of complements."""
    return [complement(arg) for arg in args]


def _all(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    runs, parts = rows(args, line.attributes)
    codes = np.concatenate(parts, axis=1)
    zero, live = (codes == CONST0).any(axis=1), (codes >= 0).any(axis=1)
    return per_row(runs, np.where(zero, CONST0, np.where(live, 0, CONST1)), None)


def _any(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    return complement(_all(line, dual(args), schematic))


def gathered(line: Instruction, arg: Profile) -> Gathered:
    """The wires of `all_of`, or of `any_of` by de Morgan, and what each gate is made of."""
    how: Gather = line.attributes
    codes = arg.expand_dense()[how.indices]
    codes = np.where(how.negations ^ (line.operation == "any_of"), flipped(codes), codes)
    zeros, live = (
        segment_sums(codes == CONST0, how.starts),
        segment_sums(codes >= 0, how.starts),
    )
    return Gathered(codes, np.where(zeros > 0, CONST0, np.where(live > 0, 0, CONST1)), live)


def segment_sums(
    flags: npt.NDArray[Any], starts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Sums of flags over flags[starts[g]:starts[g + 1]]."""
    totals = np.concatenate([[0], np.cumsum(flags, dtype=np.int64)])
    return totals[starts[1:]] - totals[starts[:-1]]


def _ragged(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    result = Profile.dense(gathered(line, args[0]).states)
    return complement(result) if line.operation == "any_of" else result


def _at_least(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    return states(line, args)


def _sum(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    grid = sum_rows(line, args)
    classes, inverse = unique_rows(grid.codes)
    return per_row(
        grid.runs, heaps.settle(grid.layout, classes).states[inverse], grid.layout.width
    )


def per_row(runs: tuple[Runs, ...], codes: npt.NDArray[Any], width: int | None) -> Profile:
    """A profile from a value for every row of a grid: a code, or codes of a last axis of `width` wires."""
    grid = tuple(len(r) for r in runs)
    if width is None:
        return Profile(runs, codes.reshape(grid).astype(np.int32)).merge()
    ones = np.ones(width, np.int64)
    return Profile((*runs, ones), codes.reshape((*grid, width)).astype(np.int32)).merge()


def _wiring(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    result = wire(line, args)
    assert result is not None
    return result


def _source(line: Instruction, args: list[Profile], schematic: Schematic) -> Profile:
    result = source(line)
    assert result is not None
    return result


RULES: dict[str, Callable[[Instruction, list[Profile], Schematic], Profile]] = {
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
