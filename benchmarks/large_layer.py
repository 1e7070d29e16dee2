"""A saturated layer of about 10^8 gates: 8 free two's-complement 8-bit numbers a position, 8-bit weights, n = 64.

Every position is read out. Prints the time of each step (draw, measure, flatten, levels, evaluate 4,096 patterns)
and the process' peak memory.
"""

import argparse
import resource
import time

import numpy as np
from circuitsim.compilers.bands import Bands
from circuitsim.compilers.bounded.attention import attend
from circuitsim.compilers.residual import Residual, powers

from circuitsim.models.fixed_point import fix_head
from circuitsim.models.model import Head
from circuitsim.models.stream import Number, Stream
from circuitsim.netlist import counting
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.simulate import Evaluator
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.schematic import Basis, Schematic

WIDTH = 8  # numbers a position, bits a number, bits a weight


def draw(n: int, basis: Basis, width: int = WIDTH, seed: int = 0) -> Schematic:
    """The layer over n positions."""
    rng = np.random.default_rng(seed)
    weights = [rng.integers(-128, 128, (width, width)).tolist() for _ in range(3)]
    head = Head(weights[0], weights[1], weights[2], np.identity(width, dtype=int).tolist())
    columns = np.identity(width, dtype=int).astype(object)
    numbers = tuple(Number(column, -128, 127) for column in columns)
    stream = Stream(0, np.array([0] * width, dtype=object), None, None, numbers)
    fixed = fix_head(head, stream, 0, n)
    drawing = Drawing(basis)
    bits = powers(8)
    bits[7] = -bits[7]  # two's complement
    blocks = tuple((drawing.input((n, 8)), np.outer(column, bits)) for column in columns)
    residual = Residual(drawing, blocks, stream.constant, stream, n)
    with drawing.scope("layer0/head0"):
        outputs = attend(drawing, fixed, residual, 0, n, Bands(drawing, n, "wired"))
    return drawing.finish([o.wires for o in outputs if o.wires is not None])


def peak() -> str:
    """Peak memory of this process so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB"


def rows(n: int, basis: Basis, patterns: int) -> list[list[str]]:
    """One row a step: what, seconds, peak memory, result."""
    result: list[list[str]] = []

    def step(name: str, started: float, said: str) -> None:
        result.append([name, f"{time.perf_counter() - started:.2f} s", peak(), said])

    started = time.perf_counter()
    schematic = draw(n, basis)
    step("draw", started, f"{len(schematic)} instructions")
    started = time.perf_counter()
    cost = schematic.measure()
    step("measure", started, f"{cost.gates:,} gates, depth {cost.depth}")
    started = time.perf_counter()
    circuit: Circuit = schematic.flatten()
    step("build", started, f"{circuit.gates:,} gates, {circuit.gates / (time.perf_counter() - started) / 1e6:.0f} M/s")
    started = time.perf_counter()
    depth = counting.depth(circuit)
    step("levels", started, f"depth {depth}")
    assert (circuit.gates, depth) == (cost.gates, cost.depth)
    started = time.perf_counter()
    evaluator = Evaluator(circuit)
    step("lower", started, f"{evaluator.program.slots:,} slots")
    words = np.random.default_rng(1).integers(0, 2**63, (circuit.inputs, patterns // 64), dtype=np.uint64)
    started = time.perf_counter()
    evaluator.words(words)
    seconds = time.perf_counter() - started
    step(f"evaluate {patterns:,} patterns", started, f"{circuit.gates * patterns / seconds:.2e} gate-patterns/s")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=64)
    parser.add_argument("--basis", default="xag", choices=["xag", "aig"])
    parser.add_argument("--patterns", type=int, default=4096)
    arguments = parser.parse_args()
    Evaluator(draw(2, arguments.basis, 2).flatten())  # compile the kernels first
    for row in rows(arguments.n, arguments.basis, arguments.patterns):
        print("  ".join(f"{cell:<26}" for cell in row))


if __name__ == "__main__":
    main()
