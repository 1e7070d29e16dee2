"""Sets of inputs as unions of a few boxes, and products of finite sets as bits of one integer."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import box_kernels

Boxes: TypeAlias = NDArray[
    np.uint64
]  # (boxes, words of 64 bits, lowest first), never written to; empty where len is 0


class Fields:
    """Products of finite sets S_0 x S_1 x ... as integers: a field of bits for every set, a bit for every element.

    A guard bit above every field, clear in every product, makes "no field is empty" one addition.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.starts, self.full, self.guards = [], 0, 0
        end = 0
        for size in sizes:
            self.starts.append(end)
            self.full |= ((1 << size) - 1) << end
            end += size + 1
            self.guards |= 1 << (end - 1)
        self.sizes = tuple(sizes)

    def field(self, index: int) -> int:
        """All elements of one set, and nothing of the others."""
        return ((1 << self.sizes[index]) - 1) << self.starts[index]

    def only(self, index: int, element: int) -> int:
        """The product of all sets but one, which keeps one element."""
        return self.full & ~self.field(index) | 1 << self.starts[index] + element

    def possible(self, product: int) -> bool:
        """Whether no field of a product is empty."""
        return (product + self.full) & self.guards == self.guards


class InputSets:
    """Sets of strings of n letters, as unions of boxes; a box says for every position which letters it may hold.

    Intersections are exact. A union is exact up to `box_kernels.MOST_BOXES` boxes; beyond, it is a superset: sound
    wherever only emptiness is asked.
    """

    def __init__(self, n: int, letters: int) -> None:
        self.fields = Fields([letters] * n)
        self.everything = self.boxes([self.fields.full])
        self.nothing = self.boxes([])
        self._frame = self.boxes([self.fields.full, self.fields.guards])

    def boxes(self, products: Sequence[int]) -> Boxes:
        """Boxes as words, given as products of the positions' letters (`Fields`)."""
        size = -(-self.fields.guards.bit_length() // 64) * 8
        data = b"".join(product.to_bytes(size, "little") for product in products)
        return (
            np.frombuffer(bytearray(data), "<u8")
            .astype(np.uint64)
            .reshape(len(products), size // 8)
        )

    def letter(self, position: int, letter: int) -> Boxes:
        """Strings with this letter at this input position."""
        return self.boxes([self.fields.only(position, letter)])

    def intersection(self, x: Boxes, y: Boxes) -> Boxes:
        """Strings in both; empty if there are none."""
        if y is self.everything:
            return x
        return box_kernels.intersection(x, y, self._frame)

    def meet(self, x: Boxes, y: Boxes) -> bool:
        """Whether any string is in both."""
        return box_kernels.meet(x, y, self._frame)

    def union(self, sets: Iterable[Boxes]) -> Boxes:
        """Strings in any of the sets, or a few more."""
        return box_kernels.union(np.concatenate([self.nothing, *sets]), self._frame)
