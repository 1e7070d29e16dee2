"""A checker of words: sums of a netlist, of what few letters and one more decide, and what it makes of them.

All letters at a few free positions are gone through. Then each wire of a sum is a function of one letter, so a string
adds up to one word a sum; the words and the specification's state that strings of n letters can have are found letter
by letter, each once, with the number of strings that have them. The rest of the netlist is run on each.
"""

from itertools import product
from typing import Any, NamedTuple

import numpy as np

from circuitsim.certificates.claim import Rejected, listed, whole
from circuitsim.certificates.netlist import Masks, Netlist
from circuitsim.certificates.sums import Sum, check_sum
from circuitsim.netlist.circuit import Circuit
from circuitsim.specifications.automaton import Automaton
from circuitsim.tokens import Format, format_of

MOST_STATES = 1 << 20


class Found(NamedTuple):
    """Strings of one length on which a circuit decides otherwise than a specification: how many, and one of them."""

    wrong: int
    example: tuple[int, ...] | None


class Reached(NamedTuple):
    """Strings that lead to one state: how many, and the last letter of one of them with what stands before it."""

    strings: int
    one: Any


def wrong_strings(
    circuit: Circuit,
    specification: Automaton,
    accept: int | None,
    certificate: dict[str, Any],
) -> Found:
    """Count the strings on which a circuit is wrong.

    Args:
        specification: which may have as many states as it likes. accept: as in a claim.
        certificate: its "sums", and the positions that are "free".

    Raises:
        Rejected: the sums are none, or do not suffice.
    """
    netlist, form, n = Netlist(circuit), format_of(circuit.interface), circuit.interface["n"]
    if form is None or not form.plain or circuit.inputs != n * form.fields[0].width:
        raise Rejected("words are of strings of letters, and nothing else may be an input")
    sums = [Sum(document) for document in listed(certificate.get("sums"))]
    free = sorted({whole(position) for position in listed(certificate.get("free"))})
    if any(not 0 <= position < n for position in free):
        raise Rejected("a free position is none")
    for claimed in sums:
        check_sum(netlist, claimed)
    letters = form.fields[0].values
    wrong, example = 0, None
    for chosen in product(range(len(letters)), repeat=len(free)):
        fixed = dict(zip(free, chosen, strict=True))
        known = _letters(form, n, fixed)
        weights = [_weights(netlist, claimed, form, n, known) for claimed in sums]
        moduli = [1 << claimed.width for claimed in sums]
        reached = _reached(specification, n, (weights, moduli), letters, fixed)
        decided = _decisions(netlist, sums, known, list(reached))
        for (_, state), decision, strings in zip(
            reached, decided, reached.values(), strict=True
        ):
            own = decision if accept is None else int(decision == accept)
            if specification.decides(state) not in (None, own):
                wrong += strings.strings
                example = example or _spelled(strings.one)
    return Found(wrong, example)


def _letters(form: Format, n: int, fixed: dict[int, int]) -> dict[int, int]:
    """Input nodes of fixed positions, with their bits."""
    width = form.fields[0].width
    bits = form.bits(np.array([[fixed.get(place, 0) for place in range(n)]]))[0]
    return {
        1 + place * width + wire: int(bits[place * width + wire])
        for place in fixed
        for wire in range(width)
    }


def _weights(
    netlist: Netlist, claimed: Sum, form: Format, n: int, known: dict[int, int]
) -> Any:
    """What each letter at each position adds to a word: (n, letters) whole numbers, and the constant at the first."""
    size, width = form.fields[0].size, form.fields[0].width
    every = form.bits(np.arange(size)[:, None])  # (letters, width)
    masks, found = Masks(size), [[0] * size for _ in range(n)]
    of_letters = [
        sum(int(bit) << row for row, bit in enumerate(column)) for column in every.T
    ]
    for literal, column in claimed.wires:
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
            found[place][row] += (value >> row & 1) << column
    found[0] = [entry + claimed.constant for entry in found[0]]
    return found


def _reached(
    specification: Automaton, n: int, added: Any, letters: Any, fixed: dict[int, int]
) -> dict[Any, Reached]:
    """(words, state) that strings lead to.

    Args:
        added: of every sum what letters add to it, as `_weights` says; and the moduli.
    """
    weights, moduli = added
    now = {((0,) * len(moduli), specification.start): Reached(1, None)}
    for place in range(n):
        after: dict[Any, Reached] = {}
        options = [fixed[place]] if place in fixed else range(len(letters))
        steps = [(a, letters[a], [own[place][a] for own in weights]) for a in options]
        moves: dict[Any, Any] = {}
        for (words, state), reached in now.items():
            for a, letter, adds in steps:
                if (state, a) not in moves:
                    moves[state, a] = specification.step(state, letter)
                summed = tuple(
                    (word + add) % modulus
                    for word, add, modulus in zip(words, adds, moduli, strict=True)
                )
                key = summed, moves[state, a]
                before = after.get(key)
                strings = reached.strings + (before.strings if before else 0)
                after[key] = Reached(strings, before.one if before else (a, reached.one))
        if len(after) > MOST_STATES:
            raise Rejected(f"strings lead to more than {MOST_STATES:,} states")
        now = after
    return now


def _decisions(
    netlist: Netlist, sums: list[Sum], known: dict[int, int], states: list[Any]
) -> list[int]:
    """The circuit's decision in every state."""
    masks = Masks(len(states))
    table = {node: masks.true * bit for node, bit in known.items()}
    for index, claimed in enumerate(sums):
        words = [words[index] for words, _ in states]
        for literal, column in claimed.outputs:
            value = _table([word >> column & 1 for word in words])
            table.setdefault(literal >> 1, masks.negation(value) if literal & 1 else value)
    outputs = netlist.values(netlist.outputs, table, masks)
    size = len(states) // 8 + 1
    rows = np.array([list(value.to_bytes(size, "little")) for value in outputs], np.uint8)
    bits = np.unpackbits(rows, axis=1, bitorder="little")[:, : len(states)]
    decided = bits[0] if len(outputs) == 1 else bits.argmax(axis=0)
    return [int(decision) for decision in decided]


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
