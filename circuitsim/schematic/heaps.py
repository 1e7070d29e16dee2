"""How `sum` becomes columns of bits: digits of weights, constants, carries, and which wires a wanted bit needs.

A weight is written with the fewest signed binary digits; a digit -2^c of wire x is the wire NOT x at column c
and -2^c in the constant. What follows depends on how many live wires a column holds, never on their depths, so
constants and demand are settled before any plan is made.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from circuitsim.array_types import Array, Bools, Ints, Longs
from circuitsim.kernels import compiled
from circuitsim.schematic.profile import ABSENT, CONST0, CONST1
from circuitsim.schematic.summands import Summand

MOST_KEPT = 512  # weights of a sum whose layout is kept
MOST_COLUMNS = 60  # of a sum whose weights are taken apart in 64 bits


class Layout(NamedTuple):
    """The digits of one `sum`: digit d is wire `element[d]` (complemented if `negated[d]`) at `column[d]`.

    Elements number the wires of all operands in order, each operand's added axes flattened; along an axis that
    stands as runs, one element stands for `repeats` wires.
    """

    width: int
    element: Longs
    column: Longs
    negated: Bools
    repeats: Longs  # of each element
    # Bits of the constant, least first, negated digits included.
    constant: Longs


def digits(weight: int, width: int) -> list[tuple[int, bool]]:
    """(column, negated) of the fewest signed binary digits of a weight modulo 2^width; plain binary on a tie."""
    plain = [(c, False) for c in range(width) if weight % (1 << width) >> c & 1]
    signed, rest, column = [], weight, 0
    while rest and column < width:
        if rest & 1:
            digit = 2 - (rest & 3)
            signed.append((column, digit < 0))
            rest -= digit
        rest >>= 1
        column += 1
    return signed if len(signed) < len(plain) else plain


def layout(
    summands: tuple[Summand, ...],
    sizes: list[list[Longs]],
    constant: int,
    width: int,
) -> Layout:
    """Digits of a sum.

    Args:
        sizes: for every operand and added axis the run lengths it is given in: all 1 where the weights differ
            along the axis, any where they do not.
    """
    if sum(summand.size for summand in summands) > MOST_KEPT:
        return _layout(summands, sizes, constant, width)
    frozen = tuple(tuple(tuple(r.tolist()) for r in runs) for runs in sizes)
    return _kept_layout(summands, frozen, constant, width)


@lru_cache(maxsize=4096)
def _kept_layout(
    summands: tuple[Summand, ...],
    sizes: tuple[tuple[tuple[int, ...], ...], ...],
    constant: int,
    width: int,
) -> Layout:
    given = [[np.array(r, np.int64) for r in runs] for runs in sizes]
    return _layout(summands, given, constant, width)


def _layout(
    summands: tuple[Summand, ...], sizes: list[list[Longs]], constant: int, width: int
) -> Layout:
    element: list[Longs] = [np.zeros(0, np.int64)]
    column: list[Longs] = [np.zeros(0, np.int64)]
    negated: list[Bools] = [np.zeros(0, np.bool_)]
    repeats: list[Longs] = [np.zeros(0, np.int64)]
    start, offset = 0, 0
    for summand, runs in zip(summands, sizes, strict=True):
        counts: Longs = np.ones((), np.int64)
        for r in runs:
            counts = counts[..., None] * r
        size = summand.size
        places, columns, minus = all_digits(summand.weights.ravel(), width)
        if counts.size == size:  # an element a weight, as in all large sums
            element.append(start + places)
            column.append(columns)
            negated.append(minus)
            wires = counts.ravel()[places]
        else:
            which = np.broadcast_to(np.arange(size).reshape(summand.shape), counts.shape)
            # The elements of each weight in order: as many for one as for another.
            order = which.ravel().argsort(kind="stable")
            chosen = order.reshape(size, counts.size // max(size, 1))
            element.append((start + chosen[places]).ravel())
            column.append(columns.repeat(chosen.shape[1]))
            negated.append(minus.repeat(chosen.shape[1]))
            wires = counts.ravel()[chosen].sum(axis=1)[places]
        for c, taken in enumerate(np.bincount(columns[minus], wires[minus]).tolist()):
            offset -= int(taken) << c
        repeats.append(counts.ravel())
        start += counts.size
    total = (constant + offset) % (1 << width)
    bits = np.array([total >> c & 1 for c in range(width)], np.int64)
    return Layout(
        width,
        np.concatenate(element),
        np.concatenate(column),
        np.concatenate(negated),
        np.concatenate(repeats),
        bits,
    )


def all_digits(weights: Array, width: int) -> tuple[Longs, Longs, Bools]:
    """The `digits` of weights (w,) in order: which weight each is of, its column, and whether it is negated."""
    if weights.dtype == object or width > MOST_COLUMNS:
        return _one_by_one(weights, width)
    found: tuple[Longs, Longs, Bools] = _all_digits(weights.astype(np.int64), width)
    return found


def _one_by_one(weights: Array, width: int) -> tuple[Longs, Longs, Bools]:
    found = [(i, *d) for i, w in enumerate(weights.tolist()) for d in _digits(w, width)]
    places, columns, minus = np.array(found, np.int64).reshape(-1, 3).T
    return places, columns, minus.astype(np.bool_)


@compiled(work=lambda weights, width: weights.size, plain=_one_by_one)
def _all_digits(weights: Any, width: Any) -> Any:
    """`all_digits` of weights of 64 bits."""
    places = np.empty(len(weights) * width, np.int64)
    columns = np.empty(len(places), np.int64)
    minus = np.empty(len(places), np.bool_)
    below = (1 << width) - 1
    found = 0
    for i in range(len(weights)):
        weight = weights[i]
        half = weight >> 1
        more = weight + half
        # weight + half and half differ where the weight has a digit, which is negative where half has the bit.
        signed, negative, plain = (
            (more ^ half) & below,
            (more ^ half) & half & below,
            weight & below,
        )
        one, other = signed, plain
        while one and other:  # whichever runs out of ones first has fewer
            one &= one - 1
            other &= other - 1
        if one or not other:
            signed, negative = plain, 0
        c = 0
        while signed >> c:
            if signed >> c & 1:
                places[found], columns[found], minus[found] = i, c, negative >> c & 1
                found += 1
            c += 1
    return places[:found], columns[:found], minus[:found]


_digits = lru_cache(maxsize=65536)(digits)


def settle(lay: Layout, codes: Array, wanted: Array | None = None) -> "Settled":
    """Constants and demand of rows of a sum.

    Args:
        codes: (rows, elements), CONST0, CONST1, ABSENT or anything else for a live wire.
        wanted: (rows, width) of 0 and 1; None wants every bit.
    """
    if wanted is None:
        wanted = np.ones((len(codes), lay.width), np.uint8)
    return _settle(lay, codes.astype(np.int32), wanted.astype(np.uint8))


class Settled(NamedTuple):
    """What constants and demand leave of the rows of a sum."""

    states: Ints  # (rows, width): CONST0, CONST1, or 0 for a live bit
    bits: Longs  # (rows, width): what is left of the constant
    reached: Bools  # (rows, width): columns that some wanted bit depends on
    needed: Bools  # (rows, elements)


@compiled(work=lambda lay, codes, wanted: len(codes) * len(lay.element) + wanted.size)
def _settle(lay: Layout, codes: Any, wanted: Any) -> Settled:
    """Row by row: constants upwards, since carries go up; then demand downwards, since it comes from above."""
    _, element, column, negated, repeats, constant = lay
    rows, width = wanted.shape
    states = np.zeros((rows, width), np.int32)
    bits = np.zeros((rows, width), np.int64)
    reached = np.zeros((rows, width), np.bool_)
    needed = np.zeros((rows, len(repeats)), np.bool_)
    live = np.zeros(width + 1, np.int64)
    ones = np.zeros(width + 1, np.int64)
    carries = np.zeros(width + 1, np.bool_)
    for r in range(rows):
        live[:] = 0
        ones[:width] = constant
        ones[width] = 0
        for d in range(len(element)):
            code = codes[r, element[d]]
            if code == CONST0 or code == CONST1:
                if (code == CONST1) != negated[d]:
                    ones[column[d]] += repeats[element[d]]
            elif code != ABSENT:
                live[column[d]] += repeats[element[d]]
        for c in range(width):
            bits[r, c] = ones[c] & 1
            ones[c + 1] += ones[c] >> 1
            total = live[c]
            if total == 0:
                states[r, c] = CONST1 if bits[r, c] else CONST0
                carries[c] = False
            else:
                carry = (total + bits[r, c]) >> 1
                carries[c] = carry > 0
                live[c + 1] += carry
        above = (
            False  # whether a wanted bit at or above depends on the carry out of this column
        )
        for c in range(width - 1, -1, -1):
            above = wanted[r, c] != 0 or (above and carries[c])
            reached[r, c] = above
        for d in range(len(element)):
            code = codes[r, element[d]]
            if code >= 0 and reached[r, column[d]]:
                needed[r, element[d]] = True
    return Settled(states, bits, reached, needed)


@compiled
def column_counts(lay: Layout, codes: Any, reached: Any, base: Any, span: Any) -> Any:
    """counts[c, t] of one row: live wires of depth base + t in the reached columns."""
    counts = np.zeros((len(reached), span), np.int64)
    element, column = lay.element, lay.column
    for d in range(len(element)):
        code = codes[element[d]]
        if code >= 0 and reached[column[d]]:
            counts[column[d], code - base] += lay.repeats[element[d]]
    return counts
