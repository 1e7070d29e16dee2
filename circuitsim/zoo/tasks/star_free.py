"""Star-free languages, by name: what masked hard attention recognises."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.errors import InputError
from circuitsim.tokens import Codes
from circuitsim.zoo.task import Digits, Task
from circuitsim.zoo.tasks.edits import blocks, change_one, in_turn, swap_neighbours

Draw = Callable[[int, int, Rng], Codes]  # of (n, count, rng): rows (count, n)


@dataclass(frozen=True)
class Language:
    """A language over {a, b}.

    Attributes:
        pattern: its definition, a regular expression that the whole string matches.
        members, others: draws of strings inside and outside it, where there are any of that length.
    """

    pattern: str
    members: Draw
    others: Draw


def alternating(n: int, count: int, rng: Rng) -> Codes:
    """The string abab... of n letters."""
    return np.broadcast_to(np.arange(n) % 2, (count, n)).astype(np.int64)


def altered(n: int, count: int, rng: Rng) -> Codes:
    """The string abab... with one letter changed."""
    return change_one(alternating(n, count, rng), 2, rng)


def sorted_letters(n: int, count: int, rng: Rng) -> Codes:
    """Strings a^i b^(n-i), with i uniform."""
    return blocks(n, rng.integers(n + 1, size=count), count)


def sorted_back(n: int, count: int, rng: Rng) -> Codes:
    """Strings b^i a^(n-i), with i uniform."""
    return 1 - sorted_letters(n, count, rng)


def without_aa(n: int, count: int, rng: Rng) -> Codes:
    """Strings without aa: after a comes b, and otherwise either letter with equal chances."""
    codes = rng.integers(2, size=(count, n))
    for at in range(1, n):
        codes[:, at] |= 1 - codes[:, at - 1]
    return codes


def uniform(n: int, count: int, rng: Rng) -> Codes:
    """Uniform strings."""
    return rng.integers(2, size=(count, n))


def planted(pair: tuple[int, int], base: Draw) -> Draw:
    """Strings of a draw with two neighbours at a random place overwritten; strings of one letter as they are."""

    def draw(n: int, count: int, rng: Rng) -> Codes:
        codes = base(n, count, rng)
        if n > 1:
            rows, at = np.arange(count), rng.integers(n - 1, size=count)
            codes[rows, at], codes[rows, at + 1] = pair
        return codes

    return draw


LANGUAGES = {
    "ab-star": Language(r"(ab)*", alternating, altered),
    "a-star-b-star": Language(r"a*b*", sorted_letters, planted((1, 0), sorted_letters)),
    "contains-ab": Language(r"[ab]*ab[ab]*", planted((0, 1), uniform), sorted_back),
    "no-two-a": Language(r"(b|ab)*a?", without_aa, planted((0, 0), without_aa)),
}


@dataclass(frozen=True)
class StarFree(Task):
    """One of a few star-free languages over {a, b}.

    Args:
        language: "ab-star", "a-star-b-star", "contains-ab" or "no-two-a".
    """

    name = "star-free"
    source = "Yang, Chiang and Angluin 2024 (arXiv 2310.13897)"
    question = "Is the string in a star-free language, by default (ab)*?"

    alphabet = "ab"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"language": tuple(LANGUAGES)}
    language: str = "ab-star"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise InputError(
                f"{self.name}: language is {str(self.language)[:40]!r}, expected one of {known}."
            )

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """Matched by Python's `re`."""
        word = "".join("ab"[letter] for letter in digits[:, 0])
        return (int(re.fullmatch(LANGUAGES[self.language].pattern, word) is not None),)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Our choice, as no paper says one: half members and half others, where the length has them."""
        language = LANGUAGES[self.language]
        return in_turn(language.members(n, count, rng), language.others(n, count, rng))

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Members and others, with and without one letter changed or neighbours exchanged, and constant strings."""
        language = LANGUAGES[self.language]
        members, others = language.members(n, count, rng), language.others(n, count, rng)
        constant = in_turn(np.zeros_like(members), np.ones_like(members))
        return in_turn(
            members,
            others,
            change_one(members, 2, rng),
            change_one(others, 2, rng),
            swap_neighbours(members, rng),
            constant,
        )
