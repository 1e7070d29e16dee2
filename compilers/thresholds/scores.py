"""Scores q.k as heaps over ANDs of pairs of wires: never summed, compared as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd
from typing import Any

import numpy as np

from circuitsim.networks.forms import Ints
from circuitsim.networks.known import HeadForms
from circuitsim.numbers.scaled import product
from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Band
from ..residual import Parts, Residual, powers
from .digits import digits_of
from .numbers import heap_reaches
from .writing import in_digits

FEW = 2  # wires of a chain up to which digits would not be fewer


@dataclass(frozen=True)
class Factor:
    """A block of the stream as wires to multiply: plain ones, or binary digits of numbers on one chain.

    Args:
        wires: (positions, w). digits: (digits, w), or None for plain wires.
        weights: (rows, digits or w), what each is worth to the forms that are asked for.
    """

    wires: Wires
    digits: Ints | None
    weights: Ints

    def slice(self, start: int, stop: int) -> "Factor":
        """The same at positions start..stop-1."""
        return replace(self, wires=self.wires.slice(0, start, stop))

    def take(self, positions: list[int]) -> "Factor":
        """The same at positions in any order."""
        return replace(self, wires=self.wires.take(positions, 0))

    def table(self) -> Ints:
        """(digits, w): digits as sums of wires; the identity for plain wires."""
        if self.digits is not None:
            return self.digits
        return np.identity(self.wires.shape[1], dtype=np.int64)


def factors(residual: Residual, rows: Ints) -> list[Factor]:
    """What rows (r, d) are made of in every block that they read: digits where these are fewer than wires."""
    found = []
    for block in residual.blocks:
        weights = times(rows, block.matrix)
        wires = int(weights.any(axis=0).sum())
        written = digits_of(weights) if block.chain and wires > FEW else None
        if written is not None and len(written[0]) < wires:
            found.append(Factor(block.wires, *written))
        elif wires:
            found.append(Factor(block.wires, None, weights))
    return found


@dataclass(frozen=True)
class Heap:
    """Scores of a band: sums of weights * wires, each of shape (queries or 1, keys, ...), within [low, high].

    `grain` divides every weight.
    """

    parts: tuple[tuple[Wires, Ints], ...]
    low: int
    high: int
    grain: int

    @property
    def span(self) -> int:
        """How many different scores there may be, less one."""
        return (self.high - self.low) // self.grain


@dataclass(frozen=True)
class Scores:
    """Everything a head's scores are made of; `at` gives those of one band.

    Args:
        pairs: factors of queries and keys with the weights of their products.
        once: these are drawn for all queries and keys, and bands take their own; else every band draws its own.
        keys, queries: (d,) rows of what depends on one position only.
        drop: bits that `score_bits` cuts, after adding half; 0 compares scores as they are.
        constant: what depends on nothing. interval: of the rounded score.
        unit: what one unit of the head's scores is in weights of heaps.
    """

    residual: Residual
    asking: Residual
    start: int
    pairs: tuple[tuple[Factor, Factor, Ints], ...]
    keys: Ints
    queries: Ints
    drop: int
    constant: int
    interval: tuple[int, int]
    once: bool
    unit: int

    def at(self, band: Band) -> Heap:
        """The scores of a band's queries and keys."""
        drawing = self.residual.drawing
        first, last = band.start - self.start, band.stop - self.start
        if self.once:
            every = [
                (wires.slice(0, first, last), weights) for wires, weights in self._products
            ]
            parts = [(band.see(wires, 1), weights) for wires, weights in every]
        else:
            parts = self._drawn(
                [
                    (
                        left.slice(first, last),
                        replace(right, wires=band.see(right.wires, 0)),
                        weights,
                    )
                    for left, right, weights in self.pairs
                ]
            )
        for wires, weights in self.residual.parts(self.keys):
            parts.append((band.see(wires, 0).expand(0), weights))
        if not self.drop:
            return _heap(parts)
        for wires, weights in self.asking.parts(self.queries):
            parts.append((wires.slice(0, first, last).expand(1), weights))
        written = in_digits(*self.interval, drawing.optimize)
        chains = written.draw(heap_reaches(drawing, parts, self.constant, self.drop))
        return _heap(
            [
                (wires, powers(1).repeat(many) * unit)
                for wires, (unit, many) in zip(chains, written.places, strict=True)
            ]
        )

    @cached_property
    def _products(self) -> Parts:
        """Those of all queries with all keys."""
        return self._drawn(self.pairs)

    def _drawn(self, pairs: Sequence[tuple[Factor, Factor, Ints]]) -> Parts:
        """Products (queries, keys, ...), those of digits side by side."""
        drawing, plain, digits = self.residual.drawing, [], []
        for left, right, weights in pairs:
            if left.digits is None and right.digits is None:
                both = left.wires.expand(1, 3) & right.wires.expand(0, 2)
                plain.append((both, weights))
            else:
                ours, theirs = left.wires.expand(1), right.wires.expand(0)
                both = both_digits(drawing, left, right, ours, theirs)
                digits.append((both, weights.ravel()))
        if not digits:
            return plain
        joined = drawing.concat([wires for wires, _ in digits], 2)
        return [*plain, (joined, np.concatenate([weights for _, weights in digits]))]


def _heap(parts: list[tuple[Wires, Ints]]) -> Heap:
    weights = [int(w) for _, table in parts for w in table.ravel()]
    low, high = sum(min(w, 0) for w in weights), sum(max(w, 0) for w in weights)
    return Heap(tuple(parts), low, high, gcd(*weights))


def scores(
    head: HeadForms, asking: Residual, residual: Residual, start: int, once: bool
) -> Scores | None:
    """The scores of queries, of which the first is at position `start`; None where they are equal for all keys.

    Args:
        asking: the stream at the queries. residual: the stream at the keys. once: see `Scores`.
    """
    query, key = head.query, head.key
    grains = [a + b for a, b in zip(query.grains, key.grains, strict=True)]
    finest = max(grains, default=0)
    scales = [w << (finest - g) for w, g in zip(head.weights, grains, strict=True)]
    ours = [
        int(asking.offset @ row) + int(o)
        for row, o in zip(query.rows, query.offsets, strict=True)
    ]
    theirs = [
        int(residual.offset @ row) + int(o)
        for row, o in zip(key.rows, key.offsets, strict=True)
    ]
    by_key = _combined([s * a for s, a in zip(scales, ours, strict=True)], key.rows, residual)
    by_query = _combined(
        [s * b for s, b in zip(scales, theirs, strict=True)], query.rows, asking
    )
    pairs = []
    scaled = np.array(scales, dtype=object).reshape(-1, 1) * query.rows
    rights = factors(residual, key.rows)
    for left in factors(asking, scaled):
        for right in rights:
            both = left.weights.any(axis=1) & right.weights.any(axis=1)
            if both.any():
                weights = times(left.weights[both].T, right.weights[both])
                pairs.append((left, right, weights))
    pairs = [pair for pair in pairs if pair[2].any()]
    if not pairs and not residual.parts(by_key):
        return None
    low, high = head.score
    shift = head.shift or 0
    half = (1 << shift) >> 1
    interval = ((low + half) >> shift, (high + half) >> shift)
    if shift and interval[0] == interval[1]:
        return None
    constant = sum(s * a * b for s, a, b in zip(scales, ours, theirs, strict=True))
    drop = shift + finest if shift else 0
    return Scores(
        residual,
        asking,
        start,
        tuple(pairs),
        by_key,
        by_query,
        drop,
        constant,
        interval,
        once,
        1 if drop else 1 << finest,
    )


def times(left: Ints, right: Ints) -> Ints:
    """The matrix product of Python integers."""
    return product(left, right).astype(object)


def _combined(factors: list[int], rows: Ints, residual: Residual) -> Ints:
    """The sum of factors times rows (d,)."""
    nothing: Any = np.zeros(len(residual.offset), dtype=object)
    return np.asarray(sum((f * row for f, row in zip(factors, rows, strict=True)), nothing))


def both_digits(
    drawing: Drawing, left: Factor, right: Factor, ours: Wires, theirs: Wires
) -> Wires:
    """ANDs of every digit of one factor with every one of another, of wires (..., w): (..., products)."""
    rows, columns = left.table(), right.table()
    pairs = [(i, j) for i in range(len(rows)) for j in range(len(columns))]
    which = [*zip(*pairs, strict=True)]
    return drawing.at_least([(ours, rows), (theirs, columns)], [2] * len(pairs), which)
