"""Pairs of positions, the keys of third-order attention: pair j1 * length + j2 is (j1, j2)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.model import Mask
from circuitsim.models.sequence import mask_matrix


def key_mask(mask: Mask, length: int, third_order: bool) -> NDArray[np.bool_]:
    """Which keys each query sees: (length, length), or (length, length^2) where keys are pairs.

    A query sees a pair if it sees both of its positions.
    """
    seen = mask_matrix(mask, length)
    return over_pairs(seen[..., None], seen[..., None])[..., 0] if third_order else seen


def over_pairs(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Products of every row of `first` (..., length, c) with every row of `second`: (..., length^2, c)."""
    products = first[..., :, None, :] * second[..., None, :, :]
    pairs = first.shape[-2] * second.shape[-2]
    return np.asarray(products.reshape(*products.shape[:-3], pairs, products.shape[-1]))
