from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from circuitsim.bases import names
from circuitsim.errors import CircuitSimError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.validate import validate
from tests.netlist.random_circuits import random_of

GOOD = Circuit(
    "aig",
    2,
    np.zeros(2, np.uint8),
    np.array([[2, 5], [6, 3]], np.int32),
    np.array([9, 0], np.int32),
    ("a", "b"),
    np.array([[0, 1], [1, 0]], np.int64),
)


WIDE = Circuit(
    "tc0",
    2,
    np.array([0, 3, 2], np.uint8),
    np.array([2, 5, 3, 2, 6, 8, 8, 7], np.int32),
    np.array([10, 3], np.int32),
    starts=np.array([0, 3, 5, 8]),
    weights=np.array([1, 1, 1, -4, 2**61, 1, 1, 1]),
    thresholds=np.array([0, -7, 0]),
)
AC0 = replace(
    WIDE, basis="ac0", ops=np.array([0, 2, 2], np.uint8), weights=None, thresholds=None
)


@pytest.mark.parametrize("basis", names())
def test_random_circuits_are_well_formed(basis: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        validate(random_of(rng, basis, *(int(rng.integers(0, most)) for most in (5, 60, 6))))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"basis": "tc0"}, r"fan_in must be an int32 array of shape \(wires,\)"),
        ({"starts": np.zeros(3, np.int64)}, "'aig' has no starts"),
        ({"weights": np.zeros(4, np.int64)}, "'aig' has no weights"),
        ({"thresholds": np.zeros(2, np.int64)}, "'aig' has no thresholds"),
        ({"basis": "nand"}, "one of xag, aig, ac0, tc0, got .nand."),
        ({"inputs": -1}, "number of inputs"),
        ({"inputs": 2.0}, "number of inputs"),
        ({"inputs": 1 << 30}, "number of inputs"),
        (
            {"ops": np.array([0, 1], np.uint8)},
            r"gate 1 has opcode 1; the basis 'aig' has 0 \(and\)",
        ),
        ({"basis": "xag", "ops": np.array([2, 1], np.uint8)}, r"gate 0 has opcode 2"),
        ({"ops": np.zeros(2, np.int8)}, "ops must be"),
        ({"ops": np.zeros(3, np.uint8)}, r"fan_in must be an int32 array of shape \(3, 2\)"),
        ({"fan_in": np.zeros((2, 2), np.int64)}, "fan_in must be"),
        (
            {"fan_in": np.array([[2, 6], [6, 3]], np.int32)},
            r"gate 0 \(node 3\) reads literals 2 and 6",
        ),
        (
            {"fan_in": np.array([[2, 5], [9, 3]], np.int32)},
            "gate 1 .* may read literals from 0 to 7",
        ),
        (
            {"fan_in": np.array([[2, 5], [6, -1]], np.int32)},
            "gate 1 .* reads literals 6 and -1",
        ),
        (
            {"outputs": np.array([9, 10], np.int32)},
            "output 1 is literal 10; literals go from 0 to 9",
        ),
        ({"outputs": np.array([-2], np.int32)}, "output 0 is literal -2"),
        ({"outputs": np.zeros(2)}, "outputs must be"),
        ({"scopes": ["a", "b"]}, "tuple of strings"),
        ({"scopes": ("a", 1)}, "tuple of strings"),
        ({"scopes": ("a", "a")}, "same name"),
        ({"scopes": ("a",)}, "outside of the 1 names"),
        ({"scope_runs": np.array([[1, 0], [0, 1]])}, "ascending"),
        ({"scope_runs": np.array([[1, 0], [1, 1]])}, "ascending"),
        ({"scope_runs": np.array([[0, 0], [2, 1]])}, "outside of the circuit's 2 gates"),
        ({"scope_runs": np.array([[-1, 0]])}, "outside of the circuit's 2 gates"),
        ({"scope_runs": np.array([0, 1])}, "scope_runs must be"),
    ],
)
def test_every_defect_is_named(change: dict[str, Any], message: str) -> None:
    validate(GOOD)
    with pytest.raises(CircuitSimError, match=message):
        validate(replace(GOOD, **change))


def changed(array: Any, at: int, value: int) -> Any:
    return np.concatenate([array[:at], np.array([value], array.dtype), array[at + 1 :]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"basis": "ac0"}, r"gate 1 has opcode 3; the basis 'ac0' has 0 \(and\), 2 \(or\)\."),
        (
            {"ops": np.array([0, 3, 1], np.uint8)},
            "gate 2 has opcode 1; .* 2 .or., 3 .threshold.",
        ),
        (
            {"fan_in": WIDE.fan_in.astype(np.int64)},
            r"fan_in must be an int32 array of shape \(wires,\)",
        ),
        ({"fan_in": WIDE.fan_in.reshape(4, 2)}, "fan_in must be"),
        ({"starts": None}, r"starts must be an int64 array of shape \(4,\)"),
        ({"starts": WIDE.starts.astype(np.int32)}, "starts must be an int64"),
        ({"starts": WIDE.starts[1:]}, "starts must be an int64"),
        ({"starts": changed(WIDE.starts, 0, 1)}, "ascend from 0 to the number of wires, 8"),
        ({"starts": changed(WIDE.starts, 3, 7)}, "ascend from 0"),
        ({"starts": changed(WIDE.starts, 2, 9)}, "ascend from 0"),
        ({"starts": np.array([0, 2**63 - 1, -2, 8])}, "ascend from 0"),
        ({"starts": changed(WIDE.starts, 2, 3)}, "gate 1 has no wire"),
        (
            {"fan_in": changed(WIDE.fan_in, 2, 6)},
            r"gate 0 \(node 3\) reads literal 6; .* from 0 to 5",
        ),
        (
            {"fan_in": changed(WIDE.fan_in, 4, 8)},
            r"gate 1 \(node 4\) reads literal 8; .* from 0 to 7",
        ),
        ({"fan_in": changed(WIDE.fan_in, 7, -1)}, "gate 2 .* reads literal -1"),
        ({"weights": None}, r"weights must be an int64 array of shape \(8,\)"),
        ({"weights": WIDE.weights[1:]}, "weights must be"),
        ({"weights": WIDE.weights.astype(float)}, "weights must be"),
        ({"thresholds": None}, r"thresholds must be an int64 array of shape \(3,\)"),
        ({"thresholds": np.zeros(4, np.int64)}, "thresholds must be"),
        ({"weights": changed(WIDE.weights, 3, 0)}, "gate 1 has a wire of weight 0"),
        ({"weights": changed(WIDE.weights, 0, 0)}, "gate 0 has a wire of weight 0"),
        (
            {"weights": changed(WIDE.weights, 2, -1)},
            "gate 0 is an and, whose wires have weight 1",
        ),
        (
            {"weights": changed(WIDE.weights, 5, 2)},
            "gate 2 is an or, whose wires have weight 1",
        ),
        (
            {"thresholds": changed(WIDE.thresholds, 2, 1)},
            "gate 2 is an or, .* whose threshold is 0",
        ),
        (
            {"weights": changed(WIDE.weights, 3, 2**61)},
            r"\|weights\| of gate 1 sum to 2\^62 or more",
        ),
        ({"weights": changed(WIDE.weights, 3, -(2**61))}, "of gate 1 sum to"),
        ({"weights": changed(WIDE.weights, 3, -(2**63))}, "of gate 1 sum to"),
        ({"weights": changed(WIDE.weights, 4, 2**63 - 1)}, "of gate 1 sum to"),
        (
            {"outputs": np.array([12], np.int32)},
            "output 0 is literal 12; literals go from 0 to 11",
        ),
    ],
)
def test_every_defect_of_wide_gates_is_named(change: dict[str, Any], message: str) -> None:
    validate(WIDE)
    with pytest.raises(CircuitSimError, match=message):
        validate(replace(WIDE, **change))


def test_sums_may_come_close_to_their_limit() -> None:
    validate(replace(WIDE, weights=changed(WIDE.weights, 3, 2**61 - 1)))


def test_gates_of_ac0_have_no_weights() -> None:
    validate(AC0)
    for name in ("weights", "thresholds"):
        with pytest.raises(CircuitSimError, match=f"'ac0' has no {name}"):
            validate(replace(AC0, **{name: getattr(WIDE, name)}))
