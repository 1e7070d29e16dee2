"""When a kernel is worth compiling: once interpreting it has taken as long as compiling would.

Whoever pays rent until it adds up to the price pays at most twice what hindsight would have. The price is small
where machine code is on disk already, and seconds where it is not. A call that is long by itself is never begun:
its steps are estimated first.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache
from time import thread_time

import numpy as np

from circuitsim.errors import InputError
from circuitsim.kernels import places

STEP = 4e-6  # seconds that Python takes for a step, about
IMPORTED, KEPT, COMPILED = (
    0.4,
    0.03,
    3.0,
)  # seconds to import numba, to load a kernel from disk, to compile one
CHOICE = "CIRCUITSIM_KERNELS"  # in the environment: how to run them


class Reading(Enum):
    """How kernels are run."""

    SOONER = "sooner"
    COMPILED = "compiled"
    INTERPRETED = "interpreted"


@cache
def reading() -> Reading:
    """What the environment asks for, or whichever is sooner done."""
    given = os.environ.get(CHOICE) or Reading.SOONER.value
    try:
        return Reading(given)
    except ValueError:
        words = ", ".join(word.value for word in Reading)
        raise InputError(
            f"{CHOICE}={given[:40]!r} in the environment is not one of {words}."
        ) from None


class Account:
    """What interpreting one kernel has taken so far, against the price of machine code."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.spent = 0.0
        self.closed = False

    def affords(self, steps: int) -> bool:
        """Whether to interpret a call of so many steps; once it is not, it never is again."""
        if reading() is Reading.SOONER:
            due = self.spent + steps * STEP
            self.closed = due > KEPT and due > self._price()
        else:
            self.closed = reading() is Reading.COMPILED
        return not self.closed

    @contextmanager
    def charged(self) -> Iterator[None]:
        """Interpret inside, at the cost of this account (of the processor); numbers wrap as in machine words."""
        started = thread_time()
        with np.errstate(over="ignore"):
            yield
        self.spent += thread_time() - started

    def _price(self) -> float:
        price = KEPT if self.name in places.kept_names() else COMPILED
        return price if "numba" in sys.modules else price + IMPORTED
