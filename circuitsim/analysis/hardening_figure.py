"""A figure of a hardening: decisions that are kept, by the kind of attention, of each head and of all together.

All of it is of the inputs that the search saw.
"""

from pathlib import Path

from circuitsim.analysis.growth.figures import figure, look
from circuitsim.analysis.hardening import Hardening


def hardening_figure(found: Hardening, path: str | Path) -> None:
    """Draw them and write the file.

    Args:
        path: as of `growth_figure`.

    Raises:
        CircuitSimError: as there.
    """
    kinds = [*found.alike]
    with figure(path, 6.0, 3.6 + 0.16 * len(found.heads)) as drawn:
        axes = drawn.subplots()
        lines = [("all heads", found.alike, "--")]
        for head in found.heads:
            label = f"layer {head.layer}, head {head.head} alone, mass {head.mass:.2f}"
            lines.append((label, head.alone, "-"))
        for index, (label, kept, style) in enumerate(lines):
            colour, marker = look(index - 1)
            shares = [100 * kept[kind] / found.searched for kind in kinds]
            axes.plot(kinds, shares, marker + style, color=colour, label=label)
        best = 100 * found.searched_kept / found.searched
        axes.axhline(best, color="#000000", linestyle=":", label="the best kind of each head")
        axes.set_ylim(0, 102)
        axes.set_ylabel("decisions kept (%)")
        axes.tick_params(axis="x", rotation=45)
        drawn.legend(loc="outside lower center", fontsize=7, ncols=2)
