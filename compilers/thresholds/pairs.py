"""Third-order attention with threshold gates: one more level, in which wires of two positions are multiplied.

A key or value of a pair is a heap over wires of the first position, wires of the second, and products of both.
"""

import numpy as np

from circuitsim.networks.forms import Affine, Ints, Number
from circuitsim.networks.known import HeadForms
from circuitsim.schematic.drawing import Drawing, Wires

from ..pairs import pair_indices, reading_pairs
from ..residual import Block, Residual
from .scores import Factor, both_digits, factors


def over_pairs(head: HeadForms, residual: Residual) -> tuple[HeadForms, Residual]:
    """The head of second order, and the stream of its keys and values, that are a head of third order."""
    assert head.key2 is not None
    assert head.value2 is not None
    first, second = (
        _Rows(head.key, head.value, residual),
        _Rows(head.key2, head.value2, residual),
    )
    places = pair_indices(residual.positions)
    blocks = []
    for block in residual.blocks:  # a wire of one position, times the constant of the other
        for place, rows, constants in (
            (0, first.rows, second.constants),
            (1, second.rows, first.constants),
        ):
            matrix = constants[:, None] * (rows @ block.matrix)
            if matrix.any():
                wires = block.wires.take(places[place], 0)
                blocks.append(Block(wires, matrix, block.thermometer, None, block.chain))
    for left in factors(residual, first.rows):
        for right in factors(residual, second.rows):
            a, b = left.weights, right.weights
            matrix = (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)
            if matrix.any():
                blocks.append(
                    Block(
                        _products(
                            residual.drawing, left.take(places[0]), right.take(places[1])
                        ),
                        matrix,
                    )
                )
    grains = tuple(a + b for a, b in zip(first.grains, second.grains, strict=True))
    columns, nothing = (
        np.diag(np.array([1 << g for g in grains], dtype=object)),
        np.zeros(len(grains), dtype=object),
    )
    intervals = (*head.key_ranges, *head.value_ranges)
    numbers = [
        Number(column, low, high)
        for column, (low, high) in zip(columns, intervals, strict=True)
    ]
    stream = residual.stream.plus(numbers, nothing, False)
    offset = first.constants * second.constants
    seen = Residual(residual.drawing, tuple(blocks), offset, stream, residual.positions**2)
    return reading_pairs(head, grains), seen


class _Rows:
    """One factor of all keys and values, before grains are divided out: rows (c, d) of the stream, constants (c,)."""

    def __init__(self, key: Affine, value: Affine, residual: Residual) -> None:
        self.rows: Ints = np.concatenate([key.rows, value.rows])
        self.constants: Ints = self.rows @ residual.offset + np.concatenate(
            [key.offsets, value.offsets]
        )
        self.grains = (*key.grains, *value.grains)


def _products(drawing: Drawing, left: Factor, right: Factor) -> Wires:
    """ANDs of every wire or digit of one factor with every one of the other, at the same pair: (pairs, products)."""
    if left.digits is not None or right.digits is not None:
        return both_digits(drawing, left, right, left.wires, right.wires)
    w, v = left.wires.shape[1], right.wires.shape[1]
    return left.wires.take([i for i in range(w) for _ in range(v)], 1) & right.wires.take(
        list(range(v)) * w, 1
    )
