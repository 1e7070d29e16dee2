"""Figures and a table of the separations: what each architecture needs for a task, beside the papers' lower bounds.

Writes one figure for every separation and separations.csv, to copy into a paper. What was computed before is taken
from disk; --fresh computes it anew.

    python examples/separations.py [--out separations] [--longest 32] [TASK ...]
"""

import argparse
import csv
from pathlib import Path

import circuitsim as cs
from circuitsim.analysis.growth.figures import require_matplotlib
from circuitsim.analysis.separations.pictures import separation_figure
from circuitsim.analysis.separations.rows import Row, rows
from circuitsim.analysis.separations.separations import SEPARATIONS, separation

COLUMNS = (
    "task",
    "variant",
    "architecture",
    "model",
    "n",
    "layers",
    "heads",
    "width",
    "bits",
    "precision",
)
COLUMNS += (
    "cut_bits",
    "parameters",
    "resource",
    "taken",
    "lower_bound",
    "formula",
    "theorem",
    "constant",
)


def main() -> None:
    """Measure, draw and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "tasks", metavar="TASK", nargs="*", help=f"of {', '.join(SEPARATIONS)} (default: all)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("separations"), help="folder (default: separations)"
    )
    parser.add_argument(
        "--longest", type=int, default=32, help="the largest n, from 8 doubling (default 32)"
    )
    parser.add_argument("--fresh", action="store_true", help="take nothing from disk")
    chosen = parser.parse_args()
    ns = tuple(n for n in (2**k for k in range(3, 20)) if n <= chosen.longest)
    if not ns:
        parser.error("--longest is at least 8.")
    try:
        require_matplotlib()
        picked = [separation(task) for task in chosen.tasks] or list(SEPARATIONS.values())
    except cs.CircuitSimError as error:
        parser.error(str(error))
    chosen.out.mkdir(parents=True, exist_ok=True)
    table: list[Row] = []
    for one in picked:
        found = [row for row in rows(one, ns, fresh=chosen.fresh) if isinstance(row, Row)]
        table += found
        separation_figure(one, found, chosen.out / f"{one.name}.pdf")
        separation_figure(one, found, chosen.out / f"{one.name}.png")
        below = [row for row in found if not row.holds]
        bounded = sum(row.lower_bound is not None and row.taken is not None for row in found)
        print(
            f"{one.name:20}{len(found):4} rows, {bounded:3} with a bound, {len(below)} below it"
        )
    where = chosen.out / "separations.csv"
    with where.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "size_xag", "depth_xag", "size_tc0", "depth_tc0"])
        for row in table:
            circuits = [
                part.get(basis, "")
                for basis in ("xag", "tc0")
                for part in (row.size, row.depth)
            ]
            writer.writerow([*(getattr(row, name) for name in COLUMNS), *circuits])
    print(f"wrote {where} and {2 * len(picked)} figures")


if __name__ == "__main__":
    main()
