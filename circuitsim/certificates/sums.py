"""Sums of a netlist, as certificates have them: of wires with adders, or a threshold gate.

A sum says which wires it adds, each times 2 to the power of a column, and a constant; which adders take wires out of a
column and put a sum there and a carry into the next; and which literals are bits of the word, modulo 2^width.
`adding.py` checks that.
"""

from collections.abc import Iterator
from typing import Any

from circuitsim.certificates.claim import Rejected, listed, whole
from circuitsim.certificates.netlist import Netlist

WIDEST = 4096


class Sum:
    """A sum as a certificate has it: numbers that were read as data.

    Attributes:
        wires: (literal, column) pairs. outputs: (literal, column) pairs. weights: (literal, weight) pairs.
    """

    def __init__(self, document: Any) -> None:
        if not isinstance(document, dict):
            raise Rejected("a sum is no object")
        self.wires = [_numbers(pair, 2) for pair in listed(document.get("wires"))]
        self.outputs = [_numbers(pair, 2) for pair in listed(document.get("outputs"))]
        self.adders = [_numbers(adder, 7) for adder in listed(document.get("adders"))]
        self.constant, self.width = (
            whole(document.get("constant")),
            whole(document.get("width")),
        )
        columns = [column for _, column in self.wires + self.outputs]
        columns += [adder[0] for adder in self.adders]
        if not 0 < self.width <= WIDEST or not all(0 <= c < self.width for c in columns):
            raise Rejected("a sum has columns that are not of its width")
        self.weights = [(literal, 1 << column) for literal, column in self.wires]
        self.modulus = 1 << self.width

    def decided(self, totals: list[int]) -> Iterator[tuple[int, list[int]]]:
        """The outputs, each with its values where the sum has these values."""
        for literal, column in self.outputs:
            yield literal, [total >> column & 1 for total in totals]


class Gate:
    """A gate that asks whether a weighted number of wires reaches a threshold: it is a sum by what it is."""

    constant, modulus = 0, None

    def __init__(self, netlist: Netlist, node: object) -> None:
        self.node = whole(node)
        reads, weights, self.reached = netlist.threshold(self.node)
        self.weights = list(zip(reads, weights, strict=True))

    def decided(self, totals: list[int]) -> Iterator[tuple[int, list[int]]]:
        """Its output, with its values where the sum has these values."""
        yield 2 * self.node, [int(total >= self.reached) for total in totals]


def _numbers(value: object, length: int) -> list[int]:
    return [whole(entry) for entry in listed(value, length)]
