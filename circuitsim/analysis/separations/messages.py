"""How many messages must cross a cut, counted from the task's definition, and how many a model sends.

Two of Alice's parts that some part of Bob's gives different answers must cause different messages to him; so the number
of distinct rows of the table of answers is exactly how many messages a one-way protocol needs at this size. A model
whose state or query at the cut takes fewer values errs.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeAlias

import numpy as np

from circuitsim.analysis.separations.gadget import Gadget
from circuitsim.errors import InputError
from circuitsim.tokens import Codes

Observe: TypeAlias = Callable[
    [Codes], Iterable[Any]
]  # of inputs (inputs, n): for each what crosses the cut


def distinguishable(gadget: Gadget) -> int:
    """How many of Alice's parts differ in an answer: the distinct rows of the table, from the task's definition."""
    answers = gadget.answers
    return len(np.unique(answers.reshape(len(answers), -1), axis=0))


def messages(observe: Observe, gadget: Gadget) -> int:
    """How many different values `observe` takes over Alice's parts.

    Args:
        observe: of inputs (inputs, n), for each what Bob learns of Alice's part: a state, a query, an array of numbers.
        gadget: the inputs.

    Raises:
        InputError: the value depends on Bob's part, so that it is no message of Alice's.
    """
    first, last = (
        observed(observe, gadget.inputs(b))
        for b in (gadget.questions[0], gadget.questions[-1])
    )
    if first != last:
        raise InputError(
            f"{gadget.task.name}, {gadget.name}: what is observed depends on Bob's part; a message is Alice's alone."
        )
    return len(set(first))


def observed(observe: Observe, codes: Codes) -> list[Hashable]:
    """What is observed of each input, to be compared."""
    return [_hashable(value) for value in observe(codes)]


def _hashable(value: Any) -> Hashable:
    if isinstance(value, np.ndarray):
        return _hashable(value.tolist())
    return (
        tuple(_hashable(item) for item in value) if isinstance(value, list | tuple) else value
    )
