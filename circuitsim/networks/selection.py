"""Which keys a head selects, where that is the same on all inputs, and what its means are then.

A case is a token at a position. Where cases decide queries and keys, every score is a table of two cases; a key whose
best score is below what another one always has is never selected, and of one score all are. A model that looks at
everybody, or at a position, selects the same keys whatever the letters are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.numbers.scaled import narrow

from .forms import Few, Ints
from .values import LETTER

Keys: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Cased:
    """What some linear forms are in each case.

    Args:
        values: (cases, m). decided: (m,), whether the case is all that a form depends on.
        places: (cases,), the position of each case, in order; every position has one at least.
    """

    values: Ints
    decided: npt.NDArray[np.bool_]
    places: Ints

    def at(self, place: int) -> range:
        """The cases of a position."""
        first, last = np.searchsorted(self.places, [place, place + 1])
        return range(int(first), int(last))


def by_letter(few: Sequence[Few | None], places: Ints) -> Cased:
    """Linear forms in the cases of the letter, at these positions; zeros where something else has a say."""
    values, decided = np.zeros((len(places), len(few)), object), np.zeros(len(few), bool)
    for form, own in enumerate(few):
        if own is not None and (own.cases.size == 1 or own.causes in ((), (LETTER,))):
            values[:, form], decided[form] = own.cases.ravel(), True
    return Cased(narrow(values), decided, places)


def chosen_keys(
    scores: Ints, cased: Cased, visible: npt.NDArray[np.bool_], attention: str
) -> list[Keys | None]:
    """For every query position the keys that it selects; None where letters have a say.

    Args:
        scores: (cases, cases), of a query and a key. visible: (length, length), [query, key].
    """
    length = len(visible)
    starts = np.searchsorted(cased.places, np.arange(length))
    low = np.minimum.reduceat(scores, starts, axis=1)
    high = np.maximum.reduceat(scores, starts, axis=1)
    found: list[Keys | None] = []
    for place in range(length):
        answers = set()
        for case in cased.at(place):
            least, most = low[case].copy(), high[case].copy()
            least[place] = most[place] = scores[case, case]  # the query's own letter
            answers.add(_selected(least, most, visible[place], attention))
        found.append(answers.pop() if len(answers) == 1 else None)
    return found


def _selected(
    low: Ints, high: Ints, visible: npt.NDArray[np.bool_], attention: str
) -> Keys | None:
    """The keys that are selected, when each key's score is in [low, high]; None if that leaves it open."""
    keys = np.flatnonzero(visible)
    if not len(keys):
        return ()
    best = low[keys].max()
    left = keys[high[keys] >= best]  # the others never win
    if attention == "saturated":
        sure = len(left) == 1 or (low[left] == high[left]).all()
        return tuple(left.tolist()) if sure else None
    first, *others = left if attention == "hard-left" else left[::-1]
    sure = low[first] == best and (high[others] <= best).all()
    return (int(first),) if sure else None


def means(values: Ints, cased: Cased, chosen: Sequence[Keys], drop: int) -> Few | None:
    """What R(mean) of one component is at any query, and in each case if letters elsewhere have no say.

    Args:
        values: (cases,), of the component. drop: the bits that R drops.
    """
    found: set[int] = set()
    cases: list[int] | None = []
    for place, keys in enumerate(chosen):
        own = [
            _rounded(
                [values[case] if key == place else values[cased.at(key)[0]] for key in keys],
                drop,
            )
            for case in cased.at(place)
        ]
        moving = [key for key in keys if key != place and _varies(values, cased.at(key))]
        if not moving:
            found.update(own)
            cases = None if cases is None else cases + own
        elif len(keys) == 1:
            found.update(_rounded([values[case]], drop) for case in cased.at(keys[0]))
            cases = None
        else:
            return None
    if cases is not None:
        return Few(narrow(np.array(cases, dtype=object)), (LETTER,))
    return Few(narrow(np.array(sorted(found), dtype=object)))


def _varies(values: Ints, cases: range) -> bool:
    return len(set(values[cases.start : cases.stop].tolist())) > 1


def _rounded(values: Sequence[int], drop: int) -> int:
    """R of the mean; zero of none."""
    count, total = len(values), sum(int(value) for value in values)
    return (2 * total + (count << drop)) // (count << (drop + 1)) if count else 0


def runs(chosen: Sequence[Keys]) -> Iterator[tuple[int, int]]:
    """Stretches of neighbouring queries that select the same keys."""
    start = 0
    for stop in range(1, len(chosen) + 1):
        if stop == len(chosen) or chosen[stop] != chosen[start]:
            yield start, stop
            start = stop
