"""Exact rationals as people write them: 3, "1/3", "0.25", "-2e-3", or a float's exact binary value."""

import math
import numbers
from fractions import Fraction

from circuitsim.errors import ModelError

LONGEST = 400  # characters of a written number, so that "1e999999999" cannot fill the memory
LARGEST_EXPONENT = 400  # decimal


def size(number: Fraction) -> int:
    """The size of a rational in bits, 2 max(|p|, |q|) + 1 for p/q in lowest terms (2106.16213, section 3.1)."""
    return 2 * max(abs(number.numerator).bit_length(), number.denominator.bit_length()) + 1


def rational(value: object, where: str = "number") -> Fraction:
    """Read one exact rational.

    Raises:
        ModelError: not a number, not finite, or too long to be meant.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str):
        return _parse(value, where)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ModelError(f"{where}: expected a number, got {show(value)}.")
    if isinstance(value, numbers.Integral):
        return Fraction(int(value))
    number = float(value)
    if not math.isfinite(number):
        raise ModelError(f"{where}: expected a finite number, got {number}.")
    return Fraction(number)


def decimal(value: object, where: str = "number") -> Fraction:
    """Read one exact rational; a float is the shortest decimal that it is the nearest one to, as people write it."""
    binary = isinstance(value, numbers.Real) and not isinstance(value, numbers.Rational)
    return rational(str(value) if binary else value, where)


def _parse(text: str, where: str) -> Fraction:
    stripped = text.strip()
    exponent = stripped.lower().partition("e")[2].lstrip("+-").lstrip("0")
    # Only plain digits: "_" and foreign digits, which Fraction takes too, would hide a large exponent.
    odd = not stripped.isascii() or "_" in stripped
    if (
        len(stripped) > LONGEST
        or odd
        or len(exponent) > 3
        or (exponent.isdigit() and int(exponent) > LARGEST_EXPONENT)
    ):
        raise ModelError(
            f"{where}: {show(text)} is too long for a number, or not written in plain digits."
        )
    try:
        return Fraction(stripped)
    except (ValueError, ZeroDivisionError):
        raise ModelError(
            f'{where}: expected a rational such as "1/3" or "0.25", got {show(text)}.'
        ) from None


def show(value: object) -> str:
    """Something wrong, short enough for a message."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
