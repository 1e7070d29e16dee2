"""`circuitsim convert`: a circuit's file in another format."""

from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circuitsim.errors import InputError
from circuitsim.formats.table import EXTENSIONS, FORMATS, by_name, format_of

from . import completion, options
from .entry import complain
from .theorem_options import EXIT, by_whom, seconds_option

if TYPE_CHECKING:
    from circuitsim.analysis.optimizing import Optimized
    from circuitsim.netlist.circuit import Circuit

OPTIMIZERS = ("resubstitution", "rewriting", "sop-refactoring")


@click.command(
    "convert",
    short_help="Write a circuit's file in another format.",
    epilog=options.examples(
        "convert majority64.npz majority64.v --keep",
        "convert majority64.npz majority64.aig --optimizer rewriting --optimizer resubstitution",
    ),
)
@click.argument("source", metavar="A", shell_complete=completion.files)
@click.argument("output", metavar="B", shell_complete=completion.files)
@click.option(
    "--keep", is_flag=True, help="Keep equal gates apart, and gates that nothing reads."
)
@click.option(
    "--optimizer",
    "optimizers",
    type=click.Choice(OPTIMIZERS),
    multiple=True,
    help="Let aigverse optimize the circuit as an AIG; may be repeated, in order. Needs circuitsim[aig].",
)
@seconds_option
@options.json_option(
    "source format file basis inputs outputs gates depth valid seconds, and with --optimizer before engine reason"
)
def command(
    source: str,
    output: str,
    keep: bool,
    optimizers: tuple[str, ...],
    seconds: float,
    as_json: bool,
) -> None:
    """Write the circuit in file A to file B, whose name says the format.

    Equal gates become one first, unless --keep. Wires have the same names in all formats (docs/formats.md). Where
    inputs may be no codes of letters, B has one more output, `valid`, or says it as its format does. What circuitsim
    knows of the letters goes into a comment where the format has any, so that `run` takes the file again.

    What optimizers make is written only with a proof that it is the same function on all inputs. Where it is another
    one nothing is written, and the command exits with 1; with 3 where that stays unknown.
    """
    from circuitsim.formats.valid import some_invalid
    from circuitsim.kernels.telling import clock
    from circuitsim.netlist import counting
    from circuitsim.netlist.passes.share import Share

    from .files import target
    from .printing import Status, number, print_facts, print_json

    started = clock()
    where = target(output, *EXTENSIONS)
    form, given = by_name(output) or by_name(where), format_of(source)
    if given is None:
        what = "not a circuit's file" if Path(source).exists() else "is not there"
        raise InputError(
            f"{source}: {what}; `circuitsim compile MODEL -n N -o {output}` writes a model's circuit."
        )
    assert form is not None, "`target` has seen to it"
    with Status() as status:
        status(f"reading {source}")
        circuit = given.load(source)
        made = _optimized(circuit, optimizers, seconds, status) if optimizers else None
        circuit = circuit if made is None else made.circuit
        form.refuse(circuit.basis)
        if not keep and made is None:
            status("sharing equal gates")
            circuit = Share()(circuit)
        status(f"writing {output}")
        form.save(circuit, where)
        result: dict[str, Any] = {
            "source": source,
            "format": form.name,
            "file": output,
            "basis": circuit.basis,
            "inputs": circuit.inputs,
            "outputs": len(circuit.outputs),
            "gates": circuit.gates,
            "depth": counting.depth(circuit),
            "valid": form.valid and some_invalid(circuit),
            "seconds": clock() - started,
        }
        if made is not None:
            result["before"] = made.before
            result["engine"], result["reason"] = (
                made.comparison.engine,
                made.comparison.reason,
            )
    if as_json:
        print_json(result)
        return
    print_facts(
        [
            ("file", f"{output} ({form.name})"),
            ("basis", result["basis"]),
            ("inputs", number(result["inputs"])),
            ("outputs", number(result["outputs"])),
            ("gates before", None if made is None else number(made.before)),
            ("gates", number(result["gates"])),
            ("equivalent by", None if made is None else by_whom(made.comparison)),
            ("depth", number(result["depth"])),
            ("valid", "says which inputs are codes of letters" if result["valid"] else None),
            ("seconds", f"{result['seconds']:.2f}"),
        ]
    )


def _optimized(
    circuit: "Circuit", names: tuple[str, ...], seconds: float, status: Any
) -> "Optimized":
    """What optimizers make of a circuit, proved to be the same function; the command ends where it is not."""
    from circuitsim.analysis.optimizing import optimized
    from circuitsim.analysis.proofs.proving import Limits

    found = optimized(circuit, names, Limits(seconds), status)
    compared, by = found.comparison, " and ".join(names)
    said = None
    if compared.status == "refuted":
        said = f"{by} made another function: on inputs {compared.counterexample} it answers otherwise."
    elif compared.status == "unknown":
        said = f"nothing proves that {by} kept the function ({compared.reason}); raise --seconds."
    if said is not None:
        click.get_current_context().exit(complain(said, EXIT[compared.status]))
    return found


command.help = "\n\n".join(
    [
        cleandoc(command.help or ""),
        "\n".join(
            [
                "\b",
                "Formats:",
                *(f"  {', '.join(f.extensions):<11} {f.help}" for f in FORMATS),
            ]
        ),
    ]
)
