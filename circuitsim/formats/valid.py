"""Which inputs of a circuit are codes of letters, as an output of its own.

Where a letter has a wire for each value exactly one is true; where its code has bits, the number is below that of
values; wired positions have their constants.
"""

from typing import Any

import numpy as np

from circuitsim.bases import BASES
from circuitsim.errors import InputError
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.extending import MoreGates
from circuitsim.tokens import format_of


def with_valid(circuit: Circuit) -> tuple[Circuit, int | None]:
    """A circuit with more gates, and the literal that says whether its inputs are codes; None where all are.

    Raises:
        InputError: the circuit has fewer inputs than its interface says.
    """
    gates = MoreGates(circuit)
    said, n = circuit.interface, circuit.interface.get("n")
    form, parts, first = format_of(said), [], 1
    if form is not None and type(n) is int:
        for field in form.fields:
            places, width = int(field.present(n).sum()), field.width
            if first + places * width > 1 + circuit.inputs:
                raise InputError(
                    "the circuit's interface says more wires of letters than it has inputs."
                )
            wires = 2 * (
                first + np.arange(places * width, dtype=np.int64).reshape(places, width)
            )
            first += places * width
            if field.wires == "binary":
                parts += [_below(gates, wires, field.size)] if field.size < 1 << width else []
            elif field.size != 2:
                parts.append(_exactly_one(gates, wires))
    wired = np.array(said.get("wired", []), bool)
    if len(wired):
        parts.append(2 * (1 + circuit.inputs - len(wired) + np.arange(len(wired))) + ~wired)
    if not parts:
        return circuit, None
    valid = gates.all(np.concatenate([part.reshape(-1) for part in parts]))
    return gates.circuit(), valid


def some_invalid(circuit: Circuit) -> bool:
    """Whether there are inputs that are no codes, in a circuit of two-input gates."""
    return not BASES[circuit.basis].unbounded and with_valid(circuit)[1] is not None


def _exactly_one(gates: MoreGates, wires: Any) -> Any:
    """Of each row of wires exactly one is true."""
    once, twice = wires[:, 0], None
    for wire in wires[:, 1:].T:
        both = gates.both(once, wire)
        twice = both if twice is None else gates.either(twice, both)
        once = gates.either(once, wire)
    return gates.both(once, twice ^ 1) if twice is not None else once


def _below(gates: MoreGates, wires: Any, size: int) -> Any:
    """The number of each row of bits, the least first, is below `size`."""
    last = size - 1
    less = np.full(
        len(wires), 1, np.int64
    )  # of the bits so far: at most those of the last one
    for bit in range(wires.shape[1]):
        zero = wires[:, bit] ^ 1
        less = gates.either(zero, less) if last >> bit & 1 else gates.both(zero, less)
    return less
