"""Vectors of numbers in integers: where each entry comes from, and the interval of any linear form of them.

A stream is what a vector at any position can be, in a network at one precision. An affine form of it is rows over its
entries, with their intervals: linear maps are carried as such, and never computed before somebody asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.numbers.scaled import (
    FITS_INT64,
    largest,
    multiply,
    narrow,
    product,
    same_type_product,
    smallest,
)

Ints: TypeAlias = npt.NDArray[Any]  # Python integers, or of 64 bits where products widen them
Range: TypeAlias = tuple[int, int]
Cause: TypeAlias = tuple[
    int, int
]  # what varies by itself: component c of line x, or the letter


@dataclass(frozen=True, eq=False)
class Few:
    """The few integers that something can be: see `values`.

    Args:
        cases: which it is in every case of its causes, an axis for each; without these, all that it can be.
        causes: what it is a function of, in order; None where that is not known.
    """

    cases: Ints
    causes: tuple[Cause, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "cases", np.asarray(self.cases))

    @cached_property
    def values(self) -> tuple[int, ...]:
        """All of them, in order."""
        return tuple(np.unique(self.cases).tolist())


@dataclass(frozen=True)
class Number:
    """A computed number in the stream: at each position an integer in [low, high], times a column (d,).

    Args:
        few: what it can be, where that is little; None where it may be any integer of its interval.
    """

    column: Ints
    low: int
    high: int
    few: Few | None = None


@dataclass(frozen=True)
class Stream:
    """The residual stream x = constant + rows + position row + sum of column * number, in units of 2^-exponent.

    Args:
        constant: (d,). tables: each (rows, d), of which every position adds one row; none once forgotten.
        positions: (length, d), or None. Tables and positions may be of 64 bits.
        known: the intervals of the components, where they are known without looking.
        cases: the tokens that can stand at a position, and their positions, in the order of these: two arrays (cases,)
            of rows of the only table and of `positions`; None where any row can stand anywhere, or they are many.
    """

    exponent: int
    constant: Ints
    tables: tuple[Ints, ...]
    positions: Ints | None
    numbers: tuple[Number, ...] = ()
    known: tuple[Range, ...] | None = None
    cases: tuple[Ints, Ints] | None = None

    def forms(self, rows: Ints, offsets: Ints) -> "Forms":
        """What offsets + rows @ x can be, over all tokens, positions and values of the numbers; rows (m, d)."""
        rows = narrow(rows)
        low = offsets.astype(object) + product(rows, self.constant)
        high, terms = low, low
        for table in self.choices:
            values = product(rows, table.T)
            low, high = low + values.min(axis=1), high + values.max(axis=1)
            terms = terms | np.bitwise_or.reduce(values, axis=1)
        if self.numbers:
            weights = product(rows, self._columns.T)
            ends = [multiply(weights, bound) for bound in self._bounds]
            low = low + total(np.minimum(*ends))
            high = high + total(np.maximum(*ends))
            varies = self._bounds[0] != self._bounds[1]
            terms = (
                terms
                | np.bitwise_or.reduce(ends[0], axis=1)
                | np.bitwise_or.reduce(weights[:, varies], axis=1)
            )
        return Forms(low, high, terms)

    def range(self, row: Ints, offset: int = 0) -> Range:
        """The interval of offset + row . x."""
        return self.forms(row[None, :], np.array([offset], object)).ranges[0]

    @cached_property
    def _columns(self) -> Ints:
        """The columns of all numbers (numbers, d), in the smallest type that holds them."""
        return smallest(columns_of(self.numbers))

    @cached_property
    def _bounds(self) -> tuple[Ints, Ints]:
        """The low and the high ends of all numbers (numbers,)."""
        low, high = (
            np.array(ends, object)
            for ends in zip(*((m.low, m.high) for m in self.numbers), strict=True)
        )
        return narrow(low), narrow(high)

    @property
    def choices(self) -> tuple[Ints, ...]:
        """Tables of which every position adds one row: those of the tokens, and that of the positions."""
        return self.tables if self.positions is None else (*self.tables, self.positions)

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """The interval of each component."""
        return self.components.ranges if self.known is None else self.known

    @cached_property
    def components(self) -> "Forms":
        """Each component as a form."""
        width = len(self.constant)
        return self.forms(np.identity(width, np.int64), np.array([0] * width, object))

    def widths(self) -> list[int]:
        """Bits of each component in two's complement."""
        return [max(high, -low - 1).bit_length() + 1 for low, high in self.ranges]

    def at(self, exponent: int) -> "Stream":
        """The same stream in finer units."""
        factor = 1 << (exponent - self.exponent)
        if factor == 1:  # a large model has many columns, and all its streams the same ones
            return replace(self, known=None)
        scaled = tuple(replace(m, column=m.column * factor) for m in self.numbers)
        tables = tuple(multiply(table, factor) for table in self.tables)
        positions = None if self.positions is None else multiply(self.positions, factor)
        return Stream(
            exponent, self.constant * factor, tables, positions, scaled, cases=self.cases
        )

    def plus(self, numbers: Iterable[Number], constant: Ints, residual: bool) -> "Stream":
        """Add numbers and a constant; without `residual`, forget what was there."""
        if residual:
            return replace(
                self,
                constant=self.constant + constant,
                numbers=(*self.numbers, *numbers),
                known=None,
            )
        return Stream(self.exponent, constant, (), None, tuple(numbers))


@dataclass(frozen=True)
class Joined(Stream):
    """x = [part; part; ...] + what the stream itself holds; all in units of 2^-exponent."""

    parts: tuple[Stream, ...] = ()

    def forms(self, rows: Ints, offsets: Ints) -> "Forms":
        """What offsets + rows @ x can be; a part that adds 0 whatever it is has no terms."""
        own = super().forms(rows, offsets)
        low, high, terms = own.low.copy(), own.high.copy(), own.terms_that_count
        start = 0
        for part in self.parts:
            stop = start + len(part.constant)
            piece = rows[:, start:stop]
            used = np.flatnonzero(piece.any(axis=1))
            if len(used):
                found = part.forms(piece[used], zeros(len(used)))
                low[used] += found.low
                high[used] += found.high
                terms[used] |= found.terms_that_count
            start = stop
        return Forms(low, high, terms)

    def at(self, exponent: int) -> Stream:
        """The same in finer units."""
        own = super().at(exponent)
        parts = tuple(part.at(exponent) for part in self.parts)
        return replace(
            self,
            exponent=exponent,
            constant=own.constant,
            numbers=own.numbers,
            parts=parts,
            known=None,
        )


def joined(parts: Sequence[Stream]) -> Joined:
    """Streams of one exponent side by side, as one vector."""
    width = sum(len(part.constant) for part in parts)
    return Joined(parts[0].exponent, zeros(width), (), None, parts=tuple(parts))


def zeros(width: int) -> Ints:
    """Python integers."""
    return np.array([0] * width, dtype=object)


@dataclass(frozen=True)
class Forms:
    """What linear forms of a stream can be.

    Args:
        low, high: (m,) Python integers, the ends of their intervals.
        terms: (m,) the bitwise or of all that is ever added up, whose trailing zeros are common to every term.
    """

    low: Ints
    high: Ints
    terms: Ints

    @property
    def terms_that_count(self) -> Ints:
        """The terms, none where a form is always 0."""
        return np.where((self.low == 0) & (self.high == 0), 0, self.terms)

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """The interval of each form."""
        return tuple(
            (int(low), int(high)) for low, high in zip(self.low, self.high, strict=True)
        )

    @cached_property
    def grains(self) -> tuple[int, ...]:
        """The largest g such that a form is a multiple of 2^g whatever x is; 0 if it is always zero."""
        return tuple(_trailing_zeros(int(term)) if term else 0 for term in self.terms)


def columns_of(numbers: Sequence[Number]) -> Ints:
    """The columns of numbers (numbers, d), in 64 bits where they fit."""
    return narrow(np.stack([number.column for number in numbers]))


def total(x: Ints) -> Ints:
    """The sums over the last axis, as Python integers where 64 bits may not be enough."""
    wide = x.dtype != object and x.shape[-1] * largest(x) >= FITS_INT64
    return np.asarray((x.astype(object) if wide else x).sum(axis=-1))


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
        if (
            max(largest(self.rows), largest(self.offsets)) >= FITS_INT64
        ):  # of what is always 0, perhaps
            x = x.astype(object)
        exact = same_type_product(x, self.rows.astype(x.dtype).T) + self.offsets.astype(
            x.dtype
        )
        return np.asarray(exact >> np.array(self.grains, x.dtype))

    def some(self, kept: Sequence[int]) -> "Affine":
        """The form with only some of its components, in order."""
        at = list(kept)
        grains, powers = tuple(self.grains[c] for c in at), tuple(self.powers[c] for c in at)
        return Affine(
            self.rows[at], self.offsets[at], grains, powers, tuple(self.ranges[c] for c in at)
        )

    @property
    def unshifted(self) -> list[Range]:
        """Intervals of row . x + offset, before the division."""
        return [
            (low << grain, high << grain)
            for (low, high), grain in zip(self.ranges, self.grains, strict=True)
        ]


def affine(stream: Stream, rows: Ints, offsets: Ints, most: int = 0) -> Affine:
    """Rows over a stream with their intervals, with up to 2^most divided out of each component."""
    forms = stream.forms(rows, offsets)
    powers = [min(grain, most) for grain in forms.grains]
    reduced, less, grains = rows.copy(), offsets.copy(), list(powers)
    for c in np.flatnonzero(powers):
        common = min(
            [powers[c], *(_trailing_zeros(int(v)) for v in (*rows[c], offsets[c]) if v)]
        )
        reduced[c], less[c] = rows[c] >> common, offsets[c] >> common
        grains[c] -= common
    ranges = [
        (low >> power, high >> power)
        for (low, high), power in zip(forms.ranges, powers, strict=True)
    ]
    return Affine(reduced, less, tuple(grains), tuple(powers), tuple(ranges))


def _trailing_zeros(value: int) -> int:
    return (value & -value).bit_length() - 1
