"""The main job on trained checkpoints, as `make demo` runs it: every command is printed before its output."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MODEL = os.path.relpath(HERE / "majority.pt")
GPT2 = os.path.relpath(HERE / "brackets")

STEPS = (
    (
        "A trained transformer: one layer, one saturated head, trained to say whether a string has more 1s than 0s.",
        ["info", MODEL],
    ),
    (
        "Its circuit on 16 letters. Where do size and depth go?",
        ["compile", MODEL, "-n", "16", "--basis", "xag"],
    ),
    (
        "The ladder: the float model, the exact model, the integer model, and the circuits, each against the next.",
        ["check", MODEL, "-n", "12", "--exhaustive"],
    ),
    (
        "Size and depth against n, measured gate for gate without building: to a million letters.",
        ["measure", MODEL, "-n", "16:1048576:*4", "--basis", "xag"],
    ),
    (
        "Three strings, decided by every rung.",
        ["run", MODEL, "0110101", "0011", "000111000111011"],
    ),
    (
        "A checkpoint of another library, as it is: GPT-2's shape, two layers, softmax, layer norms, GELU, trained to"
        " say whether brackets are balanced. Softmax is rounded as stated.",
        ["compile", GPT2, "-n", "4"],
    ),
    (
        "A theorem about the first model: on all strings of every length it decides MAJORITY.",
        ["prove", MODEL, "--spec", "majority", "--every-n"],
    ),
)


def main() -> int:
    """Run every step; the exit code of the first that fails, else 0."""
    for number, (words, arguments) in enumerate(STEPS, 1):
        print(f"\n{number}. {words}\n\n$ circuitsim {' '.join(arguments)}", flush=True)
        program = "from circuitsim.cli import main; main()"
        code = subprocess.run(
            [sys.executable, "-c", program, *arguments], check=False
        ).returncode
        if code:
            return code
    print(
        "\nNext: README.md, `circuitsim --help`, and your own model (docs/model-format.md)."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
