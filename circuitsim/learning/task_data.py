"""Strings of a task with their answers, as arrays that nets read: drawn anew at every step, and some kept apart."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from circuitsim.array_types import Longs, Rng
from circuitsim.errors import InputError, LimitError
from circuitsim.learning.recipe import Lengths, Recipe, lengths_of, task_of
from circuitsim.tokens import Field, Format
from circuitsim.zoo.task import Digits, Task

MOST_ENTRIES = 2**26  # numbers of a table of a field
KEPT = 512  # strings kept apart, of each length
APART = (
    1  # of the seeds: strings that are kept apart come of other draws than those of the steps
)


@dataclass(frozen=True)
class Strings:
    """Strings of one length: indices of the values of their fields (batch, n, fields), -1 where a token lacks one.

    Attributes:
        answers: (batch, places), numbers of decisions.
    """

    digits: Digits
    answers: Longs

    @property
    def n(self) -> int:
        """Letters of each."""
        return self.digits.shape[1]


@dataclass(frozen=True)
class TaskData:
    """The strings of a recipe.

    Raises:
        InputError: no such task, no such lengths, or other letters at every length.
    """

    recipe: Recipe

    @cached_property
    def task(self) -> Task:
        """The task."""
        return task_of(self.recipe.task)

    @cached_property
    def lengths(self) -> Lengths:
        """The lengths of strings."""
        return lengths_of(self.recipe.lengths, self.task)

    @property
    def longest(self) -> int:
        """How many positions the net knows."""
        return max(self.recipe.longest, self.lengths.lengths[-1])

    @cached_property
    def format(self) -> Format:
        """The tokens of the longest strings; those of shorter ones are among them."""
        n = self.longest_legal
        found = self.task.format(n)
        for m in (*self.lengths.lengths, n):
            self._refuse_other(self.task.format(m), found, m, n)
        if any(field.size * self.recipe.width > MOST_ENTRIES for field in found.fields):
            raise LimitError(
                f"{self.task.name}: the values of a token times a width of {self.recipe.width:,} are too many."
            )
        return found

    def _refuse_other(self, form: Format, found: Format, m: int, n: int) -> None:
        def plain(field: Field) -> Field:
            return replace(field, values=())

        same = [*map(plain, form.fields)] == [*map(plain, found.fields)]
        within = same and all(
            long.values[: short.size] == short.values
            for short, long in zip(form.fields, found.fields, strict=True)
        )
        answers = self.task.answers(n)[: len(self.task.answers(m))] == self.task.answers(m)
        if not within or not answers:
            raise InputError(
                f"{self.task.name} has other letters or answers at {m} than at {n} tokens; train at one length."
            )

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """Names of the decisions."""
        return self.task.answers(self.longest_legal)

    @cached_property
    def longest_legal(self) -> int:
        """The longest length there is a string of."""
        return max(m for m in range(1, self.longest + 1) if self.task.legal_length(m))

    def step(self, number: int) -> Strings:
        """The strings of a step, which it and the seed determine."""
        rng = np.random.default_rng((self.recipe.seed, number))
        longest = None
        if self.recipe.curriculum:
            first, last = self.lengths.lengths[0], self.lengths.lengths[-1]
            part = min(1.0, number / self.recipe.curriculum)
            longest = first + int(part * (last - first))
        return self.drawn(self.lengths.draw(rng, longest), self.recipe.batch, rng)

    def kept(self, n: int, count: int = KEPT, hard: bool = False) -> Strings:
        """Strings of a length that no step has drawn as such; with `hard`, the task's adversarial ones."""
        rng = np.random.default_rng((self.recipe.seed, n, count, APART + hard))
        return self.drawn(n, count, rng, hard)

    def drawn(self, n: int, count: int, rng: Rng, hard: bool = False) -> Strings:
        """Strings as the task draws them."""
        draw = self.task.adversarial if hard else self.task.sample
        codes = draw(n, count, rng)
        return Strings(self.task.format(n).digits(codes), self.task.decisions(codes))

    def tested(self) -> tuple[int, ...]:
        """Lengths at which answers are counted: the least likely short, the middle and the long ones."""
        known = self.lengths.lengths
        return tuple(sorted({known[0], known[len(known) // 2], known[-1]}))
