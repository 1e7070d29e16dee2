"""Unions of boxes: the kernels do, box for box and in order, what plain integers do; and they are sound."""

import random
from itertools import product

import pytest
from circuitsim.compilers.reachable.box_kernels import MOST_BOXES
from circuitsim.compilers.reachable.boxes import Boxes, Fields, InputSets

SHAPES = [
    (1, 1),
    (1, 2),
    (3, 2),
    (5, 3),
    (16, 3),
    (21, 2),
    (22, 2),
    (32, 3),
    (40, 4),
    (64, 2),
    (3, 63),
    (2, 64),
    (3, 200),
]


class PlainSets:
    """The definition: sets as lists of Python integers."""

    def __init__(self, n: int, letters: int) -> None:
        self.fields = Fields([letters] * n)

    def intersection(self, x: list[int], y: list[int]) -> list[int]:
        everything = [self.fields.full]
        if everything in (x, y):
            return y if x == everything else x
        both: list[int] = []
        for a in x:
            parts = [a & b for b in y if self.fields.possible(a & b)]
            both += [a] if a in parts else parts
        return self.union(dict.fromkeys(both)) if len(both) > 1 else both

    def meet(self, x: list[int], y: list[int]) -> bool:
        return any(self.fields.possible(a & b) for a in x for b in y)

    def union(self, boxes) -> list[int]:
        kept: list[int] = []
        for box in boxes:
            self.add(kept, box)
        return kept

    def add(self, kept: list[int], box: int) -> None:
        for index, other in enumerate(kept):
            joined = other | box
            if joined == other:
                return
            if self.differ(other, box) <= 1:
                kept[index] = kept[-1]
                kept.pop()
                self.add(kept, joined)
                return
        kept[:] = [other for other in kept if other | box != box]
        if len(kept) == MOST_BOXES:
            nearest = min(
                range(len(kept)),
                key=lambda k: (kept[k] | box).bit_count() - kept[k].bit_count(),
            )
            box |= kept.pop(nearest)
        kept.append(box)

    def differ(self, a: int, b: int) -> int:
        """At how many positions two boxes differ."""
        return sum(
            (a ^ b) & self.fields.field(index) > 0 for index in range(len(self.fields.sizes))
        )


def some_boxes(rng: random.Random, fields: Fields, count: int, changes: int) -> list[int]:
    """Boxes of which most differ from an earlier one at a few positions, so that some are equal, inside or joined."""
    boxes = []
    for _ in range(count):
        box = rng.choice(boxes) if boxes and rng.random() < 0.9 else fields.full
        for _ in range(rng.randint(0, changes)):
            index = rng.randrange(len(fields.sizes))
            letters = rng.choice([1, rng.randrange(1, 1 << fields.sizes[index])])
            letters = letters if letters > 1 else 1 << rng.randrange(fields.sizes[index])
            box = box & ~fields.field(index) | letters << fields.starts[index]
        boxes.append(box)
    return boxes


def integers(boxes: Boxes) -> list[int]:
    return [int.from_bytes(box.astype("<u8").tobytes(), "little") for box in boxes]


@pytest.mark.parametrize(("n", "letters"), SHAPES)
def test_kernels_do_what_plain_integers_do(n, letters):
    sets, plain = InputSets(n, letters), PlainSets(n, letters)
    rng = random.Random(1000 * n + letters)
    for turn in range(60):
        count = rng.choice([0, 1, 2, 5, 16, 40])
        x, y = (
            some_boxes(rng, sets.fields, k, 1 + turn % 12)
            for k in (count, rng.randint(0, 20))
        )
        assert integers(sets.boxes(x)) == x
        one, other = (
            sets.union([sets.boxes(x)]),
            sets.union([sets.boxes(y[:3]), sets.boxes(y[3:])]),
        )
        assert integers(one) == plain.union(x)
        assert integers(other) == plain.union(y)
        for a, b in [
            (sets.boxes(x), sets.boxes(y)),
            (one, other),
            (other, one),
            (one, sets.everything),
            (one, one),
        ]:
            assert integers(sets.intersection(a, b)) == plain.intersection(
                integers(a), integers(b)
            )
            assert sets.meet(a, b) == plain.meet(integers(a), integers(b))


def test_the_fuzzed_sets_take_every_way():
    plain, rng = PlainSets(16, 3), random.Random(0)
    hulls = joins = held = apart = 0
    for turn in range(60):
        boxes = some_boxes(rng, plain.fields, 40, 1 + turn % 12)
        kept: list[int] = []
        for box in boxes:
            held += any(other | box in (other, box) and other != box for other in kept)
            joins += any(plain.differ(other, box) == 1 for other in kept)
            hulls += len(kept) == MOST_BOXES and all(
                plain.differ(other, box) > 1 for other in kept
            )
            plain.add(kept, box)
        apart += not plain.meet(boxes[:1], boxes[-1:])
    assert min(hulls, joins, held, apart) > 10


@pytest.mark.parametrize("seed", range(40))
def test_intersections_are_exact_and_unions_hold_everything(seed):
    rng, n, letters = random.Random(seed), 1 + seed % 5, 1 + seed % 3
    sets = InputSets(n, letters)
    few, many = (some_boxes(rng, sets.fields, count, 3) for count in (4, 60))
    x, y, both = (sets.union([sets.boxes(boxes)]) for boxes in (few, many, few + many))
    for word in product(range(letters), repeat=n):
        string = sets.boxes(
            [
                sum(
                    1 << start + letter
                    for start, letter in zip(sets.fields.starts, word, strict=True)
                )
            ]
        )
        in_x = sets.meet(string, sets.boxes(few))
        assert sets.meet(string, x) == in_x
        assert sets.meet(string, y) >= sets.meet(string, sets.boxes(many))
        assert sets.meet(string, both) >= (in_x or sets.meet(string, sets.boxes(many)))
        met = sets.intersection(x, sets.boxes(many[:3]))
        assert sets.meet(string, met) == (in_x and sets.meet(string, sets.boxes(many[:3])))
    assert len(y) <= MOST_BOXES


def test_sets_without_strings_are_empty():
    sets = InputSets(3, 2)
    zero, one = sets.letter(1, 0), sets.letter(1, 1)
    assert (
        len(sets.intersection(zero, one))
        == len(sets.union([]))
        == len(sets.intersection(zero, sets.nothing))
        == 0
    )
    assert not sets.meet(zero, one)
    assert integers(sets.union([zero, one])) == integers(sets.everything)
