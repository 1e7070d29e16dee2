"""Rotary positions: the angles by which pairs of components are turned, and what that makes of linear forms."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from circuitsim.numbers.irrationals import turn
from circuitsim.numbers.scaled import Array, Scaled, narrow, over_one_denominator

from .forms import Affine, Ints
from .primitives import Rotate


@cache
def turns(base: Fraction, size: int, length: int) -> Scaled:
    """Cosines and sines (2, length, size / 2) of i base^(-2 j / size) at position i, of pair j of `size` components."""
    powers = [Fraction(-2 * j, size) for j in range(size // 2)]
    each = [turn(i, base, power) for i in range(length) for power in powers]
    both = [cosine for cosine, _ in each] + [sine for _, sine in each]
    return over_one_denominator(both, (2, length, size // 2))


class Factors(NamedTuple):
    """Component c becomes own x_c + other x_p at every position, with p its partner; a pair's first has minus a sine.

    Args:
        own, other: (positions, c), in units of the turns' denominator. partner: (c,), itself without a pair.
    """

    own: Array
    other: Array
    partner: npt.NDArray[np.int64]


def factors(how: Rotate, width: int) -> Factors:
    """What `width` components are multiplied by."""
    (cosines, sines), pairs = how.turns.numerators, np.array(how.pairs, np.int64)
    first, second = pairs.reshape(-1, 2).T
    own = np.full((len(cosines), width), how.turns.denominator, object)
    other = np.zeros((len(cosines), width), object)
    own[:, first] = own[:, second] = cosines
    other[:, first], other[:, second] = -sines, sines
    partner = np.arange(width)
    partner[first], partner[second] = second, first
    return Factors(narrow(own), narrow(other), partner)


def in_one_unit(form: Affine, powers: Sequence[int]) -> tuple[list[int], int]:
    """Factors that give components, of which each is in units of 2^power, one unit; and its power.

    What is always 0 has no say.
    """
    varied = [low != 0 or high != 0 for low, high in form.ranges]
    unit = min((p for p, some in zip(powers, varied, strict=True) if some), default=0)
    pairs = zip(powers, varied, strict=True)
    return [1 << (power - unit) if some else 0 for power, some in pairs], unit


class Turned:
    """An affine form with pairs turned: at every position rows of its own over the stream.

    Args:
        form: of so many fraction bits, before powers of two are divided out.

    Attributes:
        drop: how many bits of them R drops.
    """

    def __init__(self, how: Rotate, form: Affine, bits: int) -> None:
        shifts = [p - g for p, g in zip(form.powers, form.grains, strict=True)]
        scale, power = in_one_unit(form, shifts)
        self.drop = bits - power
        self.by, worth = factors(how, len(shifts)), np.array(scale, object)
        self.rows, self.offsets = form.rows * worth[:, None], form.offsets * worth

    def at(self, place: int) -> tuple[Ints, Ints]:
        """The rows (c, d) at a position, and what is added to them."""
        own, other = (part[place].astype(object) for part in self.by[:2])
        rows, offsets = self.rows[self.by.partner], self.offsets[self.by.partner]
        turned = own[:, None] * self.rows + other[:, None] * rows
        return turned, own * self.offsets + other * offsets
