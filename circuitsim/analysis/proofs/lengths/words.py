"""One length by words: where a circuit adds up its letters, the sums and a few letters are all that it sees.

The plans of its sums hand out the adders, and thresholds are sums by what they are; `circuitsim.certificates.words`
checks them and does the rest.
"""

from typing import Any, NamedTuple

from circuitsim.analysis.proofs.lengths.found import sums_of
from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.bases import BASES
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.netlist import Netlist
from circuitsim.certificates.theorem import Theorem
from circuitsim.certificates.words import (
    MOST_CHOICES,
    Found,
    differing_strings,
    once,
    wrong_strings,
)
from circuitsim.netlist.circuit import Circuit
from circuitsim.schematic.flatten import flatten_with_values
from circuitsim.schematic.flatten_wide import MadeSum
from circuitsim.schematic.plans.adders import MORE, NEGATE_CARRY
from circuitsim.schematic.schematic import Schematic
from circuitsim.specifications.automaton import Automaton
from circuitsim.tokens import format_of

ENGINE = "words"
MOST_GATES = 2_000_000
FEWEST_WIRES = 3


class Candidate(NamedTuple):
    """What may be a sum of letters: the literals that it adds up, the nodes that it decides, and how it is written."""

    wires: list[int]
    nodes: list[int]
    document: dict[str, Any]


class Drawn(NamedTuple):
    """A circuit with its sums, whose adders are known; without any they are looked for, where equal gates are one."""

    circuit: Circuit
    sums: list[MadeSum]

    @property
    def netlist(self) -> Netlist:
        """What is looked at."""
        return Netlist(self.circuit if self.sums else once(self.circuit))


def drawn(schematic: Schematic, max_gates: int) -> Drawn:
    """The flat circuit of a schematic, with its sums."""
    sums: list[MadeSum] = []
    circuit = flatten_with_values(schematic, max_gates, show_sum=sums.append)[0]
    return Drawn(circuit, sums)


def circuit_of(model: Any, theorem: Theorem, max_gates: int) -> Drawn:
    """The circuit of a model at a theorem's length; or that of a file, whose sums are not known.

    Raises:
        InputError: the circuit of the file has another length.
        LimitError: there would be more than `max_gates` gates.
    """
    if not isinstance(model, Circuit):
        return drawn(theorem.schematic(model), max_gates)
    return Drawn(theorem.circuit(model, max_gates), [])


def sides(model: Any, theorem: Theorem, max_gates: int) -> tuple[Drawn, Drawn | None]:
    """The circuit of a model, and that of the model that is the theorem's specification, if one is."""
    given, other = circuit_of(model, theorem, max_gates), theorem.asked.model
    if other is None:
        return given, None
    return given, circuit_of(other, theorem.of_other, max_gates)


def by_words(given: Drawn, asked: Automaton | Drawn, accept: int | None) -> Verdict:
    """Proved with the adders as certificate, refuted by a string, or unknown."""
    try:
        found, certificate = counted(given, asked, accept)
    except Rejected as error:
        return Verdict("unknown", ENGINE, str(error))
    return _verdict(found, certificate)


def alike_by_words(left: Drawn, right: Drawn) -> Verdict:
    """Whether two circuits have the same outputs: proved with the adders of both, refuted by a string, or unknown."""
    try:
        certificate = _certificate([left, right])
        found = differing_strings(left.circuit, right.circuit, certificate)
    except Rejected as error:
        return Verdict("unknown", ENGINE, str(error))
    return _verdict(found, certificate)


def counted(
    given: Drawn, asked: Automaton | Drawn, accept: int | None
) -> tuple[Found, dict[str, Any]]:
    """How many strings are decided otherwise than asked, one of them, and the certificate of that.

    Raises:
        Rejected: a circuit sees more than sums of letters and a few letters.
    """
    beside = [] if isinstance(asked, Automaton) else [asked]
    wanted = asked if isinstance(asked, Automaton) else asked.circuit
    certificate = _certificate([given, *beside])
    return wrong_strings(given.circuit, wanted, accept, certificate), certificate


def _verdict(found: Found, certificate: dict[str, Any]) -> Verdict:
    if found.wrong:
        return Verdict("refuted", ENGINE, counterexample=found.example)
    sums = [each for part in certificate["sums"] for each in part]
    adders = sum(len(each.get("adders", ())) for each in sums)
    by = f"{_many(adders, 'adder')} for " if adders else ""
    return Verdict(
        "proved",
        ENGINE,
        f"{by}{_many(len(sums), 'sum')} of letters, which decide with"
        f" {_many(len(certificate['free']), 'letter')} beside",
        certificate={"kind": "words", **certificate},
    )


def _certificate(given: list[Drawn]) -> dict[str, Any]:
    """The sums that outputs depend on, of each circuit, and the positions that are free beside them.

    Raises:
        Rejected: there are too many of these.
    """
    form, n = format_of(given[0].circuit.interface), given[0].circuit.interface["n"]
    if form is None or not form.plain:
        raise Rejected("words are for strings of letters")
    width, parts = form.fields[0].width, []
    for each in given:
        if each.circuit.gates > MOST_GATES:
            raise Rejected(f"{each.circuit.gates:,} gates are more than {MOST_GATES:,}")
        netlist = each.netlist
        if netlist.inputs != n * width:
            raise Rejected("words are for circuits with positions folded")
        positions = _positions(netlist, width)
        parts.append((netlist, positions, _candidates(each, netlist, positions)))
    while True:
        found = [_used(netlist, sums, width) for netlist, _, sums in parts]
        free = 0
        for _, own in found:
            free |= own
        bad = {
            id(each)
            for (_, seen, _), (used, _) in zip(parts, found, strict=True)
            for each in used
            if any((seen[wire >> 1] & ~free).bit_count() > 1 for wire in each.wires)
        }
        if not bad:
            break
        for _, _, sums in parts:
            sums[:] = [each for each in sums if id(each) not in bad]
    places = [place for place in range(n) if free >> place & 1]
    if form.fields[0].size ** len(places) > MOST_CHOICES:
        raise Rejected(f"it sees {len(places)} of {n} letters beside its sums of letters")
    named = [[each.document for each in used] for used, _ in found]
    return {"sums": named, "free": places, "shared": [not each.sums for each in given]}


def _positions(netlist: Netlist, width: int) -> list[int]:
    """Of every node the positions that it depends on, as bits."""
    found = [0] * netlist.nodes
    for node in range(1, netlist.nodes):
        if node <= netlist.inputs:
            found[node] = 1 << (node - 1) // width
        else:
            for literal in netlist.reads(node):
                found[node] |= found[literal >> 1]
    return found


def _candidates(given: Drawn, netlist: Netlist, positions: list[int]) -> list[Candidate]:
    """Sums with adders, which are looked for where no plan has handed them out; and gates of many wires."""
    found = [
        Candidate(
            made.wires.tolist(), [w >> 1 for w in made.outputs.tolist()], _document(made)
        )
        for made in given.sums
        if made.adders is not None and len(made.wires) >= FEWEST_WIRES
    ]
    if not (given.sums or BASES[given.circuit.basis].unbounded):
        for document in sums_of(netlist, positions):
            made = [literal >> 1 for literal, _ in document["outputs"]]
            wires = [literal for literal, _ in document["wires"]]
            found.append(Candidate(wires, made, document))
    if BASES[given.circuit.basis].unbounded:
        found += [
            Candidate(netlist.reads(node), [node], {"gate": node})
            for node in range(1 + netlist.inputs, netlist.nodes)
            if len(netlist.reads(node)) >= FEWEST_WIRES
        ]
    return found


def _used(netlist: Netlist, sums: list[Candidate], width: int) -> tuple[list[Candidate], int]:
    """The sums that the outputs read, and the positions (bits) that they read beside them."""
    maker = {node: each for each in sums for node in each.nodes}
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
