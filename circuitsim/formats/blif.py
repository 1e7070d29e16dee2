"""BLIF, the Berkeley Logic Interchange Format: each gate a table of the rows that make it true."""

import re
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from circuitsim.formats.atomic import replacing
from circuitsim.formats.interfaces import comment, interface_of_comment
from circuitsim.formats.lines import WireNames, write_lines
from circuitsim.formats.nets import Literal, Nets, text_of
from circuitsim.formats.wires import names_of, spelled, with_ends
from circuitsim.netlist.circuit import Circuit

# By opcode and by which of the two wires are complemented.
ANDS = tuple(f".names {{1}} {{2}} {{0}}\n{1 - a}{1 - b} 1\n" for a in (0, 1) for b in (0, 1))
EQUAL, DIFFERENT = "11 1\n00 1\n", "10 1\n01 1\n"
XORS = tuple(
    f".names {{1}} {{2}} {{0}}\n{EQUAL if a != b else DIFFERENT}"
    for a in (0, 1)
    for b in (0, 1)
)
MOST_ROWS = 2**16  # of one table
MOST_WIRES = 4096  # of one table


def save(circuit: Circuit, path: Any) -> None:
    """Write a circuit, flat.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    names, (whole, ends) = names_of(circuit), with_ends(circuit)
    model = spelled(str(circuit.interface.get("model", "circuit"))) or "circuit"
    with replacing(Path(path)) as file:
        file.write(f"# {comment(circuit)}\n".encode())
        write_model(file, model, names, whole, ends)


def write_model(
    file: BinaryIO, model: str, names: WireNames, whole: Circuit, ends: list[tuple[str, int]]
) -> None:
    """Write a circuit as a model.

    Args:
        names: of its nodes. ends: names of its outputs, with their literals.
    """
    inputs = " ".join(names.first[1:])
    outputs = " ".join(name for name, _ in ends)
    head = f".model {model}\n.inputs {inputs}\n.outputs {outputs}\n"
    if (whole.fan_in < 2).any() or any(literal < 2 for _, literal in ends):
        head += f".names {names.first[0]}\n"
    file.write(head.encode())
    which = (
        4 * whole.ops.astype(np.int64)
        + 2 * (whole.fan_in[:, 0] & 1)
        + (whole.fan_in[:, 1] & 1)
    )
    gates = 1 + whole.inputs + np.arange(whole.gates)
    columns = np.concatenate([gates[:, None], whole.fan_in >> 1], 1)
    write_lines(file, (*ANDS, *XORS), which, columns, names)
    for name, literal in ends:
        file.write(
            f".names {names.of(literal >> 1)} {name}\n{1 - (literal & 1)} 1\n".encode()
        )
    file.write(b".end\n")


def load(path: Any) -> Circuit:
    """Read a combinational model, the first of the file.

    Raises:
        CircuitSimError: the file is missing or damaged, or has latches, subcircuits or don't-cares of its own.
    """
    source = Path(path)
    data = text_of(source)
    nets = Nets(source)
    table: list[str] | None = None
    rows: list[str] = []
    for line in _lines(data):
        if not line.startswith("."):
            rows.append(line)
            continue
        if table is not None:
            _define(nets, table, rows)
        table, rows = None, []
        word, *rest = line.split()
        if word == ".names":
            table = rest
        elif word == ".inputs":
            nets.inputs += rest
        elif word == ".outputs":
            nets.outputs += rest
        elif word == ".end":
            break
        elif word != ".model":
            raise nets.fail(f"{word[:40]} is not read; tables of gates are")
    if table is not None:
        _define(nets, table, rows)
    return nets.circuit(interface_of_comment(data.encode("latin-1")))


def _lines(data: str) -> list[str]:
    """Lines without comments and blank ones, those that end in a backslash with the next."""
    joined = re.sub(r"\\[ \t]*\r?\n", " ", data)
    kept = (line.split("#", 1)[0].strip() for line in joined.split("\n"))
    return [line for line in kept if line]


def _define(nets: Nets, table: list[str], rows: list[str]) -> None:
    """The gates of one table."""
    if not table:
        raise nets.fail(".names without a name")
    *wires, name = table
    if len(wires) > MOST_WIRES or len(rows) > MOST_ROWS:
        raise nets.fail(
            f"the table of {name[:40]} has {len(wires)} wires and {len(rows)} rows"
        )
    parsed = []
    for row in rows:
        words = row.split()
        pattern, value = (words[0], words[1]) if len(words) == 2 else ("", words[0])
        if (
            len(words) > 2
            or len(pattern) != len(wires)
            or value not in ("0", "1")
            or set(pattern) - set("01-")
        ):
            raise nets.fail(f"{row[:60]!r} is no row of a table of {len(wires)} wires")
        parsed.append((pattern, value))
    if len({value for _, value in parsed}) > 1:
        raise nets.fail(f"the table of {name[:40]} has rows of 0 and of 1")
    turned = bool(parsed) and parsed[0][1] == "0"
    patterns = [pattern for pattern, _ in parsed]
    if len(wires) == 2 and sorted(patterns) in (["00", "11"], ["01", "10"]):
        equal = "00" in patterns
        nets.define(name, "xor", [(wires[0], False), (wires[1], False)], turned != equal)
        return
    terms = []
    for pattern in patterns:
        literals: list[Literal] = [
            (w, sign == "0") for w, sign in zip(wires, pattern, strict=True) if sign != "-"
        ]
        terms.append(nets.fresh("and", literals))
    nets.define(name, "or", [(term, False) for term in terms], turned)
