"""`circuitsim train`: a net is trained on a task of the zoo, and written as a checkpoint that compiles."""

import time
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from circuitsim.learning.recipe import WORDS, Recipe

from . import completion, options

if TYPE_CHECKING:
    from circuitsim.learning.training import Trained

F = TypeVar("F", bound=Callable[..., Any])

DEFAULTS = {field.name: field.default for field in fields(Recipe)}
HELP = {
    "lengths": "Of the strings: 16, 4:16 or 4:16:+2 (each as likely) or binomial:100 (fair coins among so many).",
    "longest": "Know positions up to N, for strings longer than those of --lengths.",
    "curriculum": "Begin with the shortest strings, and reach the longest after so many steps.",
    "architecture": "What is trained; circuits are made of a transformer, an rnn in one layer and an ffn.",
    "layers": "Layers; of an ffn, hidden ones.",
    "heads": "Heads of a transformer, which share the width.",
    "width": "Numbers of a token's vector, and of a recurrent state.",
    "hidden": "Hidden units of a layer; 0 for a transformer without nets.",
    "positions": "Learned, of sines and cosines, or none.",
    "attention": "Saturated attention has the gradient of softmax.",
    "score_bits": "Saturated attention rounds scores to so many fraction bits, so that some tie.",
    "norms": "Layer norms before or after attention and net.",
    "mask": "Which positions a transformer sees.",
    "activation": "Of hidden units; an rnn takes relu or tanh.",
    "steps": "Steps of AdamW, unless --stop ends it before.",
    "batch": "Strings a step.",
    "rate": "The largest learning rate, reached after a twentieth of the steps; then it falls along a cosine.",
    "decay": "Weight decay.",
    "stop": "End when this share of answers on strings kept apart is right at every length.",
    "seed": "Of the first weights and of all strings.",
}
TITLES = ("n", "right", "of", "right, hard ones", "of")


def recipe_options(function: F) -> F:
    """An option for every number and word of a recipe."""
    for name, text in reversed(HELP.items()):
        default = DEFAULTS[name]
        required = not isinstance(default, int | float | str)
        kind = (
            click.Choice(WORDS[name])
            if name in WORDS
            else None
            if required
            else type(default)
        )
        option = click.option(
            f"--{name.replace('_', '-')}",
            type=kind,
            required=required,
            default=None if required else default,
            show_default=not required,
            help=text,
        )
        function = option(function)
    return function


@click.command(
    "train",
    short_help="Train a net on a task; the checkpoint compiles at once.",
    epilog=options.examples(
        "train majority --lengths 1:32 --positions none -o majority.pt",
        "train index-lookup:letters=4 --lengths 6:16 --width 32 -o lookup.pt --json",
    ),
)
@click.argument("task", metavar="TASK", shell_complete=completion.tasks)
@click.option(
    "-o",
    "output",
    required=True,
    metavar="FILE",
    shell_complete=completion.files,
    help="The checkpoint, a .pt file.",
)
@recipe_options
@options.json_option(
    "task file recipe compiles steps loss parameters seconds right[n strings right hard hard_right]"
)
def command(task: str, output: str, as_json: bool, **given: Any) -> None:
    """Train a net on TASK of the zoo, and write a checkpoint that `compile`, `check` and `prove` take as it is.

    Strings are drawn anew at every step. Those that say how well it goes are others; hard ones are the task's
    adversarial strings. The same options and seed give the same net. A training that is interrupted keeps its state in
    FILE.training; the same command goes on with it.
    """
    from circuitsim.formats.atomic import write_whole
    from circuitsim.learning.requirements import require_torch

    from .files import target
    from .printing import Status, print_json

    where = target(output, ".pt")
    recipe = Recipe(task=task, **given)
    require_torch()
    from circuitsim.learning.files import (
        checkpoint_bytes,
        keep,
        kept,
        metrics,
        unfinished,
    )
    from circuitsim.learning.training import Training

    training = Training(recipe, lambda state: keep(where, state))
    if (state := kept(where, recipe)) is not None:
        training.resume(state)
        click.echo(f"going on after step {training.done:,}", err=True)
    begun = time.monotonic()
    try:
        with Status() as status:
            trained = training.run(status)
    except BaseException:
        if unfinished(where).exists():
            click.echo(
                f"{unfinished(where)} is kept; the same command goes on with it", err=True
            )
        raise
    seconds = time.monotonic() - begun
    write_whole(where, checkpoint_bytes(trained, Path(output).stem))
    unfinished(where).unlink(missing_ok=True)
    if as_json:
        found = {"task": task, "file": output, "recipe": asdict(recipe)}
        print_json(
            found | {"compiles": compiles(trained), "seconds": seconds} | metrics(trained)
        )
    else:
        _print(trained, output)


def compiles(trained: "Trained") -> bool:
    """Whether circuits are made of such nets."""
    return trained.net.document("net") is not None


def _print(trained: "Trained", output: str) -> None:
    from .printing import print_facts, print_table

    recipe = trained.data.recipe
    print_facts(
        [
            ("task", f"{recipe.task}, lengths {recipe.lengths}"),
            ("architecture", recipe.architecture),
            ("parameters", f"{trained.parameters:,}"),
            ("steps", f"{trained.steps:,} of {recipe.batch:,} strings"),
            ("loss", f"{trained.loss:.4f}"),
            ("file", output),
        ]
    )
    click.echo()
    print_table(
        TITLES,
        [
            [r.n, f"{r.right:,}", f"{r.strings:,}", f"{r.hard_right:,}", f"{r.hard:,}"]
            for r in trained.right
        ],
    )
    if not compiles(trained):
        click.echo(
            f"\nNo circuits are made of {recipe.architecture} in {recipe.layers} layers."
        )
