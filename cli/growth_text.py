"""What `measure` prints and writes beside JSON: tables, fits, papers' predictions, comma-separated values."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import inf, log2
from typing import TYPE_CHECKING, Any

import click

from circuitsim.bases import BASES

from .printing import Columns, clean, print_table, softmax_words

if TYPE_CHECKING:
    from circuitsim.analysis.growth.fits import PowerFit
    from circuitsim.analysis.growth.growth import Row
    from circuitsim.analysis.growth.paper_parts import PaperCost
    from circuitsim.analysis.growth.trends import Series, Trend

WIDEST_FLOAT = 1023  # powers of two that readers of JSON can hold
LEFT_OUT = ("gates_by_kind", "items")  # of the columns of a CSV file


class GrowthTable:
    """Rows of one basis, printed as they come.

    Args:
        name: of the model. first: the row that comes first. longest: the largest length of the table.
    """

    def __init__(self, name: str, first: "Row", longest: int) -> None:
        positions = f", positions {first.positions}" if first.positions else ""
        rounded = softmax_words(first.gap_bits, first.weight_bits)
        softmax = f", softmax with {rounded}" if rounded else ""
        click.secho(f"{clean(name)} in {first.basis}{positions}{softmax}", bold=True)
        basis = BASES[first.basis]
        self.kinds, self.weighted = (
            basis.kinds if len(basis.kinds) > 1 else (),
            basis.weighted,
        )
        weights = ["weighted wires", "largest weight"] if self.weighted else []
        titles = [
            "n",
            "bits",
            "depth",
            "gates",
            *self.kinds,
            "wires",
            *weights,
            "state bits",
            "seconds",
        ]
        usual = 14 if longest > 4096 else 10
        large = (
            max(usual, len(f"{8 * longest**3:,}")) if self.weighted else usual
        )  # keys, rivals and queries
        kinds = [large if kind == "threshold" else usual for kind in self.kinds]
        self.columns = Columns(
            titles,
            [
                len(f"{longest:,}"),
                0,
                0,
                large,
                *kinds,
                large,
                *[large, 0][: len(weights)],
                0,
                0,
            ],
        )

    def row(self, row: "Row") -> None:
        """Print one row."""
        kinds = [f"{row.gates_by_kind.get(kind, 0):,}" for kind in self.kinds]
        weights = [f"{row.wires_weighted:,}", f"{row.max_weight:,}"] if self.weighted else []
        bits, state = (
            "-" if value is None else value for value in (row.bits, row.state_bits)
        )
        gates = [f"{row.depth:,}", f"{row.gates:,}", *kinds, f"{row.wires:,}", *weights]
        self.columns.row([f"{row.n:,}", bits, *gates, state, f"{row.seconds:.2f}"])


def print_trends(every: "Sequence[Series]") -> None:
    """How each sweep grows, where there are lengths enough; the basis is said where there are several."""
    lines = [
        f"{line.basis}: {text}" if len(every) > 1 else text
        for line in every
        for text in _sentences(line, line.trend)
    ]
    if lines:
        click.echo("\n" + "\n".join(lines))


def _sentences(line: "Series", trend: "Trend") -> Iterator[str]:
    lengths = f"n in {line.ns[0]:,}..{line.ns[-1]:,}"
    if trend.plateau is not None:
        yield f"depth {trend.plateau.depth:,} at every n >= {trend.plateau.n_from:,} ({lengths})"
    elif trend.depth is not None:
        sign = "-" if trend.depth.b < 0 else "+"
        formula = f"{trend.depth.a:.2f} log2 n {sign} {abs(trend.depth.b):.1f}"
        yield f"depth = {formula}, off by at most {trend.depth.residual:.1f} ({lengths})"
    if trend.gates is not None:
        yield f"gates{' and wires' if line.of_two else ''} ~ {_power(trend.gates)}"
    if trend.wires is not None and not line.of_two:
        yield f"wires ~ {_power(trend.wires)}"


def _power(fit: "PowerFit") -> str:
    exponents = [
        f"n^{round(e, 2) + 0.0:.2f}" for e in (fit.exponent, fit.local)
    ]  # + 0.0: no minus zero
    return f"{exponents[0]}, off by at most {fit.residual:.0%}; {exponents[1]} between the two largest"


def print_papers(costs: "Sequence[PaperCost]") -> None:
    """What the papers' circuits would cost, a table for each paper, with the part that has the most gates."""
    if not costs:
        click.secho(
            "no paper's circuit has these gates and is for models with this attention",
            bold=True,
        )
    for number, name in enumerate(dict.fromkeys(cost.construction for cost in costs)):
        some = [cost for cost in costs if cost.construction == name]
        click.echo("\n" if number else "", nl=False)
        click.secho(f"{name} in {some[0].basis}, predicted, not built", bold=True)
        click.echo(f"({some[0].source})")
        print_table(
            ["n", "bits", "depth", "gates", "<most of them in"],
            [_paper_cells(cost) for cost in some],
        )


def _paper_cells(cost: "PaperCost") -> list[object]:
    from circuitsim.analysis.growth.paper import power_of_two

    part = max(
        cost.items, key=lambda item: inf if item.gates is None else _log2(item.gates) or 0
    )
    most = f"{part.name}, {part.count:,} of {part.inputs:,} inputs"
    return [
        f"{cost.n:,}",
        "-" if cost.bits is None else cost.bits,
        cost.depth,
        power_of_two(cost.gates),
        most,
    ]


def own_row(row: "Row") -> dict[str, Any]:
    """A measured row, for JSON and CSV."""
    return {**vars(row), "construction": "ours"}


def paper_row(cost: "PaperCost", names: Sequence[str]) -> dict[str, Any]:
    """A predicted row: null for each of `names` that is not predicted, and for a size that no float holds."""
    known = {
        "n": cost.n,
        "basis": cost.basis,
        "bits": cost.bits,
        "depth": cost.depth,
        "gates": _holdable(cost.gates),
    }
    items = [
        {**asdict(item), "gates": _holdable(item.gates), "log2_gates": _log2(item.gates)}
        for item in cost.items
    ]
    source = f"{cost.construction}: {cost.source}"
    extra = {
        "construction": "paper",
        "source": source,
        "log2_gates": _log2(cost.gates),
        "items": items,
    }
    return {**dict.fromkeys(names), **known, **extra}


def _holdable(gates: int | None) -> int | None:
    return None if gates is None or gates.bit_length() > WIDEST_FLOAT else gates


def _log2(gates: int | None) -> float | None:
    return log2(gates) if gates else None


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as comma-separated values; kinds of gates are columns, and what is null is empty."""
    kinds = dict.fromkeys(kind for row in rows for kind in row["gates_by_kind"] or ())
    names = dict.fromkeys(name for row in rows for name in row if name not in LEFT_OUT)
    text = io.StringIO()
    writer = csv.DictWriter(
        text, [*names, *(f"gates_{kind}" for kind in kinds)], extrasaction="ignore"
    )
    writer.writeheader()
    for row in rows:
        counts = row["gates_by_kind"]
        known = (
            {} if counts is None else {f"gates_{kind}": counts.get(kind, 0) for kind in kinds}
        )
        writer.writerow({**row, **known})
    return text.getvalue()
