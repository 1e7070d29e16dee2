"""Weights of softmax in fan-in 2: the gap by a subtraction, a table of its fraction, a shift by its whole part.

With d = a 2^s + f the weight floor(2^(t - d / 2^s) + 1/2) is floor(2 2^(t - f / 2^s)), which is a table of s bits,
shifted by a places and halved half up: floors of floors are floors.
"""

from functools import lru_cache

from circuitsim.networks.known import HeadForms
from circuitsim.networks.softmax import Softmax
from circuitsim.schematic.cells import FALSE, TRUE, Cell
from circuitsim.schematic.drawing import Drawing, Wires

from ..residual import powers
from .division import Adders


def weight_bits(head: HeadForms) -> int:
    """Bits of the weight of a key."""
    return 1 + (head.softmax.weight_bits if head.softmax else 0)


def weights(
    drawing: Drawing, softmax: Softmax, fine: int, best: Wires, found: Wires
) -> Wires:
    """The weights (queries or 1, keys, bits) of scores.

    Args:
        fine: fraction bits of the scores. best: the largest (queries or 1, 1, w). found: all (queries or 1, keys, w).
    """
    cut = max(0, fine - softmax.gap_bits)
    if cut:  # the half that rounds the gap is added once a query
        width = best.shape[2]
        half = 1 << (cut - 1)
        most = ((1 << width) - 1 + half).bit_length()
        best = drawing.sum([(best, powers(width))], half, most)
    ripple = drawing.optimize == "size"
    cell = weight_cell((best.shape[2], found.shape[2]), fine, softmax, ripple)
    lead = best.shape[:1] + found.shape[1:2]
    return drawing.call(cell, best.broadcast((*lead, best.shape[2])), found)


@lru_cache(maxsize=256)
def weight_cell(widths: tuple[int, int], fine: int, softmax: Softmax, ripple: bool) -> Cell:
    """The weight of a score, below a largest one that has the half in it.

    Args:
        widths: bits of the largest score and of the other. ripple: carries go bit by bit, which takes fewest gates.
    """
    r = _Weights(*widths, or_carries=False, ripple=ripple)
    gap, _ = r.subtract(r.argument(0), r.argument(1), widths[0])
    coarse = softmax.gap_bits - fine  # fraction bits that no gap has
    bits = [FALSE] * coarse + gap if coarse > 0 else gap[-coarse:]
    fraction, whole = bits[: softmax.gap_bits], bits[softmax.gap_bits :]
    doubled = r.table(fraction, softmax.fractions, softmax.weight_bits + 2)
    return r.cell(f"softmax weight of {widths[1]} bits", r.halve(r.shift(doubled, whole)))


class _Weights(Adders):
    """A recorder with tables, shifts and halves."""

    def table(self, bits: list[int], entries: tuple[int, ...], width: int) -> list[int]:
        """The entry, of so many bits, that bits point to; bits that are missing are zeros."""
        bits = bits + [FALSE] * ((len(entries) - 1).bit_length() - len(bits))
        known: dict[tuple[int, ...], int] = {}

        def node(column: tuple[int, ...]) -> int:
            if len(set(column)) == 1:
                return TRUE if column[0] else FALSE
            if column not in known:
                half = len(column) // 2
                clear, set_ = column[:half], column[half:]
                select = bits[half.bit_length() - 1]
                if select == FALSE:
                    found = node(clear)
                elif all(a != b for a, b in zip(clear, set_, strict=True)):
                    found = self.xor(select, node(clear))
                else:
                    found = self.mux(select, node(set_), node(clear))
                known[column] = found
                known[tuple(1 - bit for bit in column)] = found ^ 1
            return known[column]

        return [node(tuple(entry >> k & 1 for entry in entries)) for k in range(width)]

    def shift(self, number: list[int], places: list[int]) -> list[int]:
        """A number without as many of its low bits as `places` say."""
        far = FALSE
        for k, place in enumerate(places):
            step = 1 << k
            if step < len(number):
                moved = number[step:] + [FALSE] * step
                number = [self.mux(place, b, a) for a, b in zip(number, moved, strict=True)]
            else:
                far = self.or_(far, place)
        return [self.and_(bit, far ^ 1) for bit in number]

    def halve(self, number: list[int]) -> list[int]:
        """floor(number / 2 + 1/2): one bit less."""
        low, *rest = number
        return self.add(rest, [low])[: len(rest)]
