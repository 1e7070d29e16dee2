"""Models as networks: one function an architecture."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from circuitsim.errors import InputError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.connected import FullyConnected
from circuitsim.models.expressions import LARGEST_SOFTMAX_BITS, bits_at
from circuitsim.models.model import (
    PROJECTIONS,
    FeedForward,
    Head,
    Layer,
    Model,
    Readout,
)
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet
from circuitsim.models.sequence import position_values
from circuitsim.models.tables import scaled_tables
from circuitsim.numbers.arrays import Bias, Matrix, zeros
from circuitsim.numbers.irrationals import log2, log2_of_e
from circuitsim.numbers.scaled import Scaled

from .exact import joined
from .network import Network, Probe
from .parts import draw_net, draw_norm, scaled_matrix, with_net
from .primitives import Attend, Flat, Pairs, Rotate, Round, Settle, States, Sum, Tokens, Value
from .rotation import turns
from .softmax import Softmax

DIRECTIONS = ("forward", "backward")


def network(model: AnyModel, n: int) -> Network:
    """The network of a model for n letters.

    Raises:
        InputError: the model has no such length.
    """
    drawn, length = Network(model, n), model.length(n)
    if isinstance(model, Model) and length > (model.longest or length):
        raise InputError(
            f"{model.name}: n={n} makes a sequence of {length} positions, and it is for up to {model.longest},"
            " because a query sees no more."
        )
    positions = position_values(model, n)
    rows = None if positions is None else positions.scaled
    with drawn.inside("embedding", ""):
        tokens = Tokens((), scaled_tables(model), rows)
        x = drawn.draw(tokens, (length, model.width), "embedding")
    if isinstance(model, Model):
        x = draw_norm(drawn, model.embedding_norm, "embedding_norm", x)
    _show(drawn, "residual0", [x])
    ARCHITECTURES[type(model)](drawn, model, x)
    return drawn


def _show(drawn: Network, name: str, values: Sequence[Value]) -> None:
    """Let traces and circuits show values as the next residual."""
    start = 0
    for x in values:
        drawn.probes.append(
            Probe(
                name if len(values) == 1 else f"{name} {start}",
                x,
                len(drawn.residuals),
                start,
            )
        )
        start += drawn.positions(x)
    drawn.residuals.append(tuple(values))


def _transformer(drawn: Network, model: Model, x: Value) -> None:
    for index, layer in enumerate(model.layers):
        with drawn.inside(f"layer{index}", f"layer {index}"):
            x = _layer(drawn, layer, x)
        _show(drawn, f"residual{index + 1}", [x])
    with drawn.inside("readout", ""):
        x = drawn.pick(x, model.readout_positions(drawn.n))
        x = draw_norm(drawn, model.final_norm, "final_norm", x)
        if model.readout.position == "mean":
            _mean(drawn, model.readout, x)
        else:
            _readout(drawn, model.readout, x)


def _layer(drawn: Network, layer: Layer, x: Value) -> Value:
    first, after = layer.norms == "before", layer.norms == "after"
    terms = [x] if layer.residual else []
    read = draw_norm(drawn, layer.attention_norm, "attention_norm", x) if first else x
    place = drawn.place
    for number, head in enumerate(layer.heads):
        with drawn.inside(f"head{number}", f"{place}, head {number}"):
            terms.append(
                drawn.affine(
                    _head(drawn, head, read),
                    scaled_matrix(head.output, len(head.value)),
                    None,
                    "",
                )
            )
    if any(layer.output_bias) or not terms:
        positions = 1 if terms else drawn.positions(x)
        terms.append(
            drawn.constant((layer.output_bias or zeros(drawn.width(x))).scaled, positions)
        )
    x = drawn.add(terms, "residual stream")
    x = draw_norm(drawn, layer.attention_norm, "attention_norm", x) if after else x
    if layer.feed_forward is None:
        return x
    read = draw_norm(drawn, layer.net_norm, "net_norm", x) if first else x
    with drawn.inside("feed_forward", f"{place}, feed-forward"):
        result = draw_net(drawn, layer.feed_forward, read)
        x = drawn.add(
            [x, result] if layer.feed_forward.residual else [result], "residual stream"
        )
    return draw_norm(drawn, layer.net_norm, "net_norm", x) if after else x


def _head(drawn: Network, head: Head, x: Value) -> Value:
    """R(mean) at every position."""
    rounded = drawn.model.inner == "rounded" or head.rotary is not None
    linear = (_rounded if rounded else _linear)(drawn, head, x)
    read = [linear("query"), linear("key"), linear("value")]
    if head.third_order:
        for index, name in ((1, "key2"), (2, "value2")):
            second = linear(name)
            shape = drawn.positions(x) ** 2, drawn.width(second)
            read[index] = drawn.draw(Pairs((read[index], second)), shape)
    softmax = _softmax(drawn) if head.attention == "softmax" else None
    attend = Attend(
        tuple(read), head.attention, head.mask, head.score_bits, head.third_order, softmax
    )
    return drawn.draw(attend, (drawn.positions(x), len(head.value)), "mean")


def _softmax(drawn: Network) -> Softmax:
    """How the weights of a model's heads are rounded at this length."""
    model, most, n = drawn.model, LARGEST_SOFTMAX_BITS, drawn.n
    assert isinstance(model, Model)
    return Softmax(
        bits_at(model.gap_bits, n, "gap_bits", most),
        bits_at(model.weight_bits, n, "weight_bits", most),
    )


def _linear(drawn: Network, head: Head, x: Value) -> Callable[[str], Value]:
    """The linear maps of a head, by name."""

    def linear(name: str) -> Value:
        weights, bias = _projection(head, name)
        return drawn.affine(
            x, scaled_matrix(weights, drawn.width(x)), bias.scaled if bias else None, name
        )

    return linear


def _projection(head: Head, name: str) -> tuple[Matrix, Bias]:
    """Weights and bias of a head's linear map; of a softmax query so that powers are of two."""
    weights, bias = getattr(head, name), getattr(head, f"{name}_bias")
    if name != "query" or head.attention != "softmax":
        return weights, bias
    factor = log2(head.base)[0] if head.base else log2_of_e()
    return weights.times(factor), bias.times(factor)


def _rounded(drawn: Network, head: Head, x: Value) -> Callable[[str], Value]:
    """The same maps, all rounded at once: each reads its components of one vector."""
    both = [_projection(head, name) for name in PROJECTIONS]
    maps = [scaled_matrix(weights, drawn.width(x)) for weights, _ in both]
    biases = [bias.scaled for _, bias in both]
    exact = drawn.affine(x, joined(maps, 0), joined(biases, 0), "query, key or value")
    shape = drawn.lines[exact].shape
    how = Round((exact,)) if head.rotary is None else _turned(head, exact, shape[0])
    vector = drawn.draw(how, shape, "query, key or value")
    ends = np.cumsum([len(rows.numerators) for rows in maps])
    parts = np.split(np.identity(shape[1], np.int64), ends[:-1])
    selections = dict(zip(PROJECTIONS, parts, strict=True))

    def linear(name: str) -> Value:
        return drawn.affine(vector, Scaled(selections[name], 1), None, name)

    return linear


def _turned(head: Head, x: Value, length: int) -> Rotate:
    """Queries and keys turned by their positions; values stand behind them."""
    assert head.rotary is not None
    size = len(head.key)
    found = turns(head.rotary, size, length)
    first = [start + c for start in (0, size) for c in range(size // 2)]
    pairs = tuple((c, c + size // 2) for c in first)
    return Rotate((x,), Scaled(np.tile(found.numerators, 2), found.denominator), pairs)


def _readout(drawn: Network, readout: Readout, x: Value) -> None:
    drawn.outputs.append(
        drawn.affine(x, readout.weights.scaled, readout.bias.scaled, "read-out")
    )


def _mean(drawn: Network, readout: Readout, x: Value) -> None:
    """The read-out of the sum over all positions, to which as many biases belong."""
    weights = readout.weights.scaled
    total = drawn.draw(Sum((x,)), (1, drawn.width(x)), "sum of positions")
    if any(readout.bias):
        positions = Scaled(np.array([drawn.positions(x)]), 1)
        total = drawn.beside([total, drawn.constant(positions)])
        weights = joined([weights, readout.bias.scaled[:, None]], 1)
    drawn.outputs.append(drawn.affine(total, weights, None, "read-out"))


def _recurrent(drawn: Network, model: RecurrentNet, x: Value) -> None:
    found = []
    for where, cell, span in zip(DIRECTIONS, model.cells, model.spans(drawn.n), strict=False):
        found.append(CELLS[type(cell)](drawn, where, cell, span, x))
    for place in model.readout_positions(drawn.n):
        with drawn.inside("readout", ""):
            seen = drawn.beside(
                [*(states[place] for states in found), drawn.pick(x, [place])]
            )
            seen = _nets(drawn, model.nets, seen, f"the read-out at position {place}, net")
            _readout(drawn, model.readout, seen)


def _automaton(
    drawn: Network, where: str, cell: Automaton, span: range, x: Value
) -> dict[int, Value]:
    """What is seen of the state after each position."""
    with drawn.inside(where, where):
        states = drawn.draw(
            States((), cell, span, cell.rows.scaled), (len(span), cell.size), "state"
        )
        seen = {place: drawn.pick(states, [place - min(span)]) for place in span}
    drawn.states.append((states,))
    _show(drawn, where, [states])
    return seen


def _steps(
    drawn: Network, where: str, cell: NetCell, span: range, x: Value
) -> dict[int, Value]:
    """The state after each position, one step after the other."""
    found: dict[int, Value] = {}
    state = drawn.constant(cell.initial.scaled)
    for number, place in enumerate(span, start=1):
        step = f"{where} step {number}"
        with drawn.inside(where, step):
            before = drawn.beside([state, drawn.pick(x, [place])])
            with drawn.inside("transition", step):
                after = _nets(drawn, cell.nets, before, f"{step}, net")
                state = drawn.add([state, after], "state") if cell.residual else after
            if cell.residual and cell.reads_state:
                with drawn.inside("state", step):
                    state = drawn.draw(Settle((state,)), (1, cell.size), "state")
        found[place] = state
    drawn.states.append(tuple(found.values()))
    for place in span:  # probes stand in the order of steps, residuals in that of positions
        start = place - min(span)
        drawn.probes.append(
            Probe(f"{where} {place}", found[place], len(drawn.residuals), start)
        )
    drawn.residuals.append(tuple(found[place] for place in sorted(found)))
    return found


def _nets(drawn: Network, nets: Sequence[FeedForward], x: Value, place: str) -> Value:
    for index, net in enumerate(nets):
        with drawn.inside("", f"{place} {index}"):
            x = with_net(drawn, net, x)
    return x


def _connected(drawn: Network, model: FullyConnected, x: Value) -> None:
    model.check_length(drawn.n)
    x = drawn.draw(Flat((x,)), (1, drawn.n * drawn.width(x)))
    joined = True
    for index, layer in enumerate(model.layers):
        with drawn.inside(f"layer{index}", f"layer {index}"):
            x = with_net(drawn, layer, x)
        joined = joined and layer.residual
        _show(drawn, f"residual{index + 1}", [x])
        if joined:  # all rows and something added: no vector of its own
            drawn.probes.pop()
    with drawn.inside("readout", ""):
        for readout in model.readouts:
            _readout(drawn, readout, x)


CELLS: dict[type, Callable[[Network, str, Any, range, Value], dict[int, Value]]] = {
    Automaton: _automaton,
    NetCell: _steps,
}
ARCHITECTURES: dict[type, Callable[[Network, Any, Value], None]] = {
    Model: _transformer,
    RecurrentNet: _recurrent,
    FullyConnected: _connected,
}
