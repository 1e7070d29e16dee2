"""The intervals of a network at one precision, whose stored numbers are rounded: one rule a primitive.

Units: stored numbers are multiples of 2^-b; the residual stream is in 2^-b before the first layer and in 2^-2b after;
q, k and v add b bits to the stream's, scores twice that (in third order thrice, and values twice); hidden sums and
the read-out are in 2^-3b; means and hidden units in 2^-b.
"""

from dataclasses import replace
from typing import Any

from circuitsim.models.recurrent import reachable
from circuitsim.models.tables import fields_of
from circuitsim.numbers.rounding import drop_bits

from . import network as net
from .forms import Affine, Number, Range, Stream, affine, joined, zeros
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

MANY = 1 << 30  # powers of two to divide out: all there are


class Intervals:
    """One rule a primitive."""

    def __init__(self, network: Network, bits: int, limits: Limits) -> None:
        self.network, self.bits, self.limits = network, bits, limits

    def tokens(self, index: int, how: net.Tokens) -> Stream:
        """Tables, and positions."""
        tables = tuple(table.numerators for table in how.tables)
        positions = None if how.positions is None else how.positions.numerators
        stream = Stream(self.bits, zeros(self.network.width(index)), tables, positions)
        self._check(index, stream.ranges)
        return stream

    def states(self, index: int, how: net.States) -> StateForms:
        """The rows of the states that are possible."""
        rows = how.rows.numerators.astype(object) * (1 << self.bits)
        self._check(index, ((int(rows.min()), int(rows.max())),))
        return StateForms(how.cell, how.span, 2 * self.bits, rows, tuple(reachable(how.cell, len(how.span))))

    def constant(self, index: int, how: net.Constant) -> Stream:
        """One vector."""
        return Stream(2 * self.bits, how.row.numerators[0].astype(object) * (1 << self.bits), (), None)

    def affine(self, index: int, how: net.Affine, x: Known) -> Affine | Weighed | ReadoutRows:
        """Rows over a stream; of computed numbers their columns, which they have."""
        bias = zeros(how.weights.shape[0]) if how.bias is None else how.bias.numerators.astype(object)
        if isinstance(x, HeadForms | NetForms):
            return Weighed(x.outputs, bias * (1 << self.bits))
        assert isinstance(x, Stream)
        quantity, rows = self.network.lines[index].quantity, how.weights.numerators
        rows = rows if quantity == "hidden sum" else rows.astype(object)
        offsets = bias * (1 << x.exponent)
        if quantity == "read-out":
            return ReadoutRows(x, rows, offsets)
        form = affine(x, rows, offsets, self._most(index, quantity, x.exponent))
        self._check(index, tuple(form.unshifted))
        return form

    def add(self, index: int, how: net.Add, *terms: Stream | Weighed) -> Stream:
        """A stream with more numbers in it."""
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
            constant = sum((term.constant for term in weighed), zeros(self.network.width(index)))
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
        return NetForms(x, shifts, self._numbers(index, ends))

    def pairs(self, index: int, how: net.Pairs, x: Affine, y: Affine) -> PairForms:
        """Both factors."""
        return PairForms(x, y)

    def attend(self, index: int, how: net.Attend, query: Affine, key: Any, value: Any) -> HeadForms:
        """Scores and means."""
        place = self.network.lines[index].place
        if how.attention == "softmax":
            raise no_circuit(place)
        key, key2 = (key.first, key.second) if how.third_order else (key, None)
        value, value2 = (value.first, value.second) if how.third_order else (value, None)
        order, unit = (3 if how.third_order else 2), self._exponent(how.reads[0]) + self.bits
        grains = [q + k for q, k in zip(query.powers, powers_of(key, key2), strict=True)]
        common = min(grains, default=0)
        weights = tuple(1 << (grain - common) for grain in grains)
        corners = [times(q, k) for q, k in zip(query.ranges, ranges_of(key, key2), strict=True)]
        low, high = (sum(w * c[end] for w, c in zip(weights, corners, strict=True)) for end in (0, 1))
        self.limits.check(place, "score", (low, high))
        shift = None if how.score_bits is None else max(0, order * unit - common - how.score_bits)
        shifts = tuple((order - 1) * unit - self.bits - power for power in powers_of(value, value2))
        ends = []
        for (least, most), dropped in zip(ranges_of(value, value2), shifts, strict=True):
            total = 4 * self.network.positions(how.reads[1]) * max(abs(least), abs(most), 1 << dropped)
            self.limits.check(place, "sum of values", (-total, total))
            least, most = drop_bits(least, dropped), drop_bits(most, dropped)
            ends.append((min(least, 0), max(most, 0)) if how.mask.startswith("strict") else (least, most))
        numbers = self._numbers(index, ends)
        return HeadForms(
            how.attention, how.mask, query, key, value, weights, (low, high), shift, shifts, numbers, key2, value2
        )  # fmt: skip

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
        for component, ((low, high), grain) in enumerate(zip(x.ranges, x.components.grains, strict=True)):
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
        return self.bits if isinstance(self.network.lines[read].primitive, net.Tokens) else 2 * self.bits

    def _most(self, index: Value, quantity: str, exponent: int) -> int:
        """Powers of two that an affine form may lose: at most as many as R drops of it, or of a product of two."""
        if quantity in ("query", "key", "key2"):
            return MANY
        reader = self.network.reader(index)
        paired = reader is not None and isinstance(self.network.lines[reader].primitive, net.Pairs)
        return exponent + self.bits if quantity == "value" and paired else exponent

    def _numbers(self, index: Value, ends: list[Range]) -> tuple[Number, ...]:
        """Computed numbers, with the columns that the line which reads them multiplies them by."""
        reader = self.network.reader(index)
        assert reader is not None
        how = self.network.lines[reader].primitive
        assert isinstance(how, net.Affine)
        columns = how.weights.numerators.astype(object)
        return tuple(Number(columns[:, c], low, high) for c, (low, high) in enumerate(ends))

    def _row(self, stream: Stream, place: int) -> Stream:
        """The rows that are possible at one position, in units of 2^-2b."""
        model: Any = self.network.model
        tables = list(stream.tables)
        for index, table in enumerate(model.tables):
            has = all(field.present(self.network.n)[place] for field in fields_of(model, table))
            tables[index] = tables[index][: len(table.rows)] if has else tables[index][len(table.rows) :]
        positions = None if stream.positions is None else stream.positions[place : place + 1]
        row = replace(stream, tables=tuple(tables), positions=positions).at(2 * self.bits)
        self.limits.check("", "embedding", *row.ranges)
        return row


def _plus(a: Range, b: Range) -> Range:
    return a[0] + b[0], a[1] + b[1]
