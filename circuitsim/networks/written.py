"""The intervals of what lines compute anew: hidden units, products of gates, norms, rounded and settled numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from circuitsim.numbers.functions import ends, rounded_all
from circuitsim.numbers.rounding import drop_bits
from circuitsim.numbers.scaled import Scaled, narrow

from . import primitives as net
from .forms import Affine, Few, Ints, Number, Range, Stream, zeros
from .heads import columns, exponent, unit
from .known import GateForms, NetForms, times
from .limits import Limits
from .network import Network
from .norms import norm_ends, normalised
from .primitives import Value
from .rotation import Turned, factors
from .selection import by_letter
from .values import LETTER, all_few, jointly, named

MOST_NORMED = 2**13  # components of all vectors of a norm, where these are gone through


class HiddenUnit(NamedTuple):
    """What a hidden unit makes of its sum, whose last bits are to be dropped; of values, and of an interval."""

    value: Callable[[Ints, int], Ints]
    bounds: Callable[[int, int, int], Range]


@dataclass(frozen=True)
class Written:
    """What is known of such lines of a network at one precision.

    Args:
        few: of every affine line, what its rows can be where that is little; taken out when it has been used.
        cases: the letters at positions, as in a stream.
    """

    network: Network
    bits: int
    limits: Limits
    few: dict[Value, list[Few | None]]
    cases: tuple[Ints, Ints] | None

    def relu(self, index: Value, how: net.Relu, x: Affine) -> NetForms:
        """Numbers that are not negative."""

        def positive(values: Ints, drop: int) -> Ints:
            return np.asarray(np.maximum(drop_bits(values, drop), 0))

        def bounds(low: int, high: int, drop: int) -> Range:
            return max(0, drop_bits(low, drop)), max(0, drop_bits(high, drop))

        return self._units(index, how, x, HiddenUnit(positive, bounds))

    def activate(self, index: Value, how: net.Activate, x: Affine) -> NetForms:
        """Values of the function on the grid."""
        unit = 1 << self.bits

        def value(values: Ints, drop: int) -> Ints:
            return rounded_all(how.function, Scaled(_floored(values, drop), unit), self.bits)

        def bounds(low: int, high: int, drop: int) -> Range:
            return ends(how.function, low >> drop, high >> drop, self.bits)

        return self._units(index, how, x, HiddenUnit(value, bounds))

    def multiply(self, index: Value, how: net.Multiply, x: NetForms, y: Affine) -> GateForms:
        """Products of an activation and another map."""
        line, worth = self.network.lines[index], columns(self.network, index)
        own = exponent(self.network, how.reads[1], self.bits) + self.bits
        shifts = tuple(own - power for power in y.powers)
        factors = self.few.pop(how.reads[1])
        numbers = []
        for c, number in enumerate(x.outputs):
            product = times((number.low, number.high), y.ranges[c])
            self.limits.check(line.place, "product of the gate", product)
            low, high = (drop_bits(end, shifts[c]) for end in product)
            both = jointly([number.few, factors[c]])
            few = None
            if both is not None:
                first, second = both.cases.astype(object).T
                products = first * (second >> y.powers[c])
                few = both.few(narrow(drop_bits(products, shifts[c])))
                low, high = few.values[0], few.values[-1]
            numbers.append(named(Number(worth[:, c], low, high, few), (index, c)))
        return GateForms(x, y, shifts, tuple(numbers))

    def normalise(self, index: Value, how: net.Normalise, x: Stream) -> Stream:
        """Components of a norm; they are found case by case where there are few."""
        both = jointly(all_few(x))
        if both is not None and both.cases.size <= MOST_NORMED:
            found = normalised(how, Scaled(both.cases, 1 << x.exponent), self.bits)
            return self._stream(index, [both.few(column) for column in found.T])
        return self._stream(index, norm_ends(how, x.ranges, x.exponent, self.bits))

    def round(self, index: Value, how: net.Round, x: Stream | Affine) -> Stream:
        """R of every component."""
        if isinstance(x, Affine):
            line = self.network.lines[index]
            self.limits.check(line.place, line.quantity, *x.unshifted)
            few, ranges, powers = self.few.pop(how.reads[0]), x.ranges, x.powers
        else:
            few, ranges, powers = all_few(x), x.ranges, (0,) * len(x.ranges)
        drop = unit(self.network, how.reads[0], self.bits) - self.bits
        found: list[Few | Range] = []
        for own, (low, high), power in zip(few, ranges, powers, strict=True):
            if own is None:
                less = drop - power
                found.append((drop_bits(low, less), drop_bits(high, less)))
            else:
                found.append(Few(drop_bits(own.cases, drop), own.causes))
        return self._stream(index, found)

    def rotate(self, index: Value, how: net.Rotate, x: Affine, stream: Stream) -> Stream:
        """R of every component of a form of a stream, with pairs turned."""
        line, drop = self.network.lines[index], unit(self.network, how.reads[0], self.bits)
        turned, ends = Turned(how, x, drop), []
        for place in range(line.shape[0]):
            here = stream.positions
            one = replace(stream, positions=here if here is None else here[[place]])
            found = one.forms(*turned.at(place))
            ends.append((found.low, found.high))
        low, high = np.min(ends, axis=0)[0], np.max(ends, axis=0)[1]
        self.limits.check(line.place, line.quantity, *zip(low, high, strict=True))
        ranges = zip(*(drop_bits(end, turned.drop) for end in (low, high)), strict=True)
        few = self._turned(how, self.few.pop(how.reads[0]), drop)
        return self._stream(index, [own or r for own, r in zip(few, ranges, strict=True)])

    def _turned(self, how: net.Rotate, few: list[Few | None], drop: int) -> list[Few | None]:
        """What turned components are in each case of the letter, where nothing else has a say."""
        if self.cases is None:
            return [None] * len(few)
        cased, by = by_letter(few, self.cases[1]), factors(how, len(few))
        own, other = (part[cased.places].astype(object) for part in by[:2])
        values = narrow(
            drop_bits(own * cased.values + other * cased.values[:, by.partner], drop)
        )
        decided, found = cased.decided & cased.decided[by.partner], []
        for c, (value, partner) in enumerate(zip(few, by.partner, strict=True)):
            if partner == c:  # it stays as it is, whatever it depends on
                found.append(
                    value and Few(drop_bits(value.cases, drop - self.bits), value.causes)
                )
            else:
                found.append(Few(values[:, c], (LETTER,)) if decided[c] else None)
        return found

    def sum(self, index: Value, how: net.Sum, x: Stream) -> Stream:
        """Sums of one component at all positions."""
        return self._written(index, x.at(2 * self.bits), self.network.positions(how.reads[0]))

    def settle(self, index: Value, how: net.Settle, x: Stream) -> Stream:
        """One number a component, of the same interval."""
        return self._written(index, x, 1)

    def _written(self, index: Value, x: Stream, count: int) -> Stream:
        numbers = []
        for component, ((low, high), grain) in enumerate(
            zip(x.ranges, x.components.grains, strict=True)
        ):
            column = zeros(len(x.ranges))
            column[component] = 1 << grain
            numbers.append(Number(column, count * (low >> grain), count * (high >> grain)))
        found = Stream(x.exponent, zeros(len(x.ranges)), (), None, tuple(numbers))
        self._check(index, found)
        return found

    def _stream(self, index: Value, found: Sequence[Few | Range]) -> Stream:
        """A stream of one number a component, in units of 2^-b."""
        numbers = []
        for c, own in enumerate(found):
            if isinstance(own, Few):
                few: Few | None = own
                low, high = own.values[0], own.values[-1]
            else:
                few = None
                low, high = own
            column = zeros(len(found))
            column[c] = 1 << self.bits
            numbers.append(named(Number(column, low, high, few), (index, c)))
        stream = Stream(2 * self.bits, zeros(len(found)), (), None, tuple(numbers))
        self._check(index, stream)
        return stream

    def _units(
        self, index: Value, how: net.Primitive, x: Affine, made: HiddenUnit
    ) -> NetForms:
        """Hidden units of some sums."""
        own = exponent(self.network, how.reads[0], self.bits)
        shifts = tuple(own - power for power in x.powers)
        worth, numbers = columns(self.network, index), []
        for c, few in enumerate(self.few.pop(how.reads[0])):
            if few is None:
                rounded = None
                low, high = made.bounds(*x.ranges[c], shifts[c])
            else:
                cases = made.value(few.cases, shifts[c] + x.powers[c])
                rounded = Few(cases, few.causes)
                low, high = rounded.values[0], rounded.values[-1]
            numbers.append(named(Number(worth[:, c], low, high, rounded), (index, c)))
        return NetForms(x, shifts, tuple(numbers))

    def _check(self, index: Value, stream: Stream) -> None:
        line = self.network.lines[index]
        self.limits.check(line.place, line.quantity, *stream.ranges)


def _floored(values: Ints, bits: int) -> Ints:
    """Integers without their last bits, those of 64 too."""
    return np.asarray((values if bits < 63 else values.astype(object)) >> bits)
