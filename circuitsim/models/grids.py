"""R(x) = floor(x 2^b + 1/2) of a model's stored numbers, in units of 2^-b."""

import numpy as np

from circuitsim.models.stream import Ints
from circuitsim.numbers.rationals import Matrix, Vector
from circuitsim.numbers.rounding import to_grid
from circuitsim.numbers.scaled import FITS_INT64, Scaled, largest, multiply, narrow


def grid(values: Scaled, b: int) -> Ints:
    """R of every number, in units of 2^-b, in 64 bits where they fit."""
    doubled = multiply(values.numerators, 2 << b)
    if largest(doubled) + values.denominator >= FITS_INT64:
        doubled = doubled.astype(object)
    return narrow((doubled + values.denominator) // (2 * values.denominator))


def grid_matrix(rows: Matrix, b: int, width: int | None = None) -> Ints:
    """R of every number, in units of 2^-b."""
    flat = [to_grid(v, b) if v else 0 for row in rows for v in row]
    columns = len(rows[0]) if rows else (width or 0)
    result = np.empty(len(flat), dtype=object)
    result[:] = flat
    return result.reshape(len(rows), columns)


def grid_vector(values: Vector, b: int) -> Ints:
    """R of every number, in units of 2^-b."""
    result = np.empty(len(values), dtype=object)
    result[:] = [to_grid(v, b) for v in values]
    return result
