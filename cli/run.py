"""`circuitsim run`: what every rung of the ladder answers on given inputs."""

import json
from typing import TYPE_CHECKING, Any

import click

from circuitsim.errors import InputError
from circuitsim.formats.table import format_of

from . import completion, options
from .construction import Construction

if TYPE_CHECKING:
    from .answers import Answer, Answers
    from .printing import Columns


@click.command(
    "run",
    short_help="Run a model or a circuit on strings, on every rung.",
    epilog=options.examples(
        "run examples/parity.json 0110 1", "run majority64.npz @inputs.txt --json"
    ),
)
@options.file_argument
@click.argument(
    "inputs", metavar="INPUT...", nargs=-1, required=True, shell_complete=completion.inputs
)
@options.basis_option
@options.construction_options
@click.option(
    "--max-gates",
    type=click.IntRange(min=0),
    default=10**7,
    show_default=True,
    metavar="G",
    help="Do not build a larger circuit; its answer is then left out.",
)
@options.json_option(
    "rows[input float exact integer circuit undecided]; an answer is 0 or 1, or the index of a class, or a number"
    " (exact ones that are not whole as a text, such as 1/3), or a list of signs; or a list of these where every letter"
    " is read out; or null"
)
@click.pass_context
def command(
    context: click.Context,
    how: Construction,
    file: str,
    inputs: tuple[str, ...],
    basis: str,
    max_gates: int,
    as_json: bool,
) -> None:
    """Run FILE, a model or a circuit, on each INPUT and print what it answers, rung by rung.

    INPUT is a string of characters if every token of the vocabulary is one character, else tokens separated by
    spaces; - reads lines from standard input, @FILE from a file, in blocks, so that there may be any number of them;
    blank lines are no inputs. @@ at the start stands for one @, and after -- inputs may begin with a dash; lines that
    are read are taken as they are. A model answers in float64, exactly, in integers
    of the chosen bits, and as the circuit of the input's length; a circuit file is all there is to run.
    """
    from .answers import CircuitAnswers, ModelAnswers
    from .input_strings import Inputs
    from .printing import Status, number

    form = format_of(file)
    with Status() as status:
        if form is not None:
            given = [
                p.opts[0]
                for p in context.command.params
                if _is_given(context, p) and p.name not in _OF_FILES
            ]
            if given:
                listed = ", ".join(given)
                raise InputError(
                    f"{file} is a circuit, already built; {listed} can only be given with a model."
                )
            answered: Any = CircuitAnswers(form, file)
        else:
            answered = ModelAnswers(how, file, basis, max_gates, status)
        shown = _Object() if as_json else _Table()
        lines = Inputs(inputs, answered.blanks)
        done = 0
        for block in lines:
            answers = answered(block)
            status.clear()
            shown.add(answers)
            done += len(answers.inputs)
            status(f"{number(done)} inputs{lines.progress()}")
    shown.end()


_OF_FILES = ("file", "inputs", "as_json")


def _is_given(context: click.Context, parameter: click.Parameter) -> bool:
    source = context.get_parameter_source(parameter.name or "")
    return source is click.core.ParameterSource.COMMANDLINE


class _Object:
    """Answers as one JSON object, printed as they come."""

    def __init__(self) -> None:
        self.before = '{"rows": ['

    def add(self, answers: "Answers") -> None:
        """Print some."""
        click.echo(self.before + json.dumps(answers.rows())[1:-1], nl=False)
        self.before = ", "

    def end(self) -> None:
        """Close the object."""
        click.echo("]}")


class _Table:
    """Answers in columns as wide as the first of them need, and what is to be said of all."""

    def __init__(self) -> None:
        self.there: list[str] = []
        self.columns: Columns | None = None
        self.total = self.differing = 0
        self.undecided = False

    def add(self, answers: "Answers") -> None:
        """Print some; with new titles where a rung comes that was not there before."""
        from .answers import RUNGS
        from .printing import Columns, clean, shorten

        there = [rung for rung in RUNGS if rung in self.there or rung in answers.rungs]
        missing = [None] * len(answers.inputs)
        cells = [[clean(shorten(text)) for text in answers.inputs]]
        cells += [
            [_word(answer) for answer in answers.rungs.get(rung, missing)] for rung in there
        ]
        if any(answers.undecided):
            cells[1] = [
                f"{word}?" if doubt else word
                for word, doubt in zip(cells[1], answers.undecided, strict=True)
            ]
            self.undecided = True
        if self.columns is None or there != self.there:
            self.there = there
            self.columns = Columns(
                ["<input", *there], [max(map(len, column)) for column in cells]
            )
        self.columns.rows(zip(*cells, strict=True))
        self.total += len(answers.inputs)
        self.differing += answers.differing() if len(there) > 1 else 0

    def end(self) -> None:
        """Say what is to be said."""
        if self.undecided:
            click.echo(
                "? rounding in float64 may have decided this; the exact model is the truth"
            )
        if self.differing:
            click.echo(f"the rungs differ on {self.differing} of {self.total} inputs")


def _word(answer: "Answer | None") -> str:
    if answer is None:
        return "-"
    if not isinstance(answer, list):
        return str(answer)
    return " ".join("".join(map(str, a)) if isinstance(a, list) else str(a) for a in answer)
