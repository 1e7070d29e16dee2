"""JSON of yosys: one module whose ports and cells name their nets by numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.formats.atomic import replacing
from circuitsim.formats.lines import write_lines
from circuitsim.formats.nets import Literal, Nets, text_of
from circuitsim.formats.wires import VALID, names_of, spelled, with_ends
from circuitsim.netlist.circuit import Circuit

ATTRIBUTE = "circuitsim"  # of the module: what the circuit's letters and answers are
LARGEST = 2**28  # bytes of a file that is read: as objects of Python it is ten times as large
PORTS = '"port_directions": {"A": "input", "B": "input", "Y": "output"}'
CONSTANTS = {"0": "or", "1": "and"}  # of no wires
# Cells: a gate, which of its wires are complemented, and whether it is itself.
CELLS = {
    "$_AND_": ("and", (False, False), False),
    "$_NAND_": ("and", (False, False), True),
    "$_OR_": ("or", (False, False), False),
    "$_NOR_": ("or", (False, False), True),
    "$_XOR_": ("xor", (False, False), False),
    "$_XNOR_": ("xor", (False, False), True),
    "$_ANDNOT_": ("and", (False, True), False),
    "$_ORNOT_": ("or", (False, True), False),
    "$_BUF_": ("and", (False,), False),
    "$_NOT_": ("and", (False,), True),
}
# By opcode and by which of the two wires are complemented: a cell, and whether the wires change places.
WRITTEN = (
    *(("$_AND_", False), ("$_ANDNOT_", False), ("$_ANDNOT_", True), ("$_NOR_", False)),
    *(("$_XOR_", False), ("$_XNOR_", False), ("$_XNOR_", False), ("$_XOR_", False)),
)


def save(circuit: Circuit, path: Any) -> None:
    """Write a circuit.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    names, (whole, ends) = names_of(circuit), with_ends(circuit)
    zero = whole.nodes + 1  # node k from 1 on is net k + 1, as yosys begins at 2
    nets = np.arange(1, whole.nodes + 1)
    nets[0] = zero
    ports = [_port(name, "input", 1 + node) for node, name in enumerate(names.first[1:], 1)]
    cells = [_cell(names.first[0], "$_BUF_", '"0"', zero)]
    for net, (name, literal) in enumerate(ends, zero + 1):
        ports.append(_port(name, "output", net))
        kind = "$_NOT_" if literal & 1 else "$_BUF_"
        cells.append(_cell(f"{name}_end", kind, str(nets[literal >> 1]), net))
    said = json.dumps({"top": f"{1:032b}", ATTRIBUTE: json.dumps(circuit.interface)})
    model = spelled(str(circuit.interface.get("model", "circuit"))) or "circuit"
    patterns = [
        f',\n"g{{#0}}": {{"type": "{kind}", "parameters": {{}}, "attributes": {{}}, {PORTS}, "connections":'
        f' {{"A": [{{#{2 if swapped else 1}}}], "B": [{{#{1 if swapped else 2}}}], "Y": [{{#3}}]}}}}'
        for kind, swapped in WRITTEN
    ]
    turned = whole.fan_in.astype(np.int64) & 1
    which = 4 * whole.ops.astype(np.int64) + 2 * turned[:, 0] + turned[:, 1]
    gates = np.arange(whole.gates)
    read = nets[whole.fan_in >> 1]
    columns = np.stack([gates, read[:, 0], read[:, 1], 2 + whole.inputs + gates], 1)
    with replacing(Path(path)) as file:
        begin = f'{{"creator": "circuitsim", "modules": {{"{model}": {{\n"attributes": {said},\n"ports": {{\n'
        file.write(
            (begin + ",\n".join(ports) + '},\n"cells": {\n' + ",\n".join(cells)).encode()
        )
        write_lines(file, patterns, which, columns, names)
        file.write(b"}}}}\n")


def _port(name: str, direction: str, net: int) -> str:
    return f'"{name}": {{"direction": "{direction}", "bits": [{net}]}}'


def _cell(name: str, kind: str, read: str, net: int) -> str:
    """A cell of one wire."""
    return (
        f'"{name}": {{"type": "{kind}", "parameters": {{}}, "attributes": {{}}, "port_directions":'
        f' {{"A": "input", "Y": "output"}}, "connections": {{"A": [{read}], "Y": [{net}]}}}}'
    )


def load(path: Any) -> Circuit:
    """Read a module of simple cells, the top one or the only one.

    Raises:
        CircuitSimError: the file is missing or damaged, or has other cells.
    """
    source = Path(path)
    nets = Nets(source)
    try:
        document = json.loads(text_of(source, LARGEST))
    except (ValueError, RecursionError):
        raise nets.fail("not JSON, or cut off") from None
    modules = [
        part for part in _object(nets, document, "modules").values() if isinstance(part, dict)
    ]
    tops = [part for part in modules if _is_top(part)] or modules
    if len(tops) != 1:
        raise nets.fail(
            f"it has {len(tops)} modules that may be the top; `hierarchy -top` in yosys says which is"
        )
    (module,) = tops
    for constant, kind in CONSTANTS.items():
        nets.define(_name(nets, constant), kind, [], False)
    interface = _interface(module)
    for name, port in _object(nets, module, "ports").items():
        if interface and name == VALID:
            continue  # it is none of the model's answers
        wires = [_name(nets, bit) for bit in _list(nets, port, "bits")]
        direction = port.get("direction")
        if direction not in ("input", "output"):
            raise nets.fail(f"the port {name[:40]} is neither an input nor an output")
        (nets.inputs if direction == "input" else nets.outputs).extend(wires)
    for name, cell in _object(nets, module, "cells").items():
        _define(nets, name, cell)
    return nets.circuit(interface)


def _define(nets: Nets, name: str, cell: Any) -> None:
    """The gate of a cell."""
    kind = cell.get("type") if isinstance(cell, dict) else None
    if not isinstance(kind, str) or kind not in CELLS:
        raise nets.fail(
            f"the cell {name[:40]} is {str(kind)[:40]}, and gates of two wires are read; `flatten; abc -g AND,XOR`"
            " in yosys makes these"
        )
    op, wires, turned = CELLS[kind]
    ends = _object(nets, cell, "connections")
    literals: list[Literal] = []
    for end, complemented in zip("AB", wires, strict=False):
        literals.append((_one(nets, ends, end), complemented))
    nets.define(_one(nets, ends, "Y"), op, literals, turned)


def _one(nets: Nets, ends: dict[str, Any], end: str) -> str:
    bits = _list(nets, ends, end)
    if len(bits) != 1:
        raise nets.fail(f"a simple cell has {len(bits)} wires at {end}")
    return _name(nets, bits[0])


def _name(nets: Nets, bit: Any) -> str:
    """The name of a net, which is a number or a constant."""
    if type(bit) is int or (isinstance(bit, str) and bit in CONSTANTS):
        return f"net {bit}" if type(bit) is int else f"constant {bit}"
    raise nets.fail(f"{str(bit)[:40]} is no net")


def _object(nets: Nets, owner: Any, name: str) -> dict[str, Any]:
    found = owner.get(name, {}) if isinstance(owner, dict) else None
    if not isinstance(found, dict):
        raise nets.fail(f"{name} is no object")
    return found


def _list(nets: Nets, owner: Any, name: str) -> list[Any]:
    found = owner.get(name) if isinstance(owner, dict) else None
    if not isinstance(found, list):
        raise nets.fail(f"{name} is no list")
    return found


def _is_top(module: dict[str, Any]) -> bool:
    attributes = module.get("attributes")
    top = attributes.get("top", "0") if isinstance(attributes, dict) else "0"
    return "1" in str(top)


def _interface(module: dict[str, Any]) -> dict[str, Any]:
    """Our description of letters and answers; empty where there is none."""
    attributes = module.get("attributes")
    text = attributes.get(ATTRIBUTE) if isinstance(attributes, dict) else None
    try:
        found = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
