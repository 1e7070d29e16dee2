"""What fan-in 2 does its own way beside attention: hidden units and signs, by one `sum` each."""

import numpy as np

from circuitsim.networks.forms import Ints, Number, Range, zeros
from circuitsim.networks.known import GateForms, NetForms
from circuitsim.schematic.drawing import Wires

from ..residual import Bits, Parts, Residual, only_wire, powers


def hidden(residual: Residual, net: NetForms, index: int) -> Bits:
    """R(ReLU) of one hidden unit at every position."""
    number, grain, shift = net.outputs[index], net.hidden.grains[index], net.shifts[index]
    half, drop = ((1 << shift) >> 1) << grain, grain + shift
    row, offset = net.hidden.rows[index], int(net.hidden.offsets[index]) + half
    low, high = ((v << grain) + half for v in net.hidden.ranges[index])
    if number.few is not None and len(number.few.values) == 2:
        least, most = number.few.values
        reach = most << drop
        wire = sign(residual, row, offset - reach, (low - reach, high - reach)).expand(1)
        return Bits(wire, least, most, steps=(most - least,))
    if low >> drop >= 0:
        return residual.resolve(row, offset, (low, high), drop)
    return Bits(_relu(residual, row, offset, (low, high), drop), 0, number.high)


def _relu(residual: Residual, row: Ints, offset: int, interval: Range, drop: int) -> Wires:
    """Bits of max(0, floor((row . x + offset) / 2^drop)): the bits of the sum, where its sign is not set."""
    width = max(interval[1], -interval[0] - 1).bit_length() + 1
    constant = int(residual.offset @ row) + offset
    wires = residual.drawing.sum(residual.parts(row), constant, width)
    sign = wires.slice(-1, width - 1, width)
    kept = wires.slice(-1, drop, drop + (interval[1] >> drop).bit_length())
    return kept & ~sign


def rounded(residual: Residual, row: Ints, offset: int, drop: int, number: Number) -> Bits:
    """R of a linear form: floor((row . x + offset) / 2^drop + 1/2), which is the number."""
    half = (1 << drop) >> 1
    return residual.resolve(
        row, offset + half, (number.low << drop, number.high << drop), drop
    )


def settled(
    residual: Residual, drop: int, numbers: tuple[Number, ...]
) -> tuple[list[Bits], Residual] | None:
    """R of all components, and the stream as numbers out of the same sums; None where that is more wires to read.

    The bits that R drops of a sum are there already. So what a layer adds to the stream is added up once, and not again
    before every later norm.
    """
    wires = sum((number.high - number.low).bit_length() + drop for number in numbers)
    if wires >= sum(block.taps for block in residual.blocks):
        return None
    units = np.identity(len(numbers), np.int64).astype(object)
    both = [_settled(residual, *each, drop) for each in zip(units, numbers, strict=True)]
    exact = [
        (Number(unit, bits.low, bits.high), bits)
        for unit, (_, bits) in zip(units, both, strict=True)
    ]
    zero = zeros(len(numbers))
    return [bits for bits, _ in both], residual.plus(exact, zero, residual.stream, False)


def _settled(residual: Residual, row: Ints, number: Number, drop: int) -> tuple[Bits, Bits]:
    """R of a linear form, which is the number, and the form itself."""
    low = (number.low << drop) - ((1 << drop) >> 1)
    high = low + ((number.high - number.low + 1) << drop) - 1
    whole = residual.resolve(row, 0, (low, high))
    wires = None
    if whole.wires is not None and number.low < number.high:
        wires = whole.wires.slice(-1, drop, whole.wires.shape[-1])
    return Bits(wires, number.low, number.high), whole


def gated(residual: Residual, gate: GateForms, index: int, unit: Bits) -> Bits:
    """R of the product of a hidden unit and a linear form."""
    number = gate.outputs[index]
    grain, shift = gate.hidden.grains[index], gate.shifts[index]
    row, offset = gate.hidden.rows[index], int(gate.hidden.offsets[index])
    low, high = (end << grain for end in gate.hidden.ranges[index])
    other = residual.resolve(row, offset, (low, high), grain)
    own = _parts(unit)
    parts: Parts = [(wires, other.low * weights) for wires, weights in own]
    for wires, weights in _parts(other):
        parts.append((wires, unit.low * weights))
        for mine, worth in own:
            both = mine.expand(2) & wires.expand(1)
            parts.append((both, np.outer(worth, weights)))
    constant = unit.low * other.low + ((1 << shift) >> 1) - (number.low << shift)
    width = (number.high - number.low).bit_length() + shift
    wires = residual.summed(parts, constant, width)
    return Bits(wires.slice(-1, shift, width), number.low, number.high)


def _parts(bits: Bits) -> Parts:
    """The wires of a number, with what each is worth."""
    if bits.wires is None:
        return []
    width = bits.wires.shape[-1]
    steps = powers(width) if bits.steps is None else np.array(bits.steps, object)
    return [(bits.wires, steps)]


def resolve(residual: Residual, row: Ints, interval: Range, grain: int) -> Bits:
    """The number (row . x) / 2^grain, which is whole, written out; row . x lies in `interval`."""
    return residual.resolve(row, 0, interval, grain)


def sign(residual: Residual, row: Ints, offset: int, interval: Range) -> Wires:
    """[row . x + offset >= 0] at every position: (positions,)."""
    low, high = interval
    if low >= 0 or high < 0:
        return residual.drawing.fill((residual.positions,), low >= 0)
    only = only_wire(residual.parts(row))
    if only is not None:
        wire, weight = only
        constant = int(residual.offset @ row) + offset
        clear, set_ = constant >= 0, constant + weight >= 0
        if clear != set_:
            return (wire if set_ else ~wire).squeeze(1)
        return residual.drawing.fill((residual.positions,), clear)
    width = max(high, -low - 1).bit_length() + 1
    wires = residual.drawing.sum(
        residual.parts(row), int(residual.offset @ row) + offset, width
    )
    return ~wires.slice(-1, width - 1, width).squeeze(-1)
