"""The integer quotient in fan-in 2: restoring division of radix 2^k, every multiple compared at once.

k = 1 is restoring division; a digit of k bits costs about 3 + 2 log2(c + k) + k levels for a divisor of c bits. One
prefix adder gives a difference and its comparison together.
"""

import math
from functools import lru_cache

import numpy as np

from circuitsim.bases import BASES, BasisName
from circuitsim.schematic import planning
from circuitsim.schematic.cells import FALSE, TRUE, Cell, Recorder, specialise
from circuitsim.schematic.constants import pattern
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.profile import CONST0, CONST1
from circuitsim.schematic.schematic import Optimize

LEVEL_WORTH = {
    "depth": 5,
    "balanced": 1,
}  # one per cent of the levels is worth so many per cent of the gates
GATES_A_KEY, LEVELS_A_KEY_BIT = 64, 8  # of the rest of a head, roughly
EARLY = 2  # levels a bit by which the divisor, a count, is there before the numerator, a sum
ONE_DIGIT = 8  # bits of the longest quotient that may be one digit


def quotient(
    drawing: Drawing,
    numerator: Wires,
    divisor: Wires,
    width: int,
    keys: int | None = None,
    known: bool = False,
) -> Wires:
    """floor(numerator / divisor), bits least first: (..., w), (..., c) -> (..., width).

    The quotient must fit in `width` bits wherever the divisor is positive; elsewhere the result has no meaning.

    Args:
        keys: how many keys the head has that divides; as many as the divisor can count unless given.
        known: whether the divisor is a constant, such as `keys`.
    """
    w, c = numerator.shape[-1], divisor.shape[-1]
    keys = (1 << c) - 1 if keys is None else keys
    radix = digit_bits(w, c, width, keys, drawing.basis, drawing.optimize, known)
    cell = _cell(w, c, width, radix, drawing.basis)
    return drawing.call(cell, numerator, divisor)


@lru_cache(maxsize=1024)
def digit_bits(
    w: int,
    c: int,
    width: int,
    keys: int,
    basis: BasisName,
    optimize: Optimize,
    known: bool = False,
) -> int:
    """Bits a digit for a numerator of w bits, a divisor of c bits and a quotient of `width` bits.

    More bits make fewer digits, but a digit of k bits holds 2^k - 1 subtractions. They matter little beside a head's
    gates for every key, once there are many keys. So each k that makes fewer digits is drawn, and judged by gates
    times a power of levels, both beside those of a head of so many keys. Multiples of a known divisor take no gates.
    """
    if optimize == "size":
        return 1

    def score(gates: float, levels: float) -> float:
        before = LEVELS_A_KEY_BIT * keys.bit_length()
        return (GATES_A_KEY * keys + gates) * float(before + levels) ** LEVEL_WORTH[optimize]

    longest = max(6, c.bit_length() + 1)  # Omega(log c) bits make O(w + c) levels
    best, digit = math.inf, 1
    for k in range(1, (width if width <= ONE_DIGIT else min(width, longest)) + 1):
        if k > 1 and -(-width // k) == -(
            -width // (k - 1)
        ):  # as many digits as shorter ones would be
            continue
        if (
            not known and score(10 * c << k, 2 * math.log2(c + k) + k) > best
        ):  # one digit of it is too much
            continue
        best, digit = min(
            (best, digit), (score(*_cost(w, c, width, k, basis, keys if known else None)), k)
        )
    return digit


def _cost(
    w: int, c: int, width: int, k: int, basis: BasisName, divisor: int | None
) -> tuple[int, int]:
    """Gates of a division with digits of k bits, and its levels after the numerator; by a known divisor or any."""
    cell = _cell(w, c, width, k, basis)
    known = [CONST1 if (divisor or 0) >> bit & 1 else CONST0 for bit in range(c)]
    arrivals = np.array([EARLY * c] * w + ([0] * c if divisor is None else known), np.int32)
    program, _ = specialise(
        cell, basis, pattern(arrivals).tobytes(), np.ones(width, np.uint8).tobytes()
    )
    return program.gates, planning.depths(program, arrivals)[1] - EARLY * c


def _cell(w: int, c: int, width: int, radix: int, basis: BasisName) -> Cell:
    return division_cell(w, c, width, radix, radix > 1 and not BASES[basis].has_xor)


@lru_cache(maxsize=1024)
def division_cell(w: int, c: int, width: int, radix: int, or_carries: bool) -> Cell:
    """floor(N / C) for N of w bits and C of c bits, when it fits in `width` bits.

    Args:
        radix: bits a digit. or_carries: carries propagate through ORs, a level less where XOR is no gate.
    """
    r = Adders(w, c, or_carries=or_carries, ripple=radix == 1)
    n, divisor = r.argument(0) + [FALSE] * max(0, width - w), r.argument(1)
    remainder = (n[width:] + [FALSE] * c)[:c]
    multiples: dict[int, list[int]] = {1: divisor}
    result: list[int] = []
    left = width
    while left:
        digit = left % radix or radix
        left -= digit
        remainder = n[left : left + digit] + remainder
        bits, remainder = _digit(r, remainder, multiples, digit, c)
        result = bits + result
    return r.cell(f"division of {w} by {c} bits, radix {1 << radix}", result)


def _digit(
    r: "Adders", remainder: list[int], multiples: dict[int, list[int]], digit: int, c: int
) -> tuple[list[int], list[int]]:
    """One digit: its bits, and the next remainder (c bits)."""
    top = 1 << digit
    reaches, differences = [TRUE], [remainder[:c]]
    for t in range(1, top):
        subtrahend = _multiple(r, multiples, t)
        difference, reach = r.subtract(remainder, subtrahend, c)
        reaches.append(reach)
        differences.append(difference)
    only = [
        r.and_(reaches[t], (reaches[t + 1] if t + 1 < top else FALSE) ^ 1) for t in range(top)
    ]
    following = [
        _any(r, [r.and_(only[t], differences[t][k]) for t in range(top)]) for k in range(c)
    ]
    bits = []
    for k in range(digit):
        step = 1 << k
        spans = [
            r.and_(reaches[t], (reaches[t + step] if t + step < top else FALSE) ^ 1)
            for t in range(step, top, 2 * step)
        ]
        bits.append(_any(r, spans))
    return bits, following


def _multiple(r: "Adders", known: dict[int, list[int]], t: int) -> list[int]:
    """T times the divisor, with the fewest additions for t below 16."""
    if t not in known:
        if t % 2 == 0:
            known[t] = [FALSE, *_multiple(r, known, t // 2)]
        elif t in (7, 15, 31, 63):
            whole = _multiple(r, known, t + 1)
            known[t] = r.subtract(whole, known[1], len(whole))[0]
        else:
            low = t & -t if t in (3, 5, 9) else (3 if t & 2 else 1)
            known[t] = r.add(_multiple(r, known, t - low), _multiple(r, known, low))
        known[t] = known[t][: len(known[1]) + t.bit_length()]
    return known[t]


class Adders(Recorder):
    """A recorder with adders: carries by ripple, or by Sklansky's prefix network of depth log2."""

    def __init__(self, *arguments: int, or_carries: bool, ripple: bool) -> None:
        super().__init__(*arguments)
        self.or_carries, self.ripple = or_carries, ripple

    def add(self, x: list[int], y: list[int]) -> list[int]:
        """X + y, one bit longer than the longer."""
        return self._add(x, y, max(len(x), len(y)) + 1, FALSE)[0]

    def subtract(self, x: list[int], y: list[int], kept: int) -> tuple[list[int], int]:
        """Low `kept` bits of x - y, and [x >= y]."""
        width = max(len(x), len(y))
        inverted = [bit ^ 1 for bit in y] + [TRUE] * (width - len(y))
        bits, carry = self._add(x, inverted, width, TRUE)
        return bits[:kept], carry

    def _add(
        self, x: list[int], y: list[int], width: int, carry: int
    ) -> tuple[list[int], int]:
        x, y = x + [FALSE] * (width - len(x)), y + [FALSE] * (width - len(y))
        half = [self.xor(a, b) for a, b in zip(x, y, strict=True)]
        g = [self.and_(a, b) for a, b in zip(x, y, strict=True)]
        if carry:
            g[0] = self.or_(x[0], y[0])
        p = [self.or_(a, b) for a, b in zip(x, y, strict=True)] if self.or_carries else half
        carries = [carry, *self._carries(g, list(p))]
        return [self.xor(a, b) for a, b in zip(half, carries[:-1], strict=True)], carries[-1]

    def _carries(self, g: list[int], p: list[int]) -> list[int]:
        if self.ripple:
            for k in range(1, len(g)):
                g[k] = self.or_(g[k], self.and_(p[k], g[k - 1]))
            return g
        step = 1
        while step < len(g):
            for k in range(len(g)):
                if k & step:
                    j = (k // step) * step - 1
                    g[k] = self.or_(g[k], self.and_(p[k], g[j]))
                    p[k] = self.and_(p[k], p[j])
            step *= 2
        return g


def _any(r: Recorder, literals: list[int]) -> int:
    """OR of literals in a balanced tree."""
    while len(literals) > 1:
        paired = [r.or_(a, b) for a, b in zip(literals[::2], literals[1::2], strict=False)]
        literals = paired + literals[len(literals) - len(literals) % 2 :]
    return literals[0] if literals else FALSE
