"""The integer model with the papers' own division, for many strings at once: what `rounded` says of "literal".

A head's output is the sum of its values times floor(2^|C| / C) / 2^|C|, C their number and |C| its bits
(2106.16213, Appendix A), unrounded. Stored numbers and ReLU outputs are rounded to b fraction bits as ever. That
division keeps every number dyadic, and is no mean: of three ones it makes 3/4.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.exact_fast import Exact, ExactTrace, run_exact_fast
from circuitsim.models.model import Model
from circuitsim.models.sequence import Codes
from circuitsim.models.stored_numbers import on_grid, stored
from circuitsim.numbers.scaled import Scaled, multiply, narrow, product


def run_literal(model: Model, codes: Codes, bits: int) -> ExactTrace:
    """Run the integer model with `bits` fraction bits and literal division on letter codes (batch, n).

    Raises:
        ModelError: a head is softmax.
    """
    return run_exact_fast(stored(model, codes.shape[1], on_grid(bits)), codes, LiteralDivision(bits))


@dataclass(frozen=True)
class LiteralDivision(Exact):
    """Exact sums and products of dyadic rationals, the crude inverse, and ReLU rounded to `bits` fraction bits."""

    bits: int

    def mean(self, chosen: NDArray[np.bool_], value: Scaled) -> Scaled:
        """Sums of the chosen values times the crude inverse of their number, zero of none."""
        sums = product(chosen.astype(np.int64), value.numerators)
        most = chosen.shape[2].bit_length()
        inverses = narrow(np.array([inverse(count, most) for count in range(chosen.shape[2] + 1)], dtype=object))
        return Scaled(multiply(narrow(sums), inverses[chosen.sum(axis=2)][..., None]), value.denominator << most)

    def relu(self, x: Scaled) -> Scaled:
        """R of the positive part."""
        doubled = multiply(np.maximum(x.numerators, 0), 2 << self.bits)
        wide = doubled.astype(object) if x.denominator >= 2**60 else doubled
        return Scaled(narrow((wide + x.denominator) // (2 * x.denominator)), 1 << self.bits)


def inverse(count: int, bits: int) -> int:
    """floor(2^|C| / C) 2^(bits - |C|): the crude inverse of `count` in units of 2^-bits; 0 of 0."""
    own = count.bit_length()
    return ((1 << own) // count) << (bits - own) if count else 0
