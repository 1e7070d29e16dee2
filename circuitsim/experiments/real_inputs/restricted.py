"""A trained net on real vectors, restricted to signs: a model whose inputs are a sign and pointers a token.

The real net reads a token as a vector: its value, the code of its position, the codes of its pointers. Restricted, a
value is + or - one unit vector, so that a token is a sign and indices, as in the zoo's task, and the answer is read
along that vector. Everything before the softmax is linear in the codes. So the stream has a coordinate for the sign
and one for every index of a position or pointer, whose code is a row of `codes`, and scores and values are written in
these coordinates: the function is the trained one, and products of numbers become choices by a wire.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from circuitsim.array_types import Floats
from circuitsim.models.model import FeedForward, Head, Layer, Mask, Model, Readout
from circuitsim.models.positions import PositionTable
from circuitsim.models.tables import Table
from circuitsim.numbers.arrays import matrix, vector
from circuitsim.zoo.task import Task

BITS = "6"  # fraction bits from which the least ones are looked for


@dataclass(frozen=True)
class Codes:
    """The vectors (D,) that tokens add up: of the sign +, of positions (n, D), and of each pointer's values (n, D)."""

    sign: Floats
    positions: Floats
    pointers: Mapping[str, Floats]

    @property
    def rows(self) -> Floats:
        """(d, D): the vector of every coordinate of the stream."""
        return np.concatenate([self.sign[None], *self.pointers.values(), self.positions])

    def stream(self, task: Task, n: int) -> dict[str, Any]:
        """Tables, positions and fields of the model on n tokens of a task, whose tokens carry a sign and pointers."""
        width = len(self.rows)
        unit = np.identity(width, dtype=int)
        first = task.format(n).fields[0].name
        tables = [Table((first,), matrix([-unit[0], unit[0]], "signs"))]
        start = 1
        for name, codes in self.pointers.items():
            tables.append(Table((name,), matrix(unit[start : start + len(codes)], name)))
            start += len(codes)
        at = PositionTable(matrix(unit[start : start + len(self.positions)], "positions"))
        return {
            "vocabulary": (),
            "embedding": {},
            "fields": task.format(n).fields,
            "tables": tuple(tables),
            "positions": at,
        }


@dataclass(frozen=True)
class Attention:
    """A trained head on vectors (D,): scores a^T `scores` b + `keys` b of query a and key b, and values (v, D).

    Without values the head returns the mean of the stream itself.
    """

    scores: Floats
    values: Floats | None = None
    keys: Floats | None = None
    mask: Mask = "none"

    def head(self, codes: Codes) -> Head:
        """The head on the stream of codes, whose mean goes into the first v coordinates of the layer's output."""
        rows = codes.rows
        width = len(rows)
        values = np.identity(width) if self.values is None else self.values @ rows.T
        key = rows @ self.scores @ rows.T
        query, query_bias = np.identity(width), np.zeros(width)
        if self.keys is not None:
            key = np.concatenate([key, (self.keys @ rows.T)[None]])
            query = np.concatenate([query, np.zeros((1, width))])
            query_bias = np.append(query_bias, 1)
        used = np.flatnonzero(np.abs(key).any(axis=1))
        return Head(
            query=_rational(query[used]),
            query_bias=_rational(query_bias[used]),
            key=_rational(key[used]),
            value=_rational(values),
            output=_rational(np.identity(width)[:, : len(values)]),
            attention="softmax",
            mask=self.mask,
        )


def counting(
    task: Task, n: int, codes: Codes, attention: Attention, name: str, q: int
) -> Model:
    """A model that answers how many of q signs are +: the count whose average is nearest to the head's output."""
    width = len(codes.rows)
    # The average of q signs of which s are + is (2s - q)/q; the nearest has the largest a x - a^2 / 2.
    averages = [(2 * s - q) / q for s in range(q + 1)]
    biases = vector([-a * a / 2 for a in averages], "averages")
    weights = np.zeros((q + 1, width))
    weights[:, 0] = averages
    return Model(
        **codes.stream(task, n),
        layers=(Layer((attention.head(codes),), residual=False),),
        readout=Readout(_rational(weights), biases, task.place),
        bits=BITS,
        name=name,
    )


@dataclass(frozen=True)
class Net:
    """A trained net of ReLUs on a mean of vectors (D,): hidden (h, D) and its bias, and one output with its bias."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: float


def deciding(task: Task, n: int, codes: Codes, attention: Attention, net: Net) -> Model:
    """A model that answers whether a net's output on the head's mean is above 0."""
    rows = codes.rows
    width = len(rows)
    output = np.zeros((width, len(net.output)))
    output[0] = net.output
    layer = Layer(
        (attention.head(codes),),
        residual=False,
        feed_forward=FeedForward(
            hidden=_rational(net.hidden @ rows.T),
            hidden_bias=_rational(net.hidden_bias),
            output=_rational(output),
            residual=False,
        ),
    )
    readout = Readout(
        _rational(np.identity(width)[:1]), _rational(np.array([net.output_bias])), task.place
    )
    return Model(
        **codes.stream(task, n), layers=(layer,), readout=readout, bits=BITS, name=task.name
    )


def _rational(values: Floats) -> Any:
    """Trained numbers as they are in float32; exactly these are then rounded by the integer model."""
    return values.astype(np.float32)
