"""OPB, the pseudo-Boolean format of solvers: every gate as constraints, threshold gates whole.

A gate g of a1 l1 + ... >= T, all a positive with the sum A, is a1 l1 + ... + T ~g >= T and
a1 ~l1 + ... + (A - T + 1) g >= A - T + 1. Variables are x1, x2, ...: inputs, then gates; a comment says which is which,
and which literals the outputs are.
"""

from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.bases import BASES
from circuitsim.formats.atomic import replacing
from circuitsim.formats.interfaces import comment
from circuitsim.formats.lines import WireNames, write_lines
from circuitsim.formats.pieces import in_pieces, wires_of
from circuitsim.formats.thresholds import positive
from circuitsim.formats.valid import with_valid
from circuitsim.formats.wires import VALID, input_names, output_names
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import XOR

NO_NAMES = WireNames(())
XORS = [
    f"+1 {a}x{{#1}} +1 {b}x{{#2}} +1 {c}x{{#0}} >= 1 ;\n"
    for a, b, c in (("", "", "~"), ("~", "~", "~"), ("~", "", ""), ("", "~", ""))
]


def save(circuit: Circuit, path: Any) -> None:
    """Write the constraints that hold between inputs and gates, and that inputs are codes of letters.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    whole, valid = (circuit, None) if BASES[circuit.basis].unbounded else with_valid(circuit)
    zero = whole.nodes  # a variable that is false, as the constant
    xors = whole.ops == XOR
    count = 2 * int((~xors).sum()) + 4 * int(xors.sum()) + 1 + (valid is not None)
    outs, ends = output_names(circuit), whole.outputs.tolist()
    head = [f"* #variable= {zero} #constraint= {count}", f"* {comment(circuit)}"]
    head += [f"* x{k} {name}" for k, name in enumerate(input_names(circuit), 1)]
    head += [f"* {_literal(end, zero)} {name}" for name, end in zip(outs, ends, strict=True)]
    head += [] if valid is None else [f"* {_literal(valid, zero)} {VALID}"]
    with replacing(Path(path)) as file:
        file.write(("\n".join(head) + "\n").encode())
        file.write(f"+1 ~x{zero} >= 1 ;\n".encode())
        if valid is not None:
            file.write(f"+1 {_literal(valid, zero)} >= 1 ;\n".encode())
        if BASES[circuit.basis].unbounded:
            _write_sums(file, whole, zero)
        else:
            _write_small(file, whole, zero)


def _literal(literal: int, zero: int) -> str:
    return f"{'~' * (literal & 1)}x{literal >> 1 or zero}"


def _write_small(file: Any, circuit: Circuit, zero: int) -> None:
    """Gates of two wires."""
    nodes = 1 + circuit.inputs + np.arange(circuit.gates)
    read = np.where(circuit.fan_in < 2, 2 * zero + (circuit.fan_in & 1), circuit.fan_in)
    columns = np.concatenate([nodes[:, None], read >> 1], 1)
    complemented = 2 * (read[:, 0] & 1) + (read[:, 1] & 1)
    ands = circuit.ops != XOR
    patterns = []
    for a in ("", "~"):
        for b in ("", "~"):
            turned = "~" if not a else "", "~" if not b else ""
            patterns.append(
                f"+1 {a}x{{#1}} +1 {b}x{{#2}} +2 ~x{{#0}} >= 2 ;\n"
                f"+1 {turned[0]}x{{#1}} +1 {turned[1]}x{{#2}} +1 x{{#0}} >= 1 ;\n"
            )
    write_lines(file, patterns, complemented[ands], columns[ands], NO_NAMES)
    same, other = "".join(XORS), "".join(_turned(line) for line in XORS)
    parity = (read[:, 0] ^ read[:, 1]) & 1
    write_lines(file, [same, other], parity[~ands], columns[~ands], NO_NAMES)


def _turned(line: str) -> str:
    """The same with the first wire complemented."""
    return line.replace("x{#1}", "~x{#1}", 1).replace("~~", "", 1)


def _write_sums(file: Any, circuit: Circuit, zero: int) -> None:
    """Gates of any number of wires."""
    starts, literals = wires_of(circuit)
    weights, limits = np.ones(len(literals), np.int64), np.diff(starts)
    if circuit.weights is not None:
        literals, weights, limits = positive(circuit)
    else:
        limits = np.where(circuit.ops == 0, limits, 1)  # AND needs all, OR one
    literals = np.where(literals < 2, 2 * zero + (literals & 1), literals)
    nodes = 1 + circuit.inputs + np.arange(circuit.gates)
    sums = np.add.reduceat(weights, starts[:-1]) if circuit.gates else limits
    patterns = [
        "",
        "+{#1} x{#0} ",
        "+{#1} ~x{#0} ",
        "+{#1} ~x{#0} >= {#1} ;\n",
        "+{#1} x{#0} >= {#1} ;\n",
    ]
    for turned in (0, 1):
        # A threshold that is always or never met makes the gate a constant.
        least = np.clip(limits, 0, sums + 1)
        need = sums - least + 1 if turned else least
        which, columns = in_pieces(
            starts,
            (0, np.stack([nodes, need], 1)),
            (1 + ((literals & 1) ^ turned), np.stack([literals >> 1, weights], 1)),
            (3 + turned, np.stack([nodes, need], 1)),
        )
        write_lines(file, patterns, which, columns, NO_NAMES)
