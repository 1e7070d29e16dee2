"""The exact meaning of a model for many strings at once: what `exact` says, in integers over denominators.

The run asks an `Exact` for every sum, product and quotient. Other datatypes subclass it and say where they round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import lcm

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.exact import refuse_softmax
from circuitsim.models.model import FeedForward, Head, Layer, Model
from circuitsim.models.pairs import key_mask, over_pairs
from circuitsim.models.selection import select
from circuitsim.models.sequence import Codes, position_values, score_blocks
from circuitsim.models.tables import scaled_tables, table_rows
from circuitsim.models.trace import Trace, decide
from circuitsim.numbers.rationals import Matrix, Vector
from circuitsim.numbers.scaled import (
    FITS_INT64,
    Array,
    Scaled,
    add,
    affine,
    largest,
    multiply,
    narrow,
    product,
    scaled,
)


@dataclass(frozen=True)
class ExactTrace:
    """A run on a batch, as `Trace`, with numbers as integer numerators over one denominator each.

    Args:
        residuals: L + 1 of shape (batch, length, d): after the embedding and after every whole layer.
        outputs: (batch, positions, m).
        decisions: (batch, positions) int64.
    """

    residuals: tuple[Scaled, ...]
    outputs: Scaled
    decisions: NDArray[np.int64]

    def trace(self) -> Trace:
        """The same with arrays of Fraction."""
        return Trace(tuple(r.fractions() for r in self.residuals), self.outputs.fractions(), self.decisions)


class Exact:
    """The arithmetic of exact rationals. A subclass overrides the operations after which its numbers are rounded."""

    def total(self, terms: Sequence[Scaled]) -> Scaled:
        """The sum of one term or more, whose shapes broadcast."""
        return reduce(add, terms)

    def affine(self, weights: Matrix, x: Scaled, bias: Vector = ()) -> Scaled:
        """Matrix (r, c) times every vector of x (..., c), plus a bias (r,) if there is one: (..., r)."""
        return affine(weights, x, bias)

    def inner(self, query: Scaled, key: Scaled) -> Scaled:
        """Every query (batch, queries, k) times every key (batch, keys, k): (batch, queries, keys)."""
        if query.shape[-1] == 0:
            return Scaled(np.zeros((*query.shape[:2], key.shape[1]), dtype=np.int64), 1)
        scores = product(query.numerators, key.numerators.transpose(0, 2, 1))
        return Scaled(scores, query.denominator * key.denominator)

    def over_pairs(self, first: Scaled, second: Scaled) -> Scaled:
        """Products at every pair of positions, by component: twice (batch, length, c) to (batch, length^2, c)."""
        wide = first.largest * second.largest >= FITS_INT64
        left = first.numerators.astype(object) if wide else first.numerators
        return Scaled(over_pairs(left, second.numerators), first.denominator * second.denominator).reduced()

    def mean(self, chosen: NDArray[np.bool_], value: Scaled) -> Scaled:
        """Means of the chosen values, zero of none: flags (batch, queries, keys), values (batch, keys, v)."""
        sums = product(chosen.astype(np.int64), value.numerators)
        counts = chosen.sum(axis=2)
        common = lcm(*np.unique(counts[counts > 0]).tolist())
        shares = np.array([common // max(count, 1) for count in range(chosen.shape[2] + 1)], dtype=object)
        return Scaled(multiply(narrow(sums), narrow(shares)[counts][..., None]), value.denominator * common)

    def relu(self, x: Scaled) -> Scaled:
        """The positive part."""
        return Scaled(np.maximum(x.numerators, 0), x.denominator)


EXACT = Exact()
RANKED = 16  # times that the score of two different vectors is wanted, for ranks to be faster


def run_exact_fast(model: Model, codes: Codes, arithmetic: Exact = EXACT) -> ExactTrace:
    """Run `model` on letter codes (batch, n).

    Raises:
        ModelError: a head is softmax, which has no exact meaning.
    """
    refuse_softmax(model)
    chosen = zip(scaled_tables(model), table_rows(model, codes), strict=True)
    terms = [table[rows] for table, rows in chosen]
    positions = position_values(model, codes.shape[1])
    if positions is not None:
        terms.append(scaled(positions))
    stream = arithmetic.total(terms)
    residuals = [stream := stream.reduced()]
    for layer in model.layers:
        stream = _layer(layer, stream, arithmetic)
        residuals.append(stream)
    read = stream[:, list(model.readout_positions(codes.shape[1]))]
    outputs = arithmetic.affine(model.readout.weights, read, model.readout.bias)
    return ExactTrace(tuple(residuals), outputs, decide(outputs.numerators))


def _layer(layer: Layer, stream: Scaled, arithmetic: Exact) -> Scaled:
    terms = [stream if layer.residual else Scaled(np.zeros(stream.shape, dtype=np.int64), 1)]
    terms += [arithmetic.affine(head.output, _means(head, stream, arithmetic)) for head in layer.heads]
    if any(layer.output_bias):
        terms.append(scaled(layer.output_bias))
    total = arithmetic.total(terms)
    if layer.feed_forward is not None:
        total = after_net(layer.feed_forward, total, arithmetic)
    return total.reduced()


def after_net(net: FeedForward, stream: Scaled, arithmetic: Exact = EXACT) -> Scaled:
    """The stream (..., d) after a feed-forward net."""
    positive = arithmetic.relu(arithmetic.affine(net.hidden, stream, net.hidden_bias))
    result = arithmetic.affine(net.output, positive, net.output_bias)
    return arithmetic.total([stream, result]) if net.residual else result


def _means(head: Head, stream: Scaled, arithmetic: Exact) -> Scaled:
    """What the head's queries see, (batch, length, v): means of the selected values."""
    query = arithmetic.affine(head.query, stream, head.query_bias)
    key = arithmetic.affine(head.key, stream, head.key_bias)
    value = arithmetic.affine(head.value, stream, head.value_bias)
    if head.third_order:
        key = arithmetic.over_pairs(key, arithmetic.affine(head.key2, stream, head.key2_bias))
        value = arithmetic.over_pairs(value, arithmetic.affine(head.value2, stream, head.value2_bias))
    batch, length, _ = stream.shape
    visible = key_mask(head.mask, length, head.third_order)
    parts = []
    ranks = None
    if query.shape[-1] * query.largest * key.largest >= FITS_INT64:
        ranks = _ranks(head, query, key, arithmetic)
    for rows, queries in score_blocks(batch, length, head.keys(length)):
        if ranks is None:
            scores = comparable(head, arithmetic.inner(query[rows, queries], key[rows]))
        else:
            table, queries_of, keys_of = ranks
            scores = table[queries_of[rows, queries][:, :, None], keys_of[rows][:, None, :]]
        chosen = select(head.attention, scores, visible[queries])
        parts.append((rows, queries, arithmetic.mean(chosen, value[rows]).reduced()))
    common = lcm(*(part.denominator for _, _, part in parts))
    means = np.zeros((batch, length, len(head.value)), dtype=object)
    for rows, queries, part in parts:
        means[rows, queries] = part.times(common // part.denominator)
    return Scaled(narrow(means), common)


def _ranks(head: Head, query: Scaled, key: Scaled, arithmetic: Exact) -> tuple[Array, Array, Array] | None:
    """Ranks of the scores of different queries and keys, and which of them (batch, length, k) and (batch, keys, k) are.

    For scores of more than 64 bits: these are slow, and the same few vectors meet again and again. None where they
    do not, as sorting takes longer than scores do.
    """
    (queries, queries_of), (keys, keys_of) = distinct(query.numerators), distinct(key.numerators)
    if RANKED * len(queries) * len(keys) > queries_of.size * keys_of.shape[1]:
        return None
    scores = arithmetic.inner(Scaled(queries[None], query.denominator), Scaled(keys[None], key.denominator))
    ranks = np.unique(comparable(head, scores), return_inverse=True)[1]
    return ranks.reshape(len(queries), len(keys)), queries_of, keys_of


def distinct(vectors: Array) -> tuple[Array, Array]:
    """The different vectors of (..., k) in the order in which they appear, (u, k), and which of them each is, (...)."""
    flat = vectors.reshape(-1, vectors.shape[-1])
    known: dict[tuple[int, ...], int] = {}
    index = [known.setdefault(row, len(known)) for row in map(tuple, flat.tolist())]
    first = np.empty((len(known), flat.shape[1]), dtype=flat.dtype)
    first[:] = np.array(list(known), dtype=object).reshape(first.shape)
    return first, np.array(index, np.int64).reshape(vectors.shape[:-1])


def comparable(head: Head, exact: Scaled) -> Array:
    """Integers in the order of the scores, in their shape; rounded half up to `score_bits` where the head has them."""
    if head.score_bits is None:
        return exact.numerators
    unit = exact.denominator  # floor(x 2^s + 1/2) for x = score / unit
    doubled = multiply(exact.numerators, 2 << head.score_bits)
    wide = doubled if largest(doubled) + 2 * unit < 2**62 else doubled.astype(object)
    return narrow((wide + unit) // (2 * unit))
