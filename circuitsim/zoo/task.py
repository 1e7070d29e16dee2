"""What a task is: a plain definition, its inputs, and where its answers are read."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, TypeAlias

import numpy as np

from circuitsim.array_types import Longs, Rng
from circuitsim.errors import InputError
from circuitsim.tokens import Codes, Format, letters
from circuitsim.zoo.near import nearest_lengths

Digits: TypeAlias = Longs  # (n, fields): indices of values, -1 where a token lacks the field
Place: TypeAlias = Literal["first", "last", "each"]


@dataclass(frozen=True)
class Task(ABC):
    """A function of strings of n tokens; a subclass's dataclass fields are its options, with defaults.

    Attributes:
        name: as in `zoo list`. source: paper and section. question: what is asked, in one sentence.
        lengths: the legal n, in words.
        choices: for an option that is a word, the words it may be.
        alphabet: the letters of its strings, where that is all that tokens are.
        place: where answers are read: at the "last" or "first" token, or "each".
        answers: names of the decisions, in the order of their numbers; ("no", "yes") for a decision bit.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    question: ClassVar[str]
    lengths: ClassVar[str] = "n >= 1"
    alphabet: ClassVar[str] = "01"
    place: ClassVar[Place] = "last"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def format(self, n: int) -> Format:
        """The tokens of an input of n tokens: unless a task says more, letters."""
        return letters(self.alphabet)

    @abstractmethod
    def answer(self, digits: Digits) -> tuple[int, ...]:
        """The definition, for one input: a decision for every position that is read."""

    @abstractmethod
    def sample(self, n: int, count: int, rng: Rng) -> Codes:
        """Legal inputs (count, n) as the paper draws them."""

    @abstractmethod
    def adversarial(self, n: int, count: int, rng: Rng) -> Codes:
        """Legal inputs (count, n) that are hard: ties, counts at a boundary, near misses, extremes."""

    def answers(self, n: int) -> tuple[str, ...]:
        """Names of the decisions at n, in the order of their numbers."""
        return ("no", "yes")

    def legal_length(self, n: int) -> bool:
        """Whether there are inputs of n tokens."""
        return n >= 1

    def legal(self, digits: Digits) -> bool:
        """Whether one input, which is in the format, is one of the task's."""
        return True

    def count(self, n: int) -> int:
        """How many inputs the format has at n: an upper limit to the legal ones, which `inputs` goes through."""
        return prod(self.format(n).sizes(n))

    def inputs(self, n: int) -> Codes:
        """All legal inputs (inputs, n). A task with few legal ones among many overrides this and `count`."""
        codes = np.indices(self.format(n).sizes(n)).reshape(n, -1).T.astype(np.int64)
        digits = self.format(n).digits(codes)
        return codes[np.array([self.legal(row) for row in digits], bool)]

    def decisions(self, codes: Codes) -> Longs:
        """The definition for many inputs of one length: (inputs, positions)."""
        digits = self.format(codes.shape[1]).digits(codes)
        return np.array([self.answer(row) for row in digits], np.int64)

    def check_length(self, n: int) -> None:
        """Raise an InputError for an illegal length, naming the nearest legal ones."""
        if not self.legal_length(n):
            near = nearest_lengths(n, self.legal_length)
            raise InputError(
                f"{self.name} has no inputs of length {n} (lengths: {self.lengths}{near})."
            )
