"""The primitives of a network: records of the earlier values that they read and the numbers that they store."""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, TypeAlias

from circuitsim.models.blocks import Activation, NormKind
from circuitsim.models.model import Attention, Mask
from circuitsim.models.recurrent import Automaton
from circuitsim.numbers.scaled import Scaled

from .softmax import Softmax

Value: TypeAlias = int  # the number of a line

# Fraction bits of norms and activations in the exact model, which has none of its own.
EXACT_BITS = 48


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
class Rotate(Primitive):
    """The same numbers, pairs of which are turned by an angle of their position, rounded where a meaning rounds.

    Of a pair (a, b) of components the first becomes a cos - b sin, and the second b cos + a sin.

    Args:
        turns: cosines and sines (2, positions, pairs). pairs: disjoint ones; other components stay as they are.
    """

    name = "rotate"
    turns: Scaled
    pairs: tuple[tuple[int, int], ...]


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
