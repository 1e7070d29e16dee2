from dataclasses import replace

import numpy as np
import pytest

from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import by_scope, dead_gates, depth
from circuitsim.netlist.evaluator.simulate import Evaluator
from circuitsim.netlist.passes.share import CHAIN, Share
from circuitsim.netlist.validate import validate
from tests.netlist.random_circuits import Gates, random_circuit, random_words


def slow_share(circuit: Circuit) -> int:
    """Number of gates after hashing with a Python dictionary, from the outputs on."""
    place = {node: 2 * node for node in range(1 + circuit.inputs)}
    table: dict[tuple[int, int, int], int] = {}
    sources: dict[int, tuple[int, int]] = {}
    for g, (a, b) in enumerate(circuit.fan_in.tolist()):
        x, y = place[a >> 1] ^ (a & 1), place[b >> 1] ^ (b & 1)
        op, flip = int(circuit.ops[g]), 0
        if op == 1:
            flip = (x ^ y) & 1
            x, y = x & ~1, y & ~1
        x, y = min(x, y), max(x, y)
        if op == 1 and (x == y or x == 0):
            place[1 + circuit.inputs + g] = (0 if x == y else y) ^ flip
        elif op == 0 and (x in (0, 1, y) or x ^ 1 == y):
            place[1 + circuit.inputs + g] = 0 if x == 0 or x ^ 1 == y else y
        else:
            node = table.setdefault((op, x, y), 1 + circuit.inputs + g)
            sources[node] = x, y
            place[1 + circuit.inputs + g] = 2 * node ^ flip
    stack, live = [place[int(o) >> 1] >> 1 for o in circuit.outputs], set()
    while stack:
        node = stack.pop()
        if node in sources and node not in live:
            live.add(node)
            stack += [s >> 1 for s in sources[node]]
    return len(live)


@pytest.mark.parametrize("basis", ["xag", "aig"])
def test_sharing_keeps_the_function_and_finds_all_equal_gates(basis: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        circuit = random_circuit(
            rng, basis, *(int(rng.integers(0, most)) for most in (6, 90, 9))
        )
        shared = Share()(circuit)
        validate(shared)
        words = random_words(rng, circuit.inputs, 2)
        assert np.array_equal(Evaluator(shared).words(words), Evaluator(circuit).words(words))
        assert shared.gates == slow_share(circuit)
        assert dead_gates(shared) == 0
        assert depth(shared) <= depth(circuit)
        assert Share()(shared).gates == shared.gates
        assert sum(cost.gates for cost in by_scope(shared)) == shared.gates


def test_gates_of_a_node_with_many_readers_are_found_beyond_its_list() -> None:
    gates = Gates("aig", 40)
    last = 2 * 40
    pairs = [gates.and_(2 * (1 + k), last) for _ in range(3) for k in range(8 * CHAIN)]
    shared = Share()(gates.circuit(pairs))
    assert shared.gates == 8 * CHAIN
    assert len(set(shared.outputs.tolist())) == 8 * CHAIN


def test_trivial_gates_fold() -> None:
    n = Gates("xag", 2)
    x, y = 2, 4
    cases = {
        0: [
            n.and_(x, x ^ 1),
            n.and_(0, y),
            n.xor(x, x),
            n.xor(y ^ 1, y ^ 1),
            n.and_(n.xor(x, x), y),
        ],
        1: [n.xor(x, x ^ 1), n.and_(1, 1), n.xor(0, 1)],
        x: [n.and_(x, x), n.and_(1, x), n.xor(x, 0), n.xor(1, x ^ 1)],
        y ^ 1: [n.xor(y, 1), n.and_(y ^ 1, y ^ 1)],
    }
    for literal, gates in cases.items():
        shared = Share()(n.circuit(gates))
        assert shared.outputs.tolist() == [literal] * len(gates)
        assert shared.gates == 0


def test_complements_of_xors_move_to_the_output() -> None:
    n = Gates("xag", 2)
    shared = Share()(n.circuit([n.xor(2, 4), n.xor(5, 2), n.xor(3, 5), n.xor(4, 3)]))
    assert shared.gates == 1
    assert shared.outputs.tolist() == [6, 7, 6, 7]


def test_a_shared_gate_keeps_its_first_scope_and_empty_scopes_lose_their_runs() -> None:
    n = Gates("aig", 3)
    a = n.and_(2, 4)
    b = n.and_(4, 2)
    c = n.and_(b, 6)
    circuit = replace(
        n.circuit([a, c]),
        scopes=("first", "second", "third"),
        scope_runs=np.array([[0, 0], [1, 1], [2, 2]]),
    )
    shared = Share()(circuit)
    validate(shared)
    assert [(s.scope, s.gates) for s in by_scope(shared)] == [("first", 1), ("third", 1)]
