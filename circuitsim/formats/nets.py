"""Netlists of named gates, as text formats have them, in any order; they become a circuit of AND and XOR."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.bases import names
from circuitsim.errors import CircuitSimError
from circuitsim.formats.sorting import in_order
from circuitsim.formats.wires import VALID
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, XOR
from circuitsim.netlist.validate import validate

BASIS = names(kinds=("and", "xor"), unbounded=False)[0]  # of what is read
LARGEST = 2**31  # bytes of a file
MOST_NETS = 2**28

Literal = tuple[
    str | int, bool
]  # a net, by its name or by the number of one without, and whether it is complemented


def text_of(source: Path, largest: int = LARGEST) -> str:
    """The text of a file, of so many bytes at most.

    Raises:
        CircuitSimError: it cannot be read, or is too large.
    """
    try:
        if source.stat().st_size > largest:
            raise CircuitSimError(f"{source}: more than {largest >> 20:,} MiB.")
        return source.read_bytes().decode("latin-1")
    except OSError as error:
        raise CircuitSimError(
            f"{source}: cannot be read ({error.strerror or error})."
        ) from error


@dataclass
class Nets:
    """Nets as they are defined; gates of two wires, and nets that are others, perhaps complemented."""

    source: Path
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)  # of names
    ops: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)  # literals: 2 * net + complement
    second: list[int] = field(default_factory=list)
    gate: dict[int, int] = field(default_factory=dict)  # of nets
    same: dict[int, int] = field(default_factory=dict)  # literals that nets are
    count: int = 1  # nets so far; net 0 is false

    def fail(self, why: str) -> CircuitSimError:
        """What is wrong with the file."""
        return CircuitSimError(f"{self.source}: {why}.")

    def net(self, name: str | int) -> int:
        """The number of a net, new if its name is."""
        if isinstance(name, int):
            return name
        found = self.numbers.get(name)
        if found is None:
            found = self.numbers[name] = self._new()
        return found

    def _new(self) -> int:
        if self.count >= MOST_NETS:
            raise self.fail(f"more than {MOST_NETS:,} nets")
        self.count += 1
        return self.count - 1

    def fresh(self, kind: str, wires: list[Literal]) -> int:
        """A net without a name."""
        net = self._new()
        self.define(net, kind, wires, False)
        return net

    def define(self, name: str | int, kind: str, wires: list[Literal], turned: bool) -> None:
        """Let a net be the AND, OR or XOR of others, complemented where `turned`; of one it is that one.

        Raises:
            CircuitSimError: it is defined already.
        """
        net = self.net(name)
        if net in self.gate or net in self.same:
            raise self.fail(f"{str(name)[:60]} is defined twice")
        literals = [2 * self.net(wire) + complemented for wire, complemented in wires]
        if kind == "or":
            literals, turned = [literal ^ 1 for literal in literals], not turned
        if not literals:  # an empty AND is true
            self.same[net] = int(not turned) if kind != "xor" else int(turned)
            return
        op = XOR if kind == "xor" else AND
        while len(literals) > 2:  # a tree, so that depth stays small
            paired = [
                2 * self._gate(self._new(), op, a, b)
                for a, b in zip(literals[::2], literals[1::2], strict=False)
            ]
            literals = paired + literals[len(literals) & ~1 :]
        if len(literals) == 1 or turned:
            made = (
                literals[0]
                if len(literals) == 1
                else 2 * self._gate(self._new(), op, *literals)
            )
            self.same[net] = made ^ turned
        else:
            self._gate(net, op, *literals)

    def _gate(self, net: int, op: int, a: int, b: int) -> int:
        self.gate[net] = len(self.ops)
        self.ops.append(op)
        self.first.append(a)
        self.second.append(b)
        return net

    def circuit(self, interface: dict[str, Any]) -> Circuit:
        """The circuit of all gates, in an order in which each reads earlier ones.

        Where the interface says which letters inputs are, the output that says whether they are codes is left out.

        Raises:
            CircuitSimError: a net that nothing defines, or defines twice, or a cycle.
        """
        if interface and self.outputs[-1:] == [VALID]:
            self.outputs.pop()
        nets, ends = (list(map(self.net, names)) for names in (self.inputs, self.outputs))
        gates, sources = len(self.ops), np.full(self.count, -1, np.int64)
        sources[0] = 0
        for index, (net, name) in enumerate(zip(nets, self.inputs, strict=True)):
            if sources[net] >= 0 or net in self.gate or net in self.same:
                raise self.fail(f"the input {name[:60]} is defined twice")
            sources[net] = 1 + index
        whose = np.full(self.count, -1, np.int64)
        whose[list(self.gate.keys())] = list(self.gate.values())
        resolved = self._resolved()
        read = resolved[np.array([self.first, self.second], np.int64).reshape(2, -1).T]
        order = in_order(whose[read >> 1])
        if order is None:
            raise self.fail("a cycle of gates")
        places = np.empty(gates, np.int64)
        places[order] = np.arange(gates)
        made = whose >= 0
        sources[made] = 1 + len(self.inputs) + places[whose[made]]
        outs = resolved[2 * np.array(ends, np.int64)]
        used = np.concatenate([read.ravel(), outs])
        if (sources[used >> 1] < 0).any():
            net = int(used[sources[used >> 1] < 0][0]) >> 1
            unknown = next(
                (n for n, number in self.numbers.items() if number == net), str(net)
            )
            raise self.fail(f"{unknown[:60]} is read, and nothing defines it")
        found = Circuit(
            BASIS,
            len(self.inputs),
            np.array(self.ops, np.uint8)[order],
            (2 * sources[read >> 1] + (read & 1))[order].astype(np.int32).reshape(gates, 2),
            (2 * sources[outs >> 1] + (outs & 1)).astype(np.int32),
            interface=interface,
        )
        try:
            validate(found)
        except CircuitSimError as error:
            raise self.fail(str(error).removesuffix(".")) from error
        return found

    def _resolved(self) -> Any:
        """(literals,) what every literal is in the end: nets that are others followed to one that is not."""
        ends: dict[int, int] = {}
        for net in self.same:
            trail: list[int] = []
            there: set[int] = set()
            at = net
            while at in self.same and at not in ends:
                if at in there:
                    raise self.fail("a cycle of nets that are each other")
                there.add(at)
                trail.append(at)
                at = self.same[at] >> 1
            for step in reversed(trail):
                literal = self.same[step]
                ends[step] = ends.get(literal >> 1, literal & ~1) ^ (literal & 1)
        found = np.arange(2 * self.count, dtype=np.int64)
        nets = np.array(list(ends), np.int64)
        found[2 * nets] = list(ends.values())
        found[2 * nets + 1] = found[2 * nets] ^ 1
        return found
