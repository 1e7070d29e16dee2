"""Kernels over gates of any fan-in, where gate g reads `fan_in[starts[g]:starts[g + 1]]`."""

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True)
def fill_levels(fan_in: Any, starts: Any, level: Any, first: int, not_cost: int) -> None:
    """Levels of the gates, to `level[first:]`; those of earlier nodes are in `level[:first]`.

    `not_cost` is 1 where a complemented wire, except of a constant, is a gate of its own level.
    """
    for g in range(len(starts) - 1):
        deepest = np.int32(0)
        for k in range(starts[g], starts[g + 1]):
            literal = fan_in[k]
            deepest = max(deepest, level[literal >> 1] + np.int32(not_cost & literal & np.int32(literal > 1)))
        level[first + g] = deepest + np.int32(1)
