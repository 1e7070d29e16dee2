"""The rules a model's shapes and names must follow, each reported with its place; all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circuitsim.errors import ModelError
from circuitsim.models.expressions import expression
from circuitsim.models.positions import PositionTable
from circuitsim.models.tables import table_problems

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from circuitsim.models.embedded import Embedded
    from circuitsim.models.model import FeedForward, Head, Model, Norm, Readout

PLACES = ("first", "last", "each")  # of the read-out of any model
MEAN = "mean"  # of all positions, in a transformer


def check_shapes(model: Model) -> None:
    """Raise one ModelError that lists everything in a transformer that does not fit together."""
    refuse(model.name, _problems(model))


def refuse(name: str, problems: Iterator[str]) -> None:
    """Raise one ModelError that lists everything that does not fit together."""
    found = list(problems)
    if found:
        raise ModelError(f"{name}: " + "; ".join(found) + ".")


def _problems(model: Model) -> Iterator[str]:
    if not (yield from token_problems(model)):
        return
    if model.longest is not None and (type(model.longest) is not int or model.longest < 1):
        yield f"longest must be a whole number, at least 1, got {model.longest!r}"
    for what in ("gap_bits", "weight_bits"):
        yield from _bits(what, getattr(model, what))
    if not model.layers:
        yield "there is no layer"
    for name in ("embedding_norm", "final_norm"):
        yield from _norm(getattr(model, name), model.width, name)
    for index, layer in enumerate(model.layers):
        where = f"layer {index}"
        for name in ("attention_norm", "net_norm"):
            yield from _norm(getattr(layer, name), model.width, f"{where}, {name}")
        if layer.attention_norm and layer.norms == "before" and not layer.heads:
            yield f"{where}, attention_norm: it stands before the heads, and there are none"
        if layer.net_norm and layer.feed_forward is None:
            yield f"{where}, net_norm: there is no feed_forward"
        if layer.output_bias and len(layer.output_bias) != model.width:
            yield f"{where}: output_bias has {len(layer.output_bias)} entries, expected {model.width}"
        for number, head in enumerate(layer.heads):
            yield from (f"{where}, head {number}: {p}" for p in _head(head, model.width))
        if layer.feed_forward is not None:
            yield from (
                f"{where}, feed-forward: {p}" for p in _net(layer.feed_forward, model.width)
            )
    yield from _row_problems(model.readout, model.width, "readout")
    where = model.readout.position
    constants = dict.fromkeys(model.prepend + model.append)
    named = (model.prepend + model.append).count(where)
    if where not in (*PLACES, MEAN) and named != 1:
        yield (
            f"readout.position {repr(where)[:40]} is not first, last, each, mean, or a constant token that stands in"
            f" the sequence once (constant tokens: {', '.join(constants) or 'none'})"
            + (f", it stands there {named} times" if named else "")
        )


def token_problems(model: Embedded) -> Generator[str, None, bool]:
    """What is wrong with tokens, rows, positions, bits and name; returns whether the rest can be judged."""
    if model.fields:
        if problems := table_problems(model):
            yield from problems
            return False
    elif not model.vocabulary:
        yield "the vocabulary is empty"
    elif model.tables:
        yield "tables read fields, and there are none"
    if len(set(model.vocabulary)) < len(model.vocabulary):
        yield "the vocabulary has a token twice"
    tokens = [*model.vocabulary, *model.prepend, *model.append]
    if odd := [t for t in tokens if not is_token(t)]:
        yield f"tokens must be printable texts without spaces, got {', '.join(repr(t)[:40] for t in odd[:5])}"
        return False
    if taken := [
        t for t in dict.fromkeys(model.prepend + model.append) if t in (*PLACES, MEAN)
    ]:
        yield f"a constant token cannot be called {' or '.join(taken)}, which readout.position understands as a place"
    missing = [t for t in model.tokens if t not in model.embedding]
    if missing or not (model.embedding or model.fields):
        yield f"no embedding for {', '.join(map(repr, missing[:5])) or 'any token'}"
        return False
    widths = sorted(
        {len(v) for v in model.embedding.values()} | {len(t.rows[0]) for t in model.tables}
    )
    if len(widths) > 1 or widths[0] == 0:
        yield f"embedding vectors have lengths {widths}, expected one positive width"
        return False
    if not isinstance(model.name, str):
        yield "name must be a string"
    yield from _positions(model)
    yield from _bits("bits", model.bits)
    return True


def letter_problems(model: Embedded) -> Iterator[str]:
    """What is wrong with the rows of a model that has no constant tokens."""
    if not model.fields and (
        extra := [t for t in model.embedding if t not in model.vocabulary]
    ):
        yield f"embedding has tokens that are no letters: {', '.join(map(repr, extra[:5]))}"


def is_token(token: object) -> bool:
    """One printable character, the space too, or several without spaces."""
    return (
        isinstance(token, str)
        and token.isprintable()
        and (len(token) == 1 or token.split() == [token])
    )


def net_problems(nets: tuple[FeedForward, ...], width: int, where: str) -> Iterator[str]:
    """What is wrong with a stack of nets that reads `width` numbers; a net with `residual` keeps their number."""
    for index, net in enumerate(nets):
        place, rows = f"{where}, net {index}", len(net.output)
        if not net.hidden or len(net.hidden[0]) != width:
            yield f"{place}: hidden has rows of {len(net.hidden[0]) if net.hidden else 0} entries, expected {width}"
        if not rows or len(net.output[0]) != len(net.hidden):
            yield f"{place}: output has rows of {len(net.output[0]) if rows else 0} entries, expected {len(net.hidden)}"
        yield from (f"{place}: {problem}" for problem in _gate(net, width))
        if net.residual and rows != width:
            yield f"{place}: with residual its output has {width} rows, got {rows}"
        width = rows


def width_after(nets: tuple[FeedForward, ...], width: int) -> int:
    """How many numbers leave a stack of nets."""
    return len(nets[-1].output) if nets else width


def readout_problems(readout: Readout, width: int, where: str = "readout") -> Iterator[str]:
    """What is wrong with a read-out of `width` numbers."""
    yield from _row_problems(readout, width, where)
    if readout.position not in PLACES:
        yield f"{where}.position {repr(readout.position)[:40]} is not one of {', '.join(PLACES)}"


def _row_problems(readout: Readout, width: int, where: str) -> Iterator[str]:
    if any(len(row) != width for row in readout.weights):
        yield f"{where}.weights has rows of {len(readout.weights[0])} entries, expected {width}"


def _positions(model: Embedded) -> Iterator[str]:
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
        yield from _expressions(model.positions.components)


def _expressions(components: tuple[str, ...]) -> Iterator[str]:
    for index, text in enumerate(components):
        try:
            expression(text)
        except ModelError as error:
            yield f"positions[{index}]: {str(error).rstrip('.')}"


def _bits(what: str, bits: str) -> Iterator[str]:
    try:
        if "i" in expression(bits).names:
            yield f"{what} {bits!r} uses i; bits depend on n, the number of letters, alone"
    except ModelError as error:
        yield f"{what}: {str(error).rstrip('.')}"


def _head(head: Head, width: int) -> Iterator[str]:
    from circuitsim.models.model import PROJECTIONS

    if len(head.query) != len(head.key):
        yield f"query has {len(head.query)} rows, key has {len(head.key)}"
    for name, rows, first in (
        ("key2", head.key2, head.key),
        ("value2", head.value2, head.value),
    ):
        if len(rows) != (len(first) if head.third_order else 0):
            yield f"{name} has {len(rows)} rows, {name[:-1]} has {len(first)} (third-order heads have key2 and value2)"
    if head.rotary is not None and head.third_order:
        yield "rotary turns queries and keys of single positions, and its keys are pairs of positions"
    if head.rotary is not None and len(head.key) % 2:
        yield f"rotary turns pairs of components, and key has {len(head.key)} rows"
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
    yield from _gate(net, width)
    if len(net.output) != width:
        yield f"output has {len(net.output)} rows, expected {width}"
    if not net.hidden or (net.output and len(net.output[0]) != len(net.hidden)):
        entries = len(net.output[0]) if net.output else 0
        yield f"output has rows of {entries} entries, expected {len(net.hidden)}"


def _gate(net: FeedForward, width: int) -> Iterator[str]:
    if net.gate and net.gate.scaled.shape != (len(net.hidden), width):
        rows, entries = net.gate.scaled.shape
        yield f"gate has {rows} rows of {entries} entries, expected {len(net.hidden)} of {width}"


def _norm(norm: Norm | None, width: int, where: str) -> Iterator[str]:
    if norm is not None and len(norm.gain) != width:
        yield f"{where}: gain has {len(norm.gain)} entries, expected {width}"
