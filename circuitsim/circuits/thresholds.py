"""The decisions of a threshold gate, shared by every interpreter: constant, lone wire or gate, and its weights.

[sum of w x >= t] with some x constant is the same question about the others with a smaller t. It is constant where
t lies outside of what the others can reach, a literal where one other is left, and else a gate, whose weights and
threshold are divided by the greatest common divisor of the weights. Wires of weight zero are not wires.

`decide` says so of one row of codes; `threshold_profiles` of all rows, where no gates are built.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.circuits.profile import CONST0, CONST1, Runs
from circuitsim.circuits.schematic import FITS, Thresholds

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
        state: CONST0, CONST1, or 0 for a live wire.
        live: (elements,) bool.
        weights: of the live elements, an array for every operand, undivided.
        thresholds: with what constants add up to moved over.
    """

    state: npt.NDArray[np.int32]
    live: npt.NDArray[np.bool_]
    weights: tuple[Ints, ...]
    thresholds: Ints

    @property
    def same(self) -> bool:
        """Whether the gates of all thresholds have the same weights."""
        return all(len(block) == 1 for block in self.weights)

    def row(self, threshold: int) -> Ints:
        """Weights of the live elements, (live elements,), for one threshold."""
        return np.concatenate([block[threshold if len(block) > 1 else 0] for block in self.weights])


def number_type(how: Thresholds, added: list[tuple[Runs, ...]]) -> np.dtype[Any]:
    """int64 if no sum of an `at_least`, whose operands are added up along these runs, passes 62 bits; else object."""
    reach = max(map(abs, how.thresholds), default=0)
    for table, runs in zip(how.tables, added, strict=True):
        reach += int(np.abs(table).max(initial=0)) * prod(int(r.sum()) for r in runs)
    return np.dtype(np.int64 if 2 * reach < FITS else object)


def weigh(how: Thresholds, added: list[tuple[Runs, ...]]) -> tuple[tuple[Ints, ...], tuple[Ints, ...], Ints]:
    """Repeats, weights and thresholds, as in `ThresholdRows`, of operands given as runs: in 64 bits if all sums fit."""
    kind = number_type(how, added)
    counts, blocks = [], []
    for table, runs in zip(how.tables, added, strict=True):
        count: npt.NDArray[Any] = np.ones((), np.int64)
        for r in runs:
            count = count[..., None] * r
        counts.append(count.reshape(-1))
        blocks.append(np.broadcast_to(table, (len(table), *count.shape)).reshape(len(table), count.size))
    repeats, weights = (tuple(part.astype(kind, copy=False) for part in parts) for parts in (counts, blocks))
    return repeats, weights, np.array(how.thresholds, kind)


def decide(grid: ThresholdRows, codes: npt.NDArray[np.int32]) -> Decision:
    """What the gates of a row with these codes (elements,) are."""
    thresholds, start = grid.thresholds, 0
    low = high = 0 * thresholds[:1]
    weights: list[Ints] = []
    for block, many in zip(grid.weights, grid.repeats, strict=True):
        own = codes[start : start + len(many)]
        start += len(many)
        live, one = own >= 0, own == CONST1
        thresholds = thresholds - (block[:, one] * many[one]).sum(axis=1)
        kept, times = (block, many) if live.all() else (block[:, live], many[live])
        low = low + (np.minimum(kept, 0) * times).sum(axis=1)
        high = high + (np.maximum(kept, 0) * times).sum(axis=1)
        weights.append(kept)
    return Decision(state_of(thresholds, low, high), codes >= 0, tuple(weights), thresholds)


def state_of(thresholds: Ints, low: Ints, high: Ints) -> npt.NDArray[np.int32]:
    """CONST0, CONST1, or 0 for a live wire, of sums between `low` and `high` against thresholds."""
    return np.where(thresholds <= low, CONST1, np.where(thresholds > high, CONST0, 0)).astype(np.int32)
