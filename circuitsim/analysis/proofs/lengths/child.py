"""Work that cannot be interrupted, in a process of its own that ends after a stated time."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Self


class OutOfTime(Exception):  # noqa: N818
    """The time that was given has passed."""


class Failed(Exception):  # noqa: N818
    """The work ended without an answer: an error, or no memory left."""


class Child:
    """Work in a process of its own, until it is left."""

    def __init__(self, work: Callable[[], Any]) -> None:
        context = multiprocessing.get_context("fork")
        self.receiver, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=_answer, args=(work, sender), daemon=True)
        self.process.start()
        sender.close()
        self.failed = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.join()
        self.receiver.close()

    def answer(self, seconds: float) -> Any:
        """What the work returns.

        Raises:
            OutOfTime: it takes longer, and goes on.
            Failed: it raised, or its process died.
        """
        if not self.failed:
            if not self.receiver.poll(seconds):
                raise OutOfTime
            try:
                good, answer = self.receiver.recv()
            except EOFError:
                good, answer = False, "its process ended"
            if good:
                return answer
            self.failed = answer
        raise Failed(self.failed)


def in_child(work: Callable[[], Any], seconds: float) -> Any:
    """What `work()` returns, as `Child.answer` says; what takes longer is stopped."""
    with Child(work) as child:
        return child.answer(seconds)


def _answer(work: Callable[[], Any], sender: Connection) -> None:
    try:
        sender.send((True, work()))
    except MemoryError:
        sender.send((False, "no memory was left"))
    except Exception as error:
        sender.send((False, f"{type(error).__name__}: {error}"[:200]))
