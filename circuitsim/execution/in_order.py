"""Tasks that do not depend on each other, done wherever there is room, and shown in the order they were asked for."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from .finished import Finished, Progress, Result, Task


@dataclass(frozen=True)
class Place:
    """Where tasks are done: in so many processes of this machine, or by the workers of a cluster.

    Args:
        jobs: processes; one is this one.
        cluster: the address of a dask scheduler, tcp://HOST:PORT; `jobs` then says nothing.
    """

    jobs: int = 1
    cluster: str | None = None

    def at_most(self, jobs: int) -> Self:
        """The same with no more processes than that."""
        return replace(self, jobs=min(self.jobs, jobs))


def in_order(
    work: Callable[[Task, Progress], Result],
    tasks: Sequence[Task],
    where: Place,
    status: Progress,
    ready: Callable[[int, Result], None] | None = None,
) -> Generator[Result, None, None]:
    """`work` of every task, in the order of the tasks.

    Args:
        work: a function of a module, of a task and of what to tell progress to; task and result are pickled. The text
            of a task is what the progress line shows.
        ready: called here with the index and the result of a task as soon as it is done, in whatever order.

    Raises:
        LimitError: a process was killed, as systems do when memory runs out.
        InputError: there is no such cluster, or it has another circuitsim.
    """
    if where.cluster is not None:
        from .cluster import on_cluster  # dask takes half a second, and may not be there

        place = on_cluster(work, tasks, where.cluster)
    elif min(where.jobs, len(tasks)) > 1:
        from .processes import in_processes

        place = in_processes(work, tasks, where.jobs)
    else:
        yield from _here(work, tasks, status, ready)
        return
    with place as finished:
        yield from _in_turn(finished, tasks, status, ready)


def _here(
    work: Callable[[Task, Progress], Result],
    tasks: Sequence[Task],
    status: Progress,
    ready: Callable[[int, Result], None] | None,
) -> Generator[Result, None, None]:
    for index, task in enumerate(tasks):
        result = work(task, status)
        if ready is not None:
            ready(index, result)
        yield result


def _in_turn(
    finished: Iterator[Finished[Result]],
    tasks: Sequence[Task],
    status: Progress,
    ready: Callable[[int, Result], None] | None,
) -> Generator[Result, None, None]:
    """Results of tasks that finish in another order; the error of one is raised in its turn."""
    done = 0
    early: dict[int, Finished[Result]] = {}
    for index, task in enumerate(tasks):
        while index not in early:
            status(f"{done} of {len(tasks)} done, now {task}")
            one = next(finished)
            early[one.index] = one
            done += 1
            if ready is not None and one.error is None:
                ready(one.index, one.unpacked())
        yield early.pop(index).unpacked()
