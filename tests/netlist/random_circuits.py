from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitsim.bases import BASES
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, OR, THRESHOLD
from tests.netlist.reference import evaluate_integers

Words = npt.NDArray[np.uint64]


def random_circuit(
    rng: np.random.Generator, basis: str, inputs: int, gates: int, outputs: int
) -> Circuit:
    """Gates that read mostly recent nodes, constants and equal sources included; three runs of scopes."""
    fan_in = np.zeros((gates, 2), np.int32)
    for g in range(gates):
        high = 2 * (1 + inputs + g)
        fan_in[g] = rng.integers(max(0, high - int(rng.integers(4, 60))), high, 2)
    ops = rng.integers(0, 2 if basis == "xag" else 1, gates).astype(np.uint8)
    starts = (
        np.sort(rng.choice(gates, min(3, gates), replace=False))
        if gates
        else np.zeros(0, np.int64)
    )
    runs = np.stack([starts, np.arange(len(starts)) % 2], axis=1).astype(np.int64)
    literals = rng.integers(0, 2 * (1 + inputs + gates), outputs).astype(np.int32)
    return Circuit(basis, inputs, ops, fan_in, literals, ("one", "two"), runs)


def random_unbounded(
    rng: np.random.Generator, basis: str, inputs: int, gates: int, outputs: int
) -> Circuit:
    """Gates of any fan-in, some wide, with repeated literals and constants.

    In tc0 there are large and negative weights, thresholds that are always or never reached, and thermometers: runs
    of gates with one sum.
    """
    thresholding = basis == "tc0"
    ops = rng.choice([AND, OR, THRESHOLD] if thresholding else [AND, OR], gates).astype(
        np.uint8
    )
    fan_in, weights, thresholds = [], [], np.zeros(gates, np.int64)
    for g in range(gates):
        again = g and ops[g] == ops[g - 1] == THRESHOLD and rng.integers(2)
        if not again:
            wide = int(rng.choice([1, 2, 3, 5, 20, 100], p=[0.1, 0.2, 0.3, 0.25, 0.1, 0.05]))
            high = 2 * (1 + inputs + g)
            reach = rng.choice([4, 30, high])
            literals = rng.integers(max(0, high - reach), high, wide)
            size = 1 << int(rng.choice([0, 2, 6, 40, 54]))
            heavy = rng.choice([-1, 1], wide) * rng.integers(1, size + 1, wide)
        fan_in.append(literals)
        weights.append(heavy if ops[g] == THRESHOLD else np.ones(wide, np.int64))
        if ops[g] == THRESHOLD:
            low, top = int(heavy[heavy < 0].sum()), int(heavy[heavy > 0].sum())
            near = int(heavy @ rng.integers(0, 2, wide)) + int(rng.integers(0, 2))
            thresholds[g] = rng.choice(
                [near, near, near, near, low, low - 1, top, top + 1, -(2**63), 2**63 - 1]
            )
    runs = np.stack(
        [np.unique(rng.integers(0, max(gates, 1), 3 if gates else 0))] * 2, axis=1
    ).astype(np.int64)
    runs[:, 1] %= 2
    return Circuit(
        basis,
        inputs,
        ops,
        np.concatenate([*fan_in, []]).astype(np.int32),
        rng.integers(0, 2 * (1 + inputs + gates), outputs).astype(np.int32),
        ("one", "two"),
        runs,
        starts=np.cumsum([0, *map(len, fan_in)], dtype=np.int64),
        weights=np.concatenate([*weights, np.zeros(0, np.int64)]) if thresholding else None,
        thresholds=thresholds if thresholding else None,
    )


def random_of(
    rng: np.random.Generator, basis: str, inputs: int, gates: int, outputs: int
) -> Circuit:
    """A random circuit of any basis."""
    write = random_unbounded if BASES[basis].unbounded else random_circuit
    return write(rng, basis, inputs, gates, outputs)


def random_words(rng: np.random.Generator, wires: int, words: int) -> Words:
    return rng.integers(0, 2**64, (wires, words), dtype=np.uint64)


def reference_words(circuit: Circuit, words: Words) -> Words:
    """The reference evaluator on words."""
    count = words.shape[1]
    rows = [int.from_bytes(row.astype("<u8").tobytes(), "little") for row in words]
    out = [
        o.to_bytes(8 * count, "little") for o in evaluate_integers(circuit, rows, 64 * count)
    ]
    return np.frombuffer(b"".join(out), "<u8").astype(np.uint64).reshape(len(out), count)


class Gates:
    """A circuit written gate by gate, in Python."""

    def __init__(self, basis: str, inputs: int) -> None:
        self.basis, self.inputs = basis, inputs
        self.ops: list[int] = []
        self.fan_in: list[tuple[int, int]] = []

    def _gate(self, op: int, a: int, b: int) -> int:
        self.ops.append(op)
        self.fan_in.append((a, b))
        return 2 * (self.inputs + len(self.ops))

    def and_(self, a: int, b: int) -> int:
        return self._gate(0, a, b)

    def or_(self, a: int, b: int) -> int:
        return self._gate(0, a ^ 1, b ^ 1) ^ 1

    def xor(self, a: int, b: int) -> int:
        if self.basis == "xag":
            return self._gate(1, a, b)
        return self.and_(self.and_(a, b) ^ 1, self.and_(a ^ 1, b ^ 1) ^ 1)

    def circuit(self, outputs: list[int]) -> Circuit:
        fan_in = np.array(self.fan_in, np.int32).reshape(-1, 2)
        return Circuit(
            self.basis,
            self.inputs,
            np.array(self.ops, np.uint8),
            fan_in,
            np.array(outputs, np.int32),
        )


Adder = Callable[[Any, int, int, int], tuple[int, int]]


def adder_by_generate(n: Gates, x: int, y: int, z: int) -> tuple[int, int]:
    p = n.xor(x, y)
    return n.xor(p, z), n.or_(n.and_(x, y), n.and_(p, z))


def adder_of_eight(n: Gates, x: int, y: int, z: int) -> tuple[int, int]:
    g, o = n.and_(x, y), n.or_(x, y)
    return n.xor(n.and_(o, g ^ 1), z), n.or_(g, n.and_(z, o))


def adder_of_seven(n: Gates, x: int, y: int, z: int) -> tuple[int, int]:
    g = n.and_(x, y)
    p = n.and_(g ^ 1, n.or_(x, y))
    h = n.and_(p, z)
    return n.and_(h ^ 1, n.or_(p, z)), n.or_(g, h)


def adder_of_one_and(n: Gates, x: int, y: int, z: int) -> tuple[int, int]:
    p, q = n.xor(x, y), n.xor(x, z)
    return n.xor(p, z), n.xor(n.and_(p, q), x)


def adder_by_xor_of_ands(n: Gates, x: int, y: int, z: int) -> tuple[int, int]:
    return n.xor(n.xor(z, y), x), n.xor(n.xor(n.and_(x, y), n.and_(y, z)), n.and_(x, z))


def adder_by_or_of_ands(n: Gates, x: int, y: int, z: int) -> tuple[int, int]:
    return n.xor(n.xor(x, y), z), n.or_(n.or_(n.and_(x, y), n.and_(y, z)), n.and_(x, z))


ADDERS: tuple[Adder, ...] = (
    adder_by_generate,
    adder_of_eight,
    adder_of_seven,
    adder_of_one_and,
    adder_by_xor_of_ands,
    adder_by_or_of_ands,
)
