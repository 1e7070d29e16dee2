"""The intervals of a network at one precision, whose stored numbers are rounded: one rule a primitive.

Units: stored numbers are multiples of 2^-b; the residual stream is in 2^-b before the first layer and in 2^-2b after;
q, k and v add b bits to the stream's, scores twice that (in third order thrice, and values twice); hidden sums and
the read-out are in 2^-3b; means and hidden units in 2^-b. Components of a norm, and rounded ones, are a stream in 2^-2b
of numbers in 2^-b.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from circuitsim.models.recurrent import reachable
from circuitsim.models.tables import fields_of

from . import primitives as net
from .forms import Affine, Few, Ints, Range, Stream, affine, joined, zeros
from .heads import Heads
from .known import (
    GateForms,
    HeadForms,
    Known,
    NetForms,
    PairForms,
    ReadoutRows,
    StateForms,
    Weighed,
)
from .limits import Limits
from .network import Network
from .primitives import Value
from .values import few_values, narrowed, unnamed
from .written import Written

MANY = 1 << 30  # powers of two to divide out: all there are
MOST_PLACED = 512  # letters at positions that are gone through, all positions together


class Intervals:
    """One rule a primitive."""

    def __init__(self, network: Network, bits: int, limits: Limits) -> None:
        self.network, self.bits, self.limits = network, bits, limits
        self.few: dict[Value, list[Few | None]] = {}
        self.streams: dict[Value, Stream] = {}
        self.cases = _cases(network)
        self.written = Written(network, bits, limits, self.few, self.cases)
        self.heads = Heads(network, bits, limits, self.few, self.cases)

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
        if isinstance(x, HeadForms | NetForms | GateForms):
            return Weighed(x.outputs, bias * (1 << self.bits))
        assert isinstance(x, Stream)
        quantity, rows = self.network.lines[index].quantity, how.weights.numerators
        rows = rows if quantity == "hidden sum" else rows.astype(object)
        offsets = bias * (1 << x.exponent)
        if quantity == "read-out":
            return ReadoutRows(x, rows, offsets)
        self.streams[index] = x
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
        return self.written.relu(index, how, x)

    def activate(self, index: int, how: net.Activate, x: Affine) -> NetForms:
        """Values of a function."""
        return self.written.activate(index, how, x)

    def multiply(self, index: int, how: net.Multiply, x: NetForms, y: Affine) -> GateForms:
        """Products."""
        return self.written.multiply(index, how, x, y)

    def normalise(self, index: int, how: net.Normalise, x: Stream) -> Stream:
        """Components of a norm."""
        return self.written.normalise(index, how, x)

    def round(self, index: int, how: net.Round, x: Stream | Affine) -> Stream:
        """Rounded components."""
        return self.written.round(index, how, x)

    def rotate(self, index: int, how: net.Rotate, x: Affine) -> Stream:
        """Rounded components, of which pairs are turned."""
        return self.written.rotate(index, how, x, self.streams[how.reads[0]])

    def sum(self, index: int, how: net.Sum, x: Stream) -> Stream:
        """Sums over positions."""
        return self.written.sum(index, how, x)

    def pairs(self, index: int, how: net.Pairs, x: Affine, y: Affine) -> PairForms:
        """Both factors."""
        return PairForms(x, y)

    def attend(
        self, index: int, how: net.Attend, query: Affine, key: Any, value: Any
    ) -> HeadForms:
        """Scores of the components that matter, and means."""
        return self.heads.forms(index, how, query, key, value)

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
        """One number a component."""
        return self.written.settle(index, how, x)

    def _check(self, index: Value, ranges: tuple[Range, ...]) -> None:
        line = self.network.lines[index]
        self.limits.check(line.place, line.quantity, *ranges)

    def _most(self, index: Value, quantity: str, exponent: int) -> int:
        """Powers of two that an affine form may lose: at most as many as R drops of it, or of a product of two."""
        if quantity in ("query", "key", "key2"):
            return MANY
        reader = self.network.reader(index)
        paired = reader is not None and isinstance(
            self.network.lines[reader].primitive, net.Pairs
        )
        return exponent + self.bits if quantity == "value" and paired else exponent

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
