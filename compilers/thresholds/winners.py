"""Which keys attain the maximum of a query, as conditions on a wire, and wires selected by them.

Comparisons: a gate for every key and rival says that the key is not beaten; a selected wire is an AND of these.
Digits: the maximum is found digit by digit, each by a thermometer of every key and an OR over the keys; a key wins
where its score is not below. More levels, often fewer gates.
"""

from dataclasses import dataclass

from circuitsim.networks.forms import Ints
from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Band, Bands
from ..residual import powers
from .scores import Factor, Heap


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
    mask = () if band.mask is None else (band.mask.expand(2),)
    if band.keys == 1:
        return Winners(drawing, band, mask)
    parts = []
    for wires, weights in heap.parts:
        parts += [(wires.expand(2), weights[None]), (wires.others(1), -weights[None])]
    worst = heap.high - heap.low
    if ties is not None:
        parts.append((bands.ahead(band, ties).expand(0, 3), -heap.grain * powers(1)[None]))
        worst += heap.grain
    if band.mask is not None:
        parts.append(((~band.mask).others(1).expand(3), worst * powers(1)[None]))
    return Winners(drawing, band, (drawing.at_least(parts, [0]).squeeze(3), *mask))


def by_digits(drawing: Drawing, heap: Heap, band: Band, digits: int) -> Winners:
    """The maximum by thermometers of so many digits: 2 levels a digit."""
    span = (heap.high - heap.low) // heap.grain
    base = digit_base(span, digits)
    parts = list(heap.parts)
    if band.mask is not None:
        parts.append(
            ((~band.mask).expand(2), -(heap.high - heap.low + heap.grain) * powers(1))
        )
    for digit in reversed(range(digits)):
        step = heap.grain * base**digit
        top = span // base**digit if digit == digits - 1 else base - 1
        thresholds = [heap.low + t * step for t in range(1, top + 1)]
        reached = drawing.at_least([(w, g[None]) for w, g in parts], thresholds)
        best = drawing.any([(reached.transpose(0, 2, 1), 1)])
        parts.append((best.expand(1), -step * powers(1).repeat(top)))
    return Winners(drawing, band, (), tuple(parts), heap.low, heap.grain)


def digit_base(span: int, digits: int) -> int:
    """The least base in which `digits` digits tell apart 0..span."""
    base = max(2, round((span + 1) ** (1 / digits)) - 1)
    while base**digits <= span:
        base += 1
    return base


def fewest(heap: Heap, band: Band, most: int) -> int:
    """Digits by which the maximum takes the fewest gates, at most `most`; 0 where comparisons take no more."""
    span = (heap.high - heap.low) // heap.grain
    estimates = {0: band.keys * (band.keys - 1)}
    for digits in range(1, min(most, max(1, span.bit_length())) + 1):
        base = digit_base(span, digits)
        gates = span // base ** (digits - 1) + (digits - 1) * (base - 1)
        estimates[digits] = (band.keys + 1) * gates
    return min(estimates, key=lambda d: (estimates[d], d))
