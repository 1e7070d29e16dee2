"""The meaning of a network with gradients: its numbers in float64, by torch, as functions of a model's numbers.

What heads select is found as the float rung does, and is a constant for the gradient.
"""

from collections.abc import Callable
from functools import reduce
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, silu

from circuitsim.errors import InputError
from circuitsim.learning.named_numbers import NamedNumbers, Placed
from circuitsim.models.model import Model
from circuitsim.models.tables import table_rows
from circuitsim.networks import primitives as net
from circuitsim.networks.decided import Decided
from circuitsim.networks.keys import key_mask, select
from circuitsim.networks.network import Network, run
from circuitsim.tokens import Codes

FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": gelu,
    "gelu-tanh": lambda x: gelu(x, approximate="tanh"),
    "silu": silu,
    "tanh": torch.tanh,
}


class Differentiable(nn.Module):
    """A model whose numbers can be trained.

    Args:
        named: the model's numbers; no head of it is softmax.
    """

    def __init__(self, named: NamedNumbers) -> None:
        super().__init__()
        self.named = named
        self.values = nn.Parameter(torch.from_numpy(named.values.copy()))
        self.networks: dict[tuple[int, int], Network] = {}

    def forward(self, inputs: Decided, codes: Codes) -> Tensor:
        """Numbers (batch, places, rows) of which the decisions are made, of some of the inputs."""
        key = inputs.codes.shape[1], inputs.offset
        if key not in self.networks:
            self.networks[key] = self._network(inputs)
        drawn = self.networks[key]
        values = run(drawn, _Rules(drawn, codes, self.values))
        return torch.cat([values[x] for x in drawn.outputs], 1)

    def _network(self, inputs: Decided) -> Network:
        drawn = self.named.network(inputs)
        for line in drawn.lines:
            if not hasattr(_Rules, line.primitive.name):
                raise InputError(
                    f"{line.place}: fine-tuning knows no gradient of {line.primitive.name}; harden without --fine-tune."
                )
        return drawn

    def model(self) -> Model:
        """The model with its numbers as they are now, in 32 bits as people save them."""
        now = self.values.detach().numpy()
        trained = now != self.named.values
        short = now.astype(np.float32).astype(np.float64)
        return self.named.model_with(np.where(trained, short, self.named.values))


class _Rules:
    """One rule a primitive; values are (batch, positions, components)."""

    def __init__(self, drawn: Network, codes: Codes, numbers: Tensor) -> None:
        self.chosen, self.numbers = table_rows(drawn.model, codes), numbers
        self.batch = len(codes)

    def of(self, placed: Any) -> Tensor:
        """The numbers that stand in an array of the network."""
        assert isinstance(placed, Placed)
        names = torch.from_numpy(placed.names)
        return torch.where(
            names >= 0, self.numbers[names.clamp(min=0)], torch.from_numpy(placed.constants)
        )

    def tokens(self, index: int, how: net.Tokens) -> Tensor:
        """The rows that tokens choose, and those of the positions."""
        rows = [
            self.of(table)[torch.from_numpy(chosen)]
            for table, chosen in zip(how.tables, self.chosen, strict=True)
        ]
        return reduce(
            torch.add, rows if how.positions is None else [*rows, self.of(how.positions)]
        )

    def constant(self, index: int, how: net.Constant) -> Tensor:
        """One row for all positions of all strings."""
        return self.of(how.row).expand(self.batch, how.positions, -1)

    def affine(self, index: int, how: net.Affine, x: Tensor) -> Tensor:
        """A linear map."""
        product = x @ self.of(how.weights).T
        return product if how.bias is None else product + self.of(how.bias)

    def add(self, index: int, how: net.Add, *terms: Tensor) -> Tensor:
        """A sum."""
        return reduce(torch.add, terms)

    def relu(self, index: int, how: net.Relu, x: Tensor) -> Tensor:
        """The positive part."""
        return x.relu()

    def activate(self, index: int, how: net.Activate, x: Tensor) -> Tensor:
        """The function."""
        return FUNCTIONS[how.function](x)

    def multiply(self, index: int, how: net.Multiply, x: Tensor, y: Tensor) -> Tensor:
        """Products, component by component."""
        return x * y

    def normalise(self, index: int, how: net.Normalise, x: Tensor) -> Tensor:
        """Vectors with a norm."""
        centred = x - x.mean(2, keepdim=True) if how.kind == "layer" else x
        square = (centred**2).mean(2, keepdim=True) + float(how.eps)
        root = square.where(square > 0, torch.ones_like(square)).sqrt()
        return centred / root * self.of(how.gain) + self.of(how.bias)

    def round(self, index: int, how: net.Round, x: Tensor) -> Tensor:
        """The same."""
        return x

    def rotate(self, index: int, how: net.Rotate, x: Tensor) -> Tensor:
        """The same, with pairs turned."""
        cosines, sines = self.of(how.turns)
        first, second = (list(places) for places in zip(*how.pairs, strict=True))
        a, b, turned = x[..., first], x[..., second], x.clone()
        turned[..., first] = a * cosines - b * sines
        turned[..., second] = b * cosines + a * sines
        return turned

    def sum(self, index: int, how: net.Sum, x: Tensor) -> Tensor:
        """Sums over positions."""
        return x.sum(1, keepdim=True)

    def pairs(self, index: int, how: net.Pairs, x: Tensor, y: Tensor) -> Tensor:
        """Products at pairs of positions."""
        return (x[:, :, None] * y[:, None]).flatten(1, 2)

    def attend(
        self, index: int, how: net.Attend, query: Tensor, key: Tensor, value: Tensor
    ) -> Tensor:
        """Means of the selected values."""
        assert how.attention != "softmax"
        scores = (query @ key.transpose(1, 2)).detach().numpy()
        if how.score_bits is not None:
            scores = np.floor(scores * 2.0**how.score_bits + 0.5) / 2.0**how.score_bits
        visible = key_mask(how.mask, query.shape[1], how.third_order)
        selected = select(how.attention, scores, visible)
        chosen = torch.from_numpy(selected.astype(np.float64, order="C"))
        return cast("Tensor", chosen @ value / chosen.sum(2, keepdim=True).clamp(min=1))

    def pick(self, index: int, how: net.Pick, x: Tensor) -> Tensor:
        """Some positions."""
        return x[:, list(how.places)]

    def beside(self, index: int, how: net.Beside, *parts: Tensor) -> Tensor:
        """Vectors joined."""
        return torch.cat(parts, 2)
