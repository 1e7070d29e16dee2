"""`circuitsim render`: a picture of a circuit at the lowest altitude that fits on a page, or at the one asked for."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from circuitsim.errors import InputError
from circuitsim.formats.table import format_of

from . import completion, options
from .construction import Construction
from .lengths import parse_length

if TYPE_CHECKING:
    from circuitsim.netlist.circuit import Circuit
    from circuitsim.render.altitude import Subject
    from circuitsim.render.painting import Drawn, Format
    from circuitsim.render.picture import Picture

MOST_BUILT = 1_000_000
FORMATS = ("svg", "pdf", "png", "dot", "html")
OF_MODELS = (
    "n",
    "basis",
    "bits",
    "attention",
    "gap_bits",
    "weight_bits",
    "stated",
    "optimize",
    "positions",
    "max_bits",
    "max_ties",
    "seed",
)
OF_PICTURES = ("altitude", "output", "scope", "levels", "fold", "text", "critical")
HOW = "--altitude architecture|schematic|gates draws another"


def parse_levels(text: str) -> tuple[int, int]:
    """Levels from the first to the last: "3:7", or "3" for one.

    Raises:
        InputError: not levels, or none.
    """
    match = re.fullmatch(r"(\d{1,9})(?::(\d{1,9}))?", text, re.ASCII)
    if match is None:
        raise InputError(f"--levels {text[:40]!r} is not a range of levels such as 3:7.")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise InputError(f"--levels {text!r} is empty.")
    return first, last


@click.command(
    "render",
    short_help="Draw a circuit: architecture, schematic or gates.",
    epilog=options.examples(
        "render examples/majority.pt -n 4",
        "render examples/lookup.json -n 3 --basis ac0 --input a.r -o lookup.svg",
    ),
)
@options.file_argument
@click.option(
    "-n",
    "n",
    callback=options.parsed(parse_length),
    metavar="N",
    help="Letters of the input.",
)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    shell_complete=completion.files,
    help="Write .svg, .pdf, .png, .dot or .html. [default: named after MODEL]",
)
@click.option(
    "--altitude",
    type=click.Choice(["architecture", "schematic", "gates"]),
    help="Parts of the model, array instructions, or gates. [default: the lowest that fits on a page]",
)
@click.option(
    "--output",
    type=click.IntRange(min=0),
    metavar="K",
    help="Only the gates that output K depends on.",
)
@click.option(
    "--scope",
    metavar="SCOPE",
    help="Only this scope and those below it, such as layer0/head1.",
)
@click.option(
    "--levels",
    callback=options.parsed(parse_levels),
    metavar="A:B",
    help="Only gates of levels A to B, B included.",
)
@click.option(
    "--fold",
    type=click.Choice(["layer", "scope"]),
    help="Draw every layer, or every scope, as one box.",
)
@click.option(
    "--input", "text", metavar="STRING", help="Colour wires by their values on this input."
)
@click.option(
    "--critical/--no-critical", default=True, show_default=True, help="Mark one longest path."
)
@options.basis_option
@options.construction_options
@click.option(
    "--max-gates",
    type=click.IntRange(min=0),
    default=MOST_BUILT,
    show_default=True,
    metavar="G",
    help="Do not build a larger circuit; its architecture is drawn, which needs none.",
)
@options.json_option(
    "file format altitude boxes wires gates depth painter why; altitude, boxes, wires null in html"
)
@click.pass_context
def command(
    context: click.Context,
    how: Construction,
    file: str,
    n: int | None,
    out: str | None,
    altitude: Any,
    output: int | None,
    scope: str | None,
    levels: tuple[int, int] | None,
    fold: Any,
    text: str | None,
    critical: bool,
    basis: str,
    max_gates: int,
    as_json: bool,
) -> None:
    """Draw the circuit of FILE, a model (with -n) or a circuit that `compile` wrote.

    The default is the lowest altitude that fits on a page: up to 150 gates, up to 150 instructions, else the parts of
    the model. svg of gates goes to 100,000, png and pdf to 5,000 (500 without cairosvg). What is larger is drawn at the
    altitude above, which is said. html is a page in which the whole circuit runs.
    """
    from circuitsim.formats.atomic import write_whole
    from circuitsim.render.altitude import Request
    from circuitsim.render.filters import Filters
    from circuitsim.render.painting import draw, graphviz_places

    from .files import target
    from .printing import Status, print_json

    where, form = None, "svg"
    if out is not None:
        where, form = target(out), Path(out).suffix.removeprefix(".").lower()
        if form not in FORMATS:
            raise InputError(
                f"{out}: pictures are written as {', '.join('.' + f for f in FORMATS)}."
            )
    if form == "html":
        _refuse(
            context,
            OF_PICTURES,
            "can only be given with a picture such as .svg, and the page shows the whole circuit",
        )
    with Status() as status:
        status("reading")
        circuit_file = format_of(file)
        if circuit_file is not None:
            _refuse(
                context,
                OF_MODELS,
                f"can only be given with a model, and {file} is a circuit, already built",
            )
            subject, name, values = _of_circuit(circuit_file.load(file), file, text)
        else:
            subject, name, values = _of_model(how, file, n, basis, text, status)
        out = out or f"{name}.svg"
        where = where or target(out)
        status(f"drawing {subject.gates:,} gates")
        filters = Filters(output, scope, levels)
        request = Request(altitude, filters, fold, values, critical, most_built=max_gates)
        drawn = draw(subject, request, cast("Format", form))
        status(f"writing {out}")
        write_whole(where, drawn.data)
        status.clear()
        if form == "dot" and drawn.picture is not None and not graphviz_places(drawn.picture):
            click.echo(_slow(out, drawn.picture), err=True)
    result = _result(subject, drawn, out, form)
    if as_json:
        print_json(result)
    else:
        _print(result)


def _refuse(context: click.Context, names: tuple[str, ...], why: str) -> None:
    """Raise if one of these options is given.

    Raises:
        InputError: it names those that are given.
    """
    source = click.core.ParameterSource.COMMANDLINE
    given = [
        p.opts[0]
        for p in context.command.params
        if p.name in names and context.get_parameter_source(p.name) is source
    ]
    if given:
        raise InputError(f"{', '.join(given)} {why}.")


def _of_circuit(
    circuit: "Circuit", path: str, text: str | None
) -> "tuple[Subject, str, Any]":
    """The circuit of a file, what to call it, and the bits of the input."""
    from circuitsim.render.altitude import Subject

    bits = None
    if text is not None:
        from .files import interface_of

        interface = interface_of(circuit, path)
        bits = _bits(interface, interface.n, text, path)
    return Subject(circuit=circuit), Path(path).stem, bits


def _of_model(
    how: Construction, path: str, n: int | None, basis: str, text: str | None, status: Any
) -> "tuple[Subject, str, Any]":
    """The circuit of a model at n, what to call it, and the bits of the input."""
    from circuitsim.render.altitude import Subject

    sized = how.model(path)
    if n is None:
        raise InputError(
            f"{path} is a model; say the letters of the input with -n, such as -n 4."
        )
    model = sized.at(n)
    bits = None if text is None else _bits(model, n, text, f"-n {n}")
    how.warn_of_folding(model, n, status)
    status("measuring")
    schematic = how.family(model, basis, how.bits_at(model, n), n)(n)
    return Subject(schematic=schematic), f"{_plain(model.name)}-n{n}-{basis}", bits


def _bits(letters: Any, n: int, text: str, what: str) -> Any:
    """Bits (inputs,) of the letters of an input, given a model or an interface."""
    from circuitsim.models.sequence import encode

    codes = encode(letters, [text])
    if codes.shape[1] != n:
        raise InputError(
            f"--input has {codes.shape[1]} letters, and {what} is the circuit for {n}."
        )
    return letters.format.bits(codes)[0]


def _plain(name: str) -> str:
    """A model's name as a part of the name of a file."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name)[:60].strip("._-") or "model"


def _slow(out: str, picture: "Picture") -> str:
    """What to know before a large file is given to graphviz."""
    from .printing import clean, number

    return clean(
        f"circuitsim: {out} has {number(len(picture.boxes))} boxes and {number(len(picture.wires))} wires, on which"
        " graphviz's program dot runs for minutes or hours; -o with .svg needs no graphviz, and --scope, --levels and"
        " --fold draw less."
    )


def _result(subject: "Subject", drawn: "Drawn", out: str, form: str) -> dict[str, Any]:
    picture = drawn.picture
    return {
        "file": out,
        "format": form,
        "altitude": None if picture is None else picture.altitude,
        "boxes": None if picture is None else len(picture.boxes),
        "wires": None if picture is None else len(picture.wires),
        "gates": subject.gates,
        "depth": subject.scopes[1],
        "painter": drawn.painter,
        "why": drawn.why or None,
    }


def _print(result: dict[str, Any]) -> None:
    from .printing import clean, number

    if result["altitude"] is None:
        click.echo(
            clean(
                f"{result['file']}: a page in which the circuit of {number(result['gates'])} gates runs"
            )
        )
        return
    why = f" ({result['why']})" if result["why"] else ""
    boxes = f"{number(result['boxes'])} box{'es' * (result['boxes'] != 1)}"
    click.echo(clean(f"{result['file']}: {result['altitude']}, {boxes}{why}; {HOW}"))
