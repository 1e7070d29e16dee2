"""The integer quotient in fan-in 2: restoring division of radix 2^k, every multiple compared at once.

k = 1 is restoring division; a digit of k bits costs about 3 + 2 log2(c + k) + k levels for a divisor of c bits. One
prefix adder gives a difference and its comparison together.
"""

from functools import lru_cache

from circuitsim.bases import BASES
from circuitsim.schematic.cells import FALSE, TRUE, Cell, Recorder
from circuitsim.schematic.drawing import Drawing, Wires

ONE_DIGIT = 8  # bits of the longest quotient that is found by comparing with all thresholds at once


def quotient(drawing: Drawing, numerator: Wires, divisor: Wires, width: int) -> Wires:
    """floor(numerator / divisor), bits least first: (..., w), (..., c) -> (..., width).

    The quotient must fit in `width` bits wherever the divisor is positive; elsewhere the result has no meaning.
    """
    radix = 1 if drawing.optimize == "size" else digit_bits(divisor.shape[-1], width)
    or_carries = radix > 1 and not BASES[drawing.basis].has_xor
    cell = division_cell(numerator.shape[-1], divisor.shape[-1], width, radix, or_carries)
    return drawing.call(cell, numerator, divisor)


def digit_bits(c: int, width: int) -> int:
    """Bits a digit for the fewest levels, with a divisor of c bits that counts keys and a quotient of `width` bits.

    More bits make fewer digits, but a digit of k bits holds 2^k - 1 subtractions; they are few beside the head's
    gates for every key once there are many keys. Measured on the reference head: 5 bits save 4 levels of 164 at
    n = 2^10, and 6 bits save 6 of 271 at n = 2^20. A short quotient is one digit.
    """
    if width <= min(c, ONE_DIGIT):
        return width
    return 4 if c <= 6 else 5 if c <= 12 else max(6, c.bit_length() + 1)  # Omega(log c) bits make O(w + c) levels


@lru_cache(maxsize=1024)
def division_cell(w: int, c: int, width: int, radix: int, or_carries: bool) -> Cell:
    """floor(N / C) for N of w bits and C of c bits, when it fits in `width` bits.

    Args:
        radix: bits a digit. or_carries: carries propagate through ORs, a level less where XOR is no gate.
    """
    r = _Adders(w, c, or_carries=or_carries, ripple=radix == 1)
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
    r: "_Adders", remainder: list[int], multiples: dict[int, list[int]], digit: int, c: int
) -> tuple[list[int], list[int]]:
    """One digit: its bits, and the next remainder (c bits)."""
    top = 1 << digit
    reaches, differences = [TRUE], [remainder[:c]]
    for t in range(1, top):
        subtrahend = _multiple(r, multiples, t)
        difference, reach = r.subtract(remainder, subtrahend, c)
        reaches.append(reach)
        differences.append(difference)
    only = [r.and_(reaches[t], (reaches[t + 1] if t + 1 < top else FALSE) ^ 1) for t in range(top)]
    following = [_any(r, [r.and_(only[t], differences[t][k]) for t in range(top)]) for k in range(c)]
    bits = []
    for k in range(digit):
        step = 1 << k
        spans = [
            r.and_(reaches[t], (reaches[t + step] if t + step < top else FALSE) ^ 1) for t in range(step, top, 2 * step)
        ]
        bits.append(_any(r, spans))
    return bits, following


def _multiple(r: "_Adders", known: dict[int, list[int]], t: int) -> list[int]:
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


class _Adders(Recorder):
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

    def _add(self, x: list[int], y: list[int], width: int, carry: int) -> tuple[list[int], int]:
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
