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

from circuitsim.models.model import Model
from circuitsim.networks import primitives as net
from circuitsim.networks.draw import network
from circuitsim.networks.fixed_point import FixedPoint, fix
from circuitsim.networks.forms import Stream
from circuitsim.networks.known import HeadForms
from circuitsim.networks.network import Network, run
from circuitsim.networks.stored import on_grid, stored
from circuitsim.numbers.rounding import to_grid
from circuitsim.numbers.scaled import Scaled

ANY_WIDTH = 1 << 20  # of an interval: states are bounded, not compiled


@dataclass(frozen=True)
class StateBounds:
    """Sizes in bits after 0, 1, ... layers: of entries, and of sums over positions by Lemma 1 (None without heads)."""

    entries: tuple[int, ...]
    sums: tuple[int | None, ...]


def dyadic_bounds(model: Model, n: int, bits: int) -> StateBounds:
    """Bounds of the integer model, from its intervals."""
    fixed = fix(model, n, bits, ANY_WIDTH)
    sums = [_lemma(heads, fixed) for heads in fixed.layers()]
    return StateBounds(tuple(map(interval_bound, fixed.streams())), (None, *sums))


def interval_bound(stream: Stream) -> int:
    """The largest size of an entry of a stream of the integer model.

    An entry is a whole number in [low, high] times 2^-exponent, and a multiple of 2^grain: then
    |p| <= |max(-low, high)| - grain and |q| <= exponent - grain + 1.
    """
    longest, found = 1, stream.components
    for (low, high), common in zip(found.ranges, found.grains, strict=True):
        if (low, high) != (0, 0):
            grain = min(common, stream.exponent)
            longest = max(
                longest, max(-low, high).bit_length() - grain, stream.exponent - grain + 1
            )
    return 2 * longest + 1


def _lemma(heads: Sequence[HeadForms], fixed: FixedPoint) -> int | None:
    longest = 0
    for head in heads:
        for (low, high), shift in zip(head.value_ranges, head.value_shifts, strict=True):
            longest = max(longest, max(-low, high).bit_length(), fixed.bits + shift + 1)
    keys = [fixed.length**2 if head.third_order else fixed.length for head in heads]
    return lemma_bound(longest, max(keys)) if heads else None


def lemma_bound(longest: int, keys: int) -> int:
    """Lemma 1 for sums of up to `keys` floats whose numerators and denominators have up to `longest` bits."""
    return 4 * longest + 2 * (keys - 1).bit_length() + 1


@dataclass(frozen=True)
class Box:
    """Vectors between `low` and `high` (d,), whose entries are multiples of 2^-exponent."""

    low: tuple[Fraction, ...]
    high: tuple[Fraction, ...]
    exponent: int

    @property
    def longest(self) -> int:
        """The most bits of a numerator or a denominator of an entry."""
        largest = max(
            (max(-a, b) for a, b in zip(self.low, self.high, strict=True)),
            default=Fraction(0),
        )
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
        return Box(
            tuple(map(min, ends)), tuple(map(max, ends)), self.exponent + other.exponent
        )

    def affine(self, weights: Scaled, bias: Scaled | None) -> "Box":
        """Weights (r, d) times a vector, plus a bias (r,)."""
        exponent = self.exponent + _fraction_bits(weights)
        rows = weights.fractions()
        pairs = [
            [sorted((w * a, w * b)) for w, a, b in zip(row, self.low, self.high, strict=True)]
            for row in rows
        ]
        low, high = (
            tuple(sum((p[end] for p in row), Fraction(0)) for row in pairs) for end in (0, 1)
        )
        product = Box(low, high, exponent)
        return product if bias is None else product.plus(spanned(bias[None]))


def literal_bounds(model: Model, n: int, bits: int) -> StateBounds:
    """Bounds of the integer model with literal division: a sum over C values gains |C| fraction bits, and shrinks."""
    drawn = stored(network(model, n), on_grid(bits))
    boxes = run(drawn, Boxes(drawn, bits))
    values: list[list[int]] = [[] for _ in model.layers]
    for index, line in enumerate(drawn.lines):
        if isinstance(line.primitive, net.Attend):
            values[drawn.layer_of(index)].append(line.primitive.reads[2])
    sums = [
        lemma_bound(
            max(boxes[x].longest for x in layer), max(drawn.positions(x) for x in layer)
        )
        if layer
        else None
        for layer in values
    ]
    entries = [2 * boxes[x].longest + 1 for (x,) in drawn.residuals]
    return StateBounds(tuple(entries), (None, *sums))


class Boxes:
    """Boxes around the values of a transformer's network with literal division: one rule a primitive."""

    def __init__(self, drawn: Network, bits: int) -> None:
        self.drawn, self.bits = drawn, bits

    def tokens(self, index: int, how: net.Tokens) -> Box:
        """Any row of every table, and any position's."""
        tables = [spanned(table) for table in how.tables]
        return reduce(
            Box.plus, tables if how.positions is None else [*tables, spanned(how.positions)]
        )

    def constant(self, index: int, how: net.Constant) -> Box:
        """One row."""
        return spanned(how.row)

    def affine(self, index: int, how: net.Affine, x: Box) -> Box:
        """A linear map."""
        return x.affine(how.weights, how.bias)

    def add(self, index: int, how: net.Add, *terms: Box) -> Box:
        """A sum."""
        return reduce(Box.plus, terms)

    def relu(self, index: int, how: net.Relu, x: Box) -> Box:
        """R of the positive part."""
        low, high = (
            tuple(Fraction(max(0, to_grid(v, self.bits)), 1 << self.bits) for v in end)
            for end in (x.low, x.high)
        )
        return Box(low, high, min(self.bits, x.exponent))

    def pairs(self, index: int, how: net.Pairs, x: Box, y: Box) -> Box:
        """Products."""
        return x.times(y)

    def attend(self, index: int, how: net.Attend, query: Box, key: Box, value: Box) -> Box:
        """Sums of C values times the crude inverse of C: means times a number from 0 to 1, |keys| bits finer."""
        zero = Fraction(0)
        low, high = (
            tuple(min(x, zero) for x in value.low),
            tuple(max(x, zero) for x in value.high),
        )
        return Box(
            low, high, value.exponent + self.drawn.positions(how.reads[1]).bit_length()
        )

    def pick(self, index: int, how: net.Pick, x: Box) -> Box:
        """The same."""
        return x


def spanned(rows: Scaled) -> Box:
    """The smallest box around some vectors (r, d)."""
    columns = list(zip(*rows.fractions().tolist(), strict=True))
    return Box(tuple(map(min, columns)), tuple(map(max, columns)), _fraction_bits(rows))


def _fraction_bits(x: Scaled) -> int:
    """The fraction bits of dyadic numbers."""
    return x.reduced().denominator.bit_length() - 1
