"""The float64 meaning of a model, as a user of the usual libraries would run it, softmax included."""

from functools import reduce

import numpy as np

from circuitsim.models import trust
from circuitsim.models.model import Attention, FeedForward, Head, Layer, Model
from circuitsim.models.model_edits import with_attention
from circuitsim.models.pairs import key_mask
from circuitsim.models.selection import select
from circuitsim.models.sequence import Codes, position_values, score_blocks
from circuitsim.models.tables import Embedded, embedding_tables, table_rows
from circuitsim.models.trace import Trace, decide
from circuitsim.models.trust import Flags, Floats, Quantity, affine
from circuitsim.numbers.rationals import Vector


def run_float(model: Model, codes: Codes, attention: Attention | None = None) -> Trace:
    """Run `model` in float64 on letter codes (batch, n).

    Args:
        model: the model.
        codes: letters of strings of one length.
        attention: a kind that replaces every head's.

    Returns:
        Arrays of float64. `trusted` is False for an input if a rounding error may have changed a maximum, a
        rounded score or a decision, and for every input of a model with softmax, which nothing exact matches.

    Raises:
        ModelError: a weight beyond the range of float64.
    """
    if attention is not None:
        model = with_attention(model, attention)
    n = codes.shape[1]
    with np.errstate(all="ignore"):  # what overflows is not trusted
        stream = _embedded(model, codes)
        positions = position_values(model, n)
        if positions is not None:
            stream = trust.add(stream, trust.quantity(positions))
        trusted = stream.sound() & _weights_sound(model)
        residuals = [stream.values]
        for layer in model.layers:
            stream = _layer(layer, stream, trusted)
            residuals.append(stream.values)
        read = stream[:, list(model.readout_positions(n))]
        outputs = affine(model.readout.weights, read, model.readout.bias)
        trusted &= outputs.sound() & trust.clear_decisions(outputs)
    return Trace(tuple(residuals), outputs.values, decide(outputs.values), trusted)


def _embedded(model: Embedded, codes: Codes) -> Quantity:
    parts = []
    for table, rows in zip(embedding_tables(model), table_rows(model, codes), strict=True):
        numbers = trust.quantity(table)
        parts.append(Quantity(numbers.values, numbers.scales, numbers.grids.max(axis=0))[rows])
    return reduce(trust.add, parts)


def _weights_sound(model: Model) -> bool:
    """Whether no weight is so small or large that products of it may leave the range of float64."""
    groups: list[Vector] = list(model.readout.weights)
    for layer in model.layers:
        for head in layer.heads:
            groups += [*head.query, *head.key, *head.key2, *head.value, *head.value2, *head.output]
        if layer.feed_forward is not None:
            groups += [*layer.feed_forward.hidden, *layer.feed_forward.output]
    return all(not x or 1 / trust.RANGE < abs(x) < trust.RANGE for row in groups for x in row)


def _layer(layer: Layer, stream: Quantity, trusted: Flags) -> Quantity:
    """One layer; clears `trusted` where its maxima cannot be relied on."""
    zeros = np.zeros_like(stream.values)
    total = stream if layer.residual else Quantity(zeros, zeros, np.zeros(stream.grids.shape))
    for head in layer.heads:
        total = trust.add(total, affine(head.output, _means(head, stream, trusted)))
    if any(layer.output_bias):
        total = trust.add(total, trust.quantity(layer.output_bias))
    if layer.feed_forward is not None:
        total = _net(layer.feed_forward, total, trusted)
    trusted &= total.sound()
    return total


def _net(net: FeedForward, stream: Quantity, trusted: Flags) -> Quantity:
    hidden = affine(net.hidden, stream, net.hidden_bias)
    trusted &= hidden.sound()
    positive = Quantity(np.maximum(hidden.values, 0), hidden.scales, hidden.grids)
    result = affine(net.output, positive, net.output_bias)
    return trust.add(stream, result) if net.residual else result


def _means(head: Head, stream: Quantity, trusted: Flags) -> Quantity:
    """What the head's queries see, (batch, length, v)."""
    query = affine(head.query, stream, head.query_bias)
    key = affine(head.key, stream, head.key_bias)
    value = affine(head.value, stream, head.value_bias)
    trusted &= query.sound() & key.sound() & value.sound()
    if head.third_order:
        key2, value2 = affine(head.key2, stream, head.key2_bias), affine(head.value2, stream, head.value2_bias)
        trusted &= key2.sound() & value2.sound()
        key, value = trust.over_pairs(key, key2), trust.over_pairs(value, value2)
        trusted &= key.sound() & value.sound()
    batch, length, _ = stream.values.shape
    visible = key_mask(head.mask, length, head.third_order)
    values, scales = np.zeros((2, batch, length, len(head.value)))
    grids = np.zeros(value.grids.shape)
    for rows, queries in score_blocks(batch, length, head.keys(length)):
        seen = _attend(head, query[rows, queries], key[rows], value[rows], visible[queries], trusted[rows])
        values[rows, queries], scales[rows, queries] = seen.values, seen.scales
        grids = np.maximum(grids, seen.grids)
    return Quantity(values, scales, grids)


def _attend(head: Head, query: Quantity, key: Quantity, value: Quantity, visible: Flags, trusted: Flags) -> Quantity:
    values, scales, grid = trust.scores(query, key)
    if head.score_bits is not None:
        values, sure = trust.rounded(values, scales, grid, head.score_bits)
        trusted &= sure
        scales, grid = np.abs(values), 0
    if head.attention == "softmax":
        trusted[:] = False
        shares = _softmax(values, visible)
        return Quantity(shares @ value.values, shares @ value.scales, np.full(value.grids.shape, np.inf))
    if grid == np.inf:
        trusted &= trust.clear_maximum(values, scales, np.broadcast_to(visible, values.shape)).all(axis=1)
    return trust.mean(select(head.attention, values, visible), value)


def _softmax(scores: Floats, visible: Flags) -> Floats:
    """Shares (batch, queries, keys) that add up to one, or to zero where nothing is visible."""
    masked = np.where(visible, scores, -np.inf)
    top = np.where(visible.any(axis=1, keepdims=True), masked.max(axis=2, keepdims=True), 0)
    powers = np.exp(masked - top)
    return np.asarray(powers / np.maximum(powers.sum(axis=2, keepdims=True), 1e-300), dtype=np.float64)
