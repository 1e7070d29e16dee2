"""DIMACS CNF: the clauses of every gate (Tseitin), with a map of variables to wires as comments.

Variable v is node v: inputs, then gates; one more is the constant. `c output NAME LITERAL` says which literal an
output is. Where inputs can be no codes of letters, a unit clause says that they are.
"""

from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.formats.atomic import replacing
from circuitsim.formats.interfaces import comment
from circuitsim.formats.lines import WireNames, write_lines
from circuitsim.formats.valid import with_valid
from circuitsim.formats.wires import VALID, input_names, output_names
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import XOR

CLAUSES_OF_AND = "-{#0} {#1} 0\n-{#0} {#2} 0\n{#0} {#3} {#4} 0\n"
CLAUSES_OF_XOR = "-{#0} {#1} {#2} 0\n-{#0} {#3} {#4} 0\n{#0} {#3} {#2} 0\n{#0} {#1} {#4} 0\n"


def save(circuit: Circuit, path: Any) -> None:
    """Write the clauses that hold between inputs and gates.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    whole, valid = with_valid(circuit)
    zero, xors = whole.nodes, int((whole.ops == XOR).sum())
    clauses = 3 * (whole.gates - xors) + 4 * xors + 1 + (valid is not None)
    head = [f"c {comment(circuit)}"]
    head += [f"c input {name} {k}" for k, name in enumerate(input_names(circuit), 1)]
    outs = zip(output_names(circuit), whole.outputs.tolist(), strict=True)
    head += [f"c output {name} {_literal(end, zero)}" for name, end in outs]
    head += [f"p cnf {zero} {clauses}", f"-{zero} 0"]
    if valid is not None:
        head[-2:-2] = [f"c {VALID} {_literal(valid, zero)}"]
        head.append(f"{_literal(valid, zero)} 0")
    nodes = 1 + whole.inputs + np.arange(whole.gates)
    read = np.where(whole.fan_in < 2, 2 * zero + (whole.fan_in & 1), whole.fan_in).astype(
        np.int64
    )
    signed = (read >> 1) * (1 - 2 * (read & 1))
    columns = np.concatenate([nodes[:, None], signed, -signed], 1)
    with replacing(Path(path)) as file:
        file.write(("\n".join(head) + "\n").encode())
        write_lines(file, [CLAUSES_OF_AND, CLAUSES_OF_XOR], whole.ops, columns, WireNames(()))


def _literal(literal: int, zero: int) -> int:
    return (literal >> 1 or zero) * (1 - 2 * (literal & 1))
