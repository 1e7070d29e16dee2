"""Kernels over gates of any fan-in, where gate g reads `fan_in[starts[g]:starts[g + 1]]`."""

from typing import Any

import numpy as np

from circuitsim.kernels import compiled
from circuitsim.netlist.program import THRESHOLD

MOST_SUM = 1 << 62  # the weights of a gate sum to less, in absolute value


@compiled
def fill_levels(fan_in: Any, starts: Any, level: Any, first: int, not_cost: int) -> None:
    """Levels of the gates, to `level[first:]`; those of earlier nodes are in `level[:first]`.

    `not_cost` is 1 where a complemented wire, except of a constant, is a gate of its own level.
    """
    for g in range(len(starts) - 1):
        deepest = np.int32(0)
        for k in range(starts[g], starts[g + 1]):
            literal = fan_in[k]
            deepest = max(
                deepest,
                level[literal >> 1] + np.int32(not_cost & literal & np.int32(literal > 1)),
            )
        level[first + g] = deepest + np.int32(1)


@compiled
def mark_live(fan_in: Any, starts: Any, outputs: Any, live: Any) -> None:
    """Which nodes some output depends on, to `live` (nodes,); the last nodes are the gates."""
    live[:] = False
    for o in outputs:
        live[o >> 1] = True
    first = len(live) - len(starts) + 1
    for g in range(len(starts) - 2, -1, -1):
        if live[first + g]:
            for k in range(starts[g], starts[g + 1]):
                live[fan_in[k] >> 1] = True


@compiled
def first_late_wire(fan_in: Any, starts: Any, inputs: int) -> tuple[int, int]:
    """The first gate that reads a negative literal, itself or a later node, and that wire; (-1, -1) if none does."""
    for g in range(len(starts) - 1):
        for k in range(starts[g], starts[g + 1]):
            if fan_in[k] < 0 or fan_in[k] >= 2 * (1 + inputs + g):
                return g, k
    return -1, -1


@compiled
def first_weighted_gate(ops: Any, starts: Any, weights: Any, thresholds: Any) -> int:
    """The first AND or OR with a threshold, or with a weight other than 1; -1 if there is none."""
    for g in range(len(ops)):
        if ops[g] != THRESHOLD:
            if thresholds[g] != 0:
                return g
            for k in range(starts[g], starts[g + 1]):
                if weights[k] != 1:
                    return g
    return -1


@compiled
def first_heavy_gate(starts: Any, weights: Any) -> int:
    """The first gate whose |weights| sum to 2^62 or more; -1 if none do."""
    for g in range(len(starts) - 1):
        total = np.int64(0)
        for k in range(starts[g], starts[g + 1]):
            if weights[k] <= -MOST_SUM or weights[k] >= MOST_SUM:
                return g
            total += abs(weights[k])
            if total >= MOST_SUM:
                return g
    return -1
