"""The flat circuit: a frozen netlist of gates with two inputs, as a struct of arrays.

Literals are int32, 2 * node + complement. Node 0 is the constant false, nodes 1..inputs are the inputs, node
inputs + 1 + g is gate g. A gate reads earlier nodes only. Derived data (levels, counts) are functions beside it.
"""

from dataclasses import dataclass, field
from typing import Any

from circuitsim.circuits.program import Bytes, Ints


@dataclass(frozen=True, eq=False)
class Circuit:
    """A netlist over AND and XOR of two inputs; negations are free (complemented literals).

    Args:
        basis: "xag" (AND, XOR) or "aig" (AND only).
        inputs: number of input wires.
        ops: (gates,) uint8, AND = 0 or XOR = 1 (`program.KINDS`).
        fan_in: (gates, 2) int32 literals.
        outputs: (outputs,) int32 literals.
        scopes: names of scopes such as "layer0/head1/scores", in order of first appearance.
        scope_runs: (runs, 2) int64: from gate `[r, 0]` on (to the next run) the scope is `scopes[[r, 1]]`.
        interface: JSON-able description for people and readers: vocabulary, token code, constants for wired
            inputs, names and decoding of outputs. Empty for circuits built by hand.
    """

    basis: str
    inputs: int
    ops: Bytes
    fan_in: Ints
    outputs: Ints
    scopes: tuple[str, ...] = ()
    scope_runs: Any = None
    interface: dict[str, Any] = field(default_factory=dict)

    @property
    def gates(self) -> int:
        """Size: the number of gates."""
        return len(self.ops)

    @property
    def nodes(self) -> int:
        """Constant, inputs and gates."""
        return 1 + self.inputs + self.gates
