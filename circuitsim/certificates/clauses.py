"""The clauses that say a question has an answer: those of every gate (Tseitin), and that its output is true."""

from typing import TypeAlias

import numpy as np

from circuitsim.array_types import Longs
from circuitsim.certificates.question import Question
from circuitsim.netlist.extending import FALSE, TRUE

Clauses: TypeAlias = tuple[
    Longs, Longs
]  # literals one after another; where each clause starts, and the end


def clauses(question: Question) -> Clauses:
    """The clauses of a question; literals are those of its circuit, 2 * node + complement.

    A model of them is an input on which the output is true. A question whose output is the constant false has an
    empty clause.
    """
    circuit = question.circuit
    nodes = 2 * (1 + circuit.inputs + np.arange(circuit.gates, dtype=np.int64))
    a, b = circuit.fan_in.astype(np.int64).T
    gates = np.stack([nodes ^ 1, a, nodes ^ 1, b, nodes, a ^ 1, b ^ 1], axis=1)
    sizes = np.tile([2, 2, 3], circuit.gates)
    asked = int(circuit.outputs[0])
    own = [] if asked in (FALSE, TRUE) else [asked]
    if asked != TRUE:
        sizes = np.append(sizes, len(own))
    literals = np.concatenate([gates.reshape(-1), np.array(own, np.int64)])
    return literals, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
