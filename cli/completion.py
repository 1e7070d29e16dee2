"""What a shell may complete: files, models of the zoo, the names of options' values.

Functions here are click's `shell_complete`: of a context, a parameter and what is typed so far.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from glob import escape, glob
from typing import Any, TypeAlias

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    split_arg_string,
)

Items: TypeAlias = "list[CompletionItem[Any]]"
Completion: TypeAlias = Callable[[click.Context, click.Parameter, str], Items]

BREAKING = (":", "=")  # bash makes words of these, though they stand in the middle of ours
ZOO = "zoo:"


def files(context: click.Context, parameter: click.Parameter, typed: str) -> Items:
    """Files, as the shell itself completes them."""
    return [CompletionItem(typed, type="file")]


def specifications(context: click.Context, parameter: click.Parameter, typed: str) -> Items:
    """Names of specifications."""
    from circuitsim.specifications.table import known

    return _beginning(typed, known())


def models(context: click.Context, parameter: click.Parameter, typed: str) -> Items:
    """Files, and models of the zoo after `zoo:`."""
    if typed.startswith(ZOO):
        return _beginning(typed, (f"{ZOO}{name}" for name in _zoo()))
    if typed == ZOO[:-1]:
        return [CompletionItem(ZOO)]
    return files(context, parameter, typed)


def zoo_models(context: click.Context, parameter: click.Parameter, typed: str) -> Items:
    """Models of the zoo without `zoo:`."""
    return _beginning(typed, _zoo())


def experiments(context: click.Context, parameter: click.Parameter, typed: str) -> Items:
    """Names of experiments."""
    from circuitsim.experiments.table import MODULES

    return _beginning(typed, MODULES)


def tasks(context: click.Context, parameter: click.Parameter, typed: str) -> Items:
    """Tasks that models are compared on."""
    from circuitsim.zoo.tasks.catalogue import TASKS

    return _beginning(typed, TASKS)


def inputs(context: click.Context, parameter: click.Parameter, typed: str) -> Items:
    """Files after @; strings are the user's own."""
    if not typed.startswith("@"):
        return []
    found = glob(f"{escape(typed[1:])}*")
    return [
        CompletionItem(f"@{path}{'/' if os.path.isdir(path) else ''}")
        for path in sorted(found)
    ]


def listed(words: Iterable[str]) -> Completion:
    """Words separated by commas, each once."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> Items:
        before = typed[: typed.rfind(",") + 1]
        given = before.split(",")
        return _beginning(typed, (before + word for word in words if word not in given))

    return complete


def one_of(words: Iterable[str]) -> Completion:
    """One of some words."""
    return lambda context, parameter, typed: _beginning(typed, words)


def _beginning(typed: str, words: Iterable[str]) -> Items:
    return [CompletionItem(word) for word in words if word.startswith(typed)]


def _zoo() -> list[str]:
    from circuitsim.zoo.catalogue import addresses

    return addresses()


class Bash(BashComplete):
    """Bash, which takes `zoo:NAME` for three words and replaces the last of them alone."""

    before = ""  # what stands in the word before the part that bash replaces

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, and that one as far as it is typed; parts joined again."""
        at = int(os.environ["COMP_CWORD"])
        words = split_arg_string(os.environ["COMP_WORDS"])[: at + 1]
        words += [""] * (at + 1 - len(words))  # the cursor stands behind a space
        joined: list[str] = []
        open_end = False  # whether the next word belongs to the last one
        for word in words:
            if joined and (open_end or word in BREAKING):
                self.before = joined[-1] + (word if word in BREAKING else "")
                joined[-1] += word
            else:
                self.before = ""
                joined.append(word)
            open_end = word in BREAKING
        return joined[1:-1], joined[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """A line for click's script in bash."""
        return f"{item.type},{item.value.removeprefix(self.before)}"


def register() -> None:
    """Let click ask the classes here."""
    add_completion_class(Bash)
