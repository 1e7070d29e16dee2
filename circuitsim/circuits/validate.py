"""What a well-formed flat circuit is, as a check that can be run."""

from typing import Any

import numpy as np
from numba import njit

from circuitsim.circuits.building import MOST_NODES
from circuitsim.circuits.circuit import Circuit
from circuitsim.errors import CircuitSimError

BASES = {"xag": ("and", "xor"), "aig": ("and",)}


@njit(cache=True)
def _first_bad_gate(fan_in: Any, inputs: int) -> int:
    """The first gate that reads a negative literal, itself or a later node; -1 if none does."""
    for g in range(len(fan_in)):
        limit = 2 * (1 + inputs + g)
        for k in range(2):
            if fan_in[g, k] < 0 or fan_in[g, k] >= limit:
                return g
    return -1


def _require(holds: Any, message: str) -> None:
    if not holds:
        raise CircuitSimError(message)


def _is_array(value: Any, dtype: Any, shape: tuple[int | None, ...]) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype == dtype
        and len(value.shape) == len(shape)
        and all(want is None or have == want for have, want in zip(value.shape, shape, strict=True))
    )


def _check_scopes(circuit: Circuit) -> None:
    names, runs = circuit.scopes, circuit.scope_runs
    _require(isinstance(names, tuple) and all(isinstance(s, str) for s in names), "scopes must be a tuple of strings.")
    _require(len(set(names)) == len(names), "two scopes of the circuit have the same name.")
    if runs is None:
        return
    _require(_is_array(runs, np.int64, (None, 2)), "scope_runs must be an int64 array of shape (runs, 2).")
    if len(runs):
        starts, index = runs[:, 0], runs[:, 1]
        _require((np.diff(starts) > 0).all(), "the runs of scopes must start at ascending gates.")
        _require(
            starts[0] >= 0 and starts[-1] < circuit.gates,
            f"a run of scopes starts outside of the circuit's {circuit.gates} gates.",
        )
        _require(
            index.min() >= 0 and index.max() < len(names),
            f"a run of scopes has an index outside of the {len(names)} names.",
        )


def validate(circuit: Circuit) -> None:
    """Return if the circuit is well-formed.

    Raises:
        CircuitSimError: the first thing that is wrong, in a sentence.
    """
    _require(circuit.basis in BASES, f"the basis of a flat circuit is 'xag' or 'aig', got {circuit.basis!r}.")
    _require(
        isinstance(circuit.inputs, int) and 0 <= circuit.inputs < MOST_NODES,
        f"the number of inputs must be a whole number below 2^30, got {circuit.inputs!r}.",
    )
    _require(_is_array(circuit.ops, np.uint8, (None,)), "ops must be a uint8 array of shape (gates,).")
    gates = len(circuit.ops)
    _require(_is_array(circuit.fan_in, np.int32, (gates, 2)), f"fan_in must be an int32 array of shape ({gates}, 2).")
    _require(_is_array(circuit.outputs, np.int32, (None,)), "outputs must be an int32 array of shape (outputs,).")
    _require(circuit.nodes <= MOST_NODES, f"the circuit has {circuit.nodes:,} nodes; at most 2^30 are possible.")
    illegal = np.flatnonzero(circuit.ops >= len(BASES[circuit.basis]))
    if len(illegal):
        g = int(illegal[0])
        raise CircuitSimError(
            f"gate {g} has opcode {circuit.ops[g]}; the basis {circuit.basis!r} has "
            + ", ".join(f"{op} ({kind})" for op, kind in enumerate(BASES[circuit.basis]))
            + "."
        )
    bad = int(_first_bad_gate(circuit.fan_in, circuit.inputs))
    if bad >= 0:
        a, b = circuit.fan_in[bad].tolist()
        raise CircuitSimError(
            f"gate {bad} (node {1 + circuit.inputs + bad}) reads literals {a} and {b}; "
            f"it may read literals from 0 to {2 * (circuit.inputs + bad) + 1}."
        )
    wrong = np.flatnonzero((circuit.outputs < 0) | (circuit.outputs >= 2 * circuit.nodes))
    if len(wrong):
        o = int(wrong[0])
        raise CircuitSimError(
            f"output {o} is literal {circuit.outputs[o]}; literals go from 0 to {2 * circuit.nodes - 1}."
        )
    _check_scopes(circuit)
