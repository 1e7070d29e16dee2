"""The decisions of a threshold gate, shared by every interpreter: constant, lone wire or gate, and its weights.

[sum of w x >= t] with some x constant is the same question about the others with a smaller t. It is constant where
t lies outside of what the others can reach, a literal where one other is left, and else a gate, whose weights and
threshold are divided by the greatest common divisor of the weights. Wires of weight zero are not wires.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.circuits.profile import CONST0, CONST1, Profile, Runs, rows
from circuitsim.circuits.schematic import Instruction, Thresholds

FITS = 1 << 62
MOST = 1 << 26  # entries of a matrix of weights
Ints = npt.NDArray[Any]  # int64, or Python integers where 64 bits might not do


@dataclass(frozen=True)
class ThresholdRows:
    """An `at_least` as rows of a grid: its runs, codes (rows, elements), wanted thresholds (rows, thresholds).

    An element stands for `repeats` wires; `weights` is (thresholds or 1, elements).
    """

    runs: tuple[Runs, ...]
    codes: npt.NDArray[np.int32]
    wanted: npt.NDArray[np.int32]
    repeats: Ints
    weights: Ints
    thresholds: Ints
    added: list[tuple[Runs, ...]]  # of every operand, the runs of the axes that are added up


@dataclass(frozen=True)
class Decision:
    """What the gates of one row are, for every threshold.

    Args:
        state: CONST0, CONST1, or 0 for a live wire. fan_in: wires of weight other than zero.
        live: (elements,) bool. weights: (thresholds or 1, live elements), undivided. thresholds: constants moved over.
    """

    state: npt.NDArray[np.int32]
    fan_in: Ints
    live: npt.NDArray[np.bool_]
    weights: Ints
    repeats: Ints
    thresholds: Ints

    def divisors(self) -> Ints:
        """(thresholds,) greatest common divisors of the weights of live wires."""
        found = np.gcd.reduce(np.abs(self.weights), axis=1)
        return np.broadcast_to(found, self.state.shape)

    def weighted(self) -> Ints:
        """(thresholds,) sums of the divided weights' sizes: fan-in with multiplicity."""
        return (np.abs(self.weights) * self.repeats).sum(axis=1) // np.maximum(self.divisors(), 1)

    def largest(self) -> Ints:
        """(thresholds,) largest divided weight."""
        return np.abs(self.weights).max(axis=1, initial=0) // np.maximum(self.divisors(), 1)


def threshold_rows(line: Instruction, args: list[Profile], want: Profile | None = None) -> ThresholdRows:
    """Rows of an `at_least`; without `want` every threshold is wanted."""
    how: Thresholds = line.attributes
    shaped = []
    for arg, summand in zip(args, how.summands, strict=True):
        first = len(arg.runs) - len(summand.shape) + 1
        for axis, length in enumerate(summand.shape[1:]):
            arg = arg.unit(first + axis) if length != 1 else arg
        shaped.append(arg)
    many = len(how.thresholds)
    asked = (want or Profile.uniform((*[1] * (len(line.shape) - 1), many), 1)).unit(len(line.shape) - 1)
    axes = [len(s.shape) - 1 for s in how.summands]
    runs, parts = rows([*shaped, asked], [*axes, 1])
    added = [a.runs[len(a.runs) - k :] for a, k in zip(shaped, axes, strict=True)]
    repeats, weights, thresholds = matrix(how, added)
    return ThresholdRows(runs, np.concatenate(parts[:-1], axis=1), parts[-1], repeats, weights, thresholds, added)


def matrix(how: Thresholds, added: list[tuple[Runs, ...]]) -> tuple[Ints, Ints, Ints]:
    """Repeats (elements,), weights (thresholds or 1, elements) and thresholds of operands given as runs."""
    same = all(s.shape[0] == 1 for s in how.summands)
    many = 1 if same else len(how.thresholds)
    counts, columns = [], []
    for summand, runs in zip(how.summands, added, strict=True):
        count: npt.NDArray[Any] = np.ones((), object)
        for r in runs:
            count = count[..., None] * r.astype(object)
        table = np.empty(len(summand.weights), object)
        table[:] = summand.weights
        wide = np.broadcast_to(table.reshape(summand.shape), (many, *count.shape))
        counts.append(count.reshape(-1))
        columns.append(wide.reshape(many, count.size))
    repeats, weights = np.concatenate(counts), np.concatenate(columns, axis=1)
    thresholds = np.empty(len(how.thresholds), object)
    thresholds[:] = how.thresholds
    reach = (np.abs(weights) * repeats).sum(axis=1).max(initial=0) + np.abs(thresholds).max(initial=0)
    if 2 * reach < FITS:
        return repeats.astype(np.int64), weights.astype(np.int64), thresholds.astype(np.int64)
    return repeats, weights, thresholds


def decide(grid: ThresholdRows, codes: npt.NDArray[np.int32]) -> Decision:
    """What the gates of a row with these codes (elements,) are."""
    live, one = codes >= 0, codes == CONST1
    weights, repeats = grid.weights[:, live], grid.repeats[live]
    thresholds = grid.thresholds - (grid.weights[:, one] * grid.repeats[one]).sum(axis=1)
    low = (np.minimum(weights, 0) * repeats).sum(axis=1)
    high = (np.maximum(weights, 0) * repeats).sum(axis=1)
    state = np.where(thresholds <= low, CONST1, np.where(thresholds > high, CONST0, 0)).astype(np.int32)
    fan_in = np.broadcast_to(((weights != 0) * repeats).sum(axis=1), state.shape)
    return Decision(state, fan_in, live, weights, repeats, thresholds)
