"""All inputs of one length: strings in order, and the answers of a question's circuit on them."""

from collections.abc import Iterator

import numpy as np

from circuitsim.array_types import Bools, Longs
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.netlist import Masks, Netlist
from circuitsim.certificates.question import Question
from circuitsim.tokens import Format

AT_ONCE = 1 << 16
MOST_CHECKED = 10**10  # gates times inputs


def strings(form: Format, n: int) -> Iterator[Longs]:
    """Token codes (batch, n) of all strings, in order, some at a time."""
    sizes = np.array(form.sizes(n), object)
    total = form.strings(n)
    for start in range(0, total, AT_ONCE):
        rest = np.arange(start, min(start + AT_ONCE, total)).astype(np.int64)
        codes = np.empty((len(rest), n), np.int64)
        for place in range(n - 1, -1, -1):
            rest, codes[:, place] = np.divmod(rest, int(sizes[place]))
        yield codes


def check_inputs(question: Question) -> None:
    """Run a question's circuit gate by gate on every string.

    Raises:
        Rejected: its output is true on one of them, or they are too many.
    """
    if question.circuit.nodes * question.form.strings(question.n) > MOST_CHECKED:
        raise Rejected("all inputs are too many to be run again")
    netlist = Netlist(question.circuit)
    for codes in strings(question.form, question.n):
        if _true(netlist, question.form.bits(codes)):
            raise Rejected("the circuit is wrong on an input")


def _true(netlist: Netlist, bits: Bools) -> bool:
    """Whether the output is true on a row of input bits."""
    packed = np.packbits(bits.T, axis=1, bitorder="little")
    known = {
        node: int.from_bytes(row.tobytes(), "little") for node, row in enumerate(packed, 1)
    }
    found: int = netlist.values(netlist.outputs, known, Masks(len(bits)))[0]
    return found != 0
