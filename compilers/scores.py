"""Scores of queries and keys as unsigned bits, larger for a larger q.k, sharing what does not depend on the pair.

q = q0 + q', k = k0 + k' with q', k' >= 0 resolved once for every position. Without rounding, what depends on the
query alone is the same for all keys and is dropped; with `score_bits` everything is kept and rounded.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from circuitsim.circuits.schematic import Drawing, Wires
from circuitsim.models.fixed_point import FixedHead, Ints

from .bands import Band
from .residual import Bits, Residual, powers


@dataclass(frozen=True)
class Scores:
    """Everything a head's scores are made of; `at` gives those of one band.

    Args:
        pairs: for each component q' (queries, w) and k' (keys, w').
        by_key, by_query: what depends on one position only, or None.
        high: the largest value of the sum of all these; `half` is added and `drop` low bits are cut.
        offset: first query position of `by_query` and of every q'.
    """

    drawing: Drawing
    pairs: tuple[tuple[Wires, Wires], ...]
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
        for q, k in self.pairs:
            left = q.slice(0, first, last).expand(1, 3)
            right = k.slice(0, band.first, band.last).expand(0, 2)
            both = left & right
            parts.append((both, np.outer(powers(q.shape[-1]), powers(k.shape[-1]))))
        if self.by_key is not None:
            wires = self.by_key.slice(0, band.first, band.last).expand(0)
            if not parts and self.by_query is None and not self.drop:
                return wires
            parts.append((wires, powers(wires.shape[-1])))
        if self.by_query is not None:
            wires = self.by_query.slice(0, first, last).expand(1)
            parts.append((wires, powers(wires.shape[-1])))
        width = (self.high + self.half).bit_length()
        return self.drawing.sum(parts, self.half, width).slice(-1, self.drop, width)


def scores(head: FixedHead, residual: Residual, start: int, stop: int) -> Scores | None:
    """The scores of queries start..stop-1; None if they are equal for all keys of a query."""
    varying = [c for c, constant in enumerate(head.constant_keys) if not constant]
    drop = head.shift or 0
    queries = residual.slice(start, stop)
    key_row, key_offset = _zero(residual), 0
    query_row, query_offset = _zero(residual), 0
    pairs, high = [], 0
    for c in range(len(head.key.rows)):
        (q_low, q_high), (k_low, k_high) = head.query.ranges[c], head.key.ranges[c]
        query_row, query_offset = (
            query_row + k_low * head.query.rows[c],
            query_offset + k_low * int(head.query.offsets[c]),
        )
        if c in varying:
            key_row = key_row + q_low * head.key.rows[c]
            key_offset += q_low * (int(head.key.offsets[c]) - k_low)
            if q_low < q_high:
                q = queries.unsigned(head.query.rows[c], int(head.query.offsets[c]) - q_low, q_high - q_low)
                k = residual.unsigned(head.key.rows[c], int(head.key.offsets[c]) - k_low, k_high - k_low)
                pairs.append((q, k))
                high += (q_high - q_low) * (k_high - k_low)
    if not varying:
        return None
    by_key = _number(residual, key_row, key_offset)
    by_query = _number(queries, query_row, query_offset) if drop else Bits(None, 0, 0)
    low = by_key.low + by_query.low if drop else 0
    high += by_key.high - by_key.low + by_query.high - by_query.low
    half = (1 << (drop - 1)) + (low % (1 << drop)) if drop else 0
    if not pairs and by_key.wires is None:
        return None
    return Scores(residual.drawing, tuple(pairs), by_key.wires, by_query.wires, high, half, drop, start)


def _zero(residual: Residual) -> Ints:
    return np.zeros(len(residual.offset), dtype=object)


def _number(residual: Residual, row: Ints, offset: int) -> Bits:
    return residual.resolve(row, offset, residual.stream.range(row, offset))
