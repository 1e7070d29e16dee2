"""Figures of separations, for print: what each side takes against n (or against q, or k), and the lower bounds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circuitsim.analysis.figures import STYLE, SUFFIXES, UNDATED, look, require_matplotlib
from circuitsim.analysis.separation_rows import Row
from circuitsim.analysis.separations import WORDS, Separation
from circuitsim.errors import CircuitSimError
from circuitsim.formats.atomic import replacing


def separation_figure(separation: Separation, rows: Sequence[Row], path: str | Path) -> None:
    """Draw what every side of a separation takes, on logarithmic axes, its bounds dashed, and write the file.

    The x axis is n; where a separation has variants, such as q, it is these, at the shortest n that has a row. Sides
    to which the argument about the cut does not apply are shown by m p H, the figure that the papers compare.

    Args:
        rows: of this separation. path: ends in .png, .svg or .pdf; at every moment the old file or the new one.

    Raises:
        CircuitSimError: another suffix, no row, no matplotlib, or a path that cannot be written.
    """
    where = Path(path)
    if where.suffix.lower() not in SUFFIXES:
        raise CircuitSimError(f"{path}: figures are written as {', '.join(SUFFIXES)}; give a name that ends so.")
    if not rows:
        raise CircuitSimError(f"{separation.name}: there is no row to draw.")
    matplotlib = require_matplotlib()
    with matplotlib.rc_context(STYLE):
        figure = matplotlib.figure.Figure(figsize=(5.0, 3.6), layout="constrained")
        axes = figure.subplots()
        bounds: dict[str, list[tuple[float, float]]] = {}
        for index, side in enumerate(separation.sides):
            mine = [row for row in rows if row.architecture == side.label]
            if separation.option and mine:
                mine = [row for row in mine if row.n == min(r.n for r in rows)]
            if not mine:
                continue
            colour, marker = look(index)
            label = f"{side.label}{'' if all(r.taken is not None for r in mine) else ' (m p H)'}"
            axes.plot([_x(r) for r in mine], [figure_of(r) for r in mine], marker + "-", color=colour, label=label)
            for row in mine:
                if row.lower_bound:
                    said = f"bound: {row.formula} ({row.theorem}{', recalled' if row.constant != 'paper' else ''})"
                    bounds.setdefault(said, []).append((_x(row), row.lower_bound))
        for index, (said, points) in enumerate(bounds.items()):
            known = sorted(set(points))
            axes.plot(*zip(*known, strict=True), ("--", ":", "-.")[index % 3], color="black", label=said)
        _finish(axes, separation, rows)
        suffix = where.suffix.lower()
        with replacing(where) as file:
            figure.savefig(file, format=suffix[1:], dpi=300, metadata=UNDATED[suffix])


def figure_of(row: Row) -> int:
    """What a side takes: the resource of its bound, or m p H where that argument does not apply."""
    return row.taken if row.taken is not None else row.width * row.precision * max(row.heads, 1)


def _x(row: Row) -> int:
    return int(row.variant.partition("=")[2]) if row.variant else row.n


def _finish(axes: Any, separation: Separation, rows: Sequence[Row]) -> None:
    names = {"q": "pointers $q$", "k": "hops $k$", "modulus": "modulus $M$"}
    shortest = min(row.n for row in rows)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xlabel(f"{names[separation.option]}, at $n = {shortest}$" if separation.option else "tokens $n$")
    axes.set_ylabel("\nor ".join(dict.fromkeys(WORDS[side.resource] for side in separation.sides)))
    axes.set_title(separation.name, fontsize=9)
    ticks = sorted({_x(row) for row in rows})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), fontsize=7, handlelength=2.5)
