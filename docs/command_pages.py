"""docs/commands.md from the help texts: `python docs/command_pages.py > docs/commands.md`."""

import inspect
import re
from textwrap import indent

import click
from circuitsim.cli.entry import VERBS, program

from circuitsim.formats.table import FORMATS

DEFAULT = re.compile(r"\[default: ([^\[\]]*)\]$")  # at the end of an option's help
AS_IT_IS = re.compile("\b\n((?:.+\n?)+)")  # what click must not wrap

START = """# Commands

Written by `python docs/command_pages.py > docs/commands.md` from the help texts; a test says when it is
stale.

MODEL is a `.pt`, `.safetensors` or `.json` file ([model-format.md](model-format.md)), or `zoo:NAME`
([zoo.md](zoo.md)). Results go to standard output,
everything else to standard error. `--json` prints one JSON object, whose keys stay: keys may be added, not renamed.

Exit codes: 0 it holds, 1 a checked claim failed, 2 bad input or usage, 3 unknown: a proof that ran out; 70 a bug in
circuitsim, whose traceback is printed if the environment has `CIRCUITSIM_TRACEBACK=1`; 130 after an interrupt.
"""


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join(
        [
            START,
            *(section(command, name) for name, command in verbs().items()),
            circuit_files(),
        ]
    )


def verbs() -> dict[str, click.Command]:
    """Every command by its name, and those of a group as "group command"."""
    found = {}
    for name in VERBS:
        command = program.commands[name]
        inner = command.commands if isinstance(command, click.Group) else {}
        found.update(
            {f"{name} {part}": one for part, one in inner.items()} or {name: command}
        )
    return found


def circuit_files() -> str:
    """The formats of circuit files."""
    rows = [
        f"| {', '.join(f'`{e}`' for e in form.extensions)} | {form.name} | {form.help} |"
        for form in FORMATS
    ]
    lines = [
        "## Circuit files",
        "",
        "What a file holds decides what it is; its name decides what is written.",
        "",
    ]
    return "\n".join(
        [*lines, "| name ends in | format | what it holds |", "|---|---|---|", *rows, ""]
    )


def section(command: click.Command, name: str) -> str:
    """What one command is for, its arguments and options, and its examples."""
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    usage = " ".join(["circuitsim", name, *(a.metavar or "" for a in arguments), "[OPTIONS]"])
    text = AS_IT_IS.sub(
        lambda found: indent(found[1], "    "), inspect.cleandoc(command.help or "")
    )
    examples = (command.epilog or "").removeprefix("\b\nExamples:\n")
    lines = [
        f"## {name}",
        "",
        f"    {usage}",
        "",
        text,
        "",
        "| option | meaning |",
        "|---|---|",
    ]
    lines += [option_row(p) for p in command.params if isinstance(p, click.Option)]
    return "\n".join(
        [*lines, "", "Examples:", "", *(f"  {line}" for line in examples.splitlines()), ""]
    )


def option_row(option: click.Option) -> str:
    """One row of the table of options."""
    names = ", ".join(f"`{name}`" for name in option.opts)
    choices = "|".join(option.type.choices) if isinstance(option.type, click.Choice) else None
    value = option.metavar or choices
    shown = (
        names if option.is_flag or value is None else f"{names} `{value}`".replace("|", "\\|")
    )
    help_text = DEFAULT.sub(r"Default: \1.", option.help or "").replace("|", "\\|")
    if option.show_default:
        help_text += f" Default: {option.default}."
    return f"| {shown} | {help_text}{' Required.' if option.required else ''} |"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
