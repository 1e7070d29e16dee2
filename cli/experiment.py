"""`circuitsim experiment`: the papers' experiments on learning, beside the published figures."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import completion, interrupts, options

if TYPE_CHECKING:
    from circuitsim.execution import Place
    from circuitsim.experiments.experiment import Experiment, Size
    from circuitsim.experiments.running import Results

KEYS = (
    "experiment size folder holds tables[title, columns, rows] panels[title, x, y, logarithmic, curves[label, points,"
    " published]] verdicts[statement, rule, numbers, agrees]; of --list, experiments[name, source, question, published,"
    " sizes[name, points, minutes]]"
)


@click.command(
    "experiment",
    short_help="The papers' experiments on learning, beside the published figures.",
    epilog=options.examples("experiment --list", "experiment qstr --out qstr-results"),
)
@click.argument("name", required=False, shell_complete=completion.experiments)
@click.option("--list", "listing", is_flag=True, help="Say which experiments there are.")
@click.option(
    "--size",
    default="default",
    show_default=True,
    metavar="smallest|default|paper",
    help="Seconds, to see that it works; minutes; or as the paper has it.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where results are kept. [default: experiments/NAME]",
)
@options.place_options("training run")
@options.json_option(KEYS)
@click.pass_context
def command(
    context: click.Context,
    name: str | None,
    listing: bool,
    size: str,
    out: Path | None,
    where: "Place",
    as_json: bool,
) -> None:
    """Train what a paper trained, compile the best model, and say what agrees with the paper.

    Every training run is kept in DIR/points.jsonl as soon as it is there. Given the same DIR again, only what is
    missing is run. DIR then holds table.md, table.json, a CSV for each table and figure.svg, and in DIR/files the
    models that circuits were made of, for `compile`.
    """
    from circuitsim.experiments.table import experiment

    if listing:
        _list(as_json)
        return
    if name is None:
        raise click.UsageError("Name an experiment; --list says which there are.", context)
    chosen = experiment(name)
    asked = chosen.size(size)
    folder = out or Path("experiments") / chosen.name
    results = _run(context, chosen, asked, folder, where)
    _show(chosen, asked, results, folder, as_json)
    if not results.holds:
        context.exit(1)


def _run(
    context: click.Context, chosen: "Experiment", asked: "Size", folder: Path, where: "Place"
) -> "Results":
    """Do what is missing; an interrupt keeps what is done, and says how to go on."""
    from circuitsim.experiments import running, store
    from circuitsim.learning.requirements import require_torch

    from .printing import Status

    require_torch()
    with store.opened(folder) as kept, Status() as status:
        missing = sum(
            kept.get(point) is None for point in running.training_points(chosen, asked)
        )
        _say_how_long(asked, missing)
        try:
            return running.run(chosen, asked, kept, where, status)
        except BaseException as error:
            if not interrupts.was_interrupt(error):
                raise
            interrupts.forget()
            status.clear()
            click.echo(
                f"circuitsim: interrupted; what is done is kept in {folder}, and the same command goes on from there.",
                err=True,
            )
            context.exit(interrupts.INTERRUPTED)


LONG = 30  # minutes


def _say_how_long(asked: "Size", missing: int) -> None:
    """Before hours of work, how many there are."""
    minutes = asked.minutes * missing / len(asked.settings)
    if minutes >= LONG:
        click.echo(
            f"circuitsim: {missing} training runs, about {minutes / 60:.1f} hours on one core.",
            err=True,
        )


def _show(
    chosen: "Experiment", asked: "Size", results: "Results", folder: Path, as_json: bool
) -> None:
    from circuitsim.experiments import report

    from .printing import print_json, print_table

    if as_json:
        found = report.as_json(chosen, asked.name, results.summary)
        print_json({"folder": str(folder), "holds": results.holds, **found})
        return
    for table in results.summary.tables:
        click.secho(table.title, bold=True)
        shown = report.filled(table)
        columns = zip(shown.columns, zip(*shown.rows, strict=True), strict=True)
        titles = [f"<{title}" if _is_text(cells) else title for title, cells in columns]
        print_table(titles, [[report.shown(cell) for cell in row] for row in shown.rows])
        click.echo()
    for verdict in results.summary.verdicts:
        click.echo(
            f"{verdict.word}: {verdict.statement}\n  rule: {verdict.rule}\n  here: {verdict.numbers}"
        )
    click.echo(f"\ntables and figure.svg are in {folder}")


def _is_text(cells: tuple[object, ...]) -> bool:
    return any(isinstance(cell, str) for cell in cells)


def _list(as_json: bool) -> None:
    from circuitsim.experiments.table import experiments

    from .printing import print_json, print_table

    known = experiments()
    if as_json:
        print_json({"experiments": [_as_json(one) for one in known]})
        return
    print_table(
        ["<experiment", "points", "minutes", "paper's hours", "<question"],
        [
            [
                one.name,
                len(one.size("default").settings),
                f"{one.size('default').minutes:g}",
                f"{one.size('paper').minutes / 60:.1f}",
                one.question,
            ]
            for one in known
        ],
    )


def _as_json(one: "Experiment") -> dict[str, object]:
    sizes = [
        {"name": size.name, "points": len(size.settings), "minutes": size.minutes}
        for size in one.sizes
    ]
    return {
        "name": one.name,
        "source": one.source,
        "question": one.question,
        "published": one.published,
        "sizes": sizes,
    }
