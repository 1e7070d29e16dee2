"""Sums that are found in a netlist: those of its adders, and gates that may be their bits, as certificates have them.

Which gates are bits of a sum, whatever way it ends, is guessed from what they are on random strings.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from circuitsim.analysis.proofs.lengths.adders import Joined, adders
from circuitsim.certificates.netlist import Masks, Netlist

MOST_NODES = 200_000  # of a netlist in which adders are looked for
MOST_UNDONE = 4  # adders, for each bit of a sum
PATTERNS = 1 << 12
MASKS = Masks(PATTERNS)


def sums_of(netlist: Netlist, positions: list[int]) -> list[dict[str, Any]]:
    """Sums of wires that read one position each, as certificates have them.

    Args:
        positions: of every node those that it depends on, as bits.
    """
    if netlist.nodes > MOST_NODES:
        return []
    starting = [bits.bit_count() == 1 for bits in positions]
    found, patterns = adders(netlist), Patterns(netlist)
    while True:
        joined = Joined(found, starting)
        kept = joined.needed
        if len(kept) == len(joined.placed):
            documents = _documents(joined)
            undone = patterns.complete(joined, documents)
            if not undone:
                return list(documents.values())
            kept = [adder for at, (adder, *_) in enumerate(joined.placed) if at not in undone]
        found = kept


def _documents(joined: Joined) -> dict[int, dict[str, Any]]:
    """Sums by their groups, without outputs."""
    found: dict[int, dict[str, Any]] = {}

    def of(group: int) -> dict[str, Any]:
        empty = {"wires": [], "constant": 0, "width": 0, "adders": [], "outputs": []}
        return found.setdefault(group, empty)

    for group, wire in joined.starts:
        root, column, literal = joined.outermost(group, 0, wire)
        of(root)["wires"].append([literal, column])
    for adder, *where in joined.placed:
        root, column, turned = joined.outermost(*where)
        plus = turned if len(adder.wires) == 2 else 0
        wires = [wire ^ turned for wire in adder.wires] + [-1] * (3 - len(adder.wires))
        of(root)["constant"] += plus << column
        of(root)["adders"].append(
            [column, plus, *wires, adder.odd ^ turned, adder.carry ^ turned]
        )
    for document in found.values():
        most = document["constant"] + sum(1 << column for _, column in document["wires"])
        document["width"] = most.bit_length()
    return found


class Patterns:
    """What every node is on random bits of the inputs, some with few ones and some with many."""

    def __init__(self, netlist: Netlist) -> None:
        self.netlist = netlist
        self.inputs = _random(range(1, 1 + netlist.inputs))
        nodes = list(range(netlist.nodes))
        self.values = netlist.values([2 * node for node in nodes], self.inputs, MASKS)
        self.nodes: dict[int, list[int]] = {}
        for node, value in enumerate(self.values):
            self.nodes.setdefault(value, []).append(node)

    def complete(self, joined: Joined, documents: dict[int, dict[str, Any]]) -> set[int]:
        """Give sums their outputs: gates over what adders leave that may be bits; else say which adders to undo.

        Where a bit is a gate beside the last adders, as where carries skip some of them, these are no part of it.
        """
        left: dict[int, list[tuple[int, int]]] = {}
        for where in joined.left.values():
            root, column, literal = joined.outermost(*where)
            left.setdefault(root, []).append((literal, column))
        for root, document in documents.items():
            width, wires = document["width"], document["wires"]
            values = dict(enumerate(self.values))
            found = [
                (2 * node + turned, column)
                for column, bit in enumerate(
                    _bits(wires, values, document["constant"], width)
                )
                for turned in (0, 1)
                for node in self.nodes.get(bit ^ (MASKS.true if turned else 0), [])
            ]
            own = self.agreeing(found, left[root], width)
            document["outputs"] = [list(bit) for bit in own]
            there = {column for _, column in own}
            stop = {0, *(literal >> 1 for literal, _ in left[root])}
            ways = [
                undone
                for literal, column in found
                if column not in there
                for undone in [joined.before(self.netlist, literal >> 1, stop)]
                if 0 < len(undone) <= MOST_UNDONE * width
            ]
            if ways:
                return min(ways, key=len)
        return set()

    def agreeing(
        self, found: list[tuple[int, int]], left: list[tuple[int, int]], width: int
    ) -> list[tuple[int, int]]:
        """Literals that are bits of what is left also where that is random, and not only what inputs make it."""
        known = _random(literal >> 1 for literal, _ in left)
        above = {0, *known}
        for node in range(1 + self.netlist.inputs, self.netlist.nodes):
            if all(literal >> 1 in above for literal in self.netlist.reads(node)):
                above.add(node)
        there = [bit for bit in found if bit[0] >> 1 in above]
        values = self.netlist.values([literal for literal, _ in there], known, MASKS)
        bits = _bits(left, known, 0, width)
        return [
            (literal, column)
            for (literal, column), value in zip(there, values, strict=True)
            if value == bits[column]
        ]


def _random(nodes: Iterable[int]) -> dict[int, int]:
    """Random bits of nodes, a bit a pattern; every pattern has a share of ones of its own."""
    rng, named = np.random.default_rng(0), list(nodes)
    packed = np.packbits(rng.random((len(named), PATTERNS)) < rng.random(PATTERNS), axis=1)
    return {
        node: int.from_bytes(row.tobytes(), "big")
        for node, row in zip(named, packed, strict=True)
    }


def _bits(
    wires: list[tuple[int, int]], values: dict[int, int], constant: int, width: int
) -> list[int]:
    """Bits of the sum of literals, each at its column, and a constant, on all patterns."""
    totals = np.full(PATTERNS, constant, np.int64)
    for literal, column in wires:
        own = values[literal >> 1] ^ (MASKS.true if literal & 1 else 0)
        row = np.frombuffer(own.to_bytes(PATTERNS // 8, "big"), np.uint8)
        totals += np.unpackbits(row).astype(np.int64) << column
    packed = [np.packbits(totals >> column & 1) for column in range(width)]
    return [int.from_bytes(row.tobytes(), "big") for row in packed]
