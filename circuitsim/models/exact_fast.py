"""The exact meaning of a model for many strings at once: what `exact` says, in integers over denominators."""

from dataclasses import dataclass
from math import lcm

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.exact import refuse_softmax
from circuitsim.models.model import FeedForward, Head, Layer, Model
from circuitsim.models.scaled import Array, Scaled, add, affine, largest, multiply, narrow, product, scaled
from circuitsim.models.selection import select
from circuitsim.models.sequence import Codes, mask_matrix, position_values, score_blocks, sequence_codes
from circuitsim.models.trace import Trace, decide


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


def run_exact_fast(model: Model, codes: Codes) -> ExactTrace:
    """Run `model` on letter codes (batch, n).

    Raises:
        ModelError: a head is softmax, which has no exact meaning.
    """
    refuse_softmax(model)
    embedding = scaled(tuple(model.embedding[token] for token in model.tokens))
    stream = embedding[sequence_codes(model, codes)]
    positions = position_values(model, codes.shape[1])
    if positions is not None:
        stream = add(stream, scaled(positions))
    residuals = [stream := stream.reduced()]
    for layer in model.layers:
        stream = _layer(layer, stream)
        residuals.append(stream)
    read = stream[:, list(model.readout_positions(codes.shape[1]))]
    outputs = affine(model.readout.weights, read, model.readout.bias)
    return ExactTrace(tuple(residuals), outputs, decide(outputs.numerators))


def _layer(layer: Layer, stream: Scaled) -> Scaled:
    total = stream if layer.residual else Scaled(np.zeros(stream.shape, dtype=np.int64), 1)
    for head in layer.heads:
        total = add(total, affine(head.output, _means(head, stream)))
    if any(layer.output_bias):
        total = add(total, scaled(layer.output_bias))
    if layer.feed_forward is not None:
        total = _net(layer.feed_forward, total)
    return total.reduced()


def _net(net: FeedForward, stream: Scaled) -> Scaled:
    hidden = affine(net.hidden, stream, net.hidden_bias)
    positive = Scaled(np.maximum(hidden.numerators, 0), hidden.denominator)
    result = affine(net.output, positive, net.output_bias)
    return add(stream, result) if net.residual else result


def _means(head: Head, stream: Scaled) -> Scaled:
    """What the head's queries see, (batch, length, v): means of the selected values."""
    query = affine(head.query, stream, head.query_bias)
    key = affine(head.key, stream, head.key_bias)
    value = affine(head.value, stream, head.value_bias)
    batch, length, _ = stream.shape
    visible = mask_matrix(head.mask, length)
    sums = np.zeros(value.shape, dtype=object)
    counts = np.zeros((batch, length), dtype=np.int64)
    for rows, queries in score_blocks(batch, length):
        scores = _scores(head, query[rows, queries], key[rows])
        chosen = select(head.attention, scores, visible[queries])
        sums[rows, queries] = product(chosen.astype(np.int64), value.numerators[rows])
        counts[rows, queries] = chosen.sum(axis=2)
    common = lcm(*np.unique(counts[counts > 0]).tolist())
    shares = np.array([common // max(count, 1) for count in range(length + 1)], dtype=object)
    return Scaled(multiply(narrow(sums), narrow(shares)[counts][..., None]), value.denominator * common).reduced()


def _scores(head: Head, query: Scaled, key: Scaled) -> Array:
    """Integers (batch, queries, length) in the order of the scores."""
    if query.shape[-1] == 0:
        return np.zeros((*query.shape[:2], key.shape[1]), dtype=np.int64)
    scores = product(query.numerators, key.numerators.transpose(0, 2, 1))
    if head.score_bits is None:
        return scores
    unit = query.denominator * key.denominator  # floor(x 2^s + 1/2) for x = score / unit
    doubled = multiply(scores, 2 << head.score_bits)
    wide = doubled if largest(doubled) + 2 * unit < 2**62 else doubled.astype(object)
    return narrow((wide + unit) // (2 * unit))
