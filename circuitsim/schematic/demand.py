"""Which wires some output needs: the second abstract interpretation, backward over the constants.

With it no interpreter builds or counts a gate that reaches no output, and a sum builds only the bits that are
read. A value's profile holds 1 where the wire is wanted. It is exact, but for strided slices along axes of more than
`EXACT` wires: there it takes the wires between for wanted too, which overstates only where constants single out
every second key. Demand is never understated.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from circuitsim.bases import BasisName
from circuitsim.schematic import heaps
from circuitsim.schematic.cells import specialise
from circuitsim.schematic.constants import (
    cell_rows,
    dual,
    gathered,
    pattern,
    per_row,
    sum_rows,
)
from circuitsim.schematic.others import others_back
from circuitsim.schematic.profile import CONST0, Profile, align, rows, unique_rows
from circuitsim.schematic.schematic import Instruction, Schematic
from circuitsim.schematic.threshold_profiles import reads


class Here(NamedTuple):
    """What a rule sees beside what is wanted and its operands' constants: the basis, and constants of its result."""

    basis: BasisName
    state: Profile


Rule: TypeAlias = Callable[[Instruction, Profile, list[Profile], Here], list[Profile]]


EXACT = 1024  # wires of an axis up to which strided slices are traced wire by wire


def demand(
    schematic: Schematic, states: Sequence[Profile], roots: Sequence[int] | None = None
) -> list[Profile]:
    """For every value the profile of what is wanted of it; `roots` (the outputs) are wanted whole."""
    wanted: list[Profile | None] = [None] * len(schematic)
    for root in schematic.outputs if roots is None else roots:
        wanted[root] = Profile.uniform(schematic.instructions[root].shape, 1)
    for index in range(len(schematic) - 1, -1, -1):
        line, want = schematic.instructions[index], wanted[index]
        if want is None or not want.codes.any():
            continue
        for arg, asked in zip(
            line.args,
            RULES[line.operation](
                line,
                want,
                [states[a] for a in line.args],
                Here(schematic.basis, states[index]),
            ),
            strict=True,
        ):
            known = wanted[arg]
            wanted[arg] = asked if known is None else _union(known, asked)
    nothing = [Profile.uniform(line.shape, 0) for line in schematic.instructions]
    return [w if w is not None else z for w, z in zip(wanted, nothing, strict=True)]


def _union(a: Profile, b: Profile) -> Profile:
    runs, (x, y) = align([a, b])
    return Profile(runs, np.maximum(x, y)).merge()


def _back(runs: Any, asked: Any, state: Profile) -> Profile:
    """From the common grid back to an operand, over the axes along which it was repeated."""
    shape = state.shape
    grid = np.broadcast_to(asked, tuple(len(r) for r in runs)).astype(np.int32)
    return Profile(tuple(runs), grid).any_to(shape).merge()


def _none(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return []


def _not(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return [want]


def _and(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    runs, (w, a, b) = align([want, *states])
    ask_a = (w != 0) & (a >= 0) & (b != CONST0)
    ask_b = (w != 0) & (b >= 0) & (a != CONST0)
    return [_back(runs, ask_a, states[0]), _back(runs, ask_b, states[1])]


def _xor(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    runs, (w, a, b) = align([want, *states])
    return [
        _back(runs, (w != 0) & (a >= 0), states[0]),
        _back(runs, (w != 0) & (b >= 0), states[1]),
    ]


def _call(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    runs, codes = cell_rows([*states, want])
    inputs = sum(line.attributes.arguments)
    key = np.concatenate(
        [pattern(codes[:, :inputs]), codes[:, inputs:].astype(np.uint8)], axis=1
    )
    classes, inverse = unique_rows(key)
    used = np.zeros((len(classes), inputs), np.int32)
    for index, row in enumerate(classes):
        wanted = row[inputs:]
        if wanted.any():
            used[index] = specialise(
                line.attributes, here.basis, row[:inputs].tobytes(), wanted.tobytes()
            )[1]
    asked = used[inverse]
    result, start = [], 0
    for state, width in zip(states, line.attributes.arguments, strict=True):
        part = per_row(runs, asked[:, start : start + width], width)
        result.append(part.any_to(state.shape).merge())
        start += width
    return result


def _all(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    runs, parts = rows([*states, want], [*line.attributes, 0])
    dead = np.concatenate([p == CONST0 for p in parts[:-1]], axis=1).any(axis=1)
    asked = (parts[-1][:, 0] != 0) & ~dead
    result = []
    for state, codes, axes in zip(states, parts, line.attributes, strict=False):
        added = state.runs[len(state.runs) - axes :]
        block = (asked[:, None] & (codes >= 0)).reshape([len(r) for r in (*runs, *added)])
        result.append(
            Profile((*runs, *added), block.astype(np.int32)).any_to(state.shape).merge()
        )
    return result


def _any(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return _all(line, want, dual(states), here)


def _ragged(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    found, starts = gathered(line, states[0]), line.attributes.starts
    asked = (want.expand_dense() != 0) & (found.states >= 0)
    read = np.repeat(asked, np.diff(starts)) & (found.codes >= 0)
    codes = np.zeros(states[0].shape, np.int32)
    codes[line.attributes.indices[read]] = 1
    return [Profile.dense(codes)]


def _at_least(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return reads(line, states, want, here.state)


def _sum(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    grid = sum_rows(line, states, want)
    elements = grid.codes.shape[1]
    classes, inverse = unique_rows(np.concatenate([grid.codes, grid.wanted], axis=1))
    needed = heaps.settle(grid.layout, classes[:, :elements], classes[:, elements:]).needed[
        inverse
    ]
    return _split(needed, grid.runs, grid.added, states)


def _split(needed: Any, runs: Any, added: Any, states: list[Profile]) -> list[Profile]:
    """What rows need of their elements (rows, elements), for every operand."""
    lead = tuple(len(r) for r in runs)
    result, start = [], 0
    for state, own in zip(states, added, strict=True):
        shape = tuple(len(r) for r in own)
        stop = start + prod(shape)
        block = needed[:, start:stop].reshape(lead + shape)
        result.append(
            Profile((*runs, *own), block.astype(np.int32)).any_to(state.shape).merge()
        )
        start = stop
    return result


def _slice(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    axis, start, _, step = line.attributes
    length = states[0].shape[axis]
    if step > 1 and length <= EXACT:
        return _take_back(
            want, axis, range(start, start + step * want.shape[axis], step), length
        )
    return [want.spread(axis, length, start, step)]


def _concat(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    axis, start, result = line.attributes, 0, []
    for state in states:
        length = state.shape[axis]
        result.append(want.slice(axis, start, start + length, 1))
        start += length
    return result


def _take(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    axis, indices = line.attributes
    return _take_back(want, axis, indices, states[0].shape[axis])


def _take_back(
    want: Profile, axis: int, indices: Sequence[int], length: int
) -> list[Profile]:
    """What is wanted of an axis of `length` wires from which `indices` were taken."""
    dense = want.unit(axis)
    codes = np.zeros(
        (*dense.codes.shape[:axis], length, *dense.codes.shape[axis + 1 :]), np.int32
    )
    np.maximum.at(
        np.moveaxis(codes, axis, 0),
        np.asarray(indices, np.int64),
        np.moveaxis(dense.codes, axis, 0),
    )
    runs = (*dense.runs[:axis], np.ones(length, np.int64), *dense.runs[axis + 1 :])
    return [Profile(runs, codes).merge()]


def _expand(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return [want.squeeze(line.attributes)]


def _squeeze(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return [want.expand(line.attributes)]


def _broadcast(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return [want.any_to(states[0].shape).merge()]


def _transpose(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return [want.transpose(tuple(int(k) for k in np.argsort(line.attributes)))]


def _others(
    line: Instruction, want: Profile, states: list[Profile], here: Here
) -> list[Profile]:
    return [others_back(want, line.attributes)]


RULES: dict[str, Rule] = {
    **dict.fromkeys(("input", "wired", "constant", "fill"), _none),
    "slice": _slice,
    "concat": _concat,
    "take": _take,
    "expand": _expand,
    "squeeze": _squeeze,
    "broadcast": _broadcast,
    "transpose": _transpose,
    "others": _others,
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
