"""The decisions of a threshold gate, shared by every interpreter: constant, lone wire or gate, and its weights.

[sum of w x >= t] with some x constant is the same question about the others with a smaller t. It is constant where
t lies outside of what the others can reach, a literal where one other is left, and else a gate, whose weights and
threshold are divided by the greatest common divisor of the weights. Wires of weight zero are not wires.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.circuits.profile import CONST0, CONST1, Profile, Runs, rows
from circuitsim.circuits.schematic import FITS, Instruction, Thresholds

Ints = npt.NDArray[Any]  # int64, or Python integers where 64 bits might not do


@dataclass(frozen=True)
class ThresholdRows:
    """An `at_least` as rows of a grid: its runs, codes (rows, elements), wanted thresholds (rows, thresholds).

    An element stands for `repeats` wires. `weights` has an array (thresholds or 1, elements) for every operand, of
    one row where the weights are the same for all thresholds.
    """

    runs: tuple[Runs, ...]
    codes: npt.NDArray[np.int32]
    wanted: npt.NDArray[np.int32]
    repeats: tuple[Ints, ...]
    weights: tuple[Ints, ...]
    thresholds: Ints
    added: list[tuple[Runs, ...]]  # of every operand, the runs of the axes that are added up


@dataclass(frozen=True)
class Decision:
    """What the gates of one row are, for every threshold.

    Args:
        state: CONST0, CONST1, or 0 for a live wire. fan_in: wires of weight other than zero.
        live: (elements,) bool.
        weights, repeats: of the live elements, an array for every operand, undivided.
        thresholds: with what constants add up to moved over.
    """

    state: npt.NDArray[np.int32]
    fan_in: Ints
    live: npt.NDArray[np.bool_]
    weights: tuple[Ints, ...]
    repeats: tuple[Ints, ...]
    thresholds: Ints

    @property
    def same(self) -> bool:
        """Whether the gates of all thresholds have the same weights."""
        return all(len(block) == 1 for block in self.weights)

    def row(self, threshold: int) -> Ints:
        """Weights of the live elements, (live elements,), for one threshold."""
        return np.concatenate([block[threshold if len(block) > 1 else 0] for block in self.weights])

    def read(self, asked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """The live elements that have a weight for some threshold of `asked` (thresholds,), of which there is one."""
        chosen = [block[asked] if len(block) > 1 else block for block in self.weights]
        return np.concatenate([(block != 0).any(axis=0) for block in chosen])

    def deepest(self, codes: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
        """(thresholds,) depth of the deepest wire, from the codes of all elements; -1 without wires."""
        found, start = np.full(1, -1), 0
        live = codes[self.live]
        for block in self.weights:
            own = live[start : start + block.shape[1]]
            found = np.maximum(found, np.where(block != 0, own, -1).max(axis=1, initial=-1))
            start += block.shape[1]
        return np.broadcast_to(found, self.state.shape)

    def divisors(self) -> Ints:
        """(thresholds,) greatest common divisors of the weights of live wires; 1 where there are none."""
        found: Ints = np.zeros(1, np.int64)
        for block in self.weights:
            found = np.gcd(found, np.gcd.reduce(np.abs(block), axis=1))
        return np.broadcast_to(np.maximum(found, 1), self.state.shape)

    def weighted(self) -> Ints:
        """(thresholds,) sums of the divided weights' sizes: fan-in with multiplicity."""
        pairs = zip(self.weights, self.repeats, strict=True)
        return np.asarray(sum(((np.abs(w) * r).sum(axis=1) for w, r in pairs), 0 * self.fan_in)) // self.divisors()

    def largest(self) -> Ints:
        """(thresholds,) largest divided weight."""
        found: Ints = 0 * self.fan_in
        for block in self.weights:
            found = np.maximum(found, np.abs(block).max(axis=1, initial=0))
        return found // self.divisors()


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
    return ThresholdRows(runs, np.concatenate(parts[:-1], axis=1), parts[-1], *weigh(how, added), added)


def weigh(how: Thresholds, added: list[tuple[Runs, ...]]) -> tuple[tuple[Ints, ...], tuple[Ints, ...], Ints]:
    """Repeats, weights and thresholds, as in `ThresholdRows`, of operands given as runs: in 64 bits if all sums fit."""
    reach = max(map(abs, how.thresholds), default=0)
    counts, blocks = [], []
    for table, runs in zip(how.tables, added, strict=True):
        count: npt.NDArray[Any] = np.ones((), np.int64)
        for r in runs:
            count = count[..., None] * r
        reach += int(np.abs(table).max(initial=0)) * prod(int(r.sum()) for r in runs)
        counts.append(count.reshape(-1))
        blocks.append(np.broadcast_to(table, (len(table), *count.shape)).reshape(len(table), count.size))
    kind = np.int64 if 2 * reach < FITS else object
    thresholds = np.empty(len(how.thresholds), kind)
    thresholds[:] = how.thresholds
    repeats, weights = (tuple(part.astype(kind, copy=False) for part in parts) for parts in (counts, blocks))
    return repeats, weights, thresholds


def decide(grid: ThresholdRows, codes: npt.NDArray[np.int32]) -> Decision:
    """What the gates of a row with these codes (elements,) are."""
    thresholds, start = grid.thresholds, 0
    low = high = fan_in = 0 * thresholds[:1]
    weights, repeats = [], []
    for block, many in zip(grid.weights, grid.repeats, strict=True):
        own = codes[start : start + len(many)]
        start += len(many)
        live, one = own >= 0, own == CONST1
        thresholds = thresholds - (block[:, one] * many[one]).sum(axis=1)
        kept, times = (block, many) if live.all() else (block[:, live], many[live])
        low = low + (np.minimum(kept, 0) * times).sum(axis=1)
        high = high + (np.maximum(kept, 0) * times).sum(axis=1)
        fan_in = fan_in + ((kept != 0) * times).sum(axis=1)
        weights.append(kept)
        repeats.append(times)
    state = np.where(thresholds <= low, CONST1, np.where(thresholds > high, CONST0, 0)).astype(np.int32)
    wide = np.broadcast_to(fan_in, state.shape)
    return Decision(state, wide, codes >= 0, tuple(weights), tuple(repeats), thresholds)
