"""Outside optimisers: what they make is the same function, and what is not is found."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from circuitsim.cli import convert

import circuitsim as cs
from circuitsim.analysis.optimizing import OPTIMIZERS, by_aigverse, optimized
from circuitsim.errors import InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.extending import MoreGates
from circuitsim.netlist.passes.ands import ands_only
from circuitsim.netlist.passes.share import Share
from tests.formats.test_exchange import ROOT, odd_circuits, patterns
from tests.netlist.random_circuits import random_circuit, random_of


def wrong_where_all_are_true(circuit: Circuit) -> Circuit:
    """Another function, on one input only."""
    gates = MoreGates(ands_only(circuit))
    everything = gates.all(np.arange(2, 2 + 2 * circuit.inputs, 2))
    return gates.circuit(gates.differ(circuit.outputs.astype(np.int64), everything))


def majority(n):
    return cs.compile(cs.load(ROOT / "examples" / "majority.pt"))(n).flatten()


@pytest.mark.parametrize("n", [7, 31])
def test_a_wrong_optimizer_is_found(n, monkeypatch):
    monkeypatch.setitem(OPTIMIZERS, "rewriting", wrong_where_all_are_true)
    found = optimized(majority(n), ["rewriting"]).comparison
    assert (found.status, found.counterexample) == ("refuted", "1" * n)
    assert found.replay == (1, 0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_is_made_is_the_same_function(name):
    pytest.importorskip("aigverse")
    for seed in range(12):
        rng = np.random.default_rng(seed)
        circuit = random_of(rng, ("xag", "aig", "ac0")[seed % 3], 6, 60, 4)
        circuit = replace(circuit, interface={"of": "mine"})
        found = optimized(circuit, [name])
        assert found.comparison.status == "proved"
        assert found.circuit.interface == circuit.interface
        bits = patterns(circuit)
        np.testing.assert_array_equal(found.circuit.evaluate(bits), circuit.evaluate(bits))
    for circuit in odd_circuits():
        assert optimized(circuit, [name, name]).comparison.status == "proved"


def test_optimizers_work_one_after_another():
    pytest.importorskip("aigverse")
    circuit = Share()(ands_only(majority(9)))
    both = optimized(circuit, ["resubstitution", "rewriting"])
    one = optimized(circuit, ["resubstitution"])
    assert (
        both.circuit.gates <= one.circuit.gates < one.before == both.before == circuit.gates
    )
    assert both.circuit == optimized(one.circuit, ["rewriting"]).circuit


def test_the_verdict_is_what_running_all_inputs_says(monkeypatch):
    """Of `balancing`, which makes another function of some of these."""
    pytest.importorskip("aigverse")
    monkeypatch.setitem(OPTIMIZERS, "rewriting", partial(by_aigverse, "balancing"))
    for seed in range(16):
        circuit = random_circuit(np.random.default_rng(seed), "aig", 7, 100, 2)
        found, bits = optimized(circuit, ["rewriting"]), patterns(circuit, 2**11)
        same = np.array_equal(found.circuit.evaluate(bits), circuit.evaluate(bits))
        assert found.comparison.status == ("proved" if same else "refuted")


def test_what_has_other_inputs_is_refused(monkeypatch):
    circuit = random_circuit(np.random.default_rng(1), "aig", 3, 5, 1)
    fourth = np.array([8], np.int32)
    none = {"ops": circuit.ops[:0], "fan_in": circuit.fan_in[:0]}
    wider = replace(circuit, inputs=5, outputs=fourth, **none)
    monkeypatch.setitem(OPTIMIZERS, "rewriting", lambda given: wider)
    with pytest.raises(InputError, match="5 inputs"):
        optimized(circuit, ["rewriting"])


def test_the_command_knows_the_optimizers():
    assert sorted(OPTIMIZERS) == sorted(convert.OPTIMIZERS)
