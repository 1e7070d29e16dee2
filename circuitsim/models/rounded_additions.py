"""Fixed point that is rounded after every operation, left to right (2402.12875, section 3), for many strings at once.

A number is k 2^-b with |k| < 2^(2b): b fraction bits and as many whole ones. Every product, every quotient and every
sum of two is rounded half up to the nearest such number, and past the largest stays there; sums run from left to
right, so their order matters. A mean is the sum over chosen keys of (1 / Z) v_j, where Z is the sum of as many ones:
with too few bits 1 / Z is rounded to nothing, or Z stays at the largest number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.exact_fast import Exact, ExactTrace, run_exact_fast
from circuitsim.models.model import Model
from circuitsim.models.sequence import Codes
from circuitsim.models.stored_numbers import stored
from circuitsim.numbers.rationals import Matrix, Vector
from circuitsim.numbers.rounding import drop_bits, to_grid
from circuitsim.numbers.scaled import FITS_INT64, Array, Scaled, largest, multiply, scaled


def run_rounded_additions(model: Model, codes: Codes, bits: int) -> ExactTrace:
    """Run `model` with b = `bits` on letter codes (batch, n), rounding after every operation.

    Raises:
        ModelError: a head is softmax.
    """
    arithmetic = RoundedAdditions(bits)
    return run_exact_fast(stored(model, codes.shape[1], arithmetic.number), codes, arithmetic)


@dataclass(frozen=True)
class RoundedAdditions(Exact):
    """Rounding to `bits` fraction bits, and saturation, after every product and every addition."""

    bits: int

    @property
    def most(self) -> int:
        """The largest number, in units of 2^-bits."""
        return (1 << 2 * self.bits) - 1

    def number(self, value: Fraction) -> Fraction:
        """The nearest number."""
        units = max(-self.most, min(to_grid(value, self.bits), self.most))
        return Fraction(units, 1 << self.bits)

    def total(self, terms: Sequence[Scaled]) -> Scaled:
        """The sum of the terms from left to right."""
        units = self._units(terms[0])
        for term in terms[1:]:
            units = self._plus(units, self._units(term))
        return self._scaled(units)

    def affine(self, weights: Matrix, x: Scaled, bias: Vector = ()) -> Scaled:
        """Products from left to right, then the bias."""
        rows, inputs = self._units(scaled(weights)).reshape(len(weights), -1), self._units(x)
        units = np.zeros((*x.shape[:-1], len(weights)), dtype=np.int64)
        for k in range(rows.shape[1]):
            units = self._plus(units, self._times(inputs[..., k, None], rows[:, k]))
        return self._scaled(self._plus(units, self._units(scaled(bias))) if bias else units)

    def inner(self, query: Scaled, key: Scaled) -> Scaled:
        """Products from left to right."""
        queries, keys = self._units(query), self._units(key)
        units = np.zeros((*query.shape[:2], key.shape[1]), dtype=np.int64)
        for k in range(query.shape[-1]):
            units = self._plus(units, self._times(queries[..., k, None], keys[:, None, :, k]))
        return self._scaled(units)

    def over_pairs(self, first: Scaled, second: Scaled) -> Scaled:
        """Products, each rounded."""
        batch, length, size = first.shape
        products = self._times(self._units(first)[:, :, None], self._units(second)[:, None])
        return self._scaled(products.reshape(batch, length**2, size))

    def mean(self, chosen: NDArray[np.bool_], value: Scaled) -> Scaled:
        """Shares (1 / Z) v_j from left to right."""
        one, values = 1 << self.bits, self._units(value)
        counts = [max(1, min(count * one, self.most)) for count in range(chosen.shape[2] + 1)]
        inverses = np.array([min((2 * one * one + z) // (2 * z), self.most) for z in counts], dtype=object)
        weights = self._clipped(inverses)[chosen.sum(axis=2)][..., None]
        units = np.zeros((*chosen.shape[:2], value.shape[-1]), dtype=np.int64)
        for j in range(chosen.shape[2]):
            share = self._times(weights, values[:, None, j])
            units = self._plus(units, np.where(chosen[..., j, None], share, 0))
        return self._scaled(units)

    def _units(self, x: Scaled) -> Array:
        return x.times((1 << self.bits) // x.denominator)

    def _scaled(self, units: Array) -> Scaled:
        return Scaled(units, 1 << self.bits)

    def _times(self, a: Array, b: Array) -> Array:
        exact = multiply(a, b)
        return self._clipped(drop_bits(exact if self.bits < 60 else exact.astype(object), self.bits))

    def _plus(self, a: Array, b: Array) -> Array:
        return self._clipped(a + b)

    def _clipped(self, units: Array) -> Array:
        """Saturated, as int64 where it surely fits."""
        if self.most >= FITS_INT64 and units.dtype != object:
            return units.astype(object) if largest(units) >= FITS_INT64 else units
        clipped = np.minimum(np.maximum(units, -self.most), self.most)
        return clipped.astype(np.int64) if self.most < FITS_INT64 else clipped
