"""`circuitsim claims`: the theorems of the papers, tried on one model."""

from textwrap import TextWrapper
from typing import TYPE_CHECKING, Any, Literal

import click

from circuitsim.errors import InputError

from . import options
from .construction import Construction
from .lengths import parse_lengths

if TYPE_CHECKING:
    from circuitsim.analysis.claims.claims import Claims

WIDTH = 110


@click.command(
    "claims",
    short_help="Try the papers' theorems on a model.",
    epilog=options.examples(
        "claims examples/first.json",
        "claims examples/parity.json -n 2:32:*2 --division literal --json",
    ),
)
@options.model_argument
@click.option(
    "-n",
    "lengths",
    callback=options.parsed(parse_lengths),
    default="2:64:*2",
    show_default=True,
    metavar="N",
    help="Lengths, as in `measure`; trends need three up to the geometric mean of the shortest and the longest.",
)
@click.option(
    "--division",
    type=click.Choice(["exact", "literal"]),
    default="exact",
    show_default=True,
    help="Also try whether the papers' own division (literal: 1/3 becomes 1/4) decides as exact means do.",
)
@options.construction_options
@options.json_option(
    "model n holds claims[name statement source holds kind evidence line] not_applicable[name why]"
)
@click.pass_context
def command(
    context: click.Context,
    how: Construction,
    model: str,
    lengths: tuple[int, ...],
    division: Literal["exact", "literal"],
    as_json: bool,
) -> None:
    """Try what the papers prove about transformers as circuits on MODEL, at inputs of N letters.

    Each claim says how it was established: by construction (an argument for all n, whose bound every measured circuit
    is held against), on all or on sampled inputs, or by a trend over the lengths, which is evidence and no proof.
    Some are negative controls, which hold when what must fail does. Claims whose precondition the model does not meet
    are listed as not applicable. With --bits the first n at which these decide wrongly is looked for, up to 1,024.
    Exits with 1 if a claim fails, and says where.
    """
    from circuitsim.api import claims
    from circuitsim.models.model import Model

    from .lengths import limit_lengths
    from .printing import Status, print_json

    limit_lengths(lengths, "claims")
    with Status() as status:
        transformer = how.model(model)
        if not isinstance(transformer, Model):
            raise InputError(
                f"{model}: the claims are about one transformer for all lengths, and this is none."
            )
        for n in lengths if how.bits not in (None, "auto") else ():
            how.bits_at(transformer, n)
        found = claims(
            transformer,
            lengths,
            how.bits,
            optimize=how.optimize,
            positions=how.positions,
            max_bits=how.max_bits,
            max_ties=how.max_ties,
            division=division,
            seed=how.seed,
            progress=status,
        )
    if as_json:
        print_json(
            {"model": found.model, "n": found.n, "holds": found.holds, **_lists(found)}
        )
    else:
        _print(found)
    if not found.holds:
        context.exit(1)


def _lists(found: "Claims") -> dict[str, Any]:
    return {"claims": found.claims, "not_applicable": found.not_applicable}


def _print(found: "Claims") -> None:
    from .lengths import words
    from .printing import clean

    click.secho(f"{clean(found.model)}, {words(found.n)}", bold=True)
    for claim in found.claims:
        verdict = (
            click.style("holds", fg="green")
            if claim.holds
            else click.style("FAILS", fg="red")
        )
        click.echo(f"\n{verdict}  {claim.name} ({claim.kind})")
        for line in (claim.statement, f"[{claim.source}]", claim.line):
            _wrapped(line)
    if found.not_applicable:
        click.echo("\nnot applicable:")
        for entry in found.not_applicable:
            _wrapped(f"{entry.name}: {entry.why}")
    failing = [claim.name for claim in found.claims if not claim.holds]
    click.echo()
    if failing:
        click.secho(
            f"{len(failing)} of {len(found.claims)} claims fail: {', '.join(failing)}",
            fg="red",
        )
    else:
        click.secho(f"all {len(found.claims)} claims hold, at {words(found.n)}", fg="green")


def _wrapped(text: str) -> None:
    from .printing import clean

    indent = " " * 7
    whole = TextWrapper(
        WIDTH, indent, indent, break_long_words=False, break_on_hyphens=False
    )  # to be copied
    click.echo(whole.fill(clean(text)))
