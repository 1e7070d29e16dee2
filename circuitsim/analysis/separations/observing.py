"""What Bob learns of Alice's tokens from a model: its state, her query, her partial sums, or the first layer's sums.

These are observers for `messages`: for every input something that can be compared, exact and without rounding.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from circuitsim.analysis.separations.distinct_states import states_after
from circuitsim.analysis.separations.gadget import Gadget
from circuitsim.analysis.separations.messages import Observe
from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import Head, Model
from circuitsim.models.recurrent import RecurrentNet
from circuitsim.networks.exact import comparable, inner
from circuitsim.networks.rungs import run_exact
from circuitsim.numbers.arrays import Matrix
from circuitsim.numbers.scaled import Array, Scaled, affine, product
from circuitsim.tokens import Codes


def observer(model: Any, gadget: Gadget, single_query: bool) -> Observe | None:
    """What crosses the gadget's cut in a model; None where the papers' argument does not apply.

    Args:
        single_query: whether Alice's one token asks; else her tokens are keys, seen by every query that is read.
    """
    return OBSERVERS[type(model)](model, gadget, single_query)


def _state(model: RecurrentNet, gadget: Gadget, single_query: bool) -> Observe | None:
    cut = gadget.cut
    return None if cut is None else lambda codes: states_after(model, codes, cut)


def _heads(model: Model, gadget: Gadget, single_query: bool) -> Observe | None:
    layer, heads = attending(model), model.heads
    if layer is None or any(head.third_order for head in heads):
        return None
    if single_query:
        (asker,) = gadget.alice
        return lambda codes: _joined(
            [_query(head, before(model, codes, layer), asker) for head in heads]
        )
    where = len(model.prepend) + np.array(gadget.alice)
    asking = np.array(model.readout_positions(gadget.n))[list(gadget.read)]
    pairs = [(head, asked) for head in heads for asked in asking]
    return lambda codes: _joined(
        [_sums(head, before(model, codes, layer), where, asked) for head, asked in pairs]
    )


def attending(model: Model) -> int | None:
    """The one layer that has heads; None where it is not one, or angles of positions turn what they compare."""
    found = [index for index, layer in enumerate(model.layers) if layer.heads]
    return found[0] if len(found) == 1 and not model.rotary else None


def before(model: Model, codes: Codes, layer: int) -> Scaled:
    """The stream (inputs, length, d) that a layer reads."""
    return run_exact(model, codes).residuals[layer]


def _query(head: Head, stream: Scaled, asker: int) -> list[Any]:
    return affine(head.query, stream[:, asker], head.query_bias).row_keys()


def scored(head: Head, stream: Scaled, where: Any, asked: int) -> tuple[Array, int]:
    """Scores (inputs, keys) of some positions' keys at one query, as integers in their order, and the denominator."""
    query = affine(head.query, stream[:, [asked]], head.query_bias)
    scores = inner(query, affine(head.key, stream[:, where], head.key_bias))
    return comparable(head.score_bits, scores)[:, 0], scores.denominator


def _sums(head: Head, stream: Scaled, where: Any, asked: int) -> list[Any]:
    """For each input the largest score among Alice's keys, how many have it, and the sum of their values."""
    scores, denominator = scored(head, stream, where, asked)
    value = affine(head.value, stream[:, where], head.value_bias)
    largest = scores.max(axis=1, keepdims=True)
    chosen = scores == largest
    sums = product(chosen[:, None].astype(np.int64), value.numerators)[:, 0]
    unit = 1 if head.score_bits is not None else denominator
    values = Scaled(sums, value.denominator).row_keys()
    best = Scaled(largest, unit).row_keys()
    return [
        [*b, int(c), *v] for b, c, v in zip(best, chosen.sum(axis=1), values, strict=True)
    ]


def _first_layer(model: FullyConnected, gadget: Gadget, single_query: bool) -> Observe:
    """What the first layer's sums hold of Alice's tokens: its columns of hers, times their rows."""
    net, width = model.layers[0], model.width
    columns = [position * width + c for position in gadget.alice for c in range(width)]
    weights = Matrix(net.hidden.scaled[:, columns])

    def observe(codes: Codes) -> Iterable[Any]:
        rows = run_exact(model, codes).residuals[0][:, list(gadget.alice)]
        flat = Scaled(rows.numerators.reshape(len(codes), -1), rows.denominator)
        return affine(weights, flat).row_keys()

    return observe


def _joined(parts: list[list[Any]]) -> list[Any]:
    return [[number for part in row for number in part] for row in zip(*parts, strict=True)]


OBSERVERS: dict[type, Callable[[Any, Gadget, bool], Observe | None]] = {
    Model: _heads,
    RecurrentNet: _state,
    FullyConnected: _first_layer,
}
