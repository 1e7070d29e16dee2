"""How `sum` weighs its operands: an array of weights, or a factor for each of many numbers."""

from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from circuitsim.array_types import Array, Longs
from circuitsim.numbers.scaled import multiply, smallest


class Places(NamedTuple):
    """Of every wire (w,) the number that it is a bit of, and what it is worth there."""

    number: Longs
    worth: Longs


@dataclass(frozen=True, eq=False)
class OfNumbers:
    """Weights (..., w) of the bits of many numbers, an array that is made whenever it is asked for.

    Args:
        factors: (..., numbers) what each number is multiplied by, of which there are fewer than wires.
    """

    factors: Array
    places: Places

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the weights."""
        return (*self.factors.shape[:-1], len(self.places.number))

    @property
    def ndim(self) -> int:
        """Axes of the weights."""
        return self.factors.ndim

    def any(self) -> bool:
        """Whether a weight is not zero: a bit is worth something to its number."""
        return bool(self.factors.any())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        found = multiply(self.factors[..., self.places.number], self.places.worth)
        return found if dtype is None else found.astype(dtype)


@dataclass(frozen=True, eq=False)
class Summand:
    """How `sum` reads one operand: its last axes are added up, weighted.

    Args:
        given: the weights, one axis for every axis added up; of length 1 where the weight is the same along it.
            Kept in the smallest type that holds them, as a large model has many.
    """

    given: Array | OfNumbers

    @classmethod
    def of(cls, weights: npt.ArrayLike | OfNumbers) -> "Summand":
        """A summand of any weights."""
        if isinstance(weights, OfNumbers):
            return cls(OfNumbers(smallest(weights.factors), weights.places))
        return cls(smallest(np.asarray(weights)))

    @property
    def weights(self) -> Array:
        """The weights as an array."""
        if isinstance(self.given, OfNumbers):
            return smallest(np.asarray(self.given))
        return self.given

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return self.given.shape

    @property
    def size(self) -> int:
        """How many weights there are."""
        return prod(self.shape)

    @property
    def table(self) -> Array:
        """The weights in 64 bits where they fit."""
        weights = self.weights
        return weights if weights.dtype == object else weights.astype(np.int64)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Summand):
            return NotImplemented
        return np.array_equal(self.weights, other.weights)

    def __hash__(self) -> int:
        return hash((self.shape, *self.weights.ravel().tolist()))
