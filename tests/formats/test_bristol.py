"""Bristol Fashion as somebody else reads and evaluates it: the package bfcl."""

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.formats.table import load, save
from tests.formats.test_exchange import ROOT, odd_circuits, patterns
from tests.netlist.random_circuits import random_circuit

bfcl = pytest.importorskip("bfcl", reason="bfcl is not there: pip install bfcl")


def evaluated(path, bits):
    """Outputs (batch, outputs) by bfcl, whose outputs are one value."""
    circuit = bfcl.circuit(path.read_text())
    return np.array([circuit.evaluate([row])[0] for row in bits.astype(int).tolist()])


def test_a_stranger_evaluates_random_circuits_as_we_do(tmp_path):
    rng = np.random.default_rng(11)
    circuits = [*odd_circuits()]
    for _ in range(60):
        inputs, gates, outputs = (int(rng.integers(1, most)) for most in (9, 80, 5))
        circuits.append(
            random_circuit(rng, str(rng.choice(["xag", "aig"])), inputs, gates, outputs)
        )
    for circuit in circuits:
        save(circuit, tmp_path / "c.bristol")
        bits = patterns(circuit)
        np.testing.assert_array_equal(
            evaluated(tmp_path / "c.bristol", bits), circuit.evaluate(bits)
        )


def test_a_stranger_evaluates_a_trained_model(tmp_path):
    model = cs.load(ROOT / "examples" / "majority.pt")
    for basis, n in (("xag", 11), ("aig", 16)):
        save(cs.compile(model, basis)(n).flatten(), tmp_path / "m.bristol")
        bits = np.random.default_rng(n).random((200, n)) < 0.5
        ones = bits.sum(axis=1)
        assert {n // 2, n // 2 + 1} <= {*ones.tolist()}
        found = evaluated(tmp_path / "m.bristol", bits)
        np.testing.assert_array_equal(found[:, 0], 2 * ones > n)


def test_copies_and_constants_of_others_are_read(tmp_path):
    """Which we do not write."""
    path = tmp_path / "c.bristol"
    path.write_text(
        "5 7\n2 1 1\n2 1 2\n\n1 1 1 2 EQ\n2 1 0 1 3 AND\n1 1 0 4 EQW\n1 1 2 5 INV\n1 1 3 6 EQW\n"
    )
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], bool)
    wanted = [[a, False, a and b] for a, b in bits.tolist()]
    assert load(path).evaluate(bits).tolist() == wanted
