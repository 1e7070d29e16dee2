"""`circuitsim measure`: size and depth against n, without building a circuit."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circuitsim.bases import AC0, BASES, DEFAULT
from circuitsim.errors import InputError

from . import completion, interrupts, options
from .construction import Construction

if TYPE_CHECKING:
    from circuitsim.analysis.growth.growth import Row
    from circuitsim.analysis.growth.paper_parts import PaperCost
    from circuitsim.analysis.growth.trends import Series
    from circuitsim.models.model import Model
    from circuitsim.models.sized import Sized

    from .printing import Status

CONSTRUCTIONS = ("ours", "paper")


def parse_constructions(text: str) -> tuple[str, ...]:
    """Whose circuits, separated by commas."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    for name in names:
        if name not in CONSTRUCTIONS:
            raise InputError(
                f"--construction {name[:40]!r} is not one of {', '.join(CONSTRUCTIONS)}."
            )
    return names


@click.command(
    "measure",
    short_help="Measure size and depth against n; nothing is built.",
    epilog=options.examples(
        "measure examples/majority.pt -n 2:1048576:*2",
        "measure examples/parity.json -n 1:32 --basis aig --csv parity.csv",
    ),
)
@options.model_argument
@options.lengths_option
@click.option(
    "--csv",
    "csv_file",
    metavar="FILE",
    shell_complete=completion.files,
    help="Also write the rows as comma-separated values.",
)
@click.option(
    "--plot",
    "plot_file",
    metavar="FILE",
    shell_complete=completion.files,
    help="Also draw depth, and gates and wires, against n with their fits, as .png, .svg or .pdf; needs matplotlib.",
)
@click.option(
    "--construction",
    "constructions",
    callback=options.parsed(parse_constructions),
    default="ours",
    show_default=True,
    metavar="ours,paper",
    shell_complete=completion.listed(["ours", "paper"]),
    help="Our circuits, measured; or those of the papers' proofs (look-up tables that nobody can build), predicted,"
    " in ac0 or tc0; or both.",
)
@click.option(
    "--basis",
    "bases",
    callback=options.parsed(options.parse_bases),
    default=DEFAULT,
    show_default=True,
    metavar="BASIS,...",
    shell_complete=completion.listed(BASES),
    help="One basis of `compile`, or several separated by commas.",
)
@options.construction_options
@options.json_option(
    "rows[n basis bits positions depth gates ands wires wires_weighted gates_by_kind max_fan_in max_weight"
    " max_fan_in_weighted state_bits seconds gap_bits weight_bits construction], of a paper with source log2_gates"
    " items[name count inputs outputs depth gates log2_gates source], and null for what is not predicted or beyond"
    " 2^1023; fits[depth gates wires plateau], null with fewer than three lengths, of the first basis, and"
    " fits_by_basis"
)
@click.pass_context
def command(
    context: click.Context,
    how: Construction,
    model: str,
    lengths: tuple[int, ...],
    csv_file: str | None,
    plot_file: str | None,
    constructions: tuple[str, ...],
    bases: tuple[str, ...],
    as_json: bool,
) -> None:
    """Measure the circuits of MODEL on inputs of N letters: gates, depth and wires, each exactly, none built.

    Rows are printed as they come; an interrupt keeps those that are done, in the files too. From three lengths on
    fits follow: depth = a log2 n + b, with the largest distance of a row, and gates and wires as powers of n, with
    the largest relative one; in ac0 and tc0, from which n on the depth stays the same. A fit describes the lengths
    that were measured, and proves nothing of others.
    """
    from .files import target, write_text
    from .growth_text import as_csv
    from .printing import Status

    where = None if csv_file is None else target(csv_file)
    picture = None if plot_file is None else _picture(plot_file, constructions)
    sweep = Sweep(how, lengths, bases, constructions, as_json)
    with Status() as status, interrupts.kept(lambda: sweep.started) as work:
        sweep.run(how.model(model), status)
    sweep.report(work.interrupted)
    if where is not None:
        write_text(where, as_csv(sweep.rows()))
    if picture is not None and sweep.measured:
        from circuitsim.analysis.growth.figures import growth_figure

        growth_figure(sweep.series(), picture)
    if work.interrupted:
        click.echo(f"circuitsim: interrupted after {sweep.done}.", err=True)
        context.exit(interrupts.INTERRUPTED)


def _picture(path: str, constructions: tuple[str, ...]) -> Path:
    """Where to draw, if that can be; said before anything is measured."""
    from .files import picture

    if "ours" not in constructions:
        raise InputError("--plot draws what is measured; add ours to --construction.")
    return picture(path)


@dataclass
class Sweep:
    """One run of the command: what was asked for, and the rows so far."""

    how: Construction
    lengths: tuple[int, ...]
    bases: tuple[str, ...]
    constructions: tuple[str, ...]
    as_json: bool
    name: str = ""
    measured: "dict[str, list[Row]]" = field(default_factory=dict)  # by basis
    predicted: "list[PaperCost]" = field(default_factory=list)
    bits: dict[int, str | None] = field(default_factory=dict)  # at each n, once for all bases

    def run(self, model: "Model | Sized", status: "Status") -> None:
        """Measure and predict, printing measured rows."""
        self.name = model.name
        self.how.warn_of_folding(model.at(max(self.lengths)), max(self.lengths), status)
        if "ours" in self.constructions:
            for basis in self.bases:
                self._measure(model, basis, status)
        if "paper" in self.constructions:
            self._predict(model, status)

    def _measure(self, sized: "Model | Sized", basis: str, status: "Status") -> None:
        from circuitsim.analysis.growth.growth import row

        from .growth_text import GrowthTable

        table = None
        for n in self.lengths:
            status(f"{basis}, n = {n}")
            model = sized.at(n)
            family = self.how.family(model, basis, self._bits(model, n), max(self.lengths))
            found = row(family, n)[0]
            status.clear()
            if not self.as_json:
                if table is None:
                    click.echo("\n" if self.measured else "", nl=False)
                    table = GrowthTable(model.name, found, max(self.lengths))
                table.row(found)
            self.measured.setdefault(basis, []).append(found)
            interrupts.check()

    def _bits(self, model: "Model", n: int) -> str | None:
        if n not in self.bits:
            self.bits[n] = self.how.bits_at(model, n)
        return self.bits[n]

    def _predict(self, sized: "Model | Sized", status: "Status") -> None:
        """The papers' circuits that have the gates of some basis; in bounded bases, all of them in their own."""
        from circuitsim.analysis.growth.paper import predict
        from circuitsim.models.model import Model

        basis = AC0.name if self.bases == (AC0.name,) else None
        for n in self.lengths:
            status(f"papers, n = {n}")
            model = sized.at(n)
            if not isinstance(model, Model):
                raise InputError(
                    f"{model.name} is no transformer, of which the papers are; leave out --construction."
                )
            bits = self._bits(model, n) if basis is None else None
            self.predicted += predict(model, n, bits, basis, max_bits=self.how.max_bits)

    def report(self, interrupted: bool) -> None:
        """Print what is known when all rows are: fits and predictions, or all of it as JSON."""
        from circuitsim.analysis.growth.trends import Trend

        from .growth_text import print_papers, print_trends
        from .printing import print_json

        if self.as_json:
            fits = {line.basis: line.trend for line in self.series()}
            first = fits.get(self.bases[0], Trend(None, None, None))
            end = {"interrupted": True} if interrupted else {}
            print_json({"rows": self.rows(), "fits": first, "fits_by_basis": fits, **end})
            return
        print_trends(self.series())
        if "paper" in self.constructions and not (interrupted and not self.predicted):
            click.echo("\n" if self.measured else "", nl=False)
            print_papers(self.predicted)

    def series(self) -> "list[Series]":
        """What is measured, a line of a figure for each basis."""
        from circuitsim.analysis.growth.trends import series

        return [
            series(f"{self.name}, {basis}", rows) for basis, rows in self.measured.items()
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Rows of both constructions, for JSON and CSV."""
        from dataclasses import fields

        from circuitsim.analysis.growth.growth import Row

        from .growth_text import own_row, paper_row

        names = [entry.name for entry in fields(Row)]
        own = [own_row(row) for rows in self.measured.values() for row in rows]
        return own + [paper_row(cost, names) for cost in self.predicted]

    @property
    def started(self) -> bool:
        """Whether there is a row to keep."""
        return bool(self.measured or self.predicted)

    @property
    def done(self) -> str:
        """How much of the command is done, for people."""
        lengths = f"{len(self.lengths)} lengths"
        if len(self.bases) == 1 and self.constructions == ("ours",):
            return f"{len(self.measured[self.bases[0]])} of {lengths}"
        parts = {basis: len(rows) for basis, rows in self.measured.items()}
        if self.predicted:
            parts["papers"] = len({cost.n for cost in self.predicted})
        return ", ".join(f"{count} of {lengths} ({part})" for part, count in parts.items())
