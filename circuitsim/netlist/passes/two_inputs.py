"""Circuits with gates of any fan-in, as ANDs of two inputs: trees, and sums that are compared with thresholds."""

import numpy as np

from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.extending import MoreGates
from circuitsim.netlist.passes.ands import ANDS
from circuitsim.netlist.program import AND, OR


def two_inputs(circuit: Circuit) -> Circuit:
    """The same function, of a circuit of gates of any fan-in, in ANDs of two inputs."""
    empty = Circuit(
        ANDS,
        circuit.inputs,
        np.zeros(0, np.uint8),
        np.zeros((0, 2), np.int32),
        np.zeros(0, np.int32),
        interface=circuit.interface,
    )
    gates, first = MoreGates(empty), 1 + circuit.inputs
    value = np.zeros(circuit.nodes, np.int64)
    value[:first] = 2 * np.arange(first)
    for gate, kind in enumerate(circuit.ops.tolist()):
        span = slice(circuit.starts[gate], circuit.starts[gate + 1])
        wires = value[circuit.fan_in[span] >> 1] ^ (circuit.fan_in[span] & 1)
        if kind == AND:
            found = gates.all(wires)
        elif kind == OR:
            found = gates.any(wires)
        else:
            found = gates.weighs(wires, circuit.weights[span], int(circuit.thresholds[gate]))
        value[first + gate] = found
    return gates.circuit(value[circuit.outputs >> 1] ^ (circuit.outputs & 1))
