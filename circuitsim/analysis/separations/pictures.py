"""Figures of separations, for print: what each side takes against n (or against q, k or M), and the lower bounds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from circuitsim.analysis.growth.figures import figure, look
from circuitsim.analysis.separations.rows import Row
from circuitsim.analysis.separations.separations import WORDS, Separation
from circuitsim.errors import CircuitSimError

Points: TypeAlias = list[tuple[float, float]]

NAMES = {"q": "pointers $q$", "k": "hops $k$", "modulus": "modulus $M$"}


@dataclass(frozen=True)
class Curve:
    """One line of a figure: of a side, or of a bound.

    Attributes:
        points: (x, y), by x. under: how many curves that are drawn later share a point with it; these would hide it.
    """

    label: str
    points: Points
    bound: bool = False
    under: int = 0


def separation_figure(separation: Separation, rows: Sequence[Row], path: str | Path) -> None:
    """Draw what every side of a separation takes, on logarithmic axes, its bounds dashed, and write the file.

    The x axis is n; where a separation has variants, such as q, it is these, at the shortest n that has a row. Sides
    to which the argument about the cut does not apply are shown by m p H, the figure that the papers compare. The y
    axis is linear where a side takes 0. A curve on which later ones lie is drawn wider, with larger markers.

    Args:
        rows: of this separation. path: ends in .png, .svg or .pdf; at every moment the old file or the new one.

    Raises:
        CircuitSimError: another suffix, no row, no matplotlib, or a path that cannot be written.
    """
    shown = _shown(separation, rows)
    if not shown:
        raise CircuitSimError(f"{separation.name}: there is no row to draw.")
    drawn = curves(separation, rows)
    with figure(path, 5.0, 2.7 + 0.16 * len(drawn)) as whole:
        axes = whole.subplots()
        for bound in (False, True):
            for index, curve in enumerate(c for c in drawn if c.bound is bound):
                _draw(axes, curve, index)
        _finish(axes, separation, shown)
        whole.legend(loc="outside lower center", fontsize=7, handlelength=2.5)


def curves(separation: Separation, rows: Sequence[Row]) -> list[Curve]:
    """The sides that have rows, and then their bounds; bounds of 0 say nothing and are left out.

    A side that takes something else than the first one says so in its label, as does one that is shown by m p H.
    """
    shown = _shown(separation, rows)
    found: list[Curve] = []
    bounds: dict[str, Points] = {}
    for side in separation.sides:
        mine = [row for row in shown if row.architecture == side.label]
        if not mine:
            continue
        other = f" ({WORDS[side.resource]})" if side.resource != shown[0].resource else ""
        label = f"{side.label}{other if all(row.taken is not None for row in mine) else ' (m p H)'}"
        found.append(Curve(label, sorted((_x(row), figure_of(row)) for row in mine)))
        for row in mine:
            if row.lower_bound:
                said = f"bound: {row.formula} ({row.theorem}{', recalled' if row.constant != 'paper' else ''})"
                bounds.setdefault(said, []).append((_x(row), row.lower_bound))
    found += [Curve(said, sorted(set(points)), bound=True) for said, points in bounds.items()]
    return [
        replace(
            curve,
            under=sum(
                not {*curve.points}.isdisjoint(later.points) for later in found[index + 1 :]
            ),
        )
        for index, curve in enumerate(found)
    ]


def figure_of(row: Row) -> int:
    """What a side takes: the resource of its bound, or m p H where that argument does not apply."""
    return (
        row.taken if row.taken is not None else row.width * row.precision * max(row.heads, 1)
    )


def _shown(separation: Separation, rows: Sequence[Row]) -> list[Row]:
    """The rows that are drawn, by side: one length of variants, and none for which no precision is right."""
    order = [side.label for side in separation.sides]
    drawn = [row for row in rows if row.taken is not None or row.resource != "bits"]
    if separation.option:
        drawn = [row for row in drawn if row.n == min(r.n for r in drawn)]
    return sorted(drawn, key=lambda row: order.index(row.architecture))


def _x(row: Row) -> int:
    return int(row.variant.partition("=")[2]) if row.variant else row.n


def _draw(axes: Any, curve: Curve, index: int) -> None:
    """A side in its colour, filled; a bound in black or grey, hollow, with a marker that a single point shows too."""
    colour, marker = look(index)
    looks: dict[str, Any] = {"color": colour, "marker": marker}
    if curve.bound:
        style, marker = (("--", "v"), (":", "D"), ("-.", "s"))[index % 3]
        colour = "#888888" if curve.under else "black"
        looks = {"color": colour, "marker": marker, "linestyle": style, "fillstyle": "none"}
    wider = {"linewidth": 1 + 1.4 * curve.under, "markersize": 4.5 + 3.5 * curve.under}
    axes.plot(
        *zip(*curve.points, strict=True), label=curve.label, clip_on=False, **looks, **wider
    )


def _finish(axes: Any, separation: Separation, rows: Sequence[Row]) -> None:
    axes.set_xscale("log", base=2)
    if all(figure_of(row) for row in rows):
        axes.set_yscale("log", base=2)
    axes.set_xlabel(
        f"{NAMES[separation.option]}, at $n = {rows[0].n}$"
        if separation.option
        else "tokens $n$"
    )
    axes.set_ylabel(WORDS[rows[0].resource])
    axes.set_title(separation.name, fontsize=9)
    ticks = sorted({_x(row) for row in rows})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
