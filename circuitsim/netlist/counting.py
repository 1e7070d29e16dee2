"""Size and depth of flat circuits: the definitions, in numba, over the arrays as they are."""

from typing import Any, NamedTuple

import numpy as np

from circuitsim.array_types import Ints
from circuitsim.bases import BASES
from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import KINDS
from circuitsim.netlist.unbounded import fill_levels, mark_live


class ScopeCost(NamedTuple):
    """What one scope holds; `depth` is the level of its deepest gate, counted from the circuit's inputs."""

    scope: str
    gates: int
    depth: int


@compiled
def _levels(fan_in: Any, inputs: int, not_cost: int) -> Any:
    level = np.empty(1 + inputs + len(fan_in), np.int32)
    level[: 1 + inputs] = 0
    for g in range(len(fan_in)):
        a, b = fan_in[g, 0], fan_in[g, 1]
        # A complemented constant is a constant: no gate in either convention.
        x = level[a >> 1] + (not_cost & a & np.int32(a > 1))
        y = level[b >> 1] + (not_cost & b & np.int32(b > 1))
        level[1 + inputs + g] = 1 + max(x, y)
    return level


@compiled
def _dead(fan_in: Any, outputs: Any, inputs: int) -> int:
    live = np.zeros(1 + inputs + len(fan_in), np.bool_)
    for o in outputs:
        live[o >> 1] = True
    dead = 0
    for g in range(len(fan_in) - 1, -1, -1):
        if live[1 + inputs + g]:
            live[fan_in[g, 0] >> 1] = True
            live[fan_in[g, 1] >> 1] = True
        else:
            dead += 1
    return dead


def levels(circuit: Circuit, count_not: bool = False) -> Ints:
    """Levels of the nodes, (nodes,): the longest path in gates, inputs and constants at 0.

    With `count_not` every complemented wire, except of a constant, is a NOT gate of its own level (one a node,
    shared): the papers' other convention.
    """
    if circuit.starts is None:
        found: Ints = _levels(circuit.fan_in, circuit.inputs, int(count_not))
        return found
    level = np.zeros(circuit.nodes, np.int32)
    fill_levels(circuit.fan_in, circuit.starts, level, 1 + circuit.inputs, int(count_not))
    return level


def depth(circuit: Circuit, count_not: bool = False) -> int:
    """Longest path from an input to an output."""
    at = levels(circuit, count_not)[circuit.outputs >> 1]
    if count_not:
        at = at + ((circuit.outputs & 1) & (circuit.outputs > 1))
    return int(at.max(initial=0))


def gates_by_kind(circuit: Circuit) -> dict[str, int]:
    """Number of gates of every kind the basis has."""
    return {
        kind: int(np.count_nonzero(circuit.ops == KINDS.index(kind)))
        for kind in BASES[circuit.basis].kinds
    }


def wires(circuit: Circuit) -> int:
    """Total fan-in of the gates."""
    return circuit.fan_in.size


def wires_weighted(circuit: Circuit) -> int:
    """Sum of |weight| over the wires of the gates: the wires, were every weight written as that many wires."""
    if circuit.weights is None:
        return wires(circuit)
    size = np.abs(circuit.weights)
    high, low = (
        size >> 31,
        size & ((1 << 31) - 1),
    )  # their sums fit into an int64, where that of `size` may not
    return (int(high.sum()) << 31) + int(low.sum())


def max_weight(circuit: Circuit) -> int:
    """Largest |weight| of a wire: 1 if no gate has weights, 0 without gates."""
    if circuit.weights is None:
        return int(circuit.gates > 0)
    return int(np.abs(circuit.weights).max(initial=0))


def max_fan_in(circuit: Circuit) -> int:
    """Largest fan-in of a gate; 0 without gates."""
    if circuit.starts is None:
        return 2 if circuit.gates else 0
    return int(np.diff(circuit.starts).max(initial=0))


def max_fan_in_weighted(circuit: Circuit) -> int:
    """Largest fan-in of a gate, were every weight written as that many wires."""
    if circuit.weights is None or not circuit.gates:
        return max_fan_in(circuit)
    totals = np.concatenate(
        [[0], np.cumsum(np.abs(circuit.weights).astype(np.uint64))]
    )  # wraps, and so do differences
    return int(np.diff(totals[circuit.starts]).max())


def dead_gates(circuit: Circuit) -> int:
    """Number of gates that no output depends on."""
    if circuit.starts is None:
        return int(_dead(circuit.fan_in, circuit.outputs, circuit.inputs))
    live = np.empty(circuit.nodes, np.bool_)
    mark_live(circuit.fan_in, circuit.starts, circuit.outputs, live)
    return circuit.gates - int(np.count_nonzero(live[1 + circuit.inputs :]))


def scope_of_runs(circuit: Circuit) -> tuple[Any, Any, tuple[str, ...]]:
    """Starts (runs,) and indices of scopes (runs,), with gates before the first run under the scope ""."""
    names = circuit.scopes
    runs = (
        np.zeros((0, 2), np.int64)
        if circuit.scope_runs is None
        else np.asarray(circuit.scope_runs)
    )
    if circuit.gates and (not len(runs) or runs[0, 0] > 0):
        runs = np.concatenate([[[0, len(names)]], runs])
        names = (*names, "")
    return runs[:, 0], runs[:, 1], names


def by_scope(circuit: Circuit, count_not: bool = False) -> list[ScopeCost]:
    """Gates and depth of every scope that has gates, in order of first appearance."""
    if not circuit.gates:
        return []
    starts, index, names = scope_of_runs(circuit)
    size = np.diff(np.append(starts, circuit.gates))
    deepest = np.maximum.reduceat(levels(circuit, count_not)[1 + circuit.inputs :], starts)
    gates, depths = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    np.add.at(gates, index, size)
    np.maximum.at(depths, index, deepest)
    order = dict.fromkeys(index.tolist())
    return [ScopeCost(names[i], int(gates[i]), int(depths[i])) for i in order]
