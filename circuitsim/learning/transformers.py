"""Transformers: softmax attention, or saturated attention whose gradient is softmax's."""

import math
from typing import cast

import torch
from torch import Tensor, nn

from circuitsim.learning.nets import (
    BITS,
    SOFTMAX_BITS,
    Document,
    Net,
    Shape,
    activated,
    array,
    net_of,
)
from circuitsim.learning.recipe import Recipe


class Layer(nn.Module):
    """Heads, then a net, each added to the stream; norms before or after each, or none."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.recipe, width = recipe, recipe.width
        self.query, self.key, self.value, self.output = (
            nn.Linear(width, width) for _ in range(4)
        )
        if recipe.norms != "none":
            self.attention_norm, self.net_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        if recipe.hidden:
            self.up, self.down = (
                nn.Linear(width, recipe.hidden),
                nn.Linear(recipe.hidden, width),
            )

    def forward(self, x: Tensor) -> Tensor:
        """The stream after the layer."""
        norms = self.recipe.norms
        if norms == "after":
            x = self.attention_norm(x + self.attend(x))
            return self.net_norm(x + self.net(x)) if self.recipe.hidden else x
        x = x + self.attend(self.attention_norm(x) if norms == "before" else x)
        if not self.recipe.hidden:
            return x
        return x + self.net(self.net_norm(x) if norms == "before" else x)

    def attend(self, x: Tensor) -> Tensor:
        """What the heads add."""
        heads, n = self.recipe.heads, x.shape[1]
        query, key, value = (
            part(x).unflatten(2, (heads, -1)).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[3])
        saturated = self.recipe.attention == "saturated"
        if saturated:
            scores = rounded(scores, self.recipe.score_bits)
        if self.recipe.mask == "causal":
            above = torch.ones(n, n, dtype=torch.bool).triu(1)
            scores = scores.masked_fill(above, -math.inf)
        weights = scores.softmax(3)
        if saturated:
            most = (scores == scores.amax(3, keepdim=True)).to(weights)
            hard = most / most.sum(3, keepdim=True)
            weights = weights + (hard - weights).detach()
        return cast("Tensor", self.output((weights @ value).transpose(1, 2).flatten(2)))

    def net(self, x: Tensor) -> Tensor:
        """What the net adds."""
        return cast("Tensor", self.down(activated(self.up(x), self.recipe.activation)))

    def document(self) -> Document:
        """The layer in a model."""
        recipe = self.recipe
        found: Document = {"heads": [self._head(number) for number in range(recipe.heads)]}
        found["output_bias"] = array(self.output.bias)
        if recipe.hidden:
            found["feed_forward"] = net_of(self.up, self.down, recipe.activation)
        if recipe.norms != "none":
            found["norms"] = recipe.norms
            found["attention_norm"] = _norm(self.attention_norm)
            if recipe.hidden:
                found["net_norm"] = _norm(self.net_norm)
        return found

    def _head(self, number: int) -> Document:
        size = self.recipe.width // self.recipe.heads
        own = slice(number * size, (number + 1) * size)
        found: Document = {}
        for name in ("query", "key", "value"):
            part = getattr(self, name)
            scale = 1 / math.sqrt(size) if name == "query" else 1.0
            found[name] = array(part.weight)[own] * scale
            found[f"{name}_bias"] = array(part.bias)[own] * scale
        found["output"] = array(self.output.weight)[:, own]
        found["attention"], found["mask"] = self.recipe.attention, self.recipe.mask
        if self.recipe.attention == "saturated":
            found["score_bits"] = self.recipe.score_bits
        return found


class Transformer(Net):
    """Layers one after the other, and a norm at the end where norms stand before."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape, shape.recipe.width)
        self.layers = nn.ModuleList(Layer(shape.recipe) for _ in range(shape.recipe.layers))
        if shape.recipe.norms == "before":
            self.final_norm = nn.LayerNorm(shape.recipe.width)

    def stream(self, rows: Tensor) -> Tensor:
        """The residual stream after the last layer."""
        for layer in self.layers:
            rows = layer(rows)
        return self.final_norm(rows) if self.shape.recipe.norms == "before" else rows

    def document(self, name: str) -> Document:
        """The transformer as a model."""
        found = self.about(name) | BITS
        if self.shape.recipe.attention == "softmax":
            found |= SOFTMAX_BITS
        found["layers"] = [cast("Layer", layer).document() for layer in self.layers]
        if self.shape.recipe.norms == "before":
            found["final_norm"] = _norm(self.final_norm)
        return found | {"readout": self.read_out()}


def rounded(scores: Tensor, bits: int) -> Tensor:
    """Scores rounded half up to so many fraction bits; gradients pass as if they were not."""
    grid = (scores * 2**bits + 0.5).floor() / 2**bits
    return scores + (grid - scores).detach()


def _norm(norm: nn.LayerNorm) -> Document:
    return {"gain": array(norm.weight), "bias": array(norm.bias), "eps": str(norm.eps)}
