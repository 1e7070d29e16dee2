"""A network in which every stored number is rounded: weights, biases, rows, positions, read-out."""

from collections.abc import Callable
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from circuitsim.numbers.scaled import Scaled, grid, over_one_denominator

from .network import Network
from .primitives import Primitive


def stored(network: Network, number: Callable[[Scaled], Scaled]) -> Network:
    """The same network, with `number` of every array that it stores."""
    lines = [
        replace(line, primitive=_changed(line.primitive, number)) for line in network.lines
    ]
    return replace(network, lines=lines)


def each(number: Callable[[Fraction], Fraction]) -> Callable[[Scaled], Scaled]:
    """The rounding of arrays that rounds every number."""

    def changed(x: Scaled) -> Scaled:
        return over_one_denominator(
            [number(value) for value in x.fractions().ravel()], x.shape
        )

    return changed


def on_grid(bits: int) -> Callable[[Scaled], Scaled]:
    """R: half up to `bits` fraction bits."""
    return lambda x: Scaled(grid(x, bits), 1 << bits)


def _changed(primitive: Primitive, number: Callable[[Scaled], Scaled]) -> Any:
    found: dict[str, Any] = {}
    for field in fields(primitive):
        value = getattr(primitive, field.name)
        if isinstance(value, Scaled):
            found[field.name] = number(value)
        elif field.name == "tables":
            found[field.name] = tuple(number(table) for table in value)
    return replace(primitive, **found) if found else primitive
