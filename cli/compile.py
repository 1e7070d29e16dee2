"""`circuitsim compile`: C_n of a model, measured always, built only where it is to be written or shared."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from circuitsim.bases import BASES
from circuitsim.errors import InputError
from circuitsim.formats.table import EXTENSIONS, by_name

from . import completion, options
from .construction import Construction

if TYPE_CHECKING:
    from circuitsim.analysis.growth.growth import Row
    from circuitsim.netlist.circuit import Circuit


@click.command(
    "compile",
    short_help="Compile a model to C_n, say what it costs, write it.",
    epilog=options.examples(
        "compile examples/majority.pt -n 64 --basis aig -o majority64.npz",
        "compile examples/majority.pt -n 1000000 --hierarchical -o majority.v",
    ),
)
@options.model_argument
@options.length_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=completion.files,
    help=f"Build the circuit and write it; its name says the format: {', '.join(EXTENSIONS)}.",
)
@click.option(
    "--share", is_flag=True, help="Build it, make equal gates one, and say what that saves."
)
@click.option(
    "--unweighted",
    is_flag=True,
    help="Weights as copies of wires, in tc0, the one basis with weights.",
)
@click.option(
    "--hierarchical",
    is_flag=True,
    help="Write the plan of the circuit: Verilog of arrays in loops, as short at any n; or BLIF, a model for rows.",
)
@options.basis_option
@options.construction_options
@options.max_gates_option
@options.json_option(
    "model n basis bits gap_bits weight_bits positions inputs outputs gates ands depth wires wires_weighted"
    " gates_by_kind max_fan_in max_weight max_fan_in_weighted state_bits scopes[scope gates depth] seconds file; with"
    " --share also shared[gates_before depth_before gates_saved]"
)
def command(
    how: Construction,
    model: str,
    n: int,
    output: str | None,
    share: bool,
    unweighted: bool,
    hierarchical: bool,
    basis: str,
    max_gates: int,
    as_json: bool,
) -> None:
    """Compile MODEL to C_n, the circuit that computes it on inputs of N letters, and say what it costs.

    Without -o or --share nothing is built: size and depth are measured on the plan of the circuit, and are exactly
    those of the circuit. A gate's depth is its longest path from an input.
    """
    from circuitsim.analysis.growth.growth import row
    from circuitsim.kernels.telling import clock
    from circuitsim.netlist.passes.unweighted import unweighted as without_weights
    from circuitsim.schematic.flatten import flatten

    from .files import target
    from .printing import Status, print_json

    started = clock()
    if unweighted and not BASES[basis].weighted:
        raise InputError(
            f"--unweighted is for bases with threshold gates; {basis} has none, so all weights are 1."
        )
    where = None if output is None else target(output, *EXTENSIONS)
    form = (
        None if where is None else by_name(str(output)) or by_name(where)
    )  # a link may have another's name
    if form is not None:
        form.refuse(basis)
    if hierarchical and (share or unweighted or form is None or not form.hierarchical):
        raise InputError(
            "--hierarchical writes the plan of a circuit, before there are gates to share: give -o FILE.v or"
            " -o FILE.blif alone."
        )
    with Status() as status:
        status("reading the model")
        transformer = how.model(model).at(n)
        how.warn_of_folding(transformer, n, status)
        status("measuring")
        family = how.family(transformer, basis, how.bits_at(transformer, n), n)
        schematic = family(n)
        measured, scopes = row(family, n, schematic)
        result = {
            "model": transformer.name,
            **vars(measured),
            "inputs": schematic.inputs,
            "outputs": sum(_size(schematic.instructions[o].shape) for o in schematic.outputs),
            "scopes": scopes,
            "file": output,
        }
        if hierarchical:
            status(f"writing {output}")
            assert form is not None
            assert form.hierarchical is not None
            import_module(form.hierarchical).save_hierarchical(schematic, where)
        elif where is not None or share:
            status(f"building {measured.gates:,} gates")
            circuit = flatten(schematic, max_gates)
            if share:
                status("sharing equal gates")
                circuit = _share(circuit, measured, result)
            if unweighted:
                status("writing weights as wires")
                circuit = without_weights(circuit, 2 * max_gates)
            if where is not None and form is not None:
                status(f"writing {output}")
                form.save(circuit, where)
    if unweighted:
        weight = int(result["max_weight"] > 0)
        result.update(
            wires=result["wires_weighted"],
            max_fan_in=result["max_fan_in_weighted"],
            max_weight=weight,
        )
    result["seconds"] = clock() - started
    if as_json:
        print_json(result)
    else:
        _print(result)


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _share(circuit: "Circuit", before: "Row", result: dict[str, Any]) -> "Circuit":
    """The shared circuit; `result` then describes it, and what was saved."""
    from circuitsim.analysis.growth.growth import ands
    from circuitsim.netlist import counting
    from circuitsim.netlist.passes.share import Share

    shared = Share()(circuit)
    kinds = {kind: count for kind, count in counting.gates_by_kind(shared).items() if count}
    result.update(
        gates=shared.gates,
        ands=ands(before.basis, kinds),
        depth=counting.depth(shared),
        wires=counting.wires(shared),
        wires_weighted=counting.wires_weighted(shared),
        gates_by_kind=kinds,
        max_fan_in=counting.max_fan_in(shared),
        max_weight=counting.max_weight(shared),
        max_fan_in_weighted=counting.max_fan_in_weighted(shared),
        scopes=[scope._asdict() for scope in counting.by_scope(shared)],
        shared={
            "gates_before": before.gates,
            "depth_before": before.depth,
            "gates_saved": before.gates - shared.gates,
        },
    )
    return shared


def _print(result: dict[str, Any]) -> None:
    from .printing import number, print_facts, print_table, softmax_words

    basis, gates, shared = BASES[result["basis"]], result["gates"], result.get("shared")
    kinds = ", ".join(
        f"{number(count)} {kind}" for kind, count in result["gates_by_kind"].items()
    )
    click.secho(f"C_{result['n']} of {result['model']} in {result['basis']}", bold=True)
    saving = None
    if shared is not None:
        saving = f"{number(shared['gates_saved'])} gates of {number(shared['gates_before'])}"
        saving += f" ({_percent(shared['gates_saved'], shared['gates_before'])}); depth was {shared['depth_before']}"
    print_facts(
        [
            ("inputs", number(result["inputs"])),
            ("outputs", number(result["outputs"])),
            ("gates", f"{number(gates)} ({kinds})" if gates else "0"),
            ("depth", number(result["depth"])),
            ("wires", number(result["wires"])),
            ("largest fan-in", number(result["max_fan_in"]) if basis.unbounded else None),
            ("largest weight", number(result["max_weight"]) if basis.weighted else None),
            (
                "weighted wires",
                number(result["wires_weighted"]) if result["max_weight"] > 1 else None,
            ),
            ("shared", saving),
            ("fraction bits", result["bits"]),
            ("softmax", softmax_words(result["gap_bits"], result["weight_bits"])),
            ("state bits", result["state_bits"]),
            ("positions", result["positions"]),
            ("file", result["file"]),
            ("seconds", f"{result['seconds']:.2f}"),
        ]
    )
    rows = [vars(s) if not isinstance(s, dict) else s for s in result["scopes"]]
    if rows:
        click.echo()
        cells = [
            [s["scope"], number(s["gates"]), _percent(s["gates"], gates), s["depth"]]
            for s in rows
        ]
        print_table(["<scope", "gates", "share", "depth"], cells)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "0.0%"
