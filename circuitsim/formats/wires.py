"""Names of wires in files: one spelling in all formats, of letters, digits and underscores.

An input is `x` and its position, then `_is_` and a letter where it has a wire for each, `_bit` and a number where its
code has bits, and before that `_` and a field of a record. Wired positions are p0, p1, ... Outputs are `y`, then the
letter they are read at where there are several, then `_is_` and a class, `_bit` or `_sign` and a number; `valid` says
whether the inputs are codes of letters. Gates are g0, g1, ... In letters and fields everything but letters and digits
of ASCII is hexadecimal digits of UTF-8 between two `_`, such as `_28_` for a bracket.
"""

import re

from circuitsim.bases import BASES
from circuitsim.formats.lines import WireNames
from circuitsim.formats.valid import with_valid
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.interface import digits_of
from circuitsim.tokens import format_of

PLAIN = re.compile(r"[A-Za-z0-9]*", re.ASCII)
PIECES = re.compile(r"x(\d+)(?:\.([^=\[]*))?(?:=(.*)|\[(\d+)\])?", re.DOTALL)
VALID, ZERO = "valid", "zero"


def spelled(text: str) -> str:
    """A letter or a field in letters, digits and underscores; different ones differ."""
    return "".join(c if PLAIN.fullmatch(c) else f"_{c.encode().hex()}_" for c in text)


def names_of(circuit: Circuit) -> WireNames:
    """Names of all nodes: the constant, the inputs, and gates by their numbers."""
    return WireNames((ZERO, *input_names(circuit)))


def input_names(circuit: Circuit) -> list[str]:
    """A name for every input wire."""
    said, n = circuit.interface, circuit.interface.get("n")
    form = format_of(said)
    wired = len(said.get("wired", []))
    letters = circuit.inputs - wired
    if form is None or type(n) is not int or form.inputs(n) != letters:
        return [f"x{index}" for index in range(circuit.inputs)]
    found = []
    for field in form.fields:
        own = "" if form.plain else f"_{spelled(field.name)}"
        if field.wires == "binary":
            ends = [f"{own}_bit{k}" for k in range(field.width)]
        elif field.size == 2:
            ends = [own]
        else:
            ends = [f"{own}_is_{spelled(value)}" for value in field.values]
        places = [int(p) for p, there in enumerate(field.present(n)) if there]
        found += [f"x{place}{end}" for place in places for end in ends]
    return found + [f"p{index}" for index in range(wired)]


def with_ends(circuit: Circuit) -> tuple[Circuit, list[tuple[str, int]]]:
    """What is written: the circuit, and its outputs with their literals, `valid` the last where it needs one."""
    unbounded = BASES[circuit.basis].unbounded
    whole, valid = (circuit, None) if unbounded else with_valid(circuit)
    ends = list(zip(output_names(circuit), whole.outputs.tolist(), strict=True))
    return whole, ends if valid is None else [*ends, (VALID, valid)]


def output_names(circuit: Circuit) -> list[str]:
    """A name for every output."""
    said, count = circuit.interface, len(circuit.outputs)
    classes, signs = said.get("classes"), said.get("signs", 0)
    if type(classes) is not int or classes < 1 or count % classes:
        return ["y"] if count == 1 else [f"y{index}" for index in range(count)]
    group = max(1, signs) * classes if type(signs) is int else classes
    places = count // group if group and count % group == 0 else 0
    if not places:
        return [f"y{index}" for index in range(count)]
    several = places > 1 or said.get("readout") == "each"
    ends = _ends(said, classes, group // classes)
    return [f"y{place if several else ''}{end}" for place in range(places) for end in ends]


def _ends(said: dict[str, object], classes: int, signs: int) -> list[str]:
    if digits_of(said) is not None:
        return [f"_bit{k}" for k in range(classes)]
    if signs > 1 or said.get("signs"):
        return [f"_sign{k}" for k in range(signs * classes)]
    return [""] if classes == 1 else [f"_is_{k}" for k in range(classes)]
