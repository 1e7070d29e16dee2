"""`circuitsim info`: what a file holds, a model or a circuit."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from circuitsim.errors import InputError
from circuitsim.formats.table import format_of

from . import options
from .checkpoint_options import checkpoint_options, words

if TYPE_CHECKING:
    from circuitsim.analysis.description import CircuitFacts, ModelFacts, NetFacts
    from circuitsim.models.files.dialects.describe import CheckpointFacts

SHOWN = 8  # letters, of a model of the zoo, or the next length that has one


@click.command(
    "info",
    short_help="Say what a file holds, a model or a circuit.",
    epilog=options.examples(
        "info majority64.npz --json",
        "info examples/recall.pt --letters 'a b 0 1'",
    ),
)
@options.file_argument
@checkpoint_options(hidden=False)
@click.option(
    "--write-options",
    is_flag=True,
    help="Write what is said of a checkpoint into its options file, with null for what is missing.",
)
@options.json_option(
    "kind format, and of a model name vocabulary layers heads width parameters attention masks readout bits and more;"
    " of a recurrent or fully-connected net name n vocabulary fields width cells hidden parameters readout and more;"
    " of a circuit model vocabulary basis n bits inputs outputs gates depth wires gates_by_kind"
    " scopes[scope gates depth]; of a checkpoint that lacks facts name dialect library tensors parameters tokens width"
    " positions layers rows known missing problems strange complete options_file"
)
def command(file: str, as_json: bool, write_options: bool, **given: Any) -> None:
    """Say what FILE is: a model, of the zoo too (for 8 tokens or a few more), or a circuit that `compile` wrote.

    Of a checkpoint of another library, a file or a folder, it says what is known and which facts are missing. They can
    be given as options here and to every command, or once for all in a file beside it, which --write-options begins.

    Of position expressions with irrational values, such as cos(i), it says that they are rounded to float64 first;
    everything after that is exact.
    """
    from circuitsim.analysis.description import describe_circuit, describe_model

    from .printing import print_facts, print_json, print_table

    circuit_file = format_of(file)
    if circuit_file is not None:
        circuit = describe_circuit(circuit_file.load(file))
        if as_json:
            print_json({"kind": "circuit", "format": circuit_file.name, **vars(circuit)})
            return
        print_facts(_circuit_lines(circuit, circuit_file.name))
        if circuit.scopes:
            click.echo()
            cells = [
                [s["scope"] or "(none)", f"{s['gates']:,}", f"{s['depth']:,}"]
                for s in circuit.scopes
            ]
            print_table(["<scope", "gates", "depth"], cells)
        return
    said = words(given)
    written = (
        [("options", f"written to {_write_options(file, said)}")] if write_options else []
    )
    checkpoint = None if file.startswith("zoo:") else _checkpoint(file, said)
    if checkpoint is not None and not checkpoint.complete:
        if as_json:
            print_json(vars(checkpoint))
        else:
            print_facts([*_checkpoint_lines(checkpoint), *written])
        return
    loaded, form = _loaded(file, said)
    if checkpoint is not None:
        form = f"{form}, {checkpoint.library}"
    facts: Any = describe_model(loaded)
    if as_json:
        print_json({"kind": facts.kind, "format": form, **vars(facts)})
    else:
        of_kind = _model_lines if facts.kind == "model" else _net_lines
        lines = of_kind(facts, form)
        print_facts([*lines, *written])


def _checkpoint(file: str, said: dict[str, Any]) -> "CheckpointFacts | None":
    """The facts of a checkpoint of another library; None of anything else."""
    from circuitsim.models.files.dialects.describe import describe

    return describe(Path(file), said)


def _write_options(file: str, said: dict[str, Any]) -> Path:
    """Begin the options file of a checkpoint, and say where it is."""
    from circuitsim.models.files.dialects.describe import template

    from .files import target, write_text

    if file.startswith("zoo:") or _checkpoint(file, said) is None:
        raise InputError(f"{file}: only checkpoints of other libraries have options files.")
    path, found = template(Path(file), said)
    if path.exists() and not said:
        raise InputError(f"{path} is there already; give options to write them into it.")
    text = json.dumps(found, indent=2, ensure_ascii=False, default=str)
    write_text(target(str(path)), f"{text}\n")
    return path


def _checkpoint_lines(facts: "CheckpointFacts") -> list[tuple[str, Any]]:
    from .printing import shorten

    counted = f"{facts.tensors:,}, with {facts.parameters:,} numbers"
    lines: list[tuple[str, Any]] = [
        ("checkpoint", f"{facts.name} ({facts.library or 'of no library that is known'})"),
        ("tensors", counted),
        ("layers", facts.layers or None),
        ("width", facts.width),
        ("tokens", facts.tokens),
        ("positions", f"a table of {facts.positions:,} rows" if facts.positions else None),
        ("read-out", f"{facts.rows:,} rows" if facts.rows else None),
    ]
    lines += [
        (name.replace("_", " "), shorten(str(value))) for name, value in facts.known.items()
    ]
    lines += [("missing", f"{name}: {why}") for name, why in facts.missing.items()]
    lines += [("does not fit", problem) for problem in facts.problems[:SHOWN]]
    lines += [("tensor", f"{name} {shape}") for name, shape in facts.strange.items()]
    if facts.library is None:
        names = f"names, in {facts.options_file} or a file that --names gives: which tensor is which"
        return [
            *lines,
            ("to be given", f'{names} (docs/model-format.md, "Names of your own")'),
        ]
    told = "--" + ", --".join(name.replace("_", "-") for name in facts.missing)
    where = f"{told}; or in {facts.options_file}, which --write-options begins"
    return [*lines, ("to be given", where if facts.missing else None)]


def _loaded(path: str, said: dict[str, Any]) -> tuple[Any, str]:
    """A model, and its format; of the zoo the model for the first length from 8 on that has one."""
    from circuitsim.zoo.addresses import PREFIX, load_any

    loaded = load_any(path, **said)
    if not path.startswith(PREFIX):
        return loaded, _format(path)
    n = loaded.first(SHOWN)
    return loaded.at(n), f"{PREFIX[:-1]}, for {n} tokens"


def _format(path: str) -> str:
    """The format of a model that has been read: what the file holds decides, as in reading it."""
    if os.path.isdir(path):
        return "folder"
    with open(path, "rb") as file:
        start = file.read(9)
    if start[:2] == b"PK":
        return "pt"
    return (
        "safetensors"
        if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 2**40
        else "json"
    )


def _model_lines(facts: "ModelFacts", kind: str) -> list[tuple[str, Any]]:
    return [
        ("model", f"{facts.name} ({kind})"),
        ("vocabulary", _tokens(facts.vocabulary)),
        ("before inputs", _tokens(facts.prepend)),
        ("after inputs", _tokens(facts.append)),
        ("layers", facts.layers),
        ("heads", _each(facts.heads)),
        ("width", facts.width),
        ("hidden", _each(facts.feed_forward) if any(facts.feed_forward) else None),
        ("parameters", f"{facts.parameters:,}"),
        ("attention", ", ".join(facts.attention) or None),
        ("masks", ", ".join(facts.masks) or None),
        ("score bits", ", ".join(map(str, facts.score_bits)) or None),
        ("gap bits", facts.gap_bits),
        ("weight bits", facts.weight_bits),
        ("norms", "; ".join(facts.norms) or None),
        ("activations", ", ".join(facts.activations) or None),
        (
            "inner rounding",
            "queries, keys, values, and what norms read"
            if facts.inner == "rounded"
            else None,
        ),
        ("positions", _positions(facts)),
        ("rotary", _rotary(facts.rotary)),
        ("longest", f"{facts.longest:,} positions" if facts.longest else None),
        ("rounded", _irrational(facts)),
        ("read-out", _readout(facts.readout)),
        ("fraction bits", facts.bits),
    ]


def _net_lines(facts: "NetFacts", form: str) -> list[tuple[str, Any]]:
    return [
        ("model", f"{facts.name} ({facts.kind} net, {form})"),
        ("n", facts.n),
        ("vocabulary", _tokens(facts.vocabulary)),
        ("fields", ", ".join(f["name"] for f in facts.fields) or None),
        ("width", facts.width),
        *(
            (name, _cell(cell))
            for name, cell in zip(("forward", "backward"), facts.cells, strict=False)
        ),
        ("hidden", ", ".join(map(str, facts.hidden)) or None),
        ("activations", ", ".join(facts.activations) or None),
        ("parameters", f"{facts.parameters:,}"),
        ("positions", _positions(facts)),
        ("rounded", _irrational(facts)),
        ("read-out", _readout(facts.readout)),
        ("fraction bits", facts.bits),
    ]


def _cell(cell: dict[str, Any]) -> str:
    if cell["kind"] == "automaton":
        return f"an automaton of {cell['states']:,} states"
    reads = "" if cell["reads_state"] else ", which no net reads"
    return f"a state of {cell['state']} numbers{reads}, nets of {', '.join(map(str, cell['hidden']))} hidden"


def _readout(readout: dict[str, Any]) -> str:
    if readout["answer"] == "number":
        said = "a number"
    elif readout["answer"] == "signs":
        said = f"{readout['rows']} signs"
    elif readout["rows"] == 1:
        said = "accepts if positive"
    else:
        said = f"the largest of {readout['rows']}"
    return f"{readout['position']}, {said}"


def _irrational(facts: "ModelFacts | NetFacts") -> str | None:
    return (
        f"{', '.join(facts.irrational)} (irrational: the nearest float64)"
        if facts.irrational
        else None
    )


def _circuit_lines(facts: "CircuitFacts", form: str) -> list[tuple[str, Any]]:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in facts.gates_by_kind.items())
    return [
        (
            "circuit",
            f"{'C_n' if facts.n is None else f'C_{facts.n}'} of {facts.model or 'no named model'} ({form})",
        ),
        ("basis", facts.basis),
        ("vocabulary", None if facts.vocabulary is None else _tokens(facts.vocabulary)),
        ("inputs", f"{facts.inputs:,}"),
        ("outputs", f"{facts.outputs:,}"),
        ("number", _number(facts.number)),
        ("gates", f"{facts.gates:,} ({kinds})" if facts.gates else "0"),
        ("depth", f"{facts.depth:,}"),
        ("wires", f"{facts.wires:,}"),
        ("fraction bits", facts.bits),
    ]


def _number(number: dict[str, str] | None) -> str | None:
    if number is None:
        return None
    return f"{number['offset']} + {number['scale']} times the outputs, unsigned bits, the least first"


def _tokens(tokens: list[str]) -> str | None:
    from .printing import shorten

    shown = " ".join(tokens[:20])
    if not tokens:
        return None
    return f"{shorten(shown)} ({len(tokens)} tokens)" if len(tokens) > 8 else shorten(shown)


def _each(counts: list[int]) -> str:
    """Numbers a layer: one if all are equal."""
    return (
        str(counts[0])
        if len(set(counts)) == 1
        else f"{', '.join(map(str, counts))} (by layer)"
    )


def _rotary(bases: list[str]) -> str | None:
    of_base = f"queries and keys are turned by angles of base {', '.join(bases)}"
    return f"{of_base}; cosines and sines are rounded to float64" if bases else None


def _positions(facts: "ModelFacts | NetFacts") -> str:
    from .printing import shorten

    if facts.positions is None:
        return "none"
    if "table" in facts.positions:
        return f"a table of {facts.positions['table']:,} rows"
    return shorten(", ".join(facts.positions["expressions"]))
