"""Figures of growth, for print: depth against n, and gates and wires against n, of several families at once.

Colours are those of Okabe and Ito, which the colour-blind tell apart; markers and line styles differ, so that grey
does too. The same series give the same bytes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np

from circuitsim.analysis.growth.fits import PowerFit
from circuitsim.analysis.growth.trends import Series, Trend
from circuitsim.errors import CircuitSimError
from circuitsim.formats.atomic import replacing

SUFFIXES = (".png", ".svg", ".pdf")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters everywhere
    "font.size": 8,
    "axes.labelsize": 9,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.markersize": 4.5,
    "lines.linewidth": 1.0,
    "pdf.fonttype": 42,
    "svg.hashsalt": "circuitsim",
}
UNDATED: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def growth_figure(series: Sequence[Series], path: str | Path) -> None:
    """Draw depth against n, with a log2 n + b, and gates and wires against n, with n^e, and write the file.

    Wires are left out where every gate has two: they would be the line of the gates, shifted.

    Args:
        series: at least one; fits are drawn where there are three lengths or more.
        path: ends in .png (300 dots an inch), .svg or .pdf. At every moment it holds the old file or the new one.

    Raises:
        CircuitSimError: another suffix, no matplotlib, or a path that cannot be written.
    """
    entries = sum(1 if line.of_two else 2 for line in series)  # of the longer legend
    with figure(path, 7.0, 3.0 + 0.2 * entries) as drawn:
        left, right = drawn.subplots(1, 2)
        _draw_depths(left, series)
        _draw_sizes(right, series)
        for axes in (left, right):
            _finish(axes, [n for line in series for n in line.ns])


@contextmanager
def figure(path: str | Path, width: float, height: float) -> Iterator[Any]:
    """A figure of matplotlib in the style of all, of a size in inches, which is written once it is drawn.

    Raises:
        CircuitSimError: as `growth_figure`.
    """
    where = Path(path)
    suffix = where.suffix.lower()
    if suffix not in SUFFIXES:
        raise CircuitSimError(
            f"{path}: figures are written as {', '.join(SUFFIXES)}; give a name that ends so."
        )
    matplotlib = require_matplotlib()
    with matplotlib.rc_context(STYLE):
        drawn = matplotlib.figure.Figure(figsize=(width, height), layout="constrained")
        yield drawn
        with replacing(where) as file:
            drawn.savefig(file, format=suffix[1:], dpi=300, metadata=UNDATED[suffix])


def require_matplotlib() -> Any:
    """Matplotlib, which is imported only when a figure is wanted.

    Raises:
        CircuitSimError: it is not installed, with the line that installs it.
    """
    try:
        import matplotlib
        import matplotlib.figure
    except ImportError:
        raise CircuitSimError(
            "figures need matplotlib: pip install 'circuitsim[plot]'."
        ) from None
    return matplotlib


def _draw_depths(axes: Any, series: Sequence[Series]) -> None:
    for index, line in enumerate(series):
        colour, marker = look(index)
        trend = line.trend
        label = f"{line.label}{_depth_words(trend)}"
        axes.plot(line.ns, line.depth, marker, color=colour, label=label, clip_on=False)
        if trend.plateau is not None:
            axes.plot(
                [trend.plateau.n_from, trend.plateau.n_to],
                [trend.plateau.depth] * 2,
                color=colour,
            )
        elif trend.depth is not None:
            ns = np.array([line.ns[0], line.ns[-1]], float)
            axes.plot(ns, trend.depth.a * np.log2(ns) + trend.depth.b, color=colour)
    axes.set_xscale("log", base=2)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("depth (gates on the longest path)")


def _draw_sizes(axes: Any, series: Sequence[Series]) -> None:
    for index, line in enumerate(series):
        _draw_power(axes, index, line, "gates")
        if not line.of_two:
            _draw_power(axes, index, line, "wires")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_ylabel(
        "gates" if all(line.of_two for line in series) else "gates (filled), wires (hollow)"
    )


def _draw_power(axes: Any, index: int, line: Series, what: Literal["gates", "wires"]) -> None:
    """Points and fit of gates (filled, solid) or wires (hollow, dashed); circuits without any have no logarithm."""
    colour, marker = look(index)
    fit = getattr(line.trend, what)
    points = [(n, y) for n, y in zip(line.ns, getattr(line, what), strict=True) if y]
    if not points:
        return
    face, style = (colour, "-") if what == "gates" else ("white", "--")
    label = f"{line.label}{'' if line.of_two else f', {what}'}{_power_words(fit)}"
    drawn = {
        "color": colour,
        "markerfacecolor": face,
        "markeredgewidth": 0.8,
        "clip_on": False,
    }
    axes.plot(*zip(*points, strict=True), marker, label=label, **drawn)
    if fit is not None:
        ns = np.array([fit.n_from, fit.n_to], float)
        axes.plot(ns, fit.factor * ns**fit.exponent, style, color=colour)


def _power_words(fit: PowerFit | None) -> str:
    if fit is None:
        return ""
    exponents = [
        f"$n^{{{round(e, 2) + 0.0:.2f}}}$" for e in (fit.exponent, fit.local)
    ]  # + 0.0: no minus zero
    return f": {exponents[0]}, at the end {exponents[1]}"


def _depth_words(trend: Trend) -> str:
    if trend.plateau is not None:
        return f": {trend.plateau.depth:,} for $n \\geq$ {trend.plateau.n_from:,}"
    if trend.depth is None:
        return ""
    sign = "+" if trend.depth.b >= 0 else "\N{MINUS SIGN}"
    return f": {trend.depth.a:.2f} $\\log_2 n$ {sign} {abs(trend.depth.b):.1f}"


def _finish(axes: Any, ns: Sequence[int]) -> None:
    axes.set_xlabel("input length $n$ (letters)")
    low, high = min(ns), max(ns)
    if low == high:
        axes.set_xlim(low / 2, high * 2)
    if axes.lines:
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.2), handletextpad=0.4, borderaxespad=0
        )


def look(index: int) -> tuple[str, str]:
    """Colour and marker of a series; after 7 colours, the same ones with other markers."""
    return COLOURS[index % len(COLOURS)], MARKERS[
        (index + index // len(MARKERS)) % len(MARKERS)
    ]
