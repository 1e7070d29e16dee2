"""One attention head in fan-in 2: maximum, selection, masked sums, one rounded quotient.

Saturated: the mean over all maxima is floor(sum of (v + half) / count) in the units where R leaves an integer, so
the head is exactly the integer model's. Hard: the value's rounded bits travel as payload of the tournament.
"""

from typing import Literal

from circuitsim.circuits.drawing import Drawing, Wires
from circuitsim.models.fixed_point import FixedHead

from .bands import Band, Bands
from .division import quotient
from .maximum import maximum, winner
from .residual import Bits, Residual, powers
from .scores import Scores, scores


def attend(drawing: Drawing, head: FixedHead, residual: Residual, start: int, stop: int, bands: Bands) -> list[Bits]:
    """The head's outputs R(mean) at positions start..stop-1, one number a component."""
    live = [c for c, number in enumerate(head.outputs) if number.low < number.high and number.column.any()]
    outputs = [Bits(None, number.low, number.low) for number in head.outputs]
    if not live:
        return outputs
    with drawing.scope("scores"):
        table = scores(head, residual, start, stop)
    with drawing.scope("values"):
        rounded = [_rounded(head, residual, c) for c in live]
    if head.attention != "saturated":
        wires = _hard(drawing, head, table, rounded, start, stop, bands)
    else:
        wires = _saturated(drawing, head, residual, table, live, rounded, start, stop, bands)
    for c, w in zip(live, wires, strict=True):
        outputs[c] = Bits(w, head.outputs[c].low, head.outputs[c].high)
    return outputs


def _rounded(head: FixedHead, residual: Residual, component: int) -> Wires:
    """R(v) less the output's low end, at every position: what a query that selects one key gets."""
    number, grain, drop = head.outputs[component], head.value.grains[component], head.value_shifts[component]
    less = ((1 << drop) >> 1) - (number.low << drop)
    offset = int(head.value.offsets[component]) + (less << grain)
    return residual.unsigned(head.value.rows[component], offset, number.high - number.low, grain + drop)


def _nothing(drawing: Drawing, head: FixedHead, component: int, width: int, queries: int) -> Wires:
    """The zero vector of an empty set of keys, in the output's bits."""
    zero = -head.outputs[component].low
    row = drawing.constant([zero >> k & 1 for k in range(width)])
    return row.expand(0).broadcast((queries, width))


def _hard(
    drawing: Drawing,
    head: FixedHead,
    table: Scores | None,
    rounded: list[Wires],
    start: int,
    stop: int,
    bands: Bands,
) -> list[Wires]:
    live = [c for c, number in enumerate(head.outputs) if number.low < number.high and number.column.any()]
    widths = [w.shape[-1] for w in rounded]
    joined = drawing.concat(rounded, 1)
    ties: Literal["left", "right"] = "left" if head.attention == "hard-left" else "right"
    pieces = []
    for band in bands.over(head.mask, start, stop):
        if band.keys <= 0:
            empty = [_nothing(drawing, head, c, w, band.queries) for c, w in zip(live, widths, strict=True)]
            pieces.append(drawing.concat(empty, 1))
            continue
        values = joined.slice(0, band.first, band.last)
        if table is None:
            pieces.append(_unscored(head, joined, band, ties))
            continue
        if band.keys == 1:
            pieces.append(values.broadcast((band.queries, values.shape[1])))
            continue
        with drawing.scope("maximum"):
            found = table.at(band)
            if band.mask is not None:
                rows = (band.queries, *found.shape[1:])
                found = drawing.concat([found.broadcast(rows), band.mask.expand(2)], 2)
            chosen = winner(drawing, found, values.expand(0), ties)
        pieces.append(chosen.squeeze(1).broadcast((band.queries, values.shape[1])))
    whole = drawing.concat(pieces, 0)
    ends = [sum(widths[: i + 1]) for i in range(len(widths))]
    return [whole.slice(1, end - w, end) for end, w in zip(ends, widths, strict=True)]


def _unscored(head: FixedHead, joined: Wires, band: Band, ties: str) -> Wires:
    """All keys tie: the leftmost or rightmost key that each query sees, which is an end or next to the diagonal."""
    anti, strict = "anti" in head.mask, head.mask.startswith("strict")
    diagonal = head.mask != "none" and (ties == "left") == anti
    if diagonal:
        shift = 0 if not strict else (1 if anti else -1)
        return joined.slice(0, band.start + shift, band.stop + shift)
    key = band.first if ties == "left" else band.last - 1
    return joined.slice(0, key, key + 1).broadcast((band.queries, joined.shape[1]))


def _saturated(
    drawing: Drawing,
    head: FixedHead,
    residual: Residual,
    table: Scores | None,
    live: list[int],
    rounded: list[Wires],
    start: int,
    stop: int,
    bands: Bands,
) -> list[Wires]:
    with drawing.scope("values"):
        weighed = [_weighed(head, residual, c) for c in live]
    many = bands.over(head.mask, start, stop)
    sums: list[list[Wires]] = [[] for _ in live]
    counts: list[Wires] = []
    for band in (b for b in many if b.keys > 1):
        selected = None if table is None and band.mask is None else _select(drawing, table, band)
        with drawing.scope("sums"):
            counts.append(_count(drawing, selected, band))
            for index, value in enumerate(weighed):
                sums[index].append(
                    _sum(drawing, selected, value.slice(0, band.first, band.last), band, _fraction(head, live[index]))
                )
    quotients: list[Wires | None] = [None] * len(live)
    if counts:
        queries = sum(b.queries for b in many if b.keys > 1)
        with drawing.scope("division"):
            divisor = _stack(drawing, counts, [b.queries for b in many if b.keys > 1])
            for index, c in enumerate(live):
                numerator = _stack(drawing, sums[index], [b.queries for b in many if b.keys > 1])
                width = (head.outputs[c].high - head.outputs[c].low).bit_length()
                found = quotient(drawing, numerator, divisor, width)
                quotients[index] = found.broadcast((queries, width))
    return [_in_order(drawing, head, c, many, rounded[index], quotients[index]) for index, c in enumerate(live)]


def _fraction(head: FixedHead, component: int) -> int:
    """Fraction bits of a sum of values, of which at least one is needed to hold the half."""
    return max(head.value_shifts[component], 1)


def _weighed(head: FixedHead, residual: Residual, component: int) -> Wires:
    """V less the output's low end, plus one half, in units of its fraction bits: never negative."""
    number, grain, drop = head.outputs[component], head.value.grains[component], _fraction(head, component)
    factor = 1 << (drop - head.value_shifts[component])
    less = (1 << (drop - 1)) - (number.low << drop)
    offset = int(head.value.offsets[component]) * factor + (less << grain)
    high = head.value.ranges[component][1] * factor + less
    return residual.unsigned(head.value.rows[component] * factor, offset, high, grain)


def _select(drawing: Drawing, table: Scores | None, band: Band) -> Wires:
    """[key j attains the maximum of query i]: (queries or 1, keys)."""
    if table is None:
        assert band.mask is not None
        return band.mask
    with drawing.scope("maximum"):
        found = table.at(band)
        if band.mask is not None:
            found = found.broadcast((band.queries, *found.shape[1:])) & band.mask.expand(2)
        best = maximum(drawing, found)
    with drawing.scope("selection"):
        selected = drawing.all(~(found ^ best), 1)
        return selected if band.mask is None else selected & band.mask


def _count(drawing: Drawing, selected: Wires | None, band: Band) -> Wires:
    width = band.keys.bit_length()
    if selected is None:
        return drawing.constant([[band.keys >> k & 1 for k in range(width)]])
    return drawing.sum([(selected, [1])], 0, width)


def _sum(drawing: Drawing, selected: Wires | None, value: Wires, band: Band, drop: int) -> Wires:
    """Sum over the selected keys of a value, `drop` low bits cut: (queries or 1, bits)."""
    width = (((1 << value.shape[1]) - 1) * band.keys).bit_length()
    terms = value.expand(0) if selected is None else selected.expand(2) & value.expand(0)
    weights = powers(value.shape[1]).reshape(1, -1)
    return drawing.sum([(terms, weights)], 0, width).slice(-1, drop, width)


def _stack(drawing: Drawing, pieces: list[Wires], queries: list[int]) -> Wires:
    """Rows of different bands below each other, padded with constant zeros to one width."""
    if len(pieces) == 1:
        return pieces[0]
    width = max(p.shape[1] for p in pieces)
    rows = []
    for piece, many in zip(pieces, queries, strict=True):
        missing = width - piece.shape[1]
        wide = piece
        if missing:
            wide = drawing.concat([piece, drawing.fill((piece.shape[0], missing), False)], 1)
        rows.append(wide.broadcast((many, width)))
    return drawing.concat(rows, 0)


def _in_order(
    drawing: Drawing, head: FixedHead, c: int, many: list[Band], rounded: Wires, quotients: Wires | None
) -> Wires:
    """Outputs of all queries: quotients, the value itself where there is one key, zero where there is none."""
    width = (head.outputs[c].high - head.outputs[c].low).bit_length()
    pieces, done, row = [], 0, 0
    while done < len(many):
        band = many[done]
        if band.keys > 1:
            rows = 0
            while done < len(many) and many[done].keys > 1:
                rows += many[done].queries
                done += 1
            assert quotients is not None
            pieces.append(quotients.slice(0, row, row + rows))
            row += rows
            continue
        if band.keys == 1:
            pieces.append(rounded.slice(0, band.first, band.last).broadcast((band.queries, width)))
        else:
            pieces.append(_nothing(drawing, head, c, width, band.queries))
        done += 1
    return drawing.concat(pieces, 0)
