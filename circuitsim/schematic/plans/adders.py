"""The adders that sums are made of: their gates and delays; the records of bases say which takes which.

A *style* is a full adder, named after its gates. z is always the latest of the three wires:

    xor5    p = x^y, s = p^z, c = (x & y) | (z & p)           5 gates; x, y -> s 2, c 3; z -> s 1, c 2
    and8    g = x&y, o = x|y, p = o&~g, s = p^z, c = g|(z&o)  8 gates; x, y -> s 4, c 3; z -> s 2, c 2
    and7    as and8, but c = g | (z & p), shared with the XOR 7 gates; x, y -> 4, 4;     z -> 2, 2

The *kind* of an adder says which wires go in and which come out; adders without a use for one output leave it
out.
"""

from typing import Final

import numpy as np

from circuitsim.kernels import compiled

XOR5, AND8, AND7 = 0, 1, 2
STYLES: Final = {
    "xor5": XOR5,
    "and8": AND8,
    "and7": AND7,
}  # as the records of bases name them

FULL = 0  # x + y + z = s + 2c
FULL_CARRY = 1  # only c
HALF = 2  # x + y = s + 2c
HALF_CARRY = 3  # only c
MORE = 4  # x + y + 1 = s + 2c: s = xnor, c = or
MORE_CARRY = 5  # only c
NEGATE = 6  # x + 1 = s + 2c: s = not x, c = x, no gate
NEGATE_CARRY = 7  # only c
ODD = 8  # x ^ y, in a column that makes no carry
# Of xag alone; a pair is two wires of a column (double.py).
PAIR = 9  # x, y become a raw pair
DOUBLE = 10  # two pairs and z = s + 2 (a pair)
DOUBLE_RAW = 11  # the same of two raw pairs
SPLIT = 12  # a pair becomes two wires
FULL_PAIR = 13  # a pair and z = s + 2 c

# (style, kind) -> how many (ANDs, XORs); the builder in bind.py makes exactly these.
GATES: Final = np.array(
    [
        [
            [3, 2],
            [3, 1],
            [1, 1],
            [1, 0],
            [1, 1],
            [1, 0],
            [0, 0],
            [0, 0],
            [0, 1],
            [0, 1],
            [2, 6],
            [2, 6],
            [0, 1],
            [1, 3],
        ],
        [[8, 0], [4, 0], [3, 0], [1, 0], [3, 0], [1, 0], [0, 0], [0, 0], [3, 0]]
        + [[0, 0]] * 5,
        [[7, 0], [4, 0], [3, 0], [1, 0], [3, 0], [1, 0], [0, 0], [0, 0], [3, 0]]
        + [[0, 0]] * 5,
    ],
    dtype=np.int64,
)

INPUTS: Final = np.array([3, 3, 2, 2, 2, 2, 1, 1, 2, 2, 3, 3, 1, 2], dtype=np.int64)
"""Wires, or pairs, that an adder of each kind takes."""


@compiled
def delays(kind: int, style: int, depths: tuple[int, int, int]) -> tuple[int, int]:
    """Depths of (sum, carry) of an adder whose wires x, y, z have these depths; of a split's two wires."""
    dx, dy, dz = depths
    xor = 1 if style == XOR5 else 2
    pair = max(dx, dy)
    if kind == FULL:
        late = max(pair + xor, dz)
        if style == AND8:
            return late + 2, max(pair + 1, dz) + 2
        return late + xor, late + 2
    if kind == FULL_CARRY:
        return 0, max(pair + 1, dz) + 2
    if kind >= NEGATE and kind <= NEGATE_CARRY:
        return dx, dx
    if kind == DOUBLE or kind == DOUBLE_RAW:
        first = max(dx, dz) + 1
        wait = (
            max(dy, first) + 1 if kind == DOUBLE else max(dy, first + 1)
        )  # for the second x, when it is late
        return max(dy, first) + 1, wait + 2
    if kind == FULL_PAIR:
        return max(dx, dz) + 1, max(dx, dz) + 3
    if kind == SPLIT:
        return dx, dx + 1
    return pair + xor, pair + 1
