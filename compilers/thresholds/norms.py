"""Norms in two levels: a component reaches a number or not by its sign and its square, and no root is taken.

With whole numbers C for the centred components, V for the mean square and A = a C^2, a component less its bias is zeta
with (2 zeta)^2 = A / V. It reaches u - 1/2, for u > 0, where C > 0 and (2 u - 1)^2 V <= A, and for u <= 0 where C >= 0
or (1 - 2 u)^2 V >= A. Squares are sums over ANDs of two wires, so each is one threshold, in which the sign weighs more
than all else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circuitsim.networks.forms import Ints, Number, zeros
from circuitsim.networks.primitives import Normalise
from circuitsim.schematic.drawing import Wires
from circuitsim.schematic.pencil import Pencil, Ranked

from ..bounded.norms import Terms, centred_rows
from ..residual import Bits, Residual
from .numbers import sign
from .scores import Factor, both_digits, factors
from .writing import Known, writing


def normalised(
    residual: Residual, how: Normalise, numbers: tuple[Number, ...], bits: int
) -> list[Bits]:
    """R(gain c / sqrt(v + eps) + bias) of every component at every position, in units of 2^-bits."""
    assert how.gain.denominator == how.bias.denominator == 1 << bits
    drawing, rows = residual.drawing, centred_rows(how, len(numbers))
    terms = Terms.of(how, residual.stream.exponent)
    with drawing.scope("squares"):
        squares = _Squares.of(residual, rows)
    variance = squares.times([terms.square] * len(rows))
    found = []
    for c, number in enumerate(numbers):
        if (idle := Bits.idle(number)) is not None:
            found.append(idle)
            continue
        gain, bias = int(how.gain.numerators[c]), int(how.bias.numerators[c])
        factor = terms.product * gain**2
        above = squares.times([factor if row == c else 0 for row in range(len(rows))])
        with drawing.scope("signs"):
            signs = _signs(residual, rows[c] if gain > 0 else -rows[c])
        most = factor * max(end**2 for end in residual.stream.range(rows[c]))
        component = _Component(
            signs, squares.wires, above, variance, most + 1, terms.constant, bias
        )
        with drawing.scope("components"):
            one = writing(number, "depth")  # digits would be multiplied by squares
            found.append(one.bits(one.draw(component.reached)))
    return found


def _signs(residual: Residual, row: Ints) -> tuple[Wires, Wires]:
    """[row . x > 0] and [row . x >= 0] at every position: (positions, 1)."""
    low, high = residual.stream.range(row)
    ends = ((low - 1, high - 1), (low, high))
    above, reached = (
        sign(residual, row, less, own) for less, own in zip((-1, 0), ends, strict=True)
    )
    return above.expand(1), reached.expand(1)


@dataclass(frozen=True)
class _Component:
    """What the thresholds of one component are made of.

    Args:
        signs: [C > 0], [C >= 0]. wires: those that sums are over. above: A. variance: V less its constant.
        large: more than any A.
    """

    signs: tuple[Wires, Wires]
    wires: Wires
    above: "_Sum"
    variance: "_Sum"
    large: int
    constant: int
    bias: int

    def reached(self, asked: Sequence[int], known: Known) -> Wires:
        """[component >= t] for each t, in one level: turn (A - (2 t - 1)^2 V) >= 0, behind the sign."""
        odd = [2 * (t - self.bias) - 1 for t in asked]
        turns = [1 if t > 0 else -1 for t in odd]
        shares = Ranked(np.array([t**2 for t in odd], object))
        pencil = Pencil(
            self.above.weights.numbers, self.variance.weights, shares, np.array(turns)
        )
        parts: list[tuple[Wires, Ints | Pencil]] = [(self.wires, pencil)]
        least = []
        for turn, t in zip(turns, odd, strict=True):
            fixed = self.above.constant - t**2 * (self.variance.constant + self.constant)
            least.append((self.large if turn > 0 else 0) - turn * fixed)
        for wires, turn in zip(self.signs, (1, -1), strict=True):
            own = [[self.large if turn == each else 0] for each in turns]
            parts.append((wires, np.array(own, object)))
        return self.wires.drawing.at_least(parts, least)


@dataclass(frozen=True)
class _Sum:
    """Weights of wires, and a constant."""

    weights: Ranked
    constant: int


@dataclass(frozen=True)
class _Squares:
    """ANDs of all pairs of wires or digits that some forms read: what sums of their squares are made of.

    Args:
        factors: what the forms read, with weights (rows, digits). offsets: (rows,) their constants.
        wires: (positions, w) of each factor its own, its products with those before it, and those with itself above
            the diagonal.
    """

    factors: tuple[Factor, ...]
    offsets: tuple[int, ...]
    wires: Wires

    @classmethod
    def of(cls, residual: Residual, rows: Ints) -> "_Squares":
        """Of rows . x."""
        drawing, read, found = residual.drawing, tuple(factors(residual, rows)), []
        for g, right in enumerate(read):
            found.append(right.wires)
            for left in read[:g]:
                found.append(both_digits(drawing, left, right, left.wires, right.wires))
            first, second = np.triu_indices(len(right.table()), 1)
            if len(first):
                table = right.table()[first] + right.table()[second]
                found.append(drawing.at_least([(right.wires, table)], [2] * len(first)))
        if not read:
            found.append(drawing.fill((residual.positions, 1), False))
        offsets = tuple(int(residual.offset @ row) for row in rows)
        return cls(read, offsets, drawing.concat(found, 1))

    def times(self, weights: Sequence[int]) -> _Sum:
        """The sum of the forms' squares, each with a weight."""
        some, found = np.flatnonzero(weights), []
        each = np.array(weights, object)[some]
        offsets = np.array(self.offsets, object)[some]
        read = [factor.weights.astype(object)[some] for factor in self.factors]
        for g, (right, own) in enumerate(zip(self.factors, read, strict=True)):
            linear = ((each * offsets * 2) @ own) + each @ own**2
            found.append(linear @ right.table())
            for left in read[:g]:
                found.append((2 * (left.T * each) @ own).ravel())
            square = 2 * (own.T * each) @ own
            found.append(square[np.triu_indices(len(square), 1)])
        numbers = np.concatenate(found) if found else zeros(1)
        return _Sum(Ranked(numbers), int(each @ offsets**2))
