"""A saturated layer of about 10^8 gates: 8 free 7-bit numbers a position, 8-bit weights, n = 64.

Every position is read out. Prints the time of each step (draw, measure, flatten, levels, evaluate 4,096 patterns)
and the process' peak memory.
"""

import resource
import time

import numpy as np

import circuitsim as cs
from circuitsim.bases import BasisName
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.tables import Table
from circuitsim.netlist import counting
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.simulate import Evaluator
from circuitsim.schematic.schematic import Schematic
from circuitsim.tokens import Field


def draw(n: int, basis: BasisName, width: int, seed: int = 0) -> Schematic:
    """The layer over n positions, each a token of `width` numbers; the read-out asks for the sign of the first."""
    rng = np.random.default_rng(seed)
    weights = [rng.integers(-128, 128, (width, width)).tolist() for _ in range(3)]
    unit = np.identity(width, dtype=int)
    head = Head(weights[0], weights[1], weights[2], unit.tolist())
    values = tuple(str(value) for value in range(-64, 64))
    fields = tuple(Field(f"x{k}", values, "binary") for k in range(width))
    tables = tuple(
        Table((f"x{k}",), np.outer(range(-64, 64), unit[k]).tolist()) for k in range(width)
    )
    layer = Layer((head,), residual=False)
    readout = Readout(np.ones((1, width), int).tolist(), position="each")
    model = Model(
        (), {}, (layer,), readout, bits="0", name="large layer", fields=fields, tables=tables
    )
    return cs.compile(model, basis=basis, positions="wired")(n)


def peak() -> str:
    """Peak memory of this process so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB"


def rows(n: int, basis: BasisName, width: int, patterns: int) -> list[list[str]]:
    """One row a step: what, seconds, peak memory, result."""
    result: list[list[str]] = []

    def step(name: str, started: float, said: str) -> None:
        result.append([name, f"{time.perf_counter() - started:.2f} s", peak(), said])

    started = time.perf_counter()
    schematic = draw(n, basis, width)
    step("draw", started, f"{len(schematic)} instructions")
    started = time.perf_counter()
    cost = schematic.measure()
    step("measure", started, f"{cost.gates:,} gates, depth {cost.depth}")
    started = time.perf_counter()
    circuit: Circuit = schematic.flatten()
    step(
        "build",
        started,
        f"{circuit.gates:,} gates, {circuit.gates / (time.perf_counter() - started) / 1e6:.0f} M/s",
    )
    started = time.perf_counter()
    depth = counting.depth(circuit)
    step("levels", started, f"depth {depth}")
    assert (circuit.gates, depth) == (cost.gates, cost.depth)
    started = time.perf_counter()
    evaluator = Evaluator(circuit)
    step("lower", started, f"{evaluator.program.slots:,} slots")
    words = np.random.default_rng(1).integers(
        0, 2**63, (circuit.inputs, patterns // 64), dtype=np.uint64
    )
    started = time.perf_counter()
    evaluator.words(words)
    seconds = time.perf_counter() - started
    step(
        f"evaluate {patterns:,} patterns",
        started,
        f"{circuit.gates * patterns / seconds:.2e} gate-patterns/s",
    )
    return result


def main(smallest: bool = False) -> None:
    Evaluator(draw(2, "xag", 2).flatten())  # compile the kernels first
    for row in rows(2, "xag", 2, 64) if smallest else rows(64, "xag", 8, 4096):
        print("  ".join(f"{cell:<26}" for cell in row))


if __name__ == "__main__":
    main()
