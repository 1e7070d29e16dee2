"""The program: its commands, its exit codes, and every error as one sentence on standard error."""

import os
import sys
from typing import Any, NoReturn

import click

import circuitsim
from circuitsim.errors import CircuitSimError

from . import check, info, measure, run
from .compile import command as compile_command
from .printing import clean

BAD_INPUT = 2
INTERRUPTED, NOBODY_READS = 130, 141  # as a shell reports a program that SIGINT or SIGPIPE ended


class _ClosedPipeError(Exception):
    """Standard output is a pipe that was closed."""


class Program(click.Group):
    """A group of commands that never ends in a traceback because of what it was given."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command line and exit: 0 it holds, 1 a checked claim failed, 2 bad input or usage."""
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        sys.exit(self._run(args, {**extra, "standalone_mode": False}))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a reader that went away is not an error of a file, which click takes it for."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ClosedPipeError from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they are used first."""
        return list(self.commands)

    def _run(self, args: Any, extra: Any) -> int:
        try:
            code = super().main(*args, **extra)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            return BAD_INPUT
        except click.UsageError as error:
            name = error.ctx.command_path if error.ctx else "circuitsim"
            return complain(f"{_stop(error.format_message())} Try '{name} --help'.", BAD_INPUT)
        except click.ClickException as error:
            return complain(error.format_message(), error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            return complain("interrupted.", INTERRUPTED)
        except CircuitSimError as error:
            return complain(str(error), BAD_INPUT)
        except (BrokenPipeError, _ClosedPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that Python's own flush at exit is quiet
            return NOBODY_READS
        except OSError as error:
            place = "" if error.filename is None else f"{error.filename}: "
            return complain(f"{place}{error.strerror or error}.", BAD_INPUT)
        except MemoryError as error:
            return complain(f"{_stop(f'out of memory {error}')} Try a smaller n, or fewer inputs.", BAD_INPUT)
        return code if isinstance(code, int) else 0


def complain(sentence: str, code: int) -> int:
    """Say what is wrong on one line, and give back the exit code."""
    click.echo(f"circuitsim: {clean(' '.join(sentence.split()))}", err=True)
    return code


def _stop(sentence: str) -> str:
    return sentence if sentence.rstrip().endswith((".", "?")) else f"{sentence.rstrip()}."


@click.command(
    "circuitsim",
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nStart here:\n"
    "  circuitsim info MODEL            what a model is\n"
    "  circuitsim check MODEL -n 1:6    does its circuit compute what it computes\n"
    "  circuitsim measure MODEL -n 2:1024:*2\n\n"
    "MODEL is a .pt, .safetensors or .json file. Results go to standard output, everything else to standard error."
    " Exit codes: 0 it holds, 1 a checked claim failed, 2 bad input or usage.\n\n"
    'Completion in bash: eval "$(_CIRCUITSIM_COMPLETE=bash_source circuitsim)"',
)
@click.version_option(circuitsim.__version__, prog_name="circuitsim", message="%(prog)s %(version)s")
def program() -> None:
    """Turn a transformer with hard or saturated attention into an explicit boolean circuit, and measure it."""


for verb in (compile_command, info.command, run.command, check.command, measure.command):
    program.add_command(verb)
