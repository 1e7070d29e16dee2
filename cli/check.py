"""`circuitsim check`: the ladder from the float64 model to the file of its circuit, on stated inputs."""

from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click

from circuitsim.bases import BASES, BasisName
from circuitsim.errors import InputError, LimitError

from . import options
from .construction import Construction

if TYPE_CHECKING:
    from circuitsim.compilers.family import Family

    from circuitsim.analysis.comparisons import Row, Rung
    from circuitsim.analysis.ladder import Part
    from circuitsim.execution import Place

LETTERS = 2**17  # that are worth another process


@click.command(
    "check",
    short_help="Check that circuits compute what their model computes.",
    epilog=options.examples(
        "check examples/first.json -n 1:6", "check examples/parity.json -n 4,64 --bits auto"
    ),
)
@options.model_argument
@options.lengths_option
@click.option(
    "--exhaustive",
    is_flag=True,
    help="All inputs, however many. [default: up to 4,096 of one length]",
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="K",
    help="Inputs of a length that are tried where not all are: half random, half near ties and boundaries.",
)
@click.option(
    "--agree",
    callback=options.parsed(options.parse_share),
    default="100%",
    show_default=True,
    metavar="P%",
    help="The share of the inputs on which rungs that round must decide alike.",
)
@options.bases_option
@options.construction_options
@options.max_gates_option
@options.place_options(f"{LETTERS:,} letters of inputs")
@options.json_option(
    "holds rows[n bits gap_bits weight_bits exhaustive inputs rungs[from to relation disagreements allowed undecided"
    " largest_error first_difference] exact_bits]"
)
@click.pass_context
def command(
    context: click.Context,
    how: Construction,
    model: str,
    lengths: tuple[int, ...],
    exhaustive: bool,
    samples: int,
    agree: Fraction,
    bases: tuple[tuple[BasisName, ...], ...],
    max_gates: int,
    where: "Place",
    as_json: bool,
) -> None:
    """Check that the circuits of MODEL compute what the model computes, on inputs of N letters.

    Each description of the function is compared with the next: float64 ~ exact ~ integer = schematic = circuit =
    file. ~ compares decisions (rounding may move numbers, and how far is said; of answers that are numbers float and
    exact may not be further apart than rounding explains); = compares every bit of the residual stream and of the
    output. Exits with 1 if a decision flips or a bit differs, and names an input.
    """
    from circuitsim.analysis.comparisons import joined
    from circuitsim.analysis.ladder import parts
    from circuitsim.execution import in_order

    from .lengths import limit_lengths, limit_samples
    from .printing import Status, print_json, softmax_words

    limit_lengths(lengths, "check")
    if (
        exhaustive
        and context.get_parameter_source("samples") is click.core.ParameterSource.COMMANDLINE
    ):
        raise InputError(
            "--exhaustive takes all inputs and --samples some of them; give one of the two."
        )
    limit_samples(samples, lengths)
    chosen = (
        tuple(dict.fromkeys(name for names in bases for name in names)) or options.CHECKED
    )
    # Bits and positions are for the bases that round; they are refused only where there is none.
    first = next((name for name in chosen if not BASES[name].exact), chosen[0])
    rows: list[Row] = []
    with Status() as status:
        sized = how.model(model)
        table = None if as_json else _table(lengths)
        asked: list[list[Part]] = []
        for n in lengths:
            status(f"n = {n}: bits")
            transformer = sized.at(n)
            family = how.family(transformer, first, how.bits_at(transformer, n), max(lengths))
            asked.append(
                parts(
                    [family.in_basis(basis) for basis in chosen],
                    n,
                    exhaustive=True if exhaustive else None,
                    samples=samples,
                    seed=how.seed,
                    max_gates=max_gates,
                )
            )
        tasks = list(chain(*asked))
        letters = sum(part.n * (part.stop - part.start) for part in tasks)
        where = where.at_most(1 + letters // LETTERS)
        with closing(in_order(_climb, tasks, where, status)) as found:
            for mine in asked:
                rows.append(joined(list(islice(found, len(mine))), agree))
                status.clear()
                if table is not None:
                    _print_row(table, rows[-1])
    holds = all(row.holds for row in rows)
    if as_json:
        print_json({"holds": holds, "rows": [_row_object(row) for row in rows]})
    else:
        click.echo()
        rounded = softmax_words(rows[0].gap_bits, rows[0].weight_bits)
        if rounded:
            click.echo(f"softmax in whole numbers: {rounded}")
        _print_verdict(rows, chosen, how.seed)
        _print_notes(rows[0])
    if not holds:
        context.exit(1)


def _climb(part: "Part", progress: Callable[[str], None]) -> "Row":
    from circuitsim.analysis.ladder import climb_part

    assert part.max_gates is not None
    for family in part.families:
        _refuse_large(family, part.n, part.max_gates)
    return climb_part(part, lambda rung: progress(f"{part}: {rung}"))


def _refuse_large(family: "Family", n: int, max_gates: int) -> None:
    """Say so now, and not after the models have run."""
    from circuitsim.schematic.measure import measure

    cost = measure(family(n))
    if cost.exceeds(max_gates):
        raise LimitError(
            f"n={n}: the {family.basis} circuit has {cost.against(max_gates)}; raise it, or check a smaller n."
        )


def _row_object(row: "Row") -> dict[str, Any]:
    rungs = [
        {"from" if key == "start" else key: value for key, value in vars(rung).items()}
        for rung in row.rungs
    ]
    return {**vars(row), "rungs": rungs}


def _table(lengths: tuple[int, ...]) -> Any:
    from .printing import Columns

    titles = [
        "n",
        "inputs",
        "bits",
        "<rungs",
        "disagree",
        "undecided",
        "largest error",
        "<first difference",
    ]
    return Columns(titles, [len(str(max(lengths))), 6, 0, 29, 0, 0, 0, 0])


def _print_row(table: Any, row: "Row") -> None:
    from .printing import shorten

    head: list[object] = [row.n, f"{row.inputs:,}", "-" if row.bits is None else row.bits]
    for rung in row.rungs:
        approximate = rung.relation == "~"
        cells = [
            f"{rung.start} {rung.relation} {rung.to}",
            f"{rung.disagreements:,}",
            f"{rung.undecided:,}" if rung.start == "float" else "",
            _error(rung.largest_error) if approximate else "",
            "" if rung.first_difference is None else shorten(rung.first_difference),
        ]
        table.row([*head, *cells], **({} if rung.holds else {"fg": "red"}))
        head = ["", "", ""]


def _error(value: float) -> str:
    return "0" if value == 0 else f"{value:.2g}"


def _print_verdict(rows: "list[Row]", bases: tuple[str, ...], seed: int) -> None:
    from .lengths import words

    if all(row.holds for row in rows):
        parts = []
        for everything in (True, False):
            some = [row for row in rows if row.exhaustive == everything]
            if some:
                parts.append(
                    f"on {_inputs(some, seed)} of {words(tuple(row.n for row in some))}"
                )
        click.secho(f"holds {', and '.join(parts)}, in {' and '.join(bases)}", fg="green")
        differing = [rung for row in rows for rung in row.rungs if rung.disagreements]
        if differing:
            lost = sum(rung.disagreements for rung in differing)
            click.echo(f"with {lost:,} decisions lost to rounding, which --agree allows")
        return
    failing: dict[str, list[tuple[Row, Rung]]] = {}
    for row in rows:
        for rung in row.rungs:
            if not rung.holds:
                failing.setdefault(f"{rung.start} {rung.to}", []).append((row, rung))
    for found in failing.values():
        row, rung = found[0]
        others = tuple(row.n for row, _ in found[1:])
        more = f"; and at {words(others)}" if others else ""
        click.secho(f"fails {_failure(row, rung, seed)}{more}", fg="red")
    if "exact integer" in failing:
        click.echo(
            "The integer model rounds too much: give more --bits, or --bits auto to find how many it needs."
        )


def _print_notes(row: "Row") -> None:
    """What is to be said of the model."""
    if row.exact_bits is not None:
        click.echo(
            f"The exact model rounds softmax, norms and activations to {row.exact_bits} fraction bits"
        )


def _inputs(rows: "list[Row]", seed: int) -> str:
    count = sum(row.inputs for row in rows)
    if rows[0].exhaustive:
        return f"all {count:,} inputs"
    return (
        f"{rows[0].inputs:,} sampled inputs{' each' if len(rows) > 1 else ''} (seed {seed})"
    )


def _failure(row: "Row", rung: "Rung", seed: int) -> str:
    from .printing import clean

    what = {
        "exact": "the float64 model answers otherwise than the exact model",
        "integer": f"the integer model with {row.bits} fraction bits decides otherwise than the exact model",
    }.get(rung.to, f"the {rung.to} differs from the {rung.start}")
    among = _inputs([row], seed)
    string = clean(rung.first_difference or "")  # whole, to be given to `run`
    return f"at n = {row.n}: {what} on {rung.disagreements:,} of {among}, first on '{string}'"
