"""Which keys a query's attention selects among its scores, for whole batches, in integers or floats alike."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.model import Attention

Flags = NDArray[np.bool_]


def select(attention: Attention, scores: NDArray[Any], visible: Flags) -> Flags:
    """Selected keys (batch, queries, keys): all maxima or an outermost one; none where none is visible.

    Args:
        attention: a hard kind or saturated.
        scores: (batch, queries, keys), int64, Python integers or float64.
        visible: (queries, keys).
    """
    lowest = -np.inf if scores.dtype == np.float64 else int(scores.min()) - 1
    masked = np.where(visible, scores, lowest)
    maxima: Flags = (masked == masked.max(axis=2, keepdims=True)) & visible
    if attention == "saturated":
        return maxima
    flipped = maxima if attention == "hard-left" else maxima[..., ::-1]
    single: Flags = (np.cumsum(flipped, axis=2) == 1) & flipped
    return single if attention == "hard-left" else single[..., ::-1]
