"""One attention head with threshold gates: products, comparisons, selection and mean are a level each."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from circuitsim.networks.forms import Ints
from circuitsim.networks.known import HeadForms
from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Band, Bands
from ..bounded.hard import unscored
from ..residual import Bits, Parts, Residual
from .numbers import levels, rounded, written, zero
from .pairs import over_pairs
from .scores import Factor, Scores, factors, scores, times
from .winners import Winners, by_comparisons, by_digits, every_key, fewest

MANY_DIGITS = 64


def attend(
    drawing: Drawing, head: HeadForms, residual: Residual, start: int, stop: int, bands: Bands
) -> list[Bits]:
    """The head's outputs R(mean) at positions start..stop-1 as thermometers, one number a component."""
    outputs = [Bits(None, number.low, number.low) for number in head.outputs]
    live = [
        c
        for c, number in enumerate(head.outputs)
        if number.low < number.high and number.column.any()
    ]
    if not live:
        return outputs
    asking, (rows, chosen) = residual.slice(start, stop), bands.of(head, start, stop)
    if head.third_order:
        with drawing.scope("pairs"):
            head, residual = over_pairs(head, residual)
    table = None if chosen else scores(head, asking, residual, start)
    answer = _means if head.attention == "saturated" else _choices
    for c, wires in zip(
        live, answer(drawing, head, residual, table, rows, bands, live), strict=True
    ):
        outputs[c] = written(head.outputs[c], wires)
    return outputs


def _means(
    drawing: Drawing, head: HeadForms, residual: Residual, table: Scores | None, rows: Sequence[Band], bands: Bands,
    live: list[int],
) -> list[Wires]:  # fmt: skip
    """Thermometers of rounded means: [mean >= t - 1/2] is [2 sum - (2 t - 1) count >= 0], one gate."""
    found: list[list[Wires]] = [[] for _ in live]
    read = head.value.rows[live]
    for band in rows:
        if band.keys <= 0:
            for index, c in enumerate(live):
                found[index].append(zero(drawing, head.outputs[c], band.queries))
            continue
        if band.keys == 1 and band.mask is None:
            for index, c in enumerate(live):
                own = band.see(_rounded(head, residual, c), 0)
                found[index].append(own.broadcast((band.queries, own.shape[1])))
            continue
        winners = _winners(drawing, head, table, band, bands)
        with drawing.scope("selection"):
            chosen = _selected(winners, residual, read)
            count = winners.count()
        with drawing.scope("mean"):
            for index, c in enumerate(live):
                sums = [
                    (f.wires, 2 * f.weights[index]) for f in chosen if f.weights[index].any()
                ]
                mean = _mean(head, residual, c, sums, count)
                found[index].append(mean.broadcast((band.queries, mean.shape[1])))
    return [drawing.concat(pieces, 0) for pieces in found]


def _selected(winners: Winners, residual: Residual, rows: Ints) -> list[Factor]:
    """Wires of the keys that count; where all do, the stream's own wires and not their digits."""
    if winners.always:
        see = winners.band.see
        plain = [Factor(b.wires, None, times(rows, b.matrix)) for b in residual.blocks]
        return [replace(f, wires=see(f.wires, 0).expand(0)) for f in plain]
    chosen = factors(residual, rows)
    return [Factor(winners.select(factor), None, factor.weights) for factor in chosen]


def _mean(
    head: HeadForms, residual: Residual, component: int, doubled: Parts, count: Wires
) -> Wires:
    """(queries or 1, levels), of twice the sum of the values and how many there are."""
    value, drop = head.value, head.value_shifts[component] + head.value.grains[component]
    constant = int(residual.offset @ value.rows[component]) + int(value.offsets[component])
    thresholds = levels(head.outputs[component])
    shares = np.array(
        [[2 * constant - ((2 * t - 1) << drop)] for t in thresholds], dtype=object
    )
    parts = [(wires, weights[None, None, :]) for wires, weights in doubled]
    return residual.drawing.at_least([*parts, (count, shares)], [0] * len(thresholds))


def _choices(
    drawing: Drawing, head: HeadForms, residual: Residual, table: Scores | None, rows: Sequence[Band], bands: Bands,
    live: list[int],
) -> list[Wires]:  # fmt: skip
    """Thermometers of the rounded value of the one key that every query selects."""
    with drawing.scope("values"):
        values = [_rounded(head, residual, c) for c in live]
    joined = drawing.concat(values, 1)
    turned = joined.transpose(1, 0)
    pieces = []
    for band in rows:
        if band.keys <= 0:
            empty = [zero(drawing, head.outputs[c], band.queries) for c in live]
            pieces.append(drawing.concat(empty, 1))
        elif band.keys == 1:
            pieces.append(band.see(joined, 0).broadcast((band.queries, joined.shape[1])))
        elif table is None:
            pieces.append(unscored(head, joined, band))
        else:
            winners = _winners(drawing, head, table, band, bands)
            with drawing.scope("selection"):
                pieces.append(
                    winners.either(turned).broadcast((band.queries, joined.shape[1]))
                )
    whole, results, start = drawing.concat(pieces, 0), [], 0
    for wires in values:
        results.append(whole.slice(1, start, start + wires.shape[1]))
        start += wires.shape[1]
    return results


def _rounded(head: HeadForms, residual: Residual, component: int) -> Wires:
    """The thermometer of R(v) at every key."""
    number, value = head.outputs[component], head.value
    drop = head.value_shifts[component] + value.grains[component]
    row, offset = value.rows[component], int(value.offsets[component])
    return rounded(residual, row, offset, drop, levels(number))


def _winners(
    drawing: Drawing, head: HeadForms, table: Scores | None, band: Band, bands: Bands
) -> Winners:
    if table is None:
        return every_key(drawing, band)
    with drawing.scope("scores"):
        heap = table.at(band)
    with drawing.scope("maximum"):
        if head.attention != "saturated":
            return by_comparisons(
                drawing,
                heap,
                band,
                bands,
                "left" if head.attention == "hard-left" else "right",
            )
        most = {"depth": 0, "balanced": 1, "size": MANY_DIGITS}[drawing.optimize]
        digits = fewest(heap, band, most)
        if digits:
            return by_digits(drawing, heap, band, digits)
        return by_comparisons(drawing, heap, band, bands, None)
