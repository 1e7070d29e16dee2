"""Circuits of AND gates alone: XOR as three of them."""

from dataclasses import replace

import numpy as np

from circuitsim.array_types import Bytes, Ints
from circuitsim.bases import names
from circuitsim.kernels import compiled
from circuitsim.netlist.building import check_nodes
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import XOR

ANDS = names(kinds=("and",), unbounded=False)[0]  # the basis


def ands_only(circuit: Circuit) -> Circuit:
    """The same function, of a circuit of two-input gates, in AND alone.

    a XOR b is NOT(a AND b) AND NOT(NOT a AND NOT b).

    Raises:
        LimitError: there would be too many gates.
    """
    xors = int(np.count_nonzero(circuit.ops == XOR))
    if not xors:
        return replace(circuit, basis=ANDS)
    first, total = 1 + circuit.inputs, circuit.gates + 2 * xors
    check_nodes(circuit.inputs, total)
    place = np.empty(circuit.nodes, np.int32)
    place[:first] = 2 * np.arange(first)
    fan_in = np.empty((total, 2), np.int32)
    _expand(circuit.ops, circuit.fan_in, place, fan_in)
    runs = circuit.scope_runs
    if runs is not None:
        starts = (
            (place[first + runs[:, 0]] >> 1) - first - 2 * (circuit.ops[runs[:, 0]] == XOR)
        )
        runs = np.stack([starts, runs[:, 1]], 1).astype(np.int64)
    return replace(
        circuit,
        basis=ANDS,
        ops=np.zeros(total, np.uint8),
        fan_in=fan_in,
        outputs=place[circuit.outputs >> 1] ^ (circuit.outputs & 1),
        scope_runs=runs,
    )


@compiled
def _expand(ops: Bytes, fan_in: Ints, place: Ints, found: Ints) -> None:
    """Write the gates to `found`, and the literal of every gate to `place` (nodes,)."""
    first, at = len(place) - len(ops), 0
    for g in range(len(ops)):
        a, b = fan_in[g, 0], fan_in[g, 1]
        a, b = place[a >> 1] ^ (a & 1), place[b >> 1] ^ (b & 1)
        found[at, 0], found[at, 1] = a, b
        if ops[g] == XOR:
            found[at + 1, 0], found[at + 1, 1] = a ^ 1, b ^ 1
            both = 2 * (first + at)
            found[at + 2, 0], found[at + 2, 1] = both + 1, both + 3
            at += 2
        place[first + g] = 2 * (first + at)
        at += 1
