"""A model on classes of positions instead of positions: what it decides as a tree of questions about their counts.

Positions of one class hold equal vectors at every layer. One of each stands for all of them, and the network runs by
its definition on a string of those. Counts matter in means alone: there it asks which of the possible values a mean
rounds to, or, where nothing is rounded, on which side of zero a ratio of counts lies.

The letter at the read-out is a class of its own, and so is every constant token: each is there once. A form is a linear
function of the unknown counts of the other letters with whole coefficients, its constant first. A fact is a form that
is at least 0.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import floor, gcd, lcm, prod
from typing import Any, TypeAlias

import numpy as np

from circuitsim.models.sequence import mask_matrix
from circuitsim.networks import primitives as net
from circuitsim.networks.definition import ZERO, Definition, Rows, dot, score, weight
from circuitsim.networks.network import Network
from circuitsim.numbers.scaled import Scaled

Form: TypeAlias = tuple[int, ...]
Numbers: TypeAlias = tuple[Any, ...]  # fractions and ratios
ONE, HALF = Fraction(1), Fraction(1, 2)

_weight = lru_cache(maxsize=1 << 14)(weight)


class OutOfScopeError(Exception):
    """One sentence that names the head or layer for which counts are not enough."""


class NotLinearError(Exception):
    """Why a quantity is no linear function of counts, without its place."""


def total(terms: Iterable[tuple[Any, Sequence[Any]]]) -> tuple[Any, ...]:
    """A sum of forms, each times a number."""
    scaled = [[times * x for x in form] for times, form in terms]
    return tuple(map(sum, zip(*scaled, strict=True)))


def opposite(fact: Form) -> Form:
    """That a fact is false: the form is at most -1."""
    return (-fact[0] - 1, *(-x for x in fact[1:]))


@dataclass(frozen=True)
class Ratio:
    """A quantity that counts decide: one form over another, which is positive."""

    above: tuple[Fraction, ...]
    below: Form

    def __mul__(self, factor: Any) -> Any:
        if isinstance(factor, Ratio):
            raise NotLinearError("a product of two exact means is not linear in counts")
        return Ratio(tuple(x * factor for x in self.above), self.below) if factor else ZERO

    def __add__(self, other: Any) -> "Ratio":
        other = (
            other
            if isinstance(other, Ratio)
            else Ratio(tuple(other * x for x in self.below), self.below)
        )
        if other.below != self.below:
            raise NotLinearError(
                "a sum of exact means over different keys is not linear in counts"
            )
        return Ratio(total([(1, self.above), (1, other.above)]), self.below)

    __rmul__, __radd__ = __mul__, __add__


@dataclass(frozen=True)
class Question:
    """Which whole number from `low` to `high` is the floor of above / below, or the nearer end where it is none."""

    above: Form
    below: Form
    low: int
    high: int

    def fact(self, least: int) -> Form:
        """That it is at least so much."""
        return tuple(x - least * y for x, y in zip(self.above, self.below, strict=True))

    def at(self, point: Sequence[Any]) -> int:
        """The answer where the unknown counts are these."""
        above, below = (
            form[0] + sum(map(prod, zip(form[1:], point, strict=True)))
            for form in (self.above, self.below)
        )
        return min(max(int(above // below), self.low), self.high)


class Asked(Exception):  # noqa: N818
    """A question is met whose answer is not given."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question


class Classes(Definition):
    """The definition on one string of classes, as far as the answers go that are given.

    Args:
        counts: for every position the form of how often its class is there.
        known: what lines make of vectors, kept for other strings of the same model with the same bits.
    """

    def __init__(
        self,
        drawn: Network,
        codes: Sequence[int],
        bits: int | None,
        counts: Sequence[Form],
        known: dict[tuple[Any, ...], Any],
    ) -> None:
        super().__init__(drawn, codes, bits, "rounded")
        self.network, self.counts, self.width = drawn, counts, len(counts[0])
        self.once = (1, *[0] * (self.width - 1))
        self.rows: dict[int, Rows] = {}
        self.matrices: dict[int, Rows] = {}
        self.known = known
        self.found: dict[tuple[int, int], Numbers] = {}
        self.answers: dict[tuple[Form, Form], tuple[int, int]] = {}

    def told(self, question: Question, low: int, high: int) -> "Classes":
        """The same where the answer to a question is known to lie between two numbers."""
        other = copy(self)
        other.found = dict(self.found)
        other.answers = {**self.answers, (question.above, question.below): (low, high)}
        return other

    def next(self) -> "int | Question":
        """What the model decides, or the first question that has to be answered before.

        Raises:
            OutOfScopeError: the decision depends on counts in a way that is not linear.
        """
        try:
            outputs = self.at(self.network.outputs[0], 0)
            if len(outputs) == 1:
                return int(self.positive(outputs[0]))
            best = 0
            for row in range(1, len(outputs)):
                if self.positive(outputs[row] + outputs[best] * -ONE):
                    best = row
        except Asked as met:
            return met.question
        return best

    def at(self, index: int, place: int) -> Numbers:
        """The vector of a line at a position."""
        line = self.network.lines[index]
        place = place if line.shape[0] > 1 else 0
        if (index, place) not in self.found:
            try:
                self.found[index, place] = self.made(index, line.primitive, place)
            except NotLinearError as error:
                where = line.place or "the read-out"
                raise OutOfScopeError(f"{where}: {error}") from None
        return self.found[index, place]

    def made(self, index: int, how: net.Primitive, place: int) -> Numbers:
        """The same by the rule of the line."""
        match how:
            case net.Tokens() | net.Constant():
                if index not in self.rows:
                    self.rows[index] = getattr(self, how.name)(index, how)
                return self.rows[index][place]
            case net.Attend():
                return self.head(how, place)
            case net.Pick(reads=(read,), places=places):
                return self.at(read, places[place])
            case net.Sum(reads=(read,)):
                rows = [self.at(read, j) for j in range(len(self.counts))]
                return tuple(map(self.summed, zip(*rows, strict=True)))
            case net.Beside(reads=(sums, _)):  # of a mean, with how many positions there are
                return (*self.at(sums, 0), self.summed([ONE] * len(self.counts)))
        vectors = [self.at(x, place) for x in how.reads]
        key = (index, *vectors)
        if key not in self.known or isinstance(how, net.Relu):  # which may have to ask
            self.known[key] = getattr(self, how.name)(index, how, *([v] for v in vectors))[0]
        return self.known[key]

    def stored(self, x: Scaled) -> Rows:
        """R of a matrix, made once."""
        if id(x) not in self.matrices:
            self.matrices[id(x)] = super().stored(x)
        return self.matrices[id(x)]

    def head(self, how: net.Attend, place: int) -> Numbers:
        """The rounded means of a head at a position."""
        if how.third_order:
            raise NotLinearError("its keys are pairs of positions")
        if how.mask != "none" and self.counts[place] != self.once:
            raise NotLinearError("its mask shows different letters to positions of one class")
        read, keys, values = how.reads
        query = self.at(read, place)
        seen = [
            int(j) for j in np.flatnonzero(mask_matrix(how.mask, len(self.counts))[place])
        ]
        exact = {j: self.inner(query, self.at(keys, j)) for j in seen}
        if any(isinstance(x, Ratio) for x in exact.values()):
            raise NotLinearError("its scores depend on exact means")
        scores = {j: score(x, how.score_bits) for j, x in exact.items()}
        weights = self.weights(how, scores, {j: self.at(values, j) for j in seen})
        if not weights:
            return (ZERO,) * self.network.width(values)
        columns = zip(*(self.at(values, j) for j in weights), strict=True)
        return tuple(self.quotient(weights, column) for column in columns)

    def inner(self, query: Numbers, key: Numbers) -> Any:
        """An exact score, made once."""
        if (query, key) not in self.known:
            self.known[query, key] = dot(query, key)
        return self.known[query, key]

    def weights(
        self, how: net.Attend, scores: dict[int, Fraction], values: dict[int, Numbers]
    ) -> dict[int, int]:
        """How much each position of a class weighs in the mean; those that weigh nothing are left out."""
        largest = max(scores.values(), default=ZERO)
        if how.softmax is not None:
            found = {j: _weight(how.softmax, largest - x) for j, x in scores.items()}
            return {j: w for j, w in found.items() if w}
        maxima = [j for j, x in scores.items() if x == largest]
        if how.attention == "saturated" or not maxima:
            return dict.fromkeys(maxima, 1)
        first = maxima[0 if how.attention == "hard-left" else -1]
        rivals = [j for j in maxima if self.counts[j] != self.once]
        if first in rivals and len({values[j] for j in rivals}) > 1:
            raise NotLinearError("it selects one of several letters, by where they stand")
        return {first: 1}

    def quotient(self, weights: dict[int, int], column: Sequence[Any]) -> Any:
        """The mean of one component, rounded where anything is."""
        values = set(column)
        if len(values) == 1:
            return self.R(values)[0]
        if any(isinstance(x, Ratio) for x in values):
            raise NotLinearError("its keys hold exact means")
        counts = [self.counts[j] for j in weights]
        above = total(
            zip(
                (w * x for w, x in zip(weights.values(), column, strict=True)),
                counts,
                strict=True,
            )
        )
        below = total(zip(weights.values(), counts, strict=True))
        if self.bits is None:
            return Ratio(above, below)
        # floor(2^b above / below + 1/2) is floor((2^(b + 1) above + below) / (2 below)).
        low, high = (floor(x * 2**self.bits + HALF) for x in (min(values), max(values)))
        shifted = [(2 << self.bits) * x + y for x, y in zip(above, below, strict=True)]
        return Fraction(
            self.asked(shifted, [2 * y for y in below], low, high), 1 << self.bits
        )

    def asked(self, above: Sequence[Any], below: Sequence[Any], low: int, high: int) -> int:
        """The answer to a question, if it is known."""
        unit = lcm(*(Fraction(x).denominator for x in above))
        whole = [int(x * unit) for x in (*above, *below)]
        common = gcd(*whole)
        parts = [x // common for x in whole]
        key = tuple(parts[: self.width]), tuple(parts[self.width :])
        low, high = self.answers.get(key, (low, high))
        if low < high:
            raise Asked(Question(*key, low, high))
        return low

    def summed(self, column: Sequence[Any]) -> Ratio:
        """The sum of one number a position over all positions."""
        if any(isinstance(x, Ratio) for x in column):
            raise NotLinearError(
                "a sum of exact means over all positions is not linear in counts"
            )
        return Ratio(total(zip(column, self.counts, strict=True)), self.once)

    def positive(self, x: Any) -> bool:
        """Whether a number is positive."""
        if not isinstance(x, Ratio):
            return bool(x > 0)
        unit = lcm(*(Fraction(y).denominator for y in x.above))
        return self.asked([y * unit for y in x.above], self.once, 0, 1) > 0

    def relu(self, index: int, how: net.Relu, x: Rows) -> Rows:
        """R of the positive part."""
        return [self.R(value if self.positive(value) else ZERO for value in v) for v in x]
