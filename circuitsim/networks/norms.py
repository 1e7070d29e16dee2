"""Norms of many vectors at once, in integers: what `definition.rounded_norm` says of one number.

With x = X / D and m the factor that makes the mean a whole number (d, or 1 where there is none), c is C / (m D) for
whole numbers C. Where v is the sum of squares of C, with a factor, over some number k of them,
c / sqrt(v + eps) is C sqrt(k q / (q squares + p k (m D)^2)) with eps = p / q.
"""

from collections.abc import Sequence
from math import isqrt

import numpy as np

from circuitsim.numbers.scaled import Array, Scaled, distinct, narrow

from .forms import Range
from .primitives import Normalise

_root = np.frompyfunc(isqrt, 1, 1)


def normalised(how: Normalise, x: Scaled, bits: int) -> Array:
    """floor(y 2^bits + 1/2) for y = gain c / sqrt(v + eps) + bias of every vector of x (..., d)."""
    vectors, which = distinct(x.numerators)
    centred, width = vectors.astype(object), vectors.shape[-1]
    if how.kind == "layer":
        centred = width * centred - centred.sum(axis=1, keepdims=True)
    squares = (centred**2).sum(axis=1, keepdims=True)
    return narrow(_rounded(how, centred, squares, width, x.denominator, bits))[which]


def norm_ends(
    how: Normalise, ranges: Sequence[Range], exponent: int, bits: int
) -> list[Range]:
    """The intervals of the same numbers, where components x are in intervals in units of 2^-exponent.

    Given C, squares are least where all other components are alike: C^2 d / (d - 1), or C^2 without a mean. With these
    the number grows with C. It lies between its values at the ends of C's interval, and at 0.
    """
    low, high = (np.array(ends, object) for ends in zip(*ranges, strict=True))
    width = len(low)
    least, most = low, high
    if how.kind == "layer":
        least = (width - 1) * low - (high.sum() - high)
        most = (width - 1) * high - (low.sum() - low)
    count = width - 1 if how.kind == "layer" else width
    ends = [
        _rounded(how, end, end**2, count, 1 << exponent, bits)
        for end in (np.minimum(least, 0), np.maximum(most, 0))
    ]
    return list(zip(np.minimum(*ends).tolist(), np.maximum(*ends).tolist(), strict=True))


def _rounded(
    how: Normalise, centred: Array, squares: Array, count: int, denominator: int, bits: int
) -> Array:
    """floor(y 2^bits + 1/2) of numbers C (..., d)."""
    factor = len(how.gain.numerators) if how.kind == "layer" else 1
    p, q = how.eps.numerator, how.eps.denominator
    below = q * squares + p * count * (factor * denominator) ** 2
    gain, bias = how.gain.numerators.astype(object), how.bias.numerators.astype(object)
    # In units in which the bias and the half are whole numbers.
    unit, half = 2 * how.bias.denominator, how.bias.denominator
    signed = (unit << bits) * gain * centred
    roots = _floor_roots(signed, count * q, how.gain.denominator**2 * below)
    return np.asarray((roots + (bias << (bits + 1)) + half) // unit)


def _floor_roots(signed: Array, factor: int, below: Array) -> Array:
    """floor(signed sqrt(factor / below)) of Python integers, 0 where `below` is 0."""
    squares, below = signed**2 * factor, np.maximum(below, 1)
    up = _root(squares // below)
    down = -1 - _root(np.maximum(squares - 1, 0) // below)
    return np.where((signed < 0) & (squares > 0), down, up)
