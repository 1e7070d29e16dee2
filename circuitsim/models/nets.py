"""What the rivals of transformers share: tokens and rows as transformers have them, ReLU nets, a read-out."""

from collections.abc import Iterator
from typing import Any, Self

from circuitsim.errors import ModelError
from circuitsim.models.model import FeedForward, PositionExpressions, PositionTable, Readout
from circuitsim.models.shapes import PLACES, bits_problems, expression_problems, is_token
from circuitsim.models.tables import Embedded, table_problems
from circuitsim.numbers.arrays import vector
from circuitsim.tokens import Field


class Rival(Embedded):
    """A model of strings that is not a transformer; it has no constant tokens.

    Attributes:
        positions: what is added to the row of every token, as in a transformer.
        bits: fraction bits of the integer model, an expression in n.
        name: for people.
        readout: the read-out; where every position has its own, the first.
    """

    positions: PositionTable | PositionExpressions | None
    bits: str
    name: str
    readout: Readout
    prepend = ()
    append = ()

    def at(self, n: int) -> Self:
        """The model for n tokens: itself."""
        return self

    def readout_positions(self, n: int) -> tuple[int, ...]:
        """Positions (from 0) that are read out for n tokens."""
        where = self.readout.position
        return tuple(range(n)) if where == "each" else ((0,) if where == "first" else (n - 1,))

    def _normalise(self) -> None:
        """Read rows, positions and bits as people write them."""
        given: dict[str, Any] = vars(self)
        rows = {str(t): vector(v, f"embedding[{t!r}]") for t, v in dict(self.embedding).items()}
        fields: tuple[Field, ...] = tuple(self.fields)
        found: dict[str, Any] = {
            "vocabulary": tuple(self.vocabulary),
            "embedding": rows,
            "fields": fields,
            "tables": tuple(self.tables),
            "bits": str(self.bits),
        }
        if given["positions"] is not None and not isinstance(self.positions, PositionTable | PositionExpressions):
            found["positions"] = PositionExpressions(tuple(given["positions"]))
        for name, value in found.items():
            object.__setattr__(self, name, value)


def refuse(name: str, problems: Iterator[str]) -> None:
    """Raise one ModelError that lists everything that does not fit together."""
    found = list(problems)
    if found:
        raise ModelError(f"{name}: " + "; ".join(found) + ".")


def token_problems(model: Rival) -> Iterator[str]:
    """What is wrong with the tokens, rows, positions and bits of a rival; if anything, the rest cannot be judged."""
    if model.fields:
        yield from table_problems(model)
    elif not model.vocabulary:
        yield "the vocabulary is empty"
    elif model.tables:
        yield "tables read fields, and there are none"
    elif len(set(model.vocabulary)) < len(model.vocabulary):
        yield "the vocabulary has a token twice"
    elif odd := [t for t in model.vocabulary if not is_token(t)]:
        yield f"tokens must be printable texts without spaces, got {', '.join(repr(t)[:40] for t in odd[:5])}"
    elif missing := [t for t in model.vocabulary if t not in model.embedding]:
        yield f"no embedding for {', '.join(map(repr, missing[:5]))}"
    elif extra := [t for t in model.embedding if t not in model.vocabulary]:
        yield f"embedding has tokens that are no letters: {', '.join(map(repr, extra[:5]))}"
    elif len({len(row) for row in model.embedding.values()}) > 1 or not model.width:
        yield "embedding vectors have different lengths or none, expected one positive width"
    else:
        yield from _position_problems(model)
    if not isinstance(model.name, str):
        yield "name must be a string"
    yield from bits_problems(model.bits)


def net_problems(nets: tuple[FeedForward, ...], width: int, where: str) -> Iterator[str]:
    """What is wrong with a stack of nets that reads `width` numbers; a net with `residual` keeps their number."""
    for index, net in enumerate(nets):
        place, rows = f"{where}, net {index}", len(net.output)
        if not net.hidden or len(net.hidden[0]) != width:
            yield f"{place}: hidden has rows of {len(net.hidden[0]) if net.hidden else 0} entries, expected {width}"
        if not rows or len(net.output[0]) != len(net.hidden):
            yield f"{place}: output has rows of {len(net.output[0]) if rows else 0} entries, expected {len(net.hidden)}"
        if net.residual and rows != width:
            yield f"{place}: with residual its output has {width} rows, got {rows}"
        width = rows


def width_after(nets: tuple[FeedForward, ...], width: int) -> int:
    """How many numbers leave a stack of nets."""
    return len(nets[-1].output) if nets else width


def readout_problems(readout: Readout, width: int, where: str = "readout") -> Iterator[str]:
    """What is wrong with a read-out of `width` numbers."""
    if any(len(row) != width for row in readout.weights):
        yield f"{where}.weights has rows of {len(readout.weights[0])} entries, expected {width}"
    if readout.position not in PLACES:
        yield f"{where}.position {repr(readout.position)[:40]} is not one of {', '.join(PLACES)}"


def _position_problems(model: Rival) -> Iterator[str]:
    positions = model.positions
    if isinstance(positions, PositionTable):
        if not positions.rows or len(positions.rows[0]) != model.width:
            entries = len(positions.rows[0]) if positions.rows else 0
            yield f"the position table has rows of {entries}, expected {model.width}"
    elif positions is not None:
        if len(positions.components) != model.width:
            yield f"{len(positions.components)} position expressions, expected {model.width}"
        yield from expression_problems(positions.components)
