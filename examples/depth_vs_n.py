"""Depth against n of three transformers in four bases: the fits, one table and one figure, in half a minute.

python examples/depth_vs_n.py [--out PREFIX] [--longest N]     writes PREFIX.csv, PREFIX.pdf and PREFIX.png
"""

import argparse
import csv
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

import circuitsim as cs
from circuitsim.analysis.growth.figures import COLOURS, MARKERS, STYLE
from circuitsim.analysis.growth.trends import series

MODELS = {
    "lookup.json": "hard, 2 layers",
    "majority.pt": "saturated, 1 layer",
    "dense-2.json": "saturated, 2 layers",
}
BASES = (
    "aig",
    "xag",
    "tc0",
    "ac0",
)  # gates of two inputs in aig and xag, of any number in tc0 and ac0
AC0_LONGEST = (
    128  # in ac0 lookup has about n^3 / 3 wires, all of them drawn: 5 s here, 25 s at 256
)
COLUMNS = (
    "model",
    "basis",
    "n",
    "depth",
    "gates",
    "wires",
    "max_fan_in",
    "max_weight",
    "bits",
    "note",
)


def measure(model, basis, lengths):
    """The circuits that there are, as rows; and for every other n, why there is none."""
    # At every n positions are opaque wires, as in a uniform family; only ac0 has them in its codes.
    family = cs.compile(model, basis=basis, positions=None if basis == "ac0" else "wired")
    rows, notes = [], {}
    for n in lengths:
        if basis == "ac0" and n > AC0_LONGEST:
            notes[n] = f"not tried beyond {AC0_LONGEST}"
            continue
        try:
            rows += cs.measure(family, n)
        except cs.CircuitSimError as reason:  # ac0 refuses heads that would have to count
            notes[n] = f"refused: {reason}"
    return rows, notes


def draw(axes, line, basis):
    """Draw the points, and the fit or, where depth stays the same, a plain line; say in words how it grows."""
    colour, marker = COLOURS[BASES.index(basis)], MARKERS[BASES.index(basis)]
    flat, fit = line.trend.plateau, line.trend.depth
    if flat is not None:  # only where gates have any fan-in
        curve, words = line.depth, f"{flat.depth} for n = {flat.n_from} to {flat.n_to}"
    else:
        curve, words = fit.a * np.log2(line.ns) + fit.b, f"{fit.a:.1f} log2 n + {fit.b:.0f}"
    axes.plot(line.ns, curve, color=colour, clip_on=False)
    label = f"{basis}: {words.replace('log2', 'log₂')}"
    axes.plot(line.ns, line.depth, marker, color=colour, clip_on=False, label=label)
    return words if flat is not None else f"{words}, off by at most {fit.residual:.1f}"


def main():
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(
        description="Depth against n of three transformers in four bases."
    )
    parser.add_argument(
        "--out",
        default="depth_vs_n",
        metavar="PREFIX",
        help="of the files; depth_vs_n if left out",
    )
    parser.add_argument(
        "--longest", default=4096, type=int, metavar="N", help="16 or more; 4096 if left out"
    )
    options = parser.parse_args()
    if options.longest < 16:
        parser.error("--longest is 16 or more: fits to fewer lengths say nothing")
    lengths = [2**k for k in range(1, options.longest.bit_length())]
    matplotlib.rcParams.update(STYLE)
    figure, table = Figure(figsize=(7.0, 3.3), layout="constrained"), []
    for axes, (file, kind) in zip(
        figure.subplots(1, len(MODELS)), MODELS.items(), strict=True
    ):
        model = cs.load(Path(__file__).parent / file)
        for basis in BASES:
            rows, notes = measure(model, basis, lengths)
            table += [{"model": model.name, **vars(row)} for row in rows]
            table += [
                {"model": model.name, "basis": basis, "n": n, "note": note}
                for n, note in notes.items()
            ]
            if rows:
                line = series(basis, rows)
                sizes = f"gates ~ n^{line.trend.gates.local:.2f}, wires ~ n^{line.trend.wires.local:.2f}"
                print(
                    f"{model.name} in {basis}: depth {draw(axes, line, basis)}; at the largest n {sizes}"
                )
            else:
                print(f"{model.name} in {basis}: {notes[lengths[0]]}")
                axes.plot([], [], " ", label=f"{basis}: refused, it counts")
        axes.set_title(f"{model.name} ({kind})", fontsize=9)
        axes.set_xlabel("input length $n$")
        axes.set_xscale("log", base=2)
        axes.set_ylim(bottom=0)
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.24), fontsize=8, handletextpad=0.2
        )
    figure.axes[0].set_ylabel("depth (gates)")
    for suffix in (".pdf", ".png"):
        figure.savefig(options.out + suffix, dpi=300)
    with open(options.out + ".csv", "w", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table)


if __name__ == "__main__":
    main()
