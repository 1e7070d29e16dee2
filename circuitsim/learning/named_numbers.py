"""Where the numbers of a model stand in its networks, so that other numbers can be put there.

Each number of a model is given a name, a large whole number of its own, and the network of the model of names is drawn
by the same code as any: where a name stands in it, that number of the model stands in the model's own network. Zeros
have no name and stay zeros: they are what the model lacks, and circuits do not grow by them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from circuitsim.array_types import Floats, Longs
from circuitsim.models.model import Model
from circuitsim.networks.decided import Decided
from circuitsim.networks.network import Network
from circuitsim.networks.stored import stored
from circuitsim.networks.trust import quantity
from circuitsim.numbers.arrays import Matrix, Vector, matrix, vector
from circuitsim.numbers.scaled import Scaled

FIRST = 2**40  # names: this number and those after it

Exact = Matrix | Vector


@dataclass(frozen=True)
class Placed:
    """One array of a network.

    Args:
        constants: its numbers. names: indices of the model's numbers that stand in it, -1 where none does.
    """

    constants: Floats
    names: Longs


class NamedNumbers:
    """The numbers of a model that are not zero, in a fixed order.

    Attributes:
        values: of these numbers, in float64.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        parts: list[Floats] = []
        total = 0

        def name(array: Exact) -> Exact:
            nonlocal total
            named = array.scaled.numerators != 0
            names = np.zeros(named.shape, np.int64)
            names[named] = FIRST + total + np.arange(named.sum())
            total += int(named.sum())
            parts.append(quantity(array.scaled).values[named])
            return type(array)(Scaled(names, 1))

        self.names: Model = _with_arrays(model, name)
        self.values = np.concatenate(parts)

    def network(self, inputs: Decided) -> Network:
        """The network for some inputs, in which an instance of `Placed` stands for every array."""
        actual = iter(_arrays(inputs.drawn(self.model)))

        def place(names: Scaled) -> Any:
            return self._placed(names, next(actual))

        return stored(inputs.drawn(self.names), place)

    def _placed(self, names: Scaled, actual: Scaled) -> Placed:
        """Names stand where a number of the model does, unchanged; what was made of several is a constant."""
        constants, numbers = quantity(actual).values, len(self.values)
        if names.denominator != 1 or names.numerators.dtype == object or not numbers:
            return Placed(constants, np.full(constants.shape, -1))
        found = names.numerators - FIRST
        within = (found >= 0) & (found < numbers)
        same = self.values[np.where(within, found, 0)] == constants
        return Placed(constants, np.where(within & same, found, -1))

    def model_with(self, values: Floats) -> Model:
        """The model with other numbers; those that are the same stay exact."""
        at = 0

        def put(array: Exact) -> Exact:
            nonlocal at
            named = array.scaled.numerators != 0
            own = slice(at, at + int(named.sum()))
            at = own.stop
            if (values[own] == self.values[own]).all():
                return array
            numbers = quantity(array.scaled).values
            numbers[named] = values[own]
            return matrix(numbers) if isinstance(array, Matrix) else vector(numbers)

        found: Model = _with_arrays(self.model, put)
        return found


def _arrays(drawn: Network) -> list[Scaled]:
    """All that a network stores, in the order of its lines."""
    found: list[Scaled] = []

    def note(array: Scaled) -> Scaled:
        found.append(array)
        return array

    stored(drawn, note)
    return found


def _with_arrays(value: Any, change: Callable[[Exact], Exact]) -> Any:
    """The same data with other vectors and matrices, which are changed in a fixed order."""
    if isinstance(value, Matrix | Vector):
        return change(value) if len(value) else value
    if isinstance(value, tuple):
        return tuple(_with_arrays(item, change) for item in value)
    if isinstance(value, Mapping):
        return {key: _with_arrays(item, change) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        own = (field.name for field in fields(value) if field.init)
        return replace(
            value, **{name: _with_arrays(getattr(value, name), change) for name in own}
        )
    return value
