import itertools
from dataclasses import replace

import numpy as np
import pytest

from circuitsim.errors import InputError
from circuitsim.netlist.evaluator import threshold_kernels
from circuitsim.netlist.evaluator.simulate import Evaluator, evaluate
from circuitsim.netlist.evaluator.threshold_kernels import UnboundedProgram, repeated_sums
from circuitsim.netlist.program import AND, OR, THRESHOLD
from circuitsim.netlist.unbounded_builder import UnboundedBuilder
from circuitsim.netlist.validate import validate
from tests.netlist.random_circuits import random_unbounded, random_words, reference_words

BASES = ("ac0", "tc0")


@pytest.mark.slow
@pytest.mark.parametrize("basis", BASES)
def test_random_circuits_mean_what_the_reference_says(basis: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(150):
        inputs, gates, outputs = (int(rng.integers(0, most)) for most in (9, 60, 30))
        circuit = random_unbounded(rng, basis, inputs, gates, outputs)
        validate(circuit)
        words = random_words(rng, inputs, int(rng.integers(1, 5)))
        assert np.array_equal(
            Evaluator(circuit).words(words), reference_words(circuit, words)
        )


@pytest.mark.parametrize("count", [1, 7, 65])
@pytest.mark.parametrize(
    ("width", "threads"), [(1, 1), (3, 1), (64, 1), (None, 1), (None, 2), (2, 3), (1, 9)]
)
def test_every_width_and_thread_count_gives_the_same_words(
    count: int, width: int | None, threads: int
) -> None:
    rng = np.random.default_rng(2)
    circuit = random_unbounded(rng, "tc0", 8, 100, 40)
    words = random_words(rng, 8, count)
    assert np.array_equal(
        Evaluator(circuit, threads).words(words, width), reference_words(circuit, words)
    )


def test_thresholds_are_exact_at_every_sum_of_every_pattern() -> None:
    patterns = np.array(list(itertools.product([0, 1], repeat=4)), bool)
    for weights in (
        [1, 1, 1, 1],
        [1, -2, 3, -4],
        [2**60, -(2**60), 2**60 - 1, 5],
        [-1, -1, -(2**61), 2**40],
    ):
        builder = UnboundedBuilder("tc0", 4)
        sums = patterns.astype(np.int64) @ np.array(weights)
        thresholds = np.unique(
            np.concatenate([sums, sums + 1, sums - 1, [2**63 - 1, -(2**63) + 1]])
        )
        wires = np.tile(builder.input_literals(), (len(thresholds), 1))
        circuit = builder.finish(builder.gate(THRESHOLD, wires, weights, thresholds))
        validate(circuit)
        assert np.array_equal(evaluate(circuit, patterns), sums[:, None] >= thresholds)


@pytest.mark.parametrize("fan_in", [1, 2, 63, 64, 65, 1000])
def test_and_or_and_majority_of_many_wires(fan_in: int) -> None:
    builder = UnboundedBuilder("tc0", fan_in)
    wires = builder.input_literals()[None]
    outputs = [
        builder.gate(AND, wires),
        builder.gate(OR, wires ^ 1),
        builder.gate(THRESHOLD, wires, None, fan_in // 2),
    ]
    circuit = builder.finish(np.concatenate(outputs))
    rng = np.random.default_rng(fan_in)
    ones = rng.integers(0, fan_in + 1, 300)
    ones[:4] = fan_in, 0, fan_in // 2, fan_in - 1
    patterns = rng.permuted(np.arange(fan_in) < ones[:, None], axis=1)
    expected = np.stack([ones == fan_in, ones < fan_in, ones >= fan_in // 2], axis=1)
    assert np.array_equal(evaluate(circuit, patterns), expected)


def test_only_thresholds_of_the_very_same_sum_reuse_it() -> None:
    builder = UnboundedBuilder("tc0", 3)
    x, y, z = builder.input_literals().tolist()
    for op, wires, weights in (
        (THRESHOLD, [x, y], [1, 2]),
        (THRESHOLD, [x, y], [1, 2]),
        (THRESHOLD, [x, y], [1, 2]),
        (THRESHOLD, [x, y], [1, 3]),
        (THRESHOLD, [x, y ^ 1], [1, 3]),
        (THRESHOLD, [x], [1]),
        (THRESHOLD, [x, y], None),
        (AND, [x, y], None),
        (AND, [x, y], None),
        (THRESHOLD, [x, y], None),
        (THRESHOLD, [x, y, z], None),
    ):
        builder.gate(op, np.array([wires]), weights, 0)
    circuit = builder.finish([])
    repeats = repeated_sums(circuit.ops, circuit.fan_in, circuit.starts, circuit.weights)
    assert np.flatnonzero(repeats).tolist() == [1, 2]


def test_a_repeated_sum_is_not_summed_again() -> None:
    rng = np.random.default_rng(3)
    builder = UnboundedBuilder("tc0", 20)
    wires = np.tile(builder.input_literals(), (4, 1))
    circuit = builder.finish(
        builder.gate(THRESHOLD, wires, rng.integers(1, 9, 20), [0, 10, 40, 70])
    )
    words = random_words(rng, 20, 2)
    program = UnboundedProgram(circuit)
    expected = program.words(words)
    assert np.array_equal(expected, reference_words(circuit, words))
    unread = circuit.fan_in.copy()
    unread[20:] = 0  # the wires of all gates but the first
    program._gates = program._gates._replace(fan_in=unread)
    assert np.array_equal(program.words(words), expected)


def test_rows_narrow_before_the_tables_outgrow_their_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    circuit = random_unbounded(np.random.default_rng(0), "ac0", 9, 90, 4)
    program = UnboundedProgram(circuit)
    assert (program.width(1000, 1), program.width(5, 1)) == (64, 5)
    monkeypatch.setattr(threshold_kernels, "TABLE_BYTES", 100 * 8 * 12)
    assert (program.width(1000, 1), program.width(1000, 2), program.width(1000, 99)) == (
        12,
        6,
        1,
    )


def test_a_circuit_may_have_no_inputs_or_no_outputs_or_no_gates() -> None:
    for basis in BASES:
        builder = UnboundedBuilder(basis, 0)
        true = builder.gate(AND, np.array([[1, 1]]))
        circuit = builder.finish([true[0], true[0] ^ 1, 1])
        assert evaluate(circuit, np.zeros((3, 0), bool)).tolist() == [[True, False, True]] * 3
        assert evaluate(
            replace(circuit, outputs=circuit.outputs[:0]), np.zeros((3, 0), bool)
        ).shape == (3, 0)
        empty = UnboundedBuilder(basis, 2).finish([3])
        assert evaluate(empty, np.eye(2, dtype=bool)).tolist() == [[False], [True]]
        assert Evaluator(empty).words(np.zeros((2, 0), np.uint64)).shape == (1, 0)
        with pytest.raises(InputError, match=r"patterns of shape \(patterns, 2\)"):
            evaluate(empty, np.zeros((4, 3), bool))
