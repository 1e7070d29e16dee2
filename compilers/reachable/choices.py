"""What a head can attend to from one query position in one code: every choice that some input may lead to."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import LimitError
from circuitsim.models.model import Head
from circuitsim.models.sequence import mask_matrix
from circuitsim.networks.exact import comparable
from circuitsim.numbers.scaled import Array, Scaled, affine, product

from .boxes import Boxes, InputSets
from .codes import Codes

Ints = NDArray[np.int64]
MOST_KNOWN = 100_000  # unions of sets of inputs that are remembered


@dataclass(frozen=True, eq=False)
class Choice:
    """The key a head selects, or the set of tied keys that it averages.

    Args:
        members: their codes; none where a query sees no key.
        level: a key of a lower level has a higher score, or the tie.
        inputs: a superset of the strings on which the query's position holds its code and this is selected.
        allowed: what is then known of every position, as a product of codes (`Codes.fields`).
    """

    members: tuple[int, ...]
    level: int
    inputs: Boxes
    allowed: int


@dataclass
class _Found:
    """A partial choice while a level is walked."""

    members: tuple[int, ...]
    inputs: Boxes
    allowed: int


class Ranking:
    """One head over the codes of one layer boundary: finds the choices of every query.

    Args:
        place: "layer 0, head 0", for errors; n also for errors.
        most: sets of tied keys that are looked at together, for a saturated head.
        rest: shared between the heads of a layer.
    """

    def __init__(
        self,
        head: Head,
        codes: Codes,
        rest: "Rest",
        place: str,
        n: int,
        max_ties: int,
        most: int,
    ) -> None:
        self.most = most
        self.head, self.codes, self.rest, self.place, self.n = head, codes, rest, place, n
        self.max_ties = max_ties if head.attention == "saturated" else 1
        query = affine(head.query, codes.values, head.query_bias)
        key = affine(head.key, codes.values, head.key_bias)
        self.unit = query.denominator * key.denominator
        self.queries, self.keys = (
            query.numerators[codes.vectors],
            key.numerators[codes.vectors].T,
        )
        self.visible = mask_matrix(head.mask, codes.length)
        self._positions, self._starts = codes.positions.tolist(), codes.starts.tolist()

    def choices(self, query: int) -> list[Choice]:
        """Every choice that is possible when the position of code `query` holds it, best keys first.

        Independence of positions alone: a key can be selected if every other position has a code that is not ranked
        higher. Sets of inputs tighten this: they must meet.

        Raises:
            LimitError: more keys than `max_ties` may tie.
        """
        position = int(self.codes.positions[query])
        fields = self.codes.fields
        known = fields.only(position, query - int(self.codes.starts[position]))
        nobody = _Found((), self.codes.inputs[query], known)
        result: list[Choice] = []
        candidates = self._candidates(query, position)
        if not len(candidates):
            return [Choice((), 0, nobody.inputs, known)]
        for level, group in enumerate(self._levels(query, candidates)):
            found = self._walk(nobody, group, position)
            result += [
                Choice(f.members, level, f.inputs, f.allowed) for f in found if f.members
            ]
            left = [f for f in found if not f.members]
            if not left:
                break
            nobody = left[0]
        return result

    def _candidates(self, query: int, position: int) -> Ints:
        """Codes of all keys that a position sees; of itself only the code it is in."""
        seen = np.flatnonzero(self.visible[position])
        if not len(seen):
            return seen
        starts = self.codes.starts
        codes = np.arange(starts[seen[0]], starts[seen[-1] + 1])
        return codes[(self.codes.positions[codes] != position) | (codes == query)]

    def _levels(self, query: int, candidates: Ints) -> Iterator[list[int]]:
        """Candidates in groups, best first: single ones for a hard head, those of equal score otherwise."""
        scores = self._scores(query, candidates)
        backwards = self.head.attention == "hard-right"
        order = np.argsort(-(scores[::-1] if backwards else scores), kind="stable")
        order = len(scores) - 1 - order if backwards else order
        order = order[: self._enough(candidates, order)]
        ranked = candidates[order].tolist()
        if self.head.attention != "saturated":
            yield from ([code] for code in ranked)
            return
        edges = np.flatnonzero(np.diff(scores[order])) + 1
        for start, stop in zip(
            [0, *edges.tolist()], [*edges.tolist(), len(ranked)], strict=True
        ):
            yield sorted(ranked[start:stop])

    def _scores(self, query: int, candidates: Ints) -> Array:
        if not len(self.keys):
            return np.zeros(len(candidates), np.int64)
        scores = product(self.queries[query][None], self.keys[:, candidates])[0]
        ordered = comparable(self.head.score_bits, Scaled(scores, self.unit))
        return (
            np.unique(ordered, return_inverse=True)[1] if ordered.dtype == object else ordered
        )

    def _enough(self, candidates: Ints, order: Ints) -> int:
        """How many of the best candidates matter: beyond, some position has all its codes ranked higher."""
        if self.head.attention == "saturated":
            return len(order)
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        firsts = np.flatnonzero(np.diff(self.codes.positions[candidates], prepend=-1))
        return int(np.maximum.reduceat(rank, firsts).min()) + 1

    def _walk(self, start: _Found, group: list[int], query: int) -> list[_Found]:
        """All sets of one level's codes that may be held together, the empty one included."""
        if len(group) == 1 <= self.max_ties:
            return list(self._step(start, self._positions[group[0]], group))
        states = [start]
        positions = [self._positions[code] for code in group]
        index = 0
        while index < len(group) and states:
            position, stop = positions[index], index
            while stop < len(group) and positions[stop] == position:
                stop += 1
            states = [
                after
                for state in states
                for after in self._step(state, position, group[index:stop])
            ]
            if any(len(state.members) > self.max_ties for state in states):
                raise LimitError(self._refusal(len(set(positions)), query))
            if len(states) > self.most:
                raise LimitError(
                    f"{self.place} may average more than {self.most} different sets of tied keys at query position"
                    f" {query}, n={self.n}, which is the limit; lower --max-ties (now {self.max_ties}) or take"
                    " --basis tc0."
                )
            index = stop
        return states

    def _step(self, state: _Found, position: int, codes: list[int]) -> Iterator[_Found]:
        """One position of a level holds one of its codes there, or none of them."""
        fields, first = self.codes.fields, self._starts[position]
        bits = 0
        for code in codes:
            inputs = self.rest.sets.intersection(state.inputs, self.codes.inputs[code])
            bits |= 1 << fields.starts[position] + code - first
            if len(inputs):
                known = state.allowed & fields.only(position, code - first)
                yield _Found((*state.members, code), inputs, known)
        allowed = state.allowed & ~bits
        inputs = self.rest.sets.intersection(state.inputs, self.rest.of(position, allowed))
        if len(inputs):
            yield _Found(state.members, inputs, allowed)

    def _refusal(self, ties: int, query: int) -> str:
        return (
            f"{self.place} is saturated and may average {ties} tied keys at query position {query}, n={self.n}: a"
            " circuit of AND and OR gates cannot count in constant depth and polynomial size (Furst-Saxe-Sipser,"
            f" Hastad), so --basis ac0 takes saturated heads only where at most --max-ties ({self.max_ties}) keys tie;"
            " --basis tc0 takes all."
        )


class Rest:
    """Supersets of the strings on which a position holds one of some codes.

    The codes of a position are the leaves of a tree whose inner nodes are remembered: taking one code away changes
    only those above it.
    """

    def __init__(self, codes: Codes, sets: InputSets) -> None:
        self.codes, self.sets = codes, sets
        self._spans = [codes.at(position) for position in range(codes.length)]
        self._known: dict[tuple[int, int, int], Boxes] = {}

    def of(self, position: int, allowed: int) -> Boxes:
        """Strings on which the position holds one of the codes that `allowed`, a product of codes, lets it hold."""
        codes = self._spans[position]
        every = (1 << len(codes)) - 1
        bits = allowed >> self.codes.fields.starts[position] & every
        if bits == every:
            return self.sets.everything
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        return self._some(codes.start, len(codes), bits)

    def _some(self, first: int, count: int, bits: int) -> Boxes:
        """Strings that lead to one of the codes first + k, k < count, with bit k set."""
        if not bits:
            return self.sets.nothing
        if count == 1:
            return self.codes.inputs[first]
        key = first, count, bits
        if key not in self._known:
            half = count // 2
            parts = (
                self._some(first, half, bits & (1 << half) - 1),
                self._some(first + half, count - half, bits >> half),
            )
            self._known[key] = (
                self.sets.union(parts) if all(map(len, parts)) else parts[not len(parts[0])]
            )
        return self._known[key]
