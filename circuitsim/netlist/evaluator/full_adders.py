"""Find full adders: the sum and the carry of the same three nodes, in every phase and every usual way to write them.

Leaves of a carry are found by shape alone; a truth table over the three leaves then decides whether it is their
majority. Sums and carries meet in small tables that keep the last of each hash: the two gates of one adder are
written near each other, and one that is missed only stays two gates.
"""

from typing import Any

import numpy as np

from circuitsim.kernels import compiled
from circuitsim.netlist.evaluator.instructions import ADDER, AND2, SUM, XOR2, Netlist

NEAR = 4096  # gates of one pattern are at most this far apart: farther, sources would live too long
BITS = 12  # of the tables; at 20 bytes an entry both fit in a level-2 cache


@compiled(inline="always")
def _leaf(node: Any, leaves: Any) -> int:
    x, y, z = leaves
    return 0xAA if node == x else 0xCC if node == y else 0xF0 if node == z else -1


@compiled(inline="always")
def _apply(op: Any, a: Any, p: Any, b: Any, q: Any) -> int:
    """Truth of a gate with literals a and b, whose nodes have the truths p and q (-1: none)."""
    if p < 0 or q < 0:
        return -1
    p ^= 0xFF if a & 1 else 0
    q ^= 0xFF if b & 1 else 0
    return p & q if op == AND2 else p ^ q


@compiled(inline="always")
def _truth1(net: Netlist, near: Any, node: Any, leaves: Any) -> int:
    leaf = _leaf(node, leaves)
    g = node - net.first
    if leaf >= 0 or node < near or net.op[g] > XOR2:
        return leaf
    a, b = np.int64(net.source[g, 0]), np.int64(net.source[g, 1])
    return _apply(net.op[g], a, _leaf(a >> 1, leaves), b, _leaf(b >> 1, leaves))


@compiled(inline="always")
def _truth2(net: Netlist, near: Any, node: Any, leaves: Any) -> int:
    leaf = _leaf(node, leaves)
    g = node - net.first
    if leaf >= 0 or node < near or net.op[g] > XOR2:
        return leaf
    a, b = np.int64(net.source[g, 0]), np.int64(net.source[g, 1])
    p = _truth1(net, near, a >> 1, leaves)
    return -1 if p < 0 else _apply(net.op[g], a, p, b, _truth1(net, near, b >> 1, leaves))


@compiled(inline="always")
def _truth(net: Netlist, near: Any, g: Any, leaves: Any) -> int:
    """Truth table (8 bits) of gate g over three nodes, at most three gates above them; -1 if it is not."""
    a, b = np.int64(net.source[g, 0]), np.int64(net.source[g, 1])
    p = _truth2(net, near, a >> 1, leaves)
    return -1 if p < 0 else _apply(net.op[g], a, p, b, _truth2(net, near, b >> 1, leaves))


def _majority_phases() -> Any:
    """(256,) for a truth table that is the majority of x, y, z or their complements: which are complemented."""
    phases = np.full(256, -1, np.int64)
    for m in range(8):
        x, y, z = (v ^ (0xFF if m >> k & 1 else 0) for k, v in enumerate((0xAA, 0xCC, 0xF0)))
        phases[(x & y) | (y & z) | (x & z)] = m
    return phases


MAJORITY = _majority_phases()


@compiled(inline="always")
def _other(net: Netlist, near: Any, node: Any, x: Any) -> Any:
    """The other source of a two-input gate that reads node x, else -1."""
    g = node - net.first
    if node < near or net.op[g] > XOR2:
        return -1
    a, b = np.int64(net.source[g, 0] >> 1), np.int64(net.source[g, 1] >> 1)
    return b if a == x else a if b == x else -1


@compiled(inline="always")
def _carry_leaves(net: Netlist, near: Any, g: Any) -> Any:
    """Three nodes of which gate g may be the majority, by the shapes that adders are written in; else -1s."""
    op, source, first = net.op, net.source, net.first
    for swap in range(2):
        u, v = np.int64(source[g, swap] >> 1), np.int64(source[g, 1 - swap] >> 1)
        gu, gv = u - first, v - first
        if u < near or op[gu] > XOR2:
            continue
        x, y = np.int64(source[gu, 0] >> 1), np.int64(source[gu, 1] >> 1)
        if op[g] == XOR2:  # ((x ^ y) & (x ^ z)) ^ x
            y2, z2 = _other(net, near, x, v), _other(net, near, y, v)
            if y2 >= 0 and z2 >= 0:
                return v, y2, z2
        if v < near or op[gv] > XOR2:
            continue
        for k in range(2):  # (x & y) | (z & w), where w is x ^ y or x | y
            z, w = np.int64(source[gv, k] >> 1), np.int64(source[gv, 1 - k] >> 1)
            if _other(net, near, w, x) == y:
                return x, y, z
        if x >= near and op[x - first] <= XOR2:
            # Three ANDs of pairs: u = r1, r2 and v = y, z.
            y2, z2 = np.int64(source[gv, 0] >> 1), np.int64(source[gv, 1] >> 1)
            for k in range(2):
                q = _other(net, near, x, y2 if k else z2)
                if q >= 0 and _other(net, near, y, q) == (z2 if k else y2):
                    return q, y2, z2
    return -1, -1, -1


@compiled(inline="always")
def _sorted(x: Any, y: Any, z: Any) -> tuple[int, int, int]:
    low, high = min(x, y, z), max(x, y, z)
    return low, x + y + z - low - high, high


@compiled(inline="always")
def _place(x: Any, y: Any, z: Any) -> Any:
    h = np.uint64(x) * np.uint64(0x9E3779B97F4A7C15)
    h += np.uint64(y)
    h ^= h >> np.uint64(29)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h += np.uint64(z)
    h ^= h >> np.uint64(32)
    h *= np.uint64(0x94D049BB133111EB)
    return np.int64(h >> np.uint64(64 - BITS))


@compiled(inline="always")
def _find_sum(net: Netlist, near: Any, g: Any, swap: Any) -> Any:
    """Leaves of XOR gate g seen as x ^ y ^ z, its source `swap` being x ^ y; and the parity of complements."""
    op, source, first = net.op, net.source, net.first
    u = np.int64(source[g, swap] >> 1) - first
    if first + u < near or op[u] != XOR2:
        return -1, -1, -1, 0
    a, b, c = np.int64(source[u, 0]), np.int64(source[u, 1]), np.int64(source[g, 1 - swap])
    x, y, z = _sorted(a >> 1, b >> 1, c >> 1)
    return x, y, z, (a ^ b ^ c ^ np.int64(source[g, swap])) & 1


@compiled(inline="always")
def _holds(table: Any, at: Any, leaves: Any) -> bool:
    """Whether an entry is a gate over these leaves."""
    x, y, z = leaves
    return bool(
        table[at, 0] >= 0 and table[at, 1] == x and table[at, 2] == y and table[at, 3] == z
    )


@compiled(inline="always")
def _enter(table: Any, at: Any, g: Any, leaves: Any, how: Any) -> None:
    table[at, 0], table[at, 4] = g, how
    table[at, 1], table[at, 2], table[at, 3] = leaves


@compiled
def pair_adders(net: Netlist) -> None:
    """Join sums and carries of the same three nodes, in place and in one pass; the carry leads, the sum is its mate.

    A gate once joined is no pattern's inner gate any more; a gate's function never changes, so that joining at
    once is as exact as joining at the end. Everything here is in line: numba counts references to arrays,
    atomically, at every call in a loop and every view.
    """
    op, source, mate, first = net.op, net.source, net.mate, net.first
    # An entry is a gate, its three leaves in ascending order, and its parity or its phases.
    sums = np.full((1 << BITS, 5), -1, np.int32)
    carries = np.full((1 << BITS, 5), -1, np.int32)
    for g in range(len(op)):
        if op[g] > XOR2:
            continue
        near = first + max(0, g - NEAR)  # nodes before are leaves
        s: Any = -1
        c: Any = -1
        x: Any = -1
        y, z, parity, phases = x, x, x, x
        if op[g] == XOR2:
            for swap in range(2):
                x, y, z, parity = _find_sum(net, near, g, swap)
                if x < 0 or x == y or y == z:
                    continue
                at = _place(x, y, z)
                c = np.int64(carries[at, 0])
                if _holds(carries, at, (x, y, z)) and op[c] <= XOR2:
                    s, phases = g, np.int64(carries[at, 4])
                    break
                _enter(sums, at, g, (x, y, z), parity)
        if s < 0:
            x, y, z = _carry_leaves(net, near, g)
            if x < 0 or x == y or y == z or x == z:
                continue
            x, y, z = _sorted(x, y, z)
            truth = _truth(net, near, g, (x, y, z))
            if truth < 0 or MAJORITY[truth] < 0:
                continue
            at = _place(x, y, z)
            c, phases = g, MAJORITY[truth]
            s, parity = np.int64(sums[at, 0]), np.int64(sums[at, 4])
            if not _holds(sums, at, (x, y, z)) or s == g or op[s] != XOR2:
                _enter(carries, at, g, (x, y, z), phases)
                continue
        # Both gates keep sources of their own, should the other turn out dead.
        source[c, 0], source[s, 0] = 2 * x + (phases & 1), 2 * x + parity
        source[c, 1], source[s, 1] = 2 * y + (phases >> 1 & 1), 2 * y
        source[c, 2], source[s, 2] = 2 * z + (phases >> 2), 2 * z
        op[s], op[c] = SUM, ADDER
        mate[s], mate[c] = c, s
