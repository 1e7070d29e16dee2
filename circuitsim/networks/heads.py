"""The intervals of a head: its scores, as far as they matter, and its means; and which keys it is sure to select."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from circuitsim.models.sequence import mask_matrix
from circuitsim.numbers.rounding import drop_bits
from circuitsim.numbers.scaled import product

from . import primitives as net
from .averages import Averaged, few_means
from .forms import Affine, Few, Ints, Number, Range
from .known import HeadForms, powers_of, ranges_of, times
from .limits import Limits
from .network import Network
from .primitives import Value
from .selection import Keys, by_letter, chosen_keys, means
from .values import named


@dataclass(frozen=True)
class Heads:
    """What is known of the heads of a network at one precision.

    Args:
        few: of every affine line, what its rows can be where that is little.
        cases: the letters at positions, as in a stream.
    """

    network: Network
    bits: int
    limits: Limits
    few: dict[Value, list[Few | None]]
    cases: tuple[Ints, Ints] | None

    def forms(
        self, index: int, how: net.Attend, query: Affine, key: Any, value: Any
    ) -> HeadForms:
        """Scores of the components that matter, and means."""
        place = self.network.lines[index].place
        key, key2 = (key.first, key.second) if how.third_order else (key, None)
        value, value2 = (value.first, value.second) if how.third_order else (value, None)
        both = [*zip(query.ranges, ranges_of(key, key2), strict=True)]
        tie = all((0, 0) in pair or pair[1][0] == pair[1][1] for pair in both)
        if tie and how.softmax:
            how = replace(how, attention="saturated", softmax=None)
        shifts, outputs = self._means(index, how, value, value2)
        if not how.softmax:
            outputs = few_means(index, outputs, self._averaged(how, value, shifts, tie))
        asked = any(number.low < number.high and number.column.any() for number in outputs)
        chosen = None if how.third_order or how.softmax else self._chosen(how)
        if chosen is not None:  # the scores say so, and are kept
            outputs = self._decided(index, how, outputs, chosen)
        kept = tuple(c for c, pair in enumerate(both) if asked and (0, 0) not in pair)
        query, key = query.some(kept), key.some(kept)
        key2 = None if key2 is None else key2.some(kept)
        for name, form in (("query", query), ("key", key), ("key2", key2)):
            self.limits.check(place, name, *(form.unshifted if form else ()))
        weights, score, common = self._score(place, query, key, key2)
        order, unit = (3 if how.third_order else 2), self._unit(how)
        rounds = how.score_bits is not None and bool(
            kept
        )  # a score of nothing is zero, and stays it
        fine = order * unit - common
        drop = max(0, fine - (how.score_bits or 0)) if rounds else None
        return HeadForms(
            how.attention, how.mask, kept, query, key, value, weights, score, drop, shifts, outputs, key2, value2,
            chosen, how.softmax, fine - (drop or 0),
        )  # fmt: skip

    def _score(
        self, place: str, query: Affine, key: Affine, key2: Affine | None
    ) -> tuple[tuple[int, ...], Range, int]:
        """Weights of the products, the interval of their sum, and the power of two that all of them have."""
        grains = [q + k for q, k in zip(query.powers, powers_of(key, key2), strict=True)]
        common = min(grains, default=0)
        weights = tuple(1 << (grain - common) for grain in grains)
        corners = [
            times(q, k) for q, k in zip(query.ranges, ranges_of(key, key2), strict=True)
        ]
        low, high = (
            sum(w * c[end] for w, c in zip(weights, corners, strict=True)) for end in (0, 1)
        )
        self.limits.check(place, "score", (low, high))
        return weights, (low, high), common

    def _means(
        self, index: int, how: net.Attend, value: Affine, value2: Affine | None
    ) -> tuple[tuple[int, ...], tuple[Number, ...]]:
        """The bits that R drops from each mean, and the numbers that result; zeros where nobody reads them."""
        place, unit = self.network.lines[index].place, self._unit(how)
        factors, keys = (2 if how.third_order else 1), self.network.positions(how.reads[1])
        worth, shifts, numbers = columns(self.network, index), [], []
        spans = zip(ranges_of(value, value2), powers_of(value, value2), strict=True)
        for c, ((low, high), power) in enumerate(spans):
            if not worth[:, c].any():
                shifts.append(0)
                numbers.append(Number(worth[:, c], 0, 0))
                continue
            for name, form in (("value", value), ("value2", value2)):
                self.limits.check(place, name, *(form.unshifted[c : c + 1] if form else ()))
            drop = factors * unit - self.bits - power
            weight = 1 << how.softmax.weight_bits if how.softmax else 1
            total = 4 * keys * weight * max(abs(low), abs(high), 1 << drop)
            self.limits.check(place, "sum of values", (-total, total))
            low, high = drop_bits(low, drop), drop_bits(high, drop)
            if how.mask.startswith("strict"):
                low, high = min(low, 0), max(high, 0)
            shifts.append(drop)
            numbers.append(Number(worth[:, c], low, high))
        return tuple(shifts), tuple(numbers)

    def _chosen(self, how: net.Attend) -> tuple[Keys | None, ...] | None:
        """The keys that each position selects on all inputs."""
        if self.cases is None:
            return None
        query, key = (by_letter(self.few[x], self.cases[1]) for x in how.reads[:2])
        counts = query.values.any(axis=0) & key.values.any(axis=0)
        counts |= ~query.decided | ~key.decided
        if not (query.decided & key.decided)[counts].all():
            return None
        scores = product(query.values[:, counts], key.values[:, counts].T)
        if how.score_bits is not None:
            scores = drop_bits(scores, 2 * self._unit(how) - how.score_bits)
        visible = mask_matrix(how.mask, self.network.positions(how.reads[1]))
        return tuple(chosen_keys(scores, query, visible, how.attention))

    def _decided(
        self,
        index: int,
        how: net.Attend,
        outputs: tuple[Number, ...],
        chosen: tuple[Keys | None, ...],
    ) -> tuple[Number, ...]:
        """The means with the few values that they take where keys are chosen."""
        known = [keys for keys in chosen if keys is not None]
        if self.cases is None or len(known) < len(chosen):
            return outputs
        cased, found = by_letter(self.few[how.reads[2]], self.cases[1]), []
        for c, number in enumerate(outputs):
            few = None
            if cased.decided[c] and number.low < number.high:
                few = means(cased.values[:, c], cased, known, self._unit(how) - self.bits)
            if few is not None:
                number = replace(number, few=few)
                if len(few.values) == 1:
                    number = replace(number, low=few.values[0], high=few.values[0])
            found.append(named(number, (index, c)))
        return tuple(found)

    def _averaged(
        self, how: net.Attend, value: Affine, shifts: tuple[int, ...], tie: bool
    ) -> Averaged:
        """What the outputs are made of; `tie` where all keys score the same."""
        keys, few = self.network.positions(how.reads[1]), self.few.get(how.reads[2])
        values = [
            own and Few(own.cases >> power, own.causes)
            for own, power in zip(few or [None] * len(shifts), value.powers, strict=True)
        ]
        least = keys if tie and how.mask == "none" else 1
        counts = range(least, keys + 1) if how.attention == "saturated" else range(1, 2)
        return Averaged(values, shifts, counts, how.mask.startswith("strict"))

    def _unit(self, how: net.Attend) -> int:
        """Fraction bits of queries, keys and values."""
        return exponent(self.network, how.reads[0], self.bits) + self.bits


def exponent(network: Network, x: Value, bits: int) -> int:
    """Of the stream that an affine line reads."""
    (read,) = network.lines[x].primitive.reads
    return unit(network, read, bits)


def unit(network: Network, x: Value, bits: int) -> int:
    """Fraction bits of a stream, or of an affine line before powers of two are divided out."""
    how = network.lines[x].primitive
    if isinstance(how, net.Affine):
        return exponent(network, x, bits) + bits
    return bits if isinstance(how, net.Tokens) else 2 * bits


def columns(network: Network, index: Value) -> Ints:
    """What the line that reads some computed numbers multiplies them by: (d, numbers); ones for other products."""
    reader = network.reader(index)
    assert reader is not None
    how = network.lines[reader].primitive
    if isinstance(how, net.Multiply):
        return np.identity(network.width(index), object)
    assert isinstance(how, net.Affine)
    return how.weights.numerators.astype(object)
