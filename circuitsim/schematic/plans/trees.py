"""An unbounded AND as a tree of fan-in 2, the earliest two wires first; its cost without building it.

The tree has the least depth there is, ceil(log2(sum of 2^d)) over the depths d of its k wires (Kraft), and
k - 1 gates. An OR is the same tree on complemented wires, complemented.
"""

from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Ints, Longs
from circuitsim.kernels import compiled
from circuitsim.netlist.program import AND, Program

CONSTANT_1 = -1


@dataclass(frozen=True)
class TreePlan:
    """Gates of an AND, and its depth (-1: no wires, constant 1)."""

    gates: int
    depth: int


def plan_tree(counts: Longs) -> TreePlan:
    """Plan the AND of counts[d] wires of each depth d."""
    present = np.flatnonzero(counts)
    if len(present) == 0:
        return TreePlan(0, CONSTANT_1)
    least = int(present[0])
    weight = sum(
        many << (depth - least)
        for depth, many in zip(present.tolist(), counts[present].tolist(), strict=True)
    )
    return TreePlan(int(counts.sum()) - 1, least + (weight - 1).bit_length())


@compiled
def _expand(order: Longs, depths: Ints) -> tuple[Ints, Ints, int]:
    """Operands of the gates, and the literal of the last, for wires in order of depth."""
    k = len(order)
    a, b = np.empty(k - 1, np.int32), np.empty(k - 1, np.int32)
    now = np.empty(2 * k, np.int32)  # literals ready at depth t, first in first out
    ready = taken = gates = 0
    t = depths[order[0]]
    while gates < k - 1:
        if ready == 1 and taken < k:
            t = max(t, depths[order[taken]])
        while taken < k and depths[order[taken]] <= t:
            now[ready] = 2 * order[taken] + 2
            ready += 1
            taken += 1
        # An odd wire out stays, and comes first at the next depth.
        pairs, odd = ready // 2, ready % 2
        last = now[ready - 1]
        for i in range(pairs):
            a[gates], b[gates] = now[2 * i], now[2 * i + 1]
            now[i + odd] = 2 * (k + 1 + gates)
            gates += 1
        if odd:
            now[0] = last
        ready = pairs + odd
        t += 1
    return a, b, now[0] if k > 1 else 2


def bind_tree(depths: Ints) -> Program:
    """Build the AND of k wires: local input w + 1 has depth depths[w]."""
    k = len(depths)
    if k == 0:
        none = np.empty(0, np.int32)
        return Program(0, np.empty(0, np.uint8), none, none, np.array([1], np.int32))
    order = np.argsort(depths, kind="stable").astype(np.int64)
    a, b, last = _expand(order, np.ascontiguousarray(depths, np.int32))
    return Program(k, np.full(k - 1, AND, np.uint8), a, b, np.array([last], np.int32))
