"""Structural Verilog: a module of a wire and an expression for each gate; thresholds are sums that are compared."""

from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.errors import InputError
from circuitsim.formats.atomic import replacing
from circuitsim.formats.interfaces import comment
from circuitsim.formats.lines import write_lines
from circuitsim.formats.pieces import in_pieces, wires_of
from circuitsim.formats.thresholds import positive
from circuitsim.formats.wires import names_of, spelled, with_ends
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, OR, THRESHOLD, XOR

BEGIN = "  wire {0} = "
SIGNS = {AND: "&", XOR: "^", OR: "|"}
MOST = 2**31  # of a sum, so that it fits an integer of Verilog


def save(circuit: Circuit, path: Any) -> None:
    """Write a circuit, flat.

    Raises:
        CircuitSimError: the path cannot be written, or a sum of weights needs more than 31 bits.
    """
    names, (whole, ends) = names_of(circuit), with_ends(circuit)
    ports = [f"input wire {name}" for name in names.first[1:]] + [
        f"output wire {name}" for name, _ in ends
    ]
    model = spelled(str(circuit.interface.get("model", "circuit"))) or "circuit"
    listed = ",\n  ".join(ports)
    head = f"// {comment(circuit)}\nmodule {'' if model[0].isalpha() else 'm_'}{model} (\n  {listed}\n);\n"
    with replacing(Path(path)) as file:
        file.write(f"{head}  wire {names.first[0]} = 1'b0;\n".encode())
        patterns, which, columns = _gates(whole)
        write_lines(file, patterns, which, columns, names)
        for name, literal in ends:
            sign = "~" if literal & 1 else ""
            file.write(f"  assign {name} = {sign}{names.of(literal >> 1)};\n".encode())
        file.write(b"endmodule\n")


def _gates(circuit: Circuit) -> tuple[list[str], Any, Any]:
    """Patterns and pieces of all gates."""
    starts, literals = wires_of(circuit)
    sizes, nodes = np.diff(starts), 1 + circuit.inputs + np.arange(circuit.gates)
    ops = np.repeat(circuit.ops, sizes)
    first = np.zeros(len(literals), bool)
    first[starts[:-1]] = True
    patterns = [BEGIN, ";\n", f"{BEGIN}(", " >= {#1});\n"]
    kinds: dict[tuple[int, bool, int], int] = {}
    for op in (AND, XOR, OR):
        for begins in (True, False):
            for complemented in (0, 1):
                kinds[op, begins, complemented] = len(patterns)
                patterns.append(
                    f"{'' if begins else f' {SIGNS[op]} '}{'~' * complemented}{{0}}"
                )
    for begins in (True, False):
        for complemented in (0, 1):
            kinds[THRESHOLD, begins, complemented] = len(patterns)
            wire = "!{0}" if complemented else "{0}"
            patterns.append(f"{'' if begins else ' + '}{{#1}}*{wire}")
    weights = np.ones(len(literals), np.int64)
    limits = np.zeros(circuit.gates, np.int64)
    if circuit.weights is not None:
        literals, weights, limits = positive(circuit)
        if len(weights) and np.add.reduceat(weights, starts[:-1]).max(initial=0) >= MOST:
            raise InputError(
                "a sum of weights needs more than 31 bits, which Verilog's integers have; compile in xag."
            )
    which = np.array(
        [kinds[op, bool(b), c] for op in range(4) for b in (0, 1) for c in (0, 1)], np.uint8
    )[4 * ops.astype(np.int64) + 2 * first + (literals & 1)]
    threshold = circuit.ops == THRESHOLD
    return (
        patterns,
        *in_pieces(
            starts,
            (np.where(threshold, 2, 0), np.stack([nodes, limits], 1)),
            (which, np.stack([literals >> 1, weights], 1)),
            (np.where(threshold, 3, 1), np.stack([nodes, limits], 1)),
        ),
    )
