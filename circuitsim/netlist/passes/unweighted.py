"""Weights as repeated wires: the convention of papers whose threshold gates have no weights."""

from dataclasses import replace

import numpy as np

from circuitsim.bases import BASES, quoted
from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import wires_weighted


def unweighted(circuit: Circuit, max_wires: int = 1 << 28) -> Circuit:
    """The same function in tc0 with all weights 1: a wire of weight w is there w times.

    A weight of -w becomes w wires of the complemented literal, and the threshold is raised by w. A threshold beyond
    what the gate can sum to is first moved to just beyond, which is as far as it needs.

    Args:
        circuit: in the basis tc0.
        max_wires: most wires to write.

    Raises:
        CircuitSimError: the circuit has another basis.
        LimitError: there would be more than `max_wires` wires.
    """
    if not BASES[circuit.basis].weighted:
        raise CircuitSimError(
            f"weights are of circuits in {quoted(weighted=True)}; this one is in {circuit.basis!r} and has none."
        )
    total = wires_weighted(circuit)
    if total > max_wires:
        raise LimitError(
            f"{total:,} wires would be needed to write every weight as repeated wires; at most {max_wires:,} are "
            f"written. Keep the weights, lower n or the bits, or raise max_wires."
        )
    copies = np.abs(circuit.weights)
    ends = np.concatenate([[0], np.cumsum(copies)])
    raised = np.concatenate([[0], np.cumsum(copies * (circuit.weights < 0))])
    starts = ends[circuit.starts]
    largest, offset = np.diff(starts), np.diff(raised[circuit.starts])
    thresholds = np.clip(circuit.thresholds, -largest - 1, largest + 1) + offset
    return replace(
        circuit,
        fan_in=np.repeat(circuit.fan_in ^ (circuit.weights < 0), copies).astype(
            np.int32, copy=False
        ),
        starts=starts,
        weights=np.ones(total, np.int64),
        thresholds=thresholds,
    )
