"""Softmax in whole numbers: the weight of a key is a step function of its gap, the largest score less its own.

A key whose score lies g below the largest one has d = floor(g 2^s + 1/2) and weight floor(2^t 2^(-d / 2^s) + 1/2), with
s gap bits and t weight bits. So weights are powers of two of rounded gaps, rounded in turn; they are whole numbers from
2^t down to 0, and which one a key has is a matter of comparing its gap with one limit for each.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil
from typing import TypeAlias

import numpy as np

from circuitsim.numbers.irrationals import ceiling_of_log2, floor_of_power
from circuitsim.numbers.scaled import Array, narrow

Steps: TypeAlias = tuple[tuple[int, int], ...]  # (limit, worth): of gaps below, ascending


@dataclass(frozen=True)
class Softmax:
    """How the weights of a head are rounded: gaps to `gap_bits` fraction bits, weights to parts of 2^weight_bits."""

    gap_bits: int
    weight_bits: int

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """For k = 1, 2, ..., 2^t the largest d whose weight is k or more.

        It is if (2 k - 1) / 2 <= 2^(t - d / 2^s), that is d <= (t + 1) 2^s - 2^s log2(2 k - 1).
        """
        return _ends(self.gap_bits, self.weight_bits)

    @cached_property
    def fractions(self) -> tuple[int, ...]:
        """For f = 0, ..., 2^s - 1 the number floor(2 2^(t - f / 2^s)).

        The weight of d = a 2^s + f is this, shifted by a places and halved half up.
        """
        parts = 1 << self.gap_bits
        return tuple(
            floor_of_power(self.weight_bits + 1 - Fraction(f, parts)) for f in range(parts)
        )

    def steps(self, unit: Fraction) -> Steps:
        """What a gap of g / unit is worth: the sum of all worths whose limit is above the whole number g.

        The rounded gap is at most d if 2^(s + 1) g < (2 d + 1) unit.
        """
        limits = Counter(
            ceil((2 * end + 1) * unit / (2 << self.gap_bits)) for end in self.ends
        )
        return tuple(sorted(limits.items()))


@lru_cache(maxsize=64)
def _ends(gap_bits: int, weight_bits: int) -> tuple[int, ...]:
    most = (weight_bits + 1) << gap_bits
    return tuple(
        most - ceiling_of_log2(2 * k - 1, 1 << gap_bits)
        for k in range(1, (1 << weight_bits) + 1)
    )


def weights_of(steps: Steps, gaps: Array) -> Array:
    """The weight (int64) of every gap, none of which is negative."""
    limits = np.array([limit for limit, _ in steps], dtype=object)
    worths = np.array([worth for _, worth in steps], dtype=np.int64)
    left = np.concatenate([np.cumsum(worths[::-1])[::-1], [0]])
    return left[np.searchsorted(narrow(limits), gaps, side="right")]
