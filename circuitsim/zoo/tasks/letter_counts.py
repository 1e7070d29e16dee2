"""Tasks that look at one letter or count letters: FIRST, MAJORITY, PARITY and a^n b^n."""

from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.tokens import Codes
from circuitsim.zoo.task import Digits, Task
from circuitsim.zoo.tasks.edits import (
    blocks,
    change_at,
    change_one,
    in_turn,
    shuffled_ones,
    swap_neighbours,
)


@dataclass(frozen=True)
class BitString(Task):
    """A task on strings over {0, 1}, which are drawn uniformly."""

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Uniform strings."""
        return rng.integers(2, size=(count, n))


@dataclass(frozen=True)
class First(BitString):
    """FIRST: what a hard head looks up and a mean forgets."""

    name = "first"
    source = "Chiang and Cholak 2022 (arXiv 2202.12172)"
    question = "Is the first letter 1?"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The first letter."""
        return (int(digits[0, 0] == 1),)

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """The first letter alone against all others, constant strings, and pairs that differ in the first letter."""
        ends, draws = blocks(n, 1, count), self.sample(n, count, rng)
        pairs = [
            draws,
            np.roll(change_at(draws, np.zeros(count, np.int64), 2, rng), 1, axis=0),
        ]
        return in_turn(ends, 1 - ends, np.zeros_like(ends), np.ones_like(ends), *pairs)


@dataclass(frozen=True)
class Majority(BitString):
    """MAJORITY: strictly more 1s than 0s; a tie is no."""

    name = "majority"
    source = "Merrill, Sabharwal and Smith 2022 (arXiv 2106.16213); Hao, Angluin and Frank 2022 (arXiv 2204.06618)"
    question = "Are there more 1s than 0s?"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """Both letters counted."""
        word = digits[:, 0].tolist()
        return (int(word.count(1) > word.count(0)),)

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Numbers of 1s at the boundary (ties where n is even), none and all, at random places."""
        ones = np.array([n // 2, n // 2 + 1, (n + 1) // 2, 0, n])
        return shuffled_ones(n, ones[np.arange(count) % len(ones)], rng)


@dataclass(frozen=True)
class Parity(BitString):
    """PARITY: an odd number of 1s."""

    name = "parity"
    source = "Hahn 2020 (arXiv 1906.06755); Chiang and Cholak 2022 (arXiv 2202.12172)"
    question = "Is the number of 1s odd?"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The 1s counted."""
        return (digits[:, 0].tolist().count(1) % 2,)

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """No, one, all and all but one 1s at random places, and pairs that differ in one letter."""
        ones = np.array([0, 1, n, n - 1])
        extremes = shuffled_ones(n, ones[np.arange(count) % len(ones)], rng)
        draws = self.sample(n, count, rng)
        pairs = [draws, np.roll(change_one(draws, 2, rng), 1, axis=0)]
        return np.where((np.arange(count) // 4 % 2 == 0)[:, None], extremes, in_turn(*pairs))


@dataclass(frozen=True)
class AnBn(Task):
    """a^m b^m with m >= 1: as many a's as b's, and every a before every b."""

    name = "anbn"
    source = "Bhattamishra, Ahuja and Goyal 2020 (arXiv 2009.11264)"
    question = "Is the string a^m b^m for some m?"

    alphabet = "ab"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """Compared with the one member of this length."""
        half = len(digits) // 2
        return (int(digits[:, 0].tolist() == [0] * half + [1] * half),)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Our choice, as no paper says one: half the only member (for even n), half a* b* with a uniform boundary."""
        return in_turn(
            blocks(n, n // 2, count), blocks(n, rng.integers(n + 1, size=count), count)
        )

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """The member, and beside it: one letter changed, neighbours exchanged, one a more, its mirror, shuffled."""
        member = blocks(n, n // 2, count)
        return in_turn(
            member,
            change_one(member, 2, rng),
            swap_neighbours(rng.permuted(member, axis=1), rng),
            blocks(n, n // 2 + 1, count),
            member[:, ::-1],
            blocks(n, n // 2 - 1, count),
            in_turn(np.zeros_like(member), np.ones_like(member)),
        )
