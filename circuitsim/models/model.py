"""A transformer as plain frozen data, with exact rational weights.

Every constructor takes what people write (ints, "1/3", floats, nested lists, numpy arrays) and keeps exact
rationals. Shapes: d is the width of the residual stream, V the number of tokens, k and v a head's key and
value dimensions, h the hidden size of a feed-forward net, m the number of read-out rows.
Meaning: `floating`, `exact`, `integer` in this folder; conventions in docs/model-format.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field, replace
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, get_args

from circuitsim.errors import ModelError
from circuitsim.models.blocks import (
    FeedForward as FeedForward,
)  # a layer's parts may be had from here
from circuitsim.models.blocks import Norm as Norm
from circuitsim.models.embedded import Embedded, Embedding
from circuitsim.models.positions import Formula, Positions, SoftmaxBits
from circuitsim.models.tables import Table
from circuitsim.numbers.arrays import (
    EMPTY,
    NO_ROWS,
    Bias,
    Matrix,
    Vector,
    matrix,
    vector,
    zeros,
)
from circuitsim.numbers.rationals import rational
from circuitsim.tokens import Field, Letters

Attention: TypeAlias = Literal["hard-left", "hard-right", "saturated", "softmax"]
Mask: TypeAlias = Literal[
    "none", "causal", "strict-causal", "anti-causal", "strict-anti-causal"
]
Norms: TypeAlias = Literal["before", "after"]
Inner: TypeAlias = Literal["exact", "rounded"]
Answer: TypeAlias = Literal["decision", "number", "signs"]

ATTENTIONS: tuple[Attention, ...] = get_args(Attention)
MASKS: tuple[Mask, ...] = get_args(Mask)
ANSWERS: tuple[Answer, ...] = get_args(Answer)
OPTIONS = {"norms": get_args(Norms), "inner": get_args(Inner)}
MOST_SCORE_BITS = 64
PROJECTIONS = (
    "query",
    "key",
    "key2",
    "value",
    "value2",
)  # of a head, each with its bias; key2, value2 may be empty

Base: TypeAlias = Annotated[Fraction | None, "of the powers in softmax; None is e"]
Rotary: TypeAlias = Annotated[
    Fraction | None, "of the angles of positions; None where they turn nothing"
]
RowOrRows: TypeAlias = Annotated[Matrix, "m", "d"]  # a single row may be given flat


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
        base: softmax takes powers of it, a rational above 1; None is e.
        rotary: components c and c + k/2 of queries and keys are turned, as a pair, by i rotary^(-2 c / k) at position i
            from 0 over the whole sequence; the integer model rounds queries, keys and values then.
        score_bits: round every score to this many fraction bits, half up; None leaves scores exact.
        scale: what scores are multiplied by; it becomes part of `query` and `query_bias`.
    """

    query: Annotated[Matrix, "k", "d"]
    key: Annotated[Matrix, "k", "d"]
    key2: Annotated[Matrix, "k", "d"] = field(default=NO_ROWS, kw_only=True)
    value: Annotated[Matrix, "v", "d"]
    value2: Annotated[Matrix, "v", "d"] = field(default=NO_ROWS, kw_only=True)
    output: Annotated[Matrix, "d", "v"]
    query_bias: Bias = EMPTY
    key_bias: Bias = EMPTY
    key2_bias: Bias = EMPTY
    value_bias: Bias = EMPTY
    value2_bias: Bias = EMPTY
    attention: Attention = "saturated"
    mask: Mask = "none"
    score_bits: int | None = None
    base: Base = None
    rotary: Rotary = None
    scale: InitVar[Fraction] = Fraction(1)

    def __post_init__(self, scale: Fraction) -> None:
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
        factor = rational(scale, "scale")
        if factor != 1:
            object.__setattr__(self, "query", self.query.times(factor))
            object.__setattr__(self, "query_bias", self.query_bias.times(factor))
        if self.attention not in ATTENTIONS:
            raise ModelError(
                f"attention {repr(self.attention)[:40]} is not one of {', '.join(ATTENTIONS)}."
            )
        if self.base is not None:
            object.__setattr__(self, "base", rational(self.base, "base"))
            if self.base <= 1:
                raise ModelError(f"base must be above 1, got {self.base}.")
        if self.rotary is not None:
            object.__setattr__(self, "rotary", rational(self.rotary, "rotary"))
            if self.rotary <= 0:
                raise ModelError(f"rotary must be above 0, got {self.rotary}.")
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
class Layer:
    """Attention heads, whose outputs and `output_bias` (d,) add up (to x where `residual`), then a net.

    Args:
        attention_norm, net_norm: of what the heads read and of what the net reads, with `norms` "before"; with "after"
            of the sum of x and what the heads add, and of that and what the net adds.
    """

    heads: tuple[Head, ...] = field(metadata={"left out": ()})
    output_bias: Vector = EMPTY
    residual: bool = True
    attention_norm: Norm | None = field(default=None, kw_only=True)
    net_norm: Norm | None = field(default=None, kw_only=True)
    norms: Norms = field(default="before", kw_only=True)
    feed_forward: FeedForward | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "heads", tuple(self.heads))
        _check_option("norms", self.norms)
        object.__setattr__(self, "output_bias", vector(self.output_bias, "output_bias"))


@dataclass(frozen=True)
class Readout:
    """The answer, of weights x + bias at a position.

    Args:
        weights: (m, d); a single row may be given flat. bias: (m,), or left out (zero).
        position: "first" or "last" of the whole sequence, "each" letter, the "mean" of all positions of the whole
            sequence, or the name of a constant token.
        answer: a "decision", which one row takes by > 0, and more by the (lowest) largest; "signs", a decision of each
            row by > 0; or the "number" of one row.
    """

    weights: RowOrRows
    bias: Bias = EMPTY
    position: str = "last"
    answer: Answer = "decision"

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", row_or_rows(self.weights, "readout.weights"))
        bias = vector(self.bias, "readout.bias") or zeros(len(self.weights))
        object.__setattr__(self, "bias", bias)
        if not self.weights or len(bias) != len(self.weights):
            raise ModelError(
                f"readout.bias has {len(bias)} entries, readout.weights has {len(self.weights)} rows."
            )
        if self.answer not in ANSWERS:
            raise ModelError(
                f"readout.answer {repr(self.answer)[:40]} is not one of {', '.join(ANSWERS)}."
            )
        if self.answer == "number" and self.position == "mean":
            raise ModelError(
                "readout.answer is a number, and a mean is never divided; give a decision or signs."
            )
        if self.answer == "number" and len(self.weights) > 1:
            raise ModelError(
                f"readout.answer is a number, which has one row, and readout.weights has {len(self.weights)}."
            )


def _check_option(name: str, given: object) -> None:
    """Refuse what is not one of the words that a field may be."""
    if given not in OPTIONS[name]:
        raise ModelError(
            f"{name} {repr(given)[:40]} is not one of {', '.join(OPTIONS[name])}."
        )


def row_or_rows(given: Any, where: str) -> Matrix:
    """A matrix, of which a single row may be given flat."""
    rows = given
    if isinstance(rows, Iterable) and not isinstance(rows, str | Mapping):
        rows = list(rows)
        flat = bool(rows) and (isinstance(rows[0], str) or not isinstance(rows[0], Iterable))
        rows = [rows] if flat else rows
    return matrix(rows, where)


@dataclass(frozen=True, repr=False)
class Model(Embedded):
    """A transformer with its vocabulary, constant tokens, positions, layers and read-out.

    Args:
        vocabulary: the letters an input may hold, in the order of their codes.
        embedding: token -> vector (d,), for every letter and constant token.
        layers, readout: as their classes say.
        positions: None, a table, or expressions (a plain sequence of strings is read as expressions).
        embedding_norm: of the sum of token and position. final_norm: of what the read-out reads.
        inner: "rounded" where the integer model also rounds queries, keys, values and what norms read.
        prepend, append: constant tokens before and after every input; they are not inputs.
        longest: positions of the longest sequence that it is for; None: any.
        bits: fraction bits of the integer model, an expression in n (the number of letters), rounded up.
        gap_bits, weight_bits: how softmax is rounded, expressions in n; see `networks.softmax`.
        name: for people.
        fields, tables: instead of a vocabulary, for tokens that are records: see `tables`. The embedding then holds
            the constant tokens alone.

    Raises:
        ModelError: shapes that do not fit, naming the layer and the head.
    """

    architecture: ClassVar[str] = "transformer"

    name: str = field(default="model", kw_only=True)
    fields: tuple[Field, ...] = field(default=(), kw_only=True)
    tables: tuple[Table, ...] = field(default=(), kw_only=True, hash=False)
    vocabulary: Letters
    prepend: tuple[str, ...] = field(default=(), kw_only=True)
    append: tuple[str, ...] = field(default=(), kw_only=True)
    embedding: Embedding = field(hash=False)
    layers: tuple[Layer, ...]
    readout: Readout
    positions: Positions | None = field(default=None, metadata={"after": "embedding"})
    embedding_norm: Norm | None = field(
        default=None, kw_only=True, metadata={"after": "embedding"}
    )
    final_norm: Norm | None = field(default=None, kw_only=True, metadata={"after": "layers"})
    inner: Inner = field(default="exact", kw_only=True)
    longest: int | None = field(default=None, kw_only=True)
    bits: Formula = field(default="8", kw_only=True)
    gap_bits: SoftmaxBits = field(default="4", kw_only=True)
    weight_bits: SoftmaxBits = field(default="8", kw_only=True)

    def __post_init__(self) -> None:
        from circuitsim.models.shapes import (
            check_shapes,
        )  # the list of rules stands on its own

        for name in ("layers", "prepend", "append"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("gap_bits", "weight_bits"):
            object.__setattr__(self, name, str(getattr(self, name)))
        self._normalise()
        _check_option("inner", self.inner)
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

    def with_softmax(self, gap_bits: str | None, weight_bits: str | None) -> "Model":
        """The model with other roundings of softmax; None keeps what it has."""
        if not self.has_softmax:
            return super().with_softmax(gap_bits, weight_bits)
        gaps = self.gap_bits if gap_bits is None else gap_bits
        weights = self.weight_bits if weight_bits is None else weight_bits
        return replace(self, gap_bits=gaps, weight_bits=weights)

    @property
    def rotary(self) -> tuple[Fraction, ...]:
        """The bases of the angles of heads with rotary positions, each once."""
        return tuple(dict.fromkeys(h.rotary for h in self.heads if h.rotary is not None))

    @property
    def placed(self) -> bool:
        """Whether anything but masks tells positions apart: what is added to tokens, or angles."""
        return super().placed or bool(self.rotary)

    @property
    def has_softmax(self) -> bool:
        """Whether any head is softmax."""
        return any(head.attention == "softmax" for head in self.heads)

    def _parts(self) -> str:
        layers, heads = len(self.layers), len(self.heads)
        return f"{layers} layer{'s' * (layers != 1)}, {heads} head{'s' * (heads != 1)}, "
