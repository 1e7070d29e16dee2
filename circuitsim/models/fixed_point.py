"""A model at one length and precision: every weight an integer, every quantity with an exact interval.

The integer model runs it; the compilers take widths, offsets and weights from it, so the two cannot differ. Units:
stored numbers are multiples of 2^-b; the residual stream is in 2^-b before the first layer and 2^-2b after; q, k
and v add b bits to the stream's, scores twice that (in third order thrice, and values twice), hidden sums and the
read-out are in 2^-3b.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from circuitsim.errors import LimitError, ModelError
from circuitsim.models.expressions import bits_at
from circuitsim.models.grids import grid, grid_matrix, grid_vector
from circuitsim.models.model import PROJECTIONS, Attention, FeedForward, Head, Layer, Mask, Model
from circuitsim.models.sequence import position_values
from circuitsim.models.stream import Affine, Ints, Number, Range, Stream, affine, columns_of
from circuitsim.models.tables import scaled_tables
from circuitsim.numbers.rounding import drop_bits
from circuitsim.numbers.scaled import narrow, scaled

if TYPE_CHECKING:
    from circuitsim.models.nets import Rival

MAX_BITS = 62
MANY = 1 << 30  # powers of two to divide out: all there are


@dataclass(frozen=True)
class FixedHead:
    """A head in integers: a score is the sum of weight * q * k over components, in the interval `score`.

    In third order k is key * key2 and v is value * value2, each factor at a position of its own.
    `shift` is how many bits of it `score_bits` drops, or None.

    `outputs` are the numbers the head adds to the stream: R(mean of values), in [low, high], units 2^-b;
    `value_shifts` says how many bits that rounding drops from the exact mean of each component.
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
        return _over_pairs(self.key, self.key2)

    @property
    def value_ranges(self) -> tuple[Range, ...]:
        """The interval of each component of v, whatever the order."""
        return _over_pairs(self.value, self.value2)

    @property
    def constant_keys(self) -> tuple[bool, ...]:
        """Which components of k are the same number at every position and input."""
        return tuple(low == high for low, high in self.key_ranges)


@dataclass(frozen=True)
class GridNet:
    """The numbers of a net, rounded, in units of 2^-b; shapes as in `FeedForward`."""

    hidden: Ints
    hidden_bias: Ints
    output: Ints
    output_bias: Ints


@dataclass(frozen=True)
class FixedNet:
    """A feed-forward net in integers: hidden sums, and the numbers R(ReLU) that it adds to the stream."""

    hidden: Affine
    shifts: tuple[int, ...]  # bits that R drops from each hidden sum
    outputs: tuple[Number, ...]
    bias: Ints  # (d,), in the stream's units

    @cached_property
    def columns(self) -> Ints:
        """What a unit's number is multiplied by (units, d)."""
        return columns_of(self.outputs)


@dataclass(frozen=True)
class FixedLayer:
    """One layer: the stream it reads, its heads, the stream after them, its net, the stream after it."""

    before: Stream
    heads: tuple[FixedHead, ...]
    bias: Ints  # (d,), in the units of `between`
    between: Stream
    net: FixedNet | None
    after: Stream


@dataclass(frozen=True)
class FixedModel:
    """`model` for n letters with `bits` fraction bits; `largest` is the width of its widest interval."""

    model: Model
    n: int
    bits: int
    embedded: Stream
    layers: tuple[FixedLayer, ...]
    readout: Affine
    largest: int

    @property
    def length(self) -> int:
        """Length of the whole sequence."""
        return self.model.length(self.n)


@dataclass
class Limits:
    """Interval widths against --max-bits, with the words for the error."""

    n: int
    bits: int
    max_bits: int
    source: str
    largest: int = 1
    place: list[str] = field(default_factory=list)

    def check(self, quantity: str, *ranges: Range) -> None:
        """Refuse intervals that are too wide."""
        for low, high in ranges:
            width = max(abs(low), abs(high)).bit_length() + 1
            self.largest = max(self.largest, width)
            if width > self.max_bits:
                raise LimitError(
                    f"{', '.join(self.place) or 'the model'}: the {quantity} needs {width} bits at n={self.n}, and"
                    f' --max-bits is {self.max_bits}. Lower --bits (now "{self.source}") or raise --max-bits.'
                )


def fix(model: Model, n: int, bits: int | str | None = None, max_bits: int = MAX_BITS) -> FixedModel:
    """Round a model for n letters to fixed point.

    Args:
        bits: fraction bits, or an expression in n; None takes the model's own.

    Raises:
        LimitError: an interval is wider than `max_bits`, naming the layer, the head and the quantity.
        ModelError: the model has a softmax head.
    """
    source = model.bits if bits is None else str(bits)
    b = bits_at(source, n)
    limits = Limits(n, b, max_bits, source)
    stream = fix_embedding(model, n, b)
    embedded, layers = stream, []
    limits.check("embedding", *stream.ranges)
    for index, layer in enumerate(model.layers):
        limits.place = [f"layer {index}"]
        layers.append(_layer(layer, stream, n, model, b, limits))
        stream = layers[-1].after
    limits.place = []
    rows, offsets = grid_matrix(model.readout.weights, b), grid_vector(model.readout.bias, b) * (1 << stream.exponent)
    grains = stream.forms(rows, offsets).grains
    readout = affine(stream, rows, offsets, min(*grains, stream.exponent + b))  # one unit for all rows
    limits.check("read-out", *readout.unshifted)
    return FixedModel(model, n, b, embedded, tuple(layers), readout, limits.largest)


def fix_head(head: Head, stream: Stream, bits: int, length: int, max_bits: int = MAX_BITS) -> FixedHead:
    """Round one head that reads `stream` over a sequence of `length` positions; for heads outside a model."""
    return _head(head, stream, bits, length, Limits(length, bits, max_bits, str(bits), place=["the head"]))


def fix_embedding(model: "Model | Rival", n: int, b: int) -> Stream:
    """The stream of a model's tokens and positions."""
    tables = tuple(grid(table, b) for table in scaled_tables(model))
    rows = position_values(model, n)
    positions = None if rows is None else grid(scaled(rows), b)
    return Stream(b, np.array([0] * model.width, dtype=object), tables, positions)


def _layer(layer: Layer, stream: Stream, n: int, model: Model, b: int, limits: Limits) -> FixedLayer:
    place = limits.place
    heads = []
    for number, head in enumerate(layer.heads):
        limits.place = [*place, f"head {number}"]
        heads.append(_head(head, stream, b, model.length(n), limits))
    limits.place = place
    zero = np.array([0] * model.width, dtype=object)
    bias = grid_vector(layer.output_bias, b) * (1 << b) if layer.output_bias else zero
    between = stream.at(2 * b).plus((o for h in heads for o in h.outputs), bias, layer.residual)
    limits.check("residual stream", *between.ranges)
    net, after = None, between
    if layer.feed_forward is not None:
        limits.place = [*place, "feed-forward"]
        net = fix_net(grid_net(layer.feed_forward, b), between, b, limits)
        after = between.plus(net.outputs, net.bias, layer.feed_forward.residual)
        limits.check("residual stream", *after.ranges)
        limits.place = place
    return FixedLayer(stream, tuple(heads), bias, between, net, after)


def no_circuit(place: str) -> ModelError:
    """The refusal of a softmax head, such as "layer 0, head 1", by whoever draws circuits."""
    return ModelError(
        f"{place} has softmax attention, which has no exact circuit; compile with --attention saturated, hard-left or"
        " hard-right."
    )


def _head(head: Head, stream: Stream, b: int, length: int, limits: Limits) -> FixedHead:
    if head.attention == "softmax":
        raise no_circuit(", ".join(limits.place))
    order, unit = (3 if head.third_order else 2), stream.exponent + b  # of q, k and v
    # Powers of two that a value may lose beforehand: at most as many as R drops of it, or of a product of two.
    most = {"value": unit if head.third_order else stream.exponent, "value2": stream.exponent}
    parts: dict[str, Affine] = {}
    for name in PROJECTIONS if head.third_order else ("query", "key", "value"):
        rows = grid_matrix(getattr(head, name), b, len(stream.constant))
        offsets = grid_vector(getattr(head, f"{name}_bias"), b) * (1 << stream.exponent)
        parts[name] = affine(stream, rows, offsets, most.get(name, MANY))
        limits.check(name, *parts[name].unshifted)
    query, key2, value2 = parts["query"], parts.get("key2"), parts.get("value2")
    keys, values = _over_pairs(parts["key"], key2), _over_pairs(parts["value"], value2)
    grains = [q + k for q, k in zip(query.powers, _powers(parts["key"], key2), strict=True)]
    common = min(grains, default=0)
    weights = tuple(1 << (g - common) for g in grains)
    corners = [_times(q, k) for q, k in zip(query.ranges, keys, strict=True)]
    score = tuple(sum(w * c[end] for w, c in zip(weights, corners, strict=True)) for end in (0, 1))
    limits.check("score", (score[0], score[1]))
    dropped = None if head.score_bits is None else max(0, order * unit - common - head.score_bits)
    output, outputs, shifts = grid_matrix(head.output, b, len(head.value)), [], []
    for c, (low, high) in enumerate(values):
        shift = (order - 1) * unit - b - _powers(parts["value"], value2)[c]
        total = 4 * head.keys(length) * max(abs(low), abs(high), 1 << shift)
        limits.check("sum of values", (-total, total))
        low, high = drop_bits(low, shift), drop_bits(high, shift)
        shifts.append(shift)
        if head.mask.startswith("strict"):
            low, high = min(low, 0), max(high, 0)
        outputs.append(Number(output[:, c], low, high))
    return FixedHead(
        head.attention,
        head.mask,
        query,
        parts["key"],
        parts["value"],
        weights,
        (score[0], score[1]),
        dropped,
        tuple(shifts),
        tuple(outputs),
        key2,
        value2,
    )


def grid_net(net: FeedForward, b: int) -> GridNet:
    """R of every number of a net."""
    return GridNet(
        narrow(grid_matrix(net.hidden, b)),
        grid_vector(net.hidden_bias, b),
        grid_matrix(net.output, b, len(net.hidden)),
        grid_vector(net.output_bias, b),
    )


def fix_net(net: GridNet, stream: Stream, b: int, limits: Limits) -> FixedNet:
    """A rounded net that reads a stream in units of 2^-2b."""
    rows, offsets = net.hidden, net.hidden_bias * (1 << stream.exponent)
    hidden = affine(stream, rows, offsets, 2 * b)
    limits.check("hidden sum", *hidden.unshifted)
    shifts = tuple(2 * b - power for power in hidden.powers)
    outputs = tuple(
        Number(net.output[:, c], max(0, drop_bits(low, shifts[c])), max(0, drop_bits(high, shifts[c])))
        for c, (low, high) in enumerate(hidden.ranges)
    )
    return FixedNet(hidden, shifts, outputs, net.output_bias * (1 << b))


def _over_pairs(first: Affine, second: Affine | None) -> tuple[Range, ...]:
    """Intervals of products at every pair of positions; those of `first` alone without a second factor."""
    if second is None:
        return first.ranges
    return tuple(_times(a, b) for a, b in zip(first.ranges, second.ranges, strict=True))


def _powers(first: Affine, second: Affine | None) -> list[int]:
    """Powers of two that are divided out of the same products."""
    return [*first.powers] if second is None else [a + b for a, b in zip(first.powers, second.powers, strict=True)]


def _times(a: Range, b: Range) -> Range:
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)
