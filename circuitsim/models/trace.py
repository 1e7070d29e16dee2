"""What a model computes on a batch of inputs, whatever the numbers: residuals, outputs, decisions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Trace:
    """A run on a batch of inputs of one length.

    Args:
        residuals: L + 1 arrays (batch, length, d): after the embedding and after every whole layer.
        outputs: (batch, positions, m), at the positions that are read out.
        decisions: (batch, positions) int64, as `decide` says.
        trusted: (batch,) bool for float runs: whether rounding can have changed no maximum and no decision.
    """

    residuals: tuple[Array, ...]
    outputs: Array
    decisions: NDArray[np.int64]
    trusted: NDArray[np.bool_] | None = None


def decide(outputs: Array) -> NDArray[np.int64]:
    """Decisions of outputs (..., m): for m = 1 whether it is positive, else the first maximum's index."""
    if outputs.shape[-1] == 1:
        return (outputs[..., 0] > 0).astype(np.int64)
    return np.asarray(np.argmax(outputs, axis=-1), dtype=np.int64)
