"""Sizes that no entry of a state exceeds on any input: from intervals, and from Lemma 1 of 2106.16213.

An entry of a dyadic state is p/q with q a power of two: q is bounded by the fraction bits that its history can give
it, and p by an interval. Lemma 1 says that the sum of N floats of size at most z has size at most
4 c z + 2 log2 N + 1. In its proof c z bounds the bits of any summed numerator and denominator: over the largest
denominator q the sum's numerator is at most N p q, of log2 N + 2 c z bits, and the size is twice that plus one.
The encoding alone gives c <= 1/2. The paper's heads sum the state itself; ours sum values W_V x + b_V, so c also says
how much W_V lengthens x. It follows from the model's own weights: c z is the largest |p| or |q| of a value, by
the interval and the fraction bits that W_V and b_V give it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import lcm

from circuitsim.models.fixed_point import FixedLayer, FixedModel, fix
from circuitsim.models.model import FeedForward, Head, Layer, Model
from circuitsim.models.sequence import position_values
from circuitsim.models.stored_numbers import on_grid, stored
from circuitsim.models.stream import Stream
from circuitsim.models.tables import embedding_tables
from circuitsim.numbers.rationals import Matrix, Vector
from circuitsim.numbers.rounding import to_grid

ANY_WIDTH = 1 << 20  # of an interval: states are bounded, not compiled


@dataclass(frozen=True)
class StateBounds:
    """Sizes in bits after 0, 1, ... layers: of entries, and of sums over positions by Lemma 1 (None without heads)."""

    entries: tuple[int, ...]
    sums: tuple[int | None, ...]


def dyadic_bounds(model: Model, n: int, bits: int) -> StateBounds:
    """Bounds of the integer model, from the intervals of `fixed_point`."""
    fixed = fix(model, n, bits, ANY_WIDTH)
    entries = [interval_bound(s) for s in (fixed.embedded, *(layer.after for layer in fixed.layers))]
    return StateBounds(tuple(entries), (None, *(_lemma(layer, fixed) for layer in fixed.layers)))


def interval_bound(stream: Stream) -> int:
    """The largest size of an entry of a stream of the integer model.

    An entry is a whole number in [low, high] times 2^-exponent, and a multiple of 2^grain: then
    |p| <= |max(-low, high)| - grain and |q| <= exponent - grain + 1.
    """
    longest, found = 1, stream.components
    for (low, high), common in zip(found.ranges, found.grains, strict=True):
        if (low, high) != (0, 0):
            grain = min(common, stream.exponent)
            longest = max(longest, max(-low, high).bit_length() - grain, stream.exponent - grain + 1)
    return 2 * longest + 1


def _lemma(layer: FixedLayer, fixed: FixedModel) -> int | None:
    longest = 0
    for head in layer.heads:
        for (low, high), shift in zip(head.value_ranges, head.value_shifts, strict=True):
            longest = max(longest, max(-low, high).bit_length(), fixed.bits + shift + 1)
    keys = [fixed.length**2 if head.third_order else fixed.length for head in layer.heads]
    return lemma_bound(longest, max(keys)) if layer.heads else None


def lemma_bound(longest: int, keys: int) -> int:
    """Lemma 1 for sums of up to `keys` floats whose numerators and denominators have up to `longest` bits."""
    return 4 * longest + 2 * (keys - 1).bit_length() + 1


@dataclass(frozen=True)
class Box:
    """Vectors between `low` and `high` (d,), whose entries are multiples of 2^-exponent."""

    low: Vector
    high: Vector
    exponent: int

    @property
    def longest(self) -> int:
        """The most bits of a numerator or a denominator of an entry."""
        largest = max((max(-a, b) for a, b in zip(self.low, self.high, strict=True)), default=Fraction(0))
        return max(int(largest * 2**self.exponent).bit_length(), self.exponent + 1)

    def plus(self, other: "Box") -> "Box":
        """Sums of one vector of each."""
        low = tuple(a + b for a, b in zip(self.low, other.low, strict=True))
        high = tuple(a + b for a, b in zip(self.high, other.high, strict=True))
        return Box(low, high, max(self.exponent, other.exponent))

    def times(self, other: "Box") -> "Box":
        """Products of one vector of each, component by component."""
        columns = zip(self.low, self.high, other.low, other.high, strict=True)
        ends = [(a * c, a * d, b * c, b * d) for a, b, c, d in columns]
        return Box(tuple(map(min, ends)), tuple(map(max, ends)), self.exponent + other.exponent)

    def affine(self, weights: Matrix, bias: Vector = ()) -> "Box":
        """Weights (r, d) times a vector, plus a bias (r,)."""
        exponent = self.exponent + _fraction_bits(weights)
        pairs = [[sorted((w * a, w * b)) for w, a, b in zip(row, self.low, self.high, strict=True)] for row in weights]
        low, high = (tuple(sum((p[end] for p in row), Fraction(0)) for row in pairs) for end in (0, 1))
        product = Box(low, high, exponent)
        return product.plus(Box(bias, bias, _fraction_bits([bias]))) if bias else product


def literal_bounds(model: Model, n: int, bits: int) -> StateBounds:
    """Bounds of the integer model with literal division: a sum over C values gains |C| fraction bits, and shrinks."""
    rounded, length = stored(model, n, on_grid(bits)), model.length(n)
    boxes = [_spanned(table) for table in embedding_tables(rounded)]
    positions = position_values(rounded, n)
    box = reduce(Box.plus, boxes if positions is None else [*boxes, _spanned(positions)])
    entries = [box]
    sums: list[int | None] = [None]
    for layer in rounded.layers:
        values = [_values(head, box).longest for head in layer.heads]
        sums.append(lemma_bound(max(values), max(h.keys(length) for h in layer.heads)) if values else None)
        box = _after(layer, box, length, bits)
        entries.append(box)
    return StateBounds(tuple(2 * entry.longest + 1 for entry in entries), tuple(sums))


def _after(layer: Layer, box: Box, length: int, bits: int) -> Box:
    zero = (Fraction(0),) * len(box.low)
    total = box if layer.residual else Box(zero, zero, 0)
    for head in layer.heads:
        total = total.plus(_shrunk(head, box, length).affine(head.output))
    if layer.output_bias:
        total = total.plus(_spanned([layer.output_bias]))
    return total if layer.feed_forward is None else _net(layer.feed_forward, total, bits)


def _values(head: Head, box: Box) -> Box:
    """Around the values of all keys."""
    values = box.affine(head.value, head.value_bias)
    return values.times(box.affine(head.value2, head.value2_bias)) if head.third_order else values


def _shrunk(head: Head, box: Box, length: int) -> Box:
    """Sums of C values times the crude inverse of C: means times a number from 0 to 1, in units |keys| bits finer."""
    values = _values(head, box)
    low, high = (tuple(bound(x, Fraction(0)) for x in ends) for bound, ends in ((min, values.low), (max, values.high)))
    return Box(low, high, values.exponent + head.keys(length).bit_length())


def _net(net: FeedForward, box: Box, bits: int) -> Box:
    hidden = box.affine(net.hidden, net.hidden_bias)
    ends = [tuple(Fraction(max(0, to_grid(x, bits)), 1 << bits) for x in end) for end in (hidden.low, hidden.high)]
    result = Box(ends[0], ends[1], min(bits, hidden.exponent)).affine(net.output, net.output_bias)
    return box.plus(result) if net.residual else result


def _spanned(rows: Sequence[Vector]) -> Box:
    """The smallest box around some vectors."""
    columns = list(zip(*rows, strict=True))
    return Box(tuple(map(min, columns)), tuple(map(max, columns)), _fraction_bits(rows))


def _fraction_bits(rows: Sequence[Vector]) -> int:
    return lcm(*(value.denominator for row in rows for value in row)).bit_length() - 1
