"""The options that say what a checkpoint of another library does not; `circuitsim info --help` shows them all."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from . import completion

F = TypeVar("F", bound=Callable[..., Any])

TEXTS = (
    "vocabulary",
    "letters",
    "prepend",
    "append",
    "classes",
)  # tokens with spaces between
DIALECTS = (
    "gpt2",
    "nanogpt",
    "bert",
    "llama",
    "transformer-lens",
    "transformer-bridge",
    "torch-encoder",
    "own",
)


def words(given: dict[str, Any]) -> dict[str, Any]:
    """Take the options of checkpoints out of a command's arguments, in the words of the options file."""
    found = {}
    for option in OPTIONS:
        value = given.pop(option.name, None)
        if value is not None:
            found[str(option.name)] = _listed(str(option.name), value)
    return found


def checkpoint_options(hidden: bool) -> Callable[[F], F]:
    """All of them; `--vocabulary` alone is shown where they are hidden."""

    def decorated(function: F) -> F:
        for option in reversed(OPTIONS):
            shown = not hidden or option.name == "vocabulary"
            more = " More such options: circuitsim info --help." if hidden else ""
            settings = {**option.settings, "help": option.settings["help"] + more}
            function = click.option(
                f"--{option.name.replace('_', '-')}", hidden=not shown, **settings
            )(function)
        return function

    return decorated


def _listed(name: str, value: Any) -> Any:
    """Tokens of a text; a vocabulary may be a number of them."""
    if name not in TEXTS:
        return value
    listed = value.split()
    whole = name == "vocabulary" and len(listed) == 1 and listed[0].isdecimal()
    return int(listed[0]) if whole else listed


class _Option:
    """An option and how click makes it."""

    def __init__(
        self, name: str, said: str, words: tuple[str, ...] = (), **settings: Any
    ) -> None:
        if words:
            settings["type"] = click.Choice(words)
        self.name, self.settings = name, {"help": said, **settings}


OPTIONS = (
    _Option("dialect", "The library that wrote it. [default: as its names say]", DIALECTS),
    _Option(
        "vocabulary",
        "Of a checkpoint of another library: a name for each of its tokens, in the order of ids, with spaces between,"
        " or how many there are.",
        metavar="TOKENS",
    ),
    _Option(
        "letters",
        "Tokens that an input may hold. [default: all that are not constant]",
        metavar="TOKENS",
    ),
    _Option("prepend", "Constant tokens before every input.", metavar="TOKENS"),
    _Option("append", "Constant tokens after every input.", metavar="TOKENS"),
    _Option(
        "readout",
        "Where the answer is read: first, last, each, mean, or a constant token.",
        metavar="PLACE",
    ),
    _Option(
        "classes",
        "Tokens among which the answer is, or numbers of rows. [default: all]",
        metavar="TOKENS",
    ),
    _Option("decide", "The largest of them, or which are above 0.", ("argmax", "signs")),
    _Option("heads", "Heads of a layer.", type=click.IntRange(min=1), metavar="H"),
    _Option(
        "mask",
        "Which keys a query sees.",
        ("none", "causal", "strict-causal", "anti-causal", "strict-anti-causal"),
    ),
    _Option(
        "activation", "Of feed-forward nets.", ("relu", "gelu", "gelu-tanh", "silu", "tanh")
    ),
    _Option("norms", "Where norms stand in a layer.", ("before", "after")),
    _Option(
        "bare_norms",
        "What norms are that have no weights of their own.",
        ("none", "layer", "rms"),
    ),
    _Option(
        "rotary",
        "The base of the angles by which positions turn queries and keys, such as 10000.",
        metavar="BASE",
    ),
    _Option(
        "offset",
        "The row of the position table that the first position has.",
        type=click.IntRange(min=0),
        metavar="K",
    ),
    _Option(
        "inner",
        "Whether queries, keys, values and what norms read are rounded. [default: rounded]",
        ("exact", "rounded"),
    ),
    _Option(
        "names",
        "A JSON object of our names of tensors, and theirs.",
        metavar="FILE",
        shell_complete=completion.files,
    ),
)
