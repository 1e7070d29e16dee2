"""Sparse functions of tokens that other tokens point to, at positions that may repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np

from circuitsim.errors import InputError
from circuitsim.tokens import Codes, Format
from circuitsim.zoo.task import Digits, Place
from circuitsim.zoo.tasks.averaging import Pointing, every_choice, recall

FUNCTIONS = ("parity", "majority", "sum")


@dataclass(frozen=True)
class Targeted(Pointing):
    """Tasks on a function g of q signs, at positions that may repeat, in any order.

    Attributes:
        g: "parity" of the count of +, "majority" (more than q/2), or the "sum" itself.
    """

    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"g": FUNCTIONS}
    g: str = "parity"
    distinct = False

    source = "Mousavi-Hosseini, Sanford, Wu and Erdogdu 2025 (arXiv 2503.11272), definition 2"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.g not in FUNCTIONS:
            raise InputError(
                f"{self.name}: g is {self.g!r}, expected one of {', '.join(FUNCTIONS)}."
            )

    def format(self, n: int) -> Format:
        """A sign z, and positions t1, ..., tq."""
        return self._format(n, "t")

    def answers(self, n: int) -> tuple[str, ...]:
        """Yes or no, or for the sum the count of +."""
        return super().answers(n) if self.g == "sum" else ("no", "yes")

    def function(self, plus: int) -> int:
        """The value of g for a count of +."""
        return {"parity": plus % 2, "majority": int(2 * plus > self.q), "sum": plus}[self.g]

    def join(self, signs: Digits, asked: Digits) -> Digits:
        """Every token has a sign and its pointers, which are the same for all where one asks."""
        rows = np.broadcast_to(asked, (*signs.shape, self.q))
        return np.concatenate([signs[..., None], rows], axis=2)


@dataclass(frozen=True)
class QSTR(Targeted):
    """A function g of the q signs that each token points to."""

    name = "qstr"
    question = "What is g of the q signs that a token points to, at every token?"
    place: ClassVar[Place] = "each"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        return tuple(self.function(int(sum(digits[j, 0] for j in t))) for t in digits[:, 1:])

    def index_gadget(self, n: int, bits: Sequence[int]) -> Digits:
        """One input (n, fields) as `QSparseAveraging.index_gadget` has it; for the majority all q pointers go to bit i.

        Source: proposition 6, the state of a recurrent net for q = 1.
        """
        digits = recall(self, n, bits)
        if self.g == "majority":
            digits[:, 2:] = digits[:, 1:2]
        return digits


@dataclass(frozen=True)
class SimpleQSTR(Targeted):
    """qSTR whose tokens all point to the same positions, so that one answer is enough."""

    name = "simple-qstr"
    question = "What is g of the q signs that all tokens point to?"

    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition."""
        return (self.function(int(sum(digits[j, 0] for j in digits[-1, 1:]))),)

    def legal(self, digits: Digits) -> bool:
        """Whether all tokens point to the same positions."""
        return bool((digits[:, 1:] == digits[0, 1:]).all())

    def askers(self, n: int) -> int:
        """One choice of positions for all."""
        return 1

    def count(self, n: int) -> int:
        """Legal inputs."""
        return int(2**n * n**self.q)

    def inputs(self, n: int) -> Codes:
        """All legal inputs."""
        return every_choice(
            self, n, np.array(list(product(range(n), repeat=self.q)), np.int64)
        )
