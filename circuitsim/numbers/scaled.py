"""Arrays of exact rationals as integer numerators over one common denominator.

Numerators are int64 where a bound on everything that is added up says that they fit, otherwise Python
integers; so results are exact whatever the numbers, and fast where they are small.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FITS_INT64 = 2**62
FITS_FLOAT64 = (
    2**53
)  # sums of integers up to here are exact in float64, whose matrix product is far faster
WORTH_MOVING = 12  # products of wide integers that numpy makes while flint takes one in or gives one back


@dataclass(frozen=True)
class Scaled:
    """The rationals numerators / denominator, elementwise.

    Args:
        numerators: an array of int64, or of Python integers (dtype object).
        denominator: positive.
    """

    numerators: Array
    denominator: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return self.numerators.shape

    @property
    def largest(self) -> int:
        """The largest absolute numerator."""
        return largest(self.numerators)

    def __getitem__(self, index: Any) -> "Scaled":
        return Scaled(self.numerators[index], self.denominator)

    def fractions(self) -> Array:
        """The same numbers as an array of Fraction."""
        convert: Callable[[Array], Array] = np.frompyfunc(
            lambda x: Fraction(int(x), self.denominator), 1, 1
        )
        return np.asarray(convert(self.numerators), dtype=object)

    def row_keys(self) -> list[tuple[int, ...]]:
        """For each entry of the first axis its numbers, as integers over one denominator that stands in front.

        Equal arrays have equal keys; within an array, equal rows have. Fractions would take ten times longer.
        """
        x = self.reduced()
        rows = x.numerators.reshape(len(x.numerators), -1).tolist()
        return [(x.denominator, *row) for row in rows]

    def reduced(self) -> "Scaled":
        """The same numbers over their least common denominator."""
        if self.denominator == 1:
            return self
        common = gcd(int(np.gcd.reduce(self.numerators, axis=None)), self.denominator)
        if (
            common == self.denominator and not self.numerators.any()
        ):  # too large to divide by, perhaps
            return Scaled(np.zeros(self.shape, dtype=np.int64), 1)
        return (
            Scaled(narrow(self.numerators // common), self.denominator // common)
            if common > 1
            else self
        )

    def times(self, factor: int) -> Array:
        """Numerators over a denominator that is `factor` times larger."""
        return multiply(self.numerators, factor)


class Holds(Protocol):
    """Whatever holds exact rationals as integers over one denominator, as a model's vectors and matrices do."""

    @property
    def scaled(self) -> Scaled:
        """The numbers."""


def over_one_denominator(values: Sequence[Fraction], shape: tuple[int, ...]) -> Scaled:
    """Rationals over their least common denominator, as an array of a shape."""
    denominator = lcm(*(value.denominator for value in values))
    numerators = np.empty(len(values), dtype=object)
    numerators[:] = [value.numerator * (denominator // value.denominator) for value in values]
    return Scaled(narrow(numerators.reshape(shape)), denominator)


def stacked(rows: Sequence[Scaled]) -> Scaled:
    """Arrays of one shape as one array, over one denominator."""
    common = lcm(*(row.denominator for row in rows))
    parts = [row.times(common // row.denominator) for row in rows]
    wide = any(part.dtype == object for part in parts)
    return Scaled(np.stack([part.astype(object) if wide else part for part in parts]), common)


def grid(values: Scaled, bits: int) -> Array:
    """R of every number, floor(x 2^b + 1/2), in units of 2^-b; in 64 bits where they fit."""
    doubled = multiply(values.numerators, 2 << bits)
    if largest(doubled) + values.denominator >= FITS_INT64:
        doubled = doubled.astype(object)
    return narrow((doubled + values.denominator) // (2 * values.denominator))


def largest(array: Array) -> int:
    """The largest absolute value of an array of integers; 0 if it is empty."""
    return max(int(array.max()), -int(array.min())) if array.size else 0


def narrow(array: Array) -> Array:
    """The same integers as int64 if they fit with room to spare."""
    return (
        array.astype(np.int64)
        if array.dtype == object and largest(array) < FITS_INT64
        else array
    )


def smallest(array: Array) -> Array:
    """The same integers in the smallest signed type that holds them; Python integers where 64 bits may not."""
    array = narrow(array)
    if array.dtype == object:
        return array
    for kind in (np.int8, np.int16, np.int32):
        if largest(array) <= np.iinfo(kind).max:
            return array.astype(kind)
    return array.astype(np.int64)


def distinct(vectors: Array) -> tuple[Array, Array]:
    """The different vectors of (..., k) in the order in which they appear, (u, k), and which of them each is, (...)."""
    flat = vectors.reshape(-1, vectors.shape[-1])
    known: dict[tuple[int, ...], int] = {}
    index = [known.setdefault(row, len(known)) for row in map(tuple, flat.tolist())]
    first = np.empty((len(known), flat.shape[1]), dtype=flat.dtype)
    first[:] = np.array(list(known), dtype=object).reshape(first.shape)
    return first, np.array(index, np.int64).reshape(vectors.shape[:-1])


def multiply(array: Array, factor: int | Array) -> Array:
    """Integers times integers, elementwise (broadcast), in whatever type holds them."""
    if isinstance(factor, int) and factor == 1:
        return array
    size = abs(factor) if isinstance(factor, int) else largest(factor)
    if size * max(largest(array), 1) >= FITS_INT64:
        array = array.astype(object)
        factor = factor if isinstance(factor, int) else factor.astype(object)
    return np.asarray(array * factor)


def product(left: Array, right: Array) -> Array:
    """The matrix product of arrays of integers (..., r, c) and (..., c, s)."""
    if right.ndim == 2 and left.ndim > 2:  # one product, not one for each of the axes before
        return product(left.reshape(-1, left.shape[-1]), right).reshape(
            *left.shape[:-1], right.shape[-1]
        )
    size = (
        left.shape[-1] * max(largest(left), 1) * max(largest(right), 1)
    )  # each has to fit, and the sums
    if size < FITS_FLOAT64:
        result: Array = (left.astype(np.float64) @ right.astype(np.float64)).astype(np.int64)
    elif size < FITS_INT64:
        result = left @ right
    else:
        result = _wide_product(left.astype(object), right.astype(object))
    return result


def _wide_product(left: Array, right: Array) -> Array:
    """The matrix product in Python integers; made by flint where its sums are worth the way there and back."""
    if left.ndim != 2 or right.ndim != 2:
        return np.asarray(left @ right)
    rows, terms, columns = len(left), len(right), right.shape[1]
    moved = rows * terms + terms * columns + rows * columns
    if rows * terms * columns < WORTH_MOVING * moved:
        return np.asarray(left @ right)
    from flint import fmpz_mat  # which only wide numbers need

    there = fmpz_mat(rows, terms, left.ravel().tolist())
    there *= fmpz_mat(terms, columns, right.ravel().tolist())
    back = np.empty(rows * columns, dtype=object)
    back[:] = list(map(int, there.entries()))
    return back.reshape(rows, columns)


def same_type_product(left: Array, right: Array) -> Array:
    """The matrix product of integers of one type, in that type: of 64 bits, modulo 2^64.

    Sums that are surely exact in float64 are made there, which is many times faster.
    """
    if (
        left.dtype == object
        or left.shape[-1] * largest(left) * largest(right) >= FITS_FLOAT64
    ):
        return np.asarray(left @ right)
    return product(left, right)


def add(x: Scaled, y: Scaled) -> Scaled:
    """The sum, over the least common denominator of both; shapes broadcast."""
    denominator = lcm(x.denominator, y.denominator)
    left, right = x.times(denominator // x.denominator), y.times(denominator // y.denominator)
    if largest(left) + largest(right) >= FITS_INT64:
        left = left.astype(object)
    return Scaled(left + right, denominator)


def affine(weights: Holds, x: Scaled, bias: Holds | None = None) -> Scaled:
    """Matrix (r, c) times every vector of x (..., c), plus a bias (r,) if there is one: (..., r)."""
    matrix = weights.scaled
    if not matrix.numerators.size:
        return Scaled(np.zeros((*x.shape[:-1], matrix.shape[0]), dtype=np.int64), 1)
    result = Scaled(
        product(x.numerators, matrix.numerators.T), x.denominator * matrix.denominator
    )
    moves = bias is not None and bias.scaled.numerators.any()
    return (add(result, bias.scaled) if bias is not None and moves else result).reduced()
