"""`circuitsim accuracy`: the exact number of strings of a length on which a model is wrong."""

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from circuitsim.errors import LimitError

from . import completion, options
from .theorem_options import Asked, theorem_options

if TYPE_CHECKING:
    from circuitsim.analysis.proofs.accuracy import Row

SHORT = 10**15  # larger numbers of inputs are written as powers
TITLES = ("n", "inputs", "wrong", "share", "<by", "<one of them")


@click.command(
    "accuracy",
    short_help="Count the inputs on which a model is wrong, exactly.",
    epilog=options.examples(
        "accuracy examples/parity.json --spec parity --bits 4 -n 24",
        "accuracy examples/majority.pt --spec majority --bits 4 -n 101:141:+4 --plot wrong.svg",
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
    from .lengths import LONGEST_RUN
    from .printing import Columns, Status, print_json

    if max(lengths) > LONGEST_RUN:
        raise LimitError(
            f"inputs are counted for n up to {LONGEST_RUN:,}; n is {max(lengths):,}."
        )
    where = None if plot is None else target(plot, *SUFFIXES)
    specification = asked.theorem(None).named
    given = asked.load(model)
    asked.refuse_options_of_models(given)
    rows: list[Row] = []
    table = None
    if not as_json:
        last = max(lengths)
        table = Columns(TITLES, [len(str(last)), len(_inputs(given, last)), 15, 8, 17, 0])
    with Status() as status:
        for n in lengths:
            row = accuracy(given, asked.theorem(n), asked.limits, partial(_say, status, n))
            status.clear()
            rows.append(row)
            if table is not None:
                table.row(_cells(row, _inputs(given, n)))
    if where is not None:
        accuracy_figure(rows, specification, where)
    if as_json:
        said = f"strings on which {model} decides otherwise than {specification}"
        print_json({"statement": said, "rows": rows})
    else:
        _print_end(rows, plot, asked.theorem(None).asked.where is not None)
    if any(row.wrong is None for row in rows):
        context.exit(3)


def _say(status: Any, n: int, text: str) -> None:
    status(f"n = {n}: {text}")


def _inputs(given: Any, n: int) -> str:
    """How many strings of n letters there are; as a power where that is a long number."""
    from circuitsim.tokens import format_of

    form: Any = given.at(n).format if hasattr(given, "at") else format_of(given.interface)
    strings = form.strings(n)
    if strings < SHORT or not form.plain:
        return f"{strings:,}"
    return f"{form.fields[0].size}^{n}"


def _cells(row: "Row", inputs: str) -> list[object]:
    from .printing import number, shorten

    if row.wrong is None:
        return [row.n, inputs, "-", "-", row.engine, ""]
    share = Fraction(100 * row.wrong, row.inputs)
    said = f"{float(share):.3g}%" if row.wrong and share.denominator > 1 else f"{share}%"
    return [row.n, inputs, number(row.wrong), said, row.engine, shorten(row.example or "")]


def _print_end(rows: "list[Row]", plot: str | None, partly: bool) -> None:
    from .lengths import words

    for row in rows:
        if row.wrong is None:
            click.echo(f"n = {row.n}: {row.reason}")
    some = " that are asked about" if partly else ""
    right = tuple(row.n for row in rows if row.wrong == 0)
    if right:
        click.secho(f"right on all inputs{some} of {words(right)}", fg="green")
    if plot is not None:
        click.echo(f"plot: {plot}")
