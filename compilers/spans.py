"""Which positions of every value of a network somebody reads."""

from collections.abc import Sequence
from typing import TypeAlias

from circuitsim.networks import primitives as net
from circuitsim.networks.network import Network
from circuitsim.networks.primitives import Value

Span: TypeAlias = tuple[int, int]


def spans(network: Network) -> list[Span]:
    """The positions of every value that are read: of streams that are shown before the last one, all of them."""
    lines = network.lines
    found: list[Span | None] = [None] * len(lines)
    for residual in network.residuals[:-1]:
        for x in residual:
            found[x] = (0, lines[x].shape[0])
    for index in range(len(lines) - 1, -1, -1):
        span = found[index] or (0, lines[index].shape[0])
        found[index] = span
        for x, asked in zip(
            lines[index].primitive.reads, _asked(network, index, span), strict=True
        ):
            before = found[x] or asked
            found[x] = (min(before[0], asked[0]), max(before[1], asked[1]))
    return [span for span in found if span is not None]


def _asked(network: Network, index: Value, span: Span) -> Sequence[Span]:
    """The positions of what a line reads that its value at `span` depends on."""
    how = network.lines[index].primitive
    whole = [(0, network.positions(x)) for x in how.reads]
    if isinstance(how, net.Attend):
        return [span, *whole[1:]]
    if isinstance(how, net.Pick):
        return [(how.places[0], how.places[-1] + 1)]
    if isinstance(how, net.Pairs | net.Flat | net.Sum):
        return whole
    return [span if network.positions(x) > 1 else (0, 1) for x in how.reads]
