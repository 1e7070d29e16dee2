"""The exact model where numbers are wider than 64 bits, beside numpy's objects and the definition in fractions.

Weights are random float32; two layers of two heads make numbers of hundreds of bits. `numpy` multiplies every vector in
numpy's objects; `no flint` each different vector once, in numpy too. The definition runs on a few strings, and is
scaled by the string.
"""

import math
import time
from collections.abc import Callable
from unittest import mock

import numpy as np

from circuitsim.models.model import Attention, FeedForward, Head, Layer, Model, Readout
from circuitsim.models.positions import PositionTable
from circuitsim.models.sequence import all_inputs
from circuitsim.networks import exact
from circuitsim.networks.definition import run_definition
from circuitsim.networks.draw import network
from circuitsim.numbers import scaled
from circuitsim.numbers.scaled import Scaled

HEADS = 2
ATTENTIONS: tuple[Attention, ...] = ("hard-left", "saturated")
COLUMNS = [
    "d",
    "attention",
    "strings",
    "bits",
    "seconds",
    "numpy/this",
    "no flint/this",
    "fractions/this",
]


class EveryVector(exact.Exact):
    """Every vector is multiplied, however often it is there."""

    def product(self, weights: Scaled, x: Scaled, bias: Scaled | None) -> Scaled:
        """Weights times every vector, plus a bias."""
        return exact.affine(weights, x, bias)


def model(width: int, n: int, attention: Attention) -> Model:
    """Two layers of random float32, as a trained checkpoint has them, on the letters 0 and 1."""
    rng = np.random.default_rng(width)

    def weights(rows: int, columns: int) -> np.ndarray:
        return (rng.standard_normal((rows, columns)) / math.sqrt(columns)).astype(np.float32)

    def head() -> Head:
        query, key, value = (weights(width // HEADS, width) for _ in range(3))
        return Head(query, key, value, weights(width, width // HEADS), attention=attention)

    layers = [
        Layer(
            [head() for _ in range(HEADS)],
            feed_forward=FeedForward(weights(2 * width, width), weights(width, 2 * width)),
        )
        for _ in range(2)
    ]
    embedding = dict(zip("01", weights(2, width), strict=True))
    positions = PositionTable(weights(n, width))
    return Model("01", embedding, layers, Readout(weights(2, width)), positions=positions)


def seconds(run: Callable[..., object], *given: object) -> float:
    """How long a run takes."""
    started = time.perf_counter()
    run(*given)
    return time.perf_counter() - started


def row(width: int, n: int, attention: Attention, few: int) -> list[str]:
    """One model on all strings of n letters, and by the definition on a few of them."""
    drawn = network(model(width, n, attention), n)
    codes = all_inputs(drawn.model, n)
    bits = exact.run_exact(drawn, codes).outputs.largest.bit_length()
    this = seconds(exact.run_exact, drawn, codes)
    with mock.patch.object(scaled, "WORTH_MOVING", math.inf):
        no_flint = seconds(exact.run_exact, drawn, codes)
        objects = seconds(exact.run_exact, drawn, codes, EveryVector)
    plain = sum(seconds(run_definition, drawn, string) for string in codes[:few].tolist())
    ratios = [objects, no_flint, plain * len(codes) / few]
    named = [str(width), attention, str(len(codes)), str(bits), f"{this:.2f}"]
    return named + [f"{ratio / this:.1f}" for ratio in ratios]


def main(smallest: bool = False) -> None:
    n, few = (3, 1) if smallest else (8, 2)
    print("".join(f"{title:>15}" for title in COLUMNS))
    for width in (2,) if smallest else (16, 32, 64):
        for attention in ATTENTIONS:
            print("".join(f"{cell:>15}" for cell in row(width, n, attention, few)))


if __name__ == "__main__":
    main()
