"""Sums of numbers over the selected keys, in either order: weigh and count, or count and weigh.

A number at a key is a linear form of the wires there, so its sum over keys is the same form of how often each wire is
one. Weighing first writes every number out and adds up its bits. Counting first adds up each wire, for all numbers at
once, and weighs the counts, which are few: with few wires and wide numbers it saves most of the gates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circuitsim.bases import BASES
from circuitsim.networks.forms import Ints
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.heaps import digits
from circuitsim.schematic.plans.adders import FULL, GATES, STYLES

from ..bands import Band
from ..residual import Residual, powers

FEWEST_KEYS = 8  # a band; with fewer, constants among the wires decide, and the estimate does not see them
GAIN = 2 / 3  # of the gates; counts are weighed late, so they must save this much


def full_adder(drawing: Drawing) -> int:
    """Gates of the adder that makes sums, which leaves one wire less; an estimate does not ask what is made small."""
    adders = BASES[drawing.basis].adders
    assert adders is not None, "the basis has sums"
    return int(GATES[STYLES[adders.depth], FULL].sum())


@dataclass(frozen=True)
class Form:
    """A number at every key, (row . x + offset) / 2^grain, which is whole and lies in [0, high]."""

    row: Ints
    offset: int
    high: int
    grain: int

    @property
    def bits(self) -> int:
        """Bits of the number."""
        return self.high.bit_length()

    def resolved(self, residual: Residual) -> Wires:
        """Its bits at every position: (positions, w)."""
        return residual.unsigned(self.row, self.offset, self.high, self.grain)


class Counting:
    """The wires that some numbers read, and the sums of the numbers from the counts of these wires.

    Args:
        weight_bits: bits of a key's weight; a wire of a key with a weight counts as often.
    """

    def __init__(self, residual: Residual, forms: Sequence[Form], weight_bits: int) -> None:
        self.residual, self.forms, self.weight_bits = residual, tuple(forms), weight_bits
        self.parts = [
            {wires.index: (wires, np.asarray(w)) for wires, w in residual.parts(f.row)}
            for f in forms
        ]
        self.read: dict[int, tuple[Wires, list[int]]] = {}
        for parts in self.parts:
            for index, (wires, weights) in parts.items():
                known = self.read.get(index, (wires, []))[1]
                self.read[index] = wires, sorted({*known, *np.flatnonzero(weights).tolist()})

    @property
    def wires(self) -> int:
        """How many different wires the numbers read at a key."""
        return sum(len(places) for _, places in self.read.values())

    def saves(self, bands: Sequence[Band], scored: bool) -> bool:
        """Whether counting first takes enough gates less than weighing first, by an estimate.

        Args:
            scored: whether queries select keys; else they take all that they see.
        """
        if sum(band.keys for band in bands) < FEWEST_KEYS * len(bands) or not bands:
            return False
        adder = full_adder(self.residual.drawing)
        bits = sum(self._varying(index) for index in range(len(self.forms)))
        # A number is written out once for all queries; its digits are added up in its own bits.
        weighing = (
            adder
            * self.residual.positions
            * sum(self._digits(index) for index in range(len(self.forms)))
        )
        counting = 0
        for band in bands:
            selected = scored or band.mask is not None
            queries = band.queries if selected else 1
            terms, length = band.keys * self.weight_bits, self._length(band)
            weighing += queries * (terms * bits * selected + adder * (terms - 1) * bits)
            counting += queries * (
                terms * self.wires * selected + adder * (terms - length) * self.wires
            )
            counting += (
                queries
                * adder
                * sum(self._mapped(index, length) for index in range(len(self.forms)))
            )
        return counting < GAIN * weighing

    def sums(self, selected: Wires | None, count: Wires, band: Band) -> list[Wires]:
        """The sum over a band's selected keys of every number, times 2^grain: (queries or 1, bits).

        Args:
            selected: weights (queries or 1, keys, bits), None where all are one. count: their sum (queries or 1, bits).
        """
        drawing, width = self.residual.drawing, self._length(band)
        counts = {
            index: self._counted(wires, at, selected, band)
            for index, (wires, at) in self.read.items()
        }
        results = []
        for form, parts in zip(self.forms, self.parts, strict=True):
            constant = int(self.residual.offset @ form.row) + form.offset
            operands = [(count, constant * powers(width))]
            for index, (_, weights) in parts.items():
                places = self.read[index][1]
                operands.append((counts[index], np.outer(weights[places], powers(width))))
            results.append(
                drawing.sum(
                    operands, 0, ((form.high << form.grain) * self._most(band)).bit_length()
                )
            )
        return results

    def _varying(self, index: int) -> int:
        """Bits of one number that are not the same whatever its wires are, as those below all weights are."""
        form, weights = (
            self.forms[index],
            [int(w) for _, ws in self.parts[index].values() for w in ws if w],
        )
        lowest = min(
            ((w & -w).bit_length() - 1 for w in weights), default=form.bits + form.grain
        )
        return max(0, form.bits - max(0, lowest - form.grain))

    def _digits(self, index: int) -> int:
        """Full adders that write one number out."""
        width = self.forms[index].bits + self.forms[index].grain
        found = sum(
            len(digits(int(w), width))
            for _, weights in self.parts[index].values()
            for w in weights
            if w
        )
        return max(0, found - self.forms[index].bits)

    def _mapped(self, index: int, length: int) -> int:
        """Full adders that weigh counts of so many bits for one number."""
        width = self.forms[index].bits + self.forms[index].grain + length
        found = sum(
            len(digits(int(w), width))
            for _, weights in self.parts[index].values()
            for w in weights
            if w
        )
        return max(0, length * found - self.forms[index].bits)

    def _counted(
        self, wires: Wires, places: list[int], selected: Wires | None, band: Band
    ) -> Wires:
        """The weights of the keys that have each of these wires, added up: (queries or 1, places, bits)."""
        chosen = wires if len(places) == wires.shape[1] else wires.take(places, 1)
        seen = band.see(chosen, 0).transpose(1, 0).expand(0)
        if selected is None:
            return self.residual.drawing.sum([(seen, [1])], 0, self._length(band))
        terms, worth = selected.expand(1) & seen.expand(3), powers(self.weight_bits)
        return self.residual.drawing.sum(
            [(terms, worth.reshape(1, -1))], 0, self._length(band)
        )

    def _most(self, band: Band) -> int:
        """The largest sum of the weights of a band's keys."""
        return band.keys << (self.weight_bits - 1)

    def _length(self, band: Band) -> int:
        return self._most(band).bit_length()
