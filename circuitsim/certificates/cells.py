"""What checkers know of a transformer: its positions, each between its heads, and all strings as paths."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from circuitsim.certificates.claim import Claim
from circuitsim.models.model import Model
from circuitsim.networks.definition import Definition, Rows, Vector
from circuitsim.networks.draw import network
from circuitsim.networks.primitives import Attend, Constant, Pick
from circuitsim.networks.trace import decide


class Edge(NamedTuple):
    """A token between two nodes: its letter, None of a constant token, and its vector in the residual stream."""

    source: int
    letter: str | None
    x: Vector
    target: int


class Paths(NamedTuple):
    """Nodes, each with its place, and edges; every string is a path from place 0 to the largest place.

    Args:
        read: the place before the position that is read out.
    """

    places: list[int]
    edges: set[Edge]
    read: int


class Cells:
    """The parts of a model between its heads, at one position: the definition, on strings of one letter.

    Attributes:
        rules: of the definition; what it says of one letter's string it says of any, position by position.
    """

    def __init__(self, claim: Claim, model: Model) -> None:
        self.model, self.bits, self.drawn = model, claim.bits, network(model, 1)
        self.rules = Definition(self.drawn, [0], claim.bits, "rounded")
        ends = [part for (part,) in self.drawn.residuals]
        self._ends = [-1, *ends, len(self.drawn.lines) - 1]  # the last line of every stage

    def tokens(self, letter: int) -> Rows:
        """The vectors of a letter's string, constant tokens and all, before the first layer."""
        rules, rows = Definition(self.drawn, [letter], self.bits, "rounded"), list[Rows]()
        for index, line in enumerate(self.drawn.lines[: self._ends[1] + 1]):
            read = [rows[x] for x in line.primitive.reads]
            rows.append(getattr(rules, line.primitive.name)(index, line.primitive, *read))
        return rows[-1]

    def decisions(self, xs: Rows) -> list[int]:
        """What is decided where these vectors are read out."""
        outputs = self.run(len(self.model.layers) + 1, xs, ())[1]
        return [int(decide(np.array([[row]], object))[0, 0]) for row in outputs]

    def run(self, stage: int, xs: Rows, means: Sequence[Rows]) -> tuple[list[Any], Rows]:
        """What heads of layer `stage` - 1 read at positions `xs`, and what comes out where they give `means`.

        Returns:
            For every head its primitive, queries, keys and values; and the vectors after the layer.
        """
        rows, reads = {self._ends[stage]: xs}, list[Any]()
        for index in range(self._ends[stage] + 1, self._ends[stage + 1] + 1):
            how = self.drawn.lines[index].primitive
            read = [rows[x] for x in how.reads]
            if isinstance(how, Attend):
                reads.append((how, *read))
                rows[index] = means[len(reads) - 1] if means else read[2]
            elif isinstance(how, Constant):  # it stands at each position, or at one for all
                rows[index] = self.rules.constant(index, how)[:1] * len(xs)
            elif isinstance(how, Pick):
                rows[index] = read[0]
            else:
                rows[index] = getattr(self.rules, how.name)(index, how, *read)
        return reads, rows[self._ends[stage + 1]]


def all_strings(cells: Cells) -> Paths:
    """All strings: there is a place behind each constant token, one within the letters, and one behind them."""
    edges, p = set[Edge](), len(cells.model.prepend)
    for number, letter in enumerate(cells.model.vocabulary):
        rows = cells.tokens(number)
        ways = [(p, p + 1), (p + 1, p + 1), (p, p + 2), (p + 1, p + 2)]
        edges |= {Edge(u, letter, rows[p], v) for u, v in ways}
    edges |= {Edge(index, None, rows[index], index + 1) for index in range(p)}
    edges |= {Edge(at, None, rows[at - 1], at + 1) for at in range(p + 2, len(rows) + 1)}
    (read,) = cells.model.readout_positions(1)
    behind = read >= p and cells.model.readout.position != "first"
    return Paths(list(range(len(rows) + 2)), edges, read + behind)
