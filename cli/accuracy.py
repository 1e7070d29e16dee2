"""`circuitsim accuracy`: the exact number of strings of a length on which a model is wrong."""

from typing import TYPE_CHECKING, Any

import click

from . import completion, options
from .theorem_options import Asked, theorem_options

if TYPE_CHECKING:
    from circuitsim.analysis.proofs.accuracy import Row


@click.command(
    "accuracy",
    short_help="Count the inputs on which a model is wrong, exactly.",
    epilog=options.examples(
        "accuracy examples/parity.json --spec parity --bits 4 -n 24",
        "accuracy examples/majority.pt --spec majority --bits 4 -n 101:141:+2 --plot wrong.svg",
    ),
)
@options.model_argument
@options.lengths_option
@click.option(
    "--plot",
    metavar="FILE",
    shell_complete=completion.files,
    help="Draw the share of wrong inputs against n (.svg, .png or .pdf).",
)
@theorem_options
@options.json_option("statement rows[n inputs wrong engine example seconds reason]")
@click.pass_context
def command(
    context: click.Context,
    asked: Asked,
    model: str,
    lengths: tuple[int, ...],
    plot: str | None,
    as_json: bool,
) -> None:
    """Count the inputs of N letters on which MODEL, or the circuit of a file, decides otherwise than SPEC.

    Of all inputs there are, without trying each: by counts of letters, by automata, by the sums in the circuit, by
    decision diagrams; where none fits and the inputs are few, by running all. Exits with 3 where a number stays
    unknown.
    """
    from circuitsim.analysis.growth.figures import SUFFIXES
    from circuitsim.analysis.proofs.accuracy import accuracy
    from circuitsim.analysis.proofs.accuracy_figure import accuracy_figure

    from .files import target
    from .lengths import limit_lengths
    from .printing import Columns, Status, number, print_json, shorten

    limit_lengths(lengths, "accuracy")
    where = None if plot is None else target(plot, *SUFFIXES)
    given = asked.load(model)
    rows: list[Row] = []
    table = (
        None if as_json else Columns(["n", "inputs", "wrong", "share", "<by", "<one of them"])
    )
    with Status() as status:
        for n in lengths:
            row = accuracy(
                given,
                asked.theorem(n),
                asked.limits,
                lambda text, n=n: status(f"n = {n}: {text}"),
            )  # type: ignore[misc]
            status.clear()
            rows.append(row)
            if table is not None:
                wrong = "-" if row.wrong is None else number(row.wrong)
                share = "-" if row.wrong is None else _share(row.wrong, row.inputs)
                example = shorten(row.example or "")
                table.row([row.n, number(row.inputs), wrong, share, row.engine, example])
    if where is not None:
        accuracy_figure(rows, asked.specification, where)
    if as_json:
        print_json({"statement": _said(asked, model), "rows": rows})
    else:
        _print_end(rows, plot)
    context.exit(3 if any(row.wrong is None for row in rows) else 0)


def _said(asked: Asked, model: str) -> str:
    return f"strings on which {model} decides otherwise than {asked.specification}"


def _share(wrong: int, inputs: int) -> str:
    """A share of many inputs, without losing what is small."""
    from fractions import Fraction

    if wrong in (0, inputs):
        return "0" if not wrong else "100%"
    share = Fraction(100 * wrong, inputs)
    return f"{float(share):.3g}%" if share > Fraction(1, 10**300) else "<1e-300%"


def _print_end(rows: "list[Row]", plot: str | None) -> Any:
    from .lengths import words

    for row in rows:
        if row.wrong is None:
            click.echo(f"n = {row.n}: {row.reason}")
    right = tuple(row.n for row in rows if row.wrong == 0)
    if right:
        click.secho(f"right on all inputs of {words(right)}", fg="green")
    if plot is not None:
        click.echo(f"plot: {plot}")
