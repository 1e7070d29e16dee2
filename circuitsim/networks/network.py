"""A network: the program of a model for n letters, over arrays of numbers (positions, components).

It is to numbers what a schematic is to wires: a short list of primitives in single-assignment form. A meaning is a
table of rules: a class with one method for each primitive, named after it, which `run` calls.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from circuitsim.models.any_model import AnyModel
from circuitsim.models.model import Answer
from circuitsim.numbers.scaled import Scaled

from .primitives import (
    Activate,
    Add,
    Affine,
    Beside,
    Constant,
    Normalise,
    Pick,
    Primitive,
    Value,
)
from .softmax import Softmax


@dataclass(frozen=True)
class Line:
    """One value.

    Args:
        shape: (positions, components); one position may serve all.
        scope: the gates that compute it belong to, such as ("layer0", "head1").
        place: the same for people, such as "layer 0, head 1".
        quantity: what it is called where it needs too many bits; "" if it cannot.
    """

    primitive: Primitive
    shape: tuple[int, int]
    scope: tuple[str, ...]
    place: str
    quantity: str


@dataclass(frozen=True)
class Probe:
    """A value that every rung shows under a name: the part of residual `residual` from position `start` on."""

    name: str
    value: Value
    residual: int
    start: int = 0


@dataclass
class Network:
    """The program of a model for n letters.

    Attributes:
        residuals: what a trace shows, in order: each the values whose positions make up one array.
        outputs: the values whose positions are the read-outs (positions, m).
        probes: the values of residuals that a circuit shows; those of a joined vector are left out.
        states: of every recurrent cell the values of its state after each step.
    """

    model: AnyModel
    n: int
    lines: list[Line] = field(default_factory=list)
    residuals: list[tuple[Value, ...]] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    states: list[tuple[Value, ...]] = field(default_factory=list)
    scope: tuple[str, ...] = ()
    place: str = ""

    @property
    def softmax(self) -> Softmax | None:
        """How softmax is rounded, where there is any."""
        found = (getattr(line.primitive, "softmax", None) for line in self.lines)
        return next(filter(None, found), None)

    @property
    def softmax_bits(self) -> tuple[int | None, int | None]:
        """Its gap bits and weight bits."""
        found = self.softmax
        return (None, None) if found is None else (found.gap_bits, found.weight_bits)

    @property
    def answer(self) -> Answer:
        """Whether outputs decide, or are numbers."""
        return self.model.readout.answer

    @property
    def irrational(self) -> bool:
        """Whether the exact model, too, rounds: softmax, norms or activations."""
        rounded = (isinstance(line.primitive, Normalise | Activate) for line in self.lines)
        return self.softmax is not None or any(rounded)

    @contextmanager
    def inside(self, scope: str, place: str) -> Iterator[None]:
        """Lines that are drawn here belong to a scope, which people call `place`."""
        before = self.scope, self.place
        self.scope, self.place = (*self.scope, *filter(None, [scope])), place
        yield
        self.scope, self.place = before

    def draw(self, primitive: Primitive, shape: tuple[int, int], quantity: str = "") -> Value:
        """Append a line."""
        self.lines.append(Line(primitive, shape, self.scope, self.place, quantity))
        return len(self.lines) - 1

    def affine(self, x: Value, weights: Scaled, bias: Scaled | None, quantity: str) -> Value:
        """Weights times every vector, plus a bias."""
        kept = bias if bias is not None and bias.numerators.any() else None
        return self.draw(
            Affine((x,), weights, kept), (self.positions(x), weights.shape[0]), quantity
        )

    def add(self, terms: Sequence[Value], quantity: str) -> Value:
        """The sum of values of one width."""
        shape = max(self.positions(x) for x in terms), self.width(terms[0])
        return self.draw(Add(tuple(terms)), shape, quantity)

    def constant(self, row: Scaled, positions: int = 1) -> Value:
        """A stored row (d,), which serves all positions where it is added, or is at each of so many."""
        return self.draw(Constant((), row[None], positions), (positions, row.shape[0]))

    def pick(self, x: Value, places: Sequence[int]) -> Value:
        """Some positions of a value."""
        return self.draw(Pick((x,), tuple(places)), (len(places), self.width(x)))

    def beside(self, parts: Sequence[Value]) -> Value:
        """Values joined, position by position."""
        return self.draw(
            Beside(tuple(parts)), (self.positions(parts[0]), sum(map(self.width, parts)))
        )

    def positions(self, x: Value) -> int:
        """How many positions a value has."""
        return self.lines[x].shape[0]

    def width(self, x: Value) -> int:
        """How many components a value has."""
        return self.lines[x].shape[1]

    def layer_of(self, x: Value) -> int:
        """The residual before which a line stands, less one: the layer that it belongs to, for a transformer."""
        return sum(max(parts) < x for parts in self.residuals) - 1

    def reader(self, x: Value) -> Value | None:
        """The first line that reads a value."""
        return next(
            (
                index
                for index in range(x + 1, len(self.lines))
                if x in self.lines[index].primitive.reads
            ),
            None,
        )


def run(network: Network, rules: Any) -> list[Any]:
    """The values of all lines by the rules of a meaning: `rules.NAME(index, primitive, *values that it reads)`."""
    values: list[Any] = []
    for index, line in enumerate(network.lines):
        read = [values[x] for x in line.primitive.reads]
        values.append(getattr(rules, line.primitive.name)(index, line.primitive, *read))
    return values
