"""Structural hashing of gates of any fan-in; `Share` in `share.py` calls it."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.unbounded import mark_live


class Gates(NamedTuple):
    """Gates to compare."""

    ops: Any  # (gates,)
    keys: Any  # (wires,) int64, literal * 2^32 + number of its weight; sorted within gates, literals as in `place`
    starts: Any  # (gates + 1,)
    thresholds: Any  # (gates,)


@compiled
def _merge(gates: Gates, first: int, live: Any, place: Any, table: Any) -> None:
    """Point `place` (nodes,) of every live gate to the first equal gate.

    Args:
        first: number of nodes before the gates.
        live: (nodes,) gates to look at.
        place: (nodes,) node each node becomes; itself at first.
        table: (a power of two above the gates,) int32 zeros.
    """
    ops, keys, starts, thresholds = gates
    mask = np.uint64(len(table) - 1)
    prime = np.uint64(0x9E3779B97F4A7C15)
    for g in range(len(ops)):
        if not live[first + g]:
            continue
        low, high = starts[g], starts[g + 1]
        # Earlier gates have their place already, and a gate reads earlier nodes only.
        for k in range(low, high):
            node = keys[k] >> 33
            keys[k] += (np.int64(place[node]) - node) << 33
        keys[low:high].sort()
        h = np.uint64(thresholds[g]) * prime
        for k in range(low, high):
            h = (h ^ (h >> np.uint64(29)) ^ np.uint64(keys[k])) * prime
        at = (h ^ (h >> np.uint64(32))) & mask
        while table[at]:
            found = table[at] - 1
            back = starts[found]
            same = (
                ops[found] == ops[g]
                and thresholds[found] == thresholds[g]
                and starts[found + 1] - back == high - low
            )
            k = 0
            while same and k < high - low:
                same = keys[back + k] == keys[low + k]
                k += 1
            if same:
                place[first + g] = first + found
                break
            at = (at + np.uint64(1)) & mask
        else:
            table[at] = g + 1


def share_unbounded(circuit: Circuit) -> Circuit:
    """One gate for gates of one kind, threshold and multiset of weighted literals; dead gates are dropped.

    Nothing else is folded. Wires of a gate come back in ascending order. A shared gate keeps the scope of its first
    appearance; scopes left without gates keep their names and lose their runs.
    """
    gates, first, starts = circuit.gates, 1 + circuit.inputs, circuit.starts
    live = np.empty(circuit.nodes, np.bool_)
    mark_live(circuit.fan_in, starts, circuit.outputs, live)
    keys = circuit.fan_in.astype(np.int64) << 32
    values = number = None
    if circuit.weights is not None:
        values, number = np.unique(circuit.weights, return_inverse=True)
        keys |= number
    thresholds = (
        np.zeros(gates, np.int64) if circuit.thresholds is None else circuit.thresholds
    )
    place = np.arange(circuit.nodes, dtype=np.int32)
    table = np.zeros(2 << gates.bit_length(), np.int32)
    _merge(Gates(circuit.ops, keys, starts, thresholds), first, live, place, table)

    # What reads a merged gate reads the one that is left, so every gate that is left is live.
    kept = (live & (place == np.arange(circuit.nodes)))[first:]
    wires = np.repeat(kept, np.diff(starts))
    renumbered = np.concatenate([np.arange(first), first + np.cumsum(kept) - 1]).astype(
        np.int32
    )
    literals, numbers = keys[wires] >> 32, keys[wires] & 0xFFFFFFFF
    runs = (
        np.zeros((0, 2), np.int64)
        if circuit.scope_runs is None
        else np.array(circuit.scope_runs)
    )
    runs[:, 0] = np.concatenate([[0], np.cumsum(kept)])[runs[:, 0]]
    has_gates = np.append(runs[1:, 0] > runs[:-1, 0], runs[-1:, 0] < np.count_nonzero(kept))
    outputs = 2 * renumbered[place[circuit.outputs >> 1]] | circuit.outputs & 1
    return replace(
        circuit,
        ops=circuit.ops[kept],
        fan_in=2 * renumbered[literals >> 1] | (literals & 1).astype(np.int32),
        outputs=outputs.astype(np.int32),
        scope_runs=runs[has_gates],
        starts=np.concatenate([[0], np.cumsum(np.diff(starts)[kept])]),
        weights=None if values is None else values[numbers],
        thresholds=None if circuit.thresholds is None else thresholds[kept],
    )
