"""Random models in which heads of second and third order mix, and Match3, for the tests of every rung."""

import math
import random
from dataclasses import replace
from fractions import Fraction

from circuitsim.models.model import Head, Layer, Model, Readout
from tests.cases import WEIGHTS, random_model


def third_order_model(
    seed: int, layers: int | None = None, heads: int | None = None
) -> Model:
    """A random model with some heads of third order, the first one always; the same seed gives the same model."""
    r = random.Random(seed)
    model = random_model(seed, layers or r.choice([1, 1, 2]), heads or r.choice([1, 1, 2]))
    made = [
        replace(
            layer,
            heads=tuple(
                _with_pairs(head, r) if (i, j) == (0, 0) or r.random() < 0.5 else head
                for j, head in enumerate(layer.heads)
            ),
        )
        for i, layer in enumerate(model.layers)
    ]
    return replace(model, layers=tuple(made), name=f"third{seed}")


def _with_pairs(head: Head, r: random.Random) -> Head:
    def matrix(rows):
        return [[Fraction(r.choice(WEIGHTS)) for _ in head.query[0]] for _ in rows]

    def bias(rows):
        return [Fraction(r.choice(WEIGHTS)) for _ in rows] if r.random() < 0.6 else ()

    return replace(
        head,
        key2=matrix(head.key),
        value2=matrix(head.value),
        key2_bias=bias(head.key),
        value2_bias=bias(head.value),
    )


def match3(modulus: int, bits: int = 10) -> Model:
    """At each letter x_i: are there j1 and j2, of any letters, with x_i + x_j1 + x_j2 = 0 modulo `modulus`?

    The score of (i, j1, j2) is cos(2 pi (x_i + x_j1 + x_j2) / M) (2306.02896, section 4.2), rounded, which makes equal
    cosines tie. A blank token is prepended; twice the blank scores cos(pi / M), less than a match and more than the
    next best, and is worth 0 and not 1.
    """
    cos, sin, letter, blank, answer = (tuple(int(c == d) for d in range(5)) for c in range(5))
    negative = [tuple(-x for x in row) for row in (cos, sin)]
    head = Head(
        query=[cos, negative[0], negative[1], negative[1], letter],
        key=[
            cos,
            sin,
            cos,
            sin,
            tuple(Fraction(math.cos(math.pi / modulus)) * x for x in blank),
        ],
        key2=[cos, sin, sin, cos, blank],
        value=[letter],
        value2=[letter],
        output=[[x] for x in answer],
        score_bits=8,
    )
    letters = [chr(ord("a") + x) for x in range(modulus)]
    angles = [2 * math.pi * x / modulus for x in range(modulus)]
    rows = {
        name: [math.cos(t), math.sin(t), 1, 0, 0]
        for name, t in zip(letters, angles, strict=True)
    }
    readout = Readout([answer], position="each")
    return Model(
        letters, {**rows, "_": blank}, [Layer([head])], readout, prepend=["_"], bits=str(bits)
    )
