"""The order of gates in which each reads earlier ones only, without recursion."""

from typing import Any

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled


def in_order(reads: Any) -> Longs | None:
    """An order of gates (gates,), as they stand where that is one; None where there is a cycle.

    Args:
        reads: (gates, k) the gates that each reads, -1 for what is no gate.
    """
    gates = len(reads)
    order = np.empty(gates, np.int64)
    if not gates:
        return order
    found = _sort(np.ascontiguousarray(reads, np.int64).reshape(gates, -1), order)
    return order if found == gates else None


@compiled(work=lambda reads, order: 8 * reads.size)
def _sort(reads: Longs, order: Longs) -> int:
    """Depth first, with a stack of its own; says how many gates have a place, fewer where there is a cycle."""
    gates, width = reads.shape
    state = np.zeros(gates, np.int8)  # 1: being visited, 2: has its place
    next_read = np.zeros(gates, np.int64)
    stack = np.empty(gates, np.int64)
    placed = 0
    for start in range(gates):
        if state[start] == 2:
            continue
        stack[0] = start
        top = 1
        state[start] = 1
        while top > 0:
            gate = stack[top - 1]
            k = next_read[gate]
            if k == width:
                state[gate] = 2
                order[placed] = gate
                placed += 1
                top -= 1
                continue
            next_read[gate] = k + 1
            other = reads[gate, k]
            if other < 0 or state[other] == 2:
                continue
            if state[other] == 1:
                return placed if placed < gates else -1
            state[other] = 1
            stack[top] = other
            top += 1
    return placed
