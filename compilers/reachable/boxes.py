"""Sets of inputs as unions of a few boxes, and products of finite sets as bits of one integer."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Boxes: TypeAlias = tuple[int, ...]

MOST_BOXES = 16  # that a set keeps before two of them are replaced by their hull


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

    Intersections are exact. A union is exact up to `MOST_BOXES` boxes; beyond, it is a superset: sound wherever only
    emptiness is asked.
    """

    def __init__(self, n: int, letters: int) -> None:
        self.fields = Fields([letters] * n)
        self.everything: Boxes = (self.fields.full,)

    def letter(self, position: int, letter: int) -> Boxes:
        """Strings with this letter at this input position."""
        return (self.fields.only(position, letter),)

    def intersection(self, x: Boxes, y: Boxes) -> Boxes:
        """Strings in both; empty if there are none."""
        if x == self.everything or y == self.everything:
            return y if x == self.everything else x
        full, guards = self.fields.full, self.fields.guards
        both: list[int] = []
        for a in x:
            parts = []
            for b in y:
                c = a & b
                if c == a:
                    parts = [a]
                    break
                if (c + full) & guards == guards:
                    parts.append(c)
            both += parts
        return tuple(both) if len(both) < 2 else self.union([dict.fromkeys(both)])

    def meet(self, x: Boxes, y: Boxes) -> bool:
        """Whether any string is in both."""
        return any(self.fields.possible(a & b) for a in x for b in y)

    def union(self, sets: Iterable[Iterable[int]]) -> Boxes:
        """Strings in any of the sets, or a few more."""
        kept: list[int] = []
        for boxes in sets:
            for box in boxes:
                self._add(kept, box)
        return tuple(kept)

    def _add(self, kept: list[int], box: int) -> None:
        """Add a box to a union: into one that holds it or differs from it at one position, else beside the others."""
        full, guards = self.fields.full, self.fields.guards
        holds_others = False
        for index, other in enumerate(kept):
            joined = other | box
            if joined == other:
                return
            differ = ((other ^ box) + full) & guards  # a guard bit for every position where they differ
            if not differ & (differ - 1):
                kept[index] = kept[-1]
                kept.pop()
                self._add(kept, joined)
                return
            holds_others = holds_others or joined == box
        if holds_others:
            kept[:] = [other for other in kept if other | box != box]
        if len(kept) == MOST_BOXES:
            nearest = min(range(len(kept)), key=lambda k: (kept[k] | box).bit_count() - kept[k].bit_count())
            box |= kept.pop(nearest)
        kept.append(box)
