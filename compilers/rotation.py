"""Rotary positions: linear forms that have rows of their own at every position, drawn position by position."""

from collections.abc import Sequence
from dataclasses import replace

from circuitsim.networks.forms import Number
from circuitsim.networks.rotation import Turned

from .bases import Lowering
from .residual import Bits, Residual


def rotated(
    way: Lowering, stream: Residual, start: int, turned: Turned, numbers: Sequence[Number]
) -> list[Bits]:
    """R of all components, at the positions of a stream, of which the first is `start`."""
    each = []
    for at in range(stream.positions):
        here = stream.slice(at, at + 1)
        forms = zip(*turned.at(start + at), numbers, strict=True)
        each.append(
            [
                Bits.idle(number) or way.rounded(here, row, int(offset), turned.drop, number)
                for row, offset, number in forms
            ]
        )
    return [_joined(bits) for bits in zip(*each, strict=True)]


def _joined(bits: Sequence[Bits]) -> Bits:
    """A number at several positions, which is written alike at each."""
    wires = [part.wires for part in bits if part.wires is not None]
    if not wires:
        return bits[0]
    rest = tuple(map(_joined, zip(*(part.rest for part in bits), strict=True)))
    return replace(bits[0], wires=wires[0].drawing.concat(wires, 0), rest=rest)
