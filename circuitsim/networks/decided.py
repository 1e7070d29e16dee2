"""Inputs with the decisions that a model makes on them, and how many of these another model keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from circuitsim.array_types import Bools, Longs
from circuitsim.models.model import Model
from circuitsim.models.sequence import moved

from .draw import network
from .network import Network
from .rungs import run_float

WORKING_SET = 2**18  # numbers of one value that are in memory at once


@dataclass(frozen=True)
class Decided:
    """Some inputs of one length, as many as memory holds, and what a model decides.

    Args:
        codes: (inputs, n). offset: the row of the position table that their first position has.
        first: of the decisions that count. decisions: (inputs, decisions), of all.
    """

    codes: Longs
    offset: int
    first: int
    decisions: Longs

    def agreeing(self, decisions: Longs) -> Bools:
        """Which decisions that count are the same: (inputs, decisions)."""
        same: Bools = (decisions == self.decisions)[:, self.first :]
        return same

    def drawn(self, model: Model) -> Network:
        """The network of a model for these inputs."""
        return network(moved(model, self.offset), self.codes.shape[1])


def decided(model: Model, codes: Longs, offset: int, start: int) -> Iterator[Decided]:
    """What a model decides in float64; of the positions that are read out, those from `start` on count."""
    own, n = moved(model, offset), codes.shape[1]
    lines = network(own, n).lines
    keys = max([1, *(head.keys(own.length(n)) for head in model.heads)])
    most = max(line.shape[0] * max(line.shape[1], keys) for line in lines)
    step = max(1, WORKING_SET // most)
    signs = model.readout.answer == "signs"
    first = start * (len(model.readout.weights) if signs else 1)
    for at in range(0, len(codes), step):
        part = codes[at : at + step]
        yield Decided(part, offset, first, run_float(own, part).decisions)


def kept(model: Model, inputs: Iterable[Decided]) -> int:
    """How many inputs a model decides in float64 as it was decided."""
    total = 0
    for some in inputs:
        found = run_float(moved(model, some.offset), some.codes).decisions
        total += int(some.agreeing(found).all(axis=1).sum())
    return total
