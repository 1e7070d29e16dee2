"""Circuits of AND gates alone: XOR as three of them."""

import numpy as np

from circuitsim.bases import names
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import XOR

ANDS = names(kinds=("and",), unbounded=False)[0]  # the basis


def ands_only(circuit: Circuit) -> Circuit:
    """The same function, of a circuit of two-input gates, in AND alone.

    a XOR b is NOT(a AND b) AND NOT(NOT a AND NOT b).
    """
    xors = circuit.ops == XOR
    sizes = np.where(xors, 3, 1)
    first = 1 + circuit.inputs
    last = first + np.cumsum(sizes) - 1  # the node that has a gate's value
    nodes = np.concatenate([np.arange(first), last])
    total = int(sizes.sum())
    fan_in = np.empty((total, 2), np.int32)
    read = 2 * nodes[circuit.fan_in >> 1] + (circuit.fan_in & 1)
    at = last - first
    fan_in[at[~xors]] = read[~xors]
    place, pair = at[xors], read[xors]
    fan_in[place - 2], fan_in[place - 1] = pair, pair ^ 1
    fan_in[place] = np.stack([2 * (place - 2 + first) + 1, 2 * (place - 1 + first) + 1], 1)
    outputs = 2 * nodes[circuit.outputs >> 1] + (circuit.outputs & 1)
    runs = circuit.scope_runs
    if runs is not None:
        runs = np.stack([at[runs[:, 0]] - sizes[runs[:, 0]] + 1, runs[:, 1]], 1).astype(
            np.int64
        )
    return Circuit(
        ANDS,
        circuit.inputs,
        np.zeros(total, np.uint8),
        fan_in,
        outputs.astype(np.int32),
        circuit.scopes,
        runs,
        dict(circuit.interface),
    )
