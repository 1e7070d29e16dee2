"""What a picture can say of every node of a circuit: its value on one input, and whether it is on the longest path."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from circuitsim.array_types import Bools
from circuitsim.errors import InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import levels
from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.netlist.graph import wires_of
from circuitsim.netlist.interface import with_wired

Edge = tuple[int, int]


def node_values(circuit: Circuit, bits: Bools) -> Bools:
    """Values (nodes,) of all nodes on one input (inputs,); the constants of wired inputs may be left out.

    Raises:
        InputError: another number of bits.
    """
    wired = circuit.interface.get("wired", [])
    if bits.ndim == 1 and len(bits) + len(wired) == circuit.inputs:
        bits = with_wired(circuit.interface, bits[None])[0]
    if bits.shape != (circuit.inputs,):
        raise InputError(
            f"an input of {bits.size} bits is given, and the circuit has {circuit.inputs} inputs."
        )
    everything = replace(circuit, outputs=np.arange(0, 2 * circuit.nodes, 2, dtype=np.int32))
    return evaluate(everything, bits[None])[0]


def longest_path(circuit: Circuit, outputs: Sequence[int]) -> list[Edge]:
    """Wires (node, gate's node) of one longest path to the deepest of these outputs, from its end to an input.

    Always the same one: the first deepest output, and at every gate the first deepest wire.
    """
    level = levels(circuit)
    literals, starts = wires_of(circuit)
    ends = [int(circuit.outputs[k]) >> 1 for k in outputs]
    if not ends:
        return []
    node = max(ends, key=lambda end: level[end])
    path = []
    while node > circuit.inputs:
        gate = node - 1 - circuit.inputs
        read = literals[starts[gate] : starts[gate + 1]] >> 1
        deepest = int(read[np.argmax(level[read])])
        path.append((deepest, node))
        node = deepest
    return path
