"""Evaluate gates of any fan-in, 64 patterns a word: a table of the values of all nodes, and sums in bit planes.

A weighted sum is kept carry-save: plane c holds one row of bits of weight 2^c, and perhaps a second one that waits
for a third. Three become one of their own weight and one of twice it, so that adding a wire is one full adder on
average, whatever the number of planes. All weights are made positive: -w x is w (not x) - w.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from circuitsim.array_types import Words
from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.program import AND, THRESHOLD
from circuitsim.netlist.unbounded import MOST_SUM

WIDEST = 64  # words in a row of the table; wide rows hide what a gate costs beside its words
TABLE_BYTES = 1 << 30  # rows get narrower before the tables of all threads grow beyond this
PLANES = 62  # sums are below 2^62


@compiled
def repeated_sums(ops: Any, fan_in: Any, starts: Any, weights: Any) -> Any:
    """Which gates (gates,) are THRESHOLDs over the very sum of the gate before: thermometers, but for their first."""
    repeats = np.zeros(len(ops), np.bool_)
    for g in range(1, len(ops)):
        low, high, back = starts[g], starts[g + 1], starts[g] - starts[g - 1]
        same = ops[g] == THRESHOLD and ops[g - 1] == THRESHOLD and high - low == back
        while same and low < high:
            same = fan_in[low] == fan_in[low - back] and weights[low] == weights[low - back]
            low += 1
        repeats[g] = same
    return repeats


class Gates(NamedTuple):
    """The circuit, as in `Circuit`, and from `repeated_sums` which gates take over the sum before."""

    ops: Any
    fan_in: Any
    starts: Any
    weights: Any
    thresholds: Any
    repeats: Any
    outputs: Any


class Sums(NamedTuple):
    """A sum in planes."""

    planes: Any  # (PLANES, width)
    waiting: Any  # (PLANES, width)
    waits: Any  # (PLANES,): whether a second row of bits waits
    x: Any  # (width,): the row that is added


@compiled
def _and_or(gates: Gates, g: int, table: Any, node: int, count: int) -> None:
    """AND or OR of the wires of gate g: an OR is an AND of complements, complemented."""
    fan_in, is_and = gates.fan_in, gates.ops[g] == AND
    turn = np.uint64(0) if is_and else ~np.uint64(0)
    for i in range(count):
        table[node, i] = ~np.uint64(0)
    for k in range(gates.starts[g], gates.starts[g + 1]):
        source, mask = fan_in[k] >> 1, turn ^ (np.uint64(0) - np.uint64(fan_in[k] & 1))
        left = np.uint64(0)
        for i in range(count):
            table[node, i] &= table[source, i] ^ mask
            left |= table[node, i]
        if left == 0:
            break
    for i in range(count):
        table[node, i] ^= turn


@compiled
def _carry(sums: Sums, c: int, top: int, count: int) -> None:
    """Add row x, of weight 2^c; rows beyond plane `top` are zero, because the sum is below 2^top."""
    planes, waiting, waits, x = sums
    # Row x, the plane and the row that waits become one row of this weight and one of twice it, which is added next.
    while c < top and waits[c]:
        for i in range(count):
            a, b = planes[c, i], waiting[c, i]
            half = a ^ b
            planes[c, i] = half ^ x[i]
            x[i] = (a & b) | (half & x[i])
        waits[c] = False
        c += 1
    if c < top:
        for i in range(count):
            waiting[c, i] = x[i]
        waits[c] = True


@compiled
def _sum(gates: Gates, g: int, table: Any, sums: Sums, count: int) -> tuple[Any, Any, int]:
    """The weighted sum of the wires of gate g plus an offset, to the planes.

    Returns:
        The offset, the largest sum possible, and the number of planes.
    """
    fan_in, weights = gates.fan_in, gates.weights
    planes, waiting, waits, x = sums
    low, high = gates.starts[g], gates.starts[g + 1]
    offset, largest, top = np.int64(0), np.int64(0), 0
    for k in range(low, high):
        largest += abs(weights[k])
        offset += max(np.int64(0), -weights[k])
    while largest >> top:
        top += 1
    waits[:] = False
    for c in range(top):
        for i in range(count):
            planes[c, i] = np.uint64(0)
    for k in range(low, high):
        source, negative = fan_in[k] >> 1, np.int64(weights[k] < 0)
        rest, c = abs(weights[k]), 0
        mask = np.uint64(0) - np.uint64((fan_in[k] & 1) ^ negative)
        while rest:
            if rest & 1:
                for i in range(count):
                    x[i] = table[source, i] ^ mask
                _carry(sums, c, top, count)
            rest >>= 1
            c += 1
    for c in range(top):
        if waits[c]:
            for i in range(count):
                x[i] = planes[c, i] & waiting[c, i]
                planes[c, i] ^= waiting[c, i]
            _carry(sums, c + 1, top, count)
    return offset, largest, top


@compiled
def _reach(planes: Any, threshold: Any, largest: Any, row: Any) -> None:
    """Whether the sum in the planes is at least the threshold, from the lowest plane up, to `row`."""
    count = len(row)
    always = ~np.uint64(0) if threshold <= largest else np.uint64(0)
    for i in range(count):
        row[i] = always
    if threshold <= 0 or threshold > largest:
        return
    for c in range(len(planes)):
        if threshold >> c & 1:
            for i in range(count):
                row[i] &= planes[c, i]
        else:
            for i in range(count):
                row[i] |= planes[c, i]


@compiled(plain=False, nogil=True)
def run(gates: Gates, words: Any, out: Any, table: Any, share: tuple[int, int]) -> None:
    """Evaluate words.

    Args:
        words: (inputs, W) uint64; out: (outputs, W) uint64.
        table: (nodes, width) uint64, to work in: `width` words at a time.
        share: the first word, and one past the last.
    """
    low, high = share
    width, outputs = table.shape[1], gates.outputs
    planes = np.empty((PLANES, width), np.uint64)
    waiting = np.empty((PLANES, width), np.uint64)
    sums = Sums(planes, waiting, np.zeros(PLANES, np.bool_), np.empty(width, np.uint64))
    for at in range(low, high, width):
        count = min(width, high - at)
        for i in range(count):
            table[0, i] = np.uint64(0)
        for k in range(len(words)):
            for i in range(count):
                table[1 + k, i] = words[k, at + i]
        offset, largest, top = np.int64(0), np.int64(0), 0
        for g in range(len(gates.ops)):
            node = 1 + len(words) + g
            if gates.ops[g] != THRESHOLD:
                _and_or(gates, g, table, node, count)
                continue
            if not gates.repeats[g]:
                offset, largest, top = _sum(gates, g, table, sums, count)
            threshold = max(-MOST_SUM, min(MOST_SUM, gates.thresholds[g])) + offset
            _reach(planes[:top], threshold, largest, table[node, :count])
        for o in range(len(outputs)):
            source, mask = outputs[o] >> 1, np.uint64(0) - np.uint64(outputs[o] & 1)
            for i in range(count):
                out[o, at + i] = table[source, i] ^ mask


class UnboundedProgram:
    """A circuit in ac0 or tc0, made ready for evaluation on any number of patterns."""

    def __init__(self, circuit: Circuit, threads: int = 1) -> None:
        self.nodes, self.threads = circuit.nodes, threads
        ops, fan_in, starts = circuit.ops, circuit.fan_in, circuit.starts
        weights, thresholds = circuit.weights, circuit.thresholds
        if weights is None:  # no gate will look for its own
            weights = thresholds = np.zeros(0, np.int64)
        repeats = repeated_sums(ops, fan_in, starts, weights)
        self._gates = Gates(
            ops, fan_in, starts, weights, thresholds, repeats, circuit.outputs
        )

    def width(self, words: int, threads: int) -> int:
        """Words in a row of the table of one thread."""
        return max(1, min(words, WIDEST, TABLE_BYTES // (8 * self.nodes * threads)))

    def words(self, words: Words, width: int | None = None) -> Words:
        """(inputs, W) -> (outputs, W) uint64, `width` words at a time.

        Every thread takes a share of the words, of at least a full row: a row costs little more than a word.
        """
        count = words.shape[1]
        out = np.empty((len(self._gates.outputs), count), np.uint64)
        if not out.size:
            return out
        threads = max(1, min(self.threads, -(-count // (width or WIDEST))))
        share = -(-count // threads)
        columns = width or self.width(share, threads)

        def work(low: int) -> None:
            table = np.empty((self.nodes, columns), np.uint64)
            run(self._gates, words, out, table, (low, min(low + share, count)))

        if threads == 1:
            work(0)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(work, range(0, count, share)))
        return out
