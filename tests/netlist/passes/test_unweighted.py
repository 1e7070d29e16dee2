import numpy as np
import pytest

from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import (
    depth,
    gates_by_kind,
    max_weight,
    wires,
    wires_weighted,
)
from circuitsim.netlist.evaluator.simulate import Evaluator
from circuitsim.netlist.passes.unweighted import unweighted
from circuitsim.netlist.program import THRESHOLD
from circuitsim.netlist.unbounded_builder import UnboundedBuilder
from circuitsim.netlist.validate import validate
from tests.netlist.random_circuits import random_unbounded, random_words


def one_gate(weights: list[int], threshold: int) -> Circuit:
    builder = UnboundedBuilder("tc0", len(weights))
    return builder.finish(
        builder.gate(THRESHOLD, builder.input_literals()[None], weights, threshold)
    )


def test_weights_become_wires_and_negative_ones_complement_theirs() -> None:
    plain = unweighted(one_gate([3, -2, 1], -1))
    assert plain.fan_in.tolist() == [2, 2, 2, 5, 5, 6]
    assert plain.weights.tolist() == [1] * 6
    assert plain.thresholds.tolist() == [1]


def test_the_function_stays() -> None:
    rng = np.random.default_rng(0)
    written = 0
    for _ in range(150):
        circuit = random_unbounded(
            rng, "tc0", *(int(rng.integers(0, most)) for most in (7, 30, 9))
        )
        if wires_weighted(circuit) > 10**5:
            with pytest.raises(LimitError, match=rf"^{wires_weighted(circuit):,} wires"):
                unweighted(circuit, 10**5)
            continue
        written += circuit.gates
        plain = unweighted(circuit, 10**5)
        validate(plain)
        words = random_words(rng, circuit.inputs, 2)
        assert np.array_equal(Evaluator(plain).words(words), Evaluator(circuit).words(words))
        assert wires(plain) == wires_weighted(plain) == wires_weighted(circuit)
        assert max_weight(plain) == int(plain.gates > 0)
        assert depth(plain) == depth(circuit)
        assert gates_by_kind(plain) == gates_by_kind(circuit)
    assert written > 200


@pytest.mark.parametrize("threshold", [2**63 - 1, 2**63 - 2, -(2**63) + 1, 5, 4, -3, -4])
def test_thresholds_out_of_reach_stay_out_of_reach(threshold: int) -> None:
    circuit = one_gate([4, -3], threshold)
    words = np.array([[0b0101], [0b0011]], np.uint64)
    plain = unweighted(circuit)
    validate(plain)
    assert np.array_equal(Evaluator(plain).words(words), Evaluator(circuit).words(words))


def test_what_cannot_be_expanded_is_refused() -> None:
    for basis in ("ac0", "xag"):
        with pytest.raises(CircuitSimError, match=f"in '{basis}'"):
            unweighted(Circuit(basis, 0, *(np.zeros(0, np.uint8),) * 3))
    assert unweighted(one_gate([7, -3], 0), max_wires=10).fan_in.size == 10
    with pytest.raises(LimitError, match=r"^10 wires would be needed .* at most 9"):
        unweighted(one_gate([7, -3], 0), max_wires=9)
    with pytest.raises(LimitError, match=f"^{2**61:,} wires"):
        unweighted(one_gate([2**60, -(2**60)], 0))
