"""Work that cannot be interrupted, in a process of its own that ends after a stated time."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any


class OutOfTime(Exception):  # noqa: N818
    """The time that was given has passed."""


class Failed(Exception):  # noqa: N818
    """The work ended without an answer: an error, or no memory left."""


def in_child(work: Callable[[], Any], seconds: float) -> Any:
    """What `work()` returns.

    Raises:
        OutOfTime: it takes longer; it has been stopped.
        Failed: it raised, or its process died.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(work, sender), daemon=True)
    child.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise OutOfTime
        good, answer = receiver.recv()
    except EOFError:
        raise Failed("its process ended") from None
    finally:
        child.kill()
        child.join()
        receiver.close()
    if not good:
        raise Failed(answer)
    return answer


def _answer(work: Callable[[], Any], sender: Connection) -> None:
    try:
        sender.send((True, work()))
    except MemoryError:
        sender.send((False, "no memory was left"))
    except Exception as error:
        sender.send((False, f"{type(error).__name__}: {error}"[:200]))
