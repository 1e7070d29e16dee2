"""What both builders of flat circuits do the same way: literals of inputs, scopes, levels and the limit of nodes."""

import numpy as np

from circuitsim.array_types import Array, Ints, Longs
from circuitsim.bases import BASES, names, quoted
from circuitsim.errors import CircuitSimError, LimitError

MOST_NODES = 1 << 30  # a literal, 2 * node + complement, is an int32


def check_nodes(inputs: int, gates: int) -> None:
    """Return if the circuit has at most 2^30 nodes, else raise LimitError."""
    nodes = 1 + inputs + gates
    if nodes > MOST_NODES:
        raise LimitError(
            f"the circuit would have {nodes:,} nodes (constant, inputs and gates); a flat "
            f"circuit holds at most 2^30. Lower n or the bits, or measure instead of building."
        )


def room(array: Array, used: int, size: int) -> Array:
    """An array of `size` rows that begins with the first `used` rows of `array`."""
    larger = np.empty((size, *array.shape[1:]), array.dtype)
    larger[:used] = array[:used]
    return larger


class Building:
    """A circuit under construction: what does not depend on the layout of its gates.

    Attributes:
        unbounded: whether gates read any number of wires, else two.
        basis: name of the basis. has: its record.
        inputs: number of input wires.
        gates: number of gates so far.
        level: (nodes or more,) int32 depths of the nodes, in gates.
    """

    unbounded = False

    def __init__(self, basis: str, inputs: int, capacity: int = 0) -> None:
        if basis not in names(unbounded=self.unbounded):
            gates = "gates with any fan-in" if self.unbounded else "two-input gates"
            known = quoted(unbounded=self.unbounded)
            raise CircuitSimError(
                f"a flat circuit of {gates} has basis {known}, got {basis!r}."
            )
        check_nodes(inputs, capacity)
        self.basis, self.inputs, self.gates = basis, inputs, 0
        self.has = BASES[basis]
        self.level = np.empty(1 + inputs + capacity, np.int32)
        self.level[: 1 + inputs] = 0
        self._ops = np.empty(capacity, np.uint8)
        self._scopes: dict[str, int] = {}
        self._runs: list[tuple[int, int]] = []

    def _capacity(self, more: int) -> int:
        """Gates to make room for when `more` are wanted: as many the first time, half as much again later."""
        need, have = self.gates + more, len(self._ops)
        if need <= have:
            return have
        check_nodes(self.inputs, need)
        return min(max(need, have + have // 2), MOST_NODES - 1 - self.inputs)

    def _grow(self, size: int) -> None:
        self._ops = room(self._ops, self.gates, size)
        self.level = room(self.level, 1 + self.inputs + self.gates, 1 + self.inputs + size)

    def input_literals(self) -> Ints:
        """Literals of the inputs, (inputs,)."""
        return np.arange(2, 2 * self.inputs + 2, 2, dtype=np.int32)

    def scope(self, name: str) -> None:
        """Gates from here on belong to this scope, such as "layer0/head1/scores"."""
        index = self._scopes.setdefault(name, len(self._scopes))
        if self._runs and self._runs[-1][0] == self.gates:
            self._runs.pop()
        if not self._runs or self._runs[-1][1] != index:
            self._runs.append((self.gates, index))

    def _scope_runs(self) -> Longs:
        """(runs, 2) first gates and scopes of the runs that have gates."""
        return np.array([r for r in self._runs if r[0] < self.gates], np.int64).reshape(-1, 2)

    def levels(self, literals: Array) -> Ints:
        """Depth of the gates behind literals, in gates; inputs, constants and their negations are at 0."""
        found: Ints = self.level[np.asarray(literals) >> 1]
        return found
