"""One saturated head over unbounded rationals decides every language, by the encoding in reciprocals of primes.

The i-th letter is embedded as 1/p_i where it is 1 and as 0 where it is 0, p_i the i-th prime. One head with equal
scores gives the mean. Its product with n is the sum of the 1/p_i over the 1s, whose denominator in lowest terms is the
product of exactly these primes: the head's output holds the whole string, and an oracle on it decides any language.
The price is the size of that number, which grows like n log n; floats would keep O(log n) bits and decide only TC0.

Source: Merrill, Sabharwal and Smith 2022 (arXiv 2106.16213), Theorem 1. The oracle knows n here; the paper's embedding
does not, and a second head would find it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, log
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from circuitsim.errors import InputError, ModelError
from circuitsim.networks.definition import select
from circuitsim.numbers.rationals import size
from circuitsim.tokens import Codes, Format
from circuitsim.zoo.entry import Entry
from circuitsim.zoo.task import Task
from circuitsim.zoo.tasks.counting import Majority, Parity
from circuitsim.zoo.tasks.mirrors import Palindrome


@dataclass(frozen=True)
class PrimeEncoding:
    """The model that decides a language over two letters, the second of which is the 1.

    Only its exact meaning exists: see `refusal`.

    Raises:
        ModelError: the language is not over two letters.
    """

    language: Task

    source: ClassVar[str] = "Merrill, Sabharwal and Smith 2022 (2106.16213), Theorem 1"
    layers: ClassVar[int] = 1
    heads: ClassVar[int] = 1
    width: ClassVar[int] = 1

    def __post_init__(self) -> None:
        tokens = self.language.format(2)
        if not tokens.plain or tokens.fields[0].size != 2:
            raise ModelError(
                f"the prime encoding is of two letters, and the tokens of {self.language.name} are others."
            )

    @property
    def name(self) -> str:
        """As errors and tables call it."""
        return f"zoo:{self.language.name}-primes"

    @property
    def format(self) -> Format:
        """The two letters."""
        return self.language.format(1)

    def at(self, n: int) -> "PrimeEncoding":
        """The model for n letters: itself."""
        return self

    def embedding(self, letters: Sequence[int]) -> list[Fraction]:
        """The stream (n,) before the head: 1/p_i where letter i is 1, else 0."""
        return [Fraction(int(letter), prime) for letter, prime in zip(letters, first_primes(len(letters)), strict=True)]

    def output(self, letters: Sequence[int]) -> Fraction:
        """The head's output, the same at every position: the mean over all positions, whose scores are equal."""
        values = self.embedding(letters)
        chosen = select("saturated", dict.fromkeys(range(len(values)), Fraction(0)))
        return sum((values[j] for j in chosen), Fraction(0)) / len(chosen)

    def exact(self, codes: Codes) -> npt.NDArray[np.int64]:
        """Decisions (inputs, positions) on strings (inputs, n): each through the head, the decoder and the oracle."""
        n = codes.shape[1]
        decoded = [decode(self.output(row), n) for row in codes.tolist()]
        return self.language.decisions(np.array(decoded, np.int64).reshape(codes.shape))

    def state_bits(self, n: int) -> int:
        """Size in bits of what the oracle reads on 1...1, n times the head's output; like n log n.

        This is the convention of 2106.16213, section 3.1, 2 max(|p|, |q|) + 1 for p/q in lowest terms.
        """
        return size(self.output([1] * n) * n)

    def output_bits(self, n: int) -> int:
        """Size in bits of the head's output itself on 1...1: a few more, for the factor n."""
        return size(self.output([1] * n))

    def refusal(self, what: str) -> ModelError:
        """Why there is no `what` ("circuit", "float rung", ...) of this model."""
        return ModelError(
            f"{self.name} has no {what}: its numbers are rationals with unbounded denominators and its read-out is an"
            " oracle, so there is only the exact rung."
        )


def _entry(task: type[Task]) -> Entry:
    return Entry(
        name=f"{task.name}-primes",
        task=task,
        architecture="rational transformer",
        make=lambda task, n: PrimeEncoding(task),
        source=f"{PrimeEncoding.source}: AHAT over the rationals decides all languages",
        layers="1",
        heads="1",
        width="1",
    )


ENTRIES = tuple(_entry(task) for task in (Majority, Parity, Palindrome))


def decode(output: Fraction, n: int) -> list[int]:
    """The letters (n,) of which `output` is the mean: 1 where the prime divides the denominator of its sum.

    Raises:
        InputError: the number is the mean of no string of this length.
    """
    total = output * n
    primes = first_primes(n)
    letters = [int(total.denominator % prime == 0) for prime in primes]
    if total != sum(Fraction(letter, prime) for letter, prime in zip(letters, primes, strict=True)):
        raise InputError(f"{_short(output)} is not the mean of reciprocals of distinct primes among the first {n}.")
    return letters


def first_primes(n: int) -> list[int]:
    """The first n primes, by a sieve up to n (log n + log log n), which the n-th prime is below from n = 6 on."""
    limit = 13 if n < 6 else int(n * (log(n) + log(log(n)))) + 1
    prime = np.ones(limit + 1, bool)
    prime[:2] = False
    for number in range(2, isqrt(limit) + 1):
        if prime[number]:
            prime[number * number :: number] = False
    return [int(found) for found in np.flatnonzero(prime)[:n]]


def _short(number: Fraction) -> str:
    text = str(number)
    return text if len(text) <= 40 else f"a fraction of {size(number)} bits"
