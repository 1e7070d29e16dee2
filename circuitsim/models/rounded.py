"""The definition of the integer model, in fractions, one string at a time, as plainly as possible.

R(x) = floor(x 2^b + 1/2) / 2^b is applied once to every stored number (weights, biases, embeddings, read-out, and
each position component after its expression is evaluated), to each head's output before the output matrix, and to
each ReLU output. Everything else is exact. `integer` computes the same for many strings in machine integers and is
tested against this.

With literal division (for claims, never for circuits) a head's output is instead its sum times the inverse of
2106.16213, Appendix A: floor(2^|C| / C) / 2^|C| for a count C of |C| bits, and R is not applied to it. The inverse is
crude: 1/4 for 3, and 1/8 for 5, 6 and 7. `literal` computes the same for many strings.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeAlias

from circuitsim.models.exact import (
    ZERO,
    add,
    affine,
    as_array,
    embedded,
    keys_and_values,
    mean,
    refuse_softmax,
    score,
    select,
)
from circuitsim.models.model import FeedForward, Head, Layer, Model
from circuitsim.models.pairs import key_mask
from circuitsim.models.sequence import position_values
from circuitsim.models.trace import Trace, decide
from circuitsim.numbers.rationals import Matrix, Vector
from circuitsim.numbers.rounding import to_grid

Division: TypeAlias = Literal["rounded", "literal"]


def run_rounded(model: Model, codes: Sequence[int], bits: int, division: Division = "rounded") -> Trace:
    """Run the integer model with `bits` fraction bits on one string of letter codes (n,)."""
    refuse_softmax(model)
    stream = embedded(_rounded_tables(model, bits), codes)
    positions = position_values(model, len(codes))
    if positions is not None:
        stream = [add(x, _vector(p, bits)) for x, p in zip(stream, positions, strict=True)]
    residuals = [stream]
    for layer in model.layers:
        stream = _layer(layer, stream, bits, division)
        residuals.append(stream)
    weights, bias = _matrix(model.readout.weights, bits), _vector(model.readout.bias, bits)
    outputs = as_array([affine(weights, stream[p], bias) for p in model.readout_positions(len(codes))])
    return Trace(tuple(map(as_array, residuals)), outputs, decide(outputs))


def _rounded_tables(model: Model, bits: int) -> Model:
    return replace(
        model,
        embedding={token: _vector(row, bits) for token, row in model.embedding.items()},
        tables=tuple(replace(table, rows=_matrix(table.rows, bits)) for table in model.tables),
    )


def _layer(layer: Layer, stream: list[Vector], bits: int, division: Division) -> list[Vector]:
    sums = [x if layer.residual else (ZERO,) * len(x) for x in stream]
    for head in layer.heads:
        outputs = _head(_rounded_head(head, bits), stream, bits, division)
        sums = [add(x, y) for x, y in zip(sums, outputs, strict=True)]
    if layer.output_bias:
        sums = [add(x, _vector(layer.output_bias, bits)) for x in sums]
    return sums if layer.feed_forward is None else [_net(layer.feed_forward, x, bits) for x in sums]


def _rounded_head(head: Head, bits: int) -> Head:
    return replace(
        head,
        query=_matrix(head.query, bits),
        key=_matrix(head.key, bits),
        value=_matrix(head.value, bits),
        output=_matrix(head.output, bits),
        query_bias=_vector(head.query_bias, bits),
        key_bias=_vector(head.key_bias, bits),
        value_bias=_vector(head.value_bias, bits),
        key2=_matrix(head.key2, bits),
        value2=_matrix(head.value2, bits),
        key2_bias=_vector(head.key2_bias, bits),
        value2_bias=_vector(head.value2_bias, bits),
    )


def _head(head: Head, stream: list[Vector], bits: int, division: Division) -> list[Vector]:
    queries = [affine(head.query, x, head.query_bias) for x in stream]
    keys, values = keys_and_values(head, stream)
    results = []
    for query, row in zip(queries, key_mask(head.mask, len(stream), head.third_order), strict=True):
        scores = {j: score(head, query, keys[j]) for j in range(len(keys)) if row[j]}
        chosen, size = [values[j] for j in select(head, scores)], len(head.value)
        output = _vector(mean(chosen, size), bits) if division == "rounded" else _literal_mean(chosen, size)
        results.append(affine(head.output, output))
    return results


def _literal_mean(vectors: list[Vector], size: int) -> Vector:
    """The sum of some vectors (size,) times the crude inverse of their number; zero of none."""
    count, power = len(vectors), 2 ** len(vectors).bit_length()
    inverse = Fraction(power // max(count, 1), power)
    return tuple(sum((v[c] for v in vectors), ZERO) * inverse for c in range(size))


def _net(net: FeedForward, x: Vector, bits: int) -> Vector:
    hidden = affine(_matrix(net.hidden, bits), x, _vector(net.hidden_bias, bits))
    relu = _vector(tuple(max(h, ZERO) for h in hidden), bits)
    result = affine(_matrix(net.output, bits), relu, _vector(net.output_bias, bits))
    return add(x, result) if net.residual else result


def _vector(values: Vector, bits: int) -> Vector:
    """R of every entry."""
    return tuple(Fraction(to_grid(v, bits), 1 << bits) for v in values)


def _matrix(rows: Matrix, bits: int) -> Matrix:
    return tuple(_vector(row, bits) for row in rows)
