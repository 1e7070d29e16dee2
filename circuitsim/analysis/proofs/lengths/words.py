"""One length by words: where a circuit adds up its letters, the sums and a few letters are all that it sees.

The plans of its sums hand out the adders; `circuitsim.certificates.words` checks them and does the rest.
"""

from typing import Any, NamedTuple

from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.netlist import Netlist
from circuitsim.certificates.words import Found, wrong_strings
from circuitsim.netlist.circuit import Circuit
from circuitsim.schematic.flatten import flatten_with_values
from circuitsim.schematic.flatten_wide import MadeSum
from circuitsim.schematic.plans.adders import MORE, NEGATE_CARRY
from circuitsim.schematic.schematic import Schematic
from circuitsim.specifications.automaton import Automaton
from circuitsim.tokens import format_of

ENGINE = "words"
MOST_GATES = 2_000_000
MOST_CHOICES = 4096  # of letters at the free positions
FEWEST_WIRES = 3


class Drawn(NamedTuple):
    """A circuit with its sums, whose adders are known."""

    circuit: Circuit
    sums: list[MadeSum]


def drawn(schematic: Schematic, max_gates: int) -> Drawn:
    """The flat circuit of a schematic, with its sums."""
    sums: list[MadeSum] = []
    circuit = flatten_with_values(schematic, max_gates, show_sum=sums.append)[0]
    return Drawn(circuit, sums)


def by_words(given: Drawn, specification: Automaton, accept: int | None) -> Verdict:
    """Proved with the adders as certificate, refuted by a string, or unknown."""
    try:
        found, certificate = counted(given, specification, accept)
    except Rejected as error:
        return Verdict("unknown", ENGINE, str(error))
    if found.wrong:
        return Verdict("refuted", ENGINE, counterexample=found.example)
    adders = sum(len(each["adders"]) for each in certificate["sums"])
    return Verdict(
        "proved",
        ENGINE,
        f"{_many(adders, 'adder')} for {_many(len(certificate['sums']), 'sum')} of letters, which decide with"
        f" {_many(len(certificate['free']), 'letter')} beside",
        certificate={"kind": "words", **certificate},
    )


def counted(
    given: Drawn, specification: Automaton, accept: int | None
) -> tuple[Found, dict[str, Any]]:
    """How many strings are decided wrongly, one of them, and the certificate of that.

    Raises:
        Rejected: the circuit sees more than sums of letters and a few letters.
    """
    certificate = _certificate(given)
    return wrong_strings(given.circuit, specification, accept, certificate), certificate


def _certificate(given: Drawn) -> dict[str, Any]:
    """The sums that outputs depend on, and the positions that are free beside them.

    Raises:
        Rejected: there are too many of these.
    """
    circuit = given.circuit
    form, n = format_of(circuit.interface), circuit.interface["n"]
    if form is None or not form.plain or circuit.inputs != n * form.fields[0].width:
        raise Rejected("words are for strings of letters, with positions folded")
    if circuit.gates > MOST_GATES:
        raise Rejected(f"{circuit.gates:,} gates are more than {MOST_GATES:,}")
    netlist, width = Netlist(circuit), form.fields[0].width
    seen = _positions(netlist, width)
    sums = [s for s in given.sums if s.adders is not None and len(s.wires) >= FEWEST_WIRES]
    while True:
        used, free = _used(netlist, sums, width)
        bad = [
            s
            for s in used
            if any((seen[w >> 1] & ~free).bit_count() > 1 for w in s.wires.tolist())
        ]
        if not bad:
            break
        sums = [s for s in sums if not any(s is other for other in bad)]
    places = [place for place in range(n) if free >> place & 1]
    if form.fields[0].size ** len(places) > MOST_CHOICES:
        raise Rejected(f"it sees {len(places)} of {n} letters beside its sums of letters")
    return {"sums": [_document(each) for each in used], "free": places}


def _positions(netlist: Netlist, width: int) -> list[int]:
    """Of every node the positions that it depends on, as bits."""
    found = [0] * netlist.nodes
    for node in range(1, netlist.nodes):
        if node <= netlist.inputs:
            found[node] = 1 << (node - 1) // width
        else:
            x, y = netlist.reads(node)
            found[node] = found[x >> 1] | found[y >> 1]
    return found


def _used(netlist: Netlist, sums: list[MadeSum], width: int) -> tuple[list[MadeSum], int]:
    """The sums that the outputs read, and the positions (bits) that they read beside them."""
    maker = {literal >> 1: s for s in sums for literal in s.outputs.tolist()}
    cone = netlist.cone(netlist.outputs, maker)
    free, read = 0, {literal >> 1 for literal in netlist.outputs}
    for node in cone:
        if 0 < node <= netlist.inputs:
            free |= 1 << (node - 1) // width
        read |= {literal >> 1 for literal in netlist.reads(node)}
    used = {id(maker[node]): maker[node] for node in sorted(read) if node in maker}
    return list(used.values()), free


def _document(made: MadeSum) -> dict[str, Any]:
    """A sum as a certificate has it."""
    assert made.adders is not None
    plus = (made.adders[:, 1] >= MORE) & (made.adders[:, 1] <= NEGATE_CARRY)
    adders = made.adders.copy()
    adders[:, 1] = plus
    return {
        "wires": [[int(w), int(c)] for w, c in zip(made.wires, made.columns, strict=True)],
        "constant": made.constant,
        "width": made.keep[-1] + 1,
        "adders": adders.tolist(),
        "outputs": [[int(w), int(c)] for w, c in zip(made.outputs, made.keep, strict=True)],
    }


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
