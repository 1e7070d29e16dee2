"""Exact rationals as people write them: 3, "1/3", "0.25", "-2e-3", or a float's exact binary value."""

import math
import numbers
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

from circuitsim.errors import ModelError

Vector: TypeAlias = tuple[Fraction, ...]
Matrix: TypeAlias = tuple[Vector, ...]

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
        raise ModelError(f"{where}: expected a number, got {_show(value)}.")
    if isinstance(value, numbers.Integral):
        return Fraction(int(value))
    number = float(value)
    if not math.isfinite(number):
        raise ModelError(f"{where}: expected a finite number, got {number}.")
    return Fraction(number)


def vector(values: object, where: str = "vector") -> Vector:
    """Read a vector of exact rationals from any iterable."""
    given = tuple(_items(values, where))
    if all(type(value) is Fraction for value in given):  # a place for each is text that nobody reads
        return given  # type: ignore[return-value]
    return tuple(rational(value, f"{where}[{i}]") for i, value in enumerate(given))


def matrix(rows: object, where: str = "matrix") -> Matrix:
    """Read a matrix of exact rationals, given by rows of equal length."""
    result = tuple(vector(row, f"{where}[{i}]") for i, row in enumerate(_items(rows, where)))
    if len({len(row) for row in result}) > 1:
        raise ModelError(f"{where}: rows have different lengths {sorted({len(r) for r in result})}.")
    return result


def _items(values: object, where: str) -> Iterable[object]:
    if isinstance(values, str | bytes | dict) or not isinstance(values, Iterable):
        raise ModelError(f"{where}: expected a list of numbers, got {_show(values)}.")
    return values


def _parse(text: str, where: str) -> Fraction:
    stripped = text.strip()
    exponent = stripped.lower().partition("e")[2].lstrip("+-").lstrip("0")
    # Only plain digits: "_" and foreign digits, which Fraction takes too, would hide a large exponent.
    odd = not stripped.isascii() or "_" in stripped
    if len(stripped) > LONGEST or odd or len(exponent) > 3 or (exponent.isdigit() and int(exponent) > LARGEST_EXPONENT):
        raise ModelError(f"{where}: {_show(text)} is too long for a number, or not written in plain digits.")
    try:
        return Fraction(stripped)
    except (ValueError, ZeroDivisionError):
        raise ModelError(f'{where}: expected a rational such as "1/3" or "0.25", got {_show(text)}.') from None


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
