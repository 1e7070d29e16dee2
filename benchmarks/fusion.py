"""What fusing full adders in the evaluator's own lowering gains on the compiled reference head."""

import time

import numpy as np
from reference_head import draw

from circuitsim.circuits.circuit import Circuit
from circuitsim.circuits.simulate import Evaluator

PATTERNS = 8192
LOG_N = (4, 5, 6)


def rate(evaluator: Evaluator, circuit: Circuit, words: np.ndarray) -> float:
    """Gate-patterns a second, the best of several runs."""
    best = np.inf
    for _ in range(5):
        started = time.perf_counter()
        evaluator.words(words)
        best = min(best, time.perf_counter() - started)
    return float(circuit.gates * words.shape[1] * 64 / best)


def rows() -> list[list[str]]:
    """One row a basis and length: gates, slots, rates unfused and fused, and their ratio."""
    result = []
    for basis in ("xag", "aig"):
        for log_n in LOG_N:
            circuit = draw(log_n, basis, 1)[0].flatten()
            words = np.random.default_rng(0).integers(0, 2**63, (circuit.inputs, PATTERNS // 64), dtype=np.uint64)
            plain, fused = Evaluator(circuit, fuse=False), Evaluator(circuit)
            assert np.array_equal(plain.words(words), fused.words(words))
            rates = rate(plain, circuit, words), rate(fused, circuit, words)
            slots = f"{plain.program.slots:,} / {fused.program.slots:,}"
            row = [basis, f"2^{log_n}", f"{circuit.gates:,}", slots, *(f"{r:.2e}" for r in rates)]
            result.append([*row, f"{rates[1] / rates[0]:.2f}"])
    return result


def main() -> None:
    header = ["basis", "n", "gates", "slots plain / fused", "plain g*p/s", "fused g*p/s", "ratio"]
    for row in [header, *rows()]:
        print("  ".join(f"{cell:>20}" for cell in row))


if __name__ == "__main__":
    main()
