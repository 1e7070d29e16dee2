"""`circuitsim zoo`: the papers' tasks and the models that solve them: list, check, export."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from circuitsim.bases import ONE_A_CLASS, BasisName

from . import completion, options
from .lengths import parse_lengths

if TYPE_CHECKING:
    from circuitsim.analysis.agreement import Agreement
    from circuitsim.execution import Place

SAMPLES = 2000
DEFAULT_LENGTH = 8


@click.group("zoo", short_help="The papers' tasks, and models that solve them.")
def command() -> None:
    """Tasks and hand-specified models of the papers.

    Wherever a MODEL is expected, zoo:NAME or zoo:NAME:option=value,... is a model of the zoo.
    """


@command.command(
    "list",
    short_help="Every task and every model.",
    epilog=options.examples("zoo list", "zoo list --json"),
)
@options.json_option(
    "tasks[name, source, lengths, question, options] models[name, task, architecture, source, layers, heads, width,"
    " options]"
)
def list_command(as_json: bool) -> None:
    """List the tasks with their definitions, and the models with their resources as formulas."""
    from dataclasses import fields

    from circuitsim.zoo.catalogue import ENTRIES
    from circuitsim.zoo.tasks.catalogue import TASKS

    from .printing import print_json, print_table

    tasks = [
        {
            "name": task.name,
            "source": task.source,
            "lengths": task.lengths,
            "question": task.question,
            "options": {f.name: f.default for f in fields(task)},
        }
        for task in TASKS.values()
    ]
    models = [
        {
            "name": entry.name,
            "task": entry.task.name,
            "architecture": entry.architecture,
            "source": entry.source,
            "layers": entry.layers,
            "heads": entry.heads,
            "width": entry.width,
            "options": entry.defaults,
            "choices": {name: list(values) for name, values in entry.choices.items()},
        }
        for entry in ENTRIES.values()
    ]
    if as_json:
        print_json({"tasks": tasks, "models": models})
        return
    click.secho("tasks", bold=True)
    print_table(
        ["<task", "<options", "<lengths", "<question"],
        [[t["name"], _options(t["options"]), t["lengths"], t["question"]] for t in tasks],
    )
    click.echo()
    click.secho("models, as zoo:NAME", bold=True)
    print_table(
        ["<model", "<task", "<architecture", "<layers", "<heads", "<width", "<options"],
        [
            [
                m["name"],
                m["task"],
                m["architecture"],
                m["layers"],
                m["heads"],
                m["width"],
                _options(m["options"]),
            ]
            for m in models
        ],
    )


def _options(given: Any) -> str:
    return " ".join(f"{name}={value}" for name, value in given.items()) or "-"


@command.command(
    "check",
    short_help="Try models against the definitions of their tasks.",
    epilog=options.examples("zoo check k-hop:k=3", "zoo check --json"),
)
@click.argument("names", metavar="[NAME...]", nargs=-1, shell_complete=completion.zoo_models)
@click.option(
    "-n",
    "lengths",
    callback=options.parsed(parse_lengths),
    metavar="N",
    help="Only these lengths. [default: every n with at most 2^16 inputs, on all of them, and 32 and 64]",
)
@click.option(
    "--basis",
    "bases",
    callback=options.parsed(options.parse_bases),
    default=",".join(ONE_A_CLASS),
    show_default=True,
    metavar=options.NAMES,
    help="Circuits that are tried too, where they exist and are not too large.",
)
@click.option(
    "--samples", type=click.IntRange(min=2), default=SAMPLES, show_default=True, metavar="K"
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="S")
@click.option(
    "--max-gates", type=click.IntRange(min=0), default=options.MAX_GATES, show_default=True, metavar="G",
    help="Larger circuits are left out, and named; of 200,000,000 gates they take 8 GiB.",
)  # fmt: skip
@options.place_options("model")
@options.json_option(
    "holds rows[name, n, inputs, exhaustive, disagreements, bits, rungs, skipped, wrong]"
)
@click.pass_context
def check_command(
    context: click.Context,
    names: tuple[str, ...],
    lengths: tuple[int, ...] | None,
    bases: "tuple[BasisName, ...]",
    samples: int,
    seed: int,
    max_gates: int,
    where: "Place",
    as_json: bool,
) -> None:
    """Compare models with their tasks' definitions: exact, integer at the least bits, and circuits.

    NAME is a model, such as k-hop or k-hop:k=3. Without one, every model is tried with its defaults, and with every
    other word that an option may be, such as keys=polytope.
    """
    from circuitsim.analysis.agreement import few, lengths_of
    from circuitsim.execution import in_order
    from circuitsim.zoo.addresses import PREFIX, built
    from circuitsim.zoo.catalogue import addresses

    from . import interrupts
    from .printing import Status, print_json

    tasks, tried = [], names or addresses()
    for entry in [built(name.removeprefix(PREFIX)) for name in tried]:
        plan = lengths_of(entry) if lengths is None else [(n, few(entry, n)) for n in lengths]
        tasks += [
            _Task(entry.name, n, everything, bases, samples, seed, max_gates)
            for n, everything in plan
        ]
    rows: list[Agreement] = []
    table = None if as_json else _Table(max((len(task.name) for task in tasks), default=0))
    with (
        Status() as status,
        interrupts.kept(lambda: rows) as kept,
        closing(in_order(_agreement, tasks, where.at_most(len(tried)), status)) as found,
    ):
        for row in found:
            status.clear()
            rows.append(row)
            if table is not None:
                table.row(row)
            interrupts.check()
    holds = all(row.disagreements == 0 for row in rows)
    if as_json:
        print_json({"holds": holds, "rows": rows})
    else:
        _verdict(rows, seed)
    if kept.interrupted:
        click.echo(f"circuitsim: interrupted after {len(rows)} rows.", err=True)
        context.exit(interrupts.INTERRUPTED)
    if not holds:
        context.exit(1)


@dataclass(frozen=True)
class _Task:
    """One row of the check."""

    name: str
    n: int
    everything: bool
    bases: "tuple[BasisName, ...]"
    samples: int
    seed: int
    max_gates: int

    def __str__(self) -> str:
        return f"zoo:{self.name}, n = {self.n}"


def _agreement(task: _Task, progress: Callable[[str], None]) -> "Agreement":
    from circuitsim.analysis.agreement import agree
    from circuitsim.zoo.addresses import built

    return agree(
        built(task.name),
        task.n,
        task.everything,
        bases=task.bases,
        samples=task.samples,
        seed=task.seed,
        max_gates=task.max_gates,
        progress=progress,
    )


class _Table:
    """Rows as they come."""

    def __init__(self, longest: int) -> None:
        from .printing import Columns

        self.columns = Columns(
            ["<model", "n", "inputs", "bits", "wrong", "<rungs", "<left out"],
            [longest + 4, 3, 12, 4, 5, 24, 0],
        )

    def row(self, row: "Agreement") -> None:
        """Print one."""
        from .printing import shorten

        inputs = f"{row.inputs:,}" + ("" if row.exhaustive else " drawn")
        cells = [
            row.name,
            row.n,
            inputs,
            "-" if row.bits is None else row.bits,
            row.disagreements,
        ]
        cells += [" ".join(row.rungs), shorten("; ".join(row.skipped))]
        self.columns.row(cells, **({"fg": "red"} if row.disagreements else {}))


def _verdict(rows: "list[Agreement]", seed: int) -> None:
    from .printing import clean

    click.echo()
    models = len({row.name for row in rows})
    everything = sum(row.inputs for row in rows if row.exhaustive)
    drawn = sum(row.inputs for row in rows if not row.exhaustive)
    bad = [row for row in rows if row.disagreements]
    for row in bad:
        assert row.wrong is not None
        click.secho(
            f"{row.name} is wrong at n = {row.n} on {row.disagreements:,} of {row.inputs:,} inputs, first the"
            f" {row.wrong[0]} rung on '{clean(row.wrong[1])}'",
            fg="red",
        )
    if not bad:
        who = (
            "1 model agrees with its task"
            if models == 1
            else f"{models} models agree with their tasks"
        )
        tried = [f"all {everything:,} inputs of short lengths"] if everything else []
        tried += [f"{drawn:,} drawn inputs (seed {seed})"] if drawn else []
        click.secho(f"{who} on {' and on '.join(tried)}", fg="green")


@command.command(
    "export",
    short_help="Write a model of the zoo to a JSON file.",
    epilog=options.examples(
        "zoo export k-hop:k=3 -n 16 -o k-hop.json",
        "zoo export q-sparse-averaging:keys=polytope -n 8",
    ),
)
@click.argument("name", metavar="NAME", shell_complete=completion.zoo_models)
@click.option(
    "-n",
    "n",
    type=click.IntRange(min=1),
    default=DEFAULT_LENGTH,
    show_default=True,
    metavar="N",
    help="Tokens.",
)
@click.option(
    "-o",
    "output",
    metavar="FILE",
    shell_complete=completion.files,
    help="Where to write it. [default: standard output]",
)
def export_command(name: str, n: int, output: str | None) -> None:
    """Write the model for N tokens as JSON, which every command reads."""
    from circuitsim.models.files.json_model import json_text
    from circuitsim.zoo.addresses import PREFIX, built

    from .files import target, write_text

    entry = built(name.removeprefix(PREFIX))
    text = json_text(entry.at(n))
    if output is None:
        click.echo(text, nl=False)
        return
    write_text(target(output, ".json"), text)
    click.echo(f"wrote {output}, zoo:{entry.name} for {n} tokens", err=True)
