"""Random models for the tests of every rung: small weights that make ties, every kind, mask and option."""

import random
from dataclasses import replace
from fractions import Fraction

from circuitsim.models.model import (
    ATTENTIONS,
    MASKS,
    FeedForward,
    Head,
    Layer,
    Model,
    Readout,
)

KINDS = tuple(a for a in ATTENTIONS if a != "softmax")
WEIGHTS = [
    0,
    0,
    0,
    1,
    -1,
    1,
    -1,
    2,
    -2,
    Fraction(1, 2),
    Fraction(-1, 2),
    Fraction(1, 3),
    Fraction(3, 4),
]
POSITIONS = ["0", "0", "i/n", "(-1)**i", "1/(i+1)", "i", "cos(pi*i)", "1 if i == 0 else 0"]


def random_model(seed: int, layers: int | None = None, heads: int | None = None) -> Model:
    """A model that every rung can run; the same seed gives the same model."""
    r = random.Random(seed)
    d = r.randint(1, 3)
    letters = r.choice([2, 2, 2, 3, 4])
    vocabulary = tuple("abcd"[:letters])
    prepend = r.choice([(), (), ("<bos>",), ("a",)])
    append = r.choice([(), (), ("<cls>",), ("<cls>", "<bos>")])
    tokens = dict.fromkeys((*vocabulary, *prepend, *append))
    embedding = {t: _vector(r, d) for t in tokens}
    positions = None if r.random() < 0.4 else [r.choice(POSITIONS) for _ in range(d)]
    places = [
        "first",
        "last",
        "each",
        *(t for t in dict.fromkeys([*prepend, *append]) if (prepend + append).count(t) == 1),
    ]
    rows = r.choice([1, 1, 2, 3])
    return Model(
        vocabulary=vocabulary,
        embedding=embedding,
        positions=positions,
        prepend=prepend,
        append=append,
        layers=tuple(
            _layer(r, d, heads or r.randint(1, 3)) for _ in range(layers or r.randint(1, 3))
        ),
        readout=Readout(_matrix(r, rows, d), _vector(r, rows), r.choice(places)),
        bits=str(r.choice([0, 1, 2, 3])),
        name=f"random{seed}",
    )


def _layer(r: random.Random, d: int, heads: int) -> Layer:
    net = None
    if r.random() < 0.5:
        h = r.randint(1, 2)
        net = FeedForward(
            _matrix(r, h, d), _matrix(r, d, h), _vector(r, h), _vector(r, d), r.random() < 0.8
        )
    bias = _vector(r, d) if r.random() < 0.5 else ()
    return Layer(tuple(_head(r, d) for _ in range(heads)), bias, r.random() < 0.8, net)


def _head(r: random.Random, d: int) -> Head:
    k, v = r.randint(1, 2), r.randint(1, 2)
    return Head(
        query=_matrix(r, k, d),
        key=_matrix(r, k, d),
        value=_matrix(r, v, d),
        output=_matrix(r, d, v),
        query_bias=_vector(r, k) if r.random() < 0.5 else (),
        key_bias=_vector(r, k) if r.random() < 0.5 else (),
        value_bias=_vector(r, v) if r.random() < 0.5 else (),
        attention=r.choice(KINDS),
        mask=r.choice(MASKS),
        score_bits=r.choice([None, None, 0, 1, 3]),
    )


def _vector(r: random.Random, size: int) -> list[Fraction]:
    return [Fraction(r.choice(WEIGHTS)) for _ in range(size)]


def _matrix(r: random.Random, rows: int, columns: int) -> list[list[Fraction]]:
    return [_vector(r, columns) for _ in range(rows)]


def softmax_model(seed: int, layers: int | None = None, heads: int | None = None) -> Model:
    """The random model of a seed, most of whose heads are softmax, with few bits."""
    r = random.Random(seed)
    model = random_model(seed, layers, heads)

    def soft(head: Head) -> Head:
        if r.random() < 0.2:
            return head
        return replace(head, attention="softmax", base=r.choice([None, None, 2, "3/2", 10]))

    made = tuple(
        replace(layer, heads=tuple(map(soft, layer.heads))) for layer in model.layers
    )
    return replace(
        model,
        layers=made,
        name=f"softmax{seed}",
        gap_bits=r.choice(["0", "1", "2", "3", "log2(n)"]),
        weight_bits=r.choice(["0", "1", "2", "4", "n"]),
        bits=r.choice(["0", "1", "3", "4"]),
    )
