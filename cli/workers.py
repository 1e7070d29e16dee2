"""Rows that do not depend on each other, computed by several processes and shown in the order they were asked for."""

import ctypes
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from typing import TypeAlias, TypeVar

from circuitsim.errors import LimitError

from .printing import Status

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress: TypeAlias = Callable[[str], None]

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")


def in_order(
    work: Callable[[Task, Progress], Result],
    tasks: Sequence[Task],
    jobs: int,
    status: Status,
) -> Generator[Result, None, None]:
    """`work` of every task, by so many processes; by this one where that is one.

    Args:
        work: a function of a module, of a task and of what to tell progress to; task and result are pickled. The text
            of a task is what the progress line shows.

    Raises:
        LimitError: a process was killed, as systems do when memory runs out.
    """
    if jobs < 2 or len(tasks) < 2:
        yield from (work(task, status) for task in tasks)
        return
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), get_context("spawn"), _leave_interrupts_to_parent
    )
    try:
        task = tasks[0]
        with _one_thread_each(), _interrupts_later():
            futures = [pool.submit(partial(_alone, work, task)) for task in tasks]
        for done, (task, future) in enumerate(zip(tasks, futures, strict=True)):
            status(f"{done} of {len(tasks)} done, now {task}")
            yield future.result()
    except BrokenProcessPool:
        raise LimitError(
            f"a process was killed, perhaps for want of memory, at {task} or beside it; try --jobs 1."
        ) from None
    finally:
        for child in active_children():
            child.terminate()
        pool.shutdown(wait=False, cancel_futures=True)


def _alone(work: Callable[[Task, Progress], Result], task: Task) -> Result:
    """A task in a process that has no line to show progress on."""
    try:
        return work(task, lambda text: None)
    finally:
        _give_memory_back()


def _give_memory_back() -> None:
    """What a task has freed: glibc would keep it, gigabytes after a large circuit, and processes share the memory."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def _leave_interrupts_to_parent() -> None:
    """In a new process: interrupts are the parent's to answer, and it does not outlive the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Interrupts inside wait until the end; processes that are started inside inherit that, and print no traceback."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that are started inside compute with one thread."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
