"""Time to draw and size of the file, by the number of boxes: our own layers beside graphviz, which gets a minute.

Then `circuitsim render` from start to end: a circuit of 100,000 gates, one of 10,000,000, and formats of a small one.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from circuitsim.errors import LimitError
from circuitsim.render import graphviz, layered
from circuitsim.render.picture import Picture

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.render.pictures import random_gates

LIMIT = 60.0
SMALLEST = ((30, 3),)
SIZES = ((300, 12), (800, 20), (1_900, 30), (10_000, 60), (100_000, 100), (100_000, 5_000))
BY_GRAPHVIZ = 1_900
ROOT = Path(__file__).parent.parent
COMMANDS = (
    "examples/parity.json -n 160 --basis xag --altitude gates -o a.svg",
    "examples/majority.pt -n 2300 --altitude gates -o a.svg",
    "examples/majority.pt -n 300000 --altitude gates -o a.svg",
    "examples/majority.pt -n 4 --altitude gates -o a.svg",
    "examples/majority.pt -n 4 --altitude gates -o a.png",
    "examples/majority.pt -n 4 --altitude gates -o a.pdf",
    "examples/majority.pt -n 3 --basis tc0 --altitude gates -o a.png",
)
SMALLEST_COMMAND = "examples/majority.pt -n 1 --altitude gates -o a.svg"


def layers(picture: Picture) -> tuple[str, str]:
    """Seconds and megabytes of our own."""
    started = time.perf_counter()
    size = len(layered.svg(picture).encode())
    return f"{time.perf_counter() - started:.2f}", f"{size / 1e6:.2f}"


def dot(picture: Picture) -> tuple[str, str]:
    """Seconds and megabytes of graphviz, where it is installed and the picture is small enough to try."""
    if shutil.which("dot") is None or len(picture.boxes) > BY_GRAPHVIZ:
        return "-", "-"
    started = time.perf_counter()
    try:
        size = len(graphviz.paint(picture, "svg", LIMIT))
    except LimitError:
        return f">{LIMIT:g}", "-"
    return f"{time.perf_counter() - started:.2f}", f"{size / 1e6:.2f}"


def command(line: str, folder: str) -> str:
    """Seconds, megabytes, and what is said; or why not, where graphviz or cairo is missing."""
    model, *options = line.split()
    program = "from circuitsim.cli import main; main()"
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, "render", ROOT / model, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return f"{'-':>8}{'-':>8}  {line}\n{'':>18}{done.stderr.strip()}"
    seconds = time.perf_counter() - started
    size, said = (
        (Path(folder) / options[-1]).stat().st_size / 1e6,
        done.stdout.partition(";")[0],
    )
    return f"{seconds:>8.1f}{size:>8.2f}  {line}\n{'':>18}{said}"


def main(smallest: bool = False) -> None:
    head = ["boxes", "wires", "levels", "layers s", "MB", "dot s", "MB"]
    print("".join(f"{cell:>11}" for cell in head))
    for count, levels in SMALLEST if smallest else SIZES:
        picture = random_gates(count, levels, clusters=True)
        row = [
            f"{len(picture.boxes):,}",
            f"{len(picture.wires):,}",
            f"{levels:,}",
            *layers(picture),
            *dot(picture),
        ]
        print("".join(f"{cell:>11}" for cell in row))
    print(f"\n{'seconds':>8}{'MB':>8}  circuitsim render")
    with tempfile.TemporaryDirectory() as folder:
        for line in [SMALLEST_COMMAND] if smallest else COMMANDS:
            print(command(line, folder))


if __name__ == "__main__":
    main()
