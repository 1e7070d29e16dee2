"""Saturated attention and softmax: maximum, weights of all keys, weighted sums, one rounded quotient.

A weight is a wire in saturated attention, whether the key attains the maximum, and a number of some bits in softmax.

R(mean) is floor(sum of (v + one half) / count) in units where R leaves a whole number, so half-up rounding costs
no more than a constant in every value.
"""

import numpy as np

from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Band
from ..residual import powers
from .counted import Counting, Form
from .division import quotient
from .head import HeadAtWork
from .maximum import maximum
from .softmax import weight_bits, weights


def average(work: HeadAtWork) -> list[Wires]:
    """For each live component the rounded mean over the maxima of every query: (queries, w)."""
    drawing = work.drawing
    crowded = [band for band in work.bands if band.keys > 1]  # a single key needs no mean
    counts, sums = _totals(work, crowded)
    if not crowded:
        return [_in_order(work, index, None) for index in range(len(work.live))]
    queries, keys = [band.queries for band in crowded], max(band.keys for band in crowded)
    all_tie = work.scores is None and all(band.mask is None for band in crowded)
    results = []
    with drawing.scope("division"):
        divisor = _stack(drawing, counts, queries)
        for index, component in enumerate(work.live):
            numerator = _stack(drawing, [found[index] for found in sums], queries)
            width = work.width(component)
            mean = quotient(
                drawing, numerator, divisor, width, keys, known=all_tie or work.chosen
            )
            results.append(_in_order(work, index, mean.broadcast((sum(queries), width))))
    return results


def _totals(work: HeadAtWork, bands: list[Band]) -> tuple[list[Wires], list[list[Wires]]]:
    """For each band the sum of the weights of a query's keys, and for each component of their values so weighted."""
    drawing = work.drawing
    forms = [_form(work, c) for c in work.live]
    counting = Counting(work.residual, forms, weight_bits(work.head))
    counts_first = counting.saves(bands, work.scores is not None)
    with drawing.scope("values"):
        weighed = [] if counts_first else [form.resolved(work.residual) for form in forms]
    counts, sums = [], []
    for band in bands:
        selected = _select(work, band)
        with drawing.scope("sums"):
            counts.append(_count(drawing, selected, band))
            drops = [_fraction(work, component) for component in work.live]
            if counts_first:
                totals = counting.sums(selected, counts[-1], band)
                drops = [drop + form.grain for drop, form in zip(drops, forms, strict=True)]
            else:
                pairs = zip(weighed, forms, strict=True)
                totals = [
                    _sum(drawing, selected, value, form.high, band) for value, form in pairs
                ]
            sums.append(
                [
                    t.slice(-1, drop, t.shape[-1])
                    for t, drop in zip(totals, drops, strict=True)
                ]
            )
    return counts, sums


def _fraction(work: HeadAtWork, component: int) -> int:
    """Fraction bits of a sum of values, of which at least one is needed to hold the half."""
    return max(work.head.value_shifts[component], 1)


def _form(work: HeadAtWork, component: int) -> Form:
    """V less the output's low end, plus one half, in units of its fraction bits: never negative."""
    head, drop = work.head, _fraction(work, component)
    grain, factor = head.value.grains[component], 1 << (drop - head.value_shifts[component])
    less = (1 << (drop - 1)) - (head.outputs[component].low << drop)
    offset = int(head.value.offsets[component]) * factor + (less << grain)
    high = head.value.ranges[component][1] * factor + less
    return Form(head.value.rows[component] * factor, offset, high, grain)


def _select(work: HeadAtWork, band: Band) -> Wires | None:
    """The weight of key j for query i: (queries or 1, keys, bits); None where every key has weight one."""
    drawing, scores = work.drawing, work.scores
    if scores is None:
        return None if band.mask is None else band.mask.expand(2)
    with drawing.scope("maximum"):
        found = scores.at(band)
        if band.mask is not None:
            found = found.broadcast((band.queries, *found.shape[1:])) & band.mask.expand(2)
        best = maximum(drawing, found)
    with drawing.scope("selection"):
        if work.head.softmax:
            selected = weights(drawing, work.head.softmax, work.head.fine, best, found)
        else:
            selected = drawing.all([(~(found ^ best), 1)]).expand(2)
        return selected if band.mask is None else selected & band.mask.expand(2)


def _count(drawing: Drawing, selected: Wires | None, band: Band) -> Wires:
    if selected is None:
        width = band.keys.bit_length()
        return drawing.constant([[band.keys >> k & 1 for k in range(width)]])
    bits = powers(selected.shape[2])
    most = band.keys * int(bits[-1])
    return drawing.sum([(selected, bits.reshape(1, -1))], 0, most.bit_length())


def _sum(
    drawing: Drawing, selected: Wires | None, value: Wires, high: int, band: Band
) -> Wires:
    """Sum over the keys of their weight times a value that is at most `high`: (queries or 1, bits)."""
    seen, bits = band.see(value, 0), powers(value.shape[1])
    if selected is None:
        width = (high * band.keys).bit_length()
        return drawing.sum([(seen.expand(0), bits.reshape(1, -1))], 0, width)
    worth = powers(selected.shape[2])
    terms = selected.expand(3) & seen.expand(0, 2)
    width = (high * band.keys * int(worth[-1])).bit_length()
    return drawing.sum([(terms, np.outer(worth, bits)[None])], 0, width)


def _stack(drawing: Drawing, pieces: list[Wires], queries: list[int]) -> Wires:
    """Rows of different bands below each other, padded with constant zeros to one width."""
    if len(pieces) == 1:
        return pieces[0]
    width = max(p.shape[1] for p in pieces)
    rows = []
    for piece, many in zip(pieces, queries, strict=True):
        missing = width - piece.shape[1]
        zeros = [drawing.fill((piece.shape[0], missing), False)] if missing else []
        rows.append(drawing.concat([piece, *zeros], 1).broadcast((many, width)))
    return drawing.concat(rows, 0)


def _in_order(work: HeadAtWork, index: int, quotients: Wires | None) -> Wires:
    """Outputs of all queries: quotients, the value itself where there is one key, zero where there is none."""
    component = work.live[index]
    pieces: list[Wires] = []
    row = 0
    for band in work.bands:
        if band.keys > 1:
            assert quotients is not None
            pieces.append(quotients.slice(0, row, row + band.queries))
            row += band.queries
        elif band.keys == 1:
            own = band.see(work.rounded[index], 0)
            pieces.append(own.broadcast((band.queries, work.width(component))))
        else:
            pieces.append(work.nothing(component, band.queries))
    return work.drawing.concat(pieces, 0)
