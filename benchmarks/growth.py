"""Time to measure the shipped models and the reference head at n = 2^10, 2^15 and 2^20."""

import time
from pathlib import Path

from reference_head import draw

import circuitsim as cs

EXAMPLES = Path(__file__).parent.parent / "examples"


def rows(sizes: tuple[int, ...]) -> list[list[str]]:
    """One row a model, basis and length: depth, gates, seconds (drawing and measuring)."""
    result = []
    for log_n in sizes:
        for basis in ("xag", "aig"):
            started = time.perf_counter()
            row = cs.measure(
                cs.compile(cs.load(EXAMPLES / "majority.pt"), basis), 1 << log_n
            )[0]
            seconds = time.perf_counter() - started
            result.append(
                [
                    "majority.pt",
                    basis,
                    f"2^{log_n}",
                    str(row.depth),
                    f"{row.gates:,}",
                    f"{seconds:.3f}",
                ]
            )
        for layers in (1, 2):
            started = time.perf_counter()
            row = cs.measure(
                cs.compile(cs.load(EXAMPLES / f"dense-{layers}.json"), "tc0"), 1 << log_n
            )[0]
            seconds = time.perf_counter() - started
            name = f"dense-{layers}.json, 0 bits"
            result.append(
                [
                    name,
                    "tc0",
                    f"2^{log_n}",
                    str(row.depth),
                    f"{row.gates:.3e}",
                    f"{seconds:.3f}",
                ]
            )
        for basis in ("xag", "aig"):
            for layers, mask in ((1, "none"), (2, "none"), (1, "causal"), (2, "causal")):
                started = time.perf_counter()
                cost = draw(log_n, basis, layers, mask)[0].measure()
                seconds = time.perf_counter() - started
                name = f"{layers} reference layers, mask {mask}"
                result.append(
                    [
                        name,
                        basis,
                        f"2^{log_n}",
                        str(cost.depth),
                        f"{cost.gates:.3e}",
                        f"{seconds:.3f}",
                    ]
                )
    return result


def main(smallest: bool = False) -> None:
    draw(4, "xag", 1)[0].measure()  # compile the kernels first
    for row in [
        ["model", "basis", "n", "depth", "gates", "seconds"],
        *rows((2,) if smallest else (10, 15, 20)),
    ]:
        print(f"{row[0]:34}" + "".join(f"{cell:>14}" for cell in row[1:]))


if __name__ == "__main__":
    main()
