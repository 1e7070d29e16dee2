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
    sum_rows,
)
from circuitsim.schematic.others import others_back
from circuitsim.schematic.profile import CONST0, Equal, Profile, align, rows, unique_rows
from circuitsim.schematic.rules import rules
from circuitsim.schematic.schematic import Instruction, Schematic
from circuitsim.schematic.threshold_profiles import reads


class Asked(NamedTuple):
    """What a rule sees: what is wanted of the result of a line, and the constants of its operands and of that."""

    line: Instruction
    want: Profile
    args: list[Profile]
    state: Profile
    basis: BasisName

    @property
    def how(self) -> Any:
        """The line's attributes."""
        return self.line.attributes


Rule: TypeAlias = Callable[[Asked], list[Profile]]

EXACT = 1024  # wires of an axis up to which strided slices are traced wire by wire


def demand(
    schematic: Schematic, states: Sequence[Profile], roots: Sequence[int] | None = None
) -> list[Profile]:
    """For every value the profile of what is wanted of it; `roots` (the outputs) are wanted whole."""
    wanted: list[Profile | None] = [None] * len(schematic)
    equal = Equal()
    for root in schematic.outputs if roots is None else roots:
        wanted[root] = Profile.uniform(schematic.instructions[root].shape, 1)
    for index in range(len(schematic) - 1, -1, -1):
        line, want = schematic.instructions[index], wanted[index]
        if want is None or not want.codes.any():
            continue
        args = [states[a] for a in line.args]
        asks = RULES[line.operation](Asked(line, want, args, states[index], schematic.basis))
        for arg, asked in zip(line.args, asks, strict=True):
            known = wanted[arg]
            wanted[arg] = equal(asked if known is None else _union(known, asked))
    lines = zip(wanted, schematic.instructions, strict=True)
    return [equal(Profile.uniform(line.shape, 0)) if w is None else w for w, line in lines]


def _union(a: Profile, b: Profile) -> Profile:
    runs, (x, y) = align([a, b])
    return Profile(runs, np.maximum(x, y)).merge()


def _back(runs: Any, asked: Any, state: Profile) -> Profile:
    """From the common grid back to an operand, over the axes along which it was repeated."""
    shape = state.shape
    grid = np.broadcast_to(asked, tuple(len(r) for r in runs)).astype(np.int32)
    return Profile(tuple(runs), grid).any_to(shape).merge()


def _and(at: Asked) -> list[Profile]:
    runs, (w, a, b) = align([at.want, *at.args])
    ask_a = (w != 0) & (a >= 0) & (b != CONST0)
    ask_b = (w != 0) & (b >= 0) & (a != CONST0)
    return [_back(runs, ask_a, at.args[0]), _back(runs, ask_b, at.args[1])]


def _xor(at: Asked) -> list[Profile]:
    runs, (w, *codes) = align([at.want, *at.args])
    parts = zip(codes, at.args, strict=True)
    return [_back(runs, (w != 0) & (own >= 0), state) for own, state in parts]


def _call(at: Asked) -> list[Profile]:
    runs, codes = cell_rows([*at.args, at.want])
    inputs = sum(at.how.arguments)
    wanted = codes[:, inputs:].astype(np.uint8)
    classes, inverse = unique_rows(
        np.concatenate([pattern(codes[:, :inputs]), wanted], axis=1)
    )
    used = np.zeros((len(classes), inputs), np.int32)
    for index, row in enumerate(classes):
        given, asked = row[:inputs], row[inputs:]
        if asked.any():
            used[index] = specialise(at.how, at.basis, given.tobytes(), asked.tobytes())[1]
    return _split(used[inverse], runs, [[np.ones(n, int)] for n in at.how.arguments], at.args)


def _all(at: Asked) -> list[Profile]:
    runs, parts = rows([*at.args, at.want], [*at.how, 0])
    codes = np.concatenate(parts[:-1], axis=1)
    asked = (parts[-1] != 0) & ~(codes == CONST0).any(axis=1, keepdims=True)
    added = [a.runs[len(a.runs) - axes :] for a, axes in zip(at.args, at.how, strict=True)]
    return _split(asked & (codes >= 0), runs, added, at.args)


def _ragged(at: Asked) -> list[Profile]:
    found = gathered(at.line, at.args[0])
    asked = (at.want.expand_dense() != 0) & (found.states >= 0)
    read = np.repeat(asked, np.diff(at.how.starts)) & (found.codes >= 0)
    codes = np.zeros(at.args[0].shape, np.int32)
    codes[at.how.indices[read]] = 1
    return [Profile.dense(codes)]


def _sum(at: Asked) -> list[Profile]:
    grid = sum_rows(at.line, at.args, at.want)
    elements = grid.codes.shape[1]
    classes, inverse = unique_rows(np.concatenate([grid.codes, grid.wanted], axis=1))
    settled = heaps.settle(grid.layout, classes[:, :elements], classes[:, elements:])
    return _split(settled.needed[inverse], grid.runs, grid.added, at.args)


def _split(needed: Any, runs: Any, added: Any, args: list[Profile]) -> list[Profile]:
    """What rows need of their elements (rows, elements), for every operand with the runs of its own axes."""
    result, start = [], 0
    for arg, own in zip(args, added, strict=True):
        shape = [len(r) for r in (*runs, *own)]
        stop = start + prod(shape[len(runs) :])
        block = needed[:, start:stop].reshape(shape).astype(np.int32)
        result.append(Profile((*runs, *own), block).any_to(arg.shape).merge())
        start = stop
    return result


def _slice(at: Asked) -> list[Profile]:
    axis, start, _, step = at.how
    length = at.args[0].shape[axis]
    if step == 1 or length > EXACT:
        return [at.want.spread(axis, length, start, step)]
    return _take(at, axis, range(start, start + step * at.want.shape[axis], step))


def _concat(at: Asked) -> list[Profile]:
    start, result = 0, []
    for arg in at.args:
        stop = start + arg.shape[at.how]
        result.append(at.want.slice(at.how, start, stop, 1))
        start = stop
    return result


def _take(at: Asked, axis: int, indices: Sequence[int]) -> list[Profile]:
    """What is wanted of an axis from which `indices` were taken."""
    dense = at.want.unit(axis)
    runs, shape = list(dense.runs), list(dense.codes.shape)
    shape[axis] = at.args[0].shape[axis]
    runs[axis] = np.ones(shape[axis], np.int64)
    codes = np.zeros(shape, np.int32)
    asked = np.moveaxis(dense.codes, axis, 0)
    np.maximum.at(np.moveaxis(codes, axis, 0), np.asarray(indices, np.int64), asked)
    return [Profile(tuple(runs), codes).merge()]


WIRING: dict[str, Rule] = {
    "slice": _slice,
    "concat": _concat,
    "take": lambda at: _take(at, *at.how),
    "expand": lambda at: [at.want.squeeze(at.how)],
    "squeeze": lambda at: [at.want.expand(at.how)],
    "broadcast": lambda at: [at.want.any_to(at.args[0].shape).merge()],
    "transpose": lambda at: [at.want.transpose(np.argsort(at.how).tolist())],
    "others": lambda at: [others_back(at.want, at.how)],
}
RULES: dict[str, Rule] = rules(
    lambda at: [],
    lambda at: WIRING[at.line.operation](at),
    _ragged,
    not_=lambda at: [at.want],
    and_=_and,
    xor=_xor,
    call=_call,
    all=_all,
    any=lambda at: _all(at._replace(args=dual(at.args))),
    at_least=lambda at: reads(at.line, at.args, at.want, at.state),
    sum=_sum,
)
