"""Comparing the two halves of a string, and thresholds of features of a few letters."""

from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.tokens import Codes
from circuitsim.zoo.task import Digits, Task
from circuitsim.zoo.tasks.edits import change_one, in_turn
from circuitsim.zoo.tasks.makers import require, take_turns

PAPER = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347)"
MOST_WINDOW = 1024  # letters that a feature reads


class Halves(Task):
    """Tasks on a string of bits that is two halves."""

    lengths = "even n >= 2"

    def legal_length(self, n: int) -> bool:
        """Two halves."""
        return n >= 2 and n % 2 == 0


@dataclass(frozen=True)
class Equality(Halves):
    """Whether the first half of a string of bits equals the second."""

    name = "equality"
    source = f"{PAPER}, theorem 6"
    question = "Is the first half equal to the second?"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        bits = digits[:, 0].tolist()
        return (int(bits[: len(bits) // 2] == bits[len(bits) // 2 :]),)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """In turn: two equal random halves, the same with one bit changed, and uniform bits."""
        equal = np.tile(rng.integers(0, 2, (count, n // 2)), 2)
        return in_turn(equal, change_one(equal, 2, rng), rng.integers(0, 2, (count, n)))

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Equal halves, one bit or two bits changed, a half rotated, reversed or complemented, and constants."""
        half = rng.integers(0, 2, (count, n // 2))
        lone = (np.arange(n // 2) == rng.integers(0, n // 2, (count, 1))).astype(np.int64)
        equal, constant = np.tile(half, 2), np.repeat(half[:, :1], n, axis=1)
        return in_turn(
            equal,
            change_one(equal, 2, rng),
            np.concatenate([half, half ^ lone ^ np.roll(lone, 1, axis=1)], axis=1),
            np.concatenate([half, np.roll(half, 1, axis=1)], axis=1),
            constant,
            np.concatenate([half, half[:, ::-1]], axis=1),
            change_one(constant, 2, rng),
            np.concatenate([half, 1 - half], axis=1),
            np.concatenate([lone, lone], axis=1),
        )


@dataclass(frozen=True)
class Inequality(Equality):
    """Whether the first half of a string of bits differs from the second."""

    name = "inequality"
    source = f"{PAPER}, theorems 6 and 11"
    question = "Is the first half different from the second?"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        return (1 - super().answer(digits)[0],)


@dataclass(frozen=True)
class Disjointness(Halves):
    """Whether the two halves of a string of bits, x and y, have a 1 at the same place.

    This is the paper's DISJ(x, y) = 1[x.y > 0]: the answer is yes where the two sets are *not* disjoint.
    """

    name = "disjointness"
    source = f"{PAPER}, theorems 6 and 13"
    question = "Do the two halves have a 1 at the same place, so that they are not disjoint?"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        bits = digits[:, 0].tolist()
        half = len(bits) // 2
        return (int(sum(a * b for a, b in zip(bits[:half], bits[half:], strict=True)) > 0),)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """In turn: uniform disjoint halves, and the same with one common 1; the paper names no distribution."""
        none = self._disjoint(n, count, rng)
        return in_turn(none, self._with_common(none, rng))

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Complements with or without one common 1, a lone 1 met or missed by one place, and constants."""
        x = rng.integers(0, 2, (count, n // 2))
        complement = np.concatenate([x, 1 - x], axis=1)
        at = rng.integers(0, n // 2, (count, 1))
        lone = (np.arange(n // 2) == at).astype(np.int64)
        return in_turn(
            complement,
            self._with_common(complement, rng),
            np.concatenate([lone, np.roll(lone, 1, axis=1)], axis=1),
            np.concatenate([lone, lone], axis=1),
            np.concatenate([lone, 1 - lone], axis=1),
            np.repeat(x[:, :1], n, axis=1),
            np.repeat(np.concatenate([x[:, :1], 1 - x[:, :1]], axis=1), n // 2, axis=1),
        )

    @staticmethod
    def _disjoint(n: int, count: int, rng: Rng) -> Codes:
        pairs = rng.integers(0, 3, (count, n // 2))
        return np.concatenate([pairs == 1, pairs == 2], axis=1).astype(np.int64)

    @staticmethod
    def _with_common(codes: Codes, rng: Rng) -> Codes:
        half = codes.shape[1] // 2
        at, rows = rng.integers(0, half, len(codes)), np.arange(len(codes))
        result = codes.copy()
        result[rows, at] = result[rows, at + half] = 1
        return result


@dataclass(frozen=True)
class Threshold(Task):
    """A threshold of n features of k bits each: feature i is whether bits i to i + k - 1, cyclically, are all 1.

    Attributes:
        k: bits that a feature reads, 1 to 1024.
        b: features that must hold.
    """

    k: int = 2
    b: int = 1

    name = "threshold"
    source = f"{PAPER}, theorem 13, THRES_(k,N) with conjunctions of neighbours as features"
    question = "Do at least b windows of k bits, cyclically, hold nothing but 1?"
    lengths = "n >= k"

    def __post_init__(self) -> None:
        require(self.name, "k", self.k, 1, MOST_WINDOW)
        require(self.name, "b", self.b, 1)

    def legal_length(self, n: int) -> bool:
        """No window meets itself."""
        return n >= self.k

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        bits = digits[:, 0].tolist()
        n = len(bits)
        features = [all(bits[(i + offset) % n] for offset in range(self.k)) for i in range(n)]
        return (int(sum(features) >= self.b),)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Independent bits whose density is uniform, one for each input; the paper names no distribution."""
        return (rng.random((count, n)) < rng.random((count, 1))).astype(np.int64)

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """One run of 1 with b or b - 1 features, runs a bit too short, with and without a gap filled, and extremes."""

        def run(length: int) -> Digits:
            return np.roll(np.arange(n) < length, rng.integers(n)).astype(np.int64)

        def short(turn: int) -> Digits:
            row = (np.arange(n) % self.k < self.k - 1).astype(np.int64)
            row[-1] = 0
            if turn % 2:
                row[rng.integers(n)] = 1
            return np.roll(row, rng.integers(n))

        return take_turns(
            count,
            [
                lambda turn: run(min(n, self.k + self.b - 1)),
                lambda turn: run(min(n, self.k + self.b - 2)),
                short,
                lambda turn: run((n, 0, n - 1, 1)[turn % 4]),
            ],
        )
