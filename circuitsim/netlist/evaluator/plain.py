"""Evaluate a small circuit as it is: one gate after the other, in numpy, on words of 64 patterns.

Nothing is lowered and nothing compiled, so that the first answers come at once. `steps` says what that takes.
"""

from typing import Any

import numpy as np

from circuitsim.array_types import Words
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, THRESHOLD, XOR
from circuitsim.netlist.unbounded import MOST_SUM

ONES = ~np.uint64(0)
MOST_BYTES = 1 << 28  # of the values of all nodes at once


def steps(circuit: Circuit, words: int) -> int:
    """What an evaluation takes, in steps of Python; beyond any price where memory would not do."""
    if 8 * circuit.nodes * words > MOST_BYTES:
        return 1 << 62
    adding = 0 if circuit.weights is None else circuit.fan_in.size * words
    return 5 * circuit.gates + (circuit.gates + circuit.fan_in.size) * words // 100 + adding


def evaluate_plainly(circuit: Circuit, words: Words) -> Words:
    """(inputs, W) -> (outputs, W) uint64."""
    values = np.empty((circuit.nodes, words.shape[1]), np.uint64)
    values[0] = 0
    values[1 : 1 + circuit.inputs] = words
    own = values[1 + circuit.inputs :]
    if circuit.starts is None:
        _pairs(circuit, values, own)
    else:
        _wide(circuit, values, own)
    return values[circuit.outputs >> 1] ^ _masks(circuit.outputs)


def _masks(literals: Any) -> Words:
    """All ones for a complemented literal, else zeros, as a column."""
    return np.where(literals & 1, ONES, np.uint64(0))[:, None]


def _pairs(circuit: Circuit, values: Words, own: Words) -> None:
    """Gates of two inputs."""
    for g, (op, (a, b)) in enumerate(
        zip(circuit.ops.tolist(), circuit.fan_in.tolist(), strict=True)
    ):
        x, y = values[a >> 1], values[b >> 1]
        if a & 1:
            x = ~x
        if b & 1:
            y = ~y
        own[g] = x ^ y if op == XOR else x & y


def _wide(circuit: Circuit, values: Words, own: Words) -> None:
    """Gates of any fan-in. The sum of a gate that reads what the one before reads is that gate's."""
    assert circuit.starts is not None
    starts = circuit.starts.tolist()
    masks = _masks(circuit.fan_in)
    summed, total = (0, 0), np.zeros(0, np.int64)
    for g, op in enumerate(circuit.ops.tolist()):
        low, high = starts[g], starts[g + 1]
        if op != THRESHOLD:
            read = values[circuit.fan_in[low:high] >> 1] ^ masks[low:high]
            own[g] = (
                np.bitwise_and.reduce(read, axis=0)
                if op == AND
                else np.bitwise_or.reduce(read, axis=0)
            )
            continue
        assert circuit.weights is not None
        assert circuit.thresholds is not None
        if not _same(circuit, *summed, low, high):
            read = values[circuit.fan_in[low:high] >> 1] ^ masks[low:high]
            bits = np.unpackbits(
                np.ascontiguousarray(read).view(np.uint8), axis=1, bitorder="little"
            )
            total = circuit.weights[low:high] @ bits.astype(np.int64)
            summed = low, high
        least = max(-MOST_SUM, min(MOST_SUM, int(circuit.thresholds[g])))
        own[g] = np.packbits(total >= least, bitorder="little").view(np.uint64)


def _same(circuit: Circuit, low: int, high: int, start: int, stop: int) -> bool:
    """Whether the wires from `low` and from `start` on are the same, with the same weights."""
    assert circuit.weights is not None
    return (
        0 < high - low == stop - start
        and np.array_equal(circuit.fan_in[low:high], circuit.fan_in[start:stop])
        and np.array_equal(circuit.weights[low:high], circuit.weights[start:stop])
    )
