"""How numbers are written: as a chain of wires that say what they reach, or as such a chain for each of their digits.

A chain is a gate for every value but the least, and one level. Two digits are about twice the square root of that, and
two levels, because a digit is asked for once the one before it is known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from circuitsim.networks.forms import Number
from circuitsim.schematic.drawing import Wires
from circuitsim.schematic.schematic import Optimize

from ..residual import Bits
from .digits import Places, fewest_digits, thresholds_of

LONG = 256  # steps of a number up to which it is one chain whatever is optimized
MOST_DIGITS = {"depth": 1, "balanced": 2, "size": 4}
Known: TypeAlias = list[
    tuple[Wires, int]
]  # the digits so far, and what their wires are worth
Ask: TypeAlias = Callable[
    [Sequence[int], Known], Wires
]  # [number >= t + what is known], for several t


@dataclass(frozen=True)
class Writing:
    """Chains for a number from `low` to `high`.

    Args:
        places: what a wire of each digit is worth, and how many there are; the greatest first.
        values: what the number can be beyond `low`, where that is little: it is one chain, then, of other steps.
    """

    low: int
    high: int
    places: Places
    values: tuple[int, ...] | None = None

    @property
    def width(self) -> int:
        """Wires in all."""
        return thresholds_of(self.places)

    def draw(self, ask: Ask) -> list[Wires]:
        """The wires of each chain: (..., w)."""
        if self.values is not None:
            return [ask(self.values, [])]
        known: Known = []
        for worth, many in self.places:
            reached = range(self.low + worth, self.low + worth * many + 1, worth)
            known.append((ask(reached, [*known]), worth))
        return [wires for wires, _ in known]

    def shown(self, value: int) -> list[bool]:
        """What all the wires are, of a value that is known."""
        if self.values is not None:
            return [value >= reached for reached in self.values]
        left, found = max(0, value - self.low), []
        for worth, many in self.places:
            digit, left = divmod(left, worth)
            found += [k < digit for k in range(many)]
        return found

    def split(self, wires: Wires) -> list[Wires]:
        """The chains of wires that are side by side on the last axis."""
        ends = [0]
        for _, many in self.places:
            ends.append(ends[-1] + many)
        return [wires.slice(-1, start, end) for start, end in pairwise(ends)]

    def bits(self, chains: Sequence[Wires]) -> Bits:
        """The number that chains are."""
        if self.values is not None:
            gaps = tuple(b - a for a, b in pairwise([self.low, *self.values]))
            return Bits(chains[0], self.low, self.high, steps=gaps)
        if len(chains) == 1:
            return Bits(chains[0], self.low, self.high, True)
        first, *rest = (
            Bits(wires, 0, worth * many, steps=(worth,) * many)
            for wires, (worth, many) in zip(chains, self.places, strict=True)
        )
        return replace(first, low=self.low, rest=tuple(rest))


def writing(number: Number, optimize: Optimize) -> Writing:
    """By the few values of a number, or by its digits where it can be much."""
    if number.few is None or len(number.few.values) > number.high - number.low:
        return in_digits(number.low, number.high, optimize)
    values = tuple(value for value in number.few.values if value > number.low)
    return Writing(number.low, number.high, ((1, len(values)),), values)


def in_digits(low: int, high: int, optimize: Optimize) -> Writing:
    """Of any number of an interval."""
    most = MOST_DIGITS[optimize] if high - low > LONG else 1
    return Writing(low, high, fewest_digits(high - low, most))
