"""The keys of attention: which of them a query sees, which it selects, and keys that are pairs of positions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.model import Attention, Mask
from circuitsim.models.sequence import mask_matrix

from .softmax import Steps, weights_of

Flags = NDArray[np.bool_]


def key_mask(mask: Mask, length: int, third_order: bool) -> Flags:
    """Which keys each query sees: (length, length), or (length, length^2) where keys are pairs.

    A query sees a pair if it sees both of its positions.
    """
    seen = mask_matrix(mask, length)
    if not third_order:
        return seen
    column = seen[..., None]
    return over_pairs(column, column)[..., 0]


def over_pairs(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Products of every row of `first` (..., length, c) with every row of `second`: (..., length^2, c)."""
    products = first[..., :, None, :] * second[..., None, :, :]
    *before, _, _, components = products.shape
    pairs = first.shape[-2] * second.shape[-2]
    return np.asarray(products.reshape(*before, pairs, components))


def select(attention: Attention, scores: NDArray[Any], visible: Flags) -> Flags:
    """Selected keys (batch, queries, keys): all maxima or an outermost one; none where none is visible.

    Args:
        attention: a hard kind or saturated.
        scores: (batch, queries, keys), int64, Python integers or float64.
        visible: (queries, keys).
    """
    lowest = -np.inf if scores.dtype == np.float64 else scores.min(initial=0)
    masked = np.where(visible, scores, lowest)
    largest = masked.max(axis=2, keepdims=True)
    maxima: Flags = (masked == largest) & visible
    if attention == "saturated":
        return maxima
    if attention == "hard-left":
        return _first(maxima)
    return _first(maxima[..., ::-1])[..., ::-1]


def weigh(steps: Steps, scores: NDArray[Any], visible: Flags) -> NDArray[np.int64]:
    """Weights (batch, queries, keys) by steps in the unit of the scores; zero where a key is not visible."""
    masked = np.where(visible, scores, scores.min(initial=0))
    gaps = masked.max(axis=2, keepdims=True) - masked
    return np.where(visible, weights_of(steps, gaps), 0)


def _first(chosen: Flags) -> Flags:
    """Of the chosen keys the first."""
    count = np.cumsum(chosen, axis=2)
    return (count == 1) & chosen
