"""Finding a token by its position, by its symbol, or by the direction of its vector."""

from dataclasses import dataclass
from itertools import count as counting
from itertools import islice, permutations, product
from math import factorial, perm
from string import ascii_lowercase
from typing import ClassVar

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.tokens import Codes, Field, Format
from circuitsim.zoo.task import Digits, Place, Task
from circuitsim.zoo.tasks.makers import MOST_VALUES, require, require_values, take_turns


def symbols(count: int) -> tuple[str, ...]:
    """Names of symbols: a to z, then aa, ab and so on."""
    words = (
        "".join(word)
        for length in counting(1)
        for word in product(ascii_lowercase, repeat=length)
    )
    return tuple(islice(words, count))


@dataclass(frozen=True)
class IndexLookup(Task):
    """The letter at the position that the last token names.

    Attributes:
        letters: how many letters there are; the answer for two is whether the letter is b.
    """

    letters: int = 2

    name = "index-lookup"
    source = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347), index lookup"
    question = "Which letter is at the position that the last token names?"
    lengths = "n >= 2"

    def __post_init__(self) -> None:
        require(self.name, "letters", self.letters, 2, MOST_VALUES)

    def format(self, n: int) -> Format:
        """Letters s, and at the last token a position p before it."""
        require_values(self.name, n, n - 1)
        places = tuple(str(place) for place in range(n - 1))
        return Format(
            (
                Field("s", symbols(self.letters), where="not-last"),
                Field("p", places, "binary", "last"),
            )
        )

    def answers(self, n: int) -> tuple[str, ...]:
        """The letters."""
        return symbols(self.letters)

    def legal_length(self, n: int) -> bool:
        """A letter and the last token."""
        return n >= 2

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        return (int(digits[digits[-1, 1], 0]),)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Uniform letters, and a uniform position."""
        return np.concatenate(
            [
                rng.integers(0, self.letters, (count, n - 1)),
                rng.integers(0, n - 1, (count, 1)),
            ],
            axis=1,
        )

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """A lone letter among equal ones, asked at it, an index bit away, or at an end; pairs one letter apart."""

        def lone(turn: int) -> Digits:
            common, rare = rng.choice(self.letters, 2, replace=False)
            hot = int(rng.integers(n - 1))
            near = hot ^ (1 << int(rng.integers(max(1, (n - 2).bit_length()))))
            asked = (hot, near if near < n - 1 else hot, 0, n - 2)[turn % 4]
            row = np.full(n, common)
            row[hot], row[-1] = rare, asked
            return row

        pair = np.zeros(n, np.int64)

        def apart(turn: int) -> Digits:
            if turn % 2 == 0:
                pair[:-1] = rng.integers(0, self.letters, n - 1)
                pair[-1] = rng.integers(n - 1)
            else:
                pair[pair[-1]] = (
                    pair[pair[-1]] + rng.integers(1, self.letters)
                ) % self.letters
            return pair.copy()

        return take_turns(count, [lone, apart])


@dataclass(frozen=True)
class AssociativeRecall(Task):
    """Multi-query associative recall: m pairs of a key and its value, then the m keys again in any order.

    The input is k_1 v_1 ... k_m v_m and a permutation of the keys, n = 3m tokens of one alphabet. Keys are distinct,
    values arbitrary. The answer at a query is its key's value; at the first 2m tokens it is "none".

    Attributes:
        letters: size of the alphabet, at least m; 0 for the smallest with a choice, the larger of m and 2.
    """

    letters: int = 0

    name = "associative-recall"
    source = "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347), after Arora et al. (Zoology), MQAR"
    question = "Which value was paired with the key, at every token of the last third?"
    lengths = "multiples of 3, up to 3 times the letters if these are given"
    place: ClassVar[Place] = "each"

    def __post_init__(self) -> None:
        if self.letters:
            require(self.name, "letters", self.letters, 2, MOST_VALUES)

    def size(self, n: int) -> int:
        """Letters at n."""
        return self.letters or max(2, n // 3)

    def format(self, n: int) -> Format:
        """Symbols in binary."""
        require_values(self.name, n, self.size(n))
        return Format((Field("s", symbols(self.size(n)), "binary"),))

    def answers(self, n: int) -> tuple[str, ...]:
        """The symbols, and none."""
        require_values(self.name, n, self.size(n))
        return (*symbols(self.size(n)), "none")

    def legal_length(self, n: int) -> bool:
        """Pairs and their queries, with enough letters for distinct keys."""
        return n >= 3 and n % 3 == 0 and n // 3 <= self.size(n)

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        s = [int(symbol) for symbol in digits[:, 0]]
        m = len(s) // 3
        value = {s[2 * i]: s[2 * i + 1] for i in range(m)}
        return (*[self.size(len(s))] * (2 * m), *(value[key] for key in s[2 * m :]))

    def legal(self, digits: Digits) -> bool:
        """Whether keys are distinct and the last third permutes them."""
        s = digits[:, 0].tolist()
        m = len(s) // 3
        keys = s[0 : 2 * m : 2]
        return len(set(keys)) == m and sorted(keys) == sorted(s[2 * m :])

    def count(self, n: int) -> int:
        """Legal inputs."""
        m, size = n // 3, self.size(n)
        return int(perm(size, m) * size**m * factorial(m))

    def inputs(self, n: int) -> Codes:
        """All legal inputs."""
        m, size = n // 3, self.size(n)
        orders = np.array(list(permutations(range(m))), np.int64)
        every = product(permutations(range(size), m), product(range(size), repeat=m), orders)
        return np.array(
            [self._join(np.array(k), np.array(v), order) for k, v, order in every], np.int64
        )

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Uniform distinct keys, uniform values, uniform order of the queries."""
        return take_turns(count, [lambda turn: self._join(*self._draw(n, rng))])

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Values equal, equal but one, equal to the keys or to the next key; queries in order, reversed or shuffled."""

        def hard(turn: int) -> Digits:
            keys, values, order = self._draw(n, rng)
            if turn % 2:
                keys = np.roll(np.arange(len(keys)), rng.integers(len(keys)))
            order = (order, np.arange(len(keys)), np.arange(len(keys))[::-1])[turn % 3]
            one = np.full_like(values, values[0])
            one[rng.integers(len(one))] = rng.integers(self.size(n))
            values = (np.full_like(values, values[0]), one, keys, np.roll(keys, 1))[
                turn // 3 % 4
            ]
            return self._join(keys, values, order)

        return take_turns(count, [hard])

    def _draw(self, n: int, rng: Rng) -> tuple[Digits, Digits, Digits]:
        m, size = n // 3, self.size(n)
        return rng.permutation(size)[:m], rng.integers(0, size, m), rng.permutation(m)

    @staticmethod
    def _join(keys: Digits, values: Digits, order: Digits) -> Digits:
        return np.concatenate([np.stack([keys, values], axis=1).reshape(-1), keys[order]])


@dataclass(frozen=True)
class NearestNeighbour(Task):
    """The label of the earlier vector with the largest inner product with the last one; the leftmost of ties.

    The input is x_1 y_1 ... x_(k-1) y_(k-1) x_k, n = 2k - 1 tokens: vectors of signs, and labels 0 or 1.

    Attributes:
        dimension: d. A vector's index read in binary has a 1 for every +, its first coordinate highest.
    """

    dimension: int = 2

    name = "nearest-neighbour"
    source = (
        "Bhattamishra, Hahn, Blunsom and Kanade 2024 (arXiv 2406.09347), nearest neighbour"
    )
    question = "Which label has the earlier vector that is nearest to the last one?"
    lengths = "odd n >= 3"

    def __post_init__(self) -> None:
        require(self.name, "dimension", self.dimension, 1, 16)

    def format(self, n: int) -> Format:
        """Vectors x at even positions, labels y at odd ones."""
        vectors = tuple("".join(signs) for signs in product("-+", repeat=self.dimension))
        return Format(
            (Field("x", vectors, "binary", "even"), Field("y", ("0", "1"), where="odd"))
        )

    def legal_length(self, n: int) -> bool:
        """At least one labelled vector, and the last one."""
        return n >= 3 and n % 2 == 1

    def vector(self, index: int) -> tuple[int, ...]:
        """The coordinates, -1 or +1, of the vector with an index."""
        return tuple(1 if index >> bit & 1 else -1 for bit in reversed(range(self.dimension)))

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        last = self.vector(int(digits[-1, 0]))
        best, label = -self.dimension - 1, 0
        for i in range(0, len(digits) - 1, 2):
            product_ = sum(
                a * b for a, b in zip(self.vector(int(digits[i, 0])), last, strict=True)
            )
            if product_ > best:
                best, label = product_, int(digits[i + 1, 1])
        return (label,)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Uniform vectors and labels."""
        codes = rng.integers(0, 2**self.dimension, (count, n))
        codes[:, 1::2] = rng.integers(0, 2, (count, n // 2))
        return codes

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Ties between opposite labels, one label unlike the others, vectors a coordinate away, and opposite ones."""
        most = 2**self.dimension

        def hard(turn: int) -> Digits:
            row = np.empty(n, np.int64)
            last = int(rng.integers(most))
            away = 1 << rng.integers(0, self.dimension, n // 2)
            near = [
                np.full(n // 2, last),  # all as near as can be: the first label counts
                last ^ away,  # all one coordinate away
                np.full(n // 2, most - 1 - last),  # all opposite
                (most - 1 - last) ^ away,
                rng.integers(0, most, n // 2),
            ][turn % 5]
            hot = int(rng.integers(n // 2))
            if turn // 5 % 2:
                near[hot] = last
            row[0:-1:2], row[-1] = near, last
            row[1::2] = rng.integers(2)
            row[1 + 2 * (hot if turn // 10 % 2 else 0)] ^= 1
            return row

        return take_turns(count, [hard])
