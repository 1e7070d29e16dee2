"""What a netlist makes of its words: the rest of it is run on each of their values, many side by side."""

from typing import Any, NamedTuple

import numpy as np

from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.netlist import Masks, Netlist
from circuitsim.certificates.sums import Gate, Sum
from circuitsim.certificates.word_letters import table_of

MOST_BITS = 1 << 32  # of values of all nodes at once
MOST_STEPS = 3 * 10**7  # gates that are gone through


class Part(NamedTuple):
    """A netlist and its sums."""

    netlist: Netlist
    sums: list[Sum | Gate]


def outputs_of(part: Part, known: dict[int, int], totals: Any, states: int) -> Any:
    """Output bits (states, outputs) of a netlist in every state, some states at a time.

    Raises:
        Rejected: the netlist and the states are too many together.
    """
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
            value = table_of(bits)
            table.setdefault(literal >> 1, masks.negation(value) if literal & 1 else value)
    values = part.netlist.values(part.netlist.outputs, table, masks)
    size = states // 8 + 1
    rows = np.array([list(value.to_bytes(size, "little")) for value in values], np.uint8)
    return np.unpackbits(rows, axis=1, bitorder="little")[:, :states].T
