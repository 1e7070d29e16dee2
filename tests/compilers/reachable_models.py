"""Hard-attention models for the tests of `compilers.reachable`: written by hand, and at random."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from circuitsim.models.model import FeedForward, Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs
from tests.cases import random_model

HARD = ("hard-left", "hard-right")


def hard_model(seed: int, layers: int | None = None, heads: int | None = None) -> Model:
    """A random model in which every head is hard, leftmost or rightmost."""
    r = random.Random(seed)
    model = random_model(seed, layers, heads)
    changed = tuple(
        replace(
            layer,
            heads=tuple(replace(head, attention=r.choice(HARD)) for head in layer.heads),
        )
        for layer in model.layers
    )
    return replace(model, layers=changed)


def some_inputs(model: Model, n: int, most: int = 4096, seed: int = 0) -> np.ndarray:
    """All inputs of n letters if they are at most `most`, else a sample."""
    letters = len(model.vocabulary)
    if letters**n <= most:
        return all_inputs(model, n)
    return np.random.default_rng(seed).integers(letters, size=(most, n))


def unit(index: int, d: int, value: object = 1) -> list[object]:
    """A row (d,) with one entry."""
    return [value if k == index else 0 for k in range(d)]


def leftmost_one(position: str = "last") -> Model:
    """Looks for the leftmost 1 from every position; accepts if it finds one."""
    head = Head([[0, 1]], [[1, 0]], [[1, 0]], [[1], [0]], attention="hard-left")
    readout = Readout([1, 0], position=position)
    return Model(
        ("0", "1"),
        {"0": [0, 1], "1": [1, 1]},
        (Layer((head,), residual=False),),
        readout,
        name="leftmost",
    )


def look_up(letters: str = "ab", layers: int = 2) -> Model:
    """Every position looks at its left neighbour, `layers` times; accepts if the letter so found last is an a.

    Components: is a, constant 1, i, i squared, then the letter found by every layer.
    """
    d = 4 + layers
    embedding = {x: [int(x == "a"), 1, *[0] * (d - 2)] for x in letters}
    made = []
    for layer in range(layers):
        # -(j - (i - 1))^2 = -j^2 + 2 j (i - 1) + a constant
        query = [unit(1, d, -1), [0, -2, 2, *[0] * (d - 3)]]
        source = 0 if layer == 0 else 3 + layer
        head = Head(
            query,
            [unit(3, d), unit(2, d)],
            [unit(source, d)],
            [[int(k == 4 + layer)] for k in range(d)],
            attention="hard-left",
        )
        made.append(Layer((head,)))
    readout = Readout([unit(d - 1, d)], ["-1/2"], "last")
    return Model(
        tuple(letters),
        embedding,
        tuple(made),
        readout,
        ["0", "0", "i", "i*i", *["0"] * layers],
        name="look_up",
    )


def bounded_dyck(depth: int) -> Model:
    """Strings of brackets: every layer pairs each bracket with the nearest unpaired one, by two masked heads.

    Components: is (, is ), is unpaired, constant 1, i, then what the left and the right head saw: (, unpaired.
    After `depth` layers the last position looks for an unpaired bracket anywhere. Accepts if there is none.
    """
    d = 8
    opened, closed, free, one, _, left, right, found = range(d)
    embedding = {
        "(": [1, 0, 1, 1, 0, 0, 0, 0],
        ")": [0, 1, 1, 1, 0, 0, 0, 0],
    }
    layers = []
    for _ in range(depth):
        heads = (
            _nearest("hard-right", "strict-causal", opened, left, d),
            _nearest("hard-left", "strict-anti-causal", closed, right, d),
        )
        # free stays 1 unless ) saw a free ( on its left, or ( saw a free ) on its right
        net = FeedForward(
            hidden=[
                [
                    0,
                    1,
                    1,
                    0,
                    0,
                    1,
                    0,
                    0,
                ],  # ), free, and the nearest free one on the left is (
                [1, 0, 1, 0, 0, 0, 1, 0],
                unit(left, d),
                [-x for x in unit(left, d)],
                unit(right, d),
                [-x for x in unit(right, d)],
            ],
            hidden_bias=[-2, -2, 0, 0, 0, 0],
            output=[
                [0] * 6,
                [0] * 6,
                [-1, -1, 0, 0, 0, 0],
                [0] * 6,
                [0] * 6,
                [0, 0, -1, 1, 0, 0],
                [0, 0, 0, 0, -1, 1],
                [0] * 6,
            ],
        )
        layers.append(Layer(heads, feed_forward=net))
    last = Head(
        [unit(one, d)],
        [unit(free, d)],
        [unit(free, d)],
        [[int(k == found)] for k in range(d)],
        attention="hard-left",
    )
    layers.append(Layer((last,)))
    readout = Readout([unit(found, d, -1)], ["1/2"], "last")
    return Model(
        ("(", ")"),
        embedding,
        tuple(layers),
        readout,
        ["0"] * 4 + ["i"] + ["0"] * 3,
        name=f"dyck1_{depth}",
    )


def _nearest(kind: str, mask: str, wanted: int, target: int, d: int) -> Head:
    """A head that sees the nearest unpaired bracket in its direction, and says whether it is the wanted one."""
    return Head(
        [unit(3, d)],
        [unit(2, d)],
        [[int(k == wanted) for k in range(d)]],
        [[int(k == target)] for k in range(d)],
        attention=kind,
        mask=mask,
    )


def is_bounded_dyck(text: str, depth: int) -> bool:
    """Whether `text` is balanced and nowhere deeper than `depth`."""
    height = 0
    for letter in text:
        height += 1 if letter == "(" else -1
        if not 0 <= height <= depth:
            return False
    return height == 0


def strings(letters: str, n: int) -> Sequence[str]:
    """All strings of n letters, in the order of `all_inputs`."""
    return ["".join(word) for word in product(letters, repeat=n)]


def neighbours() -> Model:
    """Every position averages its two neighbours: the scores -((i - j)^2 - 1)^2 tie twice. Accepts if it sees an a.

    Components: is a, 1, i, i^2, i^3, i^4, the mean seen.
    """
    d = 7
    query = [unit(1, d, -1), unit(2, d, 4), [0, 2, 0, -6, 0, 0, 0], [0, 0, -4, 0, 4, 0, 0]]
    key = [unit(5, d), unit(4, d), unit(3, d), unit(2, d)]
    head = Head(query, key, [unit(0, d)], [[int(k == 6)] for k in range(d)])
    return Model(
        ("a", "b"),
        {"a": [1, 1, *[0] * 5], "b": [0, 1, *[0] * 5]},
        (Layer((head,)),),
        Readout([unit(6, d)], position="each"),
        ["0", "0", "i", "i**2", "i**3", "i**4", "0"],
        name="neighbours",
    )
