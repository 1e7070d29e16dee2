"""Time to draw and size of the file, by the number of boxes: our own layers beside graphviz, which gets a minute."""

import shutil
import sys
import time
from pathlib import Path

from circuitsim.errors import LimitError
from circuitsim.render import graphviz, layered
from circuitsim.render.picture import Picture

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.render.pictures import random_gates

LIMIT = 60.0
SIZES = ((300, 12), (800, 20), (1_900, 30), (10_000, 60), (100_000, 100), (100_000, 5_000))
BY_GRAPHVIZ = 1_900


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


def main() -> None:
    head = ["boxes", "wires", "levels", "layers s", "MB", "dot s", "MB"]
    print("".join(f"{cell:>11}" for cell in head))
    for count, levels in SIZES:
        picture = random_gates(count, levels, clusters=True)
        row = [f"{len(picture.boxes):,}", f"{len(picture.wires):,}", f"{levels:,}", *layers(picture), *dot(picture)]
        print("".join(f"{cell:>11}" for cell in row))


if __name__ == "__main__":
    main()
