import numpy as np
import pytest

from circuitsim.bases import BASES, names
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import (
    ScopeCost,
    by_scope,
    dead_gates,
    depth,
    gates_by_kind,
    levels,
    max_fan_in,
    max_weight,
    wires,
    wires_weighted,
)
from circuitsim.netlist.program import KINDS
from circuitsim.netlist.unbounded_builder import UnboundedBuilder
from tests.netlist.random_circuits import Gates, random_of


def sources(circuit: Circuit, gate: int) -> list[int]:
    if circuit.starts is None:
        return circuit.fan_in[gate].tolist()
    return circuit.fan_in[circuit.starts[gate] : circuit.starts[gate + 1]].tolist()


def slow_level(circuit: Circuit, literal: int, count_not: bool, seen: dict[int, int]) -> int:
    """Longest path to a literal, by the definition."""
    node = literal >> 1
    if node not in seen:
        gate = node - 1 - circuit.inputs
        seen[node] = 0
        if gate >= 0:
            seen[node] = 1 + max(
                slow_level(circuit, s, count_not, seen) for s in sources(circuit, gate)
            )
    return seen[node] + int(count_not and literal & 1 and node > 0)


def slow_live(circuit: Circuit) -> set[int]:
    live: set[int] = set()
    stack = [int(o) >> 1 for o in circuit.outputs]
    while stack:
        node = stack.pop()
        if node in live or node <= circuit.inputs:
            continue
        live.add(node)
        stack += [s >> 1 for s in sources(circuit, node - 1 - circuit.inputs)]
    return live


@pytest.mark.parametrize("basis", names())
@pytest.mark.parametrize("count_not", [False, True])
def test_levels_and_depth_are_longest_paths(basis: str, count_not: bool) -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        circuit = random_of(rng, basis, *(int(rng.integers(0, most)) for most in (5, 60, 6)))
        seen: dict[int, int] = {}
        expected = [
            slow_level(circuit, 2 * node, count_not, seen) for node in range(circuit.nodes)
        ]
        assert levels(circuit, count_not).tolist() == expected
        ends = [slow_level(circuit, int(o), count_not, seen) for o in circuit.outputs]
        assert depth(circuit, count_not) == max(ends, default=0)


@pytest.mark.parametrize("basis", names())
def test_counts_are_the_definitions(basis: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        circuit = random_of(rng, basis, *(int(rng.integers(0, most)) for most in (5, 60, 6)))
        assert dead_gates(circuit) == circuit.gates - len(slow_live(circuit))
        kinds = gates_by_kind(circuit)
        assert tuple(kinds) == BASES[basis].kinds
        assert all(
            count == circuit.ops.tolist().count(KINDS.index(kind))
            for kind, count in kinds.items()
        )
        assert sum(kinds.values()) == circuit.gates
        fan_in = [len(sources(circuit, g)) for g in range(circuit.gates)]
        assert wires(circuit) == sum(fan_in)
        assert max_fan_in(circuit) == max(fan_in, default=0)
        weights = (
            [1] * sum(fan_in)
            if circuit.weights is None
            else [abs(w) for w in circuit.weights.tolist()]
        )
        assert wires_weighted(circuit) == sum(weights)
        assert max_weight(circuit) == max(weights, default=0)


def test_the_sum_of_weights_may_be_beyond_64_bits() -> None:
    builder = UnboundedBuilder("tc0", 2)
    builder.gate(3, np.tile(builder.input_literals(), (1000, 1)), [2**61 + 3, -(2**61) + 5])
    circuit = builder.finish([2])
    assert wires_weighted(circuit) == 1000 * (2**62 - 2)
    assert max_weight(circuit) == 2**61 + 3


@pytest.mark.parametrize("basis", ["xag", "tc0"])
def test_scopes_partition_the_gates(basis: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(100):
        circuit = random_of(rng, basis, *(int(rng.integers(0, most)) for most in (5, 60, 6)))
        scope, found = "", {}
        starts = {int(g): circuit.scopes[i] for g, i in circuit.scope_runs}
        for g, level in enumerate(levels(circuit)[1 + circuit.inputs :].tolist()):
            scope = starts.get(g, scope)
            gates, deepest = found.get(scope, (0, 0))
            found[scope] = gates + 1, max(deepest, level)
        assert {c.scope: (c.gates, c.depth) for c in by_scope(circuit)} == found


def test_a_circuit_without_scopes_has_one_nameless_one() -> None:
    gates = Gates("aig", 2)
    circuit = gates.circuit([gates.and_(2, gates.and_(2, 5))])
    assert by_scope(circuit) == [ScopeCost("", 2, 2)]
    assert by_scope(circuit, count_not=True) == [ScopeCost("", 2, 3)]
    assert by_scope(Gates("aig", 2).circuit([2])) == []


def test_a_negated_constant_is_free_in_both_conventions() -> None:
    assert depth(Gates("aig", 1).circuit([1, 0]), count_not=True) == 0
    assert depth(Gates("aig", 1).circuit([3]), count_not=True) == 1
    assert depth(Gates("aig", 1).circuit([3])) == 0
