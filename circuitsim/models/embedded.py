"""What models of all architectures have: tokens, their rows, positions, a read-out, and what callers ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeAlias

from circuitsim.errors import ModelError
from circuitsim.models.positions import Formula, PositionExpressions, Positions, PositionTable
from circuitsim.numbers.arrays import Vector, vector
from circuitsim.tokens import Field, Format, Letters, letters

if TYPE_CHECKING:
    from circuitsim.models.model import Attention, Head, Inner, Readout
    from circuitsim.models.tables import Table

Embedding: TypeAlias = Annotated[Mapping[str, Vector], "in the order of the model's tokens"]


class Embedded:
    """A model of strings, whatever it does with their tokens' rows.

    Attributes:
        architecture: what it is, in one word.
        vocabulary: letters of one kind; or `fields` and `tables` for tokens that are records.
        embedding: rows of letters and constant tokens; of constant tokens alone where there are fields.
        prepend, append: constant tokens before and after every input; only transformers have any.
        positions: what is added to the row of every token.
        readout: where every position has its own, the first.
        bits: fraction bits of the integer model, an expression in n.
        inner: whether the integer model rounds more than it must; see `Model`.
        name: for people.
    """

    architecture: ClassVar[str]
    vocabulary: Letters
    embedding: Embedding
    fields: tuple[Field, ...]
    tables: tuple[Table, ...]
    positions: Positions | None
    readout: Readout
    bits: Formula
    name: str
    prepend: tuple[str, ...] = ()
    append: tuple[str, ...] = ()
    inner: Inner = "exact"

    def __repr__(self) -> str:
        letters = (
            f"{len(self.fields)} fields a token"
            if self.fields
            else f"{len(self.vocabulary)} letters"
        )
        return f"<{type(self).__name__} {self.name!r:.60}: {self._parts()}width {self.width}, {letters}>"

    def _parts(self) -> str:
        """What a model is made of, as `repr` says it, each part with a comma behind it."""
        return ""

    @property
    def format(self) -> Format:
        """What tokens are, for people and for wires."""
        return Format(self.fields) if self.fields else letters(self.vocabulary)

    @property
    def width(self) -> int:
        """The length d of embedding vectors."""
        return len(
            self.tables[0].rows[0] if self.tables else next(iter(self.embedding.values()))
        )

    @property
    def constants(self) -> tuple[str, ...]:
        """The constant tokens, each once, in order of appearance, that are not letters."""
        return tuple(
            t for t in dict.fromkeys(self.prepend + self.append) if t not in self.vocabulary
        )

    @property
    def tokens(self) -> tuple[str, ...]:
        """Letters, then constant tokens: the order of the rows of their embedding."""
        return self.vocabulary + self.constants

    @property
    def heads(self) -> tuple[Head, ...]:
        """All attention heads, layer by layer."""
        return ()

    @property
    def placed(self) -> bool:
        """Whether anything but masks tells positions apart."""
        return self.positions is not None

    @property
    def blanks(self) -> bool:
        """Whether a blank is a letter."""
        return self.format.blanks

    def at(self, n: int) -> Self:
        """The model for n letters: itself, because it is one model for every length."""
        return self

    def length(self, n: int) -> int:
        """Length of the whole sequence for n letters."""
        return len(self.prepend) + n + len(self.append)

    def letters_in(self, text: str, most: int) -> int:
        """How many letters a string has, whether or not it has more than `most`."""
        return self.format.letters_in(text)

    def readout_positions(self, n: int) -> tuple[int, ...]:
        """Positions (from 0, over the whole sequence) that are read out for n letters."""
        length, start = self.length(n), len(self.prepend)
        where = self.readout.position
        if where == "mean":
            return tuple(range(length))
        if where == "each":
            return tuple(range(start, start + n))
        if where in ("first", "last"):
            return (0 if where == "first" else length - 1,)
        if where in self.prepend:
            return (self.prepend.index(where),)
        return (start + n + self.append.index(where),)

    def with_attention(self, kind: Attention) -> Self:
        """The model with every head's kind of attention replaced.

        Raises:
            ModelError: `kind` is not a kind of attention, or the model has no attention.
        """
        raise ModelError(f"{self.name} has no attention to replace; leave out --attention.")

    def with_softmax(self, gap_bits: str | None, weight_bits: str | None) -> Self:
        """The model with other roundings of softmax; None keeps what it has.

        Raises:
            ModelError: not an expression in n; or the model has no softmax head.
        """
        raise ModelError(
            f"{self.name} has no softmax head; leave out --gap-bits and --weight-bits."
        )

    def _normalise(self) -> None:
        """Read tokens, rows, positions and bits as people write them."""
        for name in ("vocabulary", "fields", "tables"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        rows = {
            str(t): vector(v, f"embedding[{t!r}]") for t, v in dict(self.embedding).items()
        }
        object.__setattr__(self, "embedding", rows)
        object.__setattr__(self, "bits", str(self.bits))
        if self.positions is not None and not isinstance(
            self.positions, PositionTable | PositionExpressions
        ):
            object.__setattr__(self, "positions", PositionExpressions(tuple(self.positions)))
