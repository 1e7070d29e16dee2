"""What nets of every architecture share: tokens as vectors, the read-out, and the model that circuits are made of.

A net is a torch module that also writes itself as a model of docs/model-format.md: a document of plain data in which
matrices are arrays.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from circuitsim.learning.recipe import Recipe
from circuitsim.tokens import Format
from circuitsim.zoo.task import Place

Document: TypeAlias = dict[str, Any]

SPREAD = 0.5  # standard deviation of the first embeddings
# Of circuits, unless `compile` is told otherwise: what kept every decision of public models (docs/trained.md).
BITS = {"bits": "10", "inner": "rounded"}
SOFTMAX_BITS = {"gap_bits": "4", "weight_bits": "8"}


@dataclass(frozen=True)
class Shape:
    """What a net has to know of its task.

    Attributes:
        answers: how many decisions there are. longest: positions that the net knows.
    """

    recipe: Recipe
    format: Format
    place: Place
    answers: int
    longest: int

    @property
    def rows(self) -> int:
        """Rows of the read-out: one for a bit."""
        return 1 if self.answers == 2 else self.answers


class Net(nn.Module):
    """Tokens, whatever is made of them, and a read-out.

    Args:
        read: numbers that the read-out reads.
    """

    def __init__(self, shape: Shape, read: int) -> None:
        super().__init__()
        self.shape = shape
        width = shape.recipe.width
        self.fields = nn.ModuleList(
            nn.Embedding(field.size, width) for field in shape.format.fields
        )
        for table in self.fields:
            nn.init.normal_(table.weight, std=SPREAD)
        positions = shape.recipe.positions
        if positions == "learned":
            self.positions = nn.Parameter(torch.randn(shape.longest, width) * SPREAD)
        elif positions == "sinusoidal":
            self.register_buffer("positions", sinusoidal(shape.longest, width))
        self.readout = nn.Linear(read, shape.rows)

    def rows(self, digits: Tensor) -> Tensor:
        """The vectors (batch, n, width) of tokens given as indices (batch, n, fields), -1 where one lacks a field."""
        found: Tensor | int = 0
        for index, table in enumerate(self.fields):
            at = digits[:, :, index]
            found = found + table(at.clamp(min=0)) * (at >= 0)[..., None]
        if self.shape.recipe.positions != "none":
            found = found + self.positions[: digits.shape[1]]
        assert isinstance(found, Tensor)
        return found

    def forward(self, digits: Tensor) -> Tensor:
        """Numbers (batch, places, rows) of which the answers are made."""
        return self.readout(self.placed(self.stream(self.rows(digits))))

    def placed(self, stream: Tensor) -> Tensor:
        """What stands where the task is read: (batch, places, numbers) of (batch, n, numbers)."""
        at = {"first": slice(0, 1), "last": slice(-1, None), "each": slice(None)}
        return stream[:, at[self.shape.place]]

    @abstractmethod
    def stream(self, rows: Tensor) -> Tensor:
        """What the read-out reads at each position: (batch, n, numbers) of (batch, n, width)."""

    @abstractmethod
    def document(self, name: str) -> Document | None:
        """The net as a model; None if circuits are not made of such nets."""

    def about(self, name: str) -> Document:
        """The part of a document that nets of every architecture have."""
        found: Document = {"format": "circuitsim-model", "version": 1, "name": name}
        form = self.shape.format
        tables = [array(table.weight) for table in self.fields]
        if form.plain:
            letters = form.fields[0].values
            found["vocabulary"] = list(letters)
            found["embedding"] = dict(zip(letters, tables[0], strict=True))
        else:
            found["fields"] = form.document()
            found["tables"] = [
                {"fields": [field.name], "rows": rows}
                for field, rows in zip(form.fields, tables, strict=True)
            ]
        if self.shape.recipe.positions != "none":
            found["positions"] = {"table": array(self.positions)}
        return found

    def read_out(self) -> Document:
        """The read-out at the task's place."""
        return {
            "weights": array(self.readout.weight),
            "bias": array(self.readout.bias),
            "position": self.shape.place,
        }


def array(tensor: Tensor) -> np.ndarray[Any, np.dtype[Any]]:
    """The numbers of a tensor."""
    found: np.ndarray[Any, np.dtype[Any]] = tensor.detach().cpu().numpy().copy()
    return found


def net_of(linear: nn.Linear, output: nn.Linear | None, activation: str) -> Document:
    """A layer of hidden units; without `output` they are the output themselves."""
    hidden = array(linear.weight)
    found = {
        "hidden": hidden,
        "hidden_bias": array(linear.bias),
        "activation": activation,
        "output": np.eye(len(hidden)) if output is None else array(output.weight),
        "residual": output is not None,
    }
    if output is not None:
        found["output_bias"] = array(output.bias)
    return found


def sinusoidal(longest: int, width: int) -> Tensor:
    """Vaswani et al. 2017 (arXiv 1706.03762), section 3.5: (positions, width)."""
    at = torch.arange(longest)[:, None]
    pair = torch.arange(width) // 2 * 2
    angles = at / 10000 ** (pair / width)
    return torch.where(torch.arange(width) % 2 == 0, angles.sin(), angles.cos())


def activated(values: Tensor, activation: str) -> Tensor:
    """One of the activations that circuits have."""
    return {"relu": torch.relu, "gelu": nn.functional.gelu, "tanh": torch.tanh}[activation](
        values
    )
