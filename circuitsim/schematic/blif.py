"""Schematics as hierarchical BLIF: rows of an operation that are alike are one model, whose gates are written once."""

from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np

from circuitsim.array_types import Array
from circuitsim.formats.atomic import replacing
from circuitsim.formats.blif import write_model
from circuitsim.formats.interfaces import described
from circuitsim.formats.lines import WireNames
from circuitsim.formats.wires import (
    VALID,
    ZERO,
    input_names,
    output_names,
    spelled,
    with_ends,
)
from circuitsim.netlist.circuit import Circuit
from circuitsim.schematic.flatten import flatten
from circuitsim.schematic.meanings import rewire
from circuitsim.schematic.operations import OPERATIONS
from circuitsim.schematic.schematic import Instruction, Schematic

Nets: TypeAlias = Array  # numbers: 0 and 1 are the constants, then come the inputs

CODES = "valid_codes"  # the model that says whether inputs are codes
ELEMENTWISE = {"not": "0 1", "and": "11 1", "xor": "10 1\n01 1"}


@dataclass
class Text:
    """A file in the making.

    Attributes:
        names: of the constants and the inputs. count: of nets so far.
        rows: for every model the instruction of one row that it is, in the order of their numbers.
    """

    schematic: Schematic
    file: BinaryIO
    names: list[str]
    count: int
    rows: list[Schematic] = field(default_factory=list)
    cells: dict[int, int] = field(default_factory=dict)

    def name(self, net: int) -> str:
        """The name of a net."""
        return self.names[net] if net < len(self.names) else f"w{net - len(self.names)}"

    def fresh(self, shape: tuple[int, ...]) -> Nets:
        """New nets."""
        self.count += prod(shape)
        return np.arange(self.count - prod(shape), self.count).reshape(shape)


def save_hierarchical(schematic: Schematic, path: Any) -> None:
    """Write a schematic of two-input gates, with `valid` as in a flat file.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    sizes = [prod(schematic.instructions[output].shape) for output in schematic.outputs]
    inputs = schematic.inputs + schematic.wired
    wired = schematic.wired_bits().astype(int).tolist()
    none = np.zeros((0, 2), np.int32)
    read = np.zeros(sum(sizes), np.int32)
    bare = Circuit(schematic.basis, inputs, none[:, 0].astype(np.uint8), none, read,
        interface={**schematic.interface, "wired": wired})  # fmt: skip
    names, outputs = input_names(bare), output_names(bare)
    codes, ends = with_ends(bare)
    valid = ends[len(outputs) :]
    model = spelled(str(schematic.interface.get("model", "circuit"))) or "circuit"
    with replacing(Path(path)) as file:
        text = Text(schematic, file, ["zero", "one", *names], 2 + inputs)
        head = [
            f"# {described(bare.interface)}",
            f".model {model}",
            f".inputs {' '.join(names)}",
            f".outputs {' '.join(name for name, _ in ends)}",
        ]
        file.write("\n".join([*head, ".names zero", ".names one", "1\n"]).encode())
        values = list[Nets]()
        given = {"input": 2, "wired": 2 + schematic.inputs}
        for line in schematic.instructions:
            values.append(_nets(text, line, [values[arg] for arg in line.args], given))
        nets = [
            net for output in schematic.outputs for net in values[output].ravel().tolist()
        ]
        for name, net in zip(outputs, nets, strict=True):
            file.write(f".names {text.name(net)} {name}\n1 1\n".encode())
        if valid:
            pins = " ".join(f"{name}={name}" for name in [*names, VALID])
            file.write(f".subckt {CODES} {pins}\n".encode())
        file.write(b".end\n")
        if valid:
            write_model(file, CODES, WireNames((ZERO, *names)), codes, valid)
        for number, row in enumerate(text.rows):
            circuit = flatten(row)
            own = WireNames(("zero", *(f"a{k}" for k in range(circuit.inputs))))
            written = [
                (f"y{k}", literal) for k, literal in enumerate(circuit.outputs.tolist())
            ]
            write_model(file, f"m{number}", own, circuit, written)


def _nets(text: Text, line: Instruction, args: list[Nets], given: dict[str, int]) -> Nets:
    """The nets of an instruction, whose gates are written."""
    role, size = OPERATIONS[line.operation].role, prod(line.shape)
    if line.operation in given:
        given[line.operation] += size
        return np.arange(given[line.operation] - size, given[line.operation]).reshape(
            line.shape
        )
    if role == "source":
        return np.broadcast_to(np.asarray(line.attributes, bool), line.shape).astype(np.int64)
    if role == "wiring":
        return rewire(line, args)
    found = text.fresh(line.shape)
    if line.operation in ELEMENTWISE:
        wide = [np.broadcast_to(arg, line.shape).ravel().tolist() for arg in args]
        for nets in zip(*wide, found.ravel().tolist(), strict=True):
            words = " ".join(map(text.name, nets))
            text.file.write(f".names {words}\n{ELEMENTWISE[line.operation]}\n".encode())
    elif size:
        _place(text, line, args, found)
    return found


def _place(text: Text, line: Instruction, args: list[Nets], found: Nets) -> None:
    """One model for each row: the last axis of sums and cells, one wire of `all` and `any`."""
    lead = line.shape if line.operation in ("all", "any") else line.shape[:-1]
    added = _added(line, args)
    wide = [
        np.broadcast_to(arg, (*lead, *arg.shape[arg.ndim - axes :])).reshape(prod(lead), -1)
        for arg, axes in zip(args, added, strict=True)
    ]
    model = _model(text, line, args, len(lead), added)
    for row, made in zip(
        np.concatenate(wide, axis=1).tolist(),
        found.reshape(prod(lead), -1).tolist(),
        strict=True,
    ):
        pins = [f"a{k}={text.name(net)}" for k, net in enumerate(row)]
        pins += [f"y{k}={text.name(net)}" for k, net in enumerate(made)]
        text.file.write(f".subckt m{model} {' '.join(pins)}\n".encode())


def _added(line: Instruction, args: list[Nets]) -> list[int]:
    """How many last axes of each operand a row reads."""
    if line.operation == "sum":
        return [len(summand.shape) for summand in line.attributes[0]]
    return [1] * len(args) if line.operation == "call" else list(line.attributes)


def _model(
    text: Text, line: Instruction, args: list[Nets], lead: int, added: list[int]
) -> int:
    """The number of the model of a row; that of a cell is made once."""
    cell = id(line.attributes)
    if line.operation == "call" and cell in text.cells:
        return text.cells[cell]
    shapes = [
        (*(1,) * (arg.ndim - axes), *arg.shape[arg.ndim - axes :])
        for arg, axes in zip(args, added, strict=True)
    ]
    inputs = [Instruction("input", (), shape, line.scope) for shape in shapes]
    shape = (*(1,) * lead, *line.shape[lead:])
    row = replace(line, args=tuple(range(len(args))), shape=shape)
    text.rows.append(
        replace(
            text.schematic,
            instructions=(*inputs, row),
            outputs=(len(args),),
            probes=(),
            interface={},
        )
    )
    text.cells[cell] = len(text.rows) - 1
    return len(text.rows) - 1
