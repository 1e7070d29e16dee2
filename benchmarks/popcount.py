"""Counting ones: depth and gates of the planned sums, beside the formulas of the literature and cirbo's generators.

Formulas: 3.71 log2 n, depth with these full adders (Paterson, Pippenger and Zwick 1992); 3.34 log2 n, the least depth
published (Sergeev), with other encodings and an unknown constant; 5n - 3m - 2s gates by full and half adders, for m
bits of n of which s are ones; 4.5n - 2m gates (Goncharov, Kulikov and Levtsov), in linear depth.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from peers import there

from circuitsim.bases import BasisName
from circuitsim.schematic.plans.sums import Objective, plan_sum

SIZES = (63, 64, 1023, 1024, 2**16 - 1, 2**16, 2**20 - 1, 2**20)
METHODS: tuple[tuple[BasisName, Objective], ...] = (
    ("xag", "depth"),
    ("xag", "size"),
    ("aig", "depth"),
    ("aig", "size"),
)
COMPARED_AT = 1023


class Row(NamedTuple):
    """One count: how it was made, what it costs, and what the formulas say for its n."""

    n: int
    method: str
    depth: int
    gates: int
    depth_371: float
    depth_334: float
    gates_full_adders: int
    gates_mdfa: float


def row(n: int, method: str, depth: int, gates: int) -> Row:
    m = n.bit_length()
    return Row(
        n,
        method,
        depth,
        gates,
        round(3.71 * math.log2(n), 1),
        round(3.34 * math.log2(n), 1),
        5 * n - 3 * m - 2 * n.bit_count(),
        4.5 * n - 2 * m,
    )


def planned(n: int, basis: BasisName, optimize: Objective) -> Row:
    counts = np.zeros((n.bit_length(), 1), np.int64)
    counts[0] = n
    plan = plan_sum(counts, 0, range(n.bit_length()), basis, optimize)
    return row(n, f"{basis}, {optimize}", plan.depth, sum(plan.gates))


def cirbo_rows(n: int) -> Iterator[Row]:
    """Cirbo's generators over two-input gates, with negations and constants free."""
    from cirbo.core.circuit import Circuit, gate
    from cirbo.synthesis.generation.arithmetics import summation

    for name in (
        "add_sum_n_weighted_bits",
        "add_sum_n_weighted_bits_log_depth",
        "add_sum_n_weighted_bits_naive",
    ):
        circuit = Circuit.bare_circuit(n)
        bits = getattr(summation, name)(circuit, [(0, label) for label in circuit.inputs])
        circuit.set_outputs([label for _, label in bits])
        free = (gate.INPUT, gate.NOT, gate.IFF, gate.ALWAYS_TRUE, gate.ALWAYS_FALSE)
        depths: dict[str, int] = {}
        size = 0
        for g in circuit.top_sort(inverse=True):
            cost = 0 if g.gate_type in free else 1
            size += cost
            depths[g.label] = max((depths[x] for x in g.operands), default=0) + cost
        yield row(
            n,
            f"cirbo {name.removeprefix('add_sum_n_')}",
            max(depths[x] for x in circuit.outputs),
            size,
        )


def main(smallest: bool = False) -> None:
    """Print the table."""
    sizes, compared_at = ((3, 4), 7) if smallest else (SIZES, COMPARED_AT)
    rows = [planned(n, basis, optimize) for n in sizes for basis, optimize in METHODS]
    if there("cirbo"):
        rows += cirbo_rows(compared_at)
    print(
        f"{'n':>8} {'method':34} {'depth':>5} {'gates':>8}  3.71log 3.34log {'5n-3m-2s':>8} {'4.5n-2m':>9}"
    )
    for r in rows:
        print(
            f"{r.n:8} {r.method:34} {r.depth:5} {r.gates:8}  {r.depth_371:7} {r.depth_334:7}"
            f" {r.gates_full_adders:8} {r.gates_mdfa:9}"
        )


if __name__ == "__main__":
    main()
