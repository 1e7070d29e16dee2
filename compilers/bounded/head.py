"""One head at work: what hard and saturated attention share."""

from dataclasses import dataclass

from circuitsim.networks.known import HeadForms
from circuitsim.schematic.drawing import Drawing, Wires

from ..bands import Band
from ..residual import Residual
from .scores import Scores


@dataclass(frozen=True)
class HeadAtWork:
    """A head, the stream it reads keys and values from, and the bands of queries it answers.

    Args:
        live: components of the output that are not constants and that the output matrix reads.
        scores: None where all keys of a query score the same.
        rounded: for each live component R(v) less the output's low end, at every key (keys, w): what a
            query that looks at one key gets.
        chosen: whether every key of a band counts, on all inputs.
    """

    drawing: Drawing
    head: HeadForms
    residual: Residual
    live: tuple[int, ...]
    scores: Scores | None
    rounded: tuple[Wires, ...]
    bands: tuple[Band, ...]
    chosen: bool

    def width(self, component: int) -> int:
        """Bits of a component of the output."""
        number = self.head.outputs[component]
        return (number.high - number.low).bit_length()

    def nothing(self, component: int, queries: int) -> Wires:
        """The zero vector of an empty set of keys, in the output's bits: (queries, w)."""
        zero, width = -self.head.outputs[component].low, self.width(component)
        row = self.drawing.constant([zero >> k & 1 for k in range(width)])
        return row.expand(0).broadcast((queries, width))
