"""How letters are wired into netlists whose sums are checked, and what each of them adds to a sum."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.netlist import Masks, Netlist
from circuitsim.certificates.sums import Gate, Sum
from circuitsim.netlist.circuit import Circuit
from circuitsim.tokens import Format, format_of


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


def letters_of(circuits: Sequence[Circuit]) -> Letters:
    """The letters that circuits read.

    Raises:
        Rejected: they read other letters each, or other lengths, or something beside letters.
    """
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


def known_bits(letters: Letters, fixed: dict[int, int]) -> dict[int, int]:
    """Input nodes of fixed positions, with their bits."""
    form, n, width = letters.form, letters.n, letters.width
    bits = form.bits(np.array([[fixed.get(place, 0) for place in range(n)]]))[0]
    return {
        1 + place * width + wire: int(bits[place * width + wire])
        for place in fixed
        for wire in range(width)
    }


def weights(
    netlist: Netlist, claimed: Sum | Gate, letters: Letters, known: dict[int, int]
) -> list[list[int]]:
    """What each letter at each position adds to a sum: (n, letters) whole numbers, and the constant at the first.

    Raises:
        Rejected: a wire of the sum depends on several letters.
    """
    size, width = letters.size, letters.width
    every = letters.form.bits(np.arange(size)[:, None])  # (letters, width)
    masks, found = Masks(size), [[0] * size for _ in range(letters.n)]
    of_letters = [table_of(column) for column in every.T]
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


def table_of(bits: Any) -> int:
    """Bits, a row each, as one number."""
    return int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")
