"""A model run one string at a time in fractions, with sums, products and means that the caller gives."""

from fractions import Fraction
from math import floor

from circuitsim.models.sequence import mask_matrix, position_values
from circuitsim.networks.definition import select
from tests.networks.plain import embedded


def slow_run(model, codes, arithmetic):
    """Residuals (L + 1 lists of vectors) and outputs of a model whose stored numbers need no rounding.

    Args:
        arithmetic: has sum(numbers), dot(x, y, more): the sum of products and of the numbers `more`, and
            mean(numbers): of the chosen values, zero of none.
    """

    def affine(weights, x, bias):
        return [
            arithmetic.dot(row, x, [b])
            for row, b in zip(weights, bias or [None] * len(weights), strict=True)
        ]

    def head_outputs(head, stream):
        q, k, v = ([affine(w, x, b) for x in stream] for w, b in parts(head))
        for query, row in zip(q, mask_matrix(head.mask, len(stream)), strict=True):
            scores = {
                j: score(head, arithmetic.dot(query, k[j], []))
                for j in range(len(stream))
                if row[j]
            }
            chosen = select(head.attention, scores)
            yield affine(
                head.output,
                [arithmetic.mean([v[j][c] for j in chosen]) for c in range(len(head.value))],
                (),
            )

    def layer_outputs(layer, stream):
        terms = [stream if layer.residual else [[Fraction(0)] * len(x) for x in stream]]
        terms += [list(head_outputs(head, stream)) for head in layer.heads]
        if any(layer.output_bias):
            terms.append([layer.output_bias] * len(stream))
        for vectors in zip(*terms, strict=True):
            x = [arithmetic.sum(numbers) for numbers in zip(*vectors, strict=True)]
            net = layer.feed_forward
            if net is not None:
                hidden = [max(h, Fraction(0)) for h in affine(net.hidden, x, net.hidden_bias)]
                added = affine(net.output, hidden, net.output_bias)
                x = (
                    [arithmetic.sum(pair) for pair in zip(x, added, strict=True)]
                    if net.residual
                    else added
                )
            yield x

    stream = [list(x) for x in embedded(model, codes)]
    positions = position_values(model, len(codes))
    if positions is not None:
        stream = [
            [arithmetic.sum(pair) for pair in zip(x, p, strict=True)]
            for x, p in zip(stream, positions, strict=True)
        ]
    residuals = [stream]
    for layer in model.layers:
        residuals.append(list(layer_outputs(layer, residuals[-1])))
    read = [residuals[-1][p] for p in model.readout_positions(len(codes))]
    return residuals, [affine(model.readout.weights, x, model.readout.bias) for x in read]


def parts(head):
    return (
        (head.query, head.query_bias),
        (head.key, head.key_bias),
        (head.value, head.value_bias),
    )


def score(head, exact):
    if head.score_bits is None:
        return exact
    return Fraction(floor(exact * 2**head.score_bits + Fraction(1, 2)), 2**head.score_bits)
