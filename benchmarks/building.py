"""Building circuits: raw stamping and structural hashing, against a Python loop of aigverse `create_and`.

Both sides run in this process, one after the other; the loop runs on fewer gates and is scaled by the gate.
"""

import time
from functools import cache
from typing import Any, NamedTuple

import netlists
import numpy as np
from peers import there

from circuitsim.netlist.builder import Builder
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.passes.share import Share
from circuitsim.netlist.program import Program

WIDTH = (
    32  # inputs of the stamped program, an adder of two 16-bit numbers, 7 gates a full adder
)


class Row(NamedTuple):
    """One measurement: million gates a second, and how many times that of the aigverse loop (None: not installed)."""

    what: str
    gates: int
    rate: float
    ratio: float | None


def adder(bits: int) -> Program:
    """A ripple adder in ANDs: 2 * bits inputs, bits + 1 outputs."""
    fan_in = np.zeros((7 * bits, 2), np.int32)
    ops = np.zeros(7 * bits, np.uint8)
    at, carry, outputs = 0, 0, []
    for i in range(bits):
        at, total, carry = netlists.full_adder(
            fan_in, ops, 1 + 2 * bits, at, True, 2 * (1 + i), 2 * (1 + bits + i), carry
        )
        outputs.append(total)
    a, b = np.ascontiguousarray(fan_in[:at, 0]), np.ascontiguousarray(fan_in[:at, 1])
    return Program(2 * bits, ops[:at], a, b, np.array([*outputs, carry], np.int32))


@cache
def _random_wires(rows: int) -> Any:
    """(rows, WIDTH) literals of 4096 inputs; kept, so that making them is not timed."""
    return np.random.default_rng(0).integers(2, 2 * 4097, (rows, WIDTH), dtype=np.int32)


def stamped(gates: int) -> Circuit:
    """Rows of adders on random inputs, then sums of those sums, about `gates` in all: the arrays of flatten."""
    program = adder(WIDTH // 2)
    rows = gates // program.gates // 2
    builder = Builder("aig", 4096, 2 * rows * program.gates)
    wires = _random_wires(rows)
    sums = builder.stamp(program, wires)
    again = builder.stamp(program, np.concatenate([sums[:, :16], sums[::-1, 1:]], axis=1))
    return builder.finish(again.reshape(-1))


def appended(gates: int, call: int = 16384) -> Circuit:
    """Random ANDs in calls of `call` literals over the gates so far."""
    builder = Builder("aig", call, gates)
    rng = np.random.default_rng(0)
    last = builder.input_literals()
    picks = [rng.permutation(call) for _ in range(4)]
    for i in range(gates // call):
        last = builder.and_(last[picks[i % 4]], last ^ (i & 1))
    return builder.finish(last)


def aigverse_rate(circuit: Circuit) -> float:
    """Gates a second of a Python loop of `create_and` over the circuit's fan-ins, already in Python lists."""
    from aigverse.networks import Aig

    aig = Aig()
    signals = [aig.get_constant(False)] + [aig.create_pi() for _ in range(circuit.inputs)]
    signals += [None] * circuit.gates
    fan_in = circuit.fan_in.tolist()
    create_and = aig.create_and
    at = 1 + circuit.inputs
    start = time.perf_counter()
    for a, b in fan_in:
        x, y = signals[a >> 1], signals[b >> 1]
        signals[at] = create_and(~x if a & 1 else x, ~y if b & 1 else y)
        at += 1
    return circuit.gates / (time.perf_counter() - start)


def rows(gates: int, peer_gates: int, repeats: int) -> list[Row]:
    """All measurements, best of `repeats` on our side and on the peer's."""
    found, peer = [], None
    if there("aigverse"):
        peer = max(aigverse_rate(stamped(peer_gates)) for _ in range(repeats))
        found = [Row("aigverse create_and, Python loop", peer_gates, peer / 1e6, 1.0)]
    for what, build in (("raw, stamp", stamped), ("raw, and_", appended)):
        build(gates)  # compiles, and makes the inputs
        best, size = 0.0, 0
        for _ in range(repeats):
            start = time.perf_counter()
            size = build(gates).gates
            best = max(best, size / (time.perf_counter() - start))
        found.append(Row(what, size, best / 1e6, peer and best / peer))
    for what, circuit in (
        ("shared, stamped adders", stamped(gates)),
        ("shared, multipliers", netlists.multipliers(gates)),
        ("shared, random layers", netlists.random_layers(gates)),
    ):
        best = 0.0
        for _ in range(repeats):
            start = time.perf_counter()
            Share()(circuit)
            best = max(best, circuit.gates / (time.perf_counter() - start))
        found.append(Row(what, circuit.gates, best / 1e6, peer and best / peer))
    return found


def main(smallest: bool = False) -> None:
    print(f"{'':34}{'gates':>12}{'Mgate/s':>10}{'ratio':>8}")
    for row in rows(50_000, 2_000, 1) if smallest else rows(10**7, 10**6, 3):
        ratio = f"{row.ratio:8.1f}" if row.ratio else ""
        print(f"{row.what:34}{row.gates:12,}{row.rate:10.2f}{ratio}")


if __name__ == "__main__":
    main()
