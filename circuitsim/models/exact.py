"""The definition: what a model computes on one string, in exact rationals, as plainly as possible.

`exact_fast` computes the same for many strings at once and is tested against this. Nothing here is rounded,
except scores where a head asks for it by `score_bits`.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from circuitsim.errors import ModelError
from circuitsim.models.model import FeedForward, Head, Layer, Model
from circuitsim.models.pairs import key_mask
from circuitsim.models.sequence import position_values
from circuitsim.models.tables import Embedded, embedding_tables, table_rows
from circuitsim.models.trace import Trace, decide
from circuitsim.numbers.rationals import Matrix, Vector

ZERO = Fraction(0)


def run_exact(model: Model, codes: Sequence[int]) -> Trace:
    """Run `model` on one string of letter codes (n,); arrays of Fraction with a batch of one.

    Raises:
        ModelError: a head is softmax, which has no exact meaning.
    """
    refuse_softmax(model)
    stream = embedded(model, codes)
    positions = position_values(model, len(codes))
    if positions is not None:
        stream = [add(x, p) for x, p in zip(stream, positions, strict=True)]
    residuals = [stream]
    for layer in model.layers:
        stream = run_layer(layer, stream)
        residuals.append(stream)
    where = model.readout_positions(len(codes))
    outputs = as_array([affine(model.readout.weights, stream[p], model.readout.bias) for p in where])
    return Trace(tuple(map(as_array, residuals)), outputs, decide(outputs))


def embedded(model: Embedded, codes: Sequence[int]) -> list[Vector]:
    """The sum of every table's row at each position of the whole sequence of one string (n,)."""
    chosen = table_rows(model, np.array([codes], dtype=np.int64))
    stream = [(ZERO,) * model.width] * model.length(len(codes))
    for table, rows in zip(embedding_tables(model), chosen, strict=True):
        stream = [add(x, table[row]) for x, row in zip(stream, rows[0], strict=True)]
    return stream


def refuse_softmax(model: Model) -> None:
    """Raise a ModelError if any head of `model` is softmax."""
    for index, layer in enumerate(model.layers):
        for number, head in enumerate(layer.heads):
            if head.attention == "softmax":
                raise ModelError(
                    f"{model.name}: layer {index}, head {number} is softmax, which has no exact meaning; pass"
                    " --attention saturated, hard-left or hard-right."
                )


def run_layer(layer: Layer, stream: list[Vector]) -> list[Vector]:
    """One layer: the heads' outputs and the bias, added to the stream or replacing it, then the net."""
    width = len(stream[0])
    sums = [x if layer.residual else (ZERO,) * width for x in stream]
    for head in layer.heads:
        sums = [add(x, y) for x, y in zip(sums, run_head(head, stream), strict=True)]
    if layer.output_bias:
        sums = [add(x, layer.output_bias) for x in sums]
    return sums if layer.feed_forward is None else [run_net(layer.feed_forward, x) for x in sums]


def run_head(head: Head, stream: list[Vector]) -> list[Vector]:
    """One head: for every query the mean value of the keys it selects, through the output matrix."""
    queries = [affine(head.query, x, head.query_bias) for x in stream]
    keys, values = keys_and_values(head, stream)
    visible = key_mask(head.mask, len(stream), head.third_order)
    results = []
    for query, row in zip(queries, visible, strict=True):
        scores = {j: score(head, query, keys[j]) for j in range(len(keys)) if row[j]}
        chosen = [values[j] for j in select(head, scores)]
        results.append(affine(head.output, mean(chosen, len(head.value))))
    return results


def keys_and_values(head: Head, stream: list[Vector]) -> tuple[list[Vector], list[Vector]]:
    """What a head's queries look at: a key and a value for every position, in third order for every pair of them."""
    keys = [affine(head.key, x, head.key_bias) for x in stream]
    values = [affine(head.value, x, head.value_bias) for x in stream]
    if head.third_order:
        keys = [times(k, affine(head.key2, y, head.key2_bias)) for k in keys for y in stream]
        values = [times(v, affine(head.value2, y, head.value2_bias)) for v in values for y in stream]
    return keys, values


def score(head: Head, query: Vector, key: Vector) -> Fraction:
    """The score q.k, rounded half up to `score_bits` fraction bits where the head has them."""
    exact = dot(query, key)
    if head.score_bits is None:
        return exact
    return Fraction(floor(exact * 2**head.score_bits + Fraction(1, 2)), 2**head.score_bits)


def select(head: Head, scores: dict[int, Fraction]) -> list[int]:
    """Those maxima of `scores` (key -> score) that the head looks at; none if there are none."""
    if not scores:
        return []
    largest = max(scores.values())
    maxima = [j for j, value in scores.items() if value == largest]
    return {"hard-left": maxima[:1], "hard-right": maxima[-1:], "saturated": maxima}[head.attention]


def mean(vectors: list[Vector], size: int) -> Vector:
    """The mean of some vectors (size,); zero of none."""
    return tuple(sum((v[c] for v in vectors), ZERO) / max(len(vectors), 1) for c in range(size))


def run_net(net: FeedForward, x: Vector) -> Vector:
    """The feed-forward net at one position."""
    hidden = tuple(max(h, ZERO) for h in affine(net.hidden, x, net.hidden_bias))
    result = affine(net.output, hidden, net.output_bias)
    return add(x, result) if net.residual else result


def affine(weights: Matrix, x: Vector, bias: Vector = ()) -> Vector:
    """Matrix (r, c) times vector (c,), plus a bias (r,) if there is one."""
    product = tuple(dot(row, x) for row in weights)
    return add(product, bias) if bias else product


def dot(x: Vector, y: Vector) -> Fraction:
    """The inner product."""
    return sum((a * b for a, b in zip(x, y, strict=True)), ZERO)


def add(x: Vector, y: Vector) -> Vector:
    """The sum of two vectors."""
    return tuple(a + b for a, b in zip(x, y, strict=True))


def times(x: Vector, y: Vector) -> Vector:
    """The product of two vectors, component by component."""
    return tuple(a * b for a, b in zip(x, y, strict=True))


def as_array(rows: list[Vector]) -> np.ndarray[Any, np.dtype[Any]]:
    """Vectors (rows, c) as a batch of one: (1, rows, c)."""
    result = np.empty((1, len(rows), len(rows[0])), dtype=object)
    result[0] = rows
    return result
