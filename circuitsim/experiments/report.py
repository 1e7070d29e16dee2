"""What is concluded from an experiment, as data: tables, a figure, and what agrees with the paper; and its files."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from circuitsim.analysis.growth.figures import figure, look
from circuitsim.experiments.experiment import Done, Experiment, Scalar, SizeName
from circuitsim.formats.atomic import write_whole


@dataclass(frozen=True)
class Table:
    """Rows of cells, numbers as numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]


@dataclass(frozen=True)
class Curve:
    """Points of one line; published ones are drawn dashed and hollow."""

    label: str
    points: tuple[tuple[float, float], ...]
    published: bool = False


@dataclass(frozen=True)
class Panel:
    """Axes with curves. A logarithmic axis has "log" in its name's place among `logarithmic`, such as "xy"."""

    title: str
    x: str
    y: str
    curves: tuple[Curve, ...]
    logarithmic: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a statement of the paper is seen here: decided by a stated rule, from the numbers it names.

    Attributes:
        agrees: None where nothing was run that could tell.
    """

    statement: str
    rule: str
    numbers: str
    agrees: bool | None

    @property
    def word(self) -> str:
        """What `agrees` says."""
        return {True: "agrees", False: "does not agree", None: "not run"}[self.agrees]


@dataclass(frozen=True)
class Summary:
    """All that is concluded from the points of an experiment."""

    tables: tuple[Table, ...]
    panels: tuple[Panel, ...]
    verdicts: tuple[Verdict, ...]


MARKED = 12  # points of a curve, up to which each has a marker
PLAIN = 1000  # of a logarithmic axis whose numbers are 1 at least and all smaller
CIRCUIT_COLUMNS = (
    "model", "n", "basis", "bits", "gates", "depth", "circuit = integer", "decisions kept", "answers right",
    "not checked",
)  # fmt: skip


def circuit_table(circuits: Sequence[Done]) -> Table:
    """Sizes of the trained and the constructed model, each with what was checked."""
    rows: list[tuple[Scalar, ...]] = []
    for one in circuits:
        found = one.result
        equal = found.get("equal")
        rows.append(
            (
                one.setting["circuit"],
                one.setting["n"],
                ", ".join(filter(None, (str(one.setting["basis"]), found.get("optimize")))),
                found.get("bits"),
                found.get("gates"),
                found.get("depth"),
                None if equal is None else f"{'yes' if equal else 'NO'}, {found['strings']:,} strings",
                _share(found.get("kept"), found["decisions"]),
                _share(found.get("right_integer"), found["decisions"]),
                found.get("refused"),
            )
        )  # fmt: skip
    return Table("Circuits", CIRCUIT_COLUMNS, tuple(rows))


def _share(part: int | None, whole: int) -> str | None:
    return None if part is None else f"{part:,} of {whole:,}"


def significant(value: float | None, digits: int = 3) -> float | None:
    """A number as tables show it."""
    return None if value is None else float(f"{value:.{digits}g}")


def markdown(summary: Summary) -> str:
    """The tables and verdicts, in Markdown."""
    parts = [f"**{table.title}**\n\n{_markdown_table(table)}" for table in summary.tables]
    lines = [
        f"- {one.word.capitalize()}: {one.statement} Rule: {one.rule} Here: {one.numbers}\n"
        for one in summary.verdicts
    ]
    return "\n".join([*parts, "**Beside the paper**\n", "".join(lines)]).rstrip() + "\n"


def filled(table: Table) -> Table:
    """The table without columns that are empty."""
    columns = zip(table.columns, zip(*table.rows, strict=True), strict=True)
    kept = {
        title: cells for title, cells in columns if any(cell is not None for cell in cells)
    }
    return Table(table.title, tuple(kept), tuple(zip(*kept.values(), strict=True)))


def _markdown_table(table: Table) -> str:
    rows = [[shown(cell).replace("|", "\\|") for cell in row] for row in filled(table).rows]
    titles = list(filled(table).columns)
    lines = ["| " + " | ".join(cells) + " |" for cells in [titles, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(titles), *lines[1:]]) + "\n"


def shown(cell: Scalar) -> str:
    """A cell as people read it."""
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,}" if isinstance(cell, int) else f"{cell}"


def comma_separated(table: Table) -> str:
    """A table as CSV, numbers without separators."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(table.columns)
    rows.writerows(["" if cell is None else cell for cell in row] for row in table.rows)
    return text.getvalue()


def as_json(experiment: Experiment, size: SizeName, summary: Summary) -> dict[str, Any]:
    """A summary as JSON."""
    return {"experiment": experiment.name, "size": size, **asdict(summary)}


def write(experiment: Experiment, size: SizeName, summary: Summary, folder: Path) -> None:
    """Write table.md, table.json, a CSV for each table and figure.svg into a folder, each at once.

    Raises:
        CircuitSimError: no matplotlib, which the figure needs, or a path that cannot be written.
    """
    texts = {
        "table.md": f"# {experiment.name}, size {size}\n\n{markdown(summary)}",
        "table.json": json.dumps(as_json(experiment, size, summary), indent=1) + "\n",
    }
    for table in summary.tables:
        texts[f"{table.title.lower().replace(' ', '-')}.csv"] = comma_separated(table)
    for name, text in texts.items():
        write_whole(folder / name, text.encode())
    draw(summary.panels, folder / "figure.svg")


def draw(panels: Sequence[Panel], path: Path) -> None:
    """Draw panels beside each other."""
    longest = max(len(panel.curves) for panel in panels)
    with figure(path, 3.4 * len(panels), 2.6 + 0.16 * longest) as drawn:
        for axes, panel in zip(
            drawn.subplots(1, len(panels), squeeze=False)[0], panels, strict=True
        ):
            _draw_panel(axes, panel)


def _draw_panel(axes: Any, panel: Panel) -> None:
    looks = _looks(panel.curves)
    for curve in panel.curves:
        colour, marker = look(looks[curve.label])
        style = {"linestyle": "--", "fillstyle": "none"} if curve.published else {}
        axes.plot(
            *zip(*curve.points, strict=True),
            label=curve.label,
            color=colour,
            marker=marker if len(curve.points) <= MARKED else "",
            clip_on=False,
            **style,
        )
    for axis in panel.logarithmic:
        getattr(axes, f"set_{axis}scale")("log")
        ends = [point["xy".index(axis)] for curve in panel.curves for point in curve.points]
        if min(ends) >= 1 and max(ends) < PLAIN:
            _plain_numbers(getattr(axes, f"{axis}axis"))
    axes.set_title(panel.title, fontsize=9)
    axes.set_xlabel(panel.x)
    axes.set_ylabel(panel.y)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize=7)


def _plain_numbers(axis: Any) -> None:
    """20 at a logarithmic axis, where its numbers are small, and not 2 times a power of ten."""
    from matplotlib.ticker import LogFormatter

    axis.set_major_formatter(LogFormatter())
    axis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 0.5)))


def _looks(curves: Sequence[Curve]) -> Mapping[str, int]:
    """A number for each label: a published line looks like the one beside it, with the same words before the comma."""
    subjects = [curve.label.partition(",")[0] for curve in curves]
    beside = [subjects[i] for i, curve in enumerate(curves) if not curve.published]
    names = [
        curve.label if beside.count(subject) > 1 else subject
        for curve, subject in zip(curves, subjects, strict=True)
    ]
    numbers = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return {curve.label: numbers[name] for curve, name in zip(curves, names, strict=True)}
