"""The p-bit floats of log-precision transformers (2207.00729, Appendix A), for many strings at once.

A float is m 2^e: a mantissa of p/2 bits with its sign, and an exponent e of p/2 bits in [-(2^(p/2) - 1), 2^(p/2) - 1].
A sum is exact, and truncated once at the end to a p-bit float (Definition 15), so its order does not matter. The
paper leaves scores and layers to be any functions of p-bit floats; here each of these is one exact sum, truncated once:
every component of q, k, v, of a score (q.k), of the head's output, of the hidden and output sums of the net, and
of the stream after attention and after the net; in third order also every product of two keys or values. A mean is
the paper's sum over keys of (s_j / Z) v_j, where s_j is 1 for a chosen key and Z is their number: Z is a float, each
term is truncated, and so is the sum of the terms.

Truncation drops bits of the magnitude. (The paper shifts an integer right, and we read that as sign and magnitude.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import lcm

import numpy as np

from circuitsim.errors import InputError
from circuitsim.models.sequence import Codes
from circuitsim.networks.exact import Exact, run_exact
from circuitsim.networks.keys import Flags
from circuitsim.networks.network import Network
from circuitsim.networks.stored import each, stored
from circuitsim.networks.trace import ExactTrace
from circuitsim.numbers.scaled import Array, Scaled, narrow, over_one_denominator, product

MACHINE_BITS = (
    63  # exponents this large hold every int64 that is over a small enough power of two
)


def default_precision(n: int) -> int:
    """4 ceil(log2 n) + 16 bits: mantissas have 2 log2 n + 7 bits of magnitude, enough for gaps of 1 / n^2."""
    return 4 * (n - 1).bit_length() + 16


def run_p_bit(network: Network, codes: Codes, p: int) -> ExactTrace:
    """Run a network in p-bit floats on letter codes (batch, n).

    Args:
        p: bits of a float, even, at least 4.

    Raises:
        ModelError: a head is softmax, whose exponentials are not modelled.
        InputError: p is odd or too small.
    """
    if p < 4 or p % 2:
        raise InputError(f"a float has an even number of bits, at least 4; p is {p}.")
    floats = Floats(p)
    return run_exact(
        stored(network, each(floats.float_of)), codes, partial(PBitFloats, floats=floats)
    )


class PBitFloats(Exact):
    """Exact sums, each truncated once to a float."""

    def __init__(self, network: Network, codes: Codes, floats: "Floats") -> None:
        super().__init__(network, codes)
        self.floats = floats

    def total(self, terms: Sequence[Scaled]) -> Scaled:
        """The sum of all terms, truncated once."""
        return self.floats.truncated(super().total(terms))

    def product(self, weights: Scaled, x: Scaled, bias: Scaled | None) -> Scaled:
        """Every component an exact sum of products, truncated once."""
        return self.floats.truncated(super().product(weights, x, bias))

    def inner(self, query: Scaled, key: Scaled) -> Scaled:
        """Every score an exact sum of products, truncated once."""
        return self.floats.truncated(super().inner(query, key))

    def products(self, first: Scaled, second: Scaled) -> Scaled:
        """Every product truncated once."""
        return self.floats.truncated(super().products(first, second))

    def mean(self, chosen: Flags, value: Scaled) -> Scaled:
        """Exact sums of the truncated values over Z, truncated once."""
        counts, parts = chosen.sum(axis=2), []
        for count in np.unique(counts[counts > 0]).tolist():
            number = int(self.floats.float_of(Fraction(count)))
            strings = np.flatnonzero((counts == count).any(axis=1))
            terms = self.floats.truncated(
                Scaled(value.numerators[strings], value.denominator * number).reduced()
            )
            sums = product(chosen[strings].astype(np.int64), terms.numerators)
            parts.append(
                (
                    strings,
                    counts[strings] == count,
                    self.floats.truncated(Scaled(sums, terms.denominator)),
                )
            )
        common = lcm(*(part.denominator for _, _, part in parts))
        means = np.zeros((*counts.shape, value.shape[-1]), dtype=object)
        for strings, here, part in parts:
            means[strings] += np.where(
                here[..., None], part.times(common // part.denominator), 0
            )
        return Scaled(narrow(means), common)


@dataclass(frozen=True)
class Floats:
    """Floats of `p` bits."""

    p: int

    def truncated(self, x: Scaled) -> Scaled:
        """Every number truncated to a float."""
        binary, bits = x.denominator & (x.denominator - 1) == 0, self.p // 2
        if (
            x.numerators.dtype != object
            and binary
            and _exponent(x.denominator) <= self.largest >= MACHINE_BITS
        ):
            size = np.abs(x.numerators)
            dropped = np.maximum(_bit_lengths(size) - (bits - 1), 0)
            return Scaled(
                np.sign(x.numerators) * (size >> dropped << dropped), x.denominator
            ).reduced()
        distinct, where = np.unique(x.numerators, return_inverse=True)
        floats = [self.float_of(Fraction(int(number), x.denominator)) for number in distinct]
        return over_one_denominator(floats, (len(floats),))[where.reshape(x.shape)]

    @property
    def largest(self) -> int:
        """The largest exponent; the least is its negative."""
        return int(2 ** (self.p // 2)) - 1

    def float_of(self, number: Fraction) -> Fraction:
        """A number truncated to a float (Definition 14); past the largest float, that one."""
        size, below, kept = abs(number.numerator), number.denominator, self.p // 2 - 1
        exponent = max(size.bit_length() - below.bit_length() - kept, -self.largest)
        mantissa = (size << max(-exponent, 0)) // (below << max(exponent, 0))
        if mantissa.bit_length() > kept:
            mantissa, exponent = mantissa >> 1, exponent + 1
        if exponent > self.largest:
            mantissa = exponent = self.largest
        value = mantissa * Fraction(2) ** exponent
        return value if number > 0 else -value


def _exponent(power: int) -> int:
    return power.bit_length() - 1


def _bit_lengths(sizes: Array) -> Array:
    """Bit lengths of int64 that are not negative; a float64 may round up to the next power of two, never beyond."""
    lengths = np.frexp(sizes.astype(np.float64))[1].astype(np.int64)
    return np.asarray(lengths - ((sizes >> np.maximum(lengths - 1, 0) == 0) & (lengths > 0)))
