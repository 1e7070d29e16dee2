"""Near ties, against the scores of the plain definition."""

from fractions import Fraction

import numpy as np
import pytest

from circuitsim.models import sequence
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.definition import Definition, dot
from circuitsim.networks.draw import network
from circuitsim.networks.keys import key_mask
from circuitsim.networks.near_ties import NearTie, nearest_tie
from circuitsim.networks.network import run
from tests.cases import random_model
from tests.third_order import third_order_model


class Scores(Definition):
    """Writes down every score that a query sees, by the line of the head."""

    def attend(self, index, how, queries, keys, values):
        seen = key_mask(how.mask, len(queries), how.third_order)
        found = self.scores.setdefault((index, how.score_bits), [])
        for query, flags in zip(queries, seen, strict=True):
            found.append([dot(query, keys[j]) for j in np.flatnonzero(flags)])
        return super().attend(index, how, queries, keys, values)


@pytest.mark.parametrize("seed", range(40))
def test_the_nearest_tie_is_that_of_the_definition(monkeypatch, seed):
    if seed % 2:  # some queries at a time
        monkeypatch.setattr(sequence, "MOST_SCORES", 6)
    model = third_order_model(seed) if seed % 4 == 3 else random_model(seed)
    n = 1 + seed % 4
    drawn, codes = network(model, n), all_inputs(model, n)[:20]
    scores = {}
    for string in codes.tolist():
        rules = Scores(drawn, string, None, "rounded")
        rules.scores = scores
        run(drawn, rules)
    ties = []
    for (line, score_bits), rows in scores.items():
        gaps = [max(row) - x for row in rows for x in row if x < max(row)]
        if gaps and score_bits is None:
            size = max(abs(x) for row in rows for x in row)
            ties.append(NearTie(drawn.lines[line].place, min(gaps), size))
    assert nearest_tie(drawn, codes) == min(
        ties, key=lambda t: t.gap / t.largest, default=None
    )


def test_how_many_bits_a_gap_takes():
    tie = NearTie("layer 0, head 0", Fraction(1, 8), Fraction(2))
    assert tie.below(3)
    assert not tie.below(4)
