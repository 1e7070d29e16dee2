"""Functions of one heap in one level: thermometers of rounded values, and signs."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from circuitsim.errors import LimitError
from circuitsim.networks.fixed_point import FixedPoint
from circuitsim.networks.forms import Ints, Number, Range, Stream
from circuitsim.networks.known import HeadForms, NetForms
from circuitsim.networks.network import Settle
from circuitsim.numbers.rounding import drop_bits
from circuitsim.schematic.drawing import Drawing, Wires

from ..residual import Bits, Residual, only_wire
from .digits import digit_weights

MOST_STEPS = 1 << 20  # thresholds of one thermometer
MOST_DIGITS = 10  # of a number that is written out, by one thermometer
MOST_MOVED = 1 << 12  # wires of a chain whose functions are written down


def steps(low: int, high: int) -> range:
    """The thresholds low + 1 .. high of a thermometer."""
    return range(low + 1, high + 1)


def levels(number: Number) -> Sequence[int]:
    """The values above its low end that a number can take: the thresholds of its wires."""
    if number.few is None or len(number.few.values) > number.high - number.low:
        return steps(number.low, number.high)
    values = number.few.values
    return values[1:] if values[0] == number.low else values


def written(number: Number, wires: Wires) -> Bits:
    """A number as wires that say which of its levels it reaches."""
    if len(levels(number)) == number.high - number.low:
        return Bits(wires, number.low, number.high, True)
    gaps = tuple(b - a for a, b in pairwise([number.low, *levels(number)]))
    return Bits(wires, number.low, number.high, steps=gaps)


def refuse_large(fixed: FixedPoint) -> None:
    """Refuse, before anything is drawn, a model with a thermometer of more than 2^20 thresholds, saying where.

    Raises:
        LimitError: naming the layer, and the head or the net; or the step.
    """
    for line, known in zip(fixed.network.lines, fixed.known, strict=True):
        if isinstance(known, HeadForms):
            refuse_steps(f"{line.place}, a mean", _most(known.outputs))
            if known.shift:
                refuse_steps(
                    f"{line.place}, the rounded score",
                    (known.score[1] - known.score[0]) >> known.shift,
                )
        elif isinstance(known, NetForms):
            refuse_steps(f"{line.place}, a hidden unit", _most(known.outputs))
        elif isinstance(line.primitive, Settle):
            assert isinstance(known, Stream)
            refuse_steps(f"{line.place}, the state", _most(known.numbers))


def _most(numbers: Sequence[Number]) -> int:
    """The most levels that a number of them has."""
    return max((len(levels(number)) for number in numbers), default=0)


def refuse_steps(what: str, thresholds: int) -> None:
    """Refuse a thermometer of more than 2^20 thresholds."""
    if thresholds > MOST_STEPS:
        raise LimitError(
            f"{what} takes {thresholds + 1:,} values and needs as many threshold gates in tc0; at most {MOST_STEPS:,}"
            " are drawn. Lower --bits, or take --basis xag."
        )


def rounded(
    residual: Residual, row: Ints, offset: int, drop: int, values: Sequence[int]
) -> Wires:
    """[floor((row . x + offset) / 2^drop + 1/2) >= t] for every t of `values`: (positions, values)."""
    read = residual.parts(row)
    parts = [(wires, 2 * weights[None, :]) for wires, weights in read]
    constant = 2 * (int(residual.offset @ row) + offset)
    thresholds = [((2 * t - 1) << drop) - constant for t in values]
    if not parts:
        table = np.array([t <= 0 for t in thresholds], bool)
        return (
            residual.drawing.constant(table)
            .expand(0)
            .broadcast((residual.positions, len(thresholds)))
        )
    wire = only_wire(read)
    if wire is not None:
        return _of_one_wire(residual, wire[0], 2 * wire[1], thresholds)
    return residual.drawing.at_least(parts, thresholds)


def _of_one_wire(
    residual: Residual, wire: Wires, weight: int, thresholds: Sequence[int]
) -> Wires:
    """[weight * wire >= t] for every t, (positions, thresholds): no gate, because each is the wire or a constant."""
    pieces = []
    for t in thresholds:
        clear, set_ = t <= 0, t <= weight
        if clear == set_:
            pieces.append(residual.drawing.fill((residual.positions, 1), clear))
        else:
            pieces.append(wire if set_ else ~wire)
    return residual.drawing.concat(pieces, 1) if len(pieces) > 1 else pieces[0]


def hidden(residual: Residual, net: NetForms, index: int) -> Bits:
    """R(ReLU) of one hidden unit: each threshold of the result is one of the sum.

    A function of the wires of one chain is a number on the same wires, and needs no gate.
    """
    number, drop = net.outputs[index], net.hidden.grains[index] + net.shifts[index]
    row, offset = net.hidden.rows[index], int(net.hidden.offsets[index])
    chain = residual.chain(row)
    if chain is None or len(chain[1]) > MOST_MOVED:
        return written(number, rounded(residual, row, offset, drop, levels(number)))
    wires, weights = chain
    sums = np.cumsum([int(residual.offset @ row) + offset, *weights])
    found = np.maximum(drop_bits(sums, drop), 0).tolist()
    return Bits(wires, found[0], max(found), steps=tuple(b - a for a, b in pairwise(found)))


def resolve(residual: Residual, row: Ints, interval: Range, grain: int) -> Bits:
    """The number (row . x) / 2^grain, which is whole, as a thermometer; row . x lies in `interval`."""
    low, high = interval[0] >> grain, interval[1] >> grain
    wires = rounded(residual, row, 0, grain, steps(low, high)) if low < high else None
    return Bits(wires, low, high, True)


def sign(residual: Residual, row: Ints, offset: int, interval: Range) -> Wires:
    """[row . x + offset >= 0] at every position: (positions,)."""
    low, high = interval
    if low >= 0 or high < 0:
        return residual.drawing.fill((residual.positions,), low >= 0)
    read, threshold = residual.parts(row), -int(residual.offset @ row) - offset
    wire = only_wire(read)
    if wire is not None:
        return _of_one_wire(residual, *wire, [threshold]).squeeze(1)
    parts = [(wires, weights[None, :]) for wires, weights in read]
    return residual.drawing.at_least(parts, [threshold]).squeeze(1)


def digits(residual: Residual, row: Ints, offset: int, high: int, grain: int) -> Wires:
    """Bits of (row . x + offset) / 2^grain, which is whole and lies in [0, high], the least first: (positions, w).

    The highest digits first, some at once: a thermometer of them, in one level, and digits of that in another. The
    thermometer is taken off the number, and what is left has fewer digits. So w digits need ceil(w / 10) + 1 levels.
    """
    drawing, width = residual.drawing, high.bit_length()
    left = [(wires, weights[None, :]) for wires, weights in residual.parts(row)]
    constant = int(residual.offset @ row) + offset
    if not left:
        bits = [constant >> (bit + grain) & 1 for bit in range(width)]
        return drawing.constant(bits).expand(0).broadcast((residual.positions, width))
    rounds = -(-width // MOST_DIGITS)
    found = []
    for turn in range(rounds, 0, -1):
        start, stop = (turn - 1) * width // rounds, turn * width // rounds
        most = min(high, (1 << stop) - 1) >> start
        unit = 1 << (start + grain)
        thermometer = drawing.at_least(left, [t * unit - constant for t in steps(0, most)])
        weights = digit_weights(np.ones(most, np.int64))
        found.append(drawing.at_least([(thermometer, weights)], [1] * len(weights)))
        left.append((thermometer, np.full((1, most), -unit, object)))
    return drawing.concat(found[::-1], 1)


def zero(drawing: Drawing, number: Number, queries: int) -> Wires:
    """The wires of a number that is 0 at every query: (queries, levels)."""
    reached = [t <= 0 for t in levels(number)]
    return drawing.constant(reached).expand(0).broadcast((queries, len(reached)))
