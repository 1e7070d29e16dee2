import numpy as np
import pytest

from circuitsim.circuits.circuit import Circuit
from circuitsim.circuits.counting import (
    ScopeCost,
    by_scope,
    dead_gates,
    depth,
    gates_by_kind,
    levels,
    max_fan_in,
    wires,
)
from tests.circuits.random_circuits import Gates, random_circuit


def slow_level(circuit: Circuit, literal: int, count_not: bool, seen: dict[int, int]) -> int:
    """Longest path to a literal, by the definition."""
    node = literal >> 1
    if node not in seen:
        gate = node - 1 - circuit.inputs
        seen[node] = 0
        if gate >= 0:
            seen[node] = 1 + max(slow_level(circuit, int(s), count_not, seen) for s in circuit.fan_in[gate])
    return seen[node] + int(count_not and literal & 1 and node > 0)


def slow_live(circuit: Circuit) -> set[int]:
    live: set[int] = set()
    stack = [int(o) >> 1 for o in circuit.outputs]
    while stack:
        node = stack.pop()
        if node in live or node <= circuit.inputs:
            continue
        live.add(node)
        stack += [int(s) >> 1 for s in circuit.fan_in[node - 1 - circuit.inputs]]
    return live


@pytest.mark.parametrize("count_not", [False, True])
def test_levels_and_depth_are_longest_paths(count_not: bool) -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        circuit = random_circuit(rng, "xag", *(int(rng.integers(0, most)) for most in (5, 60, 6)))
        seen: dict[int, int] = {}
        expected = [slow_level(circuit, 2 * node, count_not, seen) for node in range(circuit.nodes)]
        assert levels(circuit, count_not).tolist() == expected
        ends = [slow_level(circuit, int(o), count_not, seen) for o in circuit.outputs]
        assert depth(circuit, count_not) == max(ends, default=0)


def test_counts_are_the_definitions() -> None:
    rng = np.random.default_rng(1)
    for basis in ("xag", "aig"):
        for _ in range(50):
            circuit = random_circuit(rng, basis, *(int(rng.integers(0, most)) for most in (5, 60, 6)))
            assert dead_gates(circuit) == circuit.gates - len(slow_live(circuit))
            kinds = gates_by_kind(circuit)
            assert list(kinds) == (["and", "xor"] if basis == "xag" else ["and"])
            assert kinds["and"] == circuit.ops.tolist().count(0)
            assert sum(kinds.values()) == circuit.gates
            assert wires(circuit) == circuit.fan_in.size
            assert max_fan_in(circuit) == (2 if circuit.gates else 0)


def test_scopes_partition_the_gates() -> None:
    rng = np.random.default_rng(2)
    for _ in range(100):
        circuit = random_circuit(rng, "xag", *(int(rng.integers(0, most)) for most in (5, 60, 6)))
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
