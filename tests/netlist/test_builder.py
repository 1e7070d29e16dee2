import numpy as np
import pytest

from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.netlist import building as module
from circuitsim.netlist.builder import Builder
from circuitsim.netlist.counting import by_scope, levels
from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.netlist.program import Program
from circuitsim.netlist.validate import validate
from tests.netlist.random_circuits import random_circuit

HALF_ADDER = Program(
    2,
    np.array([1, 0], np.uint8),
    np.array([2, 2], np.int32),
    np.array([4, 4], np.int32),
    np.array([6, 8], np.int32),
)


def as_program(rng: np.random.Generator, inputs: int, gates: int, outputs: int) -> Program:
    c = random_circuit(rng, "xag", inputs, gates, outputs)
    return Program(inputs, c.ops, c.fan_in[:, 0].copy(), c.fan_in[:, 1].copy(), c.outputs)


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 200])
def test_stamping_is_calling_the_program_on_every_row(rows: int) -> None:
    rng = np.random.default_rng(rows)
    for _ in range(10):
        builder = Builder("xag", 12)
        program = as_program(rng, int(rng.integers(0, 6)), int(rng.integers(0, 30)), 5)
        wires = rng.integers(0, 26, (rows, program.inputs)).astype(np.int32)
        out = builder.stamp(program, wires)
        assert out.shape == (rows, 5)
        circuit = builder.finish(out.reshape(-1))
        validate(circuit)
        assert circuit.gates == rows * program.gates
        assert np.array_equal(builder.level[: circuit.nodes], levels(circuit))
        patterns = rng.integers(0, 2, (10, 12)).astype(bool)
        known = np.concatenate([np.zeros((10, 1), bool), patterns], axis=1)
        values = known[:, wires >> 1] ^ (wires & 1).astype(bool)
        single = Builder("xag", program.inputs)
        one = single.finish(single.stamp(program, single.input_literals()[None])[0])
        expected = [evaluate(one, values[:, row]) for row in range(rows)]
        got = evaluate(circuit, patterns).reshape(10, rows, 5)
        assert all(np.array_equal(got[:, row], expected[row]) for row in range(rows))


def test_gates_of_one_kind_come_in_runs() -> None:
    builder = Builder("xag", 2)
    builder.stamp(HALF_ADDER, np.tile(builder.input_literals(), (100, 1)))
    circuit = builder.finish([])
    assert np.count_nonzero(np.diff(circuit.ops)) == 3  # 64 XOR, 64 AND, 36 XOR, 36 AND


def test_bulk_gates_fold_nothing() -> None:
    builder = Builder("xag", 2, capacity=1)
    x, y = builder.input_literals()
    a = builder.and_(np.array([[x, x], [0, 1]]), y)
    b = builder.xor(a, a)
    assert a.tolist() == [[6, 8], [10, 12]]
    assert b.tolist() == [[14, 16], [18, 20]]
    assert builder.levels(b).tolist() == [[2, 2], [2, 2]]
    circuit = builder.finish(b.reshape(-1))
    assert circuit.gates == 8
    assert not evaluate(circuit, np.ones((1, 2), bool)).any()


def test_known_capacity_is_exact_and_unknown_capacity_grows() -> None:
    exact = Builder("aig", 1, capacity=10)
    exact.and_(np.full(10, 2), 3)
    assert len(exact.level) == 12
    growing = Builder("aig", 1)
    for _ in range(100):
        growing.and_(np.full(7, 2), 3)
    circuit = growing.finish([2])
    assert circuit.gates == 700
    assert (circuit.fan_in == [2, 3]).all()
    assert len(growing.level) < 2 * 700


def test_scopes_follow_the_gates() -> None:
    builder = Builder("xag", 2)
    x, y = builder.input_literals()
    builder.scope("empty")
    builder.scope("layer0/head0/scores")
    a = builder.and_(np.array([x]), y)
    builder.scope("layer0/ffn")
    b = builder.and_(a, a)
    builder.scope("layer0/ffn")
    builder.and_(b, a)
    builder.scope("layer0/head0/scores")
    builder.and_(np.array([x, x]), y)
    builder.scope("nothing after")
    circuit = builder.finish(b)
    validate(circuit)
    assert [tuple(row) for row in by_scope(circuit)] == [
        ("layer0/head0/scores", 3, 1),
        ("layer0/ffn", 2, 3),
    ]


def test_limits_and_bases_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitError, match=r"at most 2\^30"):
        Builder("xag", 5, capacity=1 << 30)
    monkeypatch.setattr(module, "MOST_NODES", 10)
    builder = Builder("aig", 5)
    with pytest.raises(LimitError, match="11 nodes"):
        builder.and_(np.full(5, 2), 4)
    with pytest.raises(CircuitSimError, match="no XOR"):
        builder.xor(np.array([2]), np.array([4]))
    with pytest.raises(CircuitSimError, match="XOR gates"):
        builder.stamp(HALF_ADDER, np.array([[2, 4]]))
    with pytest.raises(CircuitSimError, match="reads 2 wires"):
        builder.stamp(HALF_ADDER, np.array([[2, 4, 6]]))
    with pytest.raises(CircuitSimError, match="'nand'"):
        Builder("nand", 1)
