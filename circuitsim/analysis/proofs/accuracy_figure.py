"""A figure of accuracy: the share of strings on which a model is wrong, against their length."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from circuitsim.analysis.growth.figures import figure, look
from circuitsim.analysis.proofs.accuracy import Row


def accuracy_figure(rows: Sequence[Row], specification: str, path: str | Path) -> None:
    """Draw the shares that are known and write the file.

    Args:
        path: as of `growth_figure`.

    Raises:
        CircuitSimError: as there.
    """
    known = [row for row in rows if row.wrong is not None]
    with figure(path, 4.0, 3.0) as drawn:
        axes = drawn.subplots()
        colour, marker = look(0)
        shares = [float(Fraction(100 * (row.wrong or 0), row.inputs)) for row in known]
        axes.plot([row.n for row in known], shares, marker + "-", color=colour)
        axes.set_xlabel("n")
        axes.set_ylabel(f"inputs wrong of {specification} (%)")
        axes.set_ylim(bottom=0)
