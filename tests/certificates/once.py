"""What damaged certificates have in common is made once: the checkers make it of what is claimed, and not of them."""

from collections.abc import Callable
from typing import Any


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of nothing but its arguments, which is called once for the same objects."""
    known: dict[tuple[int, ...], tuple[Any, Any]] = {}

    def asked(*given: Any) -> Any:
        key = tuple(map(id, given))
        if key not in known:
            known[key] = given, function(*given)  # objects that are kept keep their identity
        return known[key][1]

    return asked
