"""Activations in fan-in 2: a function of one number on a grid, by the places where it changes.

GELU and SiLU are the positive part less a bump of |x|, on the grid too, as f(x) - f(-x) = x. tanh is odd. So a cell has
|x| alone, in which both are constant from some number on. Each bit of the answer is the parity of how many of its
changes lie at or below |x|; comparisons with constants share what they have in common.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from circuitsim.networks.forms import Ints
from circuitsim.networks.known import NetForms
from circuitsim.numbers.functions import rounded_all
from circuitsim.numbers.scaled import Scaled
from circuitsim.schematic.cells import FALSE, TRUE, Cell, Recorder

from ..residual import Bits, Residual, powers

AT_ONCE = 1 << 12  # values of a function that are found together


def activated(
    residual: Residual, net: NetForms, index: int, function: str, bits: int
) -> Bits:
    """R(function) of one hidden unit at every position, whose sum is floored to the grid."""
    drawing, number = residual.drawing, net.outputs[index]
    grain, shift = net.hidden.grains[index], net.shifts[index]
    row, offset = net.hidden.rows[index], int(net.hidden.offsets[index])
    interval = tuple(end << grain for end in net.hidden.ranges[index])
    low, high = (end >> (grain + shift) for end in interval)
    width = max(high, -low - 1).bit_length() + 1
    argument = residual.unsigned(
        row, offset - (low << (grain + shift)), high - low, grain + shift
    )
    signed = drawing.sum([(argument, powers(argument.shape[-1]))], low, width)
    negative = signed.slice(-1, width - 1, width)
    flipped = signed ^ negative
    magnitude = drawing.sum([(flipped, powers(width)), (negative, powers(1))], 0, width)
    changes = changes_of(function, bits, max(high, -low))
    found = drawing.call(function_cell(width, changes), magnitude)
    odd = function == "tanh"
    if odd:  # -v is the complement plus one
        parts = [(found ^ negative, powers(found.shape[-1]))]
        parts.append((negative, np.array([1 - (1 << found.shape[-1])], object)))
    else:
        parts = [(signed.slice(-1, 0, width - 1) & ~negative, powers(width - 1))]
        parts.append((found, -powers(found.shape[-1])))
    wires = drawing.sum(parts, -number.low, (number.high - number.low).bit_length())
    return Bits(wires, number.low, number.high)


@lru_cache(maxsize=64)
def changes_of(function: str, bits: int, most: int) -> tuple[tuple[int, ...], ...]:
    """For each bit of the value at x = 0, 1, ..., most, in units of 2^-bits, where it changes; it begins as 0.

    The value is that of tanh, else x less the function.
    """
    values = []
    for start in range(0, most + 1, AT_ONCE):
        found, flat = _some(function, bits, start)
        values.append(found[: most + 1 - start])
        if flat:
            break
    whole = np.concatenate([[0], *values])
    width = max(1, int(whole.max()).bit_length())
    columns = [whole >> k & 1 for k in range(width)]
    return tuple(tuple(np.flatnonzero(np.diff(column)).tolist()) for column in columns)


@lru_cache(maxsize=64)
def _some(function: str, bits: int, start: int) -> tuple[Ints, bool]:
    """Values from x = start on, and whether the function stays as it is then: the bump at 0, tanh at 1."""
    unit, x = 1 << bits, np.arange(start, start + AT_ONCE)
    found = rounded_all(function, Scaled(x, unit), bits)
    found = found if function == "tanh" else x - found
    stays = start > 0 and len(np.unique(found)) == 1
    return found, stays and int(found[-1]) == (unit if function == "tanh" else 0)


@lru_cache(maxsize=64)
def function_cell(width: int, changes: tuple[tuple[int, ...], ...]) -> Cell:
    """The bits of a function of a number of `width` bits that change there."""
    r = Recorder(width)
    every = sorted({change for own in changes for change in own})
    reached = reaches(r, r.argument(0), every)
    outputs = [_parity(r, [reached[change] for change in own]) for own in changes]
    return r.cell(f"function of {width} bits", outputs)


def reaches(r: Recorder, bits: Sequence[int], constants: Sequence[int]) -> dict[int, int]:
    """[number >= c] for all constants: the high half is more, or as much and the low half reaches its part."""
    width = len(bits)
    found = {c: TRUE if c <= 0 else FALSE for c in constants if c <= 0 or c >> width}
    left = [c for c in constants if c not in found]
    if width == 1:
        return found | dict.fromkeys(left, bits[0])
    if not left:
        return found
    half = width // 2
    asked = sorted({c >> half for c in left} | {(c >> half) + 1 for c in left})
    high = reaches(r, bits[half:], asked)
    low = reaches(r, bits[:half], sorted({c & ((1 << half) - 1) for c in left}))
    for c in left:
        top, rest = c >> half, c & ((1 << half) - 1)
        as_much = high[top] if not rest else r.and_(high[top], low[rest])
        found[c] = as_much if not rest else r.or_(high[top + 1], as_much)
    return found


def _parity(r: Recorder, literals: list[int]) -> int:
    """XOR of literals in a balanced tree."""
    while len(literals) > 1:
        paired = [r.xor(a, b) for a, b in zip(literals[::2], literals[1::2], strict=False)]
        literals = paired + literals[len(literals) - len(literals) % 2 :]
    return literals[0] if literals else FALSE
