"""Verilog of arrays of wires in the making: lines in loops over indices, and modules for rows that are alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TypeAlias

import numpy as np

from circuitsim.array_types import Array
from circuitsim.netlist.program import XOR
from circuitsim.schematic.cells import Cell
from circuitsim.schematic.schematic import Instruction, Schematic, Shape, Thresholds

Index: TypeAlias = Sequence[str]  # an expression for every axis
Sums: TypeAlias = dict[
    str, tuple[list[Array], int]
]  # by name: weights of each operand, and a constant
Rule: TypeAlias = Callable[["Text", int, Instruction], None]


@dataclass
class Text:
    """A file in the making.

    Attributes:
        body: lines of the whole's module. modules: text of the others. cells: their names, by identity.
        given: how many wires of each port have been read.
    """

    schematic: Schematic
    body: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    cells: dict[int, str] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)

    def shape(self, value: int) -> Shape:
        """The shape of an earlier value."""
        return self.schematic.instructions[value].shape

    def write(self, shape: Shape, line: Callable[[Index], str]) -> None:
        """Write a line for every index of a shape, as loops."""
        index = [f"g{axis}" if length > 1 else "0" for axis, length in enumerate(shape)]
        block, opened = len(self.body), 0
        for axis, length in enumerate(shape):
            if length > 1:
                step = f"g{axis} = 0; g{axis} < {length}; g{axis} = g{axis} + 1"
                self.body.append(f"  for ({step}) begin : b{block}_{axis}")
                opened += 1
        self.body.append(f"  {line(index)}")
        self.body += ["  " + "end " * opened] if opened else []

    def part(self, value: int, index: Index, last: int) -> str:
        """The wires of a value along its last axes at an index of the others, of which those of length 1 repeat."""
        shape = self.shape(value)
        lead, size = shape[: len(shape) - last], prod(shape[len(shape) - last :])
        beyond = list(index)[len(index) - len(lead) :]
        return f"v{value}[{offset(lead, beyond, size)} +: {size}]"


def offset(shape: Shape, index: Index, unit: int = 1) -> str:
    """Where an index is in an array that is laid out row by row, its elements `unit` long."""
    terms, known = [], 0
    for axis, (length, place) in enumerate(zip(shape, index, strict=True)):
        stride = unit * prod(shape[axis + 1 :])
        if length > 1 and place.isdigit():
            known += stride * int(place)
        elif length > 1:
            own = f"({place})" if " " in place else place
            terms.append(own if stride == 1 else f"{stride}*{own}")
    return " + ".join([*terms, *([str(known)] if known or not terms else [])])


def _instances(
    text: Text, number: int, line: Instruction, module: str, added: Sequence[int]
) -> None:
    """A module for every row of the result; it reads so many last axes of each argument."""
    width = line.shape[-1]

    def instance(index: Index) -> str:
        read = [
            f".a{k}({text.part(arg, index, axes)})"
            for k, (arg, axes) in enumerate(zip(line.args, added, strict=True))
            if prod(text.shape(arg))
        ]
        wires = f"v{number}[{offset(line.shape[:-1], index, width)} +: {width}]"
        return f"{module} u{number} ({', '.join([*read, f'.y({wires})'])});"

    text.write(line.shape[:-1], instance)


def call(text: Text, number: int, line: Instruction) -> None:
    """A cell for every row; the same cell is one module."""
    cell: Cell = line.attributes
    if id(cell) not in text.cells:
        name = text.cells[id(cell)] = f"cell{len(text.cells)}"
        text.modules.append(_cell(cell, name))
    _instances(text, number, line, text.cells[id(cell)], [1] * len(line.args))


def _cell(cell: Cell, name: str) -> str:
    """The module of a cell, gate by gate."""
    program = cell.program
    wires = [
        "1'b0",
        *(f"a{k}[{bit}]" for k, size in enumerate(cell.arguments) for bit in range(size)),
    ]
    wires += [f"w{gate}" for gate in range(program.gates)]

    def literal(number: int) -> str:
        return f"{'~' * (number & 1)}{wires[number >> 1]}"

    ports = [f"input [{size - 1}:0] a{k}" for k, size in enumerate(cell.arguments) if size]
    ports.append(f"output [{len(program.outputs) - 1}:0] y")
    lines = [f"// {cell.name}", f"module {name} ({', '.join(ports)});"]
    gates = zip(program.ops.tolist(), program.a.tolist(), program.b.tolist(), strict=True)
    for gate, (op, a, b) in enumerate(gates):
        lines.append(
            f"  wire w{gate} = {literal(a)} {'^' if op == XOR else '&'} {literal(b)};"
        )
    outputs = enumerate(program.outputs.tolist())
    lines += [f"  assign y[{bit}] = {literal(output)};" for bit, output in outputs]
    return "\n".join([*lines, "endmodule\n"])


def add_up(text: Text, number: int, line: Instruction) -> None:
    """A sum for every row, modulo a power of two."""
    summands, constant, width = line.attributes
    tables = [summand.table for summand in summands]
    sums = {"s": (tables, constant)}
    module = _adding(text, line, sums, lambda value: f"{width}'d{value % 2**width}")
    kinds = f"  reg [{width - 1}:0] s;", "  assign y = s;"
    _place(text, number, line, [kinds[0], *module, kinds[1]], tables)


def at_least(text: Text, number: int, line: Instruction) -> None:
    """Thresholds whose wires have the same weights are compared with one sum."""
    how: Thresholds = line.attributes
    rows = [how.rows(operand) for operand in range(len(line.args))]
    kinds = list(zip(*(own.tolist() for own in rows), strict=True))
    names = {kind: f"s{k}" for k, kind in enumerate(dict.fromkeys(kinds))}
    sums = {
        name: ([table[row] for table, row in zip(how.tables, kind, strict=True)], 0)
        for kind, name in names.items()
    }
    sizes = [prod(text.shape(arg)) for arg in line.args]
    most = sum(size * heavy for size, heavy in zip(sizes, how.heaviest, strict=True))
    bits = 2 + max([most, *map(abs, how.thresholds)]).bit_length()

    def signed(value: int) -> str:
        return f"{'-' * (value < 0)}{bits}'sd{abs(value)}"

    lines = [
        f"  reg signed [{bits - 1}:0] {', '.join(sums)};",
        *_adding(text, line, sums, signed),
    ]
    for place, (kind, least) in enumerate(zip(kinds, how.thresholds, strict=True)):
        lines.append(f"  assign y[{place}] = {names[kind]} >= {signed(least)};")
    _place(text, number, line, lines, [table[0] for table in how.tables])


def _adding(
    text: Text, line: Instruction, sums: Sums, number: Callable[[int], str]
) -> list[str]:
    """Sums of weighted wires in a module of their own: loops along axes on which all weights are the same."""
    lines, axes = [], 1
    for name, (tables, constant) in sums.items():
        lines.append(f"    {name} = {number(constant)};")
        for k, (arg, table) in enumerate(zip(line.args, tables, strict=True)):
            added = text.shape(arg)[len(text.shape(arg)) - table.ndim :]
            long = [axis for axis in range(table.ndim) if table.shape[axis] < added[axis]]
            loops = [
                f"for (i{axis} = 0; i{axis} < {added[axis]}; i{axis} = i{axis} + 1) "
                for axis in long
            ]
            axes = max(axes, table.ndim)
            for place, weight in np.ndenumerate(table):
                index = [
                    f"i{axis}" if axis in long else str(p) for axis, p in enumerate(place)
                ]
                if weight and prod(added):
                    wire = f"a{k}[{offset(added, index)}]"
                    lines.append(
                        f"    {''.join(loops)}if ({wire}) {name} = {name} + {number(int(weight))};"
                    )
    return [
        f"  integer {', '.join(f'i{axis}' for axis in range(axes))};",
        "  always @* begin",
        *lines,
        "  end",
    ]


def _place(
    text: Text, number: int, line: Instruction, lines: list[str], tables: Sequence[Array]
) -> None:
    """The module of an instruction, and one of it for every row."""
    shapes = [
        text.shape(arg)[len(text.shape(arg)) - t.ndim :]
        for arg, t in zip(line.args, tables, strict=True)
    ]
    ports = [
        f"input [{prod(shape) - 1}:0] a{k}" for k, shape in enumerate(shapes) if prod(shape)
    ]
    listed = ", ".join([*ports, f"output [{line.shape[-1] - 1}:0] y"])
    name = f"{line.operation}{number}"
    text.modules.append("\n".join([f"module {name} ({listed});", *lines, "endmodule\n"]))
    _instances(text, number, line, name, [table.ndim for table in tables])
