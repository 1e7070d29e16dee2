"""Sparse averages of tokens that other tokens point to."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import ClassVar

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.errors import InputError, LimitError
from circuitsim.tokens import LARGEST_CODE, Codes, Field, Format, Where
from circuitsim.zoo.task import Digits, Place, Task
from circuitsim.zoo.tasks import pointers
from circuitsim.zoo.tasks.makers import require, require_values, take_turns

SIGNS = ("-", "+")
MOST_POINTERS = 60  # with two positions, the codes of tokens end there


@dataclass(frozen=True)
class Pointing(Task):
    """Tokens with signs z, of which some, the askers, point to q positions each.

    Attributes:
        q: positions that an asker points to.
        distinct: whether these are distinct and in increasing order.
    """

    q: int = 2
    distinct: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(self.name, "q", self.q, 1, MOST_POINTERS)

    @abstractmethod
    def join(self, signs: Digits, asked: Digits) -> Digits:
        """Inputs (count, n, fields) of signs (count, positions) and what askers point to (count, askers, q)."""

    def positions(self, n: int) -> int:
        """How many tokens have signs."""
        return n

    def askers(self, n: int) -> int:
        """How many tokens point to positions of their own choice."""
        return n

    def answers(self, n: int) -> tuple[str, ...]:
        """The count of +."""
        return tuple(str(count) for count in range(self.q + 1))

    def legal_length(self, n: int) -> bool:
        """Whether there are enough positions to point to."""
        return self.positions(n) >= (self.q if self.distinct else 1)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Uniform signs and uniform pointers."""
        positions, askers = self.positions(n), self.askers(n)
        signs = rng.integers(0, 2, (count, positions))
        if self.distinct:
            asked = pointers.uniform_sets((count, askers), positions, self.q, rng)
        else:
            asked = rng.integers(0, positions, (count, askers, self.q))
        return self.format(n).codes(self.join(signs, asked))

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Every count of +, a lone sign that pointers hit or just miss, equal signs, blocks, and disjointness."""
        positions, askers = self.positions(n), self.askers(n)
        q = min(self.q, positions)

        def maker(hard: int, turn: int) -> Digits:
            signs, asked = pointers.HARD[hard](turn, positions, askers, q, rng)
            if not self.distinct:
                again = np.minimum(
                    np.arange(self.q), rng.integers(q) if turn % 3 == 2 else q - 1
                )
                asked = asked[:, rng.permutation(again)]
            return self.join(signs[None], asked[None])[0]

        makers = [
            lambda turn, hard=hard: maker(hard, turn) for hard in range(len(pointers.HARD))
        ]
        return self.format(n).codes(take_turns(count, makers))

    def _format(
        self, n: int, name: str, signs_where: Where = "each", asked_where: Where = "each"
    ) -> Format:
        positions = self.positions(n)
        if 2 * positions**self.q >= LARGEST_CODE:
            raise LimitError(
                f"{self.name}: a token at n={n} and q={self.q} must have fewer values than 2^62; lower n or q."
            )
        require_values(self.name, n, positions)
        indices = tuple(str(index) for index in range(positions))
        asked = (
            Field(f"{name}{k + 1}", indices, "binary", asked_where) for k in range(self.q)
        )
        return Format((Field("z", SIGNS, where=signs_where), *asked))


@dataclass(frozen=True)
class QSparseAveraging(Pointing):
    """The average of the q signs that each token points to; a count s of + stands for the average (2s - q) / q."""

    name = "q-sparse-averaging"
    source = "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896), section 3"
    question = "How many of the q tokens that a token points to are +, at every token?"
    lengths = "n >= q"
    place: ClassVar[Place] = "each"

    def format(self, n: int) -> Format:
        """A sign z, and q distinct positions y1 < ... < yq."""
        return self._format(n, "y")

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        return tuple(int(sum(digits[j, 0] for j in y)) for y in digits[:, 1:])

    def legal(self, digits: Digits) -> bool:
        """Whether every set is sorted and without repetition."""
        return bool((np.diff(digits[:, 1:], axis=1) > 0).all())

    def count(self, n: int) -> int:
        """Legal inputs."""
        return (2 * comb(n, self.q)) ** n

    def inputs(self, n: int) -> Codes:
        """All legal inputs."""
        sets = pointers.all_sets(n, self.q)
        signs = np.repeat([0, 1], len(sets))[:, None]
        tokens = self.format(n).codes(self.join(signs, np.tile(sets, (2, 1))[:, None]))[:, 0]
        return tokens[np.indices((len(tokens),) * n).reshape(n, -1).T]

    def join(self, signs: Digits, asked: Digits) -> Digits:
        """Every token has a sign and a set."""
        return np.concatenate([signs[..., None], asked], axis=2)

    def disjointness_gadget(self, n: int, a: Sequence[int], b: Sequence[int]) -> Digits:
        """One input (n, fields), n > 2q: token 2q counts a + iff q bits a and q bits b have a 1 in common.

        The sets of all tokens but 2q are the same whatever a is, so all of a crosses from token 2q to the others:
        Alice holds token 2q, Bob the rest.
        Source: theorem 4, by which width times precision of one layer with one head grows with q.
        """
        _require_bits(self.name, n, 2 * self.q + 1, (a, self.q), (b, self.q))
        signs, asked = pointers.disjointness(a, b, n)
        sets = np.tile(np.arange(self.q), (n, 1))
        sets[2 * self.q] = asked[0]
        return self.join(signs[None], sets[None])[0]

    def index_gadget(self, n: int, bits: Sequence[int]) -> Digits:
        """One input (n, fields), n >= 2 bits + q - 1: token bits + i counts bit i.

        The first tokens hold the bits, the next point back to one each and to the last q - 1 tokens, which are -.
        Source: theorem 11, (n - 1)/2 bits in the state of a recurrent net.
        """
        return recall(self, n, bits)


@dataclass(frozen=True)
class SparseTokenSelection(Pointing):
    """The average of q signs that the last token alone points to."""

    name = "sparse-token-selection"
    source = "Wang, Wei, Hsu and Lee 2024 (arXiv 2406.06893), STS_q"
    question = "How many of the q tokens that the last token points to are +?"
    lengths = "n >= q + 1"

    def format(self, n: int) -> Format:
        """Signs z, and at the last token q distinct positions y1 < ... < yq before it."""
        return self._format(n, "y", "not-last", "last")

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        return (int(sum(digits[j, 0] for j in digits[-1, 1:])),)

    def legal(self, digits: Digits) -> bool:
        """Whether the set is sorted and without repetition."""
        return bool((np.diff(digits[-1, 1:]) > 0).all())

    def positions(self, n: int) -> int:
        """All tokens but the last have signs."""
        return n - 1

    def askers(self, n: int) -> int:
        """The last token."""
        return 1

    def count(self, n: int) -> int:
        """Legal inputs."""
        return 2 ** (n - 1) * comb(n - 1, self.q)

    def inputs(self, n: int) -> Codes:
        """All legal inputs."""
        return every_choice(self, n, pointers.all_sets(n - 1, self.q))

    def join(self, signs: Digits, asked: Digits) -> Digits:
        """Signs, then the set."""
        count, positions = signs.shape
        digits = np.full((count, positions + 1, self.q + 1), -1, np.int64)
        digits[:, :-1, 0] = signs
        digits[:, -1, 1:] = asked[:, 0]
        return digits

    def disjointness_gadget(self, n: int, a: Sequence[int], b: Sequence[int]) -> Digits:
        """One input (n, fields), n > 2q: the answer is not 0 iff q bits a and q bits b have a 1 in common.

        Alice holds the last token, Bob the rest, as in `QSparseAveraging.disjointness_gadget`.
        """
        _require_bits(self.name, n, 2 * self.q + 1, (a, self.q), (b, self.q))
        signs, asked = pointers.disjointness(a, b, n - 1)
        return self.join(signs[None], asked[None])[0]


def every_choice(task: Pointing, n: int, choices: Digits) -> Codes:
    """Every string of signs with every choice of the one asker."""
    positions = task.positions(n)
    signs = np.indices((2,) * positions).reshape(positions, -1).T
    joined = task.join(
        np.repeat(signs, len(choices), axis=0), np.tile(choices, (len(signs), 1))[:, None]
    )
    return task.format(n).codes(joined)


def recall(task: Pointing, n: int, bits: Sequence[int]) -> Digits:
    """Tokens that hold bits, then tokens that point to one each and to the last q - 1, then tokens that are -."""
    _require_bits(task.name, n, 2 * len(bits) + task.q - 1)
    digits = np.zeros((n, task.q + 1), np.int64)
    digits[: len(bits), 0] = bits
    digits[:, 2:] = np.arange(n - task.q + 1, n)
    digits[len(bits) : 2 * len(bits), 1] = np.arange(len(bits))
    return digits


def _require_bits(name: str, n: int, least: int, *strings: tuple[Sequence[int], int]) -> None:
    if n < least:
        raise InputError(f"{name}: the gadget needs n >= {least}, and n is {n}.")
    for bits, length in strings:
        if len(bits) != length:
            raise InputError(
                f"{name}: the gadget takes {length} bits, and {len(bits)} are given."
            )
