"""Palindromes."""

from dataclasses import dataclass

import numpy as np

from circuitsim.array_types import Rng
from circuitsim.tokens import Codes
from circuitsim.zoo.task import Digits, Task
from circuitsim.zoo.tasks.edits import blocks, change_at, in_turn


@dataclass(frozen=True)
class Palindrome(Task):
    """Strings over {a, b} that read the same from both ends, of even and of odd length."""

    name = "palindrome"
    source = "folklore; in AC0, which hard attention stays in: Hao, Angluin and Frank 2022 (arXiv 2204.06618)"
    question = "Does the string read the same from both ends?"

    alphabet = "ab"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """Compared with its reverse."""
        word = digits[:, 0].tolist()
        return (int(word == word[::-1]),)

    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Our choice, as no paper says one: half uniform palindromes, half uniform strings."""
        draws = rng.integers(2, size=(count, n))
        return in_turn(mirrored(draws), draws)

    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Palindromes with and without one letter changed off the middle, constant ones too, and halves of a and b."""
        members = mirrored(rng.integers(2, size=(count, n)))
        constant = in_turn(np.zeros_like(members), np.ones_like(members))
        off_middle = rng.integers(max(1, n // 2), size=count)
        return in_turn(
            members,
            change_at(members, off_middle, 2, rng),
            constant,
            change_at(constant, off_middle, 2, rng),
            blocks(n, n // 2, count),
        )


def mirrored(codes: Codes) -> Codes:
    """Palindromes (rows, n) with the first halves of the rows (rows, n)."""
    n = codes.shape[1]
    return np.concatenate([codes[:, : n - n // 2], codes[:, : n // 2][:, ::-1]], axis=1)
