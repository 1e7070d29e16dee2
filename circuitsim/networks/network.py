"""A network: the program of a model for n letters, over arrays of numbers (positions, components).

It is to numbers what a schematic is to wires: a short list of primitives in single-assignment form. A primitive is a
record of the earlier values that it reads and the numbers that it stores. A meaning is a table of rules: a class with
one method for each primitive, named after it, which `run` calls.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias

from circuitsim.models.any_model import AnyModel
from circuitsim.models.blocks import Activation, NormKind
from circuitsim.models.model import Answer, Attention, Mask
from circuitsim.models.recurrent import Automaton
from circuitsim.numbers.scaled import Scaled

from .softmax import Softmax

Value: TypeAlias = int  # the number of a line

EXACT_BITS = (
    48  # fraction bits of norms and activations in the exact model, which has none of its own
)


@dataclass(frozen=True)
class Primitive:
    """What makes one value of earlier ones."""

    name: ClassVar[str]
    reads: tuple[Value, ...]


@dataclass(frozen=True)
class Tokens(Primitive):
    """At every position the sum of one row of each table, which the tokens choose, and the position's own row.

    Args:
        tables: each (rows, d). positions: (length, d), or None.
    """

    name = "tokens"
    tables: tuple[Scaled, ...]
    positions: Scaled | None


@dataclass(frozen=True)
class States(Primitive):
    """Rows (states, s) that an automaton's states choose, after each position that it goes over, in their order."""

    name = "states"
    cell: Automaton
    span: range
    rows: Scaled


@dataclass(frozen=True)
class Constant(Primitive):
    """One stored row (1, d), at one position or the same at several."""

    name = "constant"
    row: Scaled
    positions: int = 1


@dataclass(frozen=True)
class Affine(Primitive):
    """Weights (r, c) times every vector, plus a bias (r,) where there is one."""

    name = "affine"
    weights: Scaled
    bias: Scaled | None = None


@dataclass(frozen=True)
class Add(Primitive):
    """The sum of values; one row serves all positions."""

    name = "add"


@dataclass(frozen=True)
class Relu(Primitive):
    """The positive part, rounded where a meaning rounds."""

    name = "relu"


@dataclass(frozen=True)
class Activate(Primitive):
    """A function of every component, on a grid and rounded where a meaning rounds."""

    name = "activate"
    function: Activation


@dataclass(frozen=True)
class Multiply(Primitive):
    """The product of two values, component by component, rounded where a meaning rounds."""

    name = "multiply"


@dataclass(frozen=True)
class Normalise(Primitive):
    """gain c / sqrt(v + eps) + bias of every vector, rounded where a meaning rounds; see `models.blocks.Norm`.

    Args:
        gain, bias: (d,).
    """

    name = "normalise"
    gain: Scaled
    bias: Scaled
    eps: Fraction
    kind: NormKind


@dataclass(frozen=True)
class Round(Primitive):
    """The same numbers, rounded where a meaning rounds."""

    name = "round"


@dataclass(frozen=True)
class Sum(Primitive):
    """The sum of the vectors at all positions, at one position."""

    name = "sum"


@dataclass(frozen=True)
class Pairs(Primitive):
    """Products at every pair of positions, by component: pair j1 * length + j2."""

    name = "pairs"


@dataclass(frozen=True)
class Attend(Primitive):
    """For every query the mean of the values at the keys that it selects, rounded where a meaning rounds.

    Reads a query, a key and a value. In third order keys and values are those of all pairs of positions.
    Softmax selects all keys, each with its weight, which `softmax` says.
    """

    name = "attend"
    attention: Attention
    mask: Mask
    score_bits: int | None
    third_order: bool
    softmax: Softmax | None = None


@dataclass(frozen=True)
class Pick(Primitive):
    """Some of the positions."""

    name = "pick"
    places: tuple[int, ...]


@dataclass(frozen=True)
class Beside(Primitive):
    """Vectors joined, position by position."""

    name = "beside"


@dataclass(frozen=True)
class Flat(Primitive):
    """The vectors of all positions joined, as one position."""

    name = "flat"


@dataclass(frozen=True)
class Settle(Primitive):
    """The same numbers; a circuit writes each of them out here, instead of carrying their sum on."""

    name = "settle"


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
