"""Arguments and options that several commands have, each written once."""

import os
import re
from collections.abc import Callable
from dataclasses import fields
from fractions import Fraction
from functools import wraps
from typing import Any, TypeVar

import click

from circuitsim.bases import BASES, DEFAULT, names
from circuitsim.errors import InputError

from . import completion
from .checkpoint_options import checkpoint_options, words
from .construction import Construction, naming
from .lengths import parse_length, parse_lengths

F = TypeVar("F", bound=Callable[..., Any])

CHECKED = names(checked=True)  # unless told otherwise
NAMES = "|".join(BASES)
ATTENTIONS = ("hard-left", "hard-right", "saturated", "softmax")
MAX_GATES = 200_000_000
MAX_BITS = 62


def parsed(
    parse: Callable[[str], Any],
) -> Callable[[Any, Any, str | tuple[str, ...] | None], Any]:
    """A callback of click that reads a parameter, or each of several, by a function that raises its own sentence."""

    def callback(context: Any, parameter: Any, value: str | tuple[str, ...] | None) -> Any:
        if value is None:  # an option that was not given
            return None
        return (
            parse(value) if isinstance(value, str) else tuple(parse(text) for text in value)
        )

    return callback


def parse_bases(text: str) -> tuple[str, ...]:
    """Bases separated by commas."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    for name in names:
        if name not in BASES:
            raise InputError(f"--basis {name[:40]!r} is not one of {', '.join(BASES)}.")
    return names


def parse_basis(text: str) -> str:
    """One basis."""
    names = parse_bases(text)
    if len(names) > 1:
        raise InputError(f"--basis {text!r} is {len(names)} bases; this command takes one.")
    return names[0]


def parse_share(text: str) -> Fraction:
    """99% as a number.

    Raises:
        InputError: not a percentage.
    """
    try:
        share = Fraction(text.removesuffix("%")) / 100
    except ValueError:
        share = Fraction(-1)
    if not text.endswith("%") or not 0 <= share <= 1:
        raise InputError(f"--agree {text!r:.40} is no share; give one such as 99% or 99.5%.")
    return share


model_argument = click.argument("model", metavar="MODEL", shell_complete=completion.models)
file_argument = click.argument("file", metavar="FILE", shell_complete=completion.models)
basis_option = click.option(
    "--basis",
    callback=parsed(parse_basis),
    default=DEFAULT,
    show_default=True,
    metavar=NAMES,
    shell_complete=completion.one_of(BASES),
    help="Gates of two inputs: AND and XOR (xag), or AND alone (aig); of any number: AND and OR (ac0, for hard"
    " attention, without rounding), or those and weighted thresholds (tc0). NOT is free.",
)
bases_option = click.option(
    "--basis",
    "bases",
    callback=parsed(parse_bases),
    multiple=True,
    metavar=NAMES,
    shell_complete=completion.listed(BASES),
    help=f"Check these circuits; may be repeated, or a list such as xag,tc0. [default: {','.join(CHECKED)}]",
)
max_gates_option = click.option(
    "--max-gates",
    type=click.IntRange(min=0),
    default=MAX_GATES,
    show_default=True,
    metavar="G",
    help="Refuse to build a larger circuit.",
)


def place_options(each: str) -> Callable[[F], F]:
    """`--jobs J` and `--cluster ADDRESS`, given to the command as one argument `where`, a `Place`.

    Args:
        each: what independent tasks are made of, at most one a process.
    """
    jobs = click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=cores,
        metavar="J",
        help=f"Processes that work at once, at most one a {each}. [default: one a core]",
    )
    cluster = click.option(
        "--cluster",
        callback=parsed(parse_scheduler),
        metavar="tcp://HOST:PORT",
        help="Let the workers of this dask scheduler do the work, instead of processes here.",
    )

    def decorated(function: F) -> F:
        @wraps(function)
        def placed(jobs: int, cluster: str | None, **given: Any) -> Any:
            from circuitsim.execution import Place

            return function(where=Place(jobs, cluster), **given)

        return jobs(cluster(placed))  # type: ignore[return-value]

    return decorated


def parse_scheduler(text: str) -> str:
    """The address of a dask scheduler.

    Raises:
        InputError: no such address.
    """
    if not re.fullmatch(r"tcp://([^\s/:]+|\[[0-9a-fA-F:]+\]):\d{1,5}", text):
        raise InputError(
            f"--cluster {text[:60]!r} is no address of a scheduler; give one such as tcp://127.0.0.1:8786."
        )
    return text


def cores() -> int:
    """The cores that this process may use."""
    return (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )


def json_option(keys: str) -> Callable[[F], F]:
    """`--json`, whose help says which keys the object has."""
    return click.option(
        "--json", "as_json", is_flag=True, help=f"Print one JSON object: {keys}."
    )


def length_option(function: F) -> F:
    """`-n N`, one length."""
    return click.option(
        "-n",
        "n",
        callback=parsed(parse_length),
        required=True,
        metavar="N",
        help="Letters of the input.",
    )(function)


def lengths_option(function: F) -> F:
    """`-n N`, one or more lengths."""
    return click.option(
        "-n",
        "lengths",
        callback=parsed(parse_lengths),
        required=True,
        metavar="N",
        help="Lengths: 8, 1:12 (12 included), 4,8,16, 2:1048576:*2 or 100:1000:+100.",
    )(function)


def construction_options(function: F) -> F:
    """The options that say how a model becomes circuits, given to the command as one argument `how`."""

    @wraps(function)
    def gathered(**given: Any) -> Any:
        said = words(given)
        names = [each.name for each in fields(Construction) if each.name != "words"]
        how = Construction(**{name: given.pop(name) for name in names}, words=said)
        with naming(given.get("model") or given.get("file") or ""):
            return function(how=how, **given)

    gathered = checkpoint_options(hidden=True)(gathered)
    for option in reversed(CONSTRUCTION.values()):
        gathered = option(gathered)
    return gathered  # type: ignore[return-value]


CONSTRUCTION = {
    "bits": click.option(
        "--bits",
        metavar="EXPR|auto",
        shell_complete=completion.one_of(["auto"]),
        help="Fraction bits, an expression in n such as 8 or '2*log2(n)+4'; auto takes the fewest that decide as the"
        " exact model does. [default: the model's]",
    ),
    "attention": click.option(
        "--attention",
        type=click.Choice(ATTENTIONS),
        metavar="KIND",
        help="Make every head hard-left, hard-right, saturated or softmax.",
    ),
    "gap_bits": click.option(
        "--gap-bits",
        metavar="EXPR|auto",
        help="Of softmax: fraction bits of how far a score lies below the largest. [default: the model's]",
    ),
    "weight_bits": click.option(
        "--weight-bits",
        metavar="EXPR|auto",
        help="Of softmax: bits of the weight of a key. [default: the model's]",
    ),
    "stated": click.option(
        "--inputs",
        "stated",
        metavar="WHAT",
        shell_complete=completion.files,
        help="On what auto keeps all decisions, of softmax where there is any: a file with an input in each line,"
        " TASK:LENGTHS of a task of the zoo, or all:LENGTHS. What it finds is written into a checkpoint's options.",
    ),
    "optimize": click.option(
        "--optimize",
        type=click.Choice(["depth", "balanced", "size"]),
        default="depth",
        show_default=True,
        help="What to make small first; balanced lies between in ac0 and tc0, and is depth elsewhere.",
    ),
    "positions": click.option(
        "--positions",
        type=click.Choice(["folded", "wired"]),
        help="Position bits as constants that simplify gates, or as opaque wires. Folded is slow beyond some thousand"
        " letters. [default: folded if every n is at"
        " most 256]",
    ),
    "max_bits": click.option(
        "--max-bits",
        type=click.IntRange(1, 4096),
        default=MAX_BITS,
        show_default=True,
        metavar="B",
        help="Refuse numbers that need more bits.",
    ),
    "max_ties": click.option(
        "--max-ties",
        type=click.IntRange(1, 16),
        default=1,
        show_default=True,
        metavar="K",
        help="In ac0, keys of equal score that a saturated head may average; more are refused.",
    ),
    "seed": click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        metavar="S",
        help="Of the inputs that are sampled where not all are tried.",
    ),
}


def examples(*lines: str) -> str:
    """The end of a help text: example commands, without the program's name."""
    return "\n".join(["\b", "Examples:", *(f"  circuitsim {line}" for line in lines)])
