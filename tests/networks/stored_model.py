"""A model for one length with every number that it stores rounded: weights, biases, embeddings, positions, read-out."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from circuitsim.models.model import FeedForward, Head, Layer, Model, Readout
from circuitsim.models.positions import PositionTable
from circuitsim.models.sequence import position_values
from circuitsim.numbers.arrays import Matrix, Vector
from circuitsim.numbers.rounding import to_grid

Rounding: TypeAlias = Callable[[Fraction], Fraction]


def on_grid(bits: int) -> Rounding:
    """R: half up to `bits` fraction bits."""
    return lambda number: Fraction(to_grid(number, bits), 1 << bits)


def stored(model: Model, n: int, number: Rounding) -> Model:
    """The model for n letters, with `number` applied to every number that it stores or computes of a position.

    Raises:
        InputError: n is more letters than the model has positions for.
    """
    positions = position_values(model, n)
    return replace(
        model,
        embedding={token: _vector(row, number) for token, row in model.embedding.items()},
        tables=tuple(
            replace(table, rows=_matrix(table.rows, number)) for table in model.tables
        ),
        positions=None if positions is None else PositionTable(_matrix(positions, number)),
        layers=tuple(_layer(layer, number) for layer in model.layers),
        readout=Readout(
            _matrix(model.readout.weights, number),
            _vector(model.readout.bias, number),
            model.readout.position,
        ),
    )


def _layer(layer: Layer, number: Rounding) -> Layer:
    net = layer.feed_forward
    return replace(
        layer,
        heads=tuple(_head(head, number) for head in layer.heads),
        output_bias=_vector(layer.output_bias, number),
        feed_forward=None if net is None else _net(net, number),
    )


def _head(head: Head, number: Rounding) -> Head:
    return replace(
        head,
        query=_matrix(head.query, number),
        key=_matrix(head.key, number),
        value=_matrix(head.value, number),
        output=_matrix(head.output, number),
        query_bias=_vector(head.query_bias, number),
        key_bias=_vector(head.key_bias, number),
        value_bias=_vector(head.value_bias, number),
        key2=_matrix(head.key2, number),
        value2=_matrix(head.value2, number),
        key2_bias=_vector(head.key2_bias, number),
        value2_bias=_vector(head.value2_bias, number),
    )


def _net(net: FeedForward, number: Rounding) -> FeedForward:
    return replace(
        net,
        hidden=_matrix(net.hidden, number),
        output=_matrix(net.output, number),
        hidden_bias=_vector(net.hidden_bias, number),
        output_bias=_vector(net.output_bias, number),
    )


def _vector(values: Vector, number: Rounding) -> Vector:
    return tuple(number(value) for value in values)


def _matrix(rows: Matrix, number: Rounding) -> Matrix:
    return tuple(_vector(row, number) for row in rows)
