"""The exact arithmetic of a layer on the vectors that occur, each computed once: what `networks.definition` says."""

from collections.abc import Sequence
from math import lcm

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.model import FeedForward, Head, Layer
from circuitsim.numbers.scaled import FITS_INT64, Scaled, add, affine, multiply, narrow

Ints = NDArray[np.int64]


def distinct(rows: Scaled) -> tuple[Scaled, Ints]:
    """The different vectors among rows (r, d), in order of appearance, and which of them every row is (r,)."""
    index: dict[tuple[int, ...], int] = {}
    which = [index.setdefault(tuple(row), len(index)) for row in rows.numerators.tolist()]
    first = np.unique(np.array(which, np.int64), return_index=True)[1]
    return rows[first], np.array(which, np.int64)


def head_outputs(
    head: Head, values: Scaled, chosen: Sequence[tuple[int, ...]]
) -> tuple[Scaled, Ints]:
    """What a head adds to the stream for every set of keys that it averages.

    Args:
        values: (vectors, d). chosen: rows of `values` for every set, repeated where keys hold equal vectors.

    Returns:
        The different outputs (outputs, d), and which of them every set gives.
    """
    value = affine(head.value, values, head.value_bias)
    counts = np.array([len(members) for members in chosen], np.int64)
    rows = np.repeat(np.arange(len(chosen)), counts)
    kind = np.int64 if value.largest * int(counts.max(initial=1)) < FITS_INT64 else object
    sums = np.zeros((len(chosen), len(head.value)), dtype=kind)
    np.add.at(sums, rows, value.numerators[[row for members in chosen for row in members]])
    common = lcm(*np.unique(counts[counts > 0]).tolist())
    shares = np.array([common // max(1, count) for count in counts.tolist()], dtype=object)
    means = Scaled(
        multiply(sums, narrow(shares)[:, None]), value.denominator * common
    ).reduced()
    return distinct(affine(head.output, means).reduced())


def after_layer(
    layer: Layer, values: Scaled, outputs: Sequence[Scaled], terms: Ints
) -> tuple[Scaled, Ints]:
    """The stream after a layer for every combination of what a position holds and what its heads say.

    Args:
        values: (vectors, d). outputs: of every head (outputs, d).
        terms: (terms, 1 + heads) rows of `values` and of every head's outputs.

    Returns:
        The different vectors (vectors, d), and which of them every term gives.
    """
    different, which = np.unique(terms, axis=0, return_inverse=True)
    shape = (len(different), values.shape[1])
    total = (
        values[different[:, 0]] if layer.residual else Scaled(np.zeros(shape, np.int64), 1)
    )
    for head, output in enumerate(outputs):
        total = add(total, output[different[:, 1 + head]])
    if any(layer.output_bias):
        total = add(total, layer.output_bias.scaled)
    if layer.feed_forward is not None:
        total = after_net(layer.feed_forward, total)
    rows, index = distinct(total.reduced())
    return rows, index[which.ravel()]


def after_net(net: FeedForward, stream: Scaled) -> Scaled:
    """The stream (..., d) after a feed-forward net."""
    hidden = affine(net.hidden, stream, net.hidden_bias)
    positive = Scaled(np.maximum(hidden.numerators, 0), hidden.denominator)
    result = affine(net.output, positive, net.output_bias)
    return add(stream, result) if net.residual else result
