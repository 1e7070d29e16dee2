"""When a query's choices lead to a target: literals that say so, without those that change nothing.

Exactly one code of every position is true, and a head selects exactly one of its choices. So a choice is named by its
members and by the absence of the better ones, of which these need not be named: those that never can be selected,
those whose selection leads to the same, and other codes of positions that are named already.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .boxes import InputSets
from .choices import Choice
from .codes import Codes
from .gates import TRUE
from .reach import Query

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class LiveHead:
    """A head that matters to a query.

    Args:
        choices: those that can be selected, best first.
        classes: (choices,) choices of one class lead to the same, whatever the other heads select.
        members: for choices of one key each, their codes (choices,); None if some are none or several.
    """

    choices: tuple[Choice, ...]
    classes: Ints
    members: Ints | None
    levels: Ints

    def absent(self, index: int, codes: Codes) -> Ints:
        """Codes whose presence would turn choice `index` into one of another class."""
        other = self.classes != self.classes[index]
        level = self.levels[index]
        if self.members is not None:
            found = self.members[other & (self.levels < level)]
            return found[codes.positions[found] != codes.positions[self.members[index]]]
        mine = set(self.choices[index].members)
        rivals: set[int] = set()
        for rival in np.flatnonzero(other & (self.levels <= level)).tolist():
            members = self.choices[rival].members
            if self.levels[rival] < level or mine < set(members):
                rivals |= set(members) - mine
        return np.array(sorted(rivals), np.int64)


@dataclass(frozen=True)
class Cases:
    """A query's combinations of choices of the heads that matter, and the target that each leads to.

    Args:
        heads: the heads that matter.
        terms: (terms, heads) choices, indices into each head's own.
        targets: (terms,).
    """

    code: int
    heads: tuple[LiveHead, ...]
    terms: Ints
    targets: Ints

    @property
    def class_rows(self) -> Ints:
        """(terms, heads) class of every choice."""
        return np.column_stack(
            [head.classes[self.terms[:, k]] for k, head in enumerate(self.heads)]
        )


def cases(query: Query, targets: Ints) -> Cases:
    """What a query comes to when only `targets` (terms,) of its terms count."""
    classes = _classes(query.outputs, targets)
    live = [h for h in range(classes.shape[1]) if (classes[:, h] != classes[0, h]).any()]
    terms, first = np.unique(query.terms[:, live], axis=0, return_index=True)
    heads, columns = [], []
    for column, h in enumerate(live):
        used, where, local = np.unique(
            terms[:, column], return_index=True, return_inverse=True
        )
        choices = tuple(query.heads[h][k] for k in used.tolist())
        heads.append(_live(choices, classes[first[where], h]))
        columns.append(local)
    local_terms = np.column_stack(columns) if columns else np.zeros((1, 0), np.int64)
    return Cases(query.code, tuple(heads), local_terms, targets[first])


def _live(choices: tuple[Choice, ...], classes: Ints) -> LiveHead:
    single = all(len(choice.members) == 1 for choice in choices)
    members = (
        np.array([choice.members[0] for choice in choices], np.int64) if single else None
    )
    return LiveHead(
        choices, classes, members, np.array([choice.level for choice in choices], np.int64)
    )


def _classes(outputs: Ints, targets: Ints) -> Ints:
    """Outputs of a head that lead to the same targets, beside the same outputs of other heads, are one: (terms, heads).

    Only outputs that can occur beside the very same outputs are compared, so nothing is assumed of others.
    """
    classes = outputs.copy()
    if classes.shape[1] == 1:
        return targets[:, None]
    changed = True
    while changed:
        changed = False
        for head in range(classes.shape[1]):
            rest = np.delete(classes, head, axis=1).tolist()
            rows: dict[int, set[tuple[int, ...]]] = {}
            for output, others, target in zip(
                classes[:, head].tolist(), rest, targets.tolist(), strict=True
            ):
                rows.setdefault(output, set()).add((*others, target))
            names: dict[frozenset[tuple[int, ...]], int] = {}
            name = {
                output: names.setdefault(frozenset(row), len(names))
                for output, row in rows.items()
            }
            changed |= len(names) < len(rows)
            classes[:, head] = [name[output] for output in classes[:, head].tolist()]
    return classes


class Writer:
    """Literals of codes, with the shorter of two ways to say which codes a position does not hold.

    Args:
        sets: to leave out codes that no input leads to beside others; None where all positions are independent.
    """

    def __init__(self, codes: Codes, literals: Ints, sets: InputSets | None) -> None:
        self.codes, self.literals, self.sets = codes, literals, sets
        self._sums = np.add.reduceat(np.arange(len(codes)), codes.starts[slice(*codes.span)])
        self._many = int(codes.counts.max()) > 2

    def literals_of(self, query: int, members: Sequence[int], absent: Ints) -> Ints:
        """All `members` are held and no code of `absent`, when the position of code `query` holds it.

        `query` itself is left out; so are absent codes that cannot be held beside it and the members.
        """
        held = np.array(sorted(set(members) - {query}), np.int64)
        if len(absent):
            absent = absent[self._may_be_held(absent, [query, *held.tolist()])]
        if self._many and len(absent) > 1:
            held, absent = self._last_left(held, absent)
        found = np.concatenate([self.literals[held], self.literals[absent] ^ 1])
        return np.unique(found[found != TRUE])

    def _may_be_held(self, codes: Ints, beside: Sequence[int]) -> Flags:
        """Which codes can be held beside some others: they are of other positions, and some input leads to all."""
        fixed = np.zeros(self.codes.length, bool)
        fixed[self.codes.positions[list(beside)]] = True
        result = ~fixed[self.codes.positions[codes]]
        if self.sets is not None:
            inputs = self.sets.everything
            for code in beside:
                inputs = self.sets.intersection(inputs, self.codes.inputs[code])
            for k in np.flatnonzero(result).tolist():
                result[k] = self.sets.meet(inputs, self.codes.inputs[codes[k]])
        return result

    def _last_left(self, held: Ints, absent: Ints) -> tuple[Ints, Ints]:
        """Where all codes of a position but one are absent, and they are several, that one is held."""
        where = self.codes.positions[absent] - self.codes.span[0]
        gone = np.bincount(where, minlength=len(self._sums))
        last = (self.codes.counts[slice(*self.codes.span)] - gone == 1) & (gone > 1)
        if not last.any():
            return held, absent
        left = self._sums - np.bincount(where, absent, len(self._sums)).astype(np.int64)
        return np.concatenate([held, left[last]]), absent[~last[where]]
