"""Binary digits of numbers that are written as chains of wires: of a thermometer of 1,000 wires, ten digits."""

from math import gcd
from typing import TypeAlias

import numpy as np

from circuitsim.networks.forms import Ints

Places: TypeAlias = tuple[
    tuple[int, int], ...
]  # of each digit, the greatest first: its unit, and its thresholds


def digits_of(weights: Ints) -> tuple[Ints, Ints] | None:
    """Rows of weights (rows, w) on the wires of one chain as sums of digits; None where a row goes up and down.

    Returns:
        digits (digits, w) as sums of wires, each always 0 or 1; and what they are worth to each row (rows, digits).
    """
    tables: dict[tuple[int, ...], Ints] = {}
    worth = []
    for row in weights:
        unit = gcd(*row.tolist()) * (-1 if (row < 0).any() else 1)
        steps = row // unit if unit else row
        if (steps < 0).any():
            return None
        if unit:
            tables.setdefault(tuple(steps.tolist()), digit_weights(steps))
        worth.append((unit, tuple(steps.tolist())))
    columns = [
        [
            unit << k if own == steps else 0
            for steps, table in tables.items()
            for k in range(len(table))
        ]
        for unit, own in worth
    ]
    digits = np.concatenate([*tables.values()])
    return digits, np.array(columns, dtype=object).reshape(len(weights), len(digits))


def digit_weights(steps: Ints) -> Ints:
    """Binary digits of the number that moves by `steps` (w,) along a chain, as sums of its wires: (digits, w).

    Digit k of a thermometer is T[2^k] - T[2 * 2^k] + T[3 * 2^k] - ..., and of any number the same over the places
    where it changes: always 0 or 1.
    """
    values = np.concatenate([[0], np.cumsum(steps)])
    every = range(int(values[-1]).bit_length())
    return np.array([np.diff(values >> k & 1) for k in every], dtype=np.int64)


def fewest_digits(span: int, most: int) -> Places:
    """Digits of 0..span, at most `most`, that take the fewest thresholds."""
    several = range(1, min(most, max(1, span.bit_length())) + 1)
    return min((digit_places(span, digits) for digits in several), key=thresholds_of)


def digit_places(span: int, digits: int) -> Places:
    """So many digits of 0..span."""
    base = digit_base(span, digits)
    worths = [base**k for k in reversed(range(digits))]
    return ((worths[0], span // worths[0]), *((worth, base - 1) for worth in worths[1:]))


def thresholds_of(places: Places) -> int:
    """How many thresholds digits take."""
    return sum(many for _, many in places)


def digit_base(span: int, digits: int) -> int:
    """The least base in which `digits` digits tell apart 0..span."""
    base = max(2, round((span + 1) ** (1 / digits)) - 1)
    while base**digits <= span:
        base += 1
    return base
