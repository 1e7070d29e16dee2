from dataclasses import replace

import numpy as np
import pytest

from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import by_scope, dead_gates, depth
from circuitsim.netlist.evaluator.simulate import Evaluator
from circuitsim.netlist.passes.share import Share
from circuitsim.netlist.program import AND, OR, THRESHOLD
from circuitsim.netlist.unbounded_builder import UnboundedBuilder
from circuitsim.netlist.validate import validate
from tests.netlist.random_circuits import random_unbounded, random_words


def slow_share(circuit: Circuit) -> int:
    """Number of gates that are left, by a dictionary of sorted gates and a walk from the outputs."""
    place = list(range(circuit.nodes))
    table: dict[tuple[object, ...], int] = {}
    read: dict[int, list[int]] = {}
    for g in range(circuit.gates):
        wires = slice(circuit.starts[g], circuit.starts[g + 1])
        literals = [2 * place[a >> 1] + (a & 1) for a in circuit.fan_in[wires].tolist()]
        weights = (
            [1] * len(literals)
            if circuit.weights is None
            else circuit.weights[wires].tolist()
        )
        threshold = 0 if circuit.thresholds is None else int(circuit.thresholds[g])
        node = 1 + circuit.inputs + g
        key = (int(circuit.ops[g]), threshold, *sorted(zip(literals, weights, strict=True)))
        place[node] = table.setdefault(key, node)
        read[node] = [a >> 1 for a in literals]
    stack, live = [place[o >> 1] for o in circuit.outputs.tolist()], set()
    while stack:
        node = stack.pop()
        if node in read and node not in live:
            live.add(node)
            stack += read[node]
    return len(live)


def repetitive(rng: np.random.Generator, basis: str) -> Circuit:
    """Every other gate is an earlier one, its wires permuted and replaced by equal ones."""
    builder = UnboundedBuilder(basis, 3)
    twins = {int(literal) >> 1: [int(literal)] for literal in (0, *builder.input_literals())}
    known: list[tuple[int, list[int], list[int], int, list[int]]] = []
    for _ in range(int(rng.integers(0, 60))):
        if known and rng.integers(2):
            op, wires, weights, threshold, equal = known[int(rng.integers(len(known)))]
            order = rng.permutation(len(wires))
            wires = [int(rng.choice(twins[wires[k] >> 1])) ^ (wires[k] & 1) for k in order]
            weights = [weights[k] for k in order]
        else:
            op = int(rng.choice([AND, OR, THRESHOLD] if basis == "tc0" else [AND, OR]))
            wires = [
                2 * node ^ int(rng.integers(2))
                for node in rng.choice(list(twins), int(rng.integers(1, 5)))
            ]
            weights = [int(w) for w in rng.choice([1, 2, -1], len(wires))]
            threshold, equal = int(rng.integers(0, 2)), []
            known.append((op, wires, weights, threshold, equal))
        plain = op != THRESHOLD
        made = builder.gate(
            op, np.array([wires]), None if plain else weights, 0 if plain else threshold
        )
        equal.append(int(made[0]))
        twins[int(made[0]) >> 1] = equal
    literals = [literal for equal in twins.values() for literal in equal]
    circuit = builder.finish(rng.choice(literals, int(rng.integers(0, 8))) ^ 1)
    runs = np.unique(rng.integers(0, max(circuit.gates, 1), 4 if circuit.gates else 0))
    index = np.arange(len(runs)) % 3
    return replace(
        circuit,
        scopes=("a", "b", "c"),
        scope_runs=np.stack([runs, index], axis=1).astype(np.int64),
    )


@pytest.mark.parametrize("basis", ["ac0", "tc0"])
@pytest.mark.parametrize("seed", range(10))
def test_sharing_keeps_the_function_and_finds_all_equal_gates(basis: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    saved = 0
    for k in range(30):
        sizes = (int(rng.integers(0, most)) for most in (6, 50, 9))
        circuit = (
            random_unbounded(rng, basis, *sizes) if k % 3 == 0 else repetitive(rng, basis)
        )
        shared = Share()(circuit)
        validate(shared)
        words = random_words(rng, circuit.inputs, 2)
        assert np.array_equal(Evaluator(shared).words(words), Evaluator(circuit).words(words))
        assert shared.gates == slow_share(circuit)
        assert dead_gates(shared) == 0
        assert depth(shared) <= depth(circuit)
        assert Share()(shared) == shared
        assert sum(cost.gates for cost in by_scope(shared)) == shared.gates
        saved += circuit.gates - dead_gates(circuit) - shared.gates
    assert saved > 20


def test_equal_is_kind_threshold_and_weighted_literals_in_any_order() -> None:
    builder = UnboundedBuilder("tc0", 2)

    def gate(
        op: int, wires: list[int], weights: list[int] | None = None, threshold: int = 0
    ) -> int:
        return int(builder.gate(op, np.array([wires]), weights, threshold)[0])

    same = [
        [gate(AND, [2, 4]), gate(AND, [4, 2])],
        [gate(OR, [2, 4])],
        [gate(AND, [2, 2, 4]), gate(AND, [2, 4, 2])],
        [gate(THRESHOLD, [2, 4], [3, 5], 4), gate(THRESHOLD, [4, 2], [5, 3], 4)],
        [gate(THRESHOLD, [2, 4], [5, 3], 4)],
        [gate(THRESHOLD, [2, 4], [3, 5], 3)],
        [gate(THRESHOLD, [2, 5], [3, 5], 4)],
        [gate(THRESHOLD, [2, 4])],
        [gate(AND, [2, 1])],
        [gate(AND, [2])],
    ]
    shared = Share()(builder.finish([literal for group in same for literal in group]))
    groups = iter(shared.outputs.tolist())
    found = [{next(groups) for _ in group} for group in same]
    assert [len(group) for group in found] == [1] * len(same)
    assert len(set.union(*found)) == shared.gates == len(same)


def test_what_reads_equal_gates_is_equal_and_the_first_scope_stays() -> None:
    builder = UnboundedBuilder("ac0", 3)
    x, y, z = builder.input_literals()[:, None]
    builder.scope("first")
    a = builder.and_(x, y)
    builder.scope("second")
    b = builder.and_(y, x)
    builder.scope("third")
    c, d = builder.and_(a ^ 1, z), builder.and_(z, b ^ 1)
    shared = Share()(builder.finish(np.concatenate([d, c ^ 1])))
    validate(shared)
    assert shared.gates == 2
    assert shared.outputs.tolist() == [10, 11]
    assert shared.fan_in.tolist() == [2, 4, 6, 9]
    assert [(s.scope, s.gates) for s in by_scope(shared)] == [("first", 1), ("third", 1)]
