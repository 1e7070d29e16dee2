"""Named coordinates of the residual stream, in which constructions are written as the papers write them.

A linear form of the stream is a dictionary of weights by coordinate, with "" for the constant: {"a": 2, "": -1} is
2a - 1. A name alone stands for its coordinate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from circuitsim.models.model import Attention, FeedForward, Head, Layer, Mask, Model, Readout
from circuitsim.models.positions import PositionExpressions
from circuitsim.models.tables import Table
from circuitsim.numbers.arrays import Matrix, Vector, matrix, vector
from circuitsim.numbers.rationals import rational
from circuitsim.tokens import Format

Number: TypeAlias = int | str | Fraction
Form: TypeAlias = Mapping[str, Number] | str
Unit: TypeAlias = tuple[
    Form, Mapping[str, Number]
]  # relu of a form, and what is added where, times that
Rows: TypeAlias = Callable[
    ..., Mapping[str, Number]
]  # from indices of values of fields to what their table adds

ZERO = Fraction(0)


class Coordinates:
    """The residual stream with a name for every coordinate; its width is the number of names."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self._places = {name: place for place, name in enumerate(names)}

    def row(self, form: Form) -> Vector:
        """The weights (d,) of a form, without its constant; KeyError for a name that the stream does not have."""
        found = [ZERO] * len(self.names)
        for name, weight in _weights(form).items():
            if name:
                found[self._places[name]] = rational(weight, "form")
        return vector(found)

    def head(
        self,
        score: Sequence[tuple[Form, Form]],
        to: Mapping[str, Form],
        attention: Attention,
        mask: Mask = "none",
        score_bits: int | None = None,
    ) -> Head:
        """A head: the score is the sum of (form at the query) x (form at the key); each target gains its form's mean.

        No terms at all give equal scores. Targets are coordinates; the mean is over the keys that are attended to.
        """
        query, key = self._rows([q for q, _ in score]), self._rows([k for _, k in score])
        value, output = (
            self._rows(list(to.values())),
            self._columns([{target: 1} for target in to]),
        )
        return Head(
            query=query.weights,
            query_bias=query.constants,
            key=key.weights,
            key_bias=key.constants,
            value=value.weights,
            value_bias=value.constants,
            output=output,
            attention=attention,
            mask=mask,
            score_bits=score_bits,
        )

    def pairs_head(
        self,
        score: Sequence[tuple[Form, Form, Form]],
        to: Mapping[str, tuple[Form, Form]],
        attention: Attention,
    ) -> Head:
        """A head of third order: terms and values are products with one form at each position of a pair of keys."""
        query, key, key2 = (self._rows([term[part] for term in score]) for part in range(3))
        value, value2 = (
            self._rows([forms[part] for forms in to.values()]) for part in range(2)
        )
        return Head(
            query=query.weights,
            query_bias=query.constants,
            key=key.weights,
            key_bias=key.constants,
            key2=key2.weights,
            key2_bias=key2.constants,
            value=value.weights,
            value_bias=value.constants,
            value2=value2.weights,
            value2_bias=value2.constants,
            output=self._columns([{target: 1} for target in to]),
            attention=attention,
        )

    def net(self, units: Sequence[Unit], gives: "Coordinates | None" = None) -> FeedForward:
        """A feed-forward net by its hidden units: beside the residual, or in its place if another stream is given."""
        hidden = self._rows([form for form, _ in units])
        output = (gives or self)._columns([to for _, to in units])
        return FeedForward(hidden.weights, output, hidden.constants, residual=gives is None)

    def layer(self, *heads: Head, net: Sequence[Unit] = ()) -> Layer:
        """A layer of heads and the units of its net, if it has one."""
        return Layer(heads, feed_forward=self.net(net) if net else None)

    def readout(self, *forms: Form, position: str = "last") -> Readout:
        """One form is the decision "> 0"; of several the largest decides, the first of those that tie."""
        rows = self._rows(list(forms))
        return Readout(rows.weights, rows.constants, position)

    def model(
        self,
        tokens: Format,
        tables: Mapping[tuple[str, ...] | str, Rows],
        layers: Sequence[Layer],
        readout: Readout,
        positions: Mapping[str, str] | None = None,
        prepend: Mapping[str, Mapping[str, Number]] | None = None,
        append: Mapping[str, Mapping[str, Number]] | None = None,
        bits: str = "0",
        name: str = "model",
    ) -> Model:
        """The whole model; one of letters where the format is plain, else one of records.

        Args:
            tables: for names of fields, what the indices of their values add to the stream. A plain format has the
                one field "letter".
            positions: expressions in i and n by coordinate.
            prepend, append: constant tokens with what they add to the stream.
        """
        before, after = dict(prepend or {}), dict(append or {})
        return Model(
            **self.tokens(tokens, tables, positions, {**before, **after}),
            layers=tuple(layers),
            readout=readout,
            prepend=tuple(before),
            append=tuple(after),
            bits=bits,
            name=name,
        )

    def tokens(
        self,
        tokens: Format,
        tables: Mapping[tuple[str, ...] | str, Rows],
        positions: Mapping[str, str] | None = None,
        constants: Mapping[str, Mapping[str, Number]] | None = None,
    ) -> dict[str, Any]:
        """What any kind of model says of its tokens: vocabulary, embedding, fields, tables and positions."""
        embedding = {token: self.row(adds) for token, adds in (constants or {}).items()}
        at = self._positions(positions)
        if tokens.plain:
            (rows,) = tables.values()
            letters = tokens.fields[0].values
            embedding = {
                **{letter: self.row(rows(index)) for index, letter in enumerate(letters)},
                **embedding,
            }
            return {"vocabulary": letters, "embedding": embedding, "positions": at}
        found = tuple(self._table(tokens, read, rows) for read, rows in tables.items())
        fields = {"fields": tokens.fields, "tables": found}
        return {"vocabulary": (), "embedding": embedding, "positions": at, **fields}

    def _table(self, tokens: Format, read: tuple[str, ...] | str, rows: Rows) -> Table:
        names = (read,) if isinstance(read, str) else read
        sizes = {field.name: field.size for field in tokens.fields}
        indices = product(*(range(sizes[name]) for name in names))
        return Table(names, matrix([self.row(rows(*index)) for index in indices]))

    def _positions(self, positions: Mapping[str, str] | None) -> PositionExpressions | None:
        if not positions:
            return None
        self.row(dict.fromkeys(positions, 1))
        return PositionExpressions(tuple(positions.get(name, "0") for name in self.names))

    def _rows(self, forms: Sequence[Form]) -> "_Rows":
        constants = vector([_weights(form).get("", 0) for form in forms], "constants")
        return _Rows(matrix([self.row(form) for form in forms]), constants)

    def _columns(self, forms: Sequence[Form]) -> Matrix:
        return matrix(list(zip(*(self.row(form) for form in forms), strict=True)))


@dataclass(frozen=True)
class _Rows:
    weights: Matrix  # (rows, d)
    constants: Vector  # (rows,)


def lookup(index: Form, square: str = "i2", at: str = "i") -> list[tuple[Form, Form]]:
    """Terms of a score whose only maximum is at the position that `index` says: 2 index i - i^2.

    `at` and `square` are the coordinates that hold i and i^2. Of two positions equally near the index, both are
    maxima, and an index outside the sequence finds its nearest end.
    """
    doubled = {name: 2 * Fraction(weight) for name, weight in _weights(index).items()}
    return [(doubled, at), ({"": -1}, square)]


def tent(form: Form, to: Mapping[str, Number], scale: int = 1) -> list[Unit]:
    """Units that add `to` where an integer form is 0 and nothing where it is another integer.

    With `scale`, the form takes multiples of 1/scale.
    """
    weights = _weights(form)
    units: list[Unit] = []
    for step, factor in ((1, 1), (0, -2), (-1, 1)):
        shifted = {name: scale * Fraction(weight) for name, weight in weights.items()}
        shifted[""] = shifted.get("", Fraction(0)) + step
        units.append(
            (shifted, {name: factor * Fraction(weight) for name, weight in to.items()})
        )
    return units


def plus(*forms: Form) -> dict[str, Fraction]:
    """The sum of forms."""
    total: dict[str, Fraction] = {}
    for form in forms:
        for name, weight in _weights(form).items():
            total[name] = total.get(name, Fraction(0)) + Fraction(weight)
    return total


def times(factor: Number, form: Form) -> dict[str, Fraction]:
    """A multiple of a form."""
    return {
        name: Fraction(factor) * Fraction(weight) for name, weight in _weights(form).items()
    }


def _weights(form: Form) -> Mapping[str, Number]:
    return {form: 1} if isinstance(form, str) else form
