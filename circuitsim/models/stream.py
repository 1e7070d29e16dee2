"""The residual stream in integers: where each entry comes from, and the interval of any linear form of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.models.scaled import FITS_INT64, largest, multiply, narrow, same_type_product

Ints: TypeAlias = npt.NDArray[Any]  # Python integers, or of 64 bits where products widen them
Range: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Number:
    """A computed number in the stream: at each position an integer in [low, high], times a column (d,)."""

    column: Ints
    low: int
    high: int


@dataclass(frozen=True)
class Stream:
    """The residual stream x = constant + rows + position row + sum of column * number, in units of 2^-exponent.

    Args:
        constant: (d,). tables: each (rows, d), of which every position adds one row; none once forgotten.
        positions: (length, d), or None. Tables and positions may be of 64 bits.
    """

    exponent: int
    constant: Ints
    tables: tuple[Ints, ...]
    positions: Ints | None
    numbers: tuple[Number, ...] = ()

    def range(self, row: Ints, offset: int = 0) -> Range:
        """The interval of offset + row . x over all tokens, positions and values of the numbers."""
        low = high = offset + int(self.constant @ row)
        for table in self._choices():
            values = product(table, row)
            low, high = low + int(values.min()), high + int(values.max())
        for number, weight in self._weights(row):
            low += min(weight * number.low, weight * number.high)
            high += max(weight * number.low, weight * number.high)
        return low, high

    def grain(self, row: Ints, offset: int = 0) -> int:
        """The largest g such that offset + row . x is a multiple of 2^g whatever x is; 0 if it is always zero."""
        terms = {offset + int(self.constant @ row)}
        for table in self._choices():
            terms.update(int(v) for v in np.unique(product(table, row)))
        for number, weight in self._weights(row):
            terms.update((weight * number.low, weight if number.low < number.high else 0))
        return min((_trailing_zeros(t) for t in terms if t), default=0)

    def _weights(self, row: Ints) -> Iterator[tuple[Number, int]]:
        """The numbers that row . x depends on, and by how much."""
        if self.numbers:
            weights = product(self._columns, row)
            yield from ((self.numbers[at], int(weights[at])) for at in np.flatnonzero(weights))

    @cached_property
    def _columns(self) -> Ints:
        """The columns of all numbers (numbers, d), in 64 bits where they fit."""
        return narrow(np.stack([number.column for number in self.numbers]))

    def _choices(self) -> tuple[Ints, ...]:
        return self.tables if self.positions is None else (*self.tables, self.positions)

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """The interval of each component."""
        unit = np.identity(len(self.constant), dtype=int).astype(object)
        return tuple(self.range(row) for row in unit)

    def widths(self) -> list[int]:
        """Bits of each component in two's complement."""
        return [max(high, -low - 1).bit_length() + 1 for low, high in self.ranges]

    def at(self, exponent: int) -> "Stream":
        """The same stream in finer units."""
        factor = 1 << (exponent - self.exponent)
        scaled = tuple(replace(m, column=m.column * factor) for m in self.numbers)
        tables = tuple(multiply(table, factor) for table in self.tables)
        positions = None if self.positions is None else multiply(self.positions, factor)
        return Stream(exponent, self.constant * factor, tables, positions, scaled)

    def plus(self, numbers: Iterable[Number], constant: Ints, residual: bool) -> "Stream":
        """Add numbers and a constant; without `residual`, forget what was there."""
        if residual:
            return replace(self, constant=self.constant + constant, numbers=(*self.numbers, *numbers))
        return Stream(self.exponent, constant, (), None, tuple(numbers))


def product(table: Ints, row: Ints) -> Ints:
    """Table @ row, in 64 bits where that is surely enough."""
    used = np.flatnonzero(row)
    if len(used) < len(row):
        table, row = table[:, used], row[used]
    weight = sum(abs(int(v)) for v in row)
    if (max(largest(table), 1) * max(weight, 1)).bit_length() < 62:
        return np.asarray(table.astype(np.int64, copy=False) @ row.astype(np.int64))
    return np.asarray(table.astype(object) @ row.astype(object))


@dataclass(frozen=True)
class Affine:
    """Integer rows over the stream. Component c is (row . x + offset) / 2^grains[c], a whole number.

    It stands for the model's number in units 2^powers[c] coarser than the rows were given in: powers of two that a
    component always has are divided out, which keeps the integers short.
    """

    rows: Ints  # (m, d)
    offsets: Ints  # (m,)
    grains: tuple[int, ...]
    powers: tuple[int, ...]
    ranges: tuple[Range, ...]

    def apply(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The components (..., m) at stream entries x (..., d)."""
        if max(largest(self.rows), largest(self.offsets)) >= FITS_INT64:  # of what is always 0, perhaps
            x = x.astype(object)
        exact = same_type_product(x, self.rows.astype(x.dtype).T) + self.offsets.astype(x.dtype)
        return np.asarray(exact >> np.array(self.grains, x.dtype))

    def unshifted(self, stream: Stream) -> list[Range]:
        """Intervals of row . x + offset, before the division."""
        return [stream.range(row, int(offset)) for row, offset in zip(self.rows, self.offsets, strict=True)]


def affine(stream: Stream, rows: Ints, offsets: Ints, most: int = 0) -> Affine:
    """Rows over a stream with their intervals, with up to 2^most divided out of each component."""
    reduced, less, grains, powers, ranges = rows.copy(), offsets.copy(), [], [], []
    for c, row in enumerate(rows):
        offset = int(offsets[c])
        power = min(stream.grain(row, offset), most)
        common = min([power, *(_trailing_zeros(int(v)) for v in (*row, offset) if v)])
        reduced[c], less[c] = row >> common, offset >> common
        low, high = stream.range(row, offset)
        grains.append(power - common)
        powers.append(power)
        ranges.append((low >> power, high >> power))
    return Affine(reduced, less, tuple(grains), tuple(powers), tuple(ranges))


def _trailing_zeros(value: int) -> int:
    return (value & -value).bit_length() - 1
