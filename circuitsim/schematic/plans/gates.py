"""A growing list of gates in compiled code: row w of `net` is wire w: kind, two literals, depth."""

import numpy as np
import numpy.typing as npt

from circuitsim.kernels import compiled

Longs = npt.NDArray[np.int64]

OP, A, B, DEPTH = range(4)
INPUT = -1


@compiled
def gate(net: Longs, box: Longs, op: int, a: int, b: int) -> int:
    """Append a gate (op 0 AND, 1 XOR); its literal."""
    wire = box[0]
    net[wire, OP], net[wire, A], net[wire, B] = op, a, b
    net[wire, DEPTH] = max(net[a >> 1, DEPTH], net[b >> 1, DEPTH]) + 1
    box[0] += 1
    return int(2 * wire)


@compiled
def conj(net: Longs, box: Longs, a: int, b: int) -> int:
    """Append a & b."""
    return gate(net, box, 0, a, b)


@compiled
def disj(net: Longs, box: Longs, a: int, b: int) -> int:
    """Append a | b, an AND of complements."""
    return gate(net, box, 0, a ^ 1, b ^ 1) ^ 1


@compiled
def parity(net: Longs, box: Longs, a: int, b: int, both: int, ands: bool) -> int:
    """Append a ^ b: a gate, or `ands` only three, one of them `both` = a & b if that exists (else -1)."""
    if not ands:
        return gate(net, box, 1, a, b)
    if both < 0:
        both = conj(net, box, a, b)
    neither = conj(net, box, a ^ 1, b ^ 1)
    return conj(net, box, both ^ 1, neither ^ 1)


@compiled
def parity_of(net: Longs, box: Longs, lits: Longs, n: int, ands: bool) -> int:
    """XOR of n literals, earliest two first (none: constant false); `lits` is used up."""
    if n == 0:
        return 0
    while n > 1:
        for first in range(2):
            low = first
            for i in range(first + 1, n):
                if net[lits[i] >> 1, DEPTH] < net[lits[low] >> 1, DEPTH]:
                    low = i
            lits[first], lits[low] = lits[low], lits[first]
        lits[0] = parity(net, box, lits[0], lits[1], -1, ands)
        lits[1] = lits[n - 1]
        n -= 1
    return int(lits[0])
