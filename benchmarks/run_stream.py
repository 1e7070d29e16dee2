"""`circuitsim run FILE @LINES`: letters a second, beside the evaluator alone, and memory.

The evaluator alone has the letters as patterns of bits in memory, and answers in bits. A model answers on all of its
rungs; the evaluator beside it runs its circuit.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

import circuitsim as cs
from circuitsim.formats.npz import save
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.simulate import Evaluator

MODEL = Path(__file__).parent.parent / "examples" / "majority.pt"
PROGRAM = """
import sys
from pathlib import Path
from circuitsim.cli import main
try:
    main()
finally:
    print(Path("/proc/self/status").read_text(), file=sys.stderr)
"""


class Row(NamedTuple):
    """One run: seconds from start to end of the program, those it takes on one line, and peak memory."""

    what: str
    lines: int
    letters: int
    seconds: float
    start: float
    memory: int  # bytes

    def cells(self, alone: float) -> list[str]:
        """As a table shows them, beside the letters a second of the evaluator alone."""
        rate = self.letters / max(self.seconds - self.start, 1e-9)
        seconds = [f"{self.seconds:.2f}", f"{self.start:.2f}"]
        return [
            self.what,
            f"{self.lines:,}",
            *seconds,
            f"{rate:.2e}",
            f"{alone / rate:.0f}",
            f"{self.memory >> 20}",
        ]


def program(arguments: list[str]) -> tuple[float, int]:
    """Seconds and peak memory of the program in a process of its own, whose answers go nowhere."""
    started = time.perf_counter()
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True
    )
    seconds = time.perf_counter() - started
    return seconds, int(re.findall(r"VmHWM:\s*(\d+) kB", done.stderr)[0]) << 10


def alone(circuit: Circuit, letters: np.ndarray) -> float:
    """Letters a second of the evaluator."""
    evaluator = Evaluator(circuit)
    evaluator(letters[:64])
    started = time.perf_counter()
    evaluator(letters)
    return letters.size / (time.perf_counter() - started)


def main(smallest: bool = False) -> None:
    lines, n = (300, 20) if smallest else (500_000, 20)
    letters = np.random.default_rng(0).integers(0, 2, (lines, n)).astype(bool)
    circuit = cs.compile(cs.load(MODEL), "xag")(n).flatten()
    rate = alone(circuit, letters)
    print(f"evaluator alone: {rate:.2e} letters a second")
    print(
        "".join(
            f"{t:>14}"
            for t in ["", "lines", "seconds", "on one line", "letters/s", "alone/this", "MiB"]
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        saved, file = Path(folder) / "circuit.npz", Path(folder) / "lines.txt"
        save(circuit, saved)
        text = (letters + ord("0")).astype(np.uint8)
        for what, subject, options, share in (
            ("circuit", str(saved), [], 1),
            ("circuit", str(saved), [], 10),
            ("circuit, JSON", str(saved), ["--json"], 1),
            ("model", str(MODEL), [], 20),
        ):
            count = lines // share
            start = program(["run", subject, "0" * n, *options])[0]
            file.write_bytes(b"\n".join(row.tobytes() for row in text[:count]))
            seconds, memory = program(["run", subject, f"@{file}", *options])
            row = Row(what, count, count * n, seconds, start, memory)
            print("".join(f"{cell:>14}" for cell in row.cells(rate)))


if __name__ == "__main__":
    main()
