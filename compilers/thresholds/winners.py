"""Which keys attain the maximum of a query, as conditions on a wire, and wires selected by them.

Comparisons: a gate for every key and rival says that the key is not beaten; a selected wire is an AND of these.
Digits: the maximum is found digit by digit, each by a thermometer of every key and an OR over the keys; a key wins
where its score is not below. More levels, often fewer gates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from circuitsim.networks.forms import Ints
from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Band, Bands
from ..residual import powers
from .digits import Places, fewest_digits, thresholds_of
from .scores import Factor, Heap

MOST_DIGITS = {"depth": 0, "balanced": 1, "size": 64}  # of scores


@dataclass(frozen=True)
class Winners:
    """Conditions under which key j counts for query i.

    Args:
        all_of: arrays (queries or 1, keys, w) of which every wire must be true.
        margin: sums that must reach `least`, and never exceed it, as weights on (queries or 1, keys, ...).
    """

    drawing: Drawing
    band: Band
    all_of: tuple[Wires, ...] = ()
    margin: tuple[tuple[Wires, Ints], ...] = ()
    least: int = 0
    grain: int = 1

    @property
    def always(self) -> bool:
        """Every key counts for every query."""
        return not self.all_of and not self.margin

    def count(self) -> Wires:
        """[key j counts for query i]: (queries or 1, keys)."""
        if self.always:
            return self.drawing.fill((1, self.band.keys), True)
        if self.margin:
            return self.drawing.at_least(
                [(w, g[None]) for w, g in self.margin], [self.least]
            ).squeeze(2)
        return self.drawing.all([(w, 1) for w in self.all_of])

    def select(self, factor: Factor) -> Wires:
        """Wires or digits of the keys that count, false elsewhere: (queries or 1, keys, digits or w)."""
        wires = self.band.see(factor.wires, 0).expand(0)
        if self.margin:
            table = self.grain * factor.table()
            parts = [(w, g[None]) for w, g in self.margin]
            return self.drawing.at_least(
                [*parts, (wires, table)], [self.least + self.grain] * len(table)
            )
        if factor.digits is None:
            return self.drawing.all([*((w.expand(2), 1) for w in self.all_of), (wires, 0)])
        conditions = sum(w.shape[2] for w in self.all_of)
        ands = [(w, [[1]]) for w in self.all_of]
        return self.drawing.at_least(
            [*ands, (wires, factor.digits)], [conditions + 1] * len(factor.digits)
        )

    def either(self, values: Wires) -> Wires:
        """The values (w, positions) of the one key that counts: (queries or 1, w)."""
        own = self.band.see(values, 1).expand(0)
        chosen = self.drawing.all([*((w.expand(1), 1) for w in self.all_of), (own, 0)])
        return self.drawing.any([(chosen, 1)])


def every_key(drawing: Drawing, band: Band) -> Winners:
    """All visible keys score the same."""
    return Winners(drawing, band, () if band.mask is None else (band.mask.expand(2),))


def by_comparisons(
    drawing: Drawing, heap: Heap, band: Band, bands: Bands, ties: str | None
) -> Winners:
    """One gate for every (query, key, rival): score >= the rival's, or > where the rival would win a tie.

    Args:
        ties: "left" or "right" where one key is to win; None for all maxima.
    """
    ahead = None if ties is None else bands.ahead(band, ties)
    return by_gaps(drawing, heap, band, [0], ahead)[0]


def by_gaps(
    drawing: Drawing, heap: Heap, band: Band, gaps: Sequence[int], ahead: Wires | None = None
) -> list[Winners]:
    """For each gap those keys whose score is at most so much below every rival's.

    Args:
        gaps: in the unit of the heap's weights.
        ahead: [rival r of key j wins a tie] (keys, rivals); None where all that tie count.
    """
    mask = () if band.mask is None else (band.mask.expand(2),)
    if band.keys == 1:
        return [Winners(drawing, band, mask)] * len(gaps)
    parts = []
    for wires, weights in heap.parts:
        parts += [(wires.expand(2), weights[None]), (wires.others(1), -weights[None])]
    worst = heap.high - heap.low
    if ahead is not None:
        parts.append((ahead.expand(0, 3), -heap.grain * powers(1)[None]))
        worst += heap.grain
    if band.mask is not None:
        parts.append(((~band.mask).others(1).expand(3), worst * powers(1)[None]))
    found = drawing.at_least(parts, [-gap for gap in gaps])
    near = [found.slice(3, i, i + 1).squeeze(3) for i in range(len(gaps))]
    return [Winners(drawing, band, (wires, *mask)) for wires in near]


def by_digits(drawing: Drawing, heap: Heap, band: Band, places: Places) -> Winners:
    """The maximum, digit by digit of the scores: 2 levels each."""
    parts = list(heap.parts)
    if band.mask is not None:
        parts.append(
            ((~band.mask).expand(2), -(heap.high - heap.low + heap.grain) * powers(1))
        )
    for unit, many in places:
        step = heap.grain * unit
        thresholds = [heap.low + t * step for t in range(1, many + 1)]
        reached = drawing.at_least([(w, g[None]) for w, g in parts], thresholds)
        best = drawing.any([(reached.transpose(0, 2, 1), 1)])
        parts.append((best.expand(1), -step * powers(1).repeat(many)))
    return Winners(drawing, band, (), tuple(parts), heap.low, heap.grain)


def fewer_digits(span: int, keys: int, most: int) -> Places | None:
    """At most so many digits of scores by which the maximum takes fewer gates than by comparisons, if any."""
    if not most:
        return None
    places = fewest_digits(span, most)
    return places if (keys + 1) * thresholds_of(places) < keys * (keys - 1) else None
