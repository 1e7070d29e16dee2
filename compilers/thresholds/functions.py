"""Functions of one number in a level, and of a product in two: activations, gates, rounded numbers."""

from itertools import pairwise

import numpy as np

from circuitsim.networks.forms import Ints, Number
from circuitsim.networks.known import GateForms, NetForms
from circuitsim.numbers.functions import rounded_all
from circuitsim.numbers.scaled import Scaled

from ..residual import Bits, Parts, Residual, powers
from .numbers import heap_reaches, rounded
from .writing import writing


def written(residual: Residual, row: Ints, offset: int, drop: int, number: Number) -> Bits:
    """R of a linear form: floor((row . x + offset) / 2^drop + 1/2), which is the number."""
    how = writing(number, residual.drawing.optimize)
    return how.bits(rounded(residual, row, offset, drop, how))


def activated(
    residual: Residual, net: NetForms, index: int, function: str, bits: int
) -> Bits:
    """R(function) of one hidden unit, whose sum is floored to the grid: a threshold where the value changes."""
    number, grain = net.outputs[index], net.hidden.grains[index]
    drop, row = grain + net.shifts[index], net.hidden.rows[index]
    low, high = ((end << grain) >> drop for end in net.hidden.ranges[index])
    values = rounded_all(function, Scaled(np.arange(low, high + 1), 1 << bits), bits).tolist()
    changes = [(low + k, b - a) for k, (a, b) in enumerate(pairwise(values), 1) if a != b]
    constant = int(residual.offset @ row) + int(net.hidden.offsets[index])
    parts = [(wires, weights[None]) for wires, weights in residual.parts(row)]
    reached = [(t << drop) - constant for t, _ in changes]
    steps = tuple(step for _, step in changes)
    return Bits(
        residual.drawing.at_least(parts, reached), values[0], number.high, steps=steps
    )


def gated(residual: Residual, gate: GateForms, index: int, unit: Bits) -> Bits:
    """R of the product of a hidden unit and a linear form: thresholds of a sum over ANDs of two wires."""
    number, grain = gate.outputs[index], gate.hidden.grains[index]
    row, drop = gate.hidden.rows[index], grain + gate.shifts[index]
    other = int(residual.offset @ row) + int(gate.hidden.offsets[index])
    own: Parts = [(part.wires, _steps(part)) for part in (unit, *unit.rest) if part.wires]
    least = unit.low + sum(part.low for part in unit.rest)
    parts: Parts = [(wires, other * weights) for wires, weights in own]
    for wires, weights in residual.parts(row):
        parts.append((wires, least * weights))
        for mine, worth in own:
            both = mine.expand(2) & wires.expand(1)
            parts.append((both, np.outer(worth, weights)))
    how = writing(number, residual.drawing.optimize)
    chains = how.draw(heap_reaches(residual.drawing, parts, least * other, drop))
    return how.bits(chains)


def _steps(bits: Bits) -> Ints:
    """What each wire of a number is worth."""
    assert bits.wires is not None
    width = bits.wires.shape[-1]
    if bits.steps is not None:
        return np.array(bits.steps, object)
    return powers(1).repeat(width) if bits.thermometer else powers(width)
