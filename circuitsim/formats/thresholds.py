"""Threshold gates with weights that are all positive, as formats of pseudo-Boolean constraints have them."""

from typing import Any

import numpy as np

from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, OR


def positive(circuit: Circuit) -> tuple[Any, Any, Any]:
    """Literals, weights and thresholds of the wires and gates of a weighted circuit, with no negative weight.

    w x is w + |w| NOT x where w is negative. Of AND all wires are needed, of OR one.
    """
    starts, weights = circuit.starts, circuit.weights
    negative = weights < 0
    taken = np.where(negative, weights, 0)
    sums = np.add.reduceat(np.append(taken, 0), starts[:-1]) if len(starts) > 1 else taken[:0]
    limits = circuit.thresholds - sums
    limits = np.where(circuit.ops == AND, np.diff(starts), limits)
    limits = np.where(circuit.ops == OR, 1, limits)
    return circuit.fan_in ^ negative, np.abs(weights), limits
