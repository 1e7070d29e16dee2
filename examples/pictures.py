"""Draws the pictures that README and docs/rendering.md speak of: `python examples/pictures.py FOLDER`."""

import sys
from pathlib import Path

from circuitsim.cli.render import command

HERE = Path(__file__).parent
MAJORITY, PARITY = ("majority.pt", "-n", "4"), ("parity.json", "-n", "3", "--basis", "tc0")
LOOKUP = ("lookup.json", "-n", "3", "--basis", "ac0")

PICTURES = {
    "majority-architecture.svg": (*MAJORITY, "--altitude", "architecture"),
    "majority-schematic.svg": (*MAJORITY, "--altitude", "schematic"),
    "majority-gates.svg": (*MAJORITY, "--altitude", "gates"),
    "majority.html": MAJORITY,
    "parity-schematic.svg": (*PARITY, "--altitude", "schematic"),
    "parity-readout.svg": (*PARITY, "--altitude", "gates", "--scope", "readout"),
    "lookup.svg": LOOKUP,
    "lookup-values.svg": (*LOOKUP, "--input", "a.r"),
    "first.svg": ("first.json", "-n", "4", "--basis", "ac0"),
}


def main() -> None:
    """Draw every picture."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    for name, (model, *options) in PICTURES.items():
        command.main(
            [str(HERE / model), *options, "-o", str(folder / name)], standalone_mode=False
        )


if __name__ == "__main__":
    main()
