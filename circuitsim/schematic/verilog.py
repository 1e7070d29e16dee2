"""Schematics as hierarchical Verilog: arrays of wires stay arrays, and rows that are alike are one module in a loop.

The text is as long as the schematic, whatever the number of letters, but for tables of constants. Sums are written as
sums and thresholds as comparisons of sums; what gates tools make of them is theirs to choose.
"""

from collections.abc import Callable
from itertools import accumulate, pairwise
from math import prod
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from circuitsim.array_types import Bools
from circuitsim.bases import BASES
from circuitsim.formats.atomic import replacing
from circuitsim.formats.interfaces import described
from circuitsim.formats.wires import VALID, spelled
from circuitsim.schematic.rules import rules
from circuitsim.schematic.schematic import Gather, Instruction, Schematic, Shape
from circuitsim.schematic.verilog_text import (
    Index,
    Rule,
    Text,
    add_up,
    at_least,
    call,
    offset,
)
from circuitsim.tokens import format_of

Ends: TypeAlias = Callable[[Index], tuple[Index, Index]]


def save_hierarchical(schematic: Schematic, path: Any) -> None:
    """Write a schematic: inputs are the bits of `x`, wired constants those of `p`, outputs those of `y`.

    Where inputs may be no codes one more output, `valid`, says that they are, as in files of gates.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    text = Text(schematic)
    for number, line in enumerate(schematic.instructions):
        if prod(line.shape):
            what = f"{line.operation} {list(line.shape)}, {line.scope}"
            text.body.append(f"  wire [{prod(line.shape) - 1}:0] v{number}; // {what}")
            RULES[line.operation](text, number, line)
    sizes = [prod(text.shape(output)) for output in schematic.outputs]
    ends = zip(schematic.outputs, accumulate(sizes, initial=0), sizes, strict=False)
    text.body += [f"  assign y[{start} +: {size}] = v{value};" for value, start, size in ends]
    valid = _valid(text)
    if valid:
        text.body.append(f"  assign {VALID} = {' & '.join(valid)};")
    ports = [
        ("input", "x", schematic.inputs),
        ("input", "p", schematic.wired),
        ("output", "y", sum(sizes)),
    ]
    listed = ", ".join(f"{way} [{size - 1}:0] {name}" for way, name, size in ports if size)
    listed += f", output {VALID}" if valid else ""
    interface = {**schematic.interface, "wired": schematic.wired_bits().astype(int).tolist()}
    model = spelled(str(schematic.interface.get("model", "circuit"))) or "circuit"
    most = max(len(line.shape) for line in schematic.instructions)
    head = f"// {described(interface)}\nmodule m_{model} ({listed});\n"
    axes = ", ".join(f"g{axis}" for axis in range(max(1, most)))
    with replacing(Path(path)) as file:
        file.write(f"{head}  genvar {axes};\n  generate\n".encode())
        file.write("\n".join(text.body).encode())
        file.write(b"\n  endgenerate\nendmodule\n")
        file.write("".join(text.modules).encode())


def _source(text: Text, number: int, line: Instruction) -> None:
    size = prod(line.shape)
    if line.operation in ("input", "wired"):
        port = "x" if line.operation == "input" else "p"
        start = text.given.get(port, 0)
        text.given[port] = start + size
        text.body.append(f"  assign v{number} = {port}[{start} +: {size}];")
        return
    bits = np.broadcast_to(np.asarray(line.attributes, bool), line.shape).ravel()
    text.body.append(f"  assign v{number} = {_constant(bits)};")


def _constant(bits: Bools) -> str:
    """Bits, the least first, as a number."""
    if bits.all() or not bits.any():
        return f"{{{len(bits)}{{1'b{int(bits[0])}}}}}"
    packed = int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")
    return f"{len(bits)}'h{packed:x}"


def _valid(text: Text) -> list[str]:
    """What has to be true of inputs that are codes, as `formats.valid` says; its lines are written."""
    schematic = text.schematic
    form, n = format_of(schematic.interface), schematic.interface.get("n")
    if BASES[schematic.basis].unbounded or form is None or type(n) is not int:
        return []
    found, first = [], 0
    for field in form.fields:
        places, width = int(field.present(n).sum()), field.width
        code = f"x[{first} + {{}} +: {width}]"
        if field.wires == "binary":
            right = f"{code} < {field.size}" if field.size < 1 << width else ""
        else:
            right = f"{code} != 0 && ({code} & ({code} - 1)) == 0" if field.size != 2 else ""
        if places and right:
            found.append(_everywhere(text, places, width, right))
        first += places * width
    if schematic.wired:
        found.append(f"(p == {_constant(schematic.wired_bits())})")
    return found


def _everywhere(text: Text, places: int, width: int, right: str) -> str:
    """Whether something is true at all places; `{}` in it is where the wires of a place begin."""
    name = f"{VALID}{len(text.body)}"
    text.body.append(f"  wire [{places - 1}:0] {name};")

    def assign(index: Index) -> str:
        begin = offset((places,), index, width)
        return f"assign {name}[{index[0]}] = {right.replace('{}', begin)};"

    text.write((places,), assign)
    return f"(&{name})"


def _wiring(text: Text, number: int, line: Instruction) -> None:
    how, arg = line.attributes, line.args[0]
    if line.operation in ("expand", "squeeze"):
        text.body.append(f"  assign v{number} = v{arg};")
    elif line.operation == "concat":
        lengths = [text.shape(part)[how] for part in line.args]
        for part, start in zip(line.args, accumulate(lengths, initial=0), strict=False):
            _copy(text, (number, part), text.shape(part), _moved(how, start, 0))
    elif line.operation == "take":
        axis, chosen = how
        one = (*line.shape[:axis], 1, *line.shape[axis + 1 :])
        for place, source in enumerate(chosen):
            _copy(text, (number, arg), one, _moved(axis, place, source))
    else:
        read = READS[line.operation]
        _copy(text, (number, arg), line.shape, lambda index: (index, read(how, index)))


def _moved(axis: int, here: int, there: int) -> Ends:
    """Indices that are so much further along an axis, in the new value and in the old one."""

    def ends(index: Index) -> tuple[Index, Index]:
        found = [
            [*index[:axis], _along(index[axis], start), *index[axis + 1 :]]
            for start in (here, there)
        ]
        return found[0], found[1]

    return ends


def _slice(how: tuple[int, int, int, int], index: Index) -> Index:
    axis, start, _, step = how
    return [*index[:axis], _along(index[axis], start, step), *index[axis + 1 :]]


def _along(place: str, start: int, step: int = 1) -> str:
    """The index `start` + `step` times an index."""
    if place.isdigit():
        return str(start + step * int(place))
    return f"{f'{start} + ' if start else ''}{f'{step}*' if step > 1 else ''}{place}"


def _others(axis: int, index: Index) -> Index:
    own, other = index[axis], index[axis + 1]
    return [*index[:axis], f"{other} + ({other} >= {own})", *index[axis + 2 :]]


# Where the element at an index of the new value is in the old one.
READS: dict[str, Callable[[Any, Index], Index]] = {
    "slice": _slice,
    "others": _others,
    "transpose": lambda order, index: [
        index[order.index(axis)] for axis in range(len(order))
    ],
    "broadcast": lambda how, index: index,
}


def _copy(text: Text, values: tuple[int, int], shape: Shape, ends: Ends) -> None:
    """Copy elements of an old value into a new one: `ends` says from an index where they are in the two."""
    new, old = values
    if not prod(shape):
        return

    def assign(index: Index) -> str:
        here, there = ends(index)
        target, source = offset(text.shape(new), here), offset(text.shape(old), there)
        return f"assign v{new}[{target}] = v{old}[{source}];"

    text.write(shape, assign)


def _not(text: Text, number: int, line: Instruction) -> None:
    text.body.append(f"  assign v{number} = ~v{line.args[0]};")


def _of_two(sign: str) -> Rule:
    """AND and XOR of two arrays that broadcast."""

    def rule(text: Text, number: int, line: Instruction) -> None:
        if all(text.shape(arg) == line.shape for arg in line.args):
            text.body.append(f"  assign v{number} = v{line.args[0]} {sign} v{line.args[1]};")
            return

        def assign(index: Index) -> str:
            a, b = (f"v{arg}[{offset(text.shape(arg), index)}]" for arg in line.args)
            return f"assign v{number}[{offset(line.shape, index)}] = {a} {sign} {b};"

        text.write(line.shape, assign)

    return rule


def _reduced(sign: str) -> Rule:
    """AND and OR over the last axes of several arrays."""

    def rule(text: Text, number: int, line: Instruction) -> None:
        parts = [
            (a, axes)
            for a, axes in zip(line.args, line.attributes, strict=True)
            if prod(text.shape(a))
        ]
        none = "1'b1" if sign == "&" else "1'b0"

        def assign(index: Index) -> str:
            whole = f" {sign} ".join(
                f"({sign}{text.part(a, index, axes)})" for a, axes in parts
            )
            return f"assign v{number}[{offset(line.shape, index)}] = {whole or none};"

        text.write(line.shape, assign)

    return rule


def _gathered(text: Text, number: int, line: Instruction) -> None:
    how: Gather = line.attributes
    sign, none = ("&", "1'b1") if line.operation == "all_of" else ("|", "1'b0")
    wires = [
        f"{'~' * bool(turned)}v{line.args[0]}[{wire}]"
        for wire, turned in zip(how.indices.tolist(), how.negations.tolist(), strict=True)
    ]
    starts = how.starts.tolist()
    for gate, (start, stop) in enumerate(pairwise(starts)):
        text.body.append(
            f"  assign v{number}[{gate}] = {f' {sign} '.join(wires[start:stop]) or none};"
        )


RULES: dict[str, Rule] = rules(
    _source,
    _wiring,
    _gathered,
    not_=_not,
    and_=_of_two("&"),
    xor=_of_two("^"),
    call=call,
    all=_reduced("&"),
    any=_reduced("|"),
    at_least=at_least,
    sum=add_up,
)
