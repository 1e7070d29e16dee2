"""The evaluator of flat circuits against the machine's streaming AND, against ABC's `&sim`, and against itself.

Gate-patterns a second count the live gates of the circuit, whatever was fused. The streaming AND, c = a & b in
plain numba, has three arrays of together the size of the evaluator's value table: what the same caches give.
ABC (Debian's `berkeley-abc`) reads the same aig with one latch; its clock is coarse, so the slope of two frame
counts is taken, at its best number of words.
"""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import netlists
import numpy as np

from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.counting import dead_gates
from circuitsim.netlist.evaluator.simulate import Evaluator, aligned_words, row_width

ABC_WORDS = (32, 128, 256, 512)  # 32 patterns each


class Row(NamedTuple):
    """One circuit: gate-patterns a second, and what they are compared with (0.0: not measured)."""

    circuit: str
    gates: int
    table: int  # bytes of the value table
    rate: float
    streaming: float
    abc: float
    two_threads: float


def best_time(run: Callable[[], Any], seconds: float) -> float:
    """Least time of a call, over calls for about that long."""
    best, start = float("inf"), time.perf_counter()
    while True:
        begin = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begin)
        if time.perf_counter() - start >= seconds:
            return best


@compiled
def _stream(a: Any, b: Any, c: Any, repeats: int) -> None:
    for _ in range(repeats):
        for i in range(len(a)):
            c[i] = a[i] & b[i]


def streaming_rate(size: int, seconds: float) -> float:
    """Gate-patterns a second of c = a & b over three arrays of together `size` bytes."""
    words = max(8, size // 24 // 8 * 8)
    a, b, c = (aligned_words(1, words)[0] for _ in range(3))
    a[:], b[:], c[:] = 3, 5, 0
    repeats = max(1, 10**7 // words)
    return 64 * words * repeats / best_time(lambda: _stream(a, b, c, repeats), seconds / 4)


def evaluator_rate(
    evaluator: Evaluator, gates: int, seconds: float, threads: int = 1
) -> tuple[float, int]:
    """Gate-patterns a second, and the words in a row that the evaluator chose."""
    evaluator.threads = threads
    width = row_width(evaluator.program.slots, 10**6, threads)
    count = max(256, 2 * threads * width)  # the same patterns for one thread and for two
    words = np.random.default_rng(0).integers(
        0, 2**64, (evaluator.inputs, count), dtype=np.uint64
    )
    evaluator.words(words, width)
    return 64 * gates * count / best_time(
        lambda: evaluator.words(words, width), seconds
    ), width


def abc_rate(circuit: Circuit) -> float:
    """Gate-patterns a second of ABC's &sim at its best number of words; 0 without ABC. Counts ABC's own ANDs."""
    abc = shutil.which("berkeley-abc") or shutil.which("abc")
    if abc is None or circuit.basis != "aig":
        return 0.0
    best = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "circuit.aig"
        path.write_bytes(netlists.aiger_with_latch(circuit))
        for words in ABC_WORDS:
            few, many = 4, 4 + max(16, 20_000 // words)
            seconds = []
            text = ""
            for frames in (few, many):
                command = f"&r {path}; &ps; &sim -F {frames} -W {words}"
                text = subprocess.run(
                    [abc, "-c", command], capture_output=True, text=True, check=True
                ).stdout
                seconds.append(float(re.findall(r"([\d.]+) sec", text)[-1]))
            ands = int(re.findall(r"and\s*=\s*(\d+)", re.sub(r"\x1b\[[\d;]*m", "", text))[0])
            best = max(best, 32 * words * ands * (many - few) / (seconds[1] - seconds[0]))
    return best


def rows(gates: int, seconds: float, with_abc: bool) -> list[Row]:
    """Measure multipliers and random layers in both bases, each for so long; ABC and two threads on the aigs."""
    found = []
    for name, make in (
        ("multipliers", netlists.multipliers),
        ("random layers", netlists.random_layers),
    ):
        for basis in ("aig", "xag"):
            circuit = make(gates, basis=basis)
            live = circuit.gates - dead_gates(circuit)
            for fuse in (True, False):
                evaluator = Evaluator(circuit, fuse=fuse)
                rate, width = evaluator_rate(evaluator, live, seconds)
                table = evaluator.program.slots * width * 8
                main = fuse and basis == "aig"
                two = 0.0
                for _ in range(
                    2 if main else 0
                ):  # taken in turns: the machine may have other work
                    two = max(two, evaluator_rate(evaluator, live, seconds, 2)[0])
                    rate = max(rate, evaluator_rate(evaluator, live, seconds)[0])
                found.append(
                    Row(
                        f"{name}, {basis}{'' if fuse else ', not fused'}",
                        live,
                        table,
                        rate,
                        streaming_rate(table, seconds),
                        abc_rate(circuit) if main and with_abc else 0.0,
                        two,
                    )
                )
    return found


def main(smallest: bool = False) -> None:
    print(
        f"{'':32}{'gates':>10}{'table':>9}{'g*p/s':>10}{'of AND':>8}{'of ABC':>8}{'2 thr.':>8}"
    )
    for row in rows(40_000, 0, with_abc=False) if smallest else rows(10**6, 2, with_abc=True):
        abc = f"{row.rate / row.abc:8.1f}" if row.abc else " " * 8
        two = f"{row.two_threads / row.rate:8.2f}" if row.two_threads else ""
        print(
            f"{row.circuit:32}{row.gates:10,}{row.table >> 10:6} KiB{row.rate:10.2e}"
            f"{row.rate / row.streaming:8.2f}{abc}{two}"
        )


if __name__ == "__main__":
    main()
