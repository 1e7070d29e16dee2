"""Tasks that are done, in whatever order: what they gave, or what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar, cast

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Finished(Generic[Result]):
    """A task by its index, with its result or its error."""

    index: int
    result: Result | None = None
    error: Exception | None = None

    def unpacked(self) -> Result:
        """The result; raises the error."""
        if self.error is not None:
            raise self.error
        return cast(Result, self.result)
