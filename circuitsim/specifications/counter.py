"""Whether weights reach a bound, as a counter that goes from wire to wire: solvers can follow it, adders they cannot.

A literal says that a wire and all after it reach a number, for every number that matters there. So it has as many
gates as a decision diagram has nodes: with equal weights as many as the square of the wires.
"""

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.netlist.extending import FALSE, TRUE, MoreGates

MOST_NUMBERS = 1 << 14  # of a counter: 255 wires of equal weights


def reaches(gates: MoreGates, wires: Longs, weights: Longs, bound: int) -> int:
    """Whether the weights of the wires that are true add up to `bound` at least; by adders where a counter is long."""
    wires, weights, bound = positive(wires, weights, bound)
    numbers = _numbers(weights, bound)
    if numbers is None:
        return gates.weighs(wires, weights, bound)
    asked, found = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for wire, weight, own in zip(wires[::-1], weights[::-1], numbers[::-1], strict=True):
        without = _among(own, asked, found)
        more = _among(own - weight, asked, found)
        asked, found = own, gates.either(without, gates.both(wire, more))
    return int(_among(np.array([bound]), asked, found)[0])


def positive(wires: Longs, weights: Longs, bound: int) -> tuple[Longs, Longs, int]:
    """The same condition with each node once, and with positive weights that have no common divisor."""
    nodes, place = np.unique(wires >> 1, return_inverse=True)
    turned = wires & 1 == 1  # NOT x weighs w where x weighs -w, and w more
    sums = np.zeros(len(nodes), np.int64)
    np.add.at(sums, place, np.where(turned, -weights, weights))
    bound -= int(weights[turned].sum())
    bound -= int(sums[sums < 0].sum())
    literals, sizes = (2 * nodes + (sums < 0))[sums != 0], np.abs(sums[sums != 0])
    divisor = max(1, int(np.gcd.reduce(sizes)))
    return literals, sizes // divisor, -(-bound // divisor)


def _numbers(weights: Longs, bound: int) -> list[Longs] | None:
    """For each wire the numbers of which it is open whether it and all after it reach them, as far as it matters.

    None where they are more than MOST_NUMBERS.
    """
    found, asked, many = [], np.array([bound]), 0
    for weight, left in zip(weights, np.cumsum(weights[::-1])[::-1], strict=True):
        own = asked[(asked > 0) & (asked <= left)]
        found.append(own)
        many += len(own)
        if many > MOST_NUMBERS:
            return None
        asked = np.unique(np.concatenate([own, own - weight]))
    return found


def _among(numbers: Longs, asked: Longs, found: Longs) -> Longs:
    """Literals of numbers: they are asked for in rising order, reached anyway, or out of reach."""
    there = np.append(found, FALSE)[np.searchsorted(asked, numbers)]
    return np.where(numbers <= 0, TRUE, there)
