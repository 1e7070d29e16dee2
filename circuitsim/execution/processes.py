"""Tasks done by processes of this machine, each with one thread, which end with the one that started them."""

import ctypes
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait

from circuitsim.errors import LimitError

from .finished import Finished, Progress, Result, Task
from .interrupts import interrupts_later

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextmanager
def in_processes(
    work: Callable[[Task, Progress], Result], tasks: Sequence[Task], jobs: int
) -> Iterator[Iterator[Finished[Result]]]:
    """`work` of tasks, by so many processes, which end with the block."""
    pool = ProcessPoolExecutor(
        min(jobs, len(tasks)), get_context("spawn"), _leave_interrupts_to_parent
    )
    others = active_children()
    futures: dict[Future[Result], int] = {}
    try:
        with _one_thread_each(), interrupts_later():
            for index, task in enumerate(tasks):
                futures[pool.submit(partial(alone, work, task))] = index
        yield (_finished(futures[done], done, tasks) for done in as_completed(futures))
    except BrokenProcessPool:  # while some were yet to be given away
        raise _killed(tasks[0]) from None
    finally:
        for child in set(active_children()) - set(others):
            child.terminate()
        pool.shutdown(wait=False, cancel_futures=True)


def _finished(
    index: int, future: Future[Result], tasks: Sequence[object]
) -> Finished[Result]:
    error = future.exception()
    if isinstance(error, BrokenProcessPool):
        error = _killed(tasks[index])
    if isinstance(error, Exception):
        return Finished(index, error=error)
    return Finished(index, future.result())


def _killed(task: object) -> LimitError:
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
