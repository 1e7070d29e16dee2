"""The one way the planners are compiled: by numba, once, kept on disk, with their types left to mypy."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile at the first call; the machine code is cached beside the module."""
    return cast(Function, njit(cache=True)(function))
