import numpy as np
import pytest

from circuitsim.errors import CircuitSimError, LimitError
from circuitsim.netlist import building
from circuitsim.netlist.program import AND, OR, THRESHOLD
from circuitsim.netlist.unbounded_builder import UnboundedBuilder


def test_gates_are_written_row_by_row() -> None:
    builder = UnboundedBuilder("tc0", 3)
    x = builder.input_literals()
    a = builder.gate(OR, np.array([[2, 4, 6], [3, 3, 0]]))
    b = builder.gate(
        THRESHOLD, np.stack([a, x[:2]], axis=1), [5, -(2**60)], [1, -(2**63) + 1]
    )
    c = builder.gate(THRESHOLD, b[None])
    d = builder.ragged(AND, np.array([2, b[0], a[1], 5]), np.array([0, 1, 4]))
    e = builder.and_(np.array([[2], [b[1] ^ 1]]), d)
    assert [literals.tolist() for literals in (a, b, c, d, e)] == [
        [8, 10], [12, 14], [16], [18, 20], [[22, 24], [26, 28]]
    ]  # fmt: skip
    assert builder.levels(e).tolist() == [[2, 4], [3, 4]]
    assert builder.level[:15].tolist() == [0, 0, 0, 0, 1, 1, 2, 2, 3, 1, 3, 2, 4, 3, 4]
    circuit = builder.finish([e[0, 0], 3], {"n": 1})
    assert circuit.ops.tolist() == [
        OR,
        OR,
        THRESHOLD,
        THRESHOLD,
        THRESHOLD,
        AND,
        AND,
        AND,
        AND,
        AND,
        AND,
    ]
    assert circuit.starts.tolist() == [0, 3, 6, 8, 10, 12, 13, 16, 18, 20, 22, 24]
    assert circuit.fan_in.tolist() == [
        2, 4, 6, 3, 3, 0, 8, 2, 10, 4, 12, 14, 2, 12, 10, 5, 2, 18, 2, 20, 15, 18, 15, 20
    ]  # fmt: skip
    assert circuit.weights.tolist() == [1] * 6 + [5, -(2**60)] * 2 + [1] * 14
    assert circuit.thresholds.tolist() == [0, 0, 1, -(2**63) + 1] + [0] * 7
    assert (circuit.starts.dtype, circuit.weights.dtype, circuit.thresholds.dtype) == (
        np.int64,
    ) * 3
    assert (circuit.ops.dtype, circuit.fan_in.dtype, circuit.outputs.tolist()) == (
        np.uint8,
        np.int32,
        [22, 3],
    )
    assert circuit.interface == {"n": 1}


def test_ac0_has_no_weights_and_grows() -> None:
    builder = UnboundedBuilder("ac0", 2)
    for k in range(100):
        builder.scope("even" if k % 2 == 0 else "odd")
        builder.gate(OR, np.full((7, 9), 2))
    circuit = builder.finish([2])
    assert (circuit.gates, len(circuit.fan_in), circuit.weights, circuit.thresholds) == (
        700,
        6300,
        None,
        None,
    )
    assert np.array_equal(circuit.starts, 9 * np.arange(701))
    assert (circuit.fan_in == 2).all()
    assert circuit.scopes == ("even", "odd")
    assert np.array_equal(circuit.scope_runs, [[7 * k, k % 2] for k in range(100)])
    assert len(builder.level) < 2 * 700


def test_no_rows_are_no_gates() -> None:
    builder = UnboundedBuilder("tc0", 1)
    assert builder.gate(THRESHOLD, np.zeros((0, 2)), [3, 4], np.zeros(0, int)).shape == (0,)
    assert builder.ragged(OR, np.zeros(0), np.zeros(1)).shape == (0,)
    assert builder.and_(np.zeros((2, 0), int), 2).shape == (2, 0)
    assert builder.finish([]).gates == 0


def test_what_a_basis_or_an_int64_cannot_hold_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    builder = UnboundedBuilder("tc0", 1)
    wires = np.array([[2, 3]])
    for weights, thresholds, error, message in (
        ([1], 0, CircuitSimError, "2 wires take as many weights"),
        ([1, 0], 0, CircuitSimError, "weight 0"),
        ([2**63, 1], 0, LimitError, "weight beyond 64 bits"),
        ([2**61, -(2**61)], 0, LimitError, r"below 2\^62"),
        (None, 2**63, LimitError, "threshold beyond 64 bits"),
        (None, [1, 2], CircuitSimError, "one threshold or 1"),
    ):
        with pytest.raises(error, match=message):
            builder.gate(THRESHOLD, wires, weights, thresholds)  # type: ignore[arg-type]
    for op, weights, thresholds in ((AND, [1, 1], 0), (OR, None, 1)):
        with pytest.raises(CircuitSimError, match="no weights and no threshold"):
            builder.gate(op, wires, weights, thresholds)
    with pytest.raises(CircuitSimError, match=r"got \(1, 0\)"):
        builder.gate(AND, np.zeros((1, 0)))
    for starts in ([0, 1], [1, 2], [0, 0, 2], []):
        with pytest.raises(CircuitSimError, match="ascend from 0 to the 2 wires"):
            builder.ragged(AND, wires[0], np.array(starts))
    with pytest.raises(CircuitSimError, match="2 wires take as many weights"):
        builder.ragged(THRESHOLD, wires[0], np.array([0, 2]), [1])
    with pytest.raises(LimitError, match=rf"^{3 * 2**60 + 2**61} is the sum"):
        builder.ragged(
            THRESHOLD,
            wires[[0, 0]].ravel(),
            np.array([0, 2, 4]),
            [1, 2**60, 3 * 2**60, -(2**61)],
        )
    with pytest.raises(CircuitSimError, match="no weights"):
        builder.ragged(OR, wires[0], np.array([0, 2]), [1, 2])
    with pytest.raises(CircuitSimError, match="opcode 1 is no gate of the basis 'tc0'"):
        builder.gate(1, wires)
    with pytest.raises(CircuitSimError, match="opcode 3 is no gate of the basis 'ac0'"):
        UnboundedBuilder("ac0", 1).gate(THRESHOLD, wires)
    with pytest.raises(CircuitSimError, match="'aig'"):
        UnboundedBuilder("aig", 1)
    assert builder.gates == builder.wires == 0
    monkeypatch.setattr(building, "MOST_NODES", 10)
    with pytest.raises(LimitError, match="11 nodes"):
        builder.gate(AND, np.full((9, 2), 2))
