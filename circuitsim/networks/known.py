"""What is known of the values of a network at one precision: integers, and the interval of every quantity."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from circuitsim.models.model import Attention, Mask
from circuitsim.models.recurrent import Automaton

from .forms import Affine, Forms, Ints, Number, Range, Stream, columns_of, zeros
from .selection import Keys
from .softmax import Softmax, Steps


@dataclass(frozen=True)
class PairForms:
    """Products of two affine forms, each at a position of its own."""

    first: Affine
    second: Affine


@dataclass(frozen=True)
class HeadForms:
    """A head in integers: a score is the sum of weight * q * k over components, in the interval `score`.

    Only the components `kept` count: of others a factor is always zero. None are where nobody reads the outputs.
    In third order k is key * key2 and v is value * value2, each factor at a position of its own.
    `shift` is how many bits of it `score_bits` drops, or None. `fine` are the fraction bits of what is left.
    A softmax head whose scores are the same for all keys is saturated.

    `chosen` are the keys that each position selects: None for one where letters have a say, and altogether where that
    is not known. `outputs` are the numbers the head gives: R(mean of values), in [low, high], units 2^-b;
    `value_shifts` says how many bits that rounding drops from the exact mean of each component.
    """

    attention: Attention
    mask: Mask
    kept: tuple[int, ...]
    query: Affine
    key: Affine
    value: Affine
    weights: tuple[int, ...]
    score: Range
    shift: int | None
    value_shifts: tuple[int, ...]
    outputs: tuple[Number, ...]
    key2: Affine | None = None
    value2: Affine | None = None
    chosen: tuple[Keys | None, ...] | None = None
    softmax: Softmax | None = None
    fine: int = 0

    @cached_property
    def steps(self) -> Steps:
        """How the weight falls with the gap of a score, in the unit of scores; of softmax alone."""
        return self.softmax.steps(Fraction(2) ** self.fine) if self.softmax else ()

    @property
    def averages(self) -> bool:
        """Whether the outputs are means over several keys, and not the value of one."""
        return self.attention in ("saturated", "softmax")

    @property
    def third_order(self) -> bool:
        """Whether the keys are pairs of positions."""
        return self.value2 is not None

    @property
    def key_ranges(self) -> tuple[Range, ...]:
        """The interval of each component of k, whatever the order."""
        return ranges_of(self.key, self.key2)

    @property
    def value_ranges(self) -> tuple[Range, ...]:
        """The interval of each component of v, whatever the order."""
        return ranges_of(self.value, self.value2)

    @property
    def constant_keys(self) -> tuple[bool, ...]:
        """Which components of k are the same number at every position and input."""
        return tuple(low == high for low, high in self.key_ranges)


@dataclass(frozen=True)
class NetForms:
    """Hidden units in integers: their sums, the bits that R drops from each, and the numbers R(ReLU)."""

    hidden: Affine
    shifts: tuple[int, ...]
    outputs: tuple[Number, ...]

    @cached_property
    def columns(self) -> Ints:
        """What a unit's number is multiplied by (units, d)."""
        return columns_of(self.outputs)


@dataclass(frozen=True)
class GateForms:
    """Hidden units times another affine form: the bits that R drops from each product, and the numbers R(product)."""

    units: NetForms
    hidden: Affine
    shifts: tuple[int, ...]
    outputs: tuple[Number, ...]


@dataclass(frozen=True)
class Weighed:
    """Computed numbers, each times its column, plus a constant (d,); in units of 2^-2b."""

    numbers: tuple[Number, ...]
    constant: Ints


@dataclass(frozen=True)
class StateForms:
    """An automaton's rows (states, s) in units of 2^-2b, and the states that are possible after each step."""

    cell: Automaton
    span: range
    exponent: int
    rows: Ints
    possible: tuple[tuple[int, ...], ...]

    def after(self, place: int) -> Stream:
        """What may be seen after a position."""
        rows = self.rows[list(self.possible[self.span.index(place)])]
        return Stream(self.exponent, zeros(rows.shape[1]), (rows,), None)


@dataclass(frozen=True)
class ReadoutRows:
    """Rows over a stream whose unit waits for those of other read-outs."""

    stream: Stream
    rows: Ints
    offsets: Ints

    @cached_property
    def forms(self) -> Forms:
        """What they can be."""
        return self.stream.forms(self.rows, self.offsets)


Known: TypeAlias = (
    Stream
    | Affine
    | PairForms
    | HeadForms
    | NetForms
    | GateForms
    | Weighed
    | StateForms
    | ReadoutRows
)


def ranges_of(first: Affine, second: Affine | None) -> tuple[Range, ...]:
    """Intervals of products at every pair of positions; those of `first` alone without a second factor."""
    if second is None:
        return first.ranges
    return tuple(times(a, b) for a, b in zip(first.ranges, second.ranges, strict=True))


def powers_of(first: Affine, second: Affine | None) -> list[int]:
    """Powers of two that are divided out of the same products."""
    return (
        [*first.powers]
        if second is None
        else [a + b for a, b in zip(first.powers, second.powers, strict=True)]
    )


def times(a: Range, b: Range) -> Range:
    """The interval of a product."""
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)
