"""`circuitsim convert`: a circuit's file in another format."""

from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

from circuitsim.errors import InputError
from circuitsim.formats.table import EXTENSIONS, FORMATS, by_name, format_of

from . import completion, options


@click.command(
    "convert",
    short_help="Write a circuit's file in another format.",
    epilog=options.examples(
        "convert majority64.npz majority64.aig", "convert majority64.npz majority64.v --keep"
    ),
)
@click.argument("source", metavar="A", shell_complete=completion.files)
@click.argument("output", metavar="B", shell_complete=completion.files)
@click.option(
    "--keep", is_flag=True, help="Keep equal gates apart, and gates that nothing reads."
)
@options.json_option("source format file basis inputs outputs gates depth valid seconds")
def command(source: str, output: str, keep: bool, as_json: bool) -> None:
    """Write the circuit in file A to file B, whose name says the format.

    Equal gates become one first, unless --keep. Wires have the same names in all formats (docs/formats.md). Where
    inputs may be no codes of letters, B has one more output, `valid`, or says it as its format does. What circuitsim
    knows of the letters goes into a comment where the format has any, so that `run` takes the file again.
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
        form.refuse(circuit.basis)
        if not keep:
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
    if as_json:
        print_json(result)
        return
    print_facts(
        [
            ("file", f"{output} ({form.name})"),
            ("basis", result["basis"]),
            ("inputs", number(result["inputs"])),
            ("outputs", number(result["outputs"])),
            ("gates", number(result["gates"])),
            ("depth", number(result["depth"])),
            ("valid", "says which inputs are codes of letters" if result["valid"] else None),
            ("seconds", f"{result['seconds']:.2f}"),
        ]
    )


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
