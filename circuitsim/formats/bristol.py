"""Bristol Fashion, of secure computation: AND, XOR and INV of numbered wires, inputs first and outputs last.

All input wires are one value, all outputs another. Comments are no part of the format, so that letters are not written.
Source: the circuits' page of Archer, Abril Lopez, Mercadier, Scholl, Smart and others.
"""

from pathlib import Path
from typing import Any

import numpy as np

from circuitsim.errors import InputError
from circuitsim.formats.atomic import replacing
from circuitsim.formats.lines import WireNames, write_lines
from circuitsim.formats.nets import Nets, text_of
from circuitsim.netlist.circuit import Circuit

KINDS = ("AND", "XOR")
ARITIES = {"AND": 2, "XOR": 2, "INV": 1, "EQW": 1, "EQ": 1}
NO_NAMES = WireNames(())


def save(circuit: Circuit, path: Any) -> None:
    """Write a circuit.

    Raises:
        CircuitSimError: the path cannot be written, or there is a constant and no input to make it of.
    """
    ends, inputs = circuit.outputs.astype(np.int64), circuit.inputs
    used = np.concatenate([circuit.fan_in.reshape(-1), ends])
    constant = bool((used < 2).any())
    if constant and not inputs:
        raise InputError("without inputs no constant can be made in Bristol Fashion.")
    # Outputs are complements, of a complement where need be: every reader has INV, and not all can copy a wire.
    turned = np.zeros(circuit.nodes, np.int64)
    turned[circuit.fan_in[(circuit.fan_in & 1).astype(bool)] >> 1] = 1
    turned[ends[ends & 1 == 0] >> 1] = 1
    # Every node has a wire, and one more behind it where it is read complemented; the constant comes after the inputs.
    order = np.r_[
        np.arange(1, 1 + inputs),
        np.zeros(int(constant), np.int64),
        np.arange(1 + inputs, circuit.nodes),
    ]
    of_inputs = np.arange(inputs)
    wire, inverted = (
        np.full(circuit.nodes, -1, np.int64),
        np.full(circuit.nodes, -1, np.int64),
    )
    wire[1 : 1 + inputs] = of_inputs
    early = 1 + np.flatnonzero(turned[1 : 1 + inputs])
    inverted[early] = inputs + np.arange(len(early))
    later = order[inputs:]
    sizes = 1 + turned[later]
    first = inputs + len(early) + np.cumsum(sizes) - sizes
    wire[later] = first
    inverted[later] = np.where(turned[later] > 0, first + 1, -1)
    made = inputs + len(early) + int(sizes.sum())
    gates = made - inputs + len(ends)
    patterns = [
        "2 1 {#1} {#2} {#0} AND\n",
        "2 1 {#1} {#2} {#0} XOR\n",
        "1 1 {#1} {#0} INV\n",
    ]
    read = np.where(
        circuit.fan_in & 1, inverted[circuit.fan_in >> 1], wire[circuit.fan_in >> 1]
    )
    with replacing(Path(path)) as file:
        head = f"{gates} {made + len(ends)}\n1 {inputs}\n1 {len(ends)}\n\n"
        file.write(head.encode())
        _write(file, patterns, 2, inverted[early], wire[early])
        lines, columns = [], []
        if constant:
            lines, columns = [np.array([1])], [np.array([[wire[0], 0, 0]])]
        of_gates = np.concatenate([wire[1 + inputs :, None], read], 1)
        all_which = np.concatenate([*lines, circuit.ops]).astype(np.int64)
        all_columns = np.concatenate([*columns, of_gates])
        doubled = turned[later] > 0
        which = np.repeat(all_which, sizes)
        spread = np.repeat(all_columns, sizes, 0)
        second = np.cumsum(sizes)[doubled] - 1
        which[second] = 2
        spread[second, 1] = spread[second, 0]
        spread[second, 0] = inverted[later[doubled]]
        write_lines(file, patterns, which, spread, NO_NAMES)
        complement = np.where(ends & 1, wire[ends >> 1], inverted[ends >> 1])
        _write(file, patterns, 2, made + np.arange(len(ends)), complement)


def _write(file: Any, patterns: list[str], pattern: int, out: Any, read: Any) -> None:
    write_lines(
        file, patterns, np.full(len(out), pattern), np.stack([out, read], 1), NO_NAMES
    )


def load(path: Any) -> Circuit:
    """Read a circuit; values of several wires become inputs and outputs one after the other.

    Raises:
        CircuitSimError: the file is missing or damaged.
    """
    source = Path(path)
    words = text_of(source).split()
    nets = Nets(source)
    at = 0

    def take(what: str) -> int:
        nonlocal at
        if at >= len(words) or not words[at].isdecimal() or len(words[at]) > 10:
            raise nets.fail(f"expected {what}, a whole number, as word {at + 1}")
        at += 1
        return int(words[at - 1])

    gates, wires = take("the number of gates"), take("the number of wires")
    sizes = [sum(take("a size") for _ in range(take("a number of values"))) for _ in range(2)]
    inputs, outputs = sizes
    if (
        wires > 5 * len(words) + inputs
        or inputs + outputs > wires + outputs
        or outputs > wires
    ):
        raise nets.fail(
            f"{wires} wires, {inputs} of them inputs and {outputs} outputs, in {len(words)} words"
        )
    nets.inputs = [f"w{k}" for k in range(inputs)]
    nets.outputs = [f"w{k}" for k in range(wires - outputs, wires)]
    for _ in range(gates):
        read, made = take("the wires a gate reads"), take("the wires a gate makes")
        if made != 1 or read > 2:
            raise nets.fail(f"a gate of {read} wires that makes {made}")
        reads = [take("a wire") for _ in range(read)]
        target = take("a wire")
        kind = words[at] if at < len(words) else ""
        at += 1
        if ARITIES.get(kind) != read:
            raise nets.fail(
                f"{kind[:40]!r} of {read} wires is no gate that is read ({', '.join(ARITIES)})"
            )
        if kind == "EQ":
            nets.define(f"w{target}", "and", [], not reads[0])
        else:
            op = "xor" if kind == "XOR" else "and"
            nets.define(
                f"w{target}", op, [(f"w{wire}", False) for wire in reads], kind == "INV"
            )
    return nets.circuit({})
