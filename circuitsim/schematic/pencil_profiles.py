"""What thresholds with a pencil of weights can be, read and cost, without a weight written down.

A wire is a line over the shares s: its weight is a - s b. So everything that measuring asks about a row of codes is
about a bundle of lines, and is found for all shares at once:

- sums of the weights above 0: a line crosses 0 once, so that sums change by a few wires from share to share;
- the largest: the upper hull of the lines and of their mirror images;
- the greatest common divisor: of the lattice that the pairs (a, b) span, which two of its vectors span too;
- wires without weight: those that cross 0 at just this share.

Wires that have the same codes in all rows are put together first. `threshold_profiles` does the same for tables.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from circuitsim.array_types import Array, Bools, Floats, Longs
from circuitsim.schematic.pencil import Pencil
from circuitsim.schematic.profile import CONST1, Codes, unique_rows

LIMB = 20  # bits of the pieces that integers are added up in: 2^33 of them are exact in a float64
WORD = 60  # bits that are taken off at once
Line = tuple[int, int]  # slope and height at 0


def reach(codes: Codes, pencil: Pencil) -> list[Array]:
    """Least and greatest sum of every row of codes (rows, wires): each (rows, thresholds)."""
    bundle = Bundle.of(codes, pencil)
    live = bundle.codes >= 0
    above, fixed = bundle.above(live), bundle.totals(bundle.codes == CONST1)
    below = bundle.totals(live) - above
    turned = pencil.turns < 0
    low, high = (bundle.spread(part) for part in (below, above))
    ends = np.where(turned, -high, low), np.where(turned, -low, high)
    constant = bundle.spread(fixed) * pencil.turns.astype(object)
    return [constant + end for end in ends]


def sizes(codes: Codes, pencil: Pencil) -> list[Array]:
    """Of every row of codes and threshold what `threshold_profiles.Sizes` says, in its order."""
    bundle = Bundle.of(codes, pencil)
    live = bundle.codes >= 0
    size = 2 * bundle.above(live) - bundle.totals(live)
    fan_in, deepest = bundle.wires()
    parts = [fan_in, size, bundle.largest(), bundle.divisors(), deepest]
    return [bundle.spread(part) for part in parts]


def reads(asked: Bools, pencil: Pencil) -> Bools:
    """Which wires some threshold that is asked for (rows, thresholds) gives a weight: (rows, wires)."""
    steps, which = pencil.shares.places
    some = np.zeros((len(steps), len(asked)), np.bool_)
    np.logical_or.at(some, which, asked.T)
    some = some.T
    many = some.sum(axis=1)[:, None]
    before, after = _crossings(pencil)
    gone = (after > before) & some[:, before.clip(max=len(steps) - 1)]  # its weight is 0
    nothing = (pencil.first == 0) & (pencil.second.numbers == 0)
    return np.asarray((many > gone) & ~nothing)


def _crossings(pencil: Pencil) -> tuple[Longs, Longs]:
    """Before which step, and from which on, a line is on one side of 0; at the step between, if there is one, it is 0.

    A level line has none.
    """
    a, b, (steps, _) = pencil.first, pencil.second.numbers, pencil.shares.places
    below = np.where(b == 0, 1, b)
    before = np.searchsorted(steps, -((-a) // below), side="left")
    after = np.searchsorted(steps, a // below, side="right")
    return np.where(b == 0, after, before), after


@dataclass(frozen=True)
class Bundle:
    """The wires of a pencil by classes: those with the same codes in all rows.

    Args:
        codes: of the different rows (r, classes). row: which of them each row has. wire: the class of each wire.
    """

    pencil: Pencil
    codes: Codes
    row: Longs
    wire: Longs

    @classmethod
    def of(cls, codes: Codes, pencil: Pencil) -> "Bundle":
        """From codes (rows, wires)."""
        rows, row = unique_rows(codes)
        classes, wire = unique_rows(np.ascontiguousarray(rows.T))
        return cls(pencil, classes.T, row, wire)

    def spread(self, found: Array) -> Array:
        """From different rows and steps (r, steps) to all rows and thresholds."""
        return found[self.row][:, self.pencil.shares.places[1]]

    @property
    def steps(self) -> Array:
        """The different shares, in order."""
        return self.pencil.shares.places[0]

    @property
    def classes(self) -> int:
        """How many there are."""
        return self.codes.shape[1]

    @cached_property
    def _ends(self) -> tuple[Longs, Longs]:
        return _crossings(self.pencil)

    def above(self, chosen: Bools) -> Array:
        """Sums of the weights above 0 over the wires of chosen classes (r, classes): (r, steps)."""
        a, b, (before, after) = self.pencil.first, self.pencil.second.numbers, self._ends
        width, last = len(self.steps) + 1, len(self.steps)
        # A falling line is above 0 before it crosses, a rising one after that, a level one always or never.
        start = np.where(b < 0, after, np.where((b > 0) | (a > 0), 0, last))
        stop = np.where(b > 0, before, last)

        def changes(piece: Floats) -> Floats:
            begun, ended = (
                _added(self.wire * width + at, piece, self.classes * width)
                for at in (start, stop)
            )
            return (begun - ended).reshape(-1, width).cumsum(axis=1)[:, :-1]

        return self._of_lines(chosen, changes)

    def totals(self, chosen: Bools) -> Array:
        """Sums of all weights over the wires of chosen classes (r, classes): (r, steps)."""
        return self._of_lines(
            chosen, lambda piece: _added(self.wire, piece, self.classes)[:, None]
        )

    def _of_lines(self, chosen: Bools, summed: Callable[[Floats], Floats]) -> Array:
        """What a sum over the wires of each class comes to over chosen classes, at every step.

        Args:
            summed: from numbers of wires to their sums (classes, steps or 1).
        """
        some = chosen.astype(np.float64)
        a, b = (
            _whole([some @ summed(piece) for piece in _limbs(numbers)])
            for numbers in (self.pencil.first, self.pencil.second.numbers)
        )
        return np.asarray(a - self.steps.astype(object) * b)

    def wires(self) -> tuple[Longs, Longs]:
        """How many live wires have a weight, and the depth of the deepest; -1 without one: each (r, steps)."""
        a, b = self.pencil.first, self.pencil.second.numbers
        before, after = self._ends
        many = np.bincount(self.wire[(a != 0) | (b != 0)], minlength=self.classes)
        gone = after > before
        at = self.wire[gone], before[gone]
        shape = len(self.codes), len(self.steps)
        fan_in, deepest = np.zeros(shape, np.int64), np.full(shape, -1, np.int64)
        for row, codes in enumerate(self.codes):
            # From the least depth on, so that the deepest stays.
            for depth in np.unique(codes[codes >= 0]):
                own = codes == depth
                missing = np.bincount(at[1][own[at[0]]], minlength=len(self.steps))
                left = int(many[own].sum()) - missing
                fan_in[row] += left
                deepest[row][left > 0] = depth
        return fan_in, deepest

    @cached_property
    def _sorted(self) -> tuple[Longs, Longs, Longs]:
        """Wires by class and then by b; where each class and b begins; and of each class its first of these."""
        values, place = self.pencil.second.places
        keys = self.wire * len(values) + place
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        new = np.concatenate([[True], keys[1:] != keys[:-1]])
        starts = np.flatnonzero(new)
        firsts = np.searchsorted(keys[starts] // len(values), np.arange(self.classes + 1))
        return order, starts, firsts

    def largest(self) -> Array:
        """The largest absolute weight of live wires; 0 without one: (r, steps)."""
        order, starts, firsts = self._sorted
        a, b = self.pencil.first[order], self.pencil.second.numbers[order][starts]
        ends = np.maximum.reduceat(a, starts), np.minimum.reduceat(a, starts)
        lines = []
        for start, stop in pairwise(firsts.tolist()):
            own = slice(start, stop)
            falling = zip((-b[own]).tolist(), ends[0][own].tolist(), strict=True)
            mirrored = zip(b[own].tolist(), (-ends[1][own]).tolist(), strict=True)
            lines.append(hull([*falling, *mirrored]))
        return np.stack([self._highest(hull(_of(lines, codes >= 0))) for codes in self.codes])

    def _highest(self, lines: list[Line]) -> Array:
        """The hull's height at every step."""
        if not lines:
            return np.zeros(len(self.steps), object)
        slopes, heights = (np.array(part, object) for part in zip(*lines, strict=True))
        # A line takes over at the first whole number at which it is as high as the one before.
        crossings = -((heights[1:] - heights[:-1]) // (slopes[1:] - slopes[:-1]))
        at = np.searchsorted(crossings, self.steps, side="right")
        return heights[at] + slopes[at] * self.steps

    def divisors(self) -> Array:
        """The greatest common divisor of the weights of live wires; 0 without one: (r, steps)."""
        order, starts, firsts = self._sorted
        ends = np.append(starts, len(order))
        a, b = self.pencil.first[order], self.pencil.second.numbers[order]
        spans = [
            spanned(a[ends[start] : ends[stop]], b[ends[start] : ends[stop]])
            for start, stop in pairwise(firsts.tolist())
        ]
        found = []
        for codes in self.codes:
            vectors = np.array(_of(spans, codes >= 0), object).reshape(-1, 2)
            (high, wide), (left, _) = spanned(vectors[:, 0], vectors[:, 1])
            found.append(np.gcd(high - self.steps.astype(object) * wide, left))
        return np.stack(found)


def _of(lists: list[Any], chosen: Bools) -> list[Any]:
    return [entry for own, some in zip(lists, chosen, strict=True) if some for entry in own]


def hull(lines: list[Line]) -> list[Line]:
    """Of lines those that are highest somewhere, from left to right."""
    found: list[Line] = []
    for slope, height in sorted(lines):
        if found and found[-1][0] == slope:
            found.pop()
        while len(found) > 1 and _hidden(found[-2], found[-1], (slope, height)):
            found.pop()
        found.append((slope, height))
    return found


def _hidden(left: Line, middle: Line, right: Line) -> bool:
    """Whether the middle line is nowhere higher than both others, slopes rising."""
    ahead = (left[1] - right[1]) * (middle[0] - left[0])
    return ahead <= (left[1] - middle[1]) * (right[0] - left[0])


def spanned(a: Array, b: Array) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two vectors (x, g) and (h, 0) that span the lattice of the vectors (a, b)."""
    if not len(a):
        return (0, 0), (0, 0)
    common, height = 0, 0
    divisor = abs(int(np.gcd.reduce(b)))
    for x, y in zip(a, b, strict=True):
        if common == divisor:
            break
        if common and y % common == 0:
            continue
        common, by_old, by_new = _bezout(common, int(y))
        height = by_old * height + by_new * int(x)
    along = b // divisor if divisor else b
    return (height, divisor), (int(np.gcd.reduce(a - along * height)), 0)


def _bezout(a: int, b: int) -> tuple[int, int, int]:
    """The greatest common divisor of a and b, and how often it takes each."""
    old, new = (a, 1, 0), (b, 0, 1)
    while new[0]:
        times = old[0] // new[0]
        old, new = (
            new,
            (old[0] - times * new[0], old[1] - times * new[1], old[2] - times * new[2]),
        )
    return old if old[0] >= 0 else (-old[0], -old[1], -old[2])


def _added(places: Longs, pieces: Floats, many: int) -> Floats:
    return np.bincount(places, pieces, many).astype(np.float64)


def _limbs(numbers: Array) -> Iterator[Floats]:
    """Integers in pieces of so many bits, the lowest first; the last has the sign."""
    while True:
        last = bool((np.abs(numbers) < 1 << WORD).all())
        word = (numbers if last else numbers & ((1 << WORD) - 1)).astype(np.int64)
        for _ in range(WORD // LIMB - 1):
            yield (word & ((1 << LIMB) - 1)).astype(np.float64)
            word = word >> LIMB
        if last:
            yield word.astype(np.float64)
            return
        yield (word & ((1 << LIMB) - 1)).astype(np.float64)
        numbers = numbers >> WORD


def _whole(limbs: list[Floats]) -> Array:
    """Integers of their limbs."""
    total = limbs[-1].astype(np.int64).astype(object)
    for limb in limbs[-2::-1]:
        total = (total << LIMB) + limb.astype(np.int64).astype(object)
    return total
