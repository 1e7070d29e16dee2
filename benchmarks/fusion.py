"""What fusing gates in the evaluator's own lowering gains on the compiled reference head."""

import time

import numpy as np
from reference_head import draw

from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.simulate import Evaluator


def rates(
    evaluators: list[Evaluator], circuit: Circuit, words: np.ndarray, seconds: float
) -> list[float]:
    """Gate-patterns a second of each, the best of many runs taken in turns: the machine may have other work."""
    best = [np.inf] * len(evaluators)
    start = time.perf_counter()
    while np.inf in best or time.perf_counter() - start < seconds:
        for k, evaluator in enumerate(evaluators):
            started = time.perf_counter()
            evaluator.words(words)
            best[k] = min(best[k], time.perf_counter() - started)
    return [circuit.gates * words.shape[1] * 64 / b for b in best]


def rows(sizes: tuple[int, ...], patterns: int, seconds: float) -> list[list[str]]:
    """One row a basis and length: gates, slots, rates unfused and fused, and their ratio."""
    result = []
    for basis in ("xag", "aig"):
        for log_n in sizes:
            circuit = draw(log_n, basis, 1)[0].flatten()
            words = np.random.default_rng(0).integers(
                0, 2**63, (circuit.inputs, patterns // 64), dtype=np.uint64
            )
            plain, fused = Evaluator(circuit, fuse=False), Evaluator(circuit)
            assert np.array_equal(plain.words(words), fused.words(words))
            found = rates([plain, fused], circuit, words, seconds)
            slots = f"{plain.program.slots:,} / {fused.program.slots:,}"
            row = [
                basis,
                f"2^{log_n}",
                f"{circuit.gates:,}",
                slots,
                *(f"{r:.2e}" for r in found),
            ]
            result.append([*row, f"{found[1] / found[0]:.2f}"])
    return result


def main(smallest: bool = False) -> None:
    header = [
        "basis",
        "n",
        "gates",
        "slots plain / fused",
        "plain g*p/s",
        "fused g*p/s",
        "ratio",
    ]
    found = rows((2,), 64, 0) if smallest else rows((4, 5, 6), 8192, 3)
    for row in [header, *found]:
        print("  ".join(f"{cell:>20}" for cell in row))


if __name__ == "__main__":
    main()
