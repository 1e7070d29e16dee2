"""Large netlists to measure on: chained array multipliers and random layers, as circuits and as AIGER bytes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from circuitsim.formats.aiger import encode
from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, XOR

BITS = 64


@compiled
def _gate(fan_in: Any, ops: Any, first: int, at: int, op: int, a: int, b: int) -> int:
    fan_in[at, 0] = a
    fan_in[at, 1] = b
    ops[at] = op
    return 2 * (first + at)


@compiled
def full_adder(
    fan_in: Any, ops: Any, first: int, at: int, aig: bool, x: int, y: int, z: int
) -> tuple[int, int, int]:
    """Full adder: 5 gates in xag; 8 in aig (z > 1), or the half adder's 2 and 4 (z = 0). Returns at, sum, carry."""
    if aig:
        g = _gate(fan_in, ops, first, at, AND, x, y)
        o = _gate(fan_in, ops, first, at + 1, AND, x ^ 1, y ^ 1)
        p = _gate(fan_in, ops, first, at + 2, AND, g ^ 1, o ^ 1)
        if z == 0:
            return at + 3, p, g
        g2 = _gate(fan_in, ops, first, at + 3, AND, p, z)
        o2 = _gate(fan_in, ops, first, at + 4, AND, p ^ 1, z ^ 1)
        s = _gate(fan_in, ops, first, at + 5, AND, g2 ^ 1, o2 ^ 1)
        c = _gate(fan_in, ops, first, at + 6, AND, g ^ 1, g2 ^ 1)
        return at + 7, s, c ^ 1
    p = _gate(fan_in, ops, first, at, XOR, x, y)
    g = _gate(fan_in, ops, first, at + 1, AND, x, y)
    if z == 0:
        return at + 2, p, g
    s = _gate(fan_in, ops, first, at + 2, XOR, p, z)
    g2 = _gate(fan_in, ops, first, at + 3, AND, p, z)
    c = _gate(fan_in, ops, first, at + 4, AND, g ^ 1, g2 ^ 1)
    return at + 5, s, c ^ 1


@compiled
def _multipliers(fan_in: Any, ops: Any, aig: bool) -> tuple[int, Any]:
    """Fill the arrays with multipliers, each fed by the two halves of the last product; rows ripple."""
    first = 1 + 2 * BITS
    per = (BITS * BITS + (BITS - 1) * BITS * (7 if aig else 5)) + 64
    a = np.array([2 * (1 + i) for i in range(BITS)])
    b = np.array([2 * (1 + BITS + i) for i in range(BITS)])
    total = np.zeros(2 * BITS, np.int64)
    row = np.zeros(BITS, np.int64)
    at = 0
    while at + per <= len(ops):
        for j in range(BITS):
            for i in range(BITS):
                row[i] = _gate(fan_in, ops, first, at, AND, a[i], b[j])
                at += 1
            if j == 0:
                total[:BITS] = row
                total[BITS:] = 0
                continue
            carry = 0
            for i in range(BITS):
                x = total[i + j]
                if x == 0:
                    at, total[i + j], carry = full_adder(
                        fan_in, ops, first, at, aig, row[i], carry, 0
                    )
                else:
                    at, total[i + j], carry = full_adder(
                        fan_in, ops, first, at, aig, row[i], x, carry
                    )
            total[BITS + j] = carry
        a[:] = total[:BITS]
        b[:] = total[BITS:]
    return at, total


def multipliers(gates: int, basis: str = "aig") -> Circuit:
    """At most `gates` gates of chained 64x64 array multipliers in the order a generator writes them."""
    fan_in = np.empty((gates, 2), np.int32)
    ops = np.empty(gates, np.uint8)
    used, outputs = _multipliers(fan_in, ops, basis == "aig")
    return Circuit(basis, 2 * BITS, ops[:used], fan_in[:used], outputs.astype(np.int32))


def random_layers(
    gates: int, layers: int = 100, basis: str = "aig", seed: int = 0
) -> Circuit:
    """Layers of equal width whose gates read two random literals of the layer before: the worst locality."""
    width = gates // layers
    rng = np.random.default_rng(seed)
    fan_in = rng.integers(0, 2 * width, (layers, width, 2), dtype=np.int32)
    fan_in += (2 + 2 * width * np.arange(layers, dtype=np.int32))[:, None, None]
    ops = np.zeros(layers * width, np.uint8)
    if basis == "xag":
        ops[:] = rng.integers(0, 2, len(ops))
    outputs = 2 * (1 + width * layers + np.arange(width, dtype=np.int32))
    return Circuit(basis, width, ops, fan_in.reshape(-1, 2), outputs)


def aiger_with_latch(circuit: Circuit) -> bytes:
    """Binary AIGER of an aig circuit with a latch driven by output 0: ABC simulates sequential files only."""
    out = np.empty(10 * circuit.gates, np.uint8)
    behind = circuit.fan_in >> 1 > circuit.inputs  # the latch stands between inputs and gates
    shifted = (circuit.fan_in + 2 * behind).astype(np.int32)
    size = encode(shifted, circuit.inputs + 2, out)
    lits = [int(o) + (2 if o >> 1 > circuit.inputs else 0) for o in circuit.outputs]
    head = f"aig {circuit.inputs + 1 + circuit.gates} {circuit.inputs} 1 {len(lits)} {circuit.gates}\n{lits[0]}\n"
    return head.encode() + "".join(f"{o}\n" for o in lits).encode() + out[:size].tobytes()


Netlist = Callable[[int, str], Circuit]
