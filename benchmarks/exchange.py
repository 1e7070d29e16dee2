"""Reading and writing binary AIGER, beside aigverse's reader on the same file in the same run."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import netlists
from peers import there

from circuitsim.formats import aiger


def seconds(job: Callable[[], Any], repeats: int) -> float:
    """The least time of several."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        found.append(time.perf_counter() - start)
    return min(found)


def main(smallest: bool = False) -> None:
    """Print seconds, gates a second, and the ratio to the peer."""
    gates, repeats = (100_000, 1) if smallest else (4_000_000, 3)
    circuit = netlists.multipliers(gates)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.aig"
        aiger.save(circuit, path)
        size = path.stat().st_size
        print(f"{circuit.gates:,} AND gates, {size:,} bytes")
        assert aiger.load(path).gates == circuit.gates
        write = seconds(lambda: aiger.save(circuit, path), repeats)
        read = seconds(lambda: aiger.load(path), repeats)
        print(f"written in {write:.3f} s ({circuit.gates / write / 1e6:.1f} Mgate/s)")
        print(f"read and checked in {read:.3f} s ({circuit.gates / read / 1e6:.1f} Mgate/s)")
        if there("aigverse"):
            from aigverse import io

            peer = seconds(lambda: io.read_aiger_into_aig(str(path)), 1)
            print(f"aigverse reads it in {peer:.3f} s: {peer / read:.1f} times as long")


if __name__ == "__main__":
    main()
