"""Functions of one heap in one level: thermometers of rounded values, and signs."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from circuitsim.networks.forms import Ints, Range
from circuitsim.networks.known import NetForms
from circuitsim.numbers.rounding import drop_bits
from circuitsim.schematic.drawing import Drawing, Wires

from ..residual import Bits, Parts, Residual, only_wire
from .digits import digit_weights
from .writing import Ask, Known, Writing, in_digits, writing

MOST_DIGITS = 10  # of a number that is written in bits, by one thermometer
MOST_MOVED = 1 << 12  # wires of a chain whose functions are written down


def heap_reaches(drawing: Drawing, parts: Parts, constant: int, drop: int) -> Ask:
    """[floor((sum of parts + constant) / 2^drop + 1/2) >= t], for parts of which the last axis is added up."""

    def ask(reached: Sequence[int], known: Known) -> Wires:
        every = [(wires, 2 * weights[None]) for wires, weights in parts]
        for wires, unit in known:
            every.append((wires, np.full((1, wires.shape[-1]), -unit << drop + 1, object)))
        return drawing.at_least(
            every, [((2 * t - 1) << drop) - 2 * constant for t in reached]
        )

    return ask


def rounded(
    residual: Residual, row: Ints, offset: int, drop: int, written: Writing
) -> list[Wires]:
    """The chains of floor((row . x + offset) / 2^drop + 1/2): (positions, w)."""
    read, constant = residual.parts(row), int(residual.offset @ row) + offset
    if not read:
        shown = written.shown(int(drop_bits(constant, drop)))
        wires = residual.drawing.constant(shown).expand(0)
        return written.split(wires.broadcast((residual.positions, written.width)))
    wire = only_wire(read)
    if wire is not None:
        values = [int(drop_bits(constant + weight, drop)) for weight in (0, wire[1])]
        wires = _of_one_wire(
            residual, wire[0], [*zip(*map(written.shown, values), strict=True)]
        )
        return written.split(wires)
    return written.draw(heap_reaches(residual.drawing, read, constant, drop))


def _of_one_wire(
    residual: Residual, wire: Wires, answers: Sequence[tuple[bool, bool]]
) -> Wires:
    """What questions say where a wire is clear and where it is set: no gate, as each is the wire or a constant."""
    pieces = []
    for clear, set_ in answers:
        if clear == set_:
            pieces.append(residual.drawing.fill((residual.positions, 1), clear))
        else:
            pieces.append(wire if set_ else ~wire)
    return residual.drawing.concat(pieces, 1)


def hidden(residual: Residual, net: NetForms, index: int) -> Bits:
    """R(ReLU) of one hidden unit: each threshold of the result is one of the sum.

    A function of the wires of one chain is a number on the same wires, and needs no gate.
    """
    number, drop = net.outputs[index], net.hidden.grains[index] + net.shifts[index]
    row, offset = net.hidden.rows[index], int(net.hidden.offsets[index])
    chain = residual.chain(row)
    if chain is None or len(chain[1]) > MOST_MOVED:
        written = writing(number, residual.drawing.optimize)
        return written.bits(rounded(residual, row, offset, drop, written))
    wires, weights = chain
    sums = np.cumsum([int(residual.offset @ row) + offset, *weights])
    found = np.maximum(drop_bits(sums, drop), 0).tolist()
    return Bits(wires, found[0], max(found), steps=tuple(b - a for a, b in pairwise(found)))


def resolve(residual: Residual, row: Ints, interval: Range, grain: int) -> Bits:
    """The number (row . x) / 2^grain, which is whole; row . x lies in `interval`."""
    low, high = interval[0] >> grain, interval[1] >> grain
    if low == high:
        return Bits(None, low, high)
    written = in_digits(low, high, residual.drawing.optimize)
    return written.bits(rounded(residual, row, 0, grain, written))


def sign(residual: Residual, row: Ints, offset: int, interval: Range) -> Wires:
    """[row . x + offset >= 0] at every position: (positions,)."""
    low, high = interval
    if low >= 0 or high < 0:
        return residual.drawing.fill((residual.positions,), low >= 0)
    read, threshold = residual.parts(row), -int(residual.offset @ row) - offset
    if not read:
        return residual.drawing.fill((residual.positions,), threshold <= 0)
    wire = only_wire(read)
    if wire is not None:
        answer = threshold <= 0, threshold <= wire[1]
        return _of_one_wire(residual, wire[0], [answer]).squeeze(1)
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
        reached = [t * unit - constant for t in range(1, most + 1)]
        thermometer = drawing.at_least(left, reached)
        weights = digit_weights(np.ones(most, np.int64))
        found.append(drawing.at_least([(thermometer, weights)], [1] * len(weights)))
        left.append((thermometer, np.full((1, most), -unit, object)))
    return drawing.concat(found[::-1], 1)


def zero(drawing: Drawing, written: Writing, queries: int) -> Wires:
    """The wires of a number that is 0 at every query: (queries, w)."""
    return drawing.constant(written.shown(0)).expand(0).broadcast((queries, written.width))
