"""Near ties: keys that a head of the exact model tells apart, though their scores are almost the same."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from circuitsim.models.sequence import Codes, score_blocks
from circuitsim.numbers.scaled import Scaled, largest

from . import primitives as net
from .exact import Exact
from .keys import key_mask
from .network import Network, run


@dataclass(frozen=True)
class NearTie:
    """The least that a head's largest score is above another one.

    Args:
        place: the head, in words.
        largest: the size of its largest score, of all keys that a query sees.
    """

    place: str
    gap: Fraction
    largest: Fraction

    def below(self, bits: int) -> bool:
        """Whether the gap is less than 2^-bits of the scores."""
        return self.gap * 2**bits < self.largest


def nearest_tie(network: Network, codes: Codes) -> NearTie | None:
    """The near tie that is closest, of all heads whose scores are not rounded, on token codes (batch, n)."""
    rules = _Gaps(network, codes)
    run(network, rules)
    return min(rules.found, key=lambda tie: tie.gap / tie.largest, default=None)


class _Gaps(Exact):
    """Exact arithmetic that writes down the smallest gap of every head."""

    def __init__(self, network: Network, codes: Codes) -> None:
        super().__init__(network, codes)
        self.network = network
        self.found: list[NearTie] = []

    def attend(
        self, index: int, how: net.Attend, query: Scaled, key: Scaled, value: Scaled
    ) -> Scaled:
        """Means, after a look at the scores."""
        batch, length, _ = query.shape
        visible = key_mask(how.mask, length, how.third_order)
        gaps: set[Fraction] = set()
        sizes = {Fraction(0)}
        for rows, queries in score_blocks(batch, length, key.shape[1]):
            scores, seen = self.inner(query[rows, queries], key[rows]), visible[queries]
            lowest = int(scores.numerators.min()) - 1
            masked = np.where(seen, scores.numerators, lowest)
            less = (masked.max(axis=2, keepdims=True) - masked)[:, seen]
            sizes.add(Fraction(largest(scores.numerators[:, seen]), scores.denominator))
            gaps.update(
                Fraction(int(x), scores.denominator) for x in np.unique(less[less > 0])[:1]
            )
        if gaps and how.score_bits is None:
            self.found.append(NearTie(self.network.lines[index].place, min(gaps), max(sizes)))
        return super().attend(index, how, query, key, value)
