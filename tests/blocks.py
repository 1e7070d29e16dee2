"""Random models with the parts of real blocks: norms, activations, gates, inner rounding, means, signs."""

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

from circuitsim.models.any_model import AnyModel
from circuitsim.models.blocks import ACTIVATIONS, NORM_KINDS
from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import MASKS, FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.models.recurrent import NetCell
from tests.cases import KINDS, POSITIONS

WEIGHTS = [
    Fraction(x)
    for x in ("0", "0", "1", "-1", "1", "-1", "2", "-3", "1/2", "1/3", "3/4", "-7/5")
]
# Rows whose norms are as they come, tiny, huge, or not there: equal components have none without their mean.
SIZES = [Fraction(1)] * 5 + [Fraction(1, 10**6), Fraction(10**5), Fraction(1, 3)]
EPS = ["1e-5", "1e-12", "0", "0", "1/3", "1000"]


NONE = dict.fromkeys(("key2", "value2", "key2_bias", "value2_bias"), ())


class Dice(random.Random):
    """Random parts."""

    def vector(self, size: int) -> list[Fraction]:
        return [self.choice(WEIGHTS) for _ in range(size)]

    def matrix(self, rows: int, columns: int) -> list[list[Fraction]]:
        return [self.vector(columns) for _ in range(rows)]

    def row(self, d: int) -> list[Fraction]:
        """A row of a token, of which some are constant, zero too."""
        if self.random() < 0.2:
            return [self.choice(WEIGHTS)] * d
        size = self.choice(SIZES)
        return [size * x for x in self.vector(d)]

    def norm(self, d: int, chance: float = 0.7) -> Norm | None:
        if self.random() > chance:
            return None
        bias = self.vector(d) if self.random() < 0.6 else ()
        return Norm(self.vector(d), bias, self.choice(EPS), self.choice(NORM_KINDS))

    def net(
        self, d: int, rows: int | None = None, residual: bool | None = None
    ) -> FeedForward:
        h, m = self.randint(1, 3), d if rows is None else rows
        gate = {}
        if self.random() < 0.5:
            gate["gate"] = self.matrix(h, d)
            if self.random() < 0.5:
                gate["gate_bias"] = self.vector(h)
        added = self.random() < 0.8 if residual is None else residual
        activation = self.choice(ACTIVATIONS)
        return FeedForward(
            self.matrix(h, d), self.matrix(m, h), self.vector(h), self.vector(m), added,
            activation=activation, **gate,
        )  # fmt: skip

    def head(self, d: int) -> Head:
        k, v = self.randint(1, 2), self.randint(1, 2)
        third = {}
        if self.random() < 0.1:
            third = {"key2": self.matrix(k, d), "value2": self.matrix(v, d)}
        return Head(
            self.matrix(k, d),
            self.matrix(k, d),
            value=self.matrix(v, d),
            output=self.matrix(d, v),
            query_bias=self.vector(k) if self.random() < 0.5 else (),
            value_bias=self.vector(v) if self.random() < 0.5 else (),
            attention=self.choice(KINDS),
            mask=self.choice(MASKS),
            score_bits=self.choice([None, None, 0, 2]),
            **third,
        )

    def layer(self, d: int) -> Layer:
        heads = [self.head(d) for _ in range(self.randint(1, 2))]
        net = self.net(d) if self.random() < 0.8 else None
        return Layer(
            heads,
            self.vector(d) if self.random() < 0.5 else (),
            self.random() < 0.8,
            net,
            attention_norm=self.norm(d),
            net_norm=self.norm(d) if net else None,
            norms=self.choice(("before", "after")),
        )


def with_rotary(model: Model, seed: int) -> Model:
    """The model with rotary positions in most of its heads, and no head of third order."""
    r = Dice(seed)

    def turned(head: Head) -> Head:
        d, k = model.width, r.choice([2, 2, 4])
        maps = {"query": r.matrix(k, d), "key": r.matrix(k, d)}
        biases = {
            "query_bias": r.vector(k) if r.random() < 0.5 else (),
            "key_bias": r.vector(k),
        }
        base = r.choice([None, "10000", "1", "3/2", "1/7"])
        return replace(head, **maps, **biases, **NONE, rotary=base)

    layers = [replace(layer, heads=tuple(map(turned, layer.heads))) for layer in model.layers]
    return replace(model, layers=tuple(layers), name=f"rotary{seed}")


def with_activations(net: AnyModel, seed: int) -> AnyModel:
    """A recurrent or fully connected net with other activations, and gates, in its nets."""
    r = Dice(seed)

    def changed(one: FeedForward) -> FeedForward:
        h, d = one.hidden.scaled.shape
        gate = {"gate": r.matrix(h, d), "gate_bias": r.vector(h)} if r.random() < 0.5 else {}
        return replace(one, activation=r.choice(ACTIVATIONS), **gate)

    def all_changed(owner: Any, names: tuple[str, ...]) -> Any:
        return replace(owner, **{n: tuple(map(changed, getattr(owner, n))) for n in names})

    if isinstance(net, FullyConnected):
        return all_changed(net, ("layers",))
    cells = {
        name: all_changed(cell, ("nets",))
        for name in ("forward", "backward")
        if isinstance(cell := getattr(net, name), NetCell)
    }
    return replace(all_changed(net, ("nets",)), **cells)


def random_block_model(seed: int, layers: int | None = None) -> Model:
    """A model of one to three layers; the same seed gives the same model."""
    r = Dice(seed)
    d = r.randint(1, 4)
    vocabulary = "abcd"[: r.choice([2, 2, 3])]
    prepend, append = r.choice([(), (), ("<bos>",)]), r.choice([(), (), ("<cls>",)])
    rows = r.choice([1, 1, 2, 3])
    position = r.choice(["first", "last", "each", "mean", "mean", *prepend, *append])
    return Model(
        vocabulary=vocabulary,
        embedding={token: r.row(d) for token in (*vocabulary, *prepend, *append)},
        positions=None if r.random() < 0.4 else [r.choice(POSITIONS) for _ in range(d)],
        prepend=prepend,
        append=append,
        embedding_norm=r.norm(d, 0.4),
        layers=[r.layer(d) for _ in range(layers or r.randint(1, 3))],
        final_norm=r.norm(d, 0.5),
        readout=Readout(
            r.matrix(rows, d), r.vector(rows), position, r.choice(["decision", "signs"])
        ),
        inner=r.choice(["exact", "rounded"]),
        bits=str(r.choice([0, 1, 2, 3, 6])),
        name=f"block{seed}",
    )
