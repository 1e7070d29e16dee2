"""Tasks done by the workers of a dask cluster, which need nothing but the same circuitsim.

What is sent is pickled by value where it is not of circuitsim, and unpacked only by a worker that has the same sources
as are here. A worker that is lost loses its task, which dask gives to another one.
"""

import asyncio
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from typing import Any

from circuitsim.errors import InputError, LimitError
from circuitsim.user_cache import sources

from .finished import Finished, Progress, Result, Task
from .processes import alone

CONNECT = 5  # seconds until a scheduler must have answered
LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application")

_one_at_a_time = threading.Lock()


@contextmanager
def on_cluster(
    work: Callable[[Task, Progress], Result], tasks: Sequence[Task], address: str
) -> Iterator[Iterator[Finished[Result]]]:
    """`work` of tasks, by the workers of a scheduler; what is not done at the end of the block is cancelled.

    Raises:
        InputError: dask is missing, or there is no scheduler, or no worker.
    """
    client = _connected(address)
    try:
        sent = _for_workers(_by_value(work, work), sources())
        packed = [_by_value(task, work) for task in tasks]
        futures = client.map(sent, packed, pure=False)
        yield _finished(client, futures, partial(_explain, address, tasks))
    finally:
        client.close(timeout=CONNECT)  # the scheduler then cancels what nobody waits for


def _finished(
    client: Any, futures: list[Any], explain: Callable[[int, BaseException], Exception]
) -> Iterator[Finished[Any]]:
    """Tasks that are done; the results of those that are done together are fetched together."""
    index = {future.key: number for number, future in enumerate(futures)}
    with client.as_current():
        completed = _quiet_dask().as_completed(futures)
    for batch in completed.batches():
        done = [future for future in batch if future.status == "finished"]
        try:
            results = client.gather(done)
        except OSError:  # the scheduler is gone, which knows where they are
            done, results = [], []
        for future, result in zip(done, results, strict=True):
            yield Finished(index[future.key], result)
        for future in batch:
            if future not in done:
                at = index[future.key]
                error = future.exception() if future.status == "error" else CancelledError()
                yield Finished(at, error=explain(at, error))


def at_worker(packed: bytes, task: bytes) -> Any:
    """A task in a worker: one at a time, as the precision of python-flint is one for all threads."""
    with _one_at_a_time:
        return alone(pickle.loads(packed), pickle.loads(task))


def _connected(address: str) -> Any:
    distributed, workers = _quiet_dask(), None

    async def worker() -> None:
        nonlocal workers
        async with distributed.rpc(address) as scheduler:
            while not workers:
                workers = (await scheduler.identity())["workers"]
                await asyncio.sleep(0 if workers else 0.1)

    try:  # a client would wait for ever for what is no scheduler
        asyncio.run(asyncio.wait_for(worker(), CONNECT))
    except (OSError, ValueError) as error:
        if workers is None:
            raise InputError(
                f"no dask scheduler answers at {address} ({type(error).__name__}); start one with"
                " `dask scheduler`, and workers with `dask worker`."
            ) from None
        raise InputError(
            f"the scheduler at {address} has no workers; start some with `dask worker {address}`."
        ) from None
    return distributed.Client(address, timeout=CONNECT, set_as_default=False)


def _quiet_dask() -> Any:
    """dask.distributed, which leaves it to us to say what goes wrong."""
    try:
        import dask

        with dask.config.set(logging=dict.fromkeys(LOGGERS, "critical")):
            import distributed
    except ImportError:
        raise InputError(
            "--cluster needs dask.distributed; install it: pip install 'circuitsim[cluster]'."
        ) from None
    return distributed


def _for_workers(packed: bytes, expected: str) -> Callable[[bytes], Any]:
    """What a worker does; a function within a function, as these are pickled by value."""

    def compare_and_work(task: bytes) -> Any:
        from circuitsim.user_cache import sources

        if sources() != expected:
            raise ImportError("circuitsim has other sources", name="circuitsim")
        from circuitsim.execution.cluster import at_worker

        return at_worker(packed, task)

    return compare_and_work


def _by_value(what: object, work: Callable[..., object]) -> bytes:
    """Something pickled, with the code of the module of `work` where that is not of circuitsim."""
    import cloudpickle

    module = sys.modules[getattr(work, "func", work).__module__]
    if module.__name__.partition(".")[0] == "circuitsim":
        return pickle.dumps(what)
    cloudpickle.register_pickle_by_value(module)
    try:
        return cloudpickle.dumps(what)
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def _explain(
    address: str, tasks: Sequence[object], index: int, error: BaseException
) -> Exception:
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return LimitError(
            f"one worker after the other was lost at {tasks[index]}, perhaps for want of memory;"
            " give workers more of it, or leave this out."
        )
    if isinstance(error, CancelledError):
        return InputError(
            f"the scheduler at {address} went away at {tasks[index]}; start it and its workers"
            " again."
        )
    if isinstance(error, ImportError) and (error.name or "").startswith("circuitsim"):
        return InputError(
            f"a worker of {address} has another circuitsim than there is here, or none; install"
            " the same one there."
        )
    if isinstance(error, Exception):
        return error
    raise error
