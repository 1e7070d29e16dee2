"""A growing list of gates in compiled code."""

from typing import NamedTuple

from circuitsim.array_types import Longs
from circuitsim.kernels import compiled

OP, A, B, DEPTH = range(4)
INPUT = -1


class Net(NamedTuple):
    """Wires so far."""

    wires: Longs  # (room, 4): kind, two literals, depth
    used: Longs  # (1,): how many


@compiled
def gate(net: Net, op: int, a: int, b: int) -> int:
    """Append a gate (op 0 AND, 1 XOR); its literal."""
    wires, wire = net.wires, net.used[0]
    wires[wire, OP], wires[wire, A], wires[wire, B] = op, a, b
    wires[wire, DEPTH] = max(wires[a >> 1, DEPTH], wires[b >> 1, DEPTH]) + 1
    net.used[0] += 1
    return int(2 * wire)


@compiled
def conj(net: Net, a: int, b: int) -> int:
    """Append a & b."""
    return gate(net, 0, a, b)


@compiled
def disj(net: Net, a: int, b: int) -> int:
    """Append a | b, an AND of complements."""
    return gate(net, 0, a ^ 1, b ^ 1) ^ 1


@compiled
def parity(net: Net, a: int, b: int, both: int, ands: bool) -> int:
    """Append a ^ b: a gate, or `ands` only three, one of them `both` = a & b if that exists (else -1)."""
    if not ands:
        return gate(net, 1, a, b)
    if both < 0:
        both = conj(net, a, b)
    neither = conj(net, a ^ 1, b ^ 1)
    return conj(net, both ^ 1, neither ^ 1)


@compiled
def parity_of(net: Net, lits: Longs, n: int, ands: bool) -> int:
    """XOR of n literals, earliest two first (none: constant false); `lits` is used up."""
    wires = net.wires
    if n == 0:
        return 0
    while n > 1:
        for first in range(2):
            low = first
            for i in range(first + 1, n):
                if wires[lits[i] >> 1, DEPTH] < wires[lits[low] >> 1, DEPTH]:
                    low = i
            lits[first], lits[low] = lits[low], lits[first]
        lits[0] = parity(net, lits[0], lits[1], -1, ands)
        lits[1] = lits[n - 1]
        n -= 1
    return int(lits[0])
