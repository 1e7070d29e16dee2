"""Sums that vanish: pairs and triples of numbers that add up to zero modulo M."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.errors import InputError
from circuitsim.tokens import Codes, Field, Format
from circuitsim.zoo.task import Digits, Place, Task
from circuitsim.zoo.tasks.makers import MOST_VALUES, Maker, require, take_turns

MOST_RESIDUES = 144  # of Match3, since models go through their triples or pairs
MOST_WINDOW = 1024


@dataclass(frozen=True)
class Matching(Task):
    """Numbers below the modulus, of which some add up to zero; a token may be used more than once.

    Attributes:
        modulus: M. The theorems hold for M up to a power of n.
        terms: how many numbers add up.
        most: the largest modulus.
    """

    modulus: int = 8
    place: ClassVar[Place] = "each"
    terms: ClassVar[int] = 3
    most: ClassVar[int] = MOST_VALUES

    def __post_init__(self) -> None:
        require(self.name, "modulus", self.modulus, 2, self.most)

    def format(self, n: int) -> Format:
        """Numbers in binary."""
        return Format(
            (Field("x", tuple(str(value) for value in range(self.modulus)), "binary"),)
        )

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Uniform numbers: for n well over M nearly every token has a match, for n^terms well under M nearly none."""
        return rng.integers(0, self.modulus, (count, n))

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Numbers without a match, the same with one match planted or missed by one, and constants."""
        return self.format(n).codes(take_turns(count, self.makers(n, rng)))

    def makers(self, n: int, rng: Rng) -> list[Maker]:
        """The generators that take turns."""
        return [
            lambda turn: self._bare(n, rng)[:, None],
            lambda turn: self._match(n, 0, turn, rng)[:, None],
            lambda turn: self._match(n, 1 if turn % 2 else -1, turn, rng)[:, None],
            lambda turn: self._constant(n, turn)[:, None],
        ]

    def _bare(self, n: int, rng: Rng) -> Digits:
        """Numbers so small that no terms of them reach M, where there are any."""
        return rng.integers(1, max(1, (self.modulus - 1) // self.terms) + 1, n)

    def places(self, n: int, turn: int, rng: Rng) -> Digits:
        """Positions (terms,) of a match to plant, different ones where n allows; the first is the token that asks."""
        return rng.permutation(n)[np.minimum(np.arange(self.terms), n - 1)]

    def _match(self, n: int, off: int, turn: int, rng: Rng) -> Digits:
        """Small numbers, and what one of them misses to reach M, or to come within one of it."""
        x = self._bare(n, rng)
        first, *others = self.places(n, turn, rng)
        addends = self._bare(self.terms - 1, rng)
        addends[-1] = (off - x[first] - addends[:-1].sum()) % self.modulus
        x[others] = addends
        return x

    def _constant(self, n: int, turn: int) -> Digits:
        m = self.modulus
        values = (0, m - 1, m // self.terms, m // 2, -(-m // self.terms) % m)
        return np.full(n, values[turn % len(values)])


@dataclass(frozen=True)
class Match2(Matching):
    """Match2: a second token whose number is the negative of a token's own."""

    name = "match2"
    source = "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896), theorem 6"
    question = "Is x_i + x_j = 0 mod M for some j, at every token i?"
    terms = 2

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        x = [int(value) for value in digits[:, 0]]
        return tuple(int(any((a + b) % self.modulus == 0 for b in x)) for a in x)


@dataclass(frozen=True)
class Match3(Matching):
    """Match3: two further tokens, or one twice, whose numbers cancel a token's own."""

    name = "match3"
    source = "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896), theorem 7"
    question = "Is x_i + x_j + x_k = 0 mod M for some j and k, at every token i?"
    most = MOST_RESIDUES

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        x = [int(value) for value in digits[:, 0]]
        sums = {b + c for b in x for c in x}
        return tuple(int(any((a + s) % self.modulus == 0 for s in sums)) for a in x)

    def makers(self, n: int, rng: Rng) -> list[Maker]:
        """As for all sums, and the gadget, with strings that have nothing or one place in common."""
        bits = min((n - 1) // 2, self.modulus // 4 - 1)
        if self.modulus % 4 or bits < 1:
            return super().makers(n, rng)

        def gadget(turn: int) -> Digits:
            a = rng.integers(0, 2, bits)
            b = 1 - a
            if turn % 2:
                common = rng.integers(bits)
                a[common] = b[common] = 1
            return self.disjointness_gadget(n, a.tolist(), b.tolist())

        return [*super().makers(n, rng), gadget]

    def disjointness_gadget(self, n: int, a: Sequence[int], b: Sequence[int]) -> Digits:
        """One input (n, 1): token 0 has a match iff bit strings a and b, of m bits each, have a 1 in common.

        Token 0 is 1. Tokens 1 to m are Alice's: 4i for a_i, counted from 1, else 2. The next m are Bob's: M - 1 - 4i
        for b_i, else 2. Further tokens are 2. Modulo 4 only 1 + 0 + 3 gives 0.
        Source: the gadget of theorem 7, made free of trivial matches of token 0 with itself.

        Raises:
            InputError: M is not a multiple of 4, at least 4(m + 1), or n < 2m + 1, or a and b differ in length.
        """
        m = len(a)
        if len(b) != m or n < 2 * m + 1 or self.modulus % 4 or self.modulus < 4 * (m + 1):
            raise InputError(
                f"{self.name}: a gadget of {m} bits needs as many bits on the other side, n >= {2 * m + 1} and a"
                f" multiple of 4 that is at least {4 * (m + 1)} as modulus; given are {len(b)} bits, n={n} and"
                f" {self.modulus}."
            )
        x = np.full(n, 2)
        x[0] = 1
        for i in range(m):
            if a[i]:
                x[1 + i] = 4 * (i + 1)
            if b[i]:
                x[1 + m + i] = self.modulus - 1 - 4 * (i + 1)
        return x[:, None]


@dataclass(frozen=True)
class Match3Bigram(Matching):
    """Match3 whose two further tokens are neighbours."""

    name = "match3-bigram"
    source = "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896), assisted variants of Match3"
    question = "Is x_i + x_j + x_(j+1) = 0 mod M for some j, at every token i?"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition; the last token begins no bigram."""
        x = [int(value) for value in digits[:, 0]]
        sums = {x[j] + x[j + 1] for j in range(len(x) - 1)}
        return tuple(int(any((a + s) % self.modulus == 0 for s in sums)) for a in x)

    def places(self, n: int, turn: int, rng: Rng) -> Digits:
        """The addends are neighbours, or just not: two apart, or the last and the first token."""
        if turn // 2 % 2 == 0:
            left = int(rng.integers(max(n - 1, 1)))
            right = min(left + 1, n - 1)
        elif rng.integers(2):
            left, right = n - 1, 0
        else:
            left = int(rng.integers(max(n - 2, 1)))
            right = min(left + 2, n - 1)
        free = np.setdiff1d(np.arange(n), [left, right])
        first = rng.choice(free) if len(free) else left
        return np.array([first, left, right])


@dataclass(frozen=True)
class Match3Local(Matching):
    """Match3 whose two further tokens are at most a window away.

    Attributes:
        window: K, the largest distance of either from the token, 0 to 1024.
    """

    window: int = 1

    name = "match3-local"
    source = "Sanford, Hsu and Telgarsky 2023 (arXiv 2306.02896), assisted variants of Match3"
    question = "Is x_i + x_j + x_k = 0 mod M for some j and k within the window of i, at every token i?"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.name, "window", self.window, 0, MOST_WINDOW)

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        x = [int(value) for value in digits[:, 0]]
        near = [x[max(0, i - self.window) : i + self.window + 1] for i in range(len(x))]
        return tuple(
            int(any((x[i] + b + c) % self.modulus == 0 for b in near[i] for c in near[i]))
            for i in range(len(x))
        )

    def places(self, n: int, turn: int, rng: Rng) -> Digits:
        """The addends are at the two ends of the window, or one of them is just beyond."""
        first = int(rng.integers(n))
        beyond = turn // 2 % 2
        return np.array(
            [first, max(first - self.window, 0), min(first + self.window + beyond, n - 1)]
        )
