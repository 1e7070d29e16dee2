"""`circuitsim harden`: what hard or saturated attention would make of a model with softmax."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from circuitsim.errors import InputError
from circuitsim.learning.recipe import Steps

from . import completion, options
from .checkpoint_options import checkpoint_options, words
from .construction import naming
from .lengths import parse_lengths

if TYPE_CHECKING:
    from circuitsim.compilers.calibration import Stated

    from circuitsim.analysis.hardening import FineTuned, Hardening

NOTE = "bits: scores are first rounded to so many fraction bits, with -1 and -2 to multiples of 2 and 4"


@click.command(
    "harden",
    short_help="Study what hard attention would make of softmax.",
    epilog=options.examples(
        "harden examples/addition.pt -n 4 --plot addition.svg",
        "harden examples/brackets --inputs all:8 --fine-tune 500 -o hard.json",
    ),
)
@options.model_argument
@click.option(
    "-o",
    "output",
    metavar="HARD",
    shell_complete=completion.files,
    help="Write the hardened model, a .json file.",
)
@click.option(
    "--inputs",
    "stated",
    metavar="WHAT",
    shell_complete=completion.files,
    help="On what decisions are compared: a file with an input in each line, TASK:LENGTHS of a task of the zoo, or"
    " all:LENGTHS.",
)
@click.option(
    "-n",
    "lengths",
    callback=options.parsed(parse_lengths),
    metavar="N",
    help="Instead: all inputs of these lengths, or sampled ones where they are more than 4,096.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="K",
    help="How many of a length, with -n or of a task.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="S",
    help="Of the inputs that are sampled, and of the half that is searched on.",
)
@click.option(
    "--fine-tune",
    "steps",
    type=click.IntRange(min=1),
    metavar="STEPS",
    help="Then train the model so that it decides as softmax does; needs torch.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, max=10, min_open=True),
    default=Steps.rate,
    show_default=True,
    metavar="R",
    help="The largest learning rate of --fine-tune.",
)
@click.option(
    "--agree",
    callback=options.parsed(options.parse_share),
    default="90%",
    show_default=True,
    metavar="P%",
    help="Write nothing that keeps fewer of the decisions on the others.",
)
@click.option(
    "--plot",
    "plot_file",
    metavar="FILE",
    shell_complete=completion.files,
    help="Also draw what each kind keeps, as .png, .svg or .pdf; needs matplotlib.",
)
@checkpoint_options(hidden=True)
@options.json_option(
    "model inputs searched where alike[KIND] heads[layer head mass tied alone[KIND] chosen] searched_kept kept"
    " tuned[steps rate searched_kept kept] agreement file; numbers of inputs that keep their decisions, by kind, of"
    " those searched; kept and agreement of the others"
)
@click.pass_context
def command(
    context: click.Context,
    /,
    model: str,
    output: str | None,
    plot_file: str | None,
    agree: Fraction,
    seed: int,
    steps: int | None,
    rate: float,
    as_json: bool,
    **given: Any,
) -> None:
    """Study what would become of MODEL if its heads of softmax were hard or saturated.

    That is not needed for circuits: `compile` takes softmax as it is. Of every head it is said how much of the weight
    falls on the keys of the largest score (mass), how many those are, and how many inputs keep their decisions if it
    alone becomes hard (the leftmost maximum), saturated (the mean over all maxima, of scores as they are or rounded
    first) or uniform. A search then looks for the best kind of every head, and --fine-tune trains the values, nets,
    norms and vectors of tokens with these. All this is on half of the inputs; how far the model that is found agrees
    with softmax is counted on the others, which were not seen. Exits with 1, and writes nothing, if that is less than
    --agree says.
    """
    from circuitsim.analysis.hardening import halves, harden
    from circuitsim.models.files.json_model import json_text
    from circuitsim.zoo.addresses import load_any

    from .files import picture, target, write_text
    from .printing import Status, print_json

    where = None if output is None else target(output, ".json")
    drawn = None if plot_file is None else picture(plot_file)
    said = words(given)
    with naming(model), Status() as status:
        loaded = load_any(model, **said)
        inputs, place = _inputs(loaded, seed=seed, **given)
        tuning = None if steps is None else Steps(steps, rate, seed)
        found = harden(loaded, *halves(inputs, seed), tuning=tuning, progress=status)
    kept = found.agreement >= agree
    if as_json:
        print_json(_object(found, place, output if kept else None))
    else:
        _print(found, loaded.name, place)
    if drawn is not None:
        from circuitsim.analysis.hardening_figure import hardening_figure

        hardening_figure(found, drawn)
    if where is not None and kept:
        write_text(where, json_text(found.model, _comment(found, place)))
    elif where is not None:
        if not as_json:
            click.secho(
                f"{output} is not written: --agree asks for {float(100 * agree):g}%", fg="red"
            )
        context.exit(1)


def _inputs(
    model: Any, stated: str | None, lengths: tuple[int, ...] | None, samples: int, seed: int
) -> "tuple[list[Stated], str]":
    """The inputs, and how to call them."""
    from circuitsim.compilers.calibration import Stated

    from circuitsim.models.inputs import chosen_inputs

    from . import stated as reading
    from .lengths import limit_lengths, limit_samples
    from .lengths import words as length_words

    if (stated is None) == (lengths is None):
        raise InputError(
            "on which inputs? Give -n N, or --inputs with a file, TASK:LENGTHS or all:LENGTHS."
        )
    if not hasattr(model, "readout"):
        raise InputError(f"{model.name} is another model at every length; harden takes one.")
    if stated is not None:
        return reading.stated(stated, model, seed, samples), stated
    assert lengths is not None
    limit_lengths(lengths, "harden")
    limit_samples(samples, lengths)
    found = [chosen_inputs(model, n, None, samples, seed) for n in lengths]
    whole = all(everything for everything, _ in found)
    how = "all" if whole else f"sampled, seed {seed}"
    return [Stated(codes) for _, codes in found], f"{length_words(lengths)}, {how}"


def _comment(found: "Hardening", place: str) -> str:
    """What the file says of its agreement."""
    how, seen = "hardened", "searched"
    if found.tuned is not None:
        how, seen = (
            f"hardened, fine-tuned in {found.tuned.steps:,} steps",
            "searched or trained",
        )
    kept = (
        f"{(found.tuned or found).kept:,} of {found.others:,} inputs decided as softmax does"
    )
    return f"{how}: {kept}, and none of them was {seen} on ({place})"


def _object(found: "Hardening", place: str, file: str | None) -> dict[str, Any]:
    own = {name: value for name, value in vars(found).items() if name != "model"}
    return {
        "model": found.model.name,
        "where": place,
        **own,
        "agreement": float(found.agreement),
        "file": file,
    }


def _print(found: "Hardening", name: str, place: str) -> None:
    from .printing import print_table

    def share(kept: int, of: int = found.searched) -> str:
        return f"{10000 * kept // of / 100:.2f}%"

    click.echo(
        f"softmax of {name} on {found.inputs:,} inputs ({place})\n"
        f"the search sees {found.searched:,} of them\n"
    )
    print_table(
        ["<all heads", "kept"], [[kind, share(kept)] for kind, kept in found.alike.items()]
    )
    click.echo()
    rows = []
    for head in found.heads:
        best = max(head.alone, key=lambda kind: head.alone[kind])
        shown = [f"{head.mass:.2f}", f"{head.tied:.2f}", best, share(head.alone[best])]
        rows.append([f"layer {head.layer}, head {head.head}", *shown, head.chosen])
    titles = ["<head", "mass", "tied keys", "<best alone", "kept", "<chosen with the others"]
    print_table(titles, rows)
    click.echo(NOTE + "\n")
    models: list[tuple[str, Hardening | FineTuned]] = [("as chosen", found)]
    if found.tuned is not None:
        models.append((f"fine-tuned in {found.tuned.steps:,} steps", found.tuned))
    titles = ["<decided as softmax does", f"of the {found.searched:,} searched", ""]
    print_table(
        [*titles, f"of the {found.others:,} others", ""],
        [
            [
                name,
                *(f"{one.searched_kept:,}", share(one.searched_kept)),
                *(f"{one.kept:,}", share(one.kept, found.others)),
            ]
            for name, one in models
        ],
    )
