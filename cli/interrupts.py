"""Interrupts that are not lost: Ctrl-C in compiled code, during imports, or where Python drops exceptions.

The handler writes an interrupt down before it raises. What comes of the exception (numba may turn it into a
SystemError, a finaliser may drop it) no longer matters: `check` raises it again before the next step, and
`was_interrupt` knows it by any other name.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

INTERRUPTED = 130  # as a shell reports a program that SIGINT ended

_received = False


@contextmanager
def heard() -> Iterator[None]:
    """Write interrupts down inside; a handler that somebody else has set, or an ignored SIGINT, stays."""
    global _received
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    quiet, _received = sys.unraisablehook, False
    signal.signal(signal.SIGINT, _interrupt)
    sys.unraisablehook = _unraisable
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # only the interpreter's own end is left
        sys.unraisablehook = quiet


def _interrupt(number: int, frame: object) -> NoReturn:
    global _received
    _received = True
    raise KeyboardInterrupt


def _unraisable(dropped: Any) -> None:
    if not (_received and issubclass(dropped.exc_type, KeyboardInterrupt)):
        sys.__unraisablehook__(dropped)


def check() -> None:
    """Raise the interrupt that came and was lost."""
    if _received:
        raise KeyboardInterrupt


def forget() -> None:
    """The interrupt is being answered: what follows may finish."""
    global _received
    _received = False


@dataclass
class Kept:
    """Whether work was interrupted that leaves something to show."""

    interrupted: bool = False


@contextmanager
def kept(done: Callable[[], object]) -> Iterator[Kept]:
    """Work that an interrupt ends early, once there is something `done`; before, it is an interrupt like any other."""
    found = Kept()
    try:
        yield found
    except BaseException as error:
        if not done() or not was_interrupt(error):
            raise
        found.interrupted = True
        forget()  # what is done may be written


def was_interrupt(error: BaseException) -> bool:
    """Whether an exception is what became of an interrupt."""
    if _received or isinstance(error, KeyboardInterrupt):
        return True
    seen: set[int] = set()
    chain: list[BaseException | None] = [error]
    while chain:
        link = chain.pop()
        if isinstance(link, KeyboardInterrupt):
            return isinstance(error, SystemError)
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            chain += [link.__cause__, link.__context__]
    return False


def leave() -> NoReturn:
    """End before there is a program to say it."""
    sys.stderr.write("circuitsim: interrupted.\n")
    sys.exit(INTERRUPTED)
