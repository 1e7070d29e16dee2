"""Tables of weights that are two numbers a wire and one a threshold: first - share * second.

Norms ask whether A >= t^2 V for thousands of t, with sums A and V over the same wires (`compilers.thresholds.norms`).
As a table that is a weight for every t and wire; a pencil takes no more room than its edges.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from circuitsim.array_types import Array, Longs
from circuitsim.numbers.scaled import largest


@dataclass(frozen=True, eq=False)
class Ranked:
    """Integers (n,), Python's own, and the place of each among the different ones."""

    numbers: Array

    @cached_property
    def places(self) -> tuple[Array, Longs]:
        """The different numbers in order, and where each one is."""
        values, where = np.unique(self.numbers, return_inverse=True)
        return values, where.reshape(-1)


@dataclass(frozen=True, eq=False)
class Pencil:
    """The weights turn * (first - share * second), (thresholds, wires), in Python integers.

    Args:
        first: (wires,). second: of as many; pencils may share it. shares: (thresholds,), none below 0.
        turns: (thresholds,), 1 or -1.
    """

    first: Array
    second: Ranked
    shares: Ranked
    turns: Longs

    @property
    def shape(self) -> tuple[int, int]:
        """Thresholds, wires."""
        return len(self.turns), len(self.first)

    @property
    def ndim(self) -> int:
        """Axes, as of an array."""
        return 2

    def __len__(self) -> int:
        return len(self.turns)

    def __getitem__(self, rows: Any) -> Array:
        """Weights of one threshold, or of some: what indexing the first axis of the table gives."""
        edges = np.multiply.outer(self.shares.numbers[rows], self.second.numbers)
        return np.asarray(np.asarray(self.turns[rows])[..., None] * (self.first - edges))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """The whole table, written down."""
        return self[:].astype(dtype or object)

    @property
    def heaviest(self) -> int:
        """No weight is larger."""
        return largest(self.first) + largest(self.shares.numbers) * largest(
            self.second.numbers
        )

    def same(self, other: object) -> bool:
        """Whether the other has the same edges."""
        if not isinstance(other, Pencil):
            return False
        mine, theirs = (
            (p.first, p.second.numbers, p.shares.numbers, p.turns) for p in (self, other)
        )
        return all(map(np.array_equal, mine, theirs))
