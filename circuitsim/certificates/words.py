"""A checker of words: sums of a netlist, of what few letters and one more decide, and what it makes of them.

All letters at a few free positions are gone through. Then each wire of a sum is a function of one letter, so a string
adds up to one word a sum; the words and the specification's state that strings of n letters can have are found letter
by letter, each once, with the number of strings that have them. The rest of the netlist is run on each. Two netlists
beside each other are compared in the same way, without a specification.
"""

from itertools import product
from typing import Any, NamedTuple

from circuitsim.certificates.adding import checked
from circuitsim.certificates.claim import Rejected, listed, whole
from circuitsim.certificates.netlist import Netlist
from circuitsim.certificates.question import without_wired
from circuitsim.certificates.word_letters import known_bits, letters_of, weights
from circuitsim.certificates.word_outputs import Part, outputs_of
from circuitsim.certificates.word_states import spelled, states_after
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.passes.share import Share
from circuitsim.specifications.automaton import Automaton

MOST_CHOICES = 4096  # of letters at the free positions
MOST_WEIGHTS = 10**6  # sums times positions
NOTHING = Automaton(None, lambda state, letter: None, lambda state: None)


class Found(NamedTuple):
    """Strings of one length on which a circuit is wrong: how many, and one of them."""

    wrong: int
    example: tuple[int, ...] | None


def wrong_strings(
    circuit: Circuit,
    specification: Automaton | Circuit,
    accept: int | None,
    certificate: dict[str, Any],
) -> Found:
    """Count the strings on which a circuit decides otherwise than a specification, or than another circuit.

    Args:
        specification: which may have as many states as it likes. accept: as in a claim.
        certificate: its "sums", a list for each circuit, and the positions that are "free".

    Raises:
        Rejected: the sums are none, or do not suffice.
    """
    wrong, example = 0, None
    beside = [] if isinstance(specification, Automaton) else [specification]
    reader = specification if isinstance(specification, Automaton) else NOTHING
    for states, (outputs, *others) in _cases([circuit, *beside], reader, certificate):
        asked: list[int | None] = [reader.decides(state) for _, state in states]
        if others:
            asked = list(_decided(*others))
        for reached, decision, wanted in zip(
            states.values(), _decided(outputs), asked, strict=True
        ):
            own = decision if accept is None else int(decision == accept)
            if wanted not in (None, own):
                wrong += reached.strings
                example = example or spelled(reached.one)
    return Found(wrong, example)


def differing_strings(left: Circuit, right: Circuit, certificate: dict[str, Any]) -> Found:
    """Count the strings on which two circuits have other outputs.

    Args:
        certificate: its "sums", a list for each circuit, and the positions that are "free".

    Raises:
        Rejected: the sums are none, or do not suffice.
    """
    differ, example = 0, None
    for states, (ours, theirs) in _cases([left, right], NOTHING, certificate):
        unequal = (ours != theirs).any(axis=1)
        for reached, bad in zip(states.values(), unequal, strict=True):
            if bad:
                differ += reached.strings
                example = example or spelled(reached.one)
    return Found(differ, example)


def _decided(outputs: Any) -> list[int]:
    """What output bits (states, outputs) decide; of several the first that is true."""
    bits = outputs[:, 0] if outputs.shape[1] == 1 else outputs.argmax(axis=1)
    return [int(bit) for bit in bits]


def _cases(
    circuits: list[Circuit], specification: Automaton, certificate: dict[str, Any]
) -> Any:
    """For all letters at the free positions: states that strings lead to, and each circuit's outputs (states, bits)."""
    shared = listed(certificate.get("shared", [False] * len(circuits)), len(circuits))
    circuits = [
        once(circuit) if yes else circuit
        for circuit, yes in zip(circuits, shared, strict=True)
    ]
    letters = letters_of(circuits)
    given = listed(certificate.get("sums"), len(circuits))
    free = sorted({whole(position) for position in listed(certificate.get("free"))})
    if any(not 0 <= position < letters.n for position in free):
        raise Rejected("a free position is none")
    parts = []
    for circuit, documents in zip(circuits, given, strict=True):
        netlist = Netlist(circuit)
        parts.append(Part(netlist, [checked(netlist, each) for each in listed(documents)]))
    sums = sum(len(part.sums) for part in parts)
    if letters.size ** len(free) > MOST_CHOICES or sums * letters.n > MOST_WEIGHTS:
        raise Rejected("it has too many sums, or free positions")
    for chosen in product(range(letters.size), repeat=len(free)):
        fixed = dict(zip(free, chosen, strict=True))
        known = known_bits(letters, fixed)
        added = [
            (weights(part.netlist, each, letters, known), each.modulus)
            for part in parts
            for each in part.sums
        ]
        states = states_after(specification, letters, added, fixed)
        totals = list(zip(*(totals for totals, _ in states), strict=True))
        outputs, first = [], 0
        for part in parts:
            own = totals[first : first + len(part.sums)]
            first += len(part.sums)
            outputs.append(outputs_of(part, known, own, len(states)))
        yield states, outputs


def once(circuit: Circuit) -> Circuit:
    """A circuit of a file, in which equal gates may stand twice and inputs be constants, without these."""
    return Share()(without_wired(circuit))
