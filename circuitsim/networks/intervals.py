"""A network at one precision: every stored number an integer, every quantity with an exact interval.

The integer model runs it, and the compilers take widths, offsets and weights from it, so the two cannot differ. Units:
stored numbers are multiples of 2^-b; the residual stream is in 2^-b before the first layer and in 2^-2b after; q, k and
v add b bits to the stream's, scores twice that (in third order thrice, and values twice); hidden sums and the read-out
are in 2^-3b; means and hidden units in 2^-b.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from circuitsim.models.any_model import AnyModel
from circuitsim.models.expressions import bits_at
from circuitsim.models.model import Attention, Mask
from circuitsim.models.recurrent import Automaton, reachable
from circuitsim.models.tables import fields_of
from circuitsim.numbers.rounding import drop_bits

from . import network as net
from .draw import network
from .forms import Affine, Forms, Ints, Number, Range, Stream, affine, columns_of, joined, zeros
from .limits import MAX_BITS, Limits
from .network import Network, Value
from .refusals import no_circuit
from .stored import on_grid, stored

MANY = 1 << 30  # powers of two to divide out: all there are


@dataclass(frozen=True)
class PairForms:
    """Products of two affine forms, each at a position of its own."""

    first: Affine
    second: Affine


@dataclass(frozen=True)
class HeadForms:
    """A head in integers: a score is the sum of weight * q * k over components, in the interval `score`.

    In third order k is key * key2 and v is value * value2, each factor at a position of its own.
    `shift` is how many bits of it `score_bits` drops, or None.

    `outputs` are the numbers the head gives: R(mean of values), in [low, high], units 2^-b; `value_shifts` says how
    many bits that rounding drops from the exact mean of each component.
    """

    attention: Attention
    mask: Mask
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
class _Readout:
    """Rows over a stream whose unit waits for those of other read-outs."""

    stream: Stream
    rows: Ints
    offsets: Ints

    @cached_property
    def forms(self) -> Forms:
        return self.stream.forms(self.rows, self.offsets)


Known: TypeAlias = Stream | Affine | PairForms | HeadForms | NetForms | Weighed | StateForms


@dataclass(frozen=True)
class FixedPoint:
    """A network with `bits` fraction bits.

    Args:
        network: with every stored number rounded.
        known: what is known of the value of each line.
        largest: the width of the widest interval.
    """

    network: Network
    bits: int
    known: tuple[Known, ...]
    largest: int

    @property
    def model(self) -> Any:
        """The model whose network it is."""
        return self.network.model

    @property
    def n(self) -> int:
        """The letters of an input."""
        return self.network.n

    @property
    def length(self) -> int:
        """Length of the whole sequence."""
        return self.model.length(self.n)

    def stream(self, x: Value) -> Stream:
        """A value that is a stream."""
        found = self.known[x]
        assert isinstance(found, Stream)
        return found

    def form(self, x: Value) -> Affine:
        """A value that is an affine form of a stream."""
        found = self.known[x]
        assert isinstance(found, Affine)
        return found

    def heads(self) -> list[tuple[Value, HeadForms]]:
        """The heads, with the lines they stand in."""
        return [(index, known) for index, known in enumerate(self.known) if isinstance(known, HeadForms)]

    def layers(self) -> list[list[HeadForms]]:
        """The heads of every layer of a transformer."""
        found: list[list[HeadForms]] = [[] for _ in self.network.residuals[1:]]
        for index, head in self.heads():
            found[self.network.layer_of(index)].append(head)
        return found

    def streams(self) -> list[Stream]:
        """The residual stream of a transformer before the first layer and after every layer."""
        return [self.stream(x) for (x,) in self.network.residuals]

    @property
    def output_exponent(self) -> int:
        """The outputs are in units of 2^-output_exponent."""
        return 3 * self.bits - self.form(self.network.outputs[0]).powers[0]

    @property
    def state_bits(self) -> int:
        """Bits of the widest number that is kept between layers or steps.

        Of a transformer an entry of the residual stream, of a recurrent net one of a state, or an automaton's code.
        """
        return max(max(widths) for widths in self.kept_widths())

    def kept_widths(self) -> list[list[int]]:
        """Bits of every number that is kept, place by place: streams between layers, or states after each step."""
        if self.network.states:
            return [widths for cell in range(len(self.network.states)) for widths in self.state_widths(cell)]
        kept = [i for i, line in enumerate(self.network.lines) if isinstance(line.primitive, net.Add | net.Flat)]
        start = [] if any(isinstance(self.network.lines[i].primitive, net.Flat) for i in kept) else [0]
        return [self.stream(x).widths() for x in (*start, *kept)]

    def state_widths(self, cell: int) -> list[list[int]]:
        """Bits of every number of a recurrent cell's state after each step; of an automaton, of its code."""
        found = []
        for x in self.network.states[cell]:
            known = self.known[x]
            if isinstance(known, StateForms):
                found += [[(len(possible) - 1).bit_length()] for possible in known.possible]
            else:
                found.append(self.stream(x).widths())
        return found


def fix(model: AnyModel, n: int, bits: int | str | None = None, max_bits: int = MAX_BITS) -> FixedPoint:
    """Round a model for n letters to fixed point.

    Args:
        bits: fraction bits, or an expression in n; None takes the model's own.

    Raises:
        LimitError: an interval is wider than `max_bits`, naming the layer or step, the head and the quantity.
        InputError: the model has no such length.
        ModelError: a head is softmax.
    """
    source = model.bits if bits is None else str(bits)
    return at_precision(network(model, n), bits_at(source, n), Limits(n, max_bits, source))


def at_precision(drawn: Network, bits: int, limits: Limits) -> FixedPoint:
    """A network with `bits` fraction bits."""
    rounded = stored(drawn, on_grid(bits))
    known = net.run(rounded, Intervals(rounded, bits, limits))
    readouts: list[_Readout] = [known[x] for x in rounded.outputs]
    grains = [grain for readout in readouts for grain in readout.forms.grains]
    for x, readout in zip(rounded.outputs, readouts, strict=True):  # one unit for all of them
        known[x] = affine(readout.stream, readout.rows, readout.offsets, min(*grains, 3 * bits))
        limits.check("", "read-out", *known[x].unshifted)
    return FixedPoint(rounded, bits, tuple(known), limits.largest)


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

    def affine(self, index: int, how: net.Affine, x: Known) -> Affine | Weighed | _Readout:
        """Rows over a stream; of computed numbers their columns, which they have."""
        bias = zeros(how.weights.shape[0]) if how.bias is None else how.bias.numerators.astype(object)
        if isinstance(x, HeadForms | NetForms):
            return Weighed(x.outputs, bias * (1 << self.bits))
        assert isinstance(x, Stream)
        quantity, rows = self.network.lines[index].quantity, how.weights.numerators
        rows = rows if quantity == "hidden sum" else rows.astype(object)
        offsets = bias * (1 << x.exponent)
        if quantity == "read-out":
            return _Readout(x, rows, offsets)
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
        corners = [_times(q, k) for q, k in zip(query.ranges, ranges_of(key, key2), strict=True)]
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


def ranges_of(first: Affine, second: Affine | None) -> tuple[Range, ...]:
    """Intervals of products at every pair of positions; those of `first` alone without a second factor."""
    if second is None:
        return first.ranges
    return tuple(_times(a, b) for a, b in zip(first.ranges, second.ranges, strict=True))


def powers_of(first: Affine, second: Affine | None) -> list[int]:
    """Powers of two that are divided out of the same products."""
    return [*first.powers] if second is None else [a + b for a, b in zip(first.powers, second.powers, strict=True)]


def _times(a: Range, b: Range) -> Range:
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def _plus(a: Range, b: Range) -> Range:
    return a[0] + b[0], a[1] + b[1]
