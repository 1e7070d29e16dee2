"""What crosses the papers' cut in a model at hand, in bits: queries, partial sums, states, or a first layer's rank.

The figures are of the integer model at its bits: a number that takes the multiples of a unit from low to high counts
log2 of how many these are, rounded up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from circuitsim.analysis.separations.cut_bits import (
    cut_bits,
    first_layer_rank,
    recurrent_bits,
    single_query_bits,
)
from circuitsim.models.connected import FullyConnected
from circuitsim.models.model import Model
from circuitsim.models.recurrent import RecurrentNet
from circuitsim.networks.fixed_point import FixedPoint
from circuitsim.networks.forms import Range, Stream
from circuitsim.networks.known import HeadForms, NetForms, StateForms


@dataclass(frozen=True)
class Crossing:
    """The bits at the cut.

    Attributes:
        total: their sum; None where the papers' argument does not apply: two layers of attention and more, or pairs
            of positions as keys, of which neither side of a cut has both.
        items: what they are, with the bits of each.
        precision: p, bits of the widest number that crosses, or of a first layer's numbers.
    """

    total: int | None
    items: dict[str, int]
    precision: int


def crossing(model: Any, fixed: FixedPoint, single_query: bool) -> Crossing:
    """The bits that cross the cut in a model at one length and precision.

    Args:
        fixed: its integer model. single_query: whether Alice has one token, which asks; else her tokens are keys.
    """
    return CROSSINGS[type(model)](model, fixed, single_query)


def _heads(model: Model, fixed: FixedPoint, single_query: bool) -> Crossing:
    layers = [heads for heads in fixed.layers() if heads]
    heads = [head for layer in layers for head in layer]
    precision = max(_precision(head) for head in heads)
    if len(layers) != 1 or any(head.third_order for head in heads):
        return Crossing(None, {}, precision)
    if single_query:
        components = [_bits(low, high) for head in heads for low, high in head.query.ranges]
        widest = max(components)
        total = single_query_bits(len(components), widest)
        return Crossing(
            total,
            {"components of the query": len(components), "bits of each": widest},
            widest,
        )
    width = max(len(head.outputs) for head in heads)
    found = cut_bits(fixed.length, width, precision, len(heads), model.width)
    return Crossing(found.total, {item.name: item.bits for item in found.items}, precision)


def state_components(fixed: FixedPoint) -> list[int]:
    """Bits of every number of the states, forward and backward, after the step at which they are widest together."""
    found: list[int] = []
    for cell in range(len(fixed.network.states)):
        found += max(_widths(fixed, cell), key=sum, default=[])
    return found


def _first_layer(model: FullyConnected, fixed: FixedPoint, single_query: bool) -> Crossing:
    rank = first_layer_rank(model.layers[0].hidden)
    units = next(known for known in fixed.known if isinstance(known, NetForms)).outputs
    widest = max((_bits(number.low, number.high) for number in units), default=1)
    return Crossing(
        rank * widest,
        {"rank of the first layer": rank, "bits of each number": widest},
        widest,
    )


def _state(model: RecurrentNet, fixed: FixedPoint, single_query: bool) -> Crossing:
    components = state_components(fixed)
    if any(isinstance(known, StateForms) for known in fixed.known):
        total = sum(components)
        return Crossing(
            total, {"bits of the automaton's state": total}, max(components, default=0)
        )
    widest = max(components, default=0)
    total = recurrent_bits(len(components), widest)
    return Crossing(
        total, {"numbers of the state": len(components), "bits of each": widest}, widest
    )


def _widths(fixed: FixedPoint, cell: int) -> list[list[int]]:
    steps = fixed.network.states[cell]
    if isinstance(fixed.known[steps[0]], StateForms):
        return fixed.state_widths(cell)
    return [_entries(fixed.stream(x)) for x in steps]


def _entries(stream: Stream) -> list[int]:
    found = stream.components
    return [
        _bits(low >> g, high >> g)
        for (low, high), g in zip(found.ranges, found.grains, strict=True)
    ]


def _precision(head: HeadForms) -> int:
    ranges: list[Range] = [
        *head.query.ranges,
        *head.key_ranges,
        head.score,
        *((o.low, o.high) for o in head.outputs),
    ]
    return max((_bits(low, high) for low, high in ranges), default=1)


def _bits(low: int, high: int) -> int:
    """Bits that tell the whole numbers from low to high apart."""
    return (high - low).bit_length()


CROSSINGS: dict[type, Callable[[Any, FixedPoint, bool], Crossing]] = {
    Model: _heads,
    RecurrentNet: _state,
    FullyConnected: _first_layer,
}
