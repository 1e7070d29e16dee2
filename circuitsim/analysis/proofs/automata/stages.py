"""What one position of a model computes, layer by layer, once it is known which value each head hands it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import numpy as np

from circuitsim.certificates.claim import Claim
from circuitsim.models.model import Model
from circuitsim.networks.definition import Definition, Rows
from circuitsim.networks.draw import network
from circuitsim.networks.primitives import Attend, Constant, Pick
from circuitsim.networks.trace import decide

Vector: TypeAlias = tuple[Fraction, ...]


class Read(NamedTuple):
    """What a head reads at one position."""

    query: Vector
    key: Vector
    value: Vector  # as the head hands it on: rounded


class Stages:
    """The parts of a model between its heads, as functions of one position.

    Args:
        claim: in the scope of automata, so that a model of one letter stands for all lengths.
    """

    def __init__(self, claim: Claim) -> None:
        assert isinstance(claim.model, Model)
        self.model, self.bits = claim.model, claim.bits
        self.network = network(claim.model, 1)
        self._rules = self._of_letter(0)
        self._ends = [0, *(parts[0] + 1 for parts in self.network.residuals)]

    def tokens(self) -> dict[int, list[Vector]]:
        """For every letter's number the rows of the sequence that it makes alone, constant tokens and all."""
        found = {}
        for letter in range(len(self.model.vocabulary)):
            rules, values = self._of_letter(letter), dict[int, Rows]()
            for index, line in enumerate(self.network.lines[: self._ends[1]]):
                read = [values[x] for x in line.primitive.reads]
                values[index] = getattr(rules, line.primitive.name)(
                    index, line.primitive, *read
                )
            found[letter] = values[self._ends[1] - 1]
        return found

    def heads(self, layer: int) -> list[Attend]:
        """The heads of a layer."""
        lines = self.network.lines[self._ends[layer + 1] : self._ends[layer + 2]]
        return [line.primitive for line in lines if isinstance(line.primitive, Attend)]

    def reads(self, layer: int, xs: Rows) -> list[list[Read]]:
        """What the heads of a layer read at positions with residuals `xs`, for each of these."""
        heads = self._run(layer, xs, None)[0]
        return (
            [list(reads) for reads in zip(*heads, strict=True)] if heads else [[] for _ in xs]
        )

    def after(self, layer: int, xs: Rows, means: Sequence[Rows]) -> Rows:
        """The residuals after a layer, whose heads hand `means` to positions with residuals `xs`."""
        return self._run(layer, xs, means)[1] if xs else []

    def decisions(self, xs: Rows) -> list[int]:
        """What is decided where residuals `xs` are read out after the last layer."""
        outputs = self._run(len(self.model.layers), xs, ())[1]
        return [int(decide(np.array([[row]], object))[0, 0]) for row in outputs]

    def _of_letter(self, letter: int) -> Definition:
        return Definition(self.network, [letter], self.bits, "rounded")

    def _run(
        self, layer: int, xs: Rows, means: Sequence[Rows] | None
    ) -> tuple[list[list[Read]], Rows]:
        start = self._ends[layer + 1]
        stop = [*self._ends, len(self.network.lines)][layer + 2]
        values: dict[int, Rows] = {start - 1: xs}
        found: list[list[Read]] = []
        for index in range(start, stop):
            how = self.network.lines[index].primitive
            read = [values[x] for x in how.reads]
            if isinstance(how, Attend):
                handed = [self._rules.mean(list(value), 1) for value in read[2]]
                values[index] = handed if means is None else means[len(found)]
                found.append([Read(*row) for row in zip(*read[:2], handed, strict=True)])
            elif isinstance(how, Pick):
                values[index] = read[0]
            elif isinstance(how, Constant):
                values[index] = self._rules.stored(how.row) * len(xs)
            else:
                values[index] = getattr(self._rules, how.name)(index, how, *read)
        return found, values[stop - 1]
