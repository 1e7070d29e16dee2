"""What a model computes on a batch of inputs, whatever the numbers: residuals, outputs, decisions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.model import Answer
from circuitsim.numbers.scaled import Scaled

Array = NDArray[Any]


@dataclass(frozen=True)
class Trace:
    """A run on a batch of inputs of one length.

    Args:
        residuals: L + 1 arrays (batch, length, d): after the embedding and after every whole layer.
        outputs: (batch, positions, m), at the positions that are read out.
        decisions: (batch, positions) int64, of signs one for each row, as `decide` says.
        trusted: (batch,) bool for float runs: whether rounding can have changed no maximum and no decision.
        scales: for float runs those of the outputs (see `trust`), which say how far rounding can have moved them.
    """

    residuals: tuple[Array, ...]
    outputs: Array
    decisions: NDArray[np.int64]
    trusted: NDArray[np.bool_] | None = None
    scales: NDArray[np.float64] | None = None

    @property
    def answers(self) -> Array:
        """(batch, positions): the decisions, or the numbers."""
        return self.decisions if self.decisions.shape[1] else self.outputs[..., 0]


@dataclass(frozen=True)
class ExactTrace:
    """A run on a batch, as `Trace`, with numbers as integer numerators over one denominator each.

    Args:
        residuals: L + 1 of shape (batch, length, d): after the embedding and after every whole layer.
        outputs: (batch, positions, m).
        decisions: (batch, positions) int64, as `decide` says.
        bits: fraction bits that norms and activations are rounded to; None where there are none.
    """

    residuals: tuple[Scaled, ...]
    outputs: Scaled
    decisions: NDArray[np.int64]
    bits: int | None = None

    def trace(self) -> Trace:
        """The same with arrays of Fraction."""
        return Trace(
            tuple(r.fractions() for r in self.residuals),
            self.outputs.fractions(),
            self.decisions,
        )

    @property
    def answers(self) -> Array:
        """(batch, positions): the decisions, or the numbers as fractions."""
        return self.decisions if self.decisions.shape[1] else self.outputs[..., 0].fractions()


@dataclass(frozen=True)
class IntegerTrace:
    """Integers of a run; entry l of `residuals` (batch, length, d) is in units of 2^-exponents[l].

    `outputs` (batch, positions, m) are in units of 2^-output_exponent; `decisions` (batch, positions).
    """

    residuals: tuple[NDArray[Any], ...]
    exponents: tuple[int, ...]
    outputs: NDArray[Any]
    output_exponent: int
    decisions: NDArray[np.int64]

    @property
    def answers(self) -> Array:
        """(batch, positions): the decisions, or the numbers as fractions."""
        numbers = Scaled(self.outputs[..., 0], 1 << self.output_exponent)
        return self.decisions if self.decisions.shape[1] else numbers.fractions()


def decide(outputs: Array, answer: Answer = "decision") -> NDArray[np.int64]:
    """Decisions of outputs (..., positions, m): for m = 1 whether it is positive, else the first maximum's index.

    Signs are a decision of each row: (..., positions * m). Where the answer is a number, nothing is decided: no
    positions are left.
    """
    if answer == "number":
        return np.zeros((*outputs.shape[:-2], 0), np.int64)
    if outputs.shape[-1] == 1 or answer == "signs":
        return (outputs > 0).astype(np.int64).reshape(*outputs.shape[:-2], -1)
    return np.asarray(np.argmax(outputs, axis=-1), dtype=np.int64)
