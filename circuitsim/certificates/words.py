"""A checker of words: sums of a netlist, of what few letters and one more decide, and what it makes of them.

All letters at a few free positions are gone through. Then each wire of a sum is a function of one letter, so a string
adds up to one word a sum; the words and the specification's state that strings of n letters can have are found letter
by letter, each once, with the number of strings that have them. The rest of the netlist is run on each. Two netlists
beside each other are compared in the same way, without a specification.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from circuitsim.certificates.claim import Rejected, listed, whole
from circuitsim.certificates.netlist import Masks, Netlist
from circuitsim.certificates.question import without_wired
from circuitsim.certificates.sums import Gate, Sum, checked
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.passes.share import Share
from circuitsim.specifications.automaton import Automaton
from circuitsim.tokens import Format, format_of

MOST_STATES = 1 << 20
MOST_CHOICES = 4096  # of letters at the free positions
MOST_WEIGHTS = 10**6  # sums times positions
MOST_BITS = 1 << 32  # of values of all nodes at once
MOST_STEPS = 3 * 10**7  # gates that are gone through
NOTHING = Automaton(None, lambda state, letter: None, lambda state: None)


class Found(NamedTuple):
    """Strings of one length on which a circuit is wrong: how many, and one of them."""

    wrong: int
    example: tuple[int, ...] | None


class Part(NamedTuple):
    """A netlist and its sums."""

    netlist: Netlist
    sums: list[Sum | Gate]


class Reached(NamedTuple):
    """Strings that lead to one state: how many, and the last letter of one of them with what stands before it."""

    strings: int
    one: Any


class Letters(NamedTuple):
    """How letters are wired."""

    form: Format
    n: int

    @property
    def width(self) -> int:
        """Input wires of a position."""
        return self.form.fields[0].width

    @property
    def size(self) -> int:
        """How many letters there are."""
        return self.form.fields[0].size


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
                example = example or _spelled(reached.one)
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
                example = example or _spelled(reached.one)
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
    letters = _letters(circuits)
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
        known = _known(letters, fixed)
        added = [
            (_weights(part.netlist, each, letters, known), each.modulus)
            for part in parts
            for each in part.sums
        ]
        states = _reached(specification, letters, added, fixed)
        totals = list(zip(*(totals for totals, _ in states), strict=True))
        outputs, first = [], 0
        for part in parts:
            own = totals[first : first + len(part.sums)]
            first += len(part.sums)
            outputs.append(_outputs(part, known, own, len(states)))
        yield states, outputs


def once(circuit: Circuit) -> Circuit:
    """A circuit of a file, in which equal gates may stand twice and inputs be constants, without these."""
    return Share()(without_wired(circuit))


def _letters(circuits: Sequence[Circuit]) -> Letters:
    forms = [format_of(circuit.interface) for circuit in circuits]
    lengths = {circuit.interface.get("n") for circuit in circuits}
    form, n = forms[0], circuits[0].interface.get("n")
    if form is None or not form.plain or type(n) is not int:
        raise Rejected("words are of strings of letters")
    width = form.fields[0].width
    alike = all(other == form for other in forms) and len(lengths) == 1
    if not alike or any(circuit.inputs != n * width for circuit in circuits):
        raise Rejected("nothing but the same letters may be an input")
    return Letters(form, n)


def _known(letters: Letters, fixed: dict[int, int]) -> dict[int, int]:
    """Input nodes of fixed positions, with their bits."""
    form, n, width = letters.form, letters.n, letters.width
    bits = form.bits(np.array([[fixed.get(place, 0) for place in range(n)]]))[0]
    return {
        1 + place * width + wire: int(bits[place * width + wire])
        for place in fixed
        for wire in range(width)
    }


def _weights(
    netlist: Netlist, claimed: Sum | Gate, letters: Letters, known: dict[int, int]
) -> list[list[int]]:
    """What each letter at each position adds to a sum: (n, letters) whole numbers, and the constant at the first."""
    size, width = letters.size, letters.width
    every = letters.form.bits(np.arange(size)[:, None])  # (letters, width)
    masks, found = Masks(size), [[0] * size for _ in range(letters.n)]
    of_letters = [_table(column) for column in every.T]
    for literal, weight in claimed.weights:
        places = {
            (node - 1) // width
            for node in netlist.cone([literal], known)
            if 0 < node <= netlist.inputs
        }
        if len(places) > 1:
            raise Rejected("a wire of a sum depends on several letters")
        place = places.pop() if places else 0
        table = {node: masks.true * bit for node, bit in known.items()}
        for wire in range(width):
            table.setdefault(1 + place * width + wire, of_letters[wire])
        value = netlist.values([literal], table, masks)[0]
        for row in range(size):
            found[place][row] += (value >> row & 1) * weight
    found[0] = [entry + claimed.constant for entry in found[0]]
    return found


def _reached(
    specification: Automaton, letters: Letters, added: Any, fixed: dict[int, int]
) -> dict[Any, Reached]:
    """(sums, state) that strings lead to.

    Args:
        added: of every sum what letters add to it, as `_weights` says, and its modulus.
    """
    names, moduli = letters.form.fields[0].values, [modulus for _, modulus in added]
    now = {((0,) * len(added), specification.start): Reached(1, None)}
    sums: dict[Any, Any] = {}  # by what is added, to each of the sums before
    moves: dict[Any, Any] = {}  # by the letter, to each of the specification's states before
    for place in range(letters.n):
        after: dict[Any, Reached] = {}
        steps = [
            (a, adds, sums.setdefault(adds, {}), moves.setdefault(a, {}))
            for a in ([fixed[place]] if place in fixed else range(letters.size))
            for adds in [tuple(weights[place][a] for weights, _ in added)]
        ]
        for (totals, state), reached in now.items():
            for a, adds, summed, moved in steps:
                if totals not in summed:
                    summed[totals] = _modulo(totals, adds, moduli)
                if state not in moved:
                    moved[state] = specification.step(state, names[a])
                key = summed[totals], moved[state]
                before = after.get(key)
                strings = reached.strings + (before.strings if before else 0)
                after[key] = Reached(strings, before.one if before else (a, reached.one))
        if len(after) > MOST_STATES:
            raise Rejected(f"strings lead to more than {MOST_STATES:,} states")
        now = after
        for kept in (sums, moves):
            if sum(map(len, kept.values())) > MOST_STATES:
                kept.clear()
    return now


def _modulo(totals: Any, adds: Any, moduli: list[int | None]) -> tuple[int, ...]:
    """Sums with what is added to them, each modulo its modulus if it has one."""
    return tuple(
        total + add if modulus is None else (total + add) % modulus
        for total, add, modulus in zip(totals, adds, moduli, strict=True)
    )


def _outputs(part: Part, known: dict[int, int], totals: Any, states: int) -> Any:
    """Output bits (states, outputs) of a netlist in every state, some states at a time."""
    at_once = max(64, MOST_BITS // part.netlist.nodes)
    if -(-states // at_once) * part.netlist.nodes > MOST_STEPS:
        raise Rejected(
            f"{states:,} values of sums are too many to run {part.netlist.nodes:,} gates on each"
        )
    found = [
        _some_outputs(part, known, [own[start : start + at_once] for own in totals], size)
        for start in range(0, states, at_once)
        for size in [min(at_once, states - start)]
    ]
    return np.concatenate(found)


def _some_outputs(part: Part, known: dict[int, int], totals: Any, states: int) -> Any:
    masks = Masks(states)
    table = {node: masks.true * bit for node, bit in known.items()}
    for claimed, own in zip(part.sums, totals, strict=True):
        for literal, bits in claimed.decided(list(own)):
            value = _table(bits)
            table.setdefault(literal >> 1, masks.negation(value) if literal & 1 else value)
    values = part.netlist.values(part.netlist.outputs, table, masks)
    size = states // 8 + 1
    rows = np.array([list(value.to_bytes(size, "little")) for value in values], np.uint8)
    return np.unpackbits(rows, axis=1, bitorder="little")[:, :states].T


def _table(bits: Any) -> int:
    """Bits, a row each, as one number."""
    return int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")


def _spelled(one: Any) -> tuple[int, ...]:
    """The letters of a string that is kept from its end."""
    found = []
    while one is not None:
        letter, one = one
        found.append(letter)
    return tuple(reversed(found))
