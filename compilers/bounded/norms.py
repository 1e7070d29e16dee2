"""Norms in fan-in 2, without a division or a root of their own: the digits of each component, the highest first.

With whole numbers C for the centred components and V for the mean square, a component less its bias is zeta with
(2 zeta)^2 = A / V and A = a C^2. Let h be the largest number with h^2 V <= A. Then |zeta| rounded half up is
floor((h + 1) / 2); half down, as a negative one is, with A less by one. h is found bit by bit, as a root is on paper:
what is left of A is kept, and what the next bit takes of it, and a bit is set where that is there.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import gcd

import numpy as np

from circuitsim.networks.forms import Ints, Number, Range, zeros
from circuitsim.networks.primitives import Normalise
from circuitsim.schematic.cells import FALSE, TRUE, Cell
from circuitsim.schematic.drawing import Wires

from ..residual import Bits, Residual, powers
from .division import Adders

MANY = 8  # components whose sum is written once, and not in each of them


def normalised(
    residual: Residual, how: Normalise, numbers: tuple[Number, ...], bits: int
) -> list[Bits]:
    """R(gain c / sqrt(v + eps) + bias) of every component at every position, in units of 2^-bits."""
    assert how.gain.denominator == how.bias.denominator == 1 << bits
    drawing, rows = residual.drawing, centred_rows(how, len(numbers))
    forms = residual.stream.forms(rows, zeros(len(rows)))
    grain = min(forms.grains)
    terms = Terms.of(how, residual.stream.exponent - grain)
    with drawing.scope("squares"):
        less = _total(residual) if how.kind == "layer" and len(rows) >= MANY else None
        read = rows if less is None else rows + 1
        centred = [
            _Centred.of(residual, row, less, grain, own)
            for row, own in zip(read, forms.ranges, strict=True)
        ]
    with drawing.scope("variance"):
        most = terms.constant + terms.square * sum(c.most**2 for c in centred)
        parts = [(c.square, terms.square * powers(c.square.shape[-1])) for c in centred]
        variance = residual.summed(parts, terms.constant, most.bit_length())
    found = []
    for c, number in enumerate(numbers):
        if (idle := Bits.idle(number)) is not None:
            found.append(idle)
            continue
        gain, bias = int(how.gain.numerators[c]), int(how.bias.numerators[c])
        ends = number.low - bias, number.high - bias
        with drawing.scope("components"):
            above = centred[c].square, terms.product * gain**2
            negative = centred[c].negative(gain < 0)
            wires = _rounded(above, variance, negative, ends, not how.eps)
        found.append(Bits(wires, number.low, number.high))
    return found


def _total(residual: Residual) -> Bits:
    """The sum of all components, for all of them."""
    ones = np.ones(len(residual.offset), np.int64).astype(object)
    return residual.resolve(ones, 0, residual.stream.range(ones))


def centred_rows(how: Normalise, width: int) -> Ints:
    """The components (d, d), less their mean and times d in a layer norm."""
    unit = np.identity(width, np.int64).astype(object)
    return width * unit - 1 if how.kind == "layer" else unit


@dataclass(frozen=True)
class Terms:
    """V = square * sum of C^2 + constant, and A = product * gain^2 * C^2."""

    square: int
    constant: int
    product: int

    @classmethod
    def of(cls, how: Normalise, exponent: int) -> "Terms":
        """For whole numbers C in units of 2^-exponent.

        With c = C / (m D) and eps = p / q it is (2 zeta)^2 = 4 d q gain^2 C^2 / (q sum C^2 + p d m^2 D^2).
        """
        width = len(how.gain.numerators)
        p, q = how.eps.numerator, how.eps.denominator
        factor = width if how.kind == "layer" else 1
        q, p = q << 2 * max(0, -exponent), p << 2 * max(0, exponent)
        given = q, p * width * factor**2, 4 * width * q
        common = gcd(*given)
        return cls(*(number // common for number in given))


@dataclass(frozen=True)
class _Centred:
    """A whole number C, signed, and its square.

    Args:
        wires: in two's complement. most: no |C| is larger.
    """

    wires: Wires
    square: Wires
    most: int

    @classmethod
    def of(
        cls, residual: Residual, row: Ints, less: Bits | None, grain: int, interval: Range
    ) -> "_Centred":
        """(Row . x less a number) / 2^grain, which is whole; the difference lies in `interval`."""
        drawing = residual.drawing
        low, high = (end >> grain for end in interval)
        width = max(high, -low - 1).bit_length() + 1
        parts, constant = residual.parts(row), int(residual.offset @ row)
        if less is not None:
            constant -= less.low
            if less.wires is not None:
                parts.append((less.wires, -powers(less.wires.shape[-1])))
        whole = residual.summed(parts, constant, width + grain)
        wires = whole.slice(-1, grain, width + grain)
        negative, most = wires.slice(-1, width - 1, width), max(high, -low, 1)
        size = most.bit_length()
        flipped = [(wires ^ negative, powers(width)), (negative, powers(1))]
        magnitude = drawing.sum(flipped, 0, size)
        first, second = np.triu_indices(size, 1)
        pairs = magnitude.take(first.tolist(), -1) & magnitude.take(second.tolist(), -1)
        of_pairs = np.array(
            [2 << int(i + j) for i, j in zip(first, second, strict=True)], object
        )
        parts = [(magnitude, powers(size) ** 2)] + ([(pairs, of_pairs)] if size > 1 else [])
        return cls(wires, drawing.sum(parts, 0, (most**2).bit_length()), most)

    def negative(self, turned: bool) -> Wires:
        """[C < 0]; [C > 0] where `turned`."""
        width = self.wires.shape[-1]
        below = self.wires.slice(-1, width - 1, width)
        if not turned:
            return below
        return ~below & self.wires.drawing.any([(self.wires, 1)]).expand(1)


def _rounded(
    above: tuple[Wires, int], variance: Wires, negative: Wires, ends: Range, may_vanish: bool
) -> Wires:
    """The bits of zeta, rounded half up, less its low end.

    Args:
        above: C^2 and its factor. variance: V. negative: [zeta < 0]. ends: of zeta, rounded.
        may_vanish: V may be zero, and zeta then is.
    """
    drawing, (square, factor) = variance.drawing, above
    most = 2 * max(ends[1], -ends[0]) + 1
    width = (factor << square.shape[-1]).bit_length()
    wide = drawing.sum(
        [(square, factor * powers(square.shape[-1])), (negative, -powers(1))], 0, width
    )
    cell = root_cell(width, variance.shape[-1], most.bit_length(), drawing.optimize == "size")
    root = drawing.call(cell, wide, variance)
    if may_vanish:
        root = root & drawing.any([(variance, 1)]).expand(1)
    size = root.shape[-1]
    # Half of h, and its last bit; of a negative number the complements of both, plus one each.
    parts = [(root.slice(-1, 0, 1) ^ negative, powers(1))]
    parts.append((negative, np.array([-(1 << (size - 1))], object)))
    if size > 1:
        parts.insert(0, (root.slice(-1, 1, size) ^ negative, powers(size - 1)))
    return drawing.sum(parts, -ends[0], (ends[1] - ends[0]).bit_length())


@lru_cache(maxsize=256)
def root_cell(above: int, below: int, size: int, ripple: bool) -> Cell:
    """The largest h with h^2 V <= A, which has `size` bits at most.

    With H the bits so far and k bits to come, the next one is set where what is left of A is at least T 2^2k, for k
    bits less and T = (4 H + 1) V. The next T is 2 T - V, and 4 V more where the bit is set.

    Args:
        above, below: bits of A and of V. ripple: carries go bit by bit, and T waits for its bit, which takes fewest
            gates; else both that it may become are there before the bit is.
    """
    r = Adders(above, below, or_carries=False, ripple=ripple)
    left, v = list(r.argument(0)), r.argument(1)
    taken, thrice = v, r.add([FALSE, *v], v)
    digits: list[int] = []
    for k in range(size - 1, -1, -1):
        # What is left is less than (2 H + 1) V 2^2(k + 1), for the H of so many bits.
        left = left[: below + size + k + 2]
        low, top = left[: 2 * k], left[2 * k :]
        width = max(len(top), len(taken))
        kept = top + [FALSE] * (width - len(top))
        rest, enough = r.subtract(kept, taken, width)
        digits.append(enough)
        if k == 0:
            break
        left = low + [r.mux(enough, a, b) for a, b in zip(rest, kept, strict=True)]
        room = [FALSE] * (
            below + len(digits) + 1 - len(taken)
        )  # T is less than V 2^2 for each bit of H
        double = [FALSE, *taken, *room]
        taken = (_waiting if ripple else _ready)(r, double, v, thrice, enough)
    return r.cell(f"root of {above} over {below} bits", digits[::-1])


def _waiting(
    r: Adders, double: list[int], v: list[int], thrice: list[int], bit: int
) -> list[int]:
    """2 T + 3 V where the bit is set, else 2 T - V, in one sum: of 2 T and NOT V, and the one that it then lacks."""
    size = len(double)
    minus = [wire ^ 1 for wire in v] + [TRUE] * (size - len(v))
    plus = thrice[:size] + [FALSE] * (size - len(thrice))
    chosen = [r.xor(a, r.and_(bit, r.xor(a, b))) for a, b in zip(minus, plus, strict=True)]
    return r.add([bit ^ 1, *double[1:]], chosen)[:size]


def _ready(
    r: Adders, double: list[int], v: list[int], thrice: list[int], bit: int
) -> list[int]:
    """The same, of two sums that do not wait for the bit."""
    less, _ = r.subtract(double, v, len(double))
    more = r.add(double, thrice)[: len(double)]
    return [r.mux(bit, a, b) for a, b in zip(more, less, strict=True)]
