"""The bits that cross a cut of the positions, itemised as the papers' proofs do, and what a first layer keeps.

Every lower bound in bits is about one of these figures: a model whose figure is smaller cannot solve the task.
"""

from dataclasses import dataclass
from math import lcm

import numpy as np

from circuitsim.numbers.arrays import Matrix


@dataclass(frozen=True)
class Item:
    """One thing that Alice tells Bob: how often, and how many bits it has each time."""

    name: str
    times: int
    bits_each: int

    @property
    def bits(self) -> int:
        """Bits altogether."""
        return self.times * self.bits_each


@dataclass(frozen=True)
class CutBits:
    """The bits that cross the cut, item by item."""

    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        """The sum of the items."""
        return sum(item.bits for item in self.items)


def cut_bits(length: int, width: int, precision: int, heads: int, embedding: int) -> CutBits:
    """What crosses a cut of the positions in one layer of softmax attention whose query is on Alice's side.

    Args:
        length: N, positions. width: m, components of a head's output. precision: p, bits of a number.
        heads: H. embedding: d, components of a token's embedding.
    Source: 2406.09347, proof of Theorem 4, with log2 N rounded up to whole bits. The paper's one figure for all of it,
        3 m (p + log2 N) H, is less than the total where p is large against log2 N.
    """
    more = (length - 1).bit_length()  # bits that a sum of N numbers has more than each
    items = (
        Item("embedding of the query x_N", embedding, precision),
        Item("largest score, on either side", 2 * heads, precision),
        Item("normaliser, on either side", 2 * heads, precision + more),
        Item("partial sums of values, on either side", 4 * width * heads, precision),
    )
    return CutBits(items)


def single_query_bits(width: int, precision: int) -> int:
    """Bits m p: Alice has one token and tells its query vector (2306.02896, proof of Theorem 4)."""
    return width * precision


def recurrent_bits(width: int, precision: int) -> int:
    """Bits m p: a recurrent net's state crosses any cut into prefix and suffix (2406.09347, Theorem 2)."""
    return width * precision


def first_layer_rank(weights: Matrix) -> int:
    """Rank over the rationals of a fully connected net's first layer, which is what its width is for.

    Args:
        weights: one row for each hidden unit, one column for each input.
    Source: fraction-free elimination (Bareiss 1968).
    """
    scale = lcm(1, *(x.denominator for row in weights for x in row))
    rest = np.array([[int(x * scale) for x in row] for row in weights], object).reshape(
        len(weights), -1
    )
    rank, last = 0, 1
    for column in range(rest.shape[1]):
        below = np.flatnonzero(rest[rank:, column]) + rank
        if not len(below):
            continue
        rest[[rank, below[0]]] = rest[[below[0], rank]]
        pivot = rest[rank, column]
        rest[rank + 1 :] = (
            rest[rank + 1 :] * pivot - np.outer(rest[rank + 1 :, column], rest[rank])
        ) // last
        rank, last = rank + 1, pivot
    return rank
