"""Tasks done by processes of this machine, each with one thread, which end with the one that started them."""

import ctypes
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait

from circuitsim.errors import LimitError

from .started import Progress, Result, Started, Task

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextmanager
def in_processes(
    work: Callable[[Task, Progress], Result], tasks: Sequence[Task], jobs: int
) -> Iterator[Started[Result]]:
    """`work` of tasks, by so many processes, which end with the block.

    Raises:
        LimitError: a process was killed, as systems do when memory runs out.
    """
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), get_context("spawn"), _leave_interrupts_to_parent
    )
    try:
        with _one_thread_each(), _interrupts_later():
            futures = [pool.submit(partial(alone, work, task)) for task in tasks]
        yield Started(futures, _explain)
    except BrokenProcessPool as error:  # while some were yet to be given away
        raise _explain(error, tasks[0]) from None
    finally:
        for child in active_children():
            child.terminate()
        pool.shutdown(wait=False, cancel_futures=True)


def _explain(error: Exception, task: object) -> Exception:
    if not isinstance(error, BrokenProcessPool):
        return error
    return LimitError(
        f"a process was killed, perhaps for want of memory, at {task} or beside it; try --jobs 1."
    )


def alone(work: Callable[[Task, Progress], Result], task: Task) -> Result:
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
