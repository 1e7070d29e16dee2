"""Where the weight of softmax falls: how much of it on the keys of the largest score, and how many those are."""

import numpy as np

from circuitsim.array_types import Bools, Floats, Longs
from circuitsim.networks.floating import Float, softmax
from circuitsim.networks.keys import key_mask
from circuitsim.networks.network import Network, run
from circuitsim.networks.primitives import Attend
from circuitsim.networks.trust import MARGIN, Quantity


def maxima(drawn: Network, codes: Longs) -> dict[tuple[str, ...], Floats]:
    """Weight on the keys of the largest score, and their number, of every head of softmax by its scope.

    Returns:
        Arrays (inputs, queries, 2), of the queries that see a key and whose result is read: in the last layer with
        heads those of the read-out.
    """
    rules = _Watching(drawn, codes)
    with np.errstate(all="ignore"):
        run(drawn, rules)
    return rules.seen


class _Watching(Float):
    """The float rung, which looks at every head of softmax."""

    def __init__(self, drawn: Network, codes: Longs) -> None:
        super().__init__(drawn, codes)
        self.drawn = drawn
        self.seen: dict[tuple[str, ...], Floats] = {}

    def attend(
        self, index: int, how: Attend, query: Quantity, key: Quantity, value: Quantity
    ) -> Quantity:
        """As the float rung does."""
        if how.attention == "softmax":
            scope, positions = self.drawn.lines[index].scope, query.values.shape[1]
            queries = self._read(scope, positions)
            scores = query.values[:, queries] @ key.values.transpose(0, 2, 1)
            if how.score_bits is not None:
                scores = np.floor(scores * 2**how.score_bits + 0.5) / 2**how.score_bits
            visible = key_mask(how.mask, positions, how.third_order)[queries]
            self.seen[scope] = _of_maxima(scores, visible)
        return super().attend(index, how, query, key, value)

    def _read(self, scope: tuple[str, ...], positions: int) -> list[int]:
        """After the last layer with heads positions do not mix."""
        heads = [line for line in self.drawn.lines if isinstance(line.primitive, Attend)]
        last = scope[0] == heads[-1].scope[0]
        return list(
            self.drawn.model.readout_positions(self.drawn.n) if last else range(positions)
        )


def _of_maxima(scores: Floats, visible: Bools) -> Floats:
    some = visible.any(axis=1)
    scores, visible = scores[:, some], visible[some]
    masked = np.where(visible, scores, -np.inf)
    top = masked.max(axis=2, keepdims=True, initial=-np.inf)
    tied = masked >= top - MARGIN * np.maximum(1, np.abs(top))  # as far as float64 can tell
    shares = softmax(scores, visible)
    return np.stack([(shares * tied).sum(axis=2), tied.sum(axis=2)], axis=2)
