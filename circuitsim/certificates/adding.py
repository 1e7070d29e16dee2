"""A checker of adders: gates of a netlist add up wires, because adders do, one after another.

Each adder is tried on all values of its wires. What the adders leave, a few wires a column, is added up by decision
diagrams, and its bits are compared with the outputs'. What an adder has no gate for, a sum or a carry that nobody
reads, is a variable of its own.
"""

from collections import Counter
from itertools import count
from typing import Any

from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.netlist import Diagrams, Masks, Netlist
from circuitsim.certificates.sums import Gate, Sum

COLUMNS = (0b10101010, 0b11001100, 0b11110000)  # of a truth table with three variables
MOST_LEFT = 400  # wires, which are variables of diagrams
NONE = -1


def checked(netlist: Netlist, document: Any) -> Sum | Gate:
    """A sum of a certificate, {"gate": node} or adders, after it was checked.

    Raises:
        Rejected: it is none.
    """
    if isinstance(document, dict) and "gate" in document:
        return Gate(netlist, document["gate"])
    found = Sum(document)
    check_sum(netlist, found)
    return found


def check_sum(netlist: Netlist, claimed: Sum) -> None:
    """Check that outputs are bits of the sum of the wires and the constant, modulo 2^width.

    Raises:
        Rejected: an adder is none, or takes wires that are not there, or the outputs are other bits.
    """
    heap: list[Counter[int]] = [Counter() for _ in range(claimed.width)]
    literals = [literal for literal, _ in claimed.wires + claimed.outputs]
    literals += [x for adder in claimed.adders for x in adder[2:] if x != NONE]
    if not all(0 <= literal < 2 * netlist.nodes for literal in literals):
        raise Rejected("a sum has wires that the circuit lacks")
    for literal, column in claimed.wires:
        heap[column][literal] += 1
    constant, unseen = claimed.constant, count(-2, -2)
    for column, plus, *three, odd, carry in claimed.adders:
        wires = [x for x in three if x != NONE]
        for wire in wires:
            if not heap[column][wire]:
                raise Rejected(f"an adder of column {column} takes a wire that is not there")
            heap[column][wire] -= 1
        if plus not in (0, 1):
            raise Rejected("an adder adds a constant that is neither 0 nor 1")
        if len(wires) + plus > 3:
            raise Rejected("an adder adds four, which has no place in a sum and a carry")
        constant -= plus << column
        _check_adder(netlist, wires, plus, (odd, carry))
        heap[column][odd if odd != NONE else next(unseen)] += 1
        if column + 1 < claimed.width:
            heap[column + 1][carry if carry != NONE else next(unseen)] += 1
    _check_rest(netlist, claimed, [list(own.elements()) for own in heap], constant)


def _check_adder(
    netlist: Netlist, wires: list[int], plus: int, made: tuple[int, int]
) -> None:
    """Try an adder on all values of its wires."""
    masks = Masks(8)
    nodes = list(dict.fromkeys(wire >> 1 for wire in wires))
    known = dict(zip(nodes, COLUMNS, strict=False))
    values = netlist.values(wires, known, masks)
    totals = [plus + sum(value >> row & 1 for value in values) for row in range(8)]
    for literal, bit in zip(made, (0, 1), strict=True):
        wanted = sum((total >> bit & 1) << row for row, total in enumerate(totals))
        if literal != NONE and netlist.values([literal], known, masks)[0] != wanted:
            raise Rejected("gates that should be an adder are none")


def _check_rest(netlist: Netlist, claimed: Sum, heap: list[list[int]], constant: int) -> None:
    """Add up what the adders leave, and compare the outputs with its bits."""
    diagrams = Diagrams()
    known: dict[int, int] = {}
    if sum(map(len, heap)) > MOST_LEFT:
        raise Rejected(f"adders leave more than {MOST_LEFT} wires of a sum")
    for wire in (wire for column in heap for wire in column):
        if wire >> 1 not in known:
            known[wire >> 1] = diagrams.variable(len(known))
    values = [netlist.values(column, known, diagrams) for column in _seen(heap)]
    values = [
        own + [known[wire >> 1] for wire in column if wire < 0]
        for own, column in zip(values, heap, strict=True)
    ]
    bits = []
    for column, own in enumerate(values):
        waiting = own + [1] * (constant >> column & 1)
        while len(waiting) > 1:
            x, y = waiting.pop(), waiting.pop()
            waiting.append(diagrams.parity(x, y))
            if column + 1 < len(values):
                values[column + 1].append(diagrams.conjunction(x, y))
        bits.append(waiting[0] if waiting else 0)
    there = {node: value for node, value in known.items() if node > 0}
    for literal, column in claimed.outputs:
        if netlist.values([literal], there, diagrams)[0] != bits[column]:
            raise Rejected(f"bit {column} of a sum is another function of its wires")


def _seen(heap: list[list[int]]) -> list[list[int]]:
    """The wires of every column that are wires of the circuit."""
    return [[wire for wire in column if wire >= 0] for column in heap]
