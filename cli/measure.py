"""`circuitsim measure`: size and depth against n, without building a circuit."""

import csv
import io
from typing import TYPE_CHECKING, Any

import click

from . import interrupts, options
from .construction import Construction

if TYPE_CHECKING:
    from circuitsim.analysis.growth import Row


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
@click.option("--csv", "csv_file", metavar="FILE", help="Also write the rows as comma-separated values.")
@options.basis_option
@options.construction_options
@options.json_option(
    "rows[n basis bits positions depth gates wires wires_weighted gates_by_kind max_fan_in max_weight state_bits"
    " seconds]"
)
@click.pass_context
def command(
    context: click.Context,
    how: Construction,
    model: str,
    lengths: tuple[int, ...],
    csv_file: str | None,
    basis: str,
    as_json: bool,
) -> None:
    """Measure the circuits of MODEL on inputs of N letters: gates, depth and wires, each exactly, none built.

    Rows are printed as they come; an interrupt keeps those that are done, in the file too.
    """
    from circuitsim.analysis.growth import row

    from .files import target, write_text
    from .printing import Status, print_json
    from .warming import warm_up

    where = None if csv_file is None else target(csv_file)
    rows: list[Row] = []
    interrupted = False
    with Status() as status:
        try:
            transformer = how.model(model)
            how.warn_of_folding(transformer, max(lengths), status)
            warm_up(status)
            table = None
            for n in lengths:
                status(f"n = {n}")
                family = how.family(transformer, basis, how.bits_at(transformer, n), max(lengths))
                measured = row(family, n)[0]
                status.clear()
                rows.append(measured)
                if not as_json:
                    table = table or _table(transformer.name, measured, lengths)
                    _print_row(table, measured)
                interrupts.check()
        except BaseException as error:
            if not rows or not interrupts.was_interrupt(error):
                raise
            interrupted = True
            interrupts.forget()  # the rows that are done are written
    if where is not None:
        write_text(where, _as_csv(rows))
    if as_json:
        print_json({"rows": rows, **({"interrupted": True} if interrupted else {})})
    if interrupted:
        click.echo(f"circuitsim: interrupted after {len(rows)} of {len(lengths)} lengths.", err=True)
        context.exit(interrupts.INTERRUPTED)


def _table(name: str, first: "Row", lengths: tuple[int, ...]) -> Any:
    from .printing import Columns, clean

    click.secho(f"{clean(name)} in {first.basis}, positions {first.positions}", bold=True)
    kinds = _kinds(first.basis)
    titles = ["n", "bits", "depth", "gates", *kinds, "wires", "state bits", "seconds"]
    width = 14 if max(lengths) > 4096 else 10
    many = [width] * (2 + len(kinds))
    return Columns(titles, [len(f"{max(lengths):,}"), 0, 0, *many, 0, 0])


def _kinds(basis: str) -> list[str]:
    return ["and", "xor"] if basis == "xag" else []


def _print_row(table: Any, row: "Row") -> None:
    kinds = [f"{row.gates_by_kind.get(kind, 0):,}" for kind in _kinds(row.basis)]
    gates = [f"{row.gates:,}", *kinds, f"{row.wires:,}"]
    table.row([f"{row.n:,}", row.bits, f"{row.depth:,}", *gates, row.state_bits, f"{row.seconds:.2f}"])


def _as_csv(rows: "list[Row]") -> str:
    kinds = dict.fromkeys(kind for row in rows for kind in row.gates_by_kind)
    text = io.StringIO()
    names = [name for name in vars(rows[0]) if name != "gates_by_kind"]
    writer = csv.writer(text)
    writer.writerow([*names, *(f"gates_{kind}" for kind in kinds)])
    for row in rows:
        values = vars(row)
        writer.writerow([*(values[name] for name in names), *(row.gates_by_kind.get(kind, 0) for kind in kinds)])
    return text.getvalue()
