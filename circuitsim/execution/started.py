"""Tasks that have been given away: their futures, and what their failures mean."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Started(Generic[Result]):
    """Futures of tasks.

    Attributes:
        futures: one a task, in their order.
        explain: what to raise for the error of a future, at a task; the same error if it is the task's own.
    """

    futures: Sequence[Future[Result]]
    explain: Callable[[Exception, object], Exception]

    def succeeded(self, index: int) -> bool:
        """Whether a task that is done has a result."""
        future = self.futures[index]
        return not future.cancelled() and future.exception() is None

    def result(self, index: int, task: object) -> Result:
        """The result of a task, or its error."""
        try:
            return self.futures[index].result()
        except Exception as error:
            raise self.explain(error, task) from None
