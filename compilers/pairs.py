"""Third-order attention in fan-in 2: a stream with one row for every pair of positions, read by an ordinary head.

The factors of every component of a key or value are resolved once at each position; the product at a pair is then
one sum of ANDs of their bits. Pair j1 * length + j2 is (j1, j2).
"""

from dataclasses import replace

import numpy as np

from circuitsim.errors import LimitError
from circuitsim.networks.forms import Affine, Ints, Number, Range
from circuitsim.networks.known import HeadForms
from circuitsim.schematic.drawing import Wires

from .residual import Bits, Residual, powers

MOST_PAIRS = 1 << 22  # seconds to list


def over_pairs(head: HeadForms, residual: Residual) -> tuple[HeadForms, Residual]:
    """The head of second order, and the stream of its keys and values, that are a head of third order.

    Components of the stream are those of the keys, then those of the values; queries keep the stream they have.
    """
    assert head.key2 is not None
    assert head.value2 is not None
    products = [
        _product(residual, first, second, c, interval)
        for first, second, intervals in (
            (head.key, head.key2, head.key_ranges),
            (head.value, head.value2, head.value_ranges),
        )
        for c, interval in enumerate(intervals)
    ]
    return reading_pairs(head, (0,) * len(products)), pair_stream(head, residual, products)


def pair_indices(positions: int) -> tuple[list[int], list[int]]:
    """The first and the second position of every pair.

    Raises:
        LimitError: there are too many pairs to list.
    """
    if positions**2 > MOST_PAIRS:
        raise LimitError(
            f"a third-order head over {positions:,} positions has {positions**2:,} pairs as keys, more than the"
            f" {MOST_PAIRS:,} that can be drawn; take a smaller n."
        )
    return [j for j in range(positions) for _ in range(positions)], list(
        range(positions)
    ) * positions


def reading_pairs(head: HeadForms, grains: tuple[int, ...]) -> HeadForms:
    """A head of third order as one of second order, whose components are those of a stream of pairs / 2^grains."""
    assert head.key2 is not None
    assert head.value2 is not None
    unit, keys = np.identity(len(grains), dtype=int).astype(object), len(head.key.rows)
    key = _component(head.key, head.key2, unit[:keys], grains[:keys], head.key_ranges)
    value = _component(head.value, head.value2, unit[keys:], grains[keys:], head.value_ranges)
    return replace(head, key=key, value=value, key2=None, value2=None)


def _component(
    first: Affine,
    second: Affine,
    rows: Ints,
    grains: tuple[int, ...],
    ranges: tuple[Range, ...],
) -> Affine:
    shed = tuple(a + b for a, b in zip(first.powers, second.powers, strict=True))
    return Affine(rows, np.zeros(len(rows), dtype=object), grains, shed, ranges)


def pair_stream(head: HeadForms, residual: Residual, products: list[Bits]) -> Residual:
    """The stream over pairs whose components are these numbers."""
    nothing, unit = (
        np.zeros(len(products), dtype=object),
        np.identity(len(products), dtype=int).astype(object),
    )
    numbers = [
        (Number(unit[c], bits.low, bits.high), bits) for c, bits in enumerate(products)
    ]
    empty = replace(residual, blocks=(), offset=nothing, positions=residual.positions**2)
    after = residual.stream.plus((number for number, _ in numbers), nothing, False)
    return empty.plus(numbers, nothing, after, False)


def _product(
    residual: Residual, first: Affine, second: Affine, c: int, interval: Range
) -> Bits:
    """Component c of one factor times that of the other, at every pair."""
    low, high = interval
    if low == high:
        return Bits(None, low, high)
    (left_low, _), (right_low, _) = first.ranges[c], second.ranges[c]
    left, right = _at_pairs(residual, first, c, 0), _at_pairs(residual, second, c, 1)
    parts = []
    if left is not None:
        parts.append((left, right_low * powers(left.shape[1])))
    if right is not None:
        parts.append((right, left_low * powers(right.shape[1])))
    if left is not None and right is not None:
        both = left.expand(2) & right.expand(1)
        parts.append((both, np.outer(powers(left.shape[1]), powers(right.shape[1]))))
    parts = [(wires, weights) for wires, weights in parts if weights.any()]
    wires = residual.drawing.sum(parts, left_low * right_low - low, (high - low).bit_length())
    return Bits(wires, low, high)


def _at_pairs(residual: Residual, affine: Affine, c: int, place: int) -> Wires | None:
    """A factor less its low end, resolved at every position, at the first or second of every pair; None if constant."""
    low, high = affine.ranges[c]
    if low == high:
        return None
    offset = int(affine.offsets[c]) - (low << affine.grains[c])
    wires = residual.unsigned(affine.rows[c], offset, high - low, affine.grains[c])
    return wires.take(pair_indices(residual.positions)[place], 0)
