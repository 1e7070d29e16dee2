"""The intervals of a network at one precision, whose stored numbers are rounded: one rule a primitive.

Units: stored numbers are multiples of 2^-b; the residual stream is in 2^-b before the first layer and in 2^-2b after;
q, k and v add b bits to the stream's, scores twice that (in third order thrice, and values twice); hidden sums and
the read-out are in 2^-3b; means and hidden units in 2^-b.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from circuitsim.models.recurrent import reachable
from circuitsim.models.sequence import mask_matrix
from circuitsim.models.tables import fields_of
from circuitsim.numbers.rounding import drop_bits
from circuitsim.numbers.scaled import product

from . import network as net
from .averages import Averaged, few_means
from .forms import Affine, Few, Ints, Number, Range, Stream, affine, joined, zeros
from .known import (
    HeadForms,
    Known,
    NetForms,
    PairForms,
    ReadoutRows,
    StateForms,
    Weighed,
    powers_of,
    ranges_of,
    times,
)
from .limits import Limits
from .network import Network, Value
from .refusals import no_circuit
from .selection import Keys, by_letter, chosen_keys, means
from .values import few_values, named, narrowed, unnamed

MANY = 1 << 30  # powers of two to divide out: all there are
MOST_PLACED = 512  # letters at positions that are gone through, all positions together


class Intervals:
    """One rule a primitive."""

    def __init__(self, network: Network, bits: int, limits: Limits) -> None:
        self.network, self.bits, self.limits = network, bits, limits
        self.few: dict[Value, list[Few | None]] = {}
        self.cases = _cases(network)

    def tokens(self, index: int, how: net.Tokens) -> Stream:
        """Tables, and positions."""
        tables = tuple(table.numerators for table in how.tables)
        positions = None if how.positions is None else how.positions.numerators
        width = self.network.width(index)
        stream = Stream(self.bits, zeros(width), tables, positions, cases=self.cases)
        self._check(index, stream.ranges)
        return stream

    def states(self, index: int, how: net.States) -> StateForms:
        """The rows of the states that are possible."""
        rows = how.rows.numerators.astype(object) * (1 << self.bits)
        self._check(index, ((int(rows.min()), int(rows.max())),))
        return StateForms(
            how.cell, how.span, 2 * self.bits, rows, tuple(reachable(how.cell, len(how.span)))
        )

    def constant(self, index: int, how: net.Constant) -> Stream:
        """One vector."""
        return Stream(
            2 * self.bits, how.row.numerators[0].astype(object) * (1 << self.bits), (), None
        )

    def affine(self, index: int, how: net.Affine, x: Known) -> Affine | Weighed | ReadoutRows:
        """Rows over a stream; of computed numbers their columns, which they have."""
        bias = (
            zeros(how.weights.shape[0])
            if how.bias is None
            else how.bias.numerators.astype(object)
        )
        if isinstance(x, HeadForms | NetForms):
            return Weighed(x.outputs, bias * (1 << self.bits))
        assert isinstance(x, Stream)
        quantity, rows = self.network.lines[index].quantity, how.weights.numerators
        rows = rows if quantity == "hidden sum" else rows.astype(object)
        offsets = bias * (1 << x.exponent)
        if quantity == "read-out":
            return ReadoutRows(x, rows, offsets)
        form = affine(x, rows, offsets, self._most(index, quantity, x.exponent))
        self.few[index] = few_values(x, rows, offsets)
        form = narrowed(form, self.few[index])
        if quantity == "hidden sum":  # of heads only some components count: see `attend`
            self._check(index, tuple(form.unshifted))
        return form

    def add(self, index: int, how: net.Add, *terms: Stream | Weighed) -> Stream:
        """A stream with more numbers in it."""
        most, places = self.network.positions(index), map(self.network.positions, how.reads)
        terms = tuple(
            term if own == most or not isinstance(term, Stream) else unnamed(term)
            for term, own in zip(terms, places, strict=True)
        )
        streams = [term for term in terms if isinstance(term, Stream)]
        start = Stream(2 * self.bits, zeros(self.network.width(index)), (), None)
        total, moved = (streams[0], streams[1:]) if streams else (start, [])
        total = total.at(2 * self.bits)
        ranges = total.ranges if any(stream.numbers for stream in moved) else None
        for stream in moved:
            total = total.plus(stream.numbers, stream.constant, True)
            ranges = None if ranges is None else tuple(map(_plus, ranges, stream.ranges))
        weighed = [term for term in terms if isinstance(term, Weighed)]
        if weighed:
            numbers = [number for term in weighed for number in term.numbers]
            constant = sum(
                (term.constant for term in weighed), zeros(self.network.width(index))
            )
            total = total.plus(numbers, constant, True)
        else:
            total = replace(total, known=ranges)
        self._check(index, total.ranges)
        return total

    def relu(self, index: int, how: net.Relu, x: Affine) -> NetForms:
        """Numbers that are not negative."""
        shifts = tuple(2 * self.bits - power for power in x.powers)
        ends = [
            (max(0, drop_bits(low, shift)), max(0, drop_bits(high, shift)))
            for (low, high), shift in zip(x.ranges, shifts, strict=True)
        ]
        columns, numbers = self._columns(index), []
        for c, few in enumerate(self.few.pop(how.reads[0])):
            (low, high), rounded = ends[c], None
            if few is not None:
                positive = np.maximum(drop_bits(few.cases, shifts[c] + x.powers[c]), 0)
                rounded = Few(positive, few.causes)
                low, high = rounded.values[0], rounded.values[-1]
            numbers.append(named(Number(columns[:, c], low, high, rounded), (index, c)))
        return NetForms(x, shifts, tuple(numbers))

    def pairs(self, index: int, how: net.Pairs, x: Affine, y: Affine) -> PairForms:
        """Both factors."""
        return PairForms(x, y)

    def attend(
        self, index: int, how: net.Attend, query: Affine, key: Any, value: Any
    ) -> HeadForms:
        """Scores of the components that matter, and means."""
        place = self.network.lines[index].place
        if how.attention == "softmax":
            raise no_circuit(place)
        key, key2 = (key.first, key.second) if how.third_order else (key, None)
        value, value2 = (value.first, value.second) if how.third_order else (value, None)
        shifts, outputs = self._means(index, how, value, value2)
        both = [*zip(query.ranges, ranges_of(key, key2), strict=True)]
        tie = all((0, 0) in pair or pair[1][0] == pair[1][1] for pair in both)
        outputs = few_means(index, outputs, self._averaged(how, value, shifts, tie))
        asked = any(number.low < number.high and number.column.any() for number in outputs)
        chosen = None if how.third_order else self._chosen(how)
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
        drop = max(0, order * unit - common - (how.score_bits or 0)) if rounds else None
        return HeadForms(
            how.attention, how.mask, kept, query, key, value, weights, score, drop, shifts, outputs, key2, value2,
            chosen,
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
        columns, shifts, numbers = self._columns(index), [], []
        spans = zip(ranges_of(value, value2), powers_of(value, value2), strict=True)
        for c, ((low, high), power) in enumerate(spans):
            if not columns[:, c].any():
                shifts.append(0)
                numbers.append(Number(columns[:, c], 0, 0))
                continue
            for name, form in (("value", value), ("value2", value2)):
                self.limits.check(place, name, *(form.unshifted[c : c + 1] if form else ()))
            drop = factors * unit - self.bits - power
            total = 4 * keys * max(abs(low), abs(high), 1 << drop)
            self.limits.check(place, "sum of values", (-total, total))
            low, high = drop_bits(low, drop), drop_bits(high, drop)
            if how.mask.startswith("strict"):
                low, high = min(low, 0), max(high, 0)
            shifts.append(drop)
            numbers.append(Number(columns[:, c], low, high))
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

    def _unit(self, how: net.Attend) -> int:
        """Fraction bits of queries, keys and values."""
        return self._exponent(how.reads[0]) + self.bits

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

    def pick(self, index: int, how: net.Pick, x: Known) -> Known:
        """The same; of tokens and states what is possible at one position."""
        source = self.network.lines[how.reads[0]].primitive
        if isinstance(x, StateForms):
            return x.after(min(x.span) + how.places[0])
        if isinstance(source, net.Tokens) and isinstance(x, Stream):
            return self._row(x, how.places[0])
        return x

    def beside(self, index: int, how: net.Beside, *parts: Stream) -> Stream:
        """One vector."""
        return joined(parts)

    def flat(self, index: int, how: net.Flat, x: Stream) -> Stream:
        """One vector of all positions."""
        return joined([self._row(x, place) for place in range(self.network.n)])

    def settle(self, index: int, how: net.Settle, x: Stream) -> Stream:
        """One number a component, of the same interval."""
        numbers = []
        for component, ((low, high), grain) in enumerate(
            zip(x.ranges, x.components.grains, strict=True)
        ):
            unit = zeros(len(x.ranges))
            unit[component] = 1 << grain
            numbers.append(Number(unit, low >> grain, high >> grain))
        return Stream(x.exponent, zeros(len(x.ranges)), (), None, tuple(numbers))

    def _check(self, index: Value, ranges: tuple[Range, ...]) -> None:
        line = self.network.lines[index]
        self.limits.check(line.place, line.quantity, *ranges)

    def _exponent(self, x: Value) -> int:
        """Of the stream that an affine line reads."""
        (read,) = self.network.lines[x].primitive.reads
        return (
            self.bits
            if isinstance(self.network.lines[read].primitive, net.Tokens)
            else 2 * self.bits
        )

    def _most(self, index: Value, quantity: str, exponent: int) -> int:
        """Powers of two that an affine form may lose: at most as many as R drops of it, or of a product of two."""
        if quantity in ("query", "key", "key2"):
            return MANY
        reader = self.network.reader(index)
        paired = reader is not None and isinstance(
            self.network.lines[reader].primitive, net.Pairs
        )
        return exponent + self.bits if quantity == "value" and paired else exponent

    def _columns(self, index: Value) -> Ints:
        """What the line that reads some computed numbers multiplies them by: (d, numbers)."""
        reader = self.network.reader(index)
        assert reader is not None
        how = self.network.lines[reader].primitive
        assert isinstance(how, net.Affine)
        return how.weights.numerators.astype(object)

    def _row(self, stream: Stream, place: int) -> Stream:
        """The rows that are possible at one position, in units of 2^-2b."""
        model: Any = self.network.model
        tables = list(stream.tables)
        for index, table in enumerate(model.tables):
            has = all(
                field.present(self.network.n)[place] for field in fields_of(model, table)
            )
            tables[index] = (
                tables[index][: len(table.rows)] if has else tables[index][len(table.rows) :]
            )
        positions = None if stream.positions is None else stream.positions[place : place + 1]
        row = replace(stream, tables=tuple(tables), positions=positions, cases=None)
        row = row.at(2 * self.bits)
        self.limits.check("", "embedding", *row.ranges)
        return row


def _cases(network: Network) -> tuple[Ints, Ints] | None:
    """The tokens that can stand at a position, and their positions; None of records, and where they are many."""
    model: Any = network.model
    letters = range(len(model.vocabulary))
    if model.fields or len(letters) * network.n > MOST_PLACED:
        return None
    before, after = (
        [[model.tokens.index(token)] for token in group]
        for group in (model.prepend, model.append)
    )
    found = [*before, *[[*letters]] * network.n, *after]
    pairs = [(token, place) for place, tokens in enumerate(found) for token in tokens]
    tokens, places = np.array(pairs).T
    return tokens, places


def _plus(a: Range, b: Range) -> Range:
    return a[0] + b[0], a[1] + b[1]
