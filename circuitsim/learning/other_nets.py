"""Recurrent and fully connected nets, to stand beside transformers."""

from itertools import pairwise
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from circuitsim.errors import InputError
from circuitsim.learning.nets import Document, Net, Shape, activated, array, net_of

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
# A state that goes through many steps needs more digits than a stream of a few layers.
BITS = {"bits": "12"}


class Recurrent(Net):
    """States that go over the tokens, forward, and backward too where answers are read before the end.

    The read-out sees the states and the token's vector. Circuits are made of `rnn` in one layer.
    """

    def __init__(self, shape: Shape) -> None:
        recipe, self.both = shape.recipe, shape.place != "last"
        super().__init__(shape, recipe.width * (3 if self.both else 2))
        if recipe.architecture == "rnn" and recipe.activation == "gelu":
            raise InputError("torch has no recurrent net with gelu; give relu or tanh.")
        own = {"nonlinearity": recipe.activation} if recipe.architecture == "rnn" else {}
        self.cells = CELLS[recipe.architecture](
            recipe.width,
            recipe.width,
            recipe.layers,
            batch_first=True,
            bidirectional=self.both,
            **own,
        )

    def stream(self, rows: Tensor) -> Tensor:
        """States, and the token's vector."""
        return torch.cat([self.cells(rows)[0], rows], 2)

    def document(self, name: str) -> Document | None:
        """The net as a model, if it is a plain one of one layer."""
        recipe = self.shape.recipe
        if recipe.architecture != "rnn" or recipe.layers > 1:
            return None
        found = self.about(name) | BITS | {"kind": "recurrent", "forward": self._cell("")}
        if self.both:
            found["backward"] = self._cell("_reverse")
        return found | {"readout": self.read_out()}

    def _cell(self, end: str) -> Document:
        width = self.shape.recipe.width

        def part(name: str) -> np.ndarray[Any, np.dtype[Any]]:
            return array(getattr(self.cells, f"{name}_l0{end}"))

        net = {
            "hidden": np.concatenate([part("weight_hh"), part("weight_ih")], axis=1),
            "hidden_bias": part("bias_hh").astype(np.float64) + part("bias_ih"),
            "activation": self.shape.recipe.activation,
            "output": np.eye(width),
            "residual": False,
        }
        return {"initial": [0] * width, "nets": [net]}


class FullyConnected(Net):
    """Hidden layers on all tokens' vectors joined, for strings of one length."""

    def __init__(self, shape: Shape) -> None:
        recipe = shape.recipe
        if recipe.hidden < 1:
            raise InputError("a fully connected net needs hidden units; give --hidden.")
        super().__init__(shape, recipe.hidden)
        self.places = shape.longest if shape.place == "each" else 1
        self.readout = nn.Linear(recipe.hidden, self.places * shape.rows)
        sizes = [shape.longest * recipe.width] + [recipe.hidden] * recipe.layers
        self.maps = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))

    def forward(self, digits: Tensor) -> Tensor:
        """Numbers (batch, places, rows) of which the answers are made."""
        found = self.readout(self.stream(self.rows(digits)))
        return cast("Tensor", found.unflatten(1, (self.places, self.shape.rows)))

    def stream(self, rows: Tensor) -> Tensor:
        """The last hidden layer (batch, hidden)."""
        hidden = rows.flatten(1)
        for linear in self.maps:
            hidden = activated(linear(hidden), self.shape.recipe.activation)
        return hidden

    def document(self, name: str) -> Document:
        """The net as a model."""
        activation, rows = self.shape.recipe.activation, self.shape.rows
        found = self.about(name) | BITS | {"kind": "fully-connected", "n": self.shape.longest}
        found["layers"] = [
            net_of(cast("nn.Linear", linear), None, activation) for linear in self.maps
        ]
        weights, bias = array(self.readout.weight), array(self.readout.bias)
        found["readouts"] = [
            {
                "weights": weights[at * rows : (at + 1) * rows],
                "bias": bias[at * rows : (at + 1) * rows],
                "position": self.shape.place,
            }
            for at in range(self.places)
        ]
        return found
