"""What facts leave of the counts, by an exact dual simplex: nothing, with the reason, or the vertex of least length.

Facts are forms that are at least 0, and the first k of them bound each of the k numbers from below. So that corner has
the least sum of all, and adding a fact moves it as little as it must: to the vertex of least sum that is left.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from circuitsim.certificates.classes import Form

Columns: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Vertex:
    """The point at which k facts hold with equality.

    Args:
        active: the k facts, by number.
        inverse, unit: column j over the unit is how the point moves as fact j is tightened by 1.
        prices: how much the sum grows by that, over the unit: none is negative.
    """

    active: tuple[int, ...]
    inverse: Columns
    unit: int
    prices: tuple[int, ...]


class Region:
    """All numbers of which facts hold.

    Args:
        start: the vertex of the facts before some were added.
    """

    def __init__(self, facts: tuple[Form, ...], start: Vertex | None = None) -> None:
        self.facts = facts
        k = len(facts[0]) - 1
        corner = tuple(tuple(int(i == j) for i in range(k)) for j in range(k))
        self.start = start or Vertex(tuple(range(k)), corner, 1, (1,) * k)

    def and_(self, fact: Form) -> "Region":
        """What one more fact leaves."""
        before = self.solved
        return Region(
            (*self.facts, fact), before if isinstance(before, Vertex) else self.start
        )

    def of(self, facts: tuple[Form, ...]) -> "Region":
        """It where the facts are its own, else what others leave."""
        return self if facts is self.facts else Region(facts)

    @property
    def empty(self) -> bool:
        """Whether there are no such numbers, not even rational ones."""
        return not isinstance(self.solved, Vertex)

    @property
    def contradiction(self) -> list[int]:
        """Why it is empty: fact, times, fact, times, ..., whose sum is a negative constant."""
        found = self.solved
        assert not isinstance(found, Vertex)
        return found

    @property
    def point(self) -> list[Fraction]:
        """The numbers of least sum."""
        found = self.solved
        assert isinstance(found, Vertex)
        return [Fraction(x, found.unit) for x in self._numerators(found)]

    @cached_property
    def solved(self) -> Vertex | list[int]:
        """The vertex of least sum, or why there is none."""
        vertex = self.start
        while True:
            point = self._numerators(vertex)
            broken = next(
                (
                    at
                    for at, fact in enumerate(self.facts)
                    if fact[0] * vertex.unit + _dot(fact[1:], point) < 0
                ),
                None,
            )
            if broken is None:
                return vertex
            along = [_dot(self.facts[broken][1:], column) for column in vertex.inverse]
            leaving = [j for j, x in enumerate(along) if x > 0]
            if not leaving:
                # The broken fact is a sum of active ones, none of them taken a positive number of times.
                pairs = [
                    (broken, vertex.unit),
                    *zip(vertex.active, [-x for x in along], strict=True),
                ]
                return [number for pair in pairs if pair[1] for number in pair]
            # The least ratio keeps prices from being negative; of equal ones the fact of least number, so that
            # no vertex comes back (Bland).
            out = min(
                leaving,
                key=lambda j: (Fraction(vertex.prices[j], along[j]), vertex.active[j]),
            )
            vertex = _exchanged(vertex, out, broken, along)

    def _numerators(self, vertex: Vertex) -> list[int]:
        bounds = [-self.facts[at][0] for at in vertex.active]
        return [_dot(row, bounds) for row in zip(*vertex.inverse, strict=True)]


def _exchanged(vertex: Vertex, out: int, enters: int, along: list[int]) -> Vertex:
    """The vertex at which another fact is active instead; divisions by the unit leave nothing over (Edmonds)."""
    pivot, old = along[out], vertex.inverse[out]
    inverse, prices = [], []
    for j, column in enumerate(vertex.inverse):
        if j == out:
            inverse.append(old)
            prices.append(vertex.prices[out])
            continue
        inverse.append(
            tuple(
                (pivot * x - along[j] * y) // vertex.unit
                for x, y in zip(column, old, strict=True)
            )
        )
        prices.append(
            (pivot * vertex.prices[j] - along[j] * vertex.prices[out]) // vertex.unit
        )
    active = tuple(enters if j == out else at for j, at in enumerate(vertex.active))
    return Vertex(active, tuple(inverse), pivot, tuple(prices))


def _dot(x: tuple[int, ...], y: list[int] | tuple[int, ...]) -> int:
    return sum(a * b for a, b in zip(x, y, strict=True))
