"""Residual streams side by side as one vector at one position, as a recurrent or fully connected net reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from circuitsim.networks.forms import Ints, Stream

from .residual import Parts, Residual


@dataclass(frozen=True)
class JoinedResidual(Residual):
    """[segment; segment; ...] + what the residual itself holds."""

    segments: tuple[Residual, ...] = ()

    def parts(self, row: Ints) -> Parts:
        """Row . x without its offset, as operands of `sum`."""
        found, start = super().parts(row), 0
        for segment in self.segments:
            stop = start + len(segment.offset)
            if row[start:stop].any():
                found += segment.parts(row[start:stop])
            start = stop
        return found


@dataclass(frozen=True)
class FlatResidual(JoinedResidual):
    """All positions of one segment, one after the other, as one vector at one position."""

    def parts(self, row: Ints) -> Parts:
        """Row . x without its offset: one operand a block, over its positions and its wires."""
        (segment,) = self.segments
        pieces = row.reshape(segment.positions, -1)
        weights = [(block.wires, pieces @ block.whole) for block in segment.blocks]
        own = Residual.parts(self, row)
        return own + [(wires.expand(0), w) for wires, w in weights if w.any()]


@dataclass(frozen=True)
class AddedResidual(JoinedResidual):
    """The sum of one segment over its positions, at one position."""

    def parts(self, row: Ints) -> Parts:
        """Row . x without its offset: one operand a block, over its positions and its wires."""
        (segment,) = self.segments
        found = []
        for wires, weights in segment.parts(row):
            every = np.broadcast_to(weights, (segment.positions, *weights.shape))
            found.append((wires.expand(0), every))
        return Residual.parts(self, row) + found


def added(segment: Residual, stream: Stream) -> AddedResidual:
    """The sum of a residual over all positions."""
    offset = segment.offset * segment.positions
    return AddedResidual(segment.drawing, (), offset, stream, 1, (segment,))


def join(segments: Sequence[Residual], stream: Stream) -> JoinedResidual:
    """Residuals at one position each as one vector."""
    offset = np.concatenate([segment.offset for segment in segments])
    return JoinedResidual(segments[0].drawing, (), offset, stream, 1, tuple(segments))


def flatten(segment: Residual, stream: Stream) -> FlatResidual:
    """All positions of a residual as one vector."""
    offset = np.tile(segment.offset, segment.positions)
    return FlatResidual(segment.drawing, (), offset, stream, 1, (segment,))


def at_position(residual: Residual, place: int, stream: Stream) -> Residual:
    """A residual at one position, where its numbers have the intervals of `stream`."""
    return replace(residual.slice(place, place + 1), stream=stream)
