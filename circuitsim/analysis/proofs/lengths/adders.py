"""The adders of a netlist of which no plan is known, joined to sums: as candidates, which a checker tries.

An adder is two gates over the same wires, one that is their XOR and one that is their carry. Which gates these are is
read off truth tables: of every gate over few cuts of at most three nodes, from which it can be computed. Adders whose
wires are sums and carries of others, or read one letter, belong together.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from circuitsim.certificates.adding import COLUMNS
from circuitsim.certificates.netlist import Netlist
from circuitsim.netlist.program import XOR

MOST_CUTS = 10  # of a gate
TRUE = 0xFF

Cut = tuple[int, ...]  # nodes, ascending


def _parities() -> dict[tuple[int, int], int]:
    """(wires, truth table) of XORs: whether they are complemented."""
    found: dict[tuple[int, int], int] = {}
    for wires in (2, 3):
        table = 0
        for column in COLUMNS[:wires]:
            table ^= column
        found |= {(wires, table): 0, (wires, table ^ TRUE): 1}
    return found


def _carries() -> dict[tuple[int, int], list[int]]:
    """(wires, truth table) of carries: which of the wires, and in the last bit whether the carry, are complemented."""
    found: dict[tuple[int, int], list[int]] = {}
    for code in range(16):
        x, y, z = (c ^ (TRUE if code >> at & 1 else 0) for at, c in enumerate(COLUMNS))
        turned = TRUE if code >> 3 else 0
        if not turned:  # else it is that of the wires' complements
            found.setdefault((3, x & y | z & (x | y)), []).append(code)
        if not code >> 2 & 1:
            found.setdefault((2, (x & y) ^ turned), []).append(code)
    return found


PARITIES, CARRIES = _parities(), _carries()


class Adder(NamedTuple):
    """Literals `wires` add up to `odd` + 2 `carry`; `only` if no other carry is of the same wires."""

    wires: list[int]
    odd: int
    carry: int
    only: bool


def cuts(netlist: Netlist) -> Iterator[tuple[int, dict[Cut, int]]]:
    """Of every gate of two wires some cuts of at most three nodes, each with the gate's truth table over them."""
    found: list[dict[Cut, int]] = [{(): 0}]
    found += [{(node,): COLUMNS[0]} for node in range(1, 1 + netlist.inputs)]
    for node in range(1 + netlist.inputs, netlist.nodes):
        (a, b), xor = netlist.reads(node), netlist.kind(node) == XOR
        own: dict[Cut, int] = {}
        for one, of_one in found[a >> 1].items():
            for two, of_two in found[b >> 1].items():
                leaves = tuple(sorted({*one, *two}))
                if len(leaves) > 3 or leaves in own:
                    continue
                x = _spread(of_one, one, leaves) ^ (TRUE if a & 1 else 0)
                y = _spread(of_two, two, leaves) ^ (TRUE if b & 1 else 0)
                own[leaves] = x ^ y if xor else x & y
        kept = dict(sorted(own.items(), key=lambda cut: len(cut[0]))[:MOST_CUTS])
        yield node, kept
        found.append({(node,): COLUMNS[0], **kept})


@lru_cache(maxsize=1 << 16)
def _spread(table: int, of: Cut, leaves: Cut) -> int:
    """A truth table over some leaves, over more."""
    if of == leaves:
        return table
    places = [leaves.index(leaf) for leaf in of]
    rows = (
        sum((row >> place & 1) << at for at, place in enumerate(places)) for row in range(8)
    )
    return sum((table >> own & 1) << row for row, own in enumerate(rows))


def adders(netlist: Netlist) -> list[Adder]:
    """All adders, in the order of their gates: half ones where no full one has their wires."""
    odd: dict[Cut, list[int]] = {}
    carries: dict[Cut, list[tuple[list[int], int]]] = {}
    for node, own in cuts(netlist):
        for leaves, table in own.items():
            key = len(leaves), table
            if key in PARITIES:
                odd.setdefault(leaves, []).append(2 * node + PARITIES[key])
            for code in CARRIES.get(key, []):
                wires = [2 * leaf + (code >> at & 1) for at, leaf in enumerate(leaves)]
                carries.setdefault(leaves, []).append((wires, 2 * node + (code >> 3)))
    full = [leaves for leaves in odd if len(leaves) == 3 and leaves in carries]
    inside = {pair for leaves in full for pair in combinations(leaves, 2)}
    sums = {literal >> 1 for leaves in full for literal in odd[leaves]}
    found = []
    for leaves, literals in odd.items():
        if leaves in inside or (len(leaves) == 2 and literals[0] >> 1 in sums):
            continue
        for wires, carry in carries.get(leaves, []):
            turned, only = sum(wire & 1 for wire in wires) & 1, len(carries[leaves]) == 1
            most = int(2 * sum(wire & 1 for wire in wires) > len(wires) == 3)  # complemented
            found.append(
                Adder(
                    [x ^ most for x in wires], literals[0] ^ turned ^ most, carry ^ most, only
                )
            )
    return sorted(found, key=lambda adder: max(adder.odd, adder.carry))


class Joined:
    """Adders joined to sums. Groups know where they are in others: so many columns higher, and whether complemented.

    An adder of complements has complements as its sum and carry; a half one then adds 1.

    Attributes:
        placed: adders, each with its group, and whether it is complemented there. starts: (group, literal) of wires
            that no adder makes. left: nodes that no adder has taken, with (group, column, literal).
    """

    def __init__(self, found: list[Adder], starting: list[bool]) -> None:
        self.within: list[tuple[int, int, int]] = []
        self.placed: list[tuple[Adder, int, int, int]] = []
        self.starts: list[tuple[int, int]] = []
        self.left: dict[int, tuple[int, int, int]] = {}
        self.taken: dict[
            int, int
        ] = {}  # nodes that adders have taken, with the number of the adder
        made: set[int] = set()
        for adder in found:
            nodes = [wire >> 1 for wire in adder.wires]
            results = {adder.odd >> 1, adder.carry >> 1}
            if made & results or not all(x in self.left or starting[x] for x in nodes):
                continue
            rows = [self.row(wire) for wire in adder.wires]
            group, column, turned = rows[0]
            if turned and len(rows) == 2 and not adder.only:
                continue  # it would add 1 beside, and another carry may not
            if any(row[0] == group and row != rows[0] for row in rows) or (
                rows[1][0] == rows[-1][0] and rows[1] != rows[-1]
            ):
                continue
            for other, own, flipped in rows[1:]:
                if other != group:
                    self.within[other] = group, column - own, turned ^ flipped
            for node, wire, row in zip(nodes, adder.wires, rows, strict=True):
                if self.left.pop(node, None) is None:
                    self.starts.append((row[0], wire))
                self.taken[node] = len(self.placed)
            made |= results
            self.placed.append((adder, group, column, turned))
            self.left[adder.odd >> 1] = group, column, adder.odd ^ turned
            self.left[adder.carry >> 1] = group, column + 1, adder.carry ^ turned
        lowest: dict[int, int] = {}
        for _, *where in self.placed:
            root, column, _ = self.outermost(*where)
            lowest[root] = min(column, lowest.get(root, column))
        for root, column in lowest.items():  # and from now on it is column 0
            self.within[root] = len(self.within), -column, 0
            self.within.append((len(self.within), 0, 0))

    def row(self, wire: int) -> tuple[int, int, int]:
        """Where a wire stands: its group, its column, and whether the adder that takes it is complemented there."""
        if wire >> 1 not in self.left:
            self.within.append((len(self.within), 0, 0))
            return self.within[-1]
        group, column, literal = self.left[wire >> 1]
        return self.outermost(group, column, literal ^ wire)

    def outermost(self, group: int, column: int, bit: int) -> tuple[int, int, int]:
        """The same in the group that holds all."""
        while self.within[group][0] != group:
            group, more, turned = self.within[group]
            column, bit = column + more, bit ^ turned
        return group, column, bit

    def before(self, netlist: Netlist, node: int, left: set[int]) -> set[int]:
        """The adders without which a node is a gate over what is left, and all that take their results."""
        undone: set[int] = set()
        seen, waiting = set(left), [node]
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            if node in self.taken:
                undone.add(self.taken[node])
            else:
                waiting += [literal >> 1 for literal in netlist.reads(node)]
        for at in range(min(undone, default=0), len(self.placed)):
            adder = self.placed[at][0]
            if at in undone:
                results = {adder.odd >> 1, adder.carry >> 1}
                undone |= {self.taken[node] for node in results if node in self.taken}
        return undone

    @property
    def needed(self) -> list[Adder]:
        """Adders without the half ones of which no other takes anything."""
        return [
            adder
            for adder, *_ in self.placed
            if len(adder.wires) == 3 or {adder.odd >> 1, adder.carry >> 1} - set(self.left)
        ]
