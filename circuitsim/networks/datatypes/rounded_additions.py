"""Fixed point that is rounded after every operation, left to right (2402.12875, section 3), for many strings at once.

A number is k 2^-b with |k| < 2^(2b): b fraction bits and as many whole ones. Every product, every quotient and every
sum of two is rounded half up to the nearest such number, and past the largest stays there; sums run from left to
right, so their order matters. A mean is the sum over chosen keys of (1 / Z) v_j, where Z is the sum of as many ones:
with too few bits 1 / Z is rounded to nothing, or Z stays at the largest number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np

from circuitsim.models.sequence import Codes
from circuitsim.networks.exact import Exact, run_exact
from circuitsim.networks.keys import Flags
from circuitsim.networks.network import Network
from circuitsim.networks.stored import each, stored
from circuitsim.networks.trace import ExactTrace
from circuitsim.numbers.rounding import drop_bits, to_grid
from circuitsim.numbers.scaled import FITS_INT64, Array, Scaled, largest, multiply


def run_rounded_additions(network: Network, codes: Codes, bits: int) -> ExactTrace:
    """Run a network with b = `bits` on token codes (batch, n), rounding after every operation.

    Raises:
        ModelError: a head is softmax.
    """
    numbers = Saturating(bits)
    return run_exact(
        stored(network, each(numbers.nearest)),
        codes,
        partial(RoundedAdditions, numbers=numbers),
    )


@dataclass(frozen=True)
class Saturating:
    """Numbers k 2^-bits with |k| < 2^(2 bits), as arrays of k."""

    bits: int

    @property
    def most(self) -> int:
        """The largest k."""
        return (1 << 2 * self.bits) - 1

    def nearest(self, value: Fraction) -> Fraction:
        """The nearest number."""
        units = max(-self.most, min(to_grid(value, self.bits), self.most))
        return Fraction(units, 1 << self.bits)

    def units(self, x: Scaled) -> Array:
        """The k of numbers."""
        return x.times((1 << self.bits) // x.denominator)

    def scaled(self, units: Array) -> Scaled:
        """The numbers of some k."""
        return Scaled(units, 1 << self.bits)

    def times(self, a: Array, b: Array) -> Array:
        """Products."""
        exact = multiply(a, b)
        return self.clipped(
            drop_bits(exact if self.bits < 60 else exact.astype(object), self.bits)
        )

    def plus(self, a: Array, b: Array) -> Array:
        """Sums of two."""
        return self.clipped(a + b)

    def clipped(self, units: Array) -> Array:
        """Saturated, as int64 where it surely fits."""
        if self.most >= FITS_INT64 and units.dtype != object:
            return units.astype(object) if largest(units) >= FITS_INT64 else units
        clipped = np.minimum(np.maximum(units, -self.most), self.most)
        return clipped.astype(np.int64) if self.most < FITS_INT64 else clipped


class RoundedAdditions(Exact):
    """Rounding, and saturation, after every product and every addition."""

    def __init__(self, network: Network, codes: Codes, numbers: Saturating) -> None:
        super().__init__(network, codes)
        self.numbers = numbers

    def total(self, terms: Sequence[Scaled]) -> Scaled:
        """The sum of the terms from left to right."""
        a = self.numbers
        units = a.units(terms[0])
        for term in terms[1:]:
            units = a.plus(units, a.units(term))
        return a.scaled(units)

    def product(self, weights: Scaled, x: Scaled, bias: Scaled | None) -> Scaled:
        """Products from left to right, then the bias."""
        a = self.numbers
        rows, inputs = a.units(weights), a.units(x)
        units = np.zeros((*x.shape[:-1], len(rows)), dtype=np.int64)
        for k in range(rows.shape[1]):
            units = a.plus(units, a.times(inputs[..., k, None], rows[:, k]))
        return a.scaled(units if bias is None else a.plus(units, a.units(bias)))

    def inner(self, query: Scaled, key: Scaled) -> Scaled:
        """Products from left to right."""
        a = self.numbers
        queries, keys = a.units(query), a.units(key)
        units = np.zeros((*query.shape[:2], key.shape[1]), dtype=np.int64)
        for k in range(query.shape[-1]):
            units = a.plus(units, a.times(queries[..., k, None], keys[:, None, :, k]))
        return a.scaled(units)

    def products(self, first: Scaled, second: Scaled) -> Scaled:
        """Products, each rounded."""
        a = self.numbers
        batch, length, size = first.shape
        found = a.times(a.units(first)[:, :, None], a.units(second)[:, None])
        return a.scaled(found.reshape(batch, length**2, size))

    def mean(self, chosen: Flags, value: Scaled) -> Scaled:
        """Shares (1 / Z) v_j from left to right."""
        a = self.numbers
        one, values = 1 << a.bits, a.units(value)
        counts = [max(1, min(count * one, a.most)) for count in range(chosen.shape[2] + 1)]
        inverses = np.array(
            [min((2 * one * one + z) // (2 * z), a.most) for z in counts], dtype=object
        )
        weights = a.clipped(inverses)[chosen.sum(axis=2)][..., None]
        units = np.zeros((*chosen.shape[:2], value.shape[-1]), dtype=np.int64)
        for j in range(chosen.shape[2]):
            share = a.times(weights, values[:, None, j])
            units = a.plus(units, np.where(chosen[..., j, None], share, 0))
        return a.scaled(units)
