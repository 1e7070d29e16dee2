"""Inputs of the papers' lower bounds: what Alice holds, what Bob asks, and where his answer is read.

A gadget splits the positions of an input between the two. `messages.py` counts what must cross.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Literal, TypeAlias

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.errors import InputError, LimitError
from circuitsim.tokens import Codes
from circuitsim.zoo.task import Digits, Task

Bits: TypeAlias = tuple[int, ...]
Make: TypeAlias = Callable[[Bits, Bits], Digits]
Asks: TypeAlias = Literal["nothing", "index", "unit", "string"]

LARGEST = 2**17  # inputs that are gone through


@dataclass(frozen=True)
class Gadget:
    """Inputs of n tokens in two parts, a of Alice's and b of Bob's.

    Attributes:
        name, source: of the problem that it holds, and the paper. task, n: what it is an input of.
        bits: of Alice's part. full: how many she could have; the others are 0.
        alice: her positions; all others are Bob's.
        asks: Bob's parts: "nothing", the "index" of a bit, a "unit" vector, or any "string" of as many bits.
        read: which of the task's decisions are Bob's answer.
        make: digits (n, fields) of the parts.
    """

    name: str
    source: str
    task: Task
    n: int
    bits: int
    alice: tuple[int, ...]
    asks: Asks
    read: tuple[int, ...]
    make: Make
    full: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "full", self.full or self.bits)

    @property
    def cut(self) -> int | None:
        """Where a recurrent net's state tells all that Bob learns: after Alice's prefix; None if hers is no prefix."""
        return len(self.alice) if self.alice == tuple(range(len(self.alice))) else None

    @property
    def parts(self) -> list[Bits]:
        """All of Alice's parts.

        Raises:
            LimitError: more than 2^17.
        """
        self._refuse_many(2**self.bits)
        return list(product((0, 1), repeat=self.bits))

    @property
    def size(self) -> int:
        """How many inputs `answers` goes through: parts times questions."""
        return int(
            2**self.bits * {"nothing": 1, "string": 2**self.bits}.get(self.asks, self.bits)
        )

    @property
    def questions(self) -> list[Bits]:
        """Bob's parts; of a gadget of disjointness only the sets of one element, which tell all of Alice's apart."""
        if self.asks == "nothing":
            return [()]
        if self.asks == "index":
            return [(index,) for index in range(self.bits)]
        if self.asks == "unit":
            return [
                tuple(int(i == index) for i in range(self.bits)) for index in range(self.bits)
            ]
        return self.parts

    def first(self, bits: int) -> "Gadget":
        """The same gadget with all but the first bits of Alice's part 0.

        Raises:
            InputError: it has fewer bits, or none is left.
        """
        if not 1 <= bits <= self.full:
            raise InputError(
                f"{self.task.name}, {self.name}: {bits} bits, expected 1 to {self.full} at n={self.n}."
            )
        return replace(self, bits=bits)

    def input(self, a: Bits, b: Bits) -> Codes:
        """Token codes (n,) of one input."""
        rest = (0,) * (self.full - self.bits)
        digits = self.make(a + rest, b + rest if self.asks in ("unit", "string") else b)
        return self.task.format(self.n).codes(digits[None])[0]

    def inputs(self, b: Bits) -> Codes:
        """Token codes (parts, n) of every part of Alice's with one of Bob's."""
        return np.array([self.input(a, b) for a in self.parts], np.int64)

    @cached_property
    def answers(self) -> Longs:
        """The task's answers that Bob gives: (parts, questions, read).

        Raises:
            LimitError: more than 2^17 inputs.
        """
        self._refuse_many(self.size)
        return np.stack(
            [self.task.decisions(self.inputs(b))[:, list(self.read)] for b in self.questions],
            axis=1,
        )

    def _refuse_many(self, inputs: int) -> None:
        if inputs > LARGEST:
            raise LimitError(
                f"{self.task.name}, {self.name}: {self.bits} bits are {inputs} inputs, and at most {LARGEST} are gone"
                " through; take fewer bits with `first`."
            )
