"""Gates of any number of wires as pieces of text: what begins each, one piece a wire, what ends it."""

from typing import Any

import numpy as np

from circuitsim.netlist.circuit import Circuit


def wires_of(circuit: Circuit) -> tuple[Any, Any]:
    """Every gate's wires one after the other: where each gate's begin, (gates + 1,), and their literals."""
    if circuit.starts is not None:
        return circuit.starts, circuit.fan_in
    return 2 * np.arange(circuit.gates + 1, dtype=np.int64), circuit.fan_in.reshape(-1)


def in_pieces(starts: Any, begins: Any, wires: Any, ends: Any) -> tuple[Any, Any]:
    """Which pattern each piece has, and its columns.

    Args:
        begins, wires, ends: of gates, wires and gates again, a pair (which, columns) each, with as many columns.
    """
    gates, total = len(starts) - 1, int(starts[-1])
    places = starts[:-1] + 2 * np.arange(gates)
    which = np.empty(total + 2 * gates, np.uint8)
    columns = np.zeros((total + 2 * gates, begins[1].shape[1]), np.int64)
    of_wires = np.arange(total) + 2 * np.repeat(np.arange(gates), np.diff(starts)) + 1
    for at, (patterns, filled) in (
        (places, begins),
        (of_wires, wires),
        (places + np.diff(starts) + 1, ends),
    ):
        which[at], columns[at] = patterns, filled
    return which, columns
