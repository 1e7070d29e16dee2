"""What the generators and the options of tasks share: makers that take turns, and ranges that are checked."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from circuitsim.errors import InputError, LimitError
from circuitsim.zoo.task import Digits

MOST_VALUES = 2**16  # of a field, since its values are listed by name

Maker: TypeAlias = Callable[
    [int], Digits
]  # from the number of the turn to one input, of one shape


def take_turns(count: int, makers: Sequence[Maker]) -> Digits:
    """Inputs (count, ...), each by the next of the makers; a maker is told how often it had its turn."""
    rows = [
        makers[index % len(makers)](index // len(makers)) for index in range(max(count, 1))
    ]
    return np.stack(rows)[:count].astype(np.int64)


def require(task: str, option: str, value: int, least: int, most: int | None = None) -> None:
    """Raise an InputError unless an option of a task is in its range."""
    if value < least or (most is not None and value > most):
        wanted = f"at least {least}" if most is None else f"{least} to {most}"
        raise InputError(f"{task}: {option} is {value}, expected {wanted}.")


def require_values(task: str, n: int, values: int) -> None:
    """Raise a LimitError where the tokens of a task at n would have a field of too many values, before it is listed."""
    if values > MOST_VALUES:
        raise LimitError(
            f"{task}: at n={n} a token has {values:,} values, at most {MOST_VALUES:,}; lower n."
        )
