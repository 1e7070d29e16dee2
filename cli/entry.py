"""The program: its commands, its exit codes, and every error as one sentence on standard error."""

import os
import sys
import traceback
from importlib import import_module
from typing import Any, NoReturn

import click

import circuitsim
from circuitsim.errors import CircuitSimError, NoPrecisionError

from . import interrupts
from .printing import clean

FAILED = 1  # what was asked for does not exist, or does not hold
BAD_INPUT = 2
BUG = 70  # EX_SOFTWARE of sysexits.h
NOBODY_READS = 141  # as a shell reports a program that SIGPIPE ended
SHOW_TRACEBACK = "CIRCUITSIM_TRACEBACK"
COMPLETE = "_CIRCUITSIM_COMPLETE"


# Verbs in the order in which they are used first; the module of each is imported when it is asked for.
VERBS = (
    "compile",
    "info",
    "run",
    "check",
    "measure",
    "claims",
    "harden",
    "render",
    "convert",
    "prove",
    "verify",
    "accuracy",
    "equivalent",
    "zoo",
    "separations",
    "train",
    "experiment",
)


class _Verbs(dict[str, click.Command]):
    """Commands by name; one that is not there yet is imported."""

    def __missing__(self, name: str) -> click.Command:
        command: click.Command = import_module(f"circuitsim.cli.{name}").command
        self[name] = command
        return command


class _ClosedPipeError(Exception):
    """Standard output is a pipe that was closed."""


class _CutShortError(Exception):
    """Something that was read ended too early; click takes an EOFError for Ctrl-C."""


class Verbs(click.Group):
    """A group of commands that never ends in a traceback because of what it was given."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command line and exit: 0 it holds, 1 a checked claim failed, 2 bad input or usage, 70 a bug."""
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        sys.exit(self._run(args, {**extra, "standalone_mode": False}))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; none at all is bad usage, in whatever way this version of click takes it."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(BAD_INPUT)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; interrupts and readers that went away get names that click does not answer itself."""
        try:
            result = super().invoke(ctx)
            interrupts.check()
        except BrokenPipeError as error:
            raise _ClosedPipeError from error
        except EOFError as error:
            raise _CutShortError(str(error)) from error
        except BaseException as error:
            if interrupts.was_interrupt(error):
                raise click.Abort from error
            raise
        return result

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they are used first."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, if there is one."""
        return self.commands[cmd_name] if cmd_name in VERBS else None

    def _run(self, args: Any, extra: Any) -> int:
        if COMPLETE in os.environ:  # a shell asks
            from .completion import register

            register()
        try:
            code = super().main(*args, **extra)
            sys.stdout.flush()
        except BaseException as error:
            if isinstance(error, click.Abort) or interrupts.was_interrupt(error):
                interrupts.forget()
                return complain("interrupted.", interrupts.INTERRUPTED)
            return _answer(error)
        return code if isinstance(code, int) else 0


def _answer(error: BaseException) -> int:
    """Say what went wrong, and give the exit code for it."""
    match error:
        case click.UsageError():
            name = error.ctx.command_path if error.ctx else "circuitsim"
            how = _inputs_with_dashes(error) if isinstance(error, click.NoSuchOption) else ""
            return complain(
                f"{_stop(error.format_message())}{how} Try '{name} --help'.", BAD_INPUT
            )
        case click.ClickException():
            return complain(error.format_message(), error.exit_code)
        case NoPrecisionError():
            return complain(str(error), FAILED)
        case CircuitSimError():
            return complain(str(error), BAD_INPUT)
        case BrokenPipeError() | _ClosedPipeError():
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), 1
            )  # so that Python's own flush at exit is quiet
            return NOBODY_READS
        case OSError():
            place = "" if error.filename is None else f"{error.filename}: "
            return complain(f"{place}{error.strerror or error}.", BAD_INPUT)
        case MemoryError():
            return complain(
                f"{_stop(f'out of memory: {error}')} Try a smaller n, or fewer inputs.",
                BAD_INPUT,
            )
        case Exception():
            return _bug(error)
    raise error


def _inputs_with_dashes(error: click.NoSuchOption) -> str:
    takes_inputs = error.ctx is not None and any(
        parameter.nargs < 0 for parameter in error.ctx.command.params
    )
    return " If it is an input, put -- before it." if takes_inputs else ""


def _bug(error: Exception) -> int:
    if os.environ.get(SHOW_TRACEBACK):
        traceback.print_exception(error)
    said = str(error)[:200]
    return complain(
        f"{type(error).__name__}{f' ({said})' if said else ''}: this is a bug in circuitsim. Please report it with the"
        f" traceback, which {SHOW_TRACEBACK}=1 in the environment prints.",
        BUG,
    )


def complain(sentence: str, code: int) -> int:
    """Say what is wrong on one line, and give back the exit code."""
    click.echo(f"circuitsim: {clean(' '.join(sentence.split()))}", err=True)
    return code


def _stop(sentence: str) -> str:
    return sentence if sentence.rstrip().endswith((".", "?")) else f"{sentence.rstrip()}."


@click.command(
    "circuitsim",
    cls=Verbs,
    commands=_Verbs(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nStart here:\n"
    "  circuitsim info MODEL            what a model is\n"
    "  circuitsim check MODEL -n 1:6    does its circuit compute what it computes\n"
    "  circuitsim measure MODEL -n 2:1024:*2\n\n"
    "MODEL is a .pt, .safetensors or .json file, or zoo:NAME (`circuitsim zoo list`). Results go to standard output,"
    " everything else to standard error."
    " Exit codes: 0 it holds, 1 a checked claim failed, 2 bad input or usage, 70 a bug in circuitsim (set"
    " CIRCUITSIM_TRACEBACK=1 to see where), 130 interrupted.\n\n"
    'Completion in bash: eval "$(_CIRCUITSIM_COMPLETE=bash_source circuitsim)"',
)
@click.version_option(
    circuitsim.__version__, prog_name="circuitsim", message="%(prog)s %(version)s"
)
def program() -> None:
    """Turn a transformer with hard or saturated attention into an explicit boolean circuit, and measure it."""
