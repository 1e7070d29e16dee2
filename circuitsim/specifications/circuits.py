"""Circuits of tasks that neither count nor read letter by letter, drawn from their definitions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from circuitsim.netlist.extending import FALSE, MoreGates
from circuitsim.specifications.specification import Draw


def halves_differ(gates: MoreGates, wires: list[Any], n: int) -> int:
    """Some letter of the first half is another one in the second."""
    own = wires[0]
    return gates.any(gates.differ(own[: n // 2], own[n // 2 :]).reshape(-1))


def equal_halves(gates: MoreGates, wires: list[Any], n: int) -> Sequence[int]:
    """The first half is the second."""
    return [halves_differ(gates, wires, n) ^ 1]


def unequal_halves(gates: MoreGates, wires: list[Any], n: int) -> Sequence[int]:
    """The first half is not the second."""
    return [halves_differ(gates, wires, n)]


def meeting_halves(gates: MoreGates, wires: list[Any], n: int) -> Sequence[int]:
    """Both halves have a 1 at some place."""
    own = wires[0][:, 0]
    return [gates.any(gates.both(own[: n // 2], own[n // 2 :]))]


def mirrored(gates: MoreGates, wires: list[Any], n: int) -> Sequence[int]:
    """Every letter stands also at its place from the end."""
    own = wires[0]
    return [gates.any(gates.differ(own[: n // 2], own[::-1][: n // 2]).reshape(-1)) ^ 1]


def looked_up(size: int) -> Draw:
    """The letter, of so many, at the position that the last token names: chosen by its bits, the least first."""

    def draw(gates: MoreGates, wires: list[Any], n: int) -> Sequence[int]:
        chosen, address = wires[0], wires[1][0]
        if 2 < size == chosen.shape[1]:  # one-hot: as numbers
            bits = [
                [gates.any([row[v] for v in range(size) if v >> bit & 1]) for row in chosen]
                for bit in range((size - 1).bit_length())
            ]
            chosen = np.array(bits).T
        for bit in address:
            if len(chosen) % 2:
                chosen = np.concatenate([chosen, np.full((1, chosen.shape[1]), FALSE)])
            low, high = chosen[0::2], chosen[1::2]
            chosen = gates.either(gates.both(high, bit), gates.both(low, bit ^ 1))
        return [int(wire) for wire in chosen[0]]

    return draw
