"""How soon the program answers: its first commands, on an empty cache of kernels, and the same commands again.

    python benchmarks/startup.py [--against CHECKOUT]

CHECKOUT is another tree of this project with its own .venv: both are measured in turns, in one run, and ratios are
printed. Seconds are of the processor, the least of several runs: what a user waits for on a quiet machine.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
COMMANDS = {
    "info": ["info", "examples/majority.pt"],
    "compile": ["compile", "examples/majority.pt", "-n", "8"],
    "run": ["run", "examples/majority.pt", "0110"],
    "check": ["check", "examples/majority.pt", "-n", "1:6"],
    "measure": ["measure", "examples/majority.pt", "-n", "2:1024:*2"],
}
SMALLEST = ("info", "compile")
TURNS = 5  # of warm runs


def seconds(tree: Path, arguments: list[str], cache: Path) -> float:
    """Seconds of the processor that one command takes, with its kernels in `cache`."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    environment["PYTHONPYCACHEPREFIX"] = str(
        cache.parent / "bytecode"
    )  # which is written once, as on installing
    for name in ("CIRCUITSIM_KERNELS", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    programs = Path(sys.executable).parent if tree == HERE else tree / ".venv" / "bin"
    command = [str(programs / "circuitsim"), *arguments]
    subprocess.run(command, cwd=HERE, env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(trees: list[Path], arguments: list[str], turns: int) -> list[tuple[float, float]]:
    """(cold, warm) of each tree."""
    with tempfile.TemporaryDirectory() as folder:
        caches = [Path(folder) / str(index) for index in range(len(trees))]
        for tree in trees:
            seconds(tree, ["--help"], Path(folder) / "unused")
        cold = [
            seconds(tree, arguments, cache) for tree, cache in zip(trees, caches, strict=True)
        ]
        warm = [
            [
                seconds(tree, arguments, cache)
                for tree, cache in zip(trees, caches, strict=True)
            ]
            for _ in range(turns)
        ]
    return list(zip(cold, [min(runs) for runs in zip(*warm, strict=True)], strict=True))


def main(smallest: bool = False, against: Path | None = None) -> None:
    trees = [HERE] if against is None else [HERE, against.resolve()]
    titles = (
        ["cold", "warm"]
        if len(trees) == 1
        else ["cold", "other", "ratio", "warm", "other", "ratio"]
    )
    print(f"{'command':<10}" + "".join(f"{title:>8}" for title in titles))
    for name in SMALLEST if smallest else COMMANDS:
        found = measure(trees, COMMANDS[name], 1 if smallest else TURNS)
        cells = []
        for kind in (0, 1):
            times = [tree[kind] for tree in found]
            cells += [f"{time:.2f}" for time in times]
            if len(times) > 1:
                cells.append(f"{times[0] / times[1]:.3f}")
        print(f"{name:<10}" + "".join(f"{cell:>8}" for cell in cells))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--against", type=Path, help="another tree of this project with its own .venv"
    )
    main(against=parser.parse_args().against)
