"""Keys that a head selects whatever the letters are, against all letters."""

import random
from itertools import product as every

import numpy as np
import pytest

from circuitsim.networks.selection import Cased, chosen_keys, means, runs
from circuitsim.networks.values import LETTER

KINDS = ("saturated", "hard-left", "hard-right")


def _cases(letters: list[int]) -> Cased:
    """Cases of positions with so many letters each."""
    places = np.repeat(np.arange(len(letters)), letters)
    return Cased(np.zeros((len(places), 0), int), np.zeros(0, bool), places)


def _plainly(scores, cased, visible, attention, place, letters):
    """The keys that a query selects on one input: the case of every position."""
    row = {
        key: scores[letters[place]][letters[key]] for key in np.flatnonzero(visible[place])
    }
    best = [int(key) for key, score in row.items() if score == max(row.values())]
    return tuple(
        {"saturated": best, "hard-left": best[:1], "hard-right": best[-1:]}[attention]
    )


@pytest.mark.parametrize("attention", KINDS)
def test_keys_are_chosen_exactly_where_all_inputs_select_the_same(attention):
    known = 0
    for seed in range(150):
        r = random.Random(seed)
        cased = _cases([r.choice((1, 2, 2, 3)) for _ in range(r.randint(1, 4))])
        cases, length = len(cased.places), int(cased.places[-1]) + 1
        scores = np.array([[r.randint(0, 2) for _ in range(cases)] for _ in range(cases)])
        visible = np.array([[r.random() < 0.7 for _ in range(length)] for _ in range(length)])
        inputs = list(every(*(cased.at(place) for place in range(length))))
        found = chosen_keys(scores, cased, visible, attention)
        for place, keys in enumerate(found):
            plain = {
                _plainly(scores, cased, visible, attention, place, letters)
                for letters in inputs
            }
            assert (keys is not None) == (len(plain) == 1)
            assert keys is None or keys in plain
            known += keys is not None
    assert known > 100


def test_means_are_those_of_all_inputs():
    decided = 0
    for seed in range(200):
        r = random.Random(seed)
        cased = _cases([r.choice((1, 2)) for _ in range(r.randint(1, 4))])
        length, drop = int(cased.places[-1]) + 1, r.randint(0, 2)
        values = np.array([r.choice((-3, 0, 0, 5)) for _ in cased.places], dtype=object)
        chosen = [
            tuple(sorted(r.sample(range(length), r.randint(0, min(2, length)))))
            for _ in range(length)
        ]
        few = means(values, cased, chosen, drop)
        seen = [set() for _ in cased.places]
        for letters in every(*(cased.at(place) for place in range(length))):
            for place, keys in enumerate(chosen):
                total = sum(int(values[letters[key]]) for key in keys)
                scale = len(keys) << drop
                mean = (2 * total + scale) // (2 * scale) if keys else 0  # half up
                seen[letters[place]].add(mean)
        if few is not None:
            assert few.values == tuple(sorted(set().union(*seen)))
            alone = all(len(found) == 1 for found in seen)
            assert (few.causes == (LETTER,)) == alone
            if alone:
                decided += 1
                assert few.cases.tolist() == [min(found) for found in seen]
    assert decided > 30


def test_runs_are_neighbours_that_select_the_same():
    assert list(runs([(0,), (0,), (), (1, 2), (1, 2)])) == [(0, 2), (2, 3), (3, 5)]
    assert list(runs([])) == []
