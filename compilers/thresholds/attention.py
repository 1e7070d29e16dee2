"""One attention head with threshold gates: products, comparisons, selection and mean are a level each.

The weight of a key in softmax is a sum over steps: so much for every limit that its gap to no rival reaches. So there
is no maximum, and a selection for every step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from circuitsim.networks.known import HeadForms
from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Band, Bands
from ..bounded.hard import unscored
from ..residual import Bits, Parts, Residual
from .numbers import rounded, zero
from .pairs import over_pairs
from .scores import Factor, Scores, factors, scores, times
from .winners import (
    MOST_DIGITS,
    Winners,
    by_comparisons,
    by_digits,
    by_gaps,
    every_key,
    fewer_digits,
)
from .writing import Ask, Known, Writing, writing


def attend(
    drawing: Drawing, head: HeadForms, residual: Residual, start: int, stop: int, bands: Bands
) -> list[Bits]:
    """The head's outputs R(mean) at positions start..stop-1, one number a component."""
    outputs = [Bits(None, number.low, number.low) for number in head.outputs]
    live = {
        c: writing(number, drawing.optimize)
        for c, number in enumerate(head.outputs)
        if number.low < number.high and number.column.any()
    }
    if not live:
        return outputs
    asking, (rows, chosen) = residual.slice(start, stop), bands.of(head, start, stop)
    if head.third_order:
        with drawing.scope("pairs"):
            head, residual = over_pairs(head, residual)
    once = bands.positions == "folded"
    table = None if chosen else scores(head, asking, residual, start, once)
    work = Work(head, residual, table, rows, bands, live)
    found = work.means() if head.averages else work.choices()
    for (c, written), wires in zip(live.items(), found, strict=True):
        outputs[c] = written.bits(written.split(wires))
    return outputs


@dataclass(frozen=True)
class Work:
    """What is drawn of a head.

    Args:
        residual: the stream at the keys. table: the scores; None where they are equal for all keys.
        rows: the bands of the queries. live: how each component that varies is written.
    """

    head: HeadForms
    residual: Residual
    table: Scores | None
    rows: Sequence[Band]
    bands: Bands
    live: dict[int, Writing]

    @property
    def drawing(self) -> Drawing:
        """Where it is drawn."""
        return self.residual.drawing

    def means(self) -> list[Wires]:
        """The wires of rounded means: [mean >= t - 1/2] is [2 sum - (2 t - 1) count >= 0], one gate."""
        found: list[list[Wires]] = [[] for _ in self.live]
        for band in self.rows:
            if band.keys <= 0:
                for own, written in zip(found, self.live.values(), strict=True):
                    own.append(zero(self.drawing, written, band.queries))
                continue
            if band.keys == 1 and band.mask is None:
                for own, (c, written) in zip(found, self.live.items(), strict=True):
                    wires = band.see(self._rounded(c, written), 0)
                    own.append(wires.broadcast((band.queries, written.width)))
                continue
            graded = self._graded(band)
            with self.drawing.scope("selection"):
                chosen = [(f, worth) for w, worth in graded for f in self._selected(w)]
                counts = [(winners.count(), worth) for winners, worth in graded]
            with self.drawing.scope("mean"):
                for index, (c, written) in enumerate(self.live.items()):
                    sums = [
                        (f.wires, 2 * worth * f.weights[index][None, None, :])
                        for f, worth in chosen
                        if f.weights[index].any()
                    ]
                    mean = self._mean(c, sums, counts, graded[0][0].always)
                    wires = self.drawing.concat(written.draw(mean), 1)
                    found[index].append(wires.broadcast((band.queries, written.width)))
        return [self.drawing.concat(pieces, 0) for pieces in found]

    @cached_property
    def _values(self) -> list[Factor]:
        """What values are made of, as wires or digits to select."""
        return factors(self.residual, self.head.value.rows[[*self.live]])

    def _selected(self, winners: Winners) -> list[Factor]:
        """Wires of the keys that count; where all do, the stream's own wires and not their digits."""
        if not winners.always:
            return [Factor(winners.select(f), None, f.weights) for f in self._values]
        rows, see = self.head.value.rows[[*self.live]], winners.band.see
        plain = [Factor(b.wires, None, times(rows, b.matrix)) for b in self.residual.blocks]
        return [replace(f, wires=see(f.wires, 0).expand(0)) for f in plain]

    def _mean(
        self,
        component: int,
        doubled: Parts,
        counts: Sequence[tuple[Wires, int]],
        always: bool,
    ) -> Ask:
        """[R(mean) >= t], of twice the sum of the values and how many they are: (queries or 1, thresholds).

        Args:
            counts: [key counts for query], and what for. always: every key does.
        """
        value = self.head.value
        row, drop = (
            value.rows[component],
            self.head.value_shifts[component] + value.grains[component],
        )
        constant = int(self.residual.offset @ row) + int(value.offsets[component])

        def ask(reached: Sequence[int], known: Known) -> Wires:
            each = [[2 * constant - ((2 * t - 1) << drop)] for t in reached]
            shares = np.array(each, dtype=object)
            parts = [*doubled, *[(count, worth * shares) for count, worth in counts]]
            for wires, unit in known:  # each is worth its unit for every key that counts
                weight = -unit << drop + 1
                if always:
                    every = np.array([[counts[0][0].shape[1] * weight]], dtype=object)
                    parts.append((wires, every))
                    continue
                for count, worth in counts:
                    both = count.expand(2) & wires.expand(1)
                    parts.append((both, np.array([[[worth * weight]]], dtype=object)))
            return self.drawing.at_least(parts, [0] * len(reached))

        return ask

    def choices(self) -> list[Wires]:
        """The wires of the rounded value of the one key that every query selects."""
        drawing = self.drawing
        with drawing.scope("values"):
            values = [self._rounded(c, written) for c, written in self.live.items()]
        joined = drawing.concat(values, 1)
        turned = joined.transpose(1, 0)
        pieces = []
        for band in self.rows:
            if band.keys <= 0:
                written = self.live.values()
                pieces.append(
                    drawing.concat([zero(drawing, w, band.queries) for w in written], 1)
                )
            elif band.keys == 1:
                own = band.see(joined, 0)
                pieces.append(own.broadcast((band.queries, joined.shape[1])))
            elif self.table is None:
                pieces.append(unscored(self.head, joined, band))
            else:
                winners = self._winners(band)
                with drawing.scope("selection"):
                    chosen = winners.either(turned)
                    pieces.append(chosen.broadcast((band.queries, joined.shape[1])))
        whole, results, start = drawing.concat(pieces, 0), [], 0
        for wires in values:
            results.append(whole.slice(1, start, start + wires.shape[1]))
            start += wires.shape[1]
        return results

    def _rounded(self, component: int, written: Writing) -> Wires:
        """The wires of R(v) at every key."""
        value = self.head.value
        drop = self.head.value_shifts[component] + value.grains[component]
        row, offset = value.rows[component], int(value.offsets[component])
        return self.drawing.concat(rounded(self.residual, row, offset, drop, written), 1)

    def _graded(self, band: Band) -> list[tuple[Winners, int]]:
        """Keys that count, and what for: in softmax those of each step, else the maxima, for one."""
        if self.table is None or not self.head.steps:
            return [(self._winners(band), 1)]
        with self.drawing.scope("scores"):
            heap = self.table.at(band)
        gaps = [self.table.unit * (limit - 1) for limit, _ in self.head.steps]
        with self.drawing.scope("maximum"):
            found = by_gaps(self.drawing, heap, band, gaps)
        return [
            (near, worth) for near, (_, worth) in zip(found, self.head.steps, strict=True)
        ]

    def _winners(self, band: Band) -> Winners:
        if self.table is None:
            return every_key(self.drawing, band)
        with self.drawing.scope("scores"):
            heap = self.table.at(band)
        with self.drawing.scope("maximum"):
            if self.head.attention != "saturated":
                ties = "left" if self.head.attention == "hard-left" else "right"
                return by_comparisons(self.drawing, heap, band, self.bands, ties)
            places = fewer_digits(heap.span, band.keys, MOST_DIGITS[self.drawing.optimize])
            if places:
                return by_digits(self.drawing, heap, band, places)
            return by_comparisons(self.drawing, heap, band, self.bands, None)
