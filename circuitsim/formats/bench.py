"""BENCH, of the ISCAS circuits: NOT is a gate there, one for each wire that is read complemented."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.errors import InputError
from circuitsim.formats.atomic import replacing
from circuitsim.formats.interfaces import comment, interface_of_comment
from circuitsim.formats.lines import write_lines
from circuitsim.formats.nets import Literal, Nets, text_of
from circuitsim.formats.pieces import in_pieces, wires_of
from circuitsim.formats.wires import names_of, with_ends
from circuitsim.netlist.circuit import Circuit

INVERTED = "_not"  # behind the name of a wire
GATE = re.compile(r"([^\s=(),]+)\s*=\s*([A-Za-z]+)\s*\(([^()]*)\)")
PORT = re.compile(r"(INPUT|OUTPUT)\s*\(\s*([^\s(),]+)\s*\)", re.IGNORECASE)
KINDS = {
    "AND": ("and", False), "NAND": ("and", True), "OR": ("or", False), "NOR": ("or", True),
    "XOR": ("xor", False), "XNOR": ("xor", True), "NOT": ("and", True), "INV": ("and", True),
    "BUF": ("and", False), "BUFF": ("and", False),
}  # fmt: skip


def save(circuit: Circuit, path: Any) -> None:
    """Write a circuit.

    Raises:
        CircuitSimError: the path cannot be written, or there is a constant and no input to make it of.
    """
    names, (whole, ends) = names_of(circuit), with_ends(circuit)
    starts, literals = wires_of(whole)
    constant = (literals < 2).any() or any(literal < 2 for _, literal in ends)
    if constant and not whole.inputs:
        raise InputError(
            "BENCH has no constants, and a circuit without inputs cannot make one."
        )
    zero = names.first[0]
    head = [
        f"# {comment(circuit)}",
        *(f"INPUT({name})" for name in names.first[1:]),
        *(f"OUTPUT({name})" for name, _ in ends),
    ]
    if constant:
        some = names.first[1]
        head += [f"{zero}_one = NOT({some})", f"{zero} = AND({some}, {zero}_one)"]
    turned = np.unique(literals[(literals & 1) == 1] >> 1)
    patterns = [
        "{0} = AND(",
        "{0} = XOR(",
        "{0} = OR(",
        "{0}",
        f"{{0}}{INVERTED}",
        ", {0}",
        f", {{0}}{INVERTED}",
        ")\n",
        f"{{0}}{INVERTED} = NOT({{0}})\n",
        f")\n{{0}}{INVERTED} = NOT({{0}})\n",
    ]
    nodes = 1 + whole.inputs + np.arange(whole.gates)
    first = np.zeros(len(literals), bool)
    first[starts[:-1]] = True
    which, columns = in_pieces(
        starts,
        (whole.ops, nodes[:, None]),
        (3 + 2 * ~first + (literals & 1), (literals >> 1)[:, None]),
        (np.where(np.isin(nodes, turned), 9, 7), nodes[:, None]),
    )
    early = turned[turned <= whole.inputs]
    with replacing(Path(path)) as file:
        file.write(("\n".join(head) + "\n").encode())
        write_lines(file, patterns, np.full(len(early), 8), early, names)
        write_lines(file, patterns, which, columns, names)
        for name, literal in ends:
            kind = "NOT" if literal & 1 else "BUFF"
            file.write(f"{name} = {kind}({names.of(literal >> 1)})\n".encode())


def load(path: Any) -> Circuit:
    """Read a combinational circuit.

    Raises:
        CircuitSimError: the file is missing or damaged, or has gates that are not of the format.
    """
    source = Path(path)
    data = text_of(source)
    nets = Nets(source)
    for raw in data.split("\n"):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        if port := PORT.fullmatch(line):
            (nets.inputs if port[1].upper() == "INPUT" else nets.outputs).append(port[2])
            continue
        gate = GATE.fullmatch(line)
        if gate is None or gate[2].upper() not in KINDS:
            raise nets.fail(f"{line[:60]!r} is no gate that is read ({', '.join(KINDS)})")
        kind, turned = KINDS[gate[2].upper()]
        wires: list[Literal] = [(wire.strip(), False) for wire in gate[3].split(",")]
        single = gate[2].upper() in ("NOT", "INV", "BUF", "BUFF")
        if not all(wire for wire, _ in wires) or (single and len(wires) > 1):
            raise nets.fail(f"{line[:60]!r} has a wire too many or one without a name")
        nets.define(gate[1], kind, wires, turned)
    return nets.circuit(interface_of_comment(data.encode("latin-1")))
