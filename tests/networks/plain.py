"""Pieces of a model in fractions, for tests that ask for less than a whole run."""

from fractions import Fraction

import numpy as np

from circuitsim.models.model import Layer, Model, Readout
from circuitsim.models.tables import scaled_tables, table_rows
from circuitsim.networks.draw import network
from circuitsim.networks.rungs import run_definition


def run_head(head, stream):
    """What a head adds to the stream at every position, by the definition: a list of vectors."""
    letters = [chr(ord("a") + place) for place in range(len(stream))]
    layer = Layer([head], residual=False)
    model = Model(
        letters,
        dict(zip(letters, stream, strict=True)),
        [layer],
        Readout([1] * len(stream[0])),
    )
    trace = run_definition(model, list(range(len(stream))))
    return [tuple(vector) for vector in trace.residuals[1][0]]


def embedded(model, codes):
    """The sum of every table's row at each position of the whole sequence of one string (n,)."""
    chosen = table_rows(model, np.array([codes], dtype=np.int64))
    stream = [(Fraction(0),) * model.width] * model.length(len(codes))
    for table, rows in zip(scaled_tables(model), chosen, strict=True):
        stream = [
            add(x, table[row].fractions()) for x, row in zip(stream, rows[0], strict=True)
        ]
    return stream


def affine(weights, x, bias=()):
    """Matrix (r, c) times vector (c,), plus a bias (r,) if there is one."""
    product = tuple(
        sum((a * b for a, b in zip(row, x, strict=True)), Fraction(0)) for row in weights
    )
    return add(product, bias) if bias else product


def add(x, y):
    """The sum of two vectors."""
    return tuple(a + b for a, b in zip(x, y, strict=True))


def of_models(run):
    """A run of networks on codes at a precision, as a run of models."""
    return lambda model, codes, precision: run(
        network(model, codes.shape[1]), codes, precision
    )
