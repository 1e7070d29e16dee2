"""Time and memory of `info` and `convert` on a binary AIGER file of 10^8 gates.

The file is written piece by piece: an AND of two random earlier gates each, near ones more often.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from circuitsim.formats.aiger import encode

INPUTS, OUTPUTS, AT_ONCE = 1000, 8, 10**7


def write(path: Path, gates: int) -> None:
    """A file of so many gates."""
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        head = [f"aig {INPUTS + gates} {INPUTS} 0 {OUTPUTS} {gates}"]
        head += [str(2 * (INPUTS + gates - k)) for k in range(OUTPUTS)]
        file.write(("\n".join(head) + "\n").encode())
        for start in range(0, gates, AT_ONCE):
            count = min(AT_ONCE, gates - start)
            first = 1 + INPUTS + start
            near = rng.integers(1, 400, count)
            far = near + rng.integers(1, 400, count) ** 2
            back = np.stack([near, far], 1)
            nodes = np.arange(first, first + count)[:, None] - back
            nodes = np.where(nodes < 1, back % INPUTS + 1, nodes)
            fan_in = (2 * nodes + rng.integers(0, 2, (count, 2))).astype(np.int32)
            out = np.empty(10 * count, np.uint8)
            file.write(out[: encode(fan_in, first, out)].data)


def measured(*arguments: str) -> str:
    """What a command of circuitsim takes, in seconds and memory."""
    code = "from circuitsim.cli import main; main()"
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    took = time.perf_counter() - start
    return f"{took:.1f} s, {usage.ru_maxrss / 2**20:.2f} GiB"


def main(smallest: bool = False) -> None:
    """Print what each command takes."""
    gates = 100_000 if smallest else 10**8
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.aig"
        # In a process of its own: the memory of a child counts from what its parent has.
        writer = multiprocessing.get_context("spawn").Process(
            target=write, args=(path, gates)
        )
        writer.start()
        writer.join()
        print(f"{gates:,} AND gates, {path.stat().st_size:,} bytes", flush=True)
        print("info:", measured("info", str(path)), flush=True)
        print("convert:", measured("convert", str(path), f"{folder}/again.aig"), flush=True)
        kept = measured("convert", str(path), f"{folder}/again.aig", "--keep")
        print("convert --keep:", kept, flush=True)


if __name__ == "__main__":
    main()
