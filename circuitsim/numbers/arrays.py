"""Vectors and matrices of exact rationals, as models hold them: integers over one denominator, compared by a digest.

They read like tuples of fractions. What people write (ints, "1/3", floats, nested lists, numpy arrays) becomes one by
`vector` and `matrix`; arrays of numbers are taken as a whole.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Any, Self, TypeAlias, TypeGuard, overload

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import ModelError
from circuitsim.numbers.rationals import rational, show
from circuitsim.numbers.scaled import Scaled, multiply, narrow, over_one_denominator, stacked


class _Exact:
    """What vectors and matrices share."""

    __slots__ = ("_digest", "scaled")
    scaled: Scaled
    _digest: bytes | None

    def __init__(self, numbers: Scaled) -> None:
        object.__setattr__(self, "scaled", numbers)
        object.__setattr__(self, "_digest", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed.")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.scaled,)

    def __len__(self) -> int:
        return int(self.scaled.shape[0])

    @property
    def digest(self) -> bytes:
        """A hash of the numbers and their shape, taken once; equal in every process."""
        found = self._digest
        if found is None:
            found = _digest(self.scaled)
            object.__setattr__(self, "_digest", found)
        return found

    def times(self, factor: Fraction) -> Self:
        """Every number times a factor."""
        numerators = multiply(self.scaled.numerators, factor.numerator)
        return type(self)(
            Scaled(numerators, self.scaled.denominator * factor.denominator).reduced()
        )

    def __hash__(self) -> int:
        return int.from_bytes(self.digest[:8], "little", signed=True)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Exact):
            return self.scaled.shape == other.scaled.shape and self.digest == other.digest
        if isinstance(other, tuple | list):
            if len(self) != len(other):
                return False
            pairs = zip(self, other, strict=True)  # type: ignore[call-overload]
            return all(a == b for a, b in pairs)
        return NotImplemented

    def __repr__(self) -> str:
        size = " x ".join(map(str, self.scaled.shape))
        return (
            f"{type(self).__name__}({size})"
            if self.scaled.numerators.size > 12
            else str(_nested(self))
        )


class Vector(_Exact, Sequence[Fraction]):
    """Rationals (c,)."""

    __slots__ = ()

    @overload
    def __getitem__(self, index: int) -> Fraction: ...
    @overload
    def __getitem__(self, index: slice) -> "Vector": ...
    def __getitem__(self, index: int | slice) -> "Fraction | Vector":
        if isinstance(index, slice):
            return Vector(self.scaled[index])
        return Fraction(int(self.scaled.numerators[index]), self.scaled.denominator)

    def __iter__(self) -> Iterator[Fraction]:
        denominator = self.scaled.denominator
        return (
            Fraction(numerator, denominator) for numerator in self.scaled.numerators.tolist()
        )


class Matrix(_Exact, Sequence[Vector]):
    """Rationals (r, c); a matrix of no rows has no columns either."""

    __slots__ = ()

    @overload
    def __getitem__(self, index: int) -> Vector: ...
    @overload
    def __getitem__(self, index: slice) -> "Matrix": ...
    def __getitem__(self, index: int | slice) -> "Vector | Matrix":
        return (
            Matrix(self.scaled[index])
            if isinstance(index, slice)
            else Vector(self.scaled[index])
        )

    def __iter__(self) -> Iterator[Vector]:
        return (Vector(self.scaled[row]) for row in range(len(self)))

    def columns(self, start: int, stop: int) -> "Matrix":
        """Some of the columns."""
        return Matrix(self.scaled[:, start:stop])


def vector(values: object, where: str = "vector") -> Vector:
    """Read a vector of exact rationals from any iterable.

    Raises:
        ModelError: an entry is no finite number, with its place.
    """
    if isinstance(values, Vector):
        return values
    found = _array(values, 1, where)
    if found is None:
        entries = [
            rational(value, f"{where}[{i}]") for i, value in enumerate(_items(values, where))
        ]
        found = over_one_denominator(entries, (len(entries),))
    return Vector(found)


def matrix(rows: object, where: str = "matrix") -> Matrix:
    """Read a matrix of exact rationals, given by rows of equal length.

    Raises:
        ModelError: rows of different lengths, or an entry that is no finite number, with its place.
    """
    if isinstance(rows, Matrix):
        return rows
    if _vectors(rows):
        return Matrix(stacked([row.scaled for row in rows]))
    found = _array(rows, 2, where)
    if found is None:
        read = [
            list(_entries(row, f"{where}[{i}]")) for i, row in enumerate(_items(rows, where))
        ]
        if len({len(row) for row in read}) > 1:
            raise ModelError(
                f"{where}: rows have different lengths {sorted({len(row) for row in read})}."
            )
        found = over_one_denominator(
            [x for row in read for x in row], (len(read), len(read[0]) if read else 0)
        )
    return Matrix(found if len(found.numerators) else Scaled(np.zeros((0, 0), np.int64), 1))


Bias: TypeAlias = Annotated[Vector, "left out where it is zero"]

EMPTY = Vector(Scaled(np.zeros(0, np.int64), 1))
NO_ROWS = Matrix(Scaled(np.zeros((0, 0), np.int64), 1))


def zeros(size: int) -> Vector:
    """A vector of zeros."""
    return Vector(Scaled(np.zeros(size, np.int64), 1))


def of_floats(values: NDArray[np.float64]) -> Scaled:
    """The exact rationals that finite floats are."""
    fractions, exponents = np.frexp(values)
    mantissas = (fractions * 2.0**53).astype(np.int64)
    zero = mantissas == 0
    lowest = np.where(zero, 1, mantissas & -mantissas)
    less = np.frexp(lowest.astype(np.float64))[1] - 1  # trailing zeros of each
    mantissas >>= less
    powers = np.where(zero, 0, exponents - 53 + less)
    unit = min(int(powers.min(initial=0)), 0)
    shifts = powers - unit
    widest = int((np.frexp(np.abs(mantissas).astype(np.float64))[1] + shifts).max(initial=0))
    if widest <= 61:
        return Scaled(mantissas << shifts, 1 << -unit)
    wide = np.empty(values.size, dtype=object)
    wide[:] = [
        m << s
        for m, s in zip(mantissas.ravel().tolist(), shifts.ravel().tolist(), strict=True)
    ]
    return Scaled(wide.reshape(values.shape), 1 << -unit)


def _array(values: object, axes: int, where: str) -> Scaled | None:
    """An array of machine numbers, or lists of Python's floats, as a whole; None for anything else."""
    array = values if isinstance(values, np.ndarray) else _floats(values, axes)
    if (
        array is None
        or array.ndim != axes
        or array.dtype.kind not in "iuf"
        or array.dtype.itemsize > 8
    ):
        return None
    if array.dtype.kind == "f":
        floats = array.astype(np.float64)
        if not np.isfinite(floats).all():
            place = "".join(f"[{i}]" for i in np.argwhere(~np.isfinite(floats))[0])
            raise ModelError(
                f"{where}{place}: expected a finite number, got {floats[~np.isfinite(floats)][0]}."
            )
        return of_floats(floats)
    return Scaled(
        narrow(array.astype(object)) if array.dtype == np.uint64 else array.astype(np.int64),
        1,
    )


def _vectors(rows: object) -> TypeGuard[Sequence[Vector]]:
    """Whether these are vectors of one length, one at least."""
    if not isinstance(rows, list | tuple) or not rows:
        return False
    return (
        all(isinstance(row, Vector) for row in rows) and len({len(row) for row in rows}) == 1
    )


def _floats(values: object, axes: int) -> NDArray[np.float64] | None:
    """Nested lists of Python's floats and no other kind of number, as an array."""
    if type(values) is not list or not values:
        return None
    rows = [values] if axes == 1 else values
    if any(
        type(row) is not list or len(row) != len(rows[0]) or set(map(type, row)) != {float}
        for row in rows
    ):
        return None
    return np.array(values, dtype=np.float64)


def _entries(values: object, where: str) -> Iterable[Fraction]:
    if isinstance(values, Vector):
        return values
    return [rational(value, f"{where}[{i}]") for i, value in enumerate(_items(values, where))]


def _items(values: object, where: str) -> Iterable[object]:
    if isinstance(values, str | bytes | dict) or not isinstance(values, Iterable):
        raise ModelError(f"{where}: expected a list of numbers, got {show(values)}.")
    return values


def _digest(numbers: Scaled) -> bytes:
    least = numbers.reduced()
    numerators = narrow(least.numerators)
    said = hashlib.blake2b(
        repr((numerators.shape, least.denominator)).encode(), digest_size=16
    )
    wide = numerators.dtype == object
    said.update(
        repr(numerators.tolist()).encode()
        if wide
        else np.ascontiguousarray(numerators).tobytes()
    )
    return said.digest()


def _nested(numbers: Any) -> Any:
    return (
        [str(x) for x in numbers]
        if isinstance(numbers, Vector)
        else [_nested(row) for row in numbers]
    )
