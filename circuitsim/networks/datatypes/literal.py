"""The integer model with the papers' own division, for many strings at once: what `definition` says of "literal".

A head's output is the sum of its values times floor(2^|C| / C) / 2^|C|, C their number and |C| its bits
(2106.16213, Appendix A), unrounded. Stored numbers and ReLU outputs are rounded to b fraction bits as ever. That
division keeps every number dyadic, and is no mean: of three ones it makes 3/4.
"""

from functools import partial

import numpy as np

from circuitsim.models.sequence import Codes
from circuitsim.networks.exact import Exact, run_exact
from circuitsim.networks.keys import Flags
from circuitsim.networks.network import Network
from circuitsim.networks.stored import on_grid, stored
from circuitsim.networks.trace import ExactTrace
from circuitsim.numbers.scaled import Scaled, grid, multiply, narrow, product


def run_literal(network: Network, codes: Codes, bits: int) -> ExactTrace:
    """Run the integer model with `bits` fraction bits and literal division on letter codes (batch, n).

    Raises:
        ModelError: a head is softmax.
    """
    return run_exact(
        stored(network, on_grid(bits)), codes, partial(LiteralDivision, bits=bits)
    )


class LiteralDivision(Exact):
    """Exact sums and products of dyadic rationals, the crude inverse, and ReLU rounded to `bits` fraction bits."""

    def __init__(self, network: Network, codes: Codes, bits: int) -> None:
        super().__init__(network, codes)
        self.bits = bits

    def mean(self, chosen: Flags, value: Scaled) -> Scaled:
        """Sums of the chosen values times the crude inverse of their number, zero of none."""
        sums = product(chosen.astype(np.int64), value.numerators)
        most = chosen.shape[2].bit_length()
        inverses = narrow(
            np.array(
                [inverse(count, most) for count in range(chosen.shape[2] + 1)], dtype=object
            )
        )
        return Scaled(
            multiply(narrow(sums), inverses[chosen.sum(axis=2)][..., None]),
            value.denominator << most,
        )

    def positive(self, x: Scaled) -> Scaled:
        """R of the positive part."""
        return Scaled(grid(super().positive(x), self.bits), 1 << self.bits)


def inverse(count: int, bits: int) -> int:
    """floor(2^|C| / C) 2^(bits - |C|): the crude inverse of `count` in units of 2^-bits; 0 of 0."""
    own = count.bit_length()
    return ((1 << own) // count) << (bits - own) if count else 0
