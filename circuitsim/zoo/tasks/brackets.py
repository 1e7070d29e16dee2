"""Bracket languages: Dyck-1, shuffles of it, and well-nested strings of several types and bounded depth."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from circuitsim.array_types import Floats, Rng
from circuitsim.tokens import Codes, Format, letters
from circuitsim.zoo.task import Digits, Task
from circuitsim.zoo.tasks.edits import change_one, drop_one, in_turn, swap_neighbours
from circuitsim.zoo.tasks.makers import require

PAIRS = ("()", "[]", "{}", "<>")
MOST_TYPES = 1024
MOST_DEPTH = 1024

Chances: TypeAlias = Floats


def bracket_letters(k: int) -> tuple[str, ...]:
    """Letters of k types, each opening and then closing: one character for four types, "(5" and ")5" for the fifth."""
    pairs = [(*PAIRS[t],) if t < len(PAIRS) else (f"({t + 1}", f"){t + 1}") for t in range(k)]
    return tuple(letter for pair in pairs for letter in pair)


@dataclass(frozen=True)
class Brackets(Task):
    """A bracket language; the letter of number 2t opens type t and that of number 2t + 1 closes it."""

    @property
    @abstractmethod
    def types(self) -> int:
        """How many types of brackets there are."""

    @abstractmethod
    def members(self, n: int, count: int, closing: Chances, rng: Rng) -> Codes:
        """Members (count, n), n even; `closing`, one for each row, is the chance to close where both are possible."""

    def format(self, n: int) -> Format:
        """Brackets of every type."""
        return letters(bracket_letters(self.types))

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Half members, half corrupted members, as Bhattamishra et al. 2024 (arXiv 2406.09347, App. H.1) draw them.

        A member opens a uniform type at depth 0, closes at the largest depth or when only closing is left, and takes
        each opening and the closing with equal chances otherwise. To corrupt it, 1 to n/10 letters change type or
        direction, again and again until it is no member. At odd n there are no members: these have lost a letter.
        """
        members = self.members(n + n % 2, count, np.full(count, 1 / (self.types + 1)), rng)
        if n % 2:
            return drop_one(members, rng)
        return in_turn(members, self.corrupted(members, rng))

    def corrupted(self, members: Codes, rng: Rng) -> Codes:
        """Strings that are not in the language, by a few changes of members."""
        count, n = members.shape
        result, left = members.copy(), np.arange(count)
        while len(left):
            places = rng.permuted(np.broadcast_to(np.arange(n), (len(left), n)), axis=1)
            change = places < rng.integers(
                1, max(1, n // 10), endpoint=True, size=(len(left), 1)
            )
            turn = change & (rng.integers(2, size=(len(left), n)) == 0)
            retype = change & ~turn & (self.types > 1)
            further = 2 * rng.integers(1, max(2, self.types), size=(len(left), n))
            letter = (members[left] + np.where(retype, further, 0)) % (2 * self.types)
            result[left] = letter ^ (turn if self.types > 1 else change)
            left = left[self.decisions(result[left])[:, 0] == 1]
        return result

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Flat, ordinary and deepest members, as they are and with small changes that keep the counts of letters.

        The changes: two neighbours exchanged, one letter changed, the whole turned round or back by one letter.
        """
        chances = np.array([1 / (self.types + 1), 0.0, 1.0])
        members = self.members(n + n % 2, count, chances[np.arange(count) // 5 % 3], rng)
        if n % 2:
            members = drop_one(members, rng)
        return in_turn(
            members,
            change_one(members, 2 * self.types, rng),
            swap_neighbours(members, rng),
            np.roll(members, 1, axis=1),
            members[:, ::-1],
        )


@dataclass(frozen=True)
class Dyck1(Brackets):
    """Dyck-1: well-nested brackets of one type."""

    name = "dyck-1"
    source = "Bhattamishra, Ahuja and Goyal 2020 (arXiv 2009.11264); Hao, Angluin and Frank 2022 (arXiv 2204.06618)"
    question = "Does every bracket close an earlier one, with none left open?"

    @property
    def types(self) -> int:
        """One."""
        return 1

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The number of open brackets is never negative and ends at 0."""
        heights = np.cumsum(1 - 2 * digits[:, 0])
        return (int(heights.min() >= 0 and heights[-1] == 0),)

    def members(self, n: int, count: int, closing: Chances, rng: Rng) -> Codes:
        """Members (count, n)."""
        return directions(n, np.full(count, n), closing, rng)


@dataclass(frozen=True)
class ShuffleDyck(Brackets):
    """Shuffle-Dyck-k: each type alone is in Dyck-1, and types may cross, as in "([)]".

    Args:
        k: types of brackets, 1 to 1024.
    """

    name = "shuffle-dyck"
    source = "Bhattamishra, Ahuja and Goyal 2020 (arXiv 2009.11264), after Suzgun et al. 2019"
    question = "Are the brackets of each type, taken alone, well nested?"

    k: int = 2

    def __post_init__(self) -> None:
        require(self.name, "k", self.k, 1, MOST_TYPES)

    @property
    def types(self) -> int:
        """The option k."""
        return self.k

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The number of open brackets of each type is never negative and ends at 0."""
        types, closes = np.divmod(digits[:, 0], 2)
        steps = np.where(types[:, None] == np.arange(self.k), 1 - 2 * closes[:, None], 0)
        heights = np.cumsum(steps, axis=0)
        return (int(heights.min() >= 0 and not heights[-1].any()),)

    def members(self, n: int, count: int, closing: Chances, rng: Rng) -> Codes:
        """Members (count, n); a closing bracket has any of the types that are open, with equal chances."""
        closes = directions(n, np.full(count, n), closing, rng)
        open_now = np.zeros((count, self.k), np.int64)
        rows, types = np.arange(count), np.empty((count, n), np.int64)
        for at in range(n):
            possible = (closes[:, at, None] == 0) | (open_now > 0)
            types[:, at] = np.where(possible, rng.random((count, self.k)), -1).argmax(axis=1)
            open_now[rows, types[:, at]] += 1 - 2 * closes[:, at]
        return 2 * types + closes


@dataclass(frozen=True)
class BoundedDyck(Brackets):
    """Dyck-(k,D): well-nested brackets of k types with at most D open at a time, the empty string left out.

    Args:
        k: types of brackets, 1 to 1024.
        depth: the largest depth D, 1 to 1024.
    """

    name = "bounded-dyck"
    source = "Yao et al. 2021 (arXiv 2105.11115); Dyck-(2,2): Bhattamishra et al. 2024 (arXiv 2406.09347)"
    question = "Is the string well nested, with never more than D brackets open?"

    k: int = 2
    depth: int = 2

    def __post_init__(self) -> None:
        require(self.name, "k", self.k, 1, MOST_TYPES)
        require(self.name, "depth", self.depth, 1, MOST_DEPTH)

    @property
    def types(self) -> int:
        """The option k."""
        return self.k

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """A stack of open types, never higher than D, that every closing bracket matches and that ends empty."""
        stack: list[int] = []
        for kind, closes in (divmod(letter, 2) for letter in digits[:, 0].tolist()):
            if not closes:
                stack.append(kind)
            elif not stack or stack.pop() != kind:
                return (0,)
            if len(stack) > self.depth:
                return (0,)
        return (int(not stack),)

    def members(self, n: int, count: int, closing: Chances, rng: Rng) -> Codes:
        """Members (count, n)."""
        return self.nested(n, np.full(count, self.depth), closing, rng)

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """As for all brackets, and a quarter that may reach depth D + 1."""
        others = super().adversarial(n, count, rng)
        deeper = self.nested(
            n + n % 2,
            np.full(count, self.depth + 1),
            np.arange(count) // 4 % 2 / (self.k + 1),
            rng,
        )
        if n % 2:
            deeper = drop_one(deeper, rng)
        return np.where((np.arange(count) % 4 == 3)[:, None], deeper, others)

    def nested(self, n: int, bound: Codes, closing: Chances, rng: Rng) -> Codes:
        """Well-nested strings (rows, n), n even, with depths up to a bound for each row, opening uniform types."""
        closes = directions(n, bound, closing, rng)
        rows = np.arange(len(bound))
        stack, height = (
            np.zeros((len(bound), n + 1), np.int64),
            np.zeros(len(bound), np.int64),
        )
        types = rng.integers(self.k, size=(len(bound), n))
        for at in range(n):
            height -= closes[:, at]
            types[:, at] = np.where(closes[:, at] == 1, stack[rows, height], types[:, at])
            stack[rows, height] = types[:, at]
            height += 1 - closes[:, at]
        return 2 * types + closes


def directions(n: int, bound: Codes, closing: Chances, rng: Rng) -> Codes:
    """Rows (rows, n) of 0 for opening and 1 for closing: walks from depth 0 to 0, n even.

    Args:
        n: letters, even.
        bound: the largest depth of each row, at least 1.
        closing: the chance of closing, of each row, where opening is possible too.
        rng: the source of chance.
    """
    result = np.empty((len(bound), n), np.int64)
    height = np.zeros(len(bound), np.int64)
    for at in range(n):
        must = (height == bound) | (height == n - at)
        result[:, at] = (height > 0) & (must | (rng.random(len(bound)) < closing))
        height += 1 - 2 * result[:, at]
    return result
