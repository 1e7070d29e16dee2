"""What is said of compiling: that it begins, how long it took and that it could not be kept."""

import sys
from collections.abc import Callable
from time import perf_counter

_begins: list[Callable[[], None]] = []
_seconds = 0.0


def when_compiling(begins: Callable[[], None]) -> None:
    """Call a function once, when the first kernel of this process is about to be compiled."""
    _begins.append(begins)


def clock() -> float:
    """Seconds, of a clock that stands still while kernels are made ready."""
    return perf_counter() - _seconds


def say(sentence: str) -> None:
    """One line on standard error, if there is one."""
    if sys.stderr is not None:
        print(f"circuitsim: {sentence}", file=sys.stderr)


def begun() -> None:
    """A kernel is about to be compiled."""
    while _begins:
        _begins.pop()()


def ended(after: float) -> None:
    """A kernel was made ready, with those that it calls."""
    global _seconds
    _seconds += after
