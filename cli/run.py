"""`circuitsim run`: what every rung of the ladder answers on given inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from circuitsim.errors import InputError
from circuitsim.formats.table import format_of

from . import options
from .construction import Construction

if TYPE_CHECKING:
    from circuitsim.formats.table import CircuitFile
    from circuitsim.models.model import Model
    from circuitsim.models.sequence import Codes
    from circuitsim.models.sized import Sized

    from .files import Interface

Decision: TypeAlias = int | list[int]
AT_ONCE = 1024  # inputs that are run together
RUNGS = ("float", "exact", "integer", "circuit")


@dataclass
class Answer:
    """The decisions on one input; None for a rung that is not there.

    `undecided`: rounding may have decided the float's answer (None without exact rung to compare with).
    """

    input: str
    float: Decision | None = None
    exact: Decision | None = None
    integer: Decision | None = None
    circuit: Decision | None = None
    undecided: bool | None = None

    def differs(self) -> bool:
        """Whether two rungs that are there decide differently."""
        known = [d for d in (getattr(self, rung) for rung in RUNGS) if d is not None]
        return any(d != known[0] for d in known)


@click.command(
    "run",
    short_help="Run a model or a circuit on strings, on every rung.",
    epilog=options.examples("run examples/parity.json 0110 1", "run majority64.npz @inputs.txt --json"),
)
@options.file_argument
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
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
    "rows[input float exact integer circuit undecided]; a decision is 0 or 1, or the index of a class, or a list where"
    " every letter is read out, or null"
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
    """Run FILE, a model or a circuit, on each INPUT and print what it decides, rung by rung.

    INPUT is a string of characters if every token of the vocabulary is one character, else tokens separated by
    spaces; - reads lines from standard input, @FILE from a file. @@ at the start stands for one @, and after -- inputs
    may begin with a dash; lines that are read are taken as they are. A model decides in float64, exactly, in integers
    of the chosen bits, and as the circuit of the input's length; a circuit file is all there is to run.
    """
    from .inputs import read_inputs
    from .printing import print_json

    circuit_file = format_of(file)
    if circuit_file is not None:
        given = [p.opts[0] for p in context.command.params if _is_given(context, p) and p.name not in _OF_FILES]
        if given:
            raise InputError(f"{file} is a circuit, already built; {', '.join(given)} can only be given with a model.")
        answers = _run_circuit(circuit_file, file, read_inputs(inputs))
    else:
        answers = _run_model(how, file, read_inputs(inputs), basis, max_gates)
    if as_json:
        print_json({"rows": answers})
    else:
        _print(answers)


_OF_FILES = ("file", "inputs", "as_json")


def _is_given(context: click.Context, parameter: click.Parameter) -> bool:
    source = context.get_parameter_source(parameter.name or "")
    return source is click.core.ParameterSource.COMMANDLINE


def _run_circuit(form: "CircuitFile", path: str, inputs: list[str]) -> list[Answer]:
    from circuitsim.netlist.evaluator.simulate import Evaluator
    from circuitsim.netlist.interface import decisions, with_wired

    from .files import interface_of

    circuit = form.load(path)
    interface = interface_of(circuit, path)
    answers = [Answer(text) for text in inputs]
    evaluator = Evaluator(circuit)
    for length, indices, codes in _groups(interface, inputs):
        if length != interface.n:
            raise InputError(
                f"input {_show(inputs[indices[0]])} has {length} letters, and {path} is the circuit for {interface.n}."
            )
        bits = with_wired(interface.entries, interface.format.bits(codes))
        chosen = decisions(interface.entries, evaluator(bits))
        _fill(answers, indices, "circuit", chosen, interface.several)
    return answers


def _run_model(how: Construction, path: str, inputs: list[str], basis: str, max_gates: int) -> list[Answer]:
    from circuitsim.netlist.evaluator.simulate import Evaluator
    from circuitsim.netlist.interface import decisions, with_wired
    from circuitsim.networks.integer import run_integer
    from circuitsim.networks.rungs import run_exact, run_float
    from circuitsim.schematic.measure import measure
    from circuitsim.zoo.primes import PrimeEncoding

    from .lengths import limit_lengths
    from .printing import Status

    sized = how.model(path, rational=True)
    answers = [Answer(text) for text in inputs]
    groups = list(_groups(sized, inputs))
    if isinstance(sized, PrimeEncoding):  # which has an exact rung alone
        for _, indices, codes in groups:
            _fill(answers, indices, "exact", sized.exact(codes), False)
        return answers
    limit_lengths(tuple(length for length, _, _ in groups), "run")
    longest = max(length for length, _, _ in groups)
    built: tuple[int, Any] = (0, None)
    with Status() as status:
        for length, indices, codes in groups:
            status(f"running {len(codes)} inputs of {length} letters")
            model = sized.at(length)
            several = model.readout.position == "each"
            only_float = _has_softmax(model)
            floating = run_float(model, codes)
            _fill(answers, indices, "float", floating.decisions, several)
            if only_float:
                continue
            for index, sure in zip(indices, floating.trusted.tolist(), strict=True):  # type: ignore[union-attr]
                answers[index].undecided = not sure
            _fill(answers, indices, "exact", run_exact(model, codes).decisions, several)
            if built[0] != length:
                family = how.family(model, basis, how.bits_at(model, length), longest)
                schematic = family(length)
                cost = measure(schematic)
                large = cost.exceeds(max_gates)
                if large:
                    status.clear()
                    told = f"circuitsim: n={length:,}: the circuit has {cost.against(max_gates)}; it is not run."
                    click.echo(told, err=True)
                evaluator = None if large else Evaluator(schematic.flatten())
                built = (length, (None if family.exact else family.fixed(length), schematic, evaluator))
            fixed, schematic, evaluator = built[1]
            if fixed is not None:
                _fill(answers, indices, "integer", run_integer(fixed, codes).decisions, several)
            if evaluator is not None:
                bits = with_wired({"wired": schematic.wired_bits()}, model.format.bits(codes))
                chosen = decisions(schematic.interface, evaluator(bits))
                _fill(answers, indices, "circuit", chosen, several)
    return answers


def _has_softmax(model: Any) -> bool:
    from circuitsim.models.model import Model

    return isinstance(model, Model) and any(h.attention == "softmax" for layer in model.layers for h in layer.heads)


def _at(sized: "Model | Sized | Interface", text: str) -> "Any":
    """Who reads the tokens of an input: a model, that of the input's length, or a circuit's interface."""
    from circuitsim.models.sized import Sized

    if not isinstance(sized, Sized):
        return sized
    return sized.reading(text)


def _groups(sized: "Model | Sized | Interface", inputs: list[str]) -> "Iterator[tuple[int, list[int], Codes]]":
    """Inputs by length: the length, their indices, and their codes (inputs, length), not too many at once."""
    from circuitsim.models.sequence import encode

    by_length: dict[int, list[int]] = {}
    encoded = [encode(_at(sized, text), [text])[0] for text in inputs]
    for index, codes in enumerate(encoded):
        by_length.setdefault(len(codes), []).append(index)
    import numpy as np

    for length in sorted(by_length):
        indices = by_length[length]
        for start in range(0, len(indices), AT_ONCE):
            part = indices[start : start + AT_ONCE]
            yield length, part, np.stack([encoded[i] for i in part])


def _fill(answers: list[Answer], indices: list[int], rung: str, decisions: Any, several: bool) -> None:
    for index, row in zip(indices, decisions.tolist(), strict=True):
        setattr(answers[index], rung, row if several else row[0])


def _show(text: str) -> str:
    return repr(text) if len(text) <= 40 else repr(text[:37] + "...")


def _print(answers: list[Answer]) -> None:
    from .printing import print_table, shorten

    there = [rung for rung in RUNGS if any(getattr(answer, rung) is not None for answer in answers)]
    rows = []
    for answer in answers:
        cells = [_word(getattr(answer, rung)) for rung in there]
        if answer.undecided:
            cells[0] += "?"
        rows.append([shorten(answer.input), *cells])
    print_table(["<input", *there], rows)
    if any(answer.undecided for answer in answers):
        click.echo("? rounding in float64 may have decided this; the exact model is the truth")
    if there == ["float"]:
        click.echo("softmax has no exact meaning and no circuit; choose one with --attention")
    if differing := sum(answer.differs() for answer in answers):
        click.echo(f"the rungs differ on {differing} of {len(answers)} inputs")


def _word(decision: Decision | None) -> str:
    if decision is None:
        return "-"
    return " ".join(map(str, decision)) if isinstance(decision, list) else str(decision)
