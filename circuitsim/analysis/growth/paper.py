"""What the papers' own circuits would cost, for a given model at n letters: look-up tables that nobody can build.

Three constructions, each a list of parts with the sentence it comes from:

- Merrill, Sabharwal and Smith 2022 (arXiv 2106.16213), Theorem 5, saturated attention. The paper never gives a
  total depth, nor a size of its sums and divisions; those parts say "ours".
- Merrill and Sabharwal 2023 (2207.00729), Theorem 1, whose depth is 3 + (9 + 2 d_plus) L.
- Hao, Angluin and Frank 2022 (2204.06618), hard attention. Its normal form is known here from the survey 2311.00208;
  the bits are counted by us.

Conventions. A vector has as many bits as the components of the integer model's stream have together, and the mean of
vectors as many as one of them. The papers know no masks, and compute every position of every layer; so is it counted
here. NOT is a gate and a level in the papers' tables, and neither in the parts that are ours.
"""

import math
from collections.abc import Sequence

from circuitsim.analysis.growth.lookup_tables import MOST_INPUTS, lemma_2
from circuitsim.analysis.growth.paper_parts import (
    COMPARING,
    LEMMA_2,
    SUMMING,
    Item,
    PaperCost,
    code_bits,
    cost_of,
    maximum_gates,
    readout_tables,
    score_bits,
    shared_tables,
    sum_bits,
    sum_gates,
    tables,
    times,
    total,
)
from circuitsim.bases import AC0, BASES, TC0
from circuitsim.models.model import Model
from circuitsim.networks.fixed_point import FixedPoint, fix
from circuitsim.networks.known import HeadForms
from circuitsim.networks.limits import MAX_BITS
from circuitsim.networks.refusals import refuse_parts

D_PLUS = 2  # iterated addition: Siu and Roychowdhury 1994

MSS = "2106.16213, Theorem 5, which gives no total depth: the sum of its parts, those that say ours included"
TUPLES = "2204.06618, normal form: a value is the tuple of the values it was made of"


def predict(
    model: Model,
    n: int,
    bits: int | str | None = None,
    basis: str | None = None,
    d_plus: int = D_PLUS,
    max_bits: int = MAX_BITS,
) -> list[PaperCost]:
    """The papers' circuits for `model` on n letters, those that cover its attention.

    Args:
        bits: fraction bits, or an expression in n; None takes the model's own. Hard attention needs none.
        basis: one whose circuits are exact leaves out circuits that count; any other, and None, leaves all.
        d_plus: depth of iterated addition in 2207.00729; its size is that of depth 2, whatever is given.

    Returns:
        Theorem 5 where every head is saturated, 2207.00729 where heads are saturated or softmax, 2204.06618 where every
        head is hard; nothing where
        a model has heads of both kinds, or of third order, or answers by a number.

    Raises:
        LimitError: a number needs more than `max_bits`.
        ModelError: the model has a norm or another part of real blocks.
    """
    refuse_parts(model, "the papers have no circuit of that")
    if has_third_order(model) or model.readout.answer == "number":
        return []
    kinds = {head.attention for layer in model.layers for head in layer.heads}
    hard = {"hard-left", "hard-right"}
    costs = [hao_angluin_frank(model, n)] if kinds <= hard else []
    if not kinds & hard and (basis is None or not BASES[basis].exact):
        fixed = fix(model, n, bits, max_bits)
        costs += [] if "softmax" in kinds else [merrill_sabharwal_smith(fixed)]
        costs.append(merrill_sabharwal(fixed, d_plus))
    return costs


def has_third_order(model: Model) -> bool:
    """Whether a head's keys are pairs of positions, which none of these papers knows."""
    return any(head.third_order for layer in model.layers for head in layer.heads)


def merrill_sabharwal_smith(fixed: FixedPoint) -> PaperCost:
    """Theorem 5 of 2106.16213 for a model in integers."""
    widths = [stream.widths() for stream in fixed.streams()]
    items = [
        tables("embedding", fixed.n, max(fixed.model.format.sizes(fixed.n)), sum(widths[0]))
    ]
    for number, heads in enumerate(fixed.layers()):
        items += _saturated_layer(f"layer{number}", heads, widths[number], fixed.length)
        before, after = sum(widths[number]), sum(widths[number + 1])
        items.append(
            tables(
                f"layer{number}/activation", fixed.length, before * (1 + len(heads)), after
            )
        )
    items.append(readout_tables(fixed.model, fixed.n, sum(widths[-1])))
    return cost_of(
        "Merrill, Sabharwal and Smith 2022", MSS, TC0.name, fixed.n, fixed.bits, items
    )


def _saturated_layer(
    name: str, heads: Sequence[HeadForms], widths: list[int], length: int
) -> list[Item]:
    """The parts of Theorem 5 up to the heads' outputs, of all heads together."""
    if not heads:
        return []
    pairs, vector = length * length, sum(widths)
    scores = [score_bits(head) for head in heads]
    widest, number = max(scores), len(heads)
    comparing = sum(length * maximum_gates(s, length) for s in scores)
    sums = [(sum_bits(z, length), z) for z in widths]
    count = length.bit_length()
    dividing = [lemma_2(s + count, z) for s, z in sums]
    counting = [lemma_2(2 * s, 1) for s in scores]
    return [
        Item(
            f"{name}/scores",
            number * pairs,
            2 * vector,
            widest,
            3,
            total(times(pairs, lemma_2(2 * vector, s)) for s in scores),
            LEMMA_2,
        ),
        Item(
            f"{name}/maximum",
            number * length,
            length * widest,
            widest,
            6,
            comparing,
            f"{COMPARING}, then a selection",
        ),
        Item(
            f"{name}/masked values",
            number * pairs,
            2 * widest + vector,
            vector,
            3,
            total(times(pairs, lemma_2(2 * s + vector, vector)) for s in scores),
            LEMMA_2,
        ),
        Item(
            f"{name}/sums",
            number * length * len(widths),
            length * max(widths),
            max(s for s, _ in sums),
            2,
            number * length * sum(sum_gates(z, length) for z in widths),
            SUMMING,
        ),
        Item(
            f"{name}/counts",
            number * length,
            length * 2 * widest,
            count,
            0,
            total([times(pairs, total(counting)), number * length * sum_gates(1, length)]),
            f"{LEMMA_2}, and {SUMMING}; beside masked values and sums",
        ),
        Item(
            f"{name}/division",
            number * length * len(widths),
            max(s for s, _ in sums) + count,
            max(widths),
            3,
            times(number * length, total(dividing)),
            f"ours: a look-up of sum and count. {LEMMA_2}",
        ),
    ]


def merrill_sabharwal(fixed: FixedPoint, d_plus: int = D_PLUS) -> PaperCost:
    """Theorem 1 of 2207.00729 for a model in integers.

    Its depth has no term for a read-out: the decision is taken for a bit of the last layer's function.
    """
    length, letter = fixed.length, code_bits(max(fixed.model.format.sizes(fixed.n)))
    streams = [stream.widths() for stream in fixed.streams()]
    items = [shared_tables("embedding", fixed.n, letter, sum(streams[0]))]
    for number, layer in enumerate(fixed.layers()):
        name, heads, widths = f"layer{number}", len(layer), streams[number]
        p, after = sum(widths), sum(streams[number + 1])
        normalisers = heads * length * sum_gates(p, length) if p <= MOST_INPUTS else None
        sums = (
            heads * length * sum(sum_gates(z, length) for z in widths)
            if p <= MOST_INPUTS
            else None
        )
        several = heads * length * len(widths)
        items += [
            shared_tables(f"{name}/scores", heads * length**2, 2 * p, p),
            Item(
                f"{name}/sum of scores",
                heads * length,
                length * p,
                sum_bits(p, length),
                d_plus,
                normalisers,
                SUMMING,
            ),
            shared_tables(f"{name}/weighted values", heads * length**2, 3 * p, p),
            Item(
                f"{name}/sums",
                several,
                length * max(widths),
                sum_bits(max(widths), length),
                d_plus,
                sums,
                SUMMING,
            ),
            shared_tables(f"{name}/layer function", length, (1 + heads) * p, after),
        ]
    source = f"2207.00729, Theorem 1: depth 3 + (9 + 2 d_plus) L, d_plus = {d_plus}"
    return cost_of("Merrill and Sabharwal 2023", source, TC0.name, fixed.n, fixed.bits, items)


def hao_angluin_frank(model: Model, n: int) -> PaperCost:
    """Hard attention by 2204.06618: b_0 = ceil log |tokens| + 2 ceil log(n + 1) bits a value, b_k = (1 + H) b_(k-1)."""
    length = model.length(n)
    bits = code_bits(len(model.tokens)) + 2 * code_bits(length + 1)
    items = []
    for number, layer in enumerate(model.layers):
        heads, name = len(layer.heads), f"layer{number}"
        if heads:
            queries, rank = heads * length, 2 * bits
            items += [
                tables(f"{name}/scores", queries * length, 2 * bits, rank),
                Item(
                    f"{name}/maximum",
                    queries,
                    length * rank,
                    length,
                    4,
                    queries * (length * (length - 1) * 2 * rank + length),
                    f"{COMPARING}, then an AND a key",
                ),
                Item(
                    f"{name}/selection",
                    queries,
                    length * (bits + 1),
                    bits,
                    2,
                    queries * (length * bits + bits),
                    "ours: an OR of ANDs",
                ),
            ]
        bits *= 1 + heads
        items.append(Item(f"{name}/value", length, bits, bits, 0, 0, TUPLES))
    items.append(readout_tables(model, n, bits))
    source = "2204.06618; bits b_k = (H+1) b_(k-1), b_0 = ceil log |tokens| + 2 ceil log(n+1): our count"
    return cost_of("Hao, Angluin and Frank 2022", source, AC0.name, n, None, items)


def power_of_two(gates: int | None) -> str:
    """A number of gates for people: whole up to 10^15, beyond as 2^72.4."""
    if gates is None:
        return f"over 2^{MOST_INPUTS:,}"
    return f"{gates:,}" if gates <= 10**15 else f"2^{math.log2(gates):,.1f}"
