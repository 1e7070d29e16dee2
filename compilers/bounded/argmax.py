"""The argmax of several rows in fan-in 2: each is written out once, then a tournament; or every pair is compared.

A comparison of a pair adds up both rows, and there are C (C - 1) / 2 pairs of C rows. The tournament has C sums and
C - 1 matches; a row is the largest if it wins all of its matches. It has more levels, so it must save gates.
"""

import math
from collections.abc import Sequence

import numpy as np

from circuitsim.networks.forms import Ints
from circuitsim.schematic.drawing import Wires
from circuitsim.schematic.heaps import digits

from ..pairwise import pairwise
from ..residual import Residual
from .counted import GAIN, full_adder
from .maximum import choose_node, node_cell
from .numbers import sign

NODE_GATES = {"plain": 9, "decided": 13, "small": 7}  # a bit of a match


def argmax(residual: Residual, rows: Sequence[Ints], offsets: Sequence[int]) -> Wires:
    """One-hot which row . x + offset is the largest, the lowest of equal ones: (positions, rows)."""
    if _matches(residual, rows, offsets) < GAIN * _pairs(residual, rows):
        return tournament(residual, rows, offsets)
    return pairwise(residual, rows, offsets, sign)


def tournament(residual: Residual, rows: Sequence[Ints], offsets: Sequence[int]) -> Wires:
    """As `argmax`, by a tournament of the numbers, written out; they must not all be one constant."""
    drawing = residual.drawing
    low, high, grain = _common(residual, rows, offsets)
    numbers = [
        residual.unsigned(row, offset - low, (high - low) >> grain, grain).expand(1)
        for row, offset in zip(rows, offsets, strict=True)
    ]
    scores = drawing.concat(numbers, 1)
    positions, classes, bits = scores.shape
    node = choose_node(drawing, classes, bits)
    match = list(range(classes))  # where each row's side plays in this round
    wins: Wires | None = None
    playing = classes
    while playing > 1:
        pairs, last = playing // 2, playing == 2
        evens, odds = (scores.slice(1, first, 2 * pairs, 2) for first in (0, 1))
        lost, won = (drawing.fill((positions, pairs, 1), bit) for bit in (False, True))
        made = drawing.call(
            node_cell(bits, 1, node, "left", not last), evens, lost, odds, won
        )
        second = made.slice(2, made.shape[2] - 1, made.shape[2]).squeeze(
            2
        )  # [the odd side wins]: (positions, pairs)
        sides = drawing.concat(
            [~second, second, drawing.fill((positions, 1), True)], 1
        )  # a bye is a win
        here = sides.take(
            [2 * pairs if m == 2 * pairs else m // 2 + m % 2 * pairs for m in match], 1
        )
        wins = here if wins is None else wins & here
        match = [m // 2 for m in match]
        if not last:
            scores = drawing.concat(
                [made.slice(2, 0, bits), scores.slice(1, 2 * pairs, playing)], 1
            )
        playing -= pairs
    assert wins is not None
    return wins


def _common(
    residual: Residual, rows: Sequence[Ints], offsets: Sequence[int]
) -> tuple[int, int, int]:
    """The interval of all rows together, and the power of two that divides them all."""
    forms = residual.stream.forms(np.stack(rows), np.array(offsets, object))
    return int(forms.low.min()), int(forms.high.max()), min(forms.grains)


def _matches(residual: Residual, rows: Sequence[Ints], offsets: Sequence[int]) -> float:
    """Gates of a tournament at one position, by an estimate; infinity where there is nothing to compare."""
    drawing, classes = residual.drawing, len(rows)
    low, high, grain = _common(residual, rows, offsets)
    bits = (high - low).bit_length() - grain
    if bits <= 0:
        return math.inf
    nodes = (classes - 1) * bits * NODE_GATES[choose_node(drawing, classes, bits)]
    sums = full_adder(drawing) * sum(
        max(0, _digits(residual, row, bits + grain) - 1) for row in rows
    )
    return nodes + classes * (classes - 1).bit_length() + sums


def _pairs(residual: Residual, rows: Sequence[Ints]) -> float:
    """Gates of all comparisons at one position, by an estimate: of the last wire of a column only the carry is made."""
    classes, total = len(rows), len(rows) * (len(rows) - 2)
    adder = full_adder(residual.drawing)
    for a in range(classes):
        for b in range(a + 1, classes):
            row = rows[a] - rows[b]
            low, high = residual.stream.range(row)
            width = (high - low).bit_length()
            wires = _digits(residual, row, width)
            total += adder * max(0, wires - width) + 2 * min(wires, width)
    return total


def _digits(residual: Residual, row: Ints, width: int) -> int:
    """Wires of the columns that a row is added up from, in so many bits."""
    return sum(
        len(digits(int(w), width))
        for _, weights in residual.parts(row)
        for w in np.asarray(weights).flat
        if w
    )
