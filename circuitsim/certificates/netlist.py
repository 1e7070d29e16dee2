"""The naive meaning of netlists: the value of a literal from the values of some nodes, gate by gate."""

from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import pairwise
from typing import Any, Protocol

from circuitsim.certificates.claim import Rejected
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, OR, THRESHOLD, XOR

MOST_NODES = 1 << 20  # of diagrams
MOST_STEPS = 1 << 23  # that make them


class Meaning(Protocol):
    """What values are, and what gates make of them."""

    false: Any

    def negation(self, x: Any) -> Any:
        """NOT x."""

    def conjunction(self, x: Any, y: Any) -> Any:
        """X AND y."""

    def parity(self, x: Any, y: Any) -> Any:
        """X XOR y."""


class Netlist:
    """A circuit, as plain lists."""

    def __init__(self, circuit: Circuit) -> None:
        self.inputs, self.nodes = circuit.inputs, circuit.nodes
        self.outputs: list[int] = circuit.outputs.tolist()
        self._kinds: list[int] = circuit.ops.tolist()
        if circuit.starts is None:
            self._reads: list[list[int]] = circuit.fan_in.tolist()
        else:
            self._reads = _rows(circuit.fan_in, circuit.starts)
        if circuit.weights is not None:
            self._weights: list[list[int]] = _rows(circuit.weights, circuit.starts)
            self._thresholds: list[int] = circuit.thresholds.tolist()

    def reads(self, node: int) -> list[int]:
        """The literals that a gate reads; none where the node is no gate."""
        return self._reads[node - 1 - self.inputs] if node > self.inputs else []

    def kind(self, node: int) -> int:
        """Which kind of gate a node is."""
        return self._kinds[node - 1 - self.inputs]

    def threshold(self, node: int) -> tuple[list[int], list[int], int]:
        """A gate as a threshold: its literals, their weights, and what these must add up to.

        Raises:
            Rejected: it is none.
        """
        gate = node - 1 - self.inputs
        if not 0 <= gate < len(self._kinds) or self._kinds[gate] == XOR:
            raise Rejected(f"node {node} is no AND, OR or threshold")
        reads = self._reads[gate]
        if self._kinds[gate] == THRESHOLD:
            return reads, self._weights[gate], self._thresholds[gate]
        return reads, [1] * len(reads), len(reads) if self._kinds[gate] == AND else 1

    def cone(self, literals: Iterable[int], known: Iterable[int]) -> list[int]:
        """The nodes that literals depend on, in order, down to nodes that are known."""
        seen, waiting = set(known), [literal >> 1 for literal in literals]
        found = []
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                found.append(node)
                waiting += [literal >> 1 for literal in self.reads(node)]
        return sorted(found)

    def values(
        self, literals: list[int], known: Mapping[int, Any], meaning: Meaning
    ) -> list[Any]:
        """The values of literals.

        Raises:
            Rejected: one of them depends on an input that is not known.
        """
        value = {0: meaning.false, **known}

        def of(literal: int) -> Any:
            return (
                meaning.negation(value[literal >> 1]) if literal & 1 else value[literal >> 1]
            )

        for node in self.cone(literals, value):
            if node <= self.inputs:
                raise Rejected(f"what input {node} is must be known, and is not")
            kind, read = self._kinds[node - 1 - self.inputs], list(map(of, self.reads(node)))
            if kind == AND:
                value[node] = reduce(meaning.conjunction, read)
            elif kind == XOR:
                value[node] = reduce(meaning.parity, read)
            elif kind == OR:
                none = reduce(meaning.conjunction, map(meaning.negation, read))
                value[node] = meaning.negation(none)
            elif isinstance(meaning, Masks):
                value[node] = meaning.at_least(read, *self.threshold(node)[1:])
            else:
                raise Rejected("a threshold gate stands where there may be none")
        return [of(literal) for literal in literals]


def _rows(array: Any, starts: Any) -> list[list[int]]:
    values, ends = array.tolist(), starts.tolist()
    return [values[a:b] for a, b in pairwise(ends)]


class Masks:
    """Truth tables as whole numbers: a bit a row."""

    false = 0

    def __init__(self, rows: int) -> None:
        self.rows, self.true = rows, (1 << rows) - 1

    def negation(self, x: int) -> int:
        """All other rows."""
        return x ^ self.true

    def conjunction(self, x: int, y: int) -> int:
        """Rows of both."""
        return x & y

    def parity(self, x: int, y: int) -> int:
        """Rows of one."""
        return x ^ y

    def at_least(self, values: list[int], weights: list[int], threshold: int) -> int:
        """Rows in which the weighted number of values is at least a threshold."""
        totals = [0] * self.rows
        for value, weight in zip(values, weights, strict=True):
            for row in range(self.rows):
                totals[row] += weight * (value >> row & 1)
        return sum(1 << row for row, total in enumerate(totals) if total >= threshold)


class Diagrams:
    """Ordered binary decision diagrams: equal functions are equal numbers; 0 is false and 1 true."""

    false = 0

    def __init__(self) -> None:
        self._nodes: list[tuple[int, int, int]] = [(1 << 60, 0, 0), (1 << 60, 1, 1)]
        self._unique: dict[tuple[int, int, int], int] = {}
        self._chosen: dict[tuple[int, int, int], int] = {}

    def variable(self, level: int) -> int:
        """The function of one variable."""
        return self._node(level, 0, 1)

    def _node(self, level: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = level, low, high
        if key not in self._unique:
            if len(self._nodes) >= MOST_NODES:
                raise Rejected(f"a diagram has more than {MOST_NODES:,} nodes")
            self._unique[key] = len(self._nodes)
            self._nodes.append(key)
        return self._unique[key]

    def _below(self, x: int, level: int, side: int) -> int:
        """X where the variable of a level is false (side 1) or true (side 2)."""
        node = self._nodes[x]
        return node[side] if node[0] == level else x

    def choose(self, test: int, yes: int, no: int) -> int:
        """`yes` where the test is true, else `no`; it calls itself once a variable."""
        if test < 2:
            return yes if test else no
        key = test, yes, no
        if key not in self._chosen:
            if len(self._chosen) >= MOST_STEPS:
                raise Rejected(f"diagrams take more than {MOST_STEPS:,} steps")
            level = min(self._nodes[test][0], self._nodes[yes][0], self._nodes[no][0])
            low = self.choose(*[self._below(x, level, 1) for x in key])
            high = self.choose(*[self._below(x, level, 2) for x in key])
            self._chosen[key] = self._node(level, low, high)
        return self._chosen[key]

    def negation(self, x: int) -> int:
        """NOT x."""
        return self.choose(x, 0, 1)

    def conjunction(self, x: int, y: int) -> int:
        """X AND y."""
        return self.choose(x, y, 0)

    def parity(self, x: int, y: int) -> int:
        """X XOR y."""
        return self.choose(x, self.negation(y), y)
