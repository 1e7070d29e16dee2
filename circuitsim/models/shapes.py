"""The rules a model's shapes and names must follow, each reported with its place; all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circuitsim.errors import ModelError
from circuitsim.models.expressions import expression
from circuitsim.models.tables import table_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from circuitsim.models.model import FeedForward, Head, Model

PLACES = ("first", "last", "each")  # of the read-out, where it is not at a constant token


def check_shapes(model: Model) -> None:
    """Raise one ModelError that lists everything in `model` that does not fit together."""
    problems = list(_problems(model))
    if problems:
        raise ModelError(f"{model.name}: " + "; ".join(problems) + ".")


def _problems(model: Model) -> Iterator[str]:
    if model.fields:
        if problems := table_problems(model):
            yield from problems
            return
    elif not model.vocabulary:
        yield "the vocabulary is empty"
    elif model.tables:
        yield "tables read fields, and there are none"
    if len(set(model.vocabulary)) < len(model.vocabulary):
        yield "the vocabulary has a token twice"
    tokens = [*model.vocabulary, *model.prepend, *model.append]
    if odd := [t for t in tokens if not is_token(t)]:
        yield f"tokens must be printable texts without spaces, got {', '.join(repr(t)[:40] for t in odd[:5])}"
        return
    if taken := [t for t in dict.fromkeys(model.prepend + model.append) if t in PLACES]:
        yield f"a constant token cannot be called {' or '.join(taken)}, which readout.position understands as a place"
    missing = [t for t in model.tokens if t not in model.embedding]
    if missing or not (model.embedding or model.fields):
        yield f"no embedding for {', '.join(map(repr, missing[:5])) or 'any token'}"
        return
    widths = sorted({len(v) for v in model.embedding.values()} | {len(t.rows[0]) for t in model.tables})
    if len(widths) > 1 or widths[0] == 0:
        yield f"embedding vectors have lengths {widths}, expected one positive width"
        return
    if not isinstance(model.name, str):
        yield "name must be a string"
    yield from _positions(model)
    yield from bits_problems(model.bits)
    if not model.layers:
        yield "there is no layer"
    for index, layer in enumerate(model.layers):
        where = f"layer {index}"
        if layer.output_bias and len(layer.output_bias) != model.width:
            yield f"{where}: output_bias has {len(layer.output_bias)} entries, expected {model.width}"
        for number, head in enumerate(layer.heads):
            yield from (f"{where}, head {number}: {p}" for p in _head(head, model.width))
        if layer.feed_forward is not None:
            yield from (f"{where}, feed-forward: {p}" for p in _net(layer.feed_forward, model.width))
    if any(len(row) != model.width for row in model.readout.weights):
        yield f"readout.weights has rows of {len(model.readout.weights[0])} entries, expected {model.width}"
    where = model.readout.position
    constants = dict.fromkeys(model.prepend + model.append)
    named = (model.prepend + model.append).count(where)
    if where not in PLACES and named != 1:
        yield (
            f"readout.position {repr(where)[:40]} is not first, last, each, or a constant token that stands in"
            f" the sequence once (constant tokens: {', '.join(constants) or 'none'})"
            + (f", it stands there {named} times" if named else "")
        )


def is_token(token: object) -> bool:
    """One printable character, the space too, or several without spaces."""
    return isinstance(token, str) and token.isprintable() and (len(token) == 1 or token.split() == [token])


def _positions(model: Model) -> Iterator[str]:
    from circuitsim.models.model import PositionTable

    if model.positions is None:
        return
    if isinstance(model.positions, PositionTable):
        if not model.positions.rows:
            yield "the position table is empty"
        elif len(model.positions.rows[0]) != model.width:
            yield f"the position table has rows of {len(model.positions.rows[0])}, expected {model.width}"
    elif len(model.positions.components) != model.width:
        yield f"{len(model.positions.components)} position expressions, expected {model.width}"
    else:
        yield from expression_problems(model.positions.components)


def expression_problems(components: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with position expressions."""
    for index, text in enumerate(components):
        try:
            expression(text)
        except ModelError as error:
            yield f"positions[{index}]: {str(error).rstrip('.')}"


def bits_problems(bits: str) -> Iterator[str]:
    """What is wrong with the fraction bits of a model, an expression in n."""
    try:
        if "i" in expression(bits).names:
            yield f"bits {bits!r} uses i; bits depend on n, the number of letters, alone"
    except ModelError as error:
        yield f"bits: {str(error).rstrip('.')}"


def _head(head: Head, width: int) -> Iterator[str]:
    from circuitsim.models.model import PROJECTIONS

    if len(head.query) != len(head.key):
        yield f"query has {len(head.query)} rows, key has {len(head.key)}"
    for name, rows, first in (("key2", head.key2, head.key), ("value2", head.value2, head.value)):
        if len(rows) != (len(first) if head.third_order else 0):
            yield f"{name} has {len(rows)} rows, {name[:-1]} has {len(first)} (third-order heads have key2 and value2)"
    for name in PROJECTIONS:
        rows = getattr(head, name)
        if rows and len(rows[0]) != width:
            yield f"{name} has rows of {len(rows[0])} entries, expected {width}"
    if len(head.output) != width:
        yield f"output has {len(head.output)} rows, expected {width}"
    if head.output and len(head.output[0]) != len(head.value):
        yield f"output has rows of {len(head.output[0])} entries, value has {len(head.value)} rows"
    if not head.value:
        yield "value has no rows"


def _net(net: FeedForward, width: int) -> Iterator[str]:
    if net.hidden and len(net.hidden[0]) != width:
        yield f"hidden has rows of {len(net.hidden[0])} entries, expected {width}"
    if len(net.output) != width:
        yield f"output has {len(net.output)} rows, expected {width}"
    if not net.hidden or (net.output and len(net.output[0]) != len(net.hidden)):
        entries = len(net.output[0]) if net.output else 0
        yield f"output has rows of {entries} entries, expected {len(net.hidden)}"
