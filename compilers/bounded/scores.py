"""Scores of queries and keys as unsigned bits, larger for a larger q.k, sharing what does not depend on the pair.

q = q0 + q', k = k0 + k' with q', k' >= 0 resolved once for every query and every key. Without rounding, what depends
on the query alone is the same for all keys and is dropped; with `score_bits` everything is kept and rounded.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from circuitsim.networks.forms import Affine
from circuitsim.networks.known import HeadForms
from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Band
from ..residual import Bits, Residual, powers


@dataclass(frozen=True)
class Scores:
    """Everything a head's scores are made of; `at` gives those of one band.

    Args:
        pairs: for each component q' (queries, w), k' (keys, w') and the weight of their product.
        by_key, by_query: what depends on one position only, or None.
        high: the largest value of the sum of all these; `half` is added and `drop` low bits are cut.
        offset: first query position of `by_query` and of every q'.
    """

    drawing: Drawing
    pairs: tuple[tuple[Wires, Wires, int], ...]
    by_key: Wires | None
    by_query: Wires | None
    high: int
    half: int
    drop: int
    offset: int

    def at(self, band: Band) -> Wires:
        """Scores (queries or 1, keys, bits): one row serves all queries where they do not depend on the query."""
        parts: list[tuple[Wires, npt.NDArray[np.object_]]] = []
        first, last = band.start - self.offset, band.stop - self.offset
        for q, k, weight in self.pairs:
            left = q.slice(0, first, last).expand(1, 3)
            right = band.see(k, 0).expand(0, 2)
            both = left & right
            parts.append((both, weight * np.outer(powers(q.shape[-1]), powers(k.shape[-1]))))
        if self.by_key is not None:
            wires = band.see(self.by_key, 0).expand(0)
            if not parts and self.by_query is None and not self.drop:
                return wires
            parts.append((wires, powers(wires.shape[-1])))
        if self.by_query is not None:
            wires = self.by_query.slice(0, first, last).expand(1)
            parts.append((wires, powers(wires.shape[-1])))
        width = (self.high + self.half).bit_length()
        return self.drawing.sum(parts, self.half, width).slice(-1, self.drop, width)


def scores(
    head: HeadForms, queries: Residual, residual: Residual, start: int
) -> Scores | None:
    """The scores of queries, of which the first is at position `start`; None if they are equal for all keys of a query.

    Args:
        queries: the stream at the queries. residual: the stream at the keys.
    """
    varying = [c for c, constant in enumerate(head.constant_keys) if not constant]
    drop = head.shift or 0
    of_key, of_query = _Terms(head.key, residual), _Terms(head.query, queries)
    pairs, high = [], 0
    for c, weight in enumerate(head.weights):
        (q_low, q_high), (k_low, k_high) = head.query.ranges[c], head.key.ranges[c]
        of_query.add(c, weight * k_low, 0)
        if c in varying:
            of_key.add(c, weight * q_low, k_low)
            if q_low < q_high:
                pairs.append(
                    (_bits(queries, head.query, c), _bits(residual, head.key, c), weight)
                )
                high += weight * (q_high - q_low) * (k_high - k_low)
    if not varying:
        return None
    by_key = of_key.number()
    by_query = of_query.number() if drop else Bits(None, 0, 0)
    low = by_key.low + by_query.low if drop else 0
    high += by_key.high - by_key.low + by_query.high - by_query.low
    half = (1 << (drop - 1)) + (low % (1 << drop)) if drop else 0
    if not pairs and by_key.wires is None:
        return None
    return Scores(
        residual.drawing, tuple(pairs), by_key.wires, by_query.wires, high, half, drop, start
    )


def _bits(residual: Residual, affine: Affine, c: int) -> Wires:
    """One component of q or k less its low end, at every position."""
    low, high = affine.ranges[c]
    grain = affine.grains[c]
    return residual.unsigned(
        affine.rows[c], int(affine.offsets[c]) - (low << grain), high - low, grain
    )


class _Terms:
    """A sum of multiples of components of q or k, resolved as one number at every position."""

    def __init__(self, affine: Affine, residual: Residual) -> None:
        self.affine, self.residual = affine, residual
        self.grain = max(affine.grains, default=0)
        self.row, self.offset = np.zeros(len(residual.offset), dtype=object), 0

    def add(self, c: int, factor: int, less: int) -> None:
        """Add factor * (component c - less)."""
        finer = factor << (self.grain - self.affine.grains[c])
        self.row = self.row + finer * self.affine.rows[c]
        self.offset += finer * (int(self.affine.offsets[c]) - (less << self.affine.grains[c]))

    def number(self) -> Bits:
        """The sum as bits; it is a multiple of 2^grain, which is divided out."""
        interval = self.residual.stream.range(self.row, self.offset)
        return self.residual.resolve(self.row, self.offset, interval, self.grain)
