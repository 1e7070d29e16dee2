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

MOST_STEPS = 1 << 20  # thresholds of one thermometer
MOST_MOVED = 1 << 12  # wires of a chain whose functions are written down


def steps(low: int, high: int) -> range:
    """The thresholds low + 1 .. high of a thermometer."""
    return range(low + 1, high + 1)


def levels(number: Number) -> Sequence[int]:
    """The values that a number can take, but the least: the thresholds of its wires."""
    if number.few is None or len(number.few.values) > number.high - number.low:
        return steps(number.low, number.high)
    return number.few.values[1:]


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
    if wire is not None and len(thresholds) == 1 and 0 < thresholds[0] <= 2 * wire[1]:
        return wire[0]  # the answer itself
    return residual.drawing.at_least(parts, thresholds)


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
    parts = [(wires, weights[None, :]) for wires, weights in residual.parts(row)]
    return residual.drawing.at_least(parts, [-int(residual.offset @ row) - offset]).squeeze(1)


def zero(drawing: Drawing, number: Number, queries: int) -> Wires:
    """The wires of a number that is 0 at every query: (queries, levels)."""
    reached = [t <= 0 for t in levels(number)]
    return drawing.constant(reached).expand(0).broadcast((queries, len(reached)))
