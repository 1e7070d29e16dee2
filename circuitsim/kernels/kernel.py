"""The decorator of kernels: a function that Python interprets, or numba compiles, whichever is sooner done.

A kernel sees only numbers, arrays, records of these (`NamedTuple`) and other kernels. Three things differ between the
two readings, and a kernel must not depend on them: int32 scalars keep their width in numpy and become int64 in numba,
so a result must fit 31 bits or be widened first; two numpy bools add up to a bool; and shifts of Python's integers
never lose a bit.
"""

from collections.abc import Callable
from functools import update_wrapper
from time import perf_counter
from types import FunctionType
from typing import Any, Literal, TypeVar, overload

import numpy as np

from circuitsim.kernels import telling, worth

Function = TypeVar("Function", bound=Callable[..., Any])
Work = Callable[..., int]
Plain = Callable[..., Any] | Literal[False] | None


def elements(*arguments: Any) -> int:
    """Elements of all arrays among the arguments, and in records among them."""
    return sum(
        elements(*argument) if isinstance(argument, tuple) else getattr(argument, "size", 0)
        for argument in arguments
    )


@overload
def compiled(function: Function, /) -> Function: ...
@overload
def compiled(
    *, work: Work = ..., plain: Plain = ..., **options: Any
) -> Callable[[Function], Function]: ...
def compiled(
    function: Any = None, /, *, work: Work = elements, plain: Plain = None, **options: Any
) -> Any:
    """Make a kernel of a function.

    Args:
        work: its steps, about, from its arguments. Unless told, the elements of its arrays: a kernel that does more
            than pass over each a few times must say so.
        plain: another function with the same effect, to be interpreted in its place; False where there is none.
        options: numba's, such as `inline` and `nogil`.
    """
    if function is None:
        return lambda given: Kernel(given, work, plain, options)
    return Kernel(function, work, plain, options)


class Kernel:
    """A function with two readings: `plain`, and the machine code of `machine`."""

    def __init__(
        self, function: Callable[..., Any], work: Work, plain: Plain, options: dict[str, Any]
    ) -> None:
        update_wrapper(self, function)
        self.py_func, self.targetoptions = (
            function,
            options,
        )  # under numba's names, for its inliner
        self._work = work
        self._plain = plain or None
        self._machine: Any = None
        self._account = worth.Account(f"{function.__module__}.{function.__qualname__}")
        self._account.closed = plain is False

    def __call__(self, *arguments: Any) -> Any:
        """Run whichever reading is sooner done."""
        account = self._account
        if account.closed or not account.affords(self._work(*arguments)):
            return self.machine(*arguments)
        with account.charged():
            return _as_compiled(self.plain(*arguments))

    @property
    def plain(self) -> Callable[..., Any]:
        """The function as Python runs it, with the plain readings of the kernels that it calls."""
        if self._plain is None:
            function = self.py_func
            scope = _plain_scope(function.__globals__)
            own = FunctionType(
                function.__code__,
                scope,
                function.__name__,
                function.__defaults__,
                function.__closure__,
            )
            own.__kwdefaults__ = function.__kwdefaults__
            self._plain = own
        return self._plain

    @property
    def machine(self) -> Any:
        """The function as numba compiles it, kept on disk; numba is imported here first."""
        if self._machine is None:
            started = perf_counter()
            from circuitsim.kernels import kept

            self._machine = kept.dispatcher(self.py_func, self.targetoptions)
            telling.ended(perf_counter() - started)
        return self._machine

    @property
    def _numba_type_(self) -> Any:
        """What numba takes a kernel for when another one calls it."""
        return self.machine._numba_type_


def _as_compiled(result: Any) -> Any:
    """A result with Python's numbers in place of numpy's, as machine code returns them."""
    if isinstance(result, np.generic):
        return result.item()
    if not isinstance(result, tuple):
        return result
    own = map(_as_compiled, result)
    return type(result)._make(own) if hasattr(result, "_make") else tuple(own)


_scopes: dict[int, dict[str, Any]] = {}  # by the identity of a module's names


def _plain_scope(names: dict[str, Any]) -> dict[str, Any]:
    """A module's names with plain functions in place of kernels, so that a call among them costs no decision."""
    scope = _scopes.get(id(names))
    if scope is None:
        scope = _scopes[id(names)] = dict(names)
        for name, value in names.items():
            if isinstance(value, Kernel):
                scope[name] = value.plain
    return scope
