"""Rounding to fixed point: R(x) = floor(x 2^b + 1/2) / 2^b, on rationals and on scaled integers."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_DROPPED = 62  # bits, of integers of 64


def to_grid(value: Fraction, bits: int) -> int:
    """The integer floor(value * 2^bits + 1/2): `value` rounded half up, in units of 2^-bits."""
    doubled = value.numerator << (bits + 1)
    return (doubled + value.denominator) // (2 * value.denominator)


def drop_bits(value: Any, bits: int) -> Any:
    """floor(value / 2^bits + 1/2) of an integer or an array of integers."""
    if bits <= 0:
        return value
    if bits > MOST_DROPPED and isinstance(value, np.ndarray):
        value = value.astype(object)
    half = 1 << (bits - 1)
    return (value + half) >> bits


def drop_bits_each(values: npt.NDArray[Any], bits: Sequence[int]) -> npt.NDArray[Any]:
    """`drop_bits` along the last axis, with its own number of bits for each entry."""
    if max(bits, default=0) > MOST_DROPPED:
        values = values.astype(object)
    halves = np.array([(1 << b) >> 1 for b in bits], values.dtype)
    return floor_bits_each(values + halves, bits)


def floor_bits_each(values: npt.NDArray[Any], bits: Sequence[int]) -> npt.NDArray[Any]:
    """floor(value / 2^bits) along the last axis, with its own number of bits for each entry."""
    if max(bits, default=0) > MOST_DROPPED:
        values = values.astype(object)
    return np.asarray(values >> np.array(bits, values.dtype))
