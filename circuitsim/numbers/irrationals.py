"""Irrational numbers, correctly rounded to float64: a + b pi, cosines, binary logarithms, roots.

Every function first looks for an exact rational answer. Otherwise it encloses the value between two
rationals, ever closer, until both round to the same float; no irrational value is halfway, so this ends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import TypeAlias

Enclosure: TypeAlias = Callable[[int], tuple[Fraction, Fraction]]

FIRST_BITS = 128  # precision of the first enclosure; doubled until the rounding is certain

# The only rational cosines at rational multiples of pi (Niven's theorem), by the multiple modulo 2.
NIVEN = {
    Fraction(0): Fraction(1),
    Fraction(1, 3): Fraction(1, 2),
    Fraction(1, 2): Fraction(0),
    Fraction(2, 3): Fraction(-1, 2),
    Fraction(1): Fraction(-1),
    Fraction(4, 3): Fraction(-1, 2),
    Fraction(3, 2): Fraction(0),
    Fraction(5, 3): Fraction(1, 2),
}


@dataclass(frozen=True)
class PiSum:
    """The irrational number rational + pi_part * pi, with pi_part not zero."""

    rational: Fraction
    pi_part: Fraction

    def bounds(self, bits: int) -> tuple[Fraction, Fraction]:
        """Rationals below and above, 2^-bits * |pi_part| apart."""
        below = Fraction(_pi(bits), 1 << bits)
        ends = (below, below + Fraction(1, 1 << bits))
        low, high = sorted(self.rational + self.pi_part * end for end in ends)
        return low, high

    def nearest(self) -> Fraction:
        """The correctly rounded float64."""
        return nearest(self.bounds)

    def floor(self) -> int:
        """The largest integer below."""
        bits = FIRST_BITS
        while True:
            low, high = self.bounds(bits)
            if low // 1 == high // 1:
                return int(low // 1)
            bits *= 2

    def positive(self) -> bool:
        """Whether the number is above zero (it never is zero)."""
        return self.floor() >= 0


def pi_sum(rational: Fraction, pi_part: Fraction) -> Fraction | PiSum:
    """The number rational + pi_part * pi in its simplest form."""
    return PiSum(rational, pi_part) if pi_part else rational


def nearest(enclosure: Enclosure) -> Fraction:
    """The float64 nearest to the irrational number that enclosure(bits) encloses.

    Raises:
        OverflowError: beyond the range of float64.
    """
    bits = FIRST_BITS
    while True:
        low, high = enclosure(bits)
        value = float(low)  # the division of two integers is correctly rounded
        if value == float(high):
            return Fraction(value)
        bits *= 2


def cosine(rational: Fraction, pi_part: Fraction) -> tuple[Fraction, bool]:
    """cos(rational + pi_part * pi) and whether it is exact."""
    turn = pi_part % 2
    if rational == 0 and turn in NIVEN:
        return NIVEN[turn], True
    return nearest(lambda bits: _cosine_bounds(rational, turn, bits)), False


def log2(x: Fraction) -> tuple[Fraction, bool]:
    """Binary logarithm of x > 0, and whether it is exact."""
    exponent = x.numerator.bit_length() - x.denominator.bit_length()
    for power in (exponent - 1, exponent, exponent + 1):
        if x == Fraction(2) ** power:
            return Fraction(power), True
    mantissa = x / Fraction(2) ** exponent  # between 1/2 and 2
    return nearest(lambda bits: _log2_bounds(mantissa, exponent, bits)), False


def root(x: Fraction, degree: int) -> tuple[Fraction, bool]:
    """The root of x >= 0 of this degree, and whether it is exact."""
    top, bottom = _floor_root(x.numerator, degree), _floor_root(x.denominator, degree)
    if top**degree == x.numerator and bottom**degree == x.denominator:
        return Fraction(top, bottom), True

    def bounds(bits: int) -> tuple[Fraction, Fraction]:
        below = _floor_root((x.numerator << (degree * bits)) // x.denominator, degree)
        return Fraction(below, 1 << bits), Fraction(below + 1, 1 << bits)

    return nearest(bounds), False


@lru_cache(maxsize=64)
def _pi(bits: int) -> int:
    """floor(pi * 2^bits), by Machin's formula."""
    guard = 32
    work = bits + guard
    return (16 * _inverse_tangent(5, work, -1) - 4 * _inverse_tangent(239, work, -1)) >> guard


def _inverse_tangent(x: int, bits: int, sign: int) -> int:
    """arctan(1/x) * 2^bits (sign -1) or artanh(1/x) * 2^bits (sign 1), off by at most its number of terms."""
    power = (1 << bits) // x
    total, divisor, factor = 0, 1, 1
    while power:
        total += factor * (power // divisor)
        power //= x * x
        divisor += 2
        factor *= sign
    return total


def _cosine_bounds(
    rational: Fraction, turn: Fraction, bits: int
) -> tuple[Fraction, Fraction]:
    # Enough extra bits that multiples of pi/2 can be taken off a large argument.
    work = bits + abs(rational.numerator // rational.denominator).bit_length() + 32
    pi = _pi(work)
    angle = (
        rational.numerator << work
    ) // rational.denominator + turn.numerator * pi // turn.denominator
    quarters = (2 * angle + pi // 2) // pi  # nearest multiple of pi/2
    rest = angle - quarters * pi // 2
    series = _cosine_series if quarters % 2 == 0 else _sine_series
    value = series(rest, work)
    if quarters % 4 in (1, 2):  # cos(r + pi/2) = -sin r, cos(r + pi) = -cos r
        value = -value
    error = (
        abs(quarters) + 4 * work
    )  # in units of 2^-work: pi is off by one, and so is every term
    return Fraction(value - error, 1 << work), Fraction(value + error, 1 << work)


def _cosine_series(x: int, bits: int) -> int:
    return _alternating(1 << bits, x, bits, 0)


def _sine_series(x: int, bits: int) -> int:
    return _alternating(x, x, bits, 1)


def _alternating(term: int, x: int, bits: int, degree: int) -> int:
    square = (x * x) >> bits
    total = 0
    while abs(term) > 1:
        total += term
        degree += 2
        term = -((term * square) >> bits) // (degree * (degree - 1))
    return total


def _log2_bounds(mantissa: Fraction, exponent: int, bits: int) -> tuple[Fraction, Fraction]:
    work = bits + 32
    # log m = 2 artanh(z) with z = (m - 1) / (m + 1), at most 1/3 in size; log 2 = 2 artanh(1/3).
    z = (mantissa - 1) / (mantissa + 1)
    fixed = (abs(z.numerator) << work) // z.denominator
    square = (fixed * fixed) >> work
    power, total, divisor = fixed, 0, 1
    while power:
        total += power // divisor
        power = (power * square) >> work
        divisor += 2
    error = 4 * work
    two = _inverse_tangent(3, work, 1)
    low = Fraction(max(total - error, 0), two + error)
    high = Fraction(total + error, two - error)
    return (exponent - high, exponent - low) if z < 0 else (exponent + low, exponent + high)


def _floor_root(x: int, degree: int) -> int:
    """The largest integer whose power of this degree is at most x >= 0."""
    if degree == 2:
        return isqrt(x)
    if degree == 1 or x < 2:
        return x
    guess = 1 << -(
        -x.bit_length() // degree
    )  # Newton's method from above falls to the answer
    while True:
        better = ((degree - 1) * guess + x // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better
