"""The flat circuit: a frozen netlist as a struct of arrays, of gates with two inputs or of any number.

Literals are int32, 2 * node + complement. Node 0 is the constant false, nodes 1..inputs are the inputs, node
inputs + 1 + g is gate g. A gate reads earlier nodes only. Derived data (levels, counts) are functions beside it.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from circuitsim.array_types import Bools, Bytes, Ints
from circuitsim.netlist import showing
from circuitsim.netlist.interface import with_wired

if TYPE_CHECKING:
    import networkx


@dataclass(frozen=True, eq=False)
class Circuit:
    """A netlist; negations are free (complemented literals).

    Args:
        basis: which gates it may have, a name in `bases.BASES`; below, a basis is called bounded where they read two
            wires, else unbounded, and weighted where it has thresholds.
        inputs: number of input wires.
        ops: (gates,) uint8 opcodes: AND = 0, XOR = 1, OR = 2, THRESHOLD = 3 (`program.KINDS`).
        fan_in: (gates, 2) int32 literals where bounded; else (wires,) int32 literals, of which gate g reads
            `fan_in[starts[g]:starts[g + 1]]`.
        outputs: (outputs,) int32 literals.
        scopes: names of scopes such as "layer0/head1/scores", in order of first appearance.
        scope_runs: (runs, 2) int64: from gate `[r, 0]` on (to the next run) the scope is `scopes[[r, 1]]`.
        interface: JSON-able description for people and readers: vocabulary, token code, constants for wired
            inputs, names and decoding of outputs. Empty for circuits built by hand.
        starts: (gates + 1,) int64 where unbounded, else None.
        weights: (wires,) int64 where weighted, else None. A THRESHOLD is true where the sum of weight * wire
            is at least its threshold; wires of AND and OR have weight 1.
        thresholds: (gates,) int64 where weighted, 0 for AND and OR; else None.
    """

    basis: str
    inputs: int
    ops: Bytes
    fan_in: Ints
    outputs: Ints
    scopes: tuple[str, ...] = ()
    scope_runs: Any = None
    interface: dict[str, Any] = field(default_factory=dict)
    starts: Any = None
    weights: Any = None
    thresholds: Any = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Circuit):
            return NotImplemented
        mine, theirs = self._parts(), other._parts()
        return mine[0] == theirs[0] and all(map(np.array_equal, mine[1], theirs[1]))

    __hash__ = None  # type: ignore[assignment]

    def _parts(self) -> tuple[Any, tuple[Any, ...]]:
        runs = np.zeros((0, 2)) if self.scope_runs is None else self.scope_runs
        plain = (self.basis, self.inputs, self.scopes, self.interface)
        wide = tuple(
            np.zeros(0) if a is None else a
            for a in (self.starts, self.weights, self.thresholds)
        )
        return plain, (self.ops, self.fan_in, self.outputs, runs, *wide)

    def __str__(self) -> str:
        what = (
            f" of {self.interface['model']}, n={self.interface['n']},"
            if "n" in self.interface
            else ""
        )
        return f"circuit{what} in {self.basis}: {self.inputs} inputs, {len(self.outputs)} outputs, {self.gates:,} gates"

    __repr__ = __str__

    def __len__(self) -> int:
        return self.gates

    def __bool__(self) -> bool:
        return True  # also without gates

    def evaluate(self, patterns: npt.ArrayLike, threads: int = 1) -> Bools:
        """Outputs (patterns, outputs) on bits (patterns, inputs); the constants of wired inputs may be left out.

        To run many batches, keep a `netlist.evaluator.simulate.Evaluator`.
        """
        from circuitsim.netlist.evaluator.simulate import (
            evaluate,  # the evaluator reads circuits, not the other way round
        )

        bits = np.asarray(patterns, bool)
        if (
            bits.ndim == 2
            and bits.shape[1] + len(self.interface.get("wired", [])) == self.inputs
        ):
            bits = with_wired(self.interface, bits)
        return evaluate(self, bits, threads)

    def to_networkx(self) -> "networkx.MultiDiGraph":
        """A graph of the nodes for people's own analyses; see `netlist.graph`."""
        from circuitsim.netlist.graph import to_networkx  # networkx is slow to import

        return to_networkx(self)

    def _repr_html_(self) -> str | None:
        return showing.html(self)

    @property
    def gates(self) -> int:
        """Size: the number of gates."""
        return len(self.ops)

    @property
    def nodes(self) -> int:
        """Constant, inputs and gates."""
        return 1 + self.inputs + self.gates
