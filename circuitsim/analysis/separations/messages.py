"""How many messages must cross a cut, counted from the task's definition, and how many a model sends.

Two of Alice's parts that some part of Bob's gives different answers must cause different messages to him; so the number
of distinct rows of the table of answers is exactly how many messages a one-way protocol needs at this size. A model
whose state or query at the cut takes fewer values errs, and `collision` finds where.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from math import log2
from typing import Any, TypeAlias

import numpy as np

from circuitsim.analysis.separations.gadget import Bits, Gadget
from circuitsim.array_types import Longs
from circuitsim.errors import InputError
from circuitsim.tokens import Codes

Observe: TypeAlias = Callable[
    [Codes], Iterable[Any]
]  # of inputs (inputs, n): for each what crosses the cut


def distinguishable(gadget: Gadget) -> int:
    """How many of Alice's parts differ in an answer: the distinct rows of the table, from the task's definition."""
    answers = gadget.answers
    return len(np.unique(answers.reshape(len(answers), -1), axis=0))


def message_bits(gadget: Gadget) -> float:
    """log2 of `distinguishable`: the bits that any one-way protocol from Alice to Bob needs at this size."""
    return log2(distinguishable(gadget))


def messages(observe: Observe, gadget: Gadget) -> int:
    """How many different values `observe` takes over Alice's parts.

    Args:
        observe: of inputs (inputs, n), for each what Bob learns of Alice's part: a state, a query, an array of numbers.
        gadget: the inputs.

    Raises:
        InputError: the value depends on Bob's part, so that it is no message of Alice's.
    """
    first, last = (
        _observed(observe, gadget.inputs(b))
        for b in (gadget.questions[0], gadget.questions[-1])
    )
    if first != last:
        raise InputError(
            f"{gadget.task.name}, {gadget.name}: what is observed depends on Bob's part; a message is Alice's alone."
        )
    return len(set(first))


@dataclass(frozen=True)
class Collision:
    """Two inputs that differ in Alice's part only, look the same across the cut, and have different answers.

    A model of which no more is known beyond the cut gives both the same answer: one of them is wrong.

    Attributes:
        a, other: Alice's parts. b: Bob's.
        codes: the inputs (2, n). answers: the two right answers (2, read).
    """

    a: Bits
    other: Bits
    b: Bits
    codes: Codes
    answers: Longs


def collision(observe: Observe, gadget: Gadget) -> Collision | None:
    """The first two inputs with one observation and two answers, by Bob's parts; None if there are none.

    Here `observe` may depend on Bob's part, as what Alice's keys give to Bob's query does.
    """
    table, parts = gadget.answers, gadget.parts
    for question, b in enumerate(gadget.questions):
        codes, answers = gadget.inputs(b), table[:, question]
        seen: dict[Hashable, int] = {}
        for row, value in enumerate(_observed(observe, codes)):
            before = seen.setdefault(value, row)
            if (answers[before] != answers[row]).any():
                both = [before, row]
                return Collision(parts[before], parts[row], b, codes[both], answers[both])
    return None


def _observed(observe: Observe, codes: Codes) -> list[Hashable]:
    return [_hashable(value) for value in observe(codes)]


def _hashable(value: Any) -> Hashable:
    if isinstance(value, np.ndarray):
        return _hashable(value.tolist())
    return (
        tuple(_hashable(item) for item in value) if isinstance(value, list | tuple) else value
    )
