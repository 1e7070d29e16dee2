"""Fully connected nets: ReLU layers on all tokens' rows joined, for inputs of one length."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from circuitsim.errors import InputError
from circuitsim.models.embedded import Embedded, Embedding
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.positions import Formula, Positions
from circuitsim.models.shapes import (
    letter_problems,
    net_problems,
    readout_problems,
    refuse,
    token_problems,
    width_after,
)
from circuitsim.models.tables import Table
from circuitsim.tokens import Field, Letters


@dataclass(frozen=True, repr=False)
class FullyConnected(Embedded):
    """A fully connected net for inputs of n tokens.

    Args:
        n: the length it is for.
        vocabulary, embedding, positions, bits, name, fields, tables: as a transformer's.
        layers: the first reads the n * d numbers of all rows, in order; usually without `residual`.
        readouts: one, at "first" or "last"; or n of them, one for the answer at each position. All read what the
            last layer gives and have as many rows.

    Raises:
        ModelError: shapes that do not fit.
    """

    architecture: ClassVar[str] = "fully-connected"

    name: str = field(default="fully-connected", kw_only=True)
    n: int
    fields: tuple[Field, ...] = field(default=(), kw_only=True)
    tables: tuple[Table, ...] = field(default=(), kw_only=True)
    vocabulary: Letters
    embedding: Embedding = field(hash=False)
    layers: tuple[FeedForward, ...]
    readouts: tuple[Readout, ...]
    positions: Positions | None = field(default=None, metadata={"after": "embedding"})
    bits: Formula = field(default="8", kw_only=True)
    readout: Readout = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._normalise()
        object.__setattr__(self, "layers", tuple(self.layers))
        readouts = (
            (self.readouts,) if isinstance(self.readouts, Readout) else tuple(self.readouts)
        )
        object.__setattr__(self, "readouts", readouts)
        refuse(self.name, self._problems())
        object.__setattr__(self, "readout", readouts[0])

    def _parts(self) -> str:
        return f"n={self.n}, "

    def readout_positions(self, n: int) -> tuple[int, ...]:
        """Positions that are read out; the net is refused at other lengths than its own."""
        self.check_length(n)
        return super().readout_positions(n)

    def check_length(self, n: int) -> None:
        """Raise an InputError for another length than the net's."""
        if n != self.n:
            raise InputError(
                f"{self.name} is a fully connected net for n={self.n} alone; it cannot read {n} tokens."
            )

    def _problems(self) -> Iterator[str]:
        yield from letter_problems(self)
        if not (yield from token_problems(self)):
            return
        if type(self.n) is not int or self.n < 1:
            yield f"n is {self.n!r}, expected a whole number, at least 1"
            return
        if not self.readouts:
            yield "there is no read-out"
            return
        width = self.n * self.width
        yield from net_problems(self.layers, width, "the layers")
        rows = {len(readout.weights) for readout in self.readouts}
        if len(rows) > 1:
            yield f"readouts have {sorted(rows)} rows, expected one number of them"
        answers = dict.fromkeys(readout.answer for readout in self.readouts)
        if len(answers) > 1:
            yield f"readouts answer partly by {' and partly by '.join(answers)}, expected one of them"
        places = {readout.position for readout in self.readouts}
        if places != {"each"} and len(self.readouts) > 1:
            yield "several read-outs must all be at position each"
        if places == {"each"} and len(self.readouts) != self.n:
            yield f"{len(self.readouts)} read-outs, expected {self.n} to answer at each position"
        for index, readout in enumerate(self.readouts):
            yield from readout_problems(
                readout, width_after(self.layers, width), f"readouts[{index}]"
            )
