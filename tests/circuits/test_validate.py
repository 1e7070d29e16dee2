from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from circuitsim.circuits.circuit import Circuit
from circuitsim.circuits.validate import validate
from circuitsim.errors import CircuitSimError
from tests.circuits.random_circuits import random_circuit

GOOD = Circuit(
    "aig",
    2,
    np.zeros(2, np.uint8),
    np.array([[2, 5], [6, 3]], np.int32),
    np.array([9, 0], np.int32),
    ("a", "b"),
    np.array([[0, 1], [1, 0]], np.int64),
)


def test_random_circuits_are_well_formed() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        validate(random_circuit(rng, "xag", *(int(rng.integers(0, most)) for most in (5, 60, 6))))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"basis": "nand"}, "one of xag, aig, ac0, tc0, got .nand."),
        ({"inputs": -1}, "number of inputs"),
        ({"inputs": 2.0}, "number of inputs"),
        ({"inputs": 1 << 30}, "number of inputs"),
        ({"ops": np.array([0, 1], np.uint8)}, r"gate 1 has opcode 1; the basis 'aig' has 0 \(and\)"),
        ({"basis": "xag", "ops": np.array([2, 1], np.uint8)}, r"gate 0 has opcode 2"),
        ({"ops": np.zeros(2, np.int8)}, "ops must be"),
        ({"ops": np.zeros(3, np.uint8)}, r"fan_in must be an int32 array of shape \(3, 2\)"),
        ({"fan_in": np.zeros((2, 2), np.int64)}, "fan_in must be"),
        ({"fan_in": np.array([[2, 6], [6, 3]], np.int32)}, r"gate 0 \(node 3\) reads literals 2 and 6"),
        ({"fan_in": np.array([[2, 5], [9, 3]], np.int32)}, "gate 1 .* may read literals from 0 to 7"),
        ({"fan_in": np.array([[2, 5], [6, -1]], np.int32)}, "gate 1 .* reads literals 6 and -1"),
        ({"outputs": np.array([9, 10], np.int32)}, "output 1 is literal 10; literals go from 0 to 9"),
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
