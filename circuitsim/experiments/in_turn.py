"""Tasks one after the other in this process, until `circuitsim.execution` does them in many."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Place:
    """Where tasks are done."""

    jobs: int = 1
    cluster: str | None = None


def in_order(
    work: Callable[[Task, Callable[[str], None]], Result],
    tasks: Sequence[Task],
    where: Place,
    status: Callable[[str], None],
    ready: Callable[[int, Result], None] | None = None,
) -> Generator[Result, None, None]:
    """`work` of every task; `ready` is called with the index and the result of each as soon as it is done."""
    for index, task in enumerate(tasks):
        result = work(task, status)
        if ready is not None:
            ready(index, result)
        yield result
