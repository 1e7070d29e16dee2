"""More gates after those of a circuit: ANDs, and what ANDs and free negations make, many at once."""

from dataclasses import replace
from typing import Any

import numpy as np

from circuitsim.array_types import Ints, Longs
from circuitsim.netlist.circuit import Circuit

FALSE, TRUE = 0, 1  # literals


class MoreGates:
    """A circuit of two-input gates that grows.

    Literals are arrays of whole numbers, whose shapes broadcast; nothing is folded (`passes.share` does that).
    """

    def __init__(self, circuit: Circuit) -> None:
        self.given, self.made = circuit, [circuit.fan_in]
        self.next = circuit.nodes

    def both(self, a: Any, b: Any) -> Any:
        """A AND b, element by element."""
        pairs = np.stack(np.broadcast_arrays(a, b), -1).reshape(-1, 2)
        self.made.append(pairs.astype(np.int32))
        found = 2 * (self.next + np.arange(len(pairs)))
        self.next += len(pairs)
        return found.reshape(np.broadcast(a, b).shape)

    def either(self, a: Any, b: Any) -> Any:
        """A OR b."""
        return self.both(np.asarray(a) ^ 1, np.asarray(b) ^ 1) ^ 1

    def differ(self, a: Any, b: Any) -> Any:
        """A XOR b."""
        neither = self.both(np.asarray(a) ^ 1, np.asarray(b) ^ 1)
        return self.both(self.both(a, b) ^ 1, neither ^ 1)

    def all(self, literals: Any) -> int:
        """The AND of some literals, as a tree; of none it is true."""
        if not len(literals):
            return TRUE
        while len(literals) > 1:
            half = len(literals) // 2
            found = self.both(literals[:half], literals[half : 2 * half])
            literals = np.concatenate([found, literals[2 * half :]])
        return int(literals[0])

    def any(self, literals: Any) -> int:
        """The OR of some literals, as a tree; of none it is false."""
        return self.all(np.asarray(literals, np.int64) ^ 1) ^ 1

    def parity(self, literals: Any) -> int:
        """The XOR of some literals, as a tree; of none it is false."""
        while len(literals) > 1:
            half = len(literals) // 2
            found = self.differ(literals[:half], literals[half : 2 * half])
            literals = np.concatenate([found, literals[2 * half :]])
        return int(literals[0]) if len(literals) else FALSE

    def total(self, columns: list[Longs]) -> list[int]:
        """Bits, the least first, of the sum of wires: those of column c weigh 2^c.

        Full adders of three wires each, column by column.
        """
        heap = [np.asarray(column, np.int64) for column in columns]
        bits = []
        column = 0
        while column < len(heap):
            wires = heap[column]
            if len(heap) == column + 1 and len(wires) > 1:
                heap.append(np.zeros(0, np.int64))
            while len(wires) > 1:
                third = len(wires) // 3
                if third:
                    x, y, z = wires[: 3 * third].reshape(3, third)
                else:
                    x, y, z = wires[:1], wires[1:2], np.full(1, FALSE)
                    third = 1
                odd = self.differ(x, y)
                sums = self.differ(odd, z)
                carries = self.either(self.both(x, y), self.both(odd, z))
                wires = np.concatenate([wires[3 * third :], sums])
                heap[column + 1] = np.concatenate([heap[column + 1], carries])
            bits.append(int(wires[0]) if len(wires) else FALSE)
            column += 1
        return bits

    def at_least(self, bits: list[int], bound: int) -> int:
        """Whether the number of bits, the least first, is at least a constant."""
        if bound <= 0:
            return TRUE
        if bound >= 1 << len(bits):
            return FALSE
        found = np.int64(TRUE)
        for place, bit in enumerate(bits):
            found = self.both(bit, found) if bound >> place & 1 else self.either(bit, found)
        return int(found)

    def weighs(self, wires: Longs, weights: Longs, bound: int) -> int:
        """Whether the weights of the wires that are true add up to `bound` at least.

        A negative weight w of x is |w| of NOT x, less |w|.
        """
        negative = weights < 0
        sizes = np.abs(weights)
        bound += int(sizes[negative].sum())
        literals = wires ^ negative
        width = int(sizes.max(initial=0)).bit_length()
        return self.at_least(
            self.total([literals[sizes >> column & 1 == 1] for column in range(width)]), bound
        )

    def circuit(self, outputs: Any = None) -> Circuit:
        """The circuit with all gates, and with other outputs where they are given."""
        fan_in: Ints = np.concatenate(self.made)
        ops = np.zeros(len(fan_in), np.uint8)
        ops[: self.given.gates] = self.given.ops
        kept = self.given.outputs if outputs is None else np.asarray(outputs, np.int32)
        return replace(
            self.given, ops=ops, fan_in=fan_in, outputs=kept, scopes=(), scope_runs=None
        )
