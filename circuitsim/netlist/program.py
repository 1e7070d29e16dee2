"""A small gate list without positions: what a cell, a sum or a tree becomes once its plan is made.

Local literals follow the convention of the flat circuit: literal = 2 * wire + complement; wire 0 is the
constant false (literal 0 false, literal 1 true), wires 1..inputs are the inputs, then one wire a gate in order.
"""

from typing import NamedTuple

from circuitsim.array_types import Bytes, Ints

AND, XOR, OR, THRESHOLD = 0, 1, 2, 3  # opcodes of gates; programs hold AND and XOR
KINDS = ("and", "xor", "or", "threshold")


class Program(NamedTuple):
    """Gates over `inputs` wires: gate g computes `ops[g]` of literals `a[g]`, `b[g]`; `outputs` are literals."""

    inputs: int
    ops: Bytes  # (gates,) AND or XOR
    a: Ints  # (gates,)
    b: Ints  # (gates,)
    outputs: Ints  # (outputs,)

    @property
    def gates(self) -> int:
        """Number of gates."""
        return len(self.ops)
