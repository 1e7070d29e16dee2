"""A circuit as a networkx graph, for people's own analyses; nothing here works on such graphs."""

import networkx
import numpy as np

from circuitsim.array_types import Array
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import levels, scope_of_runs
from circuitsim.netlist.program import KINDS


def to_networkx(circuit: Circuit) -> networkx.MultiDiGraph:
    """Nodes by number, an edge for every wire of a gate, and ("output", k) for every output.

    Nodes have `kind` ("constant", "input", "and", "xor", "or", "threshold" or "output"), `level` and `scope`; inputs
    have `index`, threshold gates `threshold`. Edges have `complemented` and `weight`. A gate may read a node twice,
    so it is a multigraph. The constant is there only where it is read.
    """
    graph = networkx.MultiDiGraph(basis=circuit.basis)
    level = levels(circuit).tolist()
    for index in range(circuit.inputs):
        graph.add_node(1 + index, kind="input", level=0, scope="", index=index)
    if not np.all(circuit.fan_in > 1) or not np.all(circuit.outputs > 1):
        graph.add_node(0, kind="constant", level=0, scope="")
    for gate, scope in enumerate(gate_scopes(circuit)):
        node = 1 + circuit.inputs + gate
        kind = KINDS[circuit.ops[gate]]
        graph.add_node(node, kind=kind, level=level[node], scope=scope)
        if kind == "threshold":
            graph.nodes[node]["threshold"] = int(circuit.thresholds[gate])
    literals, starts = wires_of(circuit)
    readers = np.repeat(np.arange(circuit.gates), np.diff(starts)) + 1 + circuit.inputs
    weights = np.ones(len(literals), int) if circuit.weights is None else circuit.weights
    for literal, reader, weight in zip(
        literals.tolist(), readers.tolist(), weights.tolist(), strict=True
    ):
        graph.add_edge(literal >> 1, reader, complemented=bool(literal & 1), weight=weight)
    for index, literal in enumerate(circuit.outputs.tolist()):
        graph.add_node(
            ("output", index), kind="output", level=level[literal >> 1], scope="", index=index
        )
        graph.add_edge(
            literal >> 1, ("output", index), complemented=bool(literal & 1), weight=1
        )
    return graph


def gate_scopes(circuit: Circuit) -> list[str]:
    """The scope of every gate, "" where it has none."""
    if not circuit.gates:
        return []
    starts, index, names = scope_of_runs(circuit)
    return [
        names[i] for i in np.repeat(index, np.diff(np.append(starts, circuit.gates))).tolist()
    ]


def wires_of(circuit: Circuit) -> tuple[Array, Array]:
    """Literals (wires,) of all gates in a row and the first wire of each, (gates + 1,), in every basis."""
    if circuit.starts is not None:
        return circuit.fan_in, circuit.starts
    return circuit.fan_in.ravel(), 2 * np.arange(circuit.gates + 1)
