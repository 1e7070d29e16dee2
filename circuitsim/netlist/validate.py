"""What a well-formed flat circuit is, as a check that can be run."""

from typing import Any

import numpy as np

from circuitsim.bases import BASES
from circuitsim.errors import CircuitSimError
from circuitsim.kernels import compiled
from circuitsim.netlist.building import MOST_NODES
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import KINDS
from circuitsim.netlist.unbounded import (
    first_heavy_gate,
    first_late_wire,
    first_weighted_gate,
)


@compiled
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
        and all(
            want is None or have == want
            for have, want in zip(value.shape, shape, strict=True)
        )
    )


def _check_scopes(circuit: Circuit) -> None:
    names, runs = circuit.scopes, circuit.scope_runs
    _require(
        isinstance(names, tuple) and all(isinstance(s, str) for s in names),
        "scopes must be a tuple of strings.",
    )
    _require(len(set(names)) == len(names), "two scopes of the circuit have the same name.")
    if runs is None:
        return
    _require(
        _is_array(runs, np.int64, (None, 2)),
        "scope_runs must be an int64 array of shape (runs, 2).",
    )
    if len(runs):
        starts, index = runs[:, 0], runs[:, 1]
        _require(
            (np.diff(starts) > 0).all(), "the runs of scopes must start at ascending gates."
        )
        _require(
            starts[0] >= 0 and starts[-1] < circuit.gates,
            f"a run of scopes starts outside of the circuit's {circuit.gates} gates.",
        )
        _require(
            index.min() >= 0 and index.max() < len(names),
            f"a run of scopes has an index outside of the {len(names)} names.",
        )


def _check_kinds(circuit: Circuit) -> None:
    kinds = BASES[circuit.basis].kinds
    legal = [KINDS.index(kind) for kind in kinds]
    known = np.zeros(256, np.bool_)
    known[legal] = True
    illegal = np.flatnonzero(~known[circuit.ops])
    if len(illegal):
        g = int(illegal[0])
        raise CircuitSimError(
            f"gate {g} has opcode {circuit.ops[g]}; the basis {circuit.basis!r} has "
            + ", ".join(f"{op} ({kind})" for op, kind in zip(legal, kinds, strict=True))
            + "."
        )


def _may_read(circuit: Circuit, gate: int) -> str:
    return f"it may read literals from 0 to {2 * (circuit.inputs + gate) + 1}."


def _check_bounded(circuit: Circuit) -> None:
    """Gates of two wires."""
    shape = (circuit.gates, 2)
    _require(
        _is_array(circuit.fan_in, np.int32, shape),
        f"fan_in must be an int32 array of shape ({shape[0]}, 2).",
    )
    for name in ("starts", "weights", "thresholds"):
        _require(
            getattr(circuit, name) is None,
            f"a circuit in {circuit.basis!r} has no {name}; they must be None.",
        )
    bad = int(_first_bad_gate(circuit.fan_in, circuit.inputs))
    if bad >= 0:
        a, b = circuit.fan_in[bad].tolist()
        node = 1 + circuit.inputs + bad
        raise CircuitSimError(
            f"gate {bad} (node {node}) reads literals {a} and {b}; {_may_read(circuit, bad)}"
        )


def _check_unbounded(circuit: Circuit) -> None:
    """Gates of any number of wires."""
    gates, fan_in, starts = circuit.gates, circuit.fan_in, circuit.starts
    _require(
        _is_array(fan_in, np.int32, (None,)),
        "fan_in must be an int32 array of shape (wires,).",
    )
    _require(
        _is_array(starts, np.int64, (gates + 1,)),
        f"starts must be an int64 array of shape ({gates + 1},).",
    )
    _require(
        starts[0] == 0 and starts[-1] == len(fan_in) and (starts[1:] >= starts[:-1]).all(),
        f"starts must ascend from 0 to the number of wires, {len(fan_in)}.",
    )
    empty = np.flatnonzero(starts[1:] == starts[:-1])
    if len(empty):
        raise CircuitSimError(f"gate {empty[0]} has no wire; a gate has at least one.")
    bad, wire = first_late_wire(fan_in, starts, circuit.inputs)
    if bad >= 0:
        node = 1 + circuit.inputs + bad
        raise CircuitSimError(
            f"gate {bad} (node {node}) reads literal {fan_in[wire]}; {_may_read(circuit, bad)}"
        )


def _check_weights(circuit: Circuit) -> None:
    """Weights and thresholds, once the gates are known to be sound."""
    starts, weights, thresholds = circuit.starts, circuit.weights, circuit.thresholds
    if not BASES[circuit.basis].weighted:
        for name, array in (("weights", weights), ("thresholds", thresholds)):
            _require(
                array is None,
                f"a circuit in {circuit.basis!r} has no {name}; they must be None.",
            )
        return
    wires, gates = len(circuit.fan_in), circuit.gates
    _require(
        _is_array(weights, np.int64, (wires,)),
        f"weights must be an int64 array of shape ({wires},).",
    )
    _require(
        _is_array(thresholds, np.int64, (gates,)),
        f"thresholds must be an int64 array of shape ({gates},).",
    )
    zero = np.flatnonzero(weights == 0)
    if len(zero):
        g = int(np.searchsorted(starts, zero[0], side="right")) - 1
        raise CircuitSimError(f"gate {g} has a wire of weight 0; leave the wire out.")
    bad = first_weighted_gate(circuit.ops, starts, weights, thresholds)
    if bad >= 0:
        kind = KINDS[circuit.ops[bad]]
        raise CircuitSimError(
            f"gate {bad} is an {kind}, whose wires have weight 1 and whose threshold is 0."
        )
    heavy = first_heavy_gate(starts, weights)
    _require(
        heavy < 0,
        f"the |weights| of gate {heavy} sum to 2^62 or more; their sum must be below 2^62.",
    )


def validate(circuit: Circuit) -> None:
    """Return if the circuit is well-formed.

    Raises:
        CircuitSimError: the first thing that is wrong, in a sentence.
    """
    _require(
        circuit.basis in BASES,
        f"the basis of a flat circuit is one of {', '.join(BASES)}, got {circuit.basis!r}.",
    )
    _require(
        isinstance(circuit.inputs, int) and 0 <= circuit.inputs < MOST_NODES,
        f"the number of inputs must be a whole number below 2^30, got {circuit.inputs!r}.",
    )
    _require(
        _is_array(circuit.ops, np.uint8, (None,)),
        "ops must be a uint8 array of shape (gates,).",
    )
    _require(
        _is_array(circuit.outputs, np.int32, (None,)),
        "outputs must be an int32 array of shape (outputs,).",
    )
    _require(
        circuit.nodes <= MOST_NODES,
        f"the circuit has {circuit.nodes:,} nodes; at most 2^30 are possible.",
    )
    _check_kinds(circuit)
    if BASES[circuit.basis].unbounded:
        _check_unbounded(circuit)
        _check_weights(circuit)
    else:
        _check_bounded(circuit)
    wrong = np.flatnonzero((circuit.outputs < 0) | (circuit.outputs >= 2 * circuit.nodes))
    if len(wrong):
        o = int(wrong[0])
        raise CircuitSimError(
            f"output {o} is literal {circuit.outputs[o]}; literals go from 0 to {2 * circuit.nodes - 1}."
        )
    _check_scopes(circuit)
