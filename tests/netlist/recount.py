"""Compare what `measure` says with a recount of the netlist, and the netlist with the schematic's meaning."""

import numpy as np

from circuitsim.netlist import counting
from circuitsim.netlist.evaluator.simulate import evaluate as evaluate_flat
from circuitsim.netlist.interface import with_wired
from circuitsim.netlist.passes.unweighted import unweighted
from circuitsim.netlist.validate import validate
from circuitsim.schematic.cost import Cost
from circuitsim.schematic.evaluate import evaluate
from circuitsim.schematic.flatten import flatten
from circuitsim.schematic.measure import measure
from circuitsim.schematic.schematic import Schematic


def assert_measured_exactly(
    schematic: Schematic, dead: int = 0, known: Cost | None = None
) -> None:
    """Gates, kinds, wires, scopes, depth and the depth of every output; with runs and with runs cut to length 1.

    Args:
        known: what `measure` says with runs, where that is known.
    """
    circuit = flatten(schematic)
    validate(circuit)
    levels = counting.levels(circuit)
    outputs = [int(levels[o >> 1]) if o > 1 else int(o) - 2 for o in circuit.outputs]
    kinds = {kind: count for kind, count in counting.gates_by_kind(circuit).items() if count}
    scopes = {row.scope: (row.gates, row.depth) for row in counting.by_scope(circuit)}
    counted = {
        name: getattr(counting, name)(circuit)
        for name in (
            "wires",
            "wires_weighted",
            "max_fan_in",
            "max_weight",
            "max_fan_in_weighted",
            "depth",
        )
    }
    unit = None
    if circuit.basis == "tc0" and counted["wires_weighted"] < 10**6:
        unit = counting.max_fan_in(unweighted(circuit))
    for cost in (known or measure(schematic), measure(schematic, cut=True)):
        assert cost.gates == circuit.gates
        assert cost.gates_by_kind == kinds
        assert {name: getattr(cost, name) for name in counted} == counted
        assert unit in (None, cost.max_fan_in_weighted)
        assert {name: (s.gates, s.depth) for name, s in cost.scopes.items()} == scopes
        assert depths(cost) == outputs
    assert counting.dead_gates(circuit) == dead


def depths(cost: Cost) -> list[int]:
    """Codes of all outputs in order."""
    return [int(code) for profile in cost.outputs for code in profile.expand_dense().ravel()]


def assert_same_function(schematic: Schematic, patterns: np.ndarray) -> None:
    """The flat circuit computes what the schematic means."""
    circuit = flatten(schematic)
    seen = evaluate_flat(circuit, with_wired(circuit.interface, patterns))
    assert np.array_equal(seen, evaluate(schematic, patterns))
