"""Transformers of the size that people use, measured without drawing a gate: a BERT of 22 million, GPT-2 small.

BERT's shape is that of MiniLM: 6 layers of width 384, 12 heads, norms after, GELU, no mask, 30,522 words, the mean read
out. Weights are random, of deviation 1/20; numbers have 10 fraction bits, gaps 4, softmax weights 8. In xag every gate
is counted; in tc0 the thresholds that are to be drawn are estimated, and the estimate is held against what is drawn
where that is little. GPT-2's shape has layers of width 768, a causal mask, norms before and a last one; every
position is read out. One layer with 256 words comes first, then all twelve with 50,257, which takes hours on one core.
"""

import multiprocessing
import resource
import time
from dataclasses import dataclass

import numpy as np
from circuitsim.compilers.family import Family
from parts import gates_by_part, shares
from threshold_estimates import beside_drawn, work_of

from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.models.positions import PositionTable
from circuitsim.models.tables import Table
from circuitsim.numbers.scaled import Array
from circuitsim.schematic.measure import measure
from circuitsim.tokens import Field

DEVIATION = 0.05


@dataclass(frozen=True)
class Shape:
    """What is to be measured; `causal`: as GPT-2 is made, and not as BERT."""

    name: str
    layers: int
    width: int
    heads: int
    words: int
    positions: int
    causal: bool = False

    @property
    def parameters(self) -> int:
        """Weights of words, positions and layers."""
        return (self.words + self.positions + 12 * self.layers * self.width) * self.width


BERT = Shape("BERT of 22 million", 6, 384, 12, 30_522, 512)
ONE_LAYER = Shape("a layer of GPT-2 small, 256 words", 1, 768, 12, 256, 1024, causal=True)
GPT2 = Shape("GPT-2 small", 12, 768, 12, 50_257, 1024, causal=True)
SMALLEST = Shape("BERT, four wide", 1, 4, 1, 4, 8)
SMALLEST_GPT2 = Shape("GPT-2, four wide", 1, 4, 1, 4, 8, causal=True)


def random_model(shape: Shape, seed: int = 0) -> Model:
    """A model of a shape."""
    rng, d = np.random.default_rng(seed), shape.width
    k = d // shape.heads

    def weights(*size: int, by: float = 1) -> Array:
        return rng.normal(0, DEVIATION * by, size).astype(np.float32)

    def norm() -> Norm:
        return Norm(1 + weights(d), weights(d), "1e-5")

    mask = "causal" if shape.causal else "none"
    layers = []
    for _ in range(shape.layers):
        heads = [
            Head(
                weights(k, d, by=k**-0.5),
                weights(k, d),
                value=weights(k, d),
                output=weights(d, k),
                query_bias=weights(k),
                key_bias=weights(k),
                value_bias=weights(k),
                attention="softmax",
                mask=mask,
            )
            for _ in range(shape.heads)
        ]
        net = FeedForward(
            weights(4 * d, d),
            weights(d, 4 * d),
            weights(4 * d),
            output_bias=weights(d),
            activation="gelu-tanh" if shape.causal else "gelu",
        )
        norms = "before" if shape.causal else "after"
        layer = Layer(
            heads,
            weights(d),
            feed_forward=net,
            attention_norm=norm(),
            net_norm=norm(),
            norms=norms,
        )
        layers.append(layer)
    words = Field("word", tuple(map(str, range(shape.words))), "binary")
    return Model(
        (),
        {},
        layers,
        Readout(weights(2, d), position="each" if shape.causal else "mean"),
        positions=PositionTable(weights(shape.positions, d)),
        embedding_norm=None if shape.causal else norm(),
        final_norm=norm() if shape.causal else None,
        fields=(words,),
        tables=(Table(("word",), weights(shape.words, d)),),
        inner="rounded",
        bits="10",
        name=shape.name,
    )


def measured(shape: Shape, n: int) -> list[str]:
    """One line of figures in xag, and one of parts."""
    started = time.perf_counter()
    schematic = Family(random_model(shape), "xag", positions="wired")(n)
    drawn = time.perf_counter()
    cost = measure(schematic)
    ended = time.perf_counter()
    return [
        f"n = {n}: {cost.gates:,} gates, {cost.gates // n:,} a token, depth {cost.depth:,};"
        f" drawn in {drawn - started:.0f} s, measured in {ended - drawn:.0f} s, {peak()}",
        f"  {shares(gates_by_part(cost))}",
    ]


def estimated(shape: Shape, n: int) -> list[str]:
    """One line of thresholds that tc0 is to draw, by the estimate, and one of parts."""
    started = time.perf_counter()
    said = work_of(Family(random_model(shape), "tc0", optimize="size", positions="wired"), n)
    return [f"n = {n}: {said[0]}; {time.perf_counter() - started:.0f} s, {peak()}", *said[1:]]


def compared(shape: Shape, n: int) -> list[str]:
    """The estimate beside what is drawn."""
    family = Family(random_model(shape), "tc0", optimize="size", positions="wired")
    return [f"n = {n}: {beside_drawn(family, n)}"]


def peak() -> str:
    """Peak memory of this process."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB"


def main(smallest: bool = False) -> None:
    bert, gpts = (SMALLEST, [SMALLEST_GPT2]) if smallest else (BERT, [ONE_LAYER, GPT2])
    steps = [
        ("xag", bert, measured, n) for n in ([2] if smallest else [16, 32, 64, 128, 256, 512])
    ]
    steps += [("tc0", bert, estimated, n) for n in ([2] if smallest else [16, 512])]
    steps += [
        ("tc0, estimated and drawn", SMALLEST, compared, n)
        for n in ([1] if smallest else [2, 4])
    ]
    steps += [("xag", gpt2, measured, 2 if smallest else 64) for gpt2 in gpts]
    # A process for each, so that its memory is its own.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for basis, shape, step, n in steps:
            print(f"{shape.name}, {shape.parameters:,} weights, {basis}", flush=True)
            for line in pool.apply(step, (shape, n)):
                print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
