"""A transformer as plain frozen data, with exact rational weights.

Every constructor takes what people write (ints, "1/3", floats, nested lists, numpy arrays) and keeps exact
rationals. Shapes: d is the width of the residual stream, V the number of tokens, k and v a head's key and
value dimensions, h the hidden size of a feed-forward net, m the number of read-out rows.
Meaning: `floating`, `exact`, `integer` in this folder; conventions in docs/model-format.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, TypeAlias

from circuitsim.errors import ModelError
from circuitsim.models.embedded import Embedded
from circuitsim.models.positions import PositionExpressions, PositionTable
from circuitsim.models.tables import Table
from circuitsim.numbers.arrays import EMPTY, NO_ROWS, Matrix, Vector, matrix, vector, zeros
from circuitsim.tokens import Field

Attention: TypeAlias = Literal["hard-left", "hard-right", "saturated", "softmax"]
Mask: TypeAlias = Literal[
    "none", "causal", "strict-causal", "anti-causal", "strict-anti-causal"
]

ATTENTIONS: tuple[Attention, ...] = ("hard-left", "hard-right", "saturated", "softmax")
MASKS: tuple[Mask, ...] = (
    "none",
    "causal",
    "strict-causal",
    "anti-causal",
    "strict-anti-causal",
)
MOST_SCORE_BITS = 64
PROJECTIONS = (
    "query",
    "key",
    "key2",
    "value",
    "value2",
)  # of a head, each with its bias; key2, value2 may be empty


@dataclass(frozen=True)
class Head:
    """One attention head: scores q.k with q = query x + query_bias, gives output mean(value x + value_bias).

    With `value2` the head is of third order (2306.02896, section 4): its keys are all pairs of positions that
    the query sees, ordered by the first, then the second. The key of a pair is (key x + key_bias) at the first times
    (key2 x + key2_bias) at the second, component by component, and its value is made the same way.

    Args:
        query, key: (k, d); value: (v, d); output: (d, v). Biases may be left out (zero).
        key2: (k, d); value2: (v, d). Both empty in an ordinary head.
        attention: what is done with the maxima of the scores; see docs/model-format.md.
        mask: which keys a query may see.
        score_bits: round every score to this many fraction bits, half up; None leaves scores exact.
    """

    query: Matrix
    key: Matrix
    value: Matrix
    output: Matrix
    query_bias: Vector = EMPTY
    key_bias: Vector = EMPTY
    value_bias: Vector = EMPTY
    attention: Attention = "saturated"
    mask: Mask = "none"
    score_bits: int | None = None
    key2: Matrix = NO_ROWS
    value2: Matrix = NO_ROWS
    key2_bias: Vector = EMPTY
    value2_bias: Vector = EMPTY

    def __post_init__(self) -> None:
        for name in (*PROJECTIONS, "output"):
            object.__setattr__(self, name, matrix(getattr(self, name), name))
        for name in PROJECTIONS:
            bias = vector(getattr(self, f"{name}_bias"), f"{name}_bias")
            rows = len(getattr(self, name))
            object.__setattr__(self, f"{name}_bias", bias or zeros(rows))
            if bias and len(bias) != rows:
                raise ModelError(
                    f"{name}_bias has {len(bias)} entries, {name} has {rows} rows."
                )
        if self.attention not in ATTENTIONS:
            raise ModelError(
                f"attention {repr(self.attention)[:40]} is not one of {', '.join(ATTENTIONS)}."
            )
        if self.mask not in MASKS:
            raise ModelError(f"mask {repr(self.mask)[:40]} is not one of {', '.join(MASKS)}.")
        if self.score_bits is not None and (
            type(self.score_bits) is not int or not 0 <= self.score_bits <= MOST_SCORE_BITS
        ):
            raise ModelError(
                f"score_bits must be a whole number from 0 to {MOST_SCORE_BITS}, got {self.score_bits!r}."
            )

    @property
    def third_order(self) -> bool:
        """Whether the keys are pairs of positions."""
        return bool(self.value2)

    def keys(self, length: int) -> int:
        """How many keys a sequence of so many positions has, seen or not."""
        return length**2 if self.third_order else length


@dataclass(frozen=True)
class FeedForward:
    """x -> output relu(hidden x + hidden_bias) + output_bias, added to x where `residual`.

    Args:
        hidden: (h, d); output: (d, h). Biases may be left out (zero).
    """

    hidden: Matrix
    output: Matrix
    hidden_bias: Vector = EMPTY
    output_bias: Vector = EMPTY
    residual: bool = True

    def __post_init__(self) -> None:
        for name in ("hidden", "output"):
            rows = matrix(getattr(self, name), name)
            bias = vector(getattr(self, f"{name}_bias"), f"{name}_bias")
            if bias and len(bias) != len(rows):
                raise ModelError(
                    f"{name}_bias has {len(bias)} entries, {name} has {len(rows)} rows."
                )
            object.__setattr__(self, name, rows)
            object.__setattr__(self, f"{name}_bias", bias or zeros(len(rows)))


@dataclass(frozen=True)
class Layer:
    """Attention heads, whose outputs and `output_bias` (d,) add up (to x where `residual`), then a net."""

    heads: tuple[Head, ...]
    output_bias: Vector = EMPTY
    residual: bool = True
    feed_forward: FeedForward | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "heads", tuple(self.heads))
        object.__setattr__(self, "output_bias", vector(self.output_bias, "output_bias"))


@dataclass(frozen=True)
class Readout:
    """The answer: weights x + bias at a position; one row decides by > 0, more by the (lowest) largest.

    Args:
        weights: (m, d); a single row may be given flat. bias: (m,), or left out (zero).
        position: "first" or "last" of the whole sequence, "each" letter, or the name of a constant token.
    """

    weights: Matrix
    bias: Vector = EMPTY
    position: str = "last"

    def __post_init__(self) -> None:
        rows: Any = self.weights
        if isinstance(rows, Iterable) and not isinstance(rows, str | Mapping):
            rows = list(rows)
            flat = bool(rows) and (
                isinstance(rows[0], str) or not isinstance(rows[0], Iterable)
            )
            rows = [rows] if flat else rows
        object.__setattr__(self, "weights", matrix(rows, "readout.weights"))
        bias = vector(self.bias, "readout.bias") or zeros(len(self.weights))
        object.__setattr__(self, "bias", bias)
        if not self.weights or len(bias) != len(self.weights):
            raise ModelError(
                f"readout.bias has {len(bias)} entries, readout.weights has {len(self.weights)} rows."
            )


@dataclass(frozen=True, repr=False)
class Model(Embedded):
    """A transformer with its vocabulary, constant tokens, positions, layers and read-out.

    Args:
        vocabulary: the letters an input may hold, in the order of their codes.
        embedding: token -> vector (d,), for every letter and constant token.
        layers, readout: as their classes say.
        positions: None, a table, or expressions (a plain sequence of strings is read as expressions).
        prepend, append: constant tokens before and after every input; they are not inputs.
        bits: fraction bits of the integer model, an expression in n (the number of letters), rounded up.
        name: for people.
        fields, tables: instead of a vocabulary, for tokens that are records: see `tables`. The embedding then holds
            the constant tokens alone.

    Raises:
        ModelError: shapes that do not fit, naming the layer and the head.
    """

    architecture: ClassVar[str] = "transformer"

    vocabulary: tuple[str, ...]
    embedding: Mapping[str, Vector] = field(hash=False)
    layers: tuple[Layer, ...]
    readout: Readout
    positions: PositionTable | PositionExpressions | None = None
    prepend: tuple[str, ...] = ()
    append: tuple[str, ...] = ()
    bits: str = "8"
    name: str = "model"
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = field(default=(), hash=False)

    def __post_init__(self) -> None:
        from circuitsim.models.shapes import (
            check_shapes,
        )  # the list of rules stands on its own

        for name in ("layers", "prepend", "append"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        self._normalise()
        check_shapes(self)

    @property
    def heads(self) -> tuple[Head, ...]:
        """All attention heads, layer by layer."""
        return tuple(head for layer in self.layers for head in layer.heads)

    def with_attention(self, kind: Attention) -> "Model":
        """The model with every head's kind of attention replaced."""
        layers = []
        for layer in self.layers:
            heads = tuple(replace(head, attention=kind) for head in layer.heads)
            layers.append(replace(layer, heads=heads))
        return replace(self, layers=tuple(layers))

    def _parts(self) -> str:
        layers, heads = len(self.layers), len(self.heads)
        return f"{layers} layer{'s' * (layers != 1)}, {heads} head{'s' * (heads != 1)}, "
