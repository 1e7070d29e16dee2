"""Numbers that are functions of the letter at their position: tables, where positions are folded.

A first norm, and queries, keys and values of a first layer, need no arithmetic then: each bit is a constant, or an OR
over the letters that set it; of two letters the wire itself, or its negation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circuitsim.networks.forms import Ints, Number
from circuitsim.networks.values import LETTER
from circuitsim.schematic.drawing import Wires

from .residual import Bits, Residual


@dataclass(frozen=True)
class Letters:
    """The tokens of all positions, one-hot.

    Args:
        wires: (length, tokens). cases: the tokens that can stand at a position, and their positions.
    """

    wires: Wires
    cases: tuple[Ints, Ints]

    @classmethod
    def of(cls, tokens: Residual, letters: int) -> "Letters | None":
        """Of the stream that tokens choose; None where not a letter alone does."""
        cases = tokens.stream.cases
        if cases is None or not tokens.blocks:
            return None
        wires = tokens.blocks[0].wires
        if letters == 2:
            rest = [wires.slice(1, 1, wires.shape[1])] if wires.shape[1] > 1 else []
            second = wires.slice(1, 0, 1)
            others = ~tokens.drawing.any([(wires, 1)]).expand(1) if rest else ~second
            wires = tokens.drawing.concat([others, second, *rest], 1)
        return cls(wires, cases)

    def table(self, number: Number, start: int, stop: int) -> Bits | None:
        """The number at positions start..stop-1; None where it is no function of the letter there."""
        tokens, places = self.cases
        few = number.few
        if few is None or few.causes != (LETTER,) or few.cases.shape != tokens.shape:
            return None
        low, high = int(few.cases.min()), int(few.cases.max())
        width = (high - low).bit_length()
        bits = np.array(
            [[int(v) - low >> k & 1 for k in range(width)] for v in few.cases], bool
        )
        sets = np.zeros((stop - start, self.wires.shape[1], width), bool)
        always = np.ones((stop - start, 1, width), bool)
        for token, place, own in zip(tokens.tolist(), places.tolist(), bits, strict=True):
            if start <= place < stop:
                sets[place - start, token] = own
                always[place - start, 0] &= own
        drawing = self.wires.drawing
        chosen = self.wires.slice(0, start, stop).expand(2) & drawing.constant(sets & ~always)
        every = drawing.concat([chosen, drawing.constant(always)], 1)
        wires = drawing.any([(every.transpose(0, 2, 1), 1)])
        return Bits(wires, low, high)

    def tables(self, numbers: Sequence[Number], start: int, stop: int) -> list[Bits] | None:
        """All of some numbers; None where one of those that vary is no function of the letter."""
        found = []
        for number in numbers:
            table = Bits.idle(number) or self.table(number, start, stop)
            if table is None:
                return None
            found.append(table)
        return found
