"""Find what one machine instruction can do for several gates: XORs written as ANDs, full adders, pairs of gates.

Works on a private copy of the netlist, never on the circuit: statistics stay those of the gates. Leaves of a
pattern are found by shape alone; a truth table over the three leaves then decides what the gate computes, so
that every phase and every way to write an adder ends in the same instruction.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from circuitsim.circuits.circuit import Circuit
from circuitsim.circuits.kernels import (
    AND2,
    AND_AND,
    AND_XOR,
    MAJ,
    NAND_AND,
    XOR2,
    XOR3,
    XOR_AND,
)

DEAD = 255
NEAR = 4096  # a gate is drawn into a later one at most this far away: farther, its sources would live too long


@dataclass(frozen=True)
class Netlist:
    """Instructions over nodes. Instruction of gate g, if `op[g]` is not DEAD, reads `source[g]`, writes node g.

    An XOR3 and a MAJ that are each other's `mate` read the same three nodes: sum and carry of one full adder.
    """

    op: Any  # (gates,) uint8
    source: Any  # (gates, 3) int32 literals over nodes
    mate: Any  # (gates,) int32 gate, -1 for none


@njit(cache=True)
def live_uses(op: Any, source: Any, outputs: Any, inputs: int) -> Any:
    """How often live gates and outputs read every node; marks gates nobody reads as DEAD, in place."""
    uses = np.zeros(1 + inputs + len(op), np.int32)
    for o in outputs:
        uses[o >> 1] += 1
    for g in range(len(op) - 1, -1, -1):
        if uses[1 + inputs + g] == 0:
            op[g] = DEAD
            continue
        for k in range(2 if op[g] <= XOR2 else 3):
            uses[source[g, k] >> 1] += 1
    return uses


@njit(cache=True)
def _find_xors(op: Any, source: Any, first: int) -> None:
    """AND(~(x & y), ~(~x & ~y)) is x ^ y, whatever the phases of x and y."""
    for g in range(len(op)):
        a, b = source[g, 0], source[g, 1]
        u, v = (a >> 1) - first, (b >> 1) - first
        if op[g] != AND2 or not (a & b & 1) or u < 0 or v < 0 or op[u] != AND2 or op[v] != AND2:
            continue
        x, y = source[u, 0], source[u, 1]
        if (x ^ 1 == source[v, 0] and y ^ 1 == source[v, 1]) or (x ^ 1 == source[v, 1] and y ^ 1 == source[v, 0]):
            op[g], source[g, 0], source[g, 1] = XOR2, x, y


@njit(cache=True)
def _leaf(node: int, x: int, y: int, z: int) -> int:
    return 0xAA if node == x else 0xCC if node == y else 0xF0 if node == z else -1


@njit(cache=True)
def _truth(op: Any, source: Any, first: int, node: int, x: int, y: int, z: int) -> int:
    """Truth table (8 bits) of a node over nodes x, y, z, at most three gates above them; -1 if it is not."""
    # The cone is walked with an explicit stack of (node, state); recursion in numba would be slower to compile.
    node_at = np.zeros(4, np.int64)
    state = np.zeros(4, np.int64)
    value = np.zeros(4, np.int64)
    node_at[0] = node
    top, result = 0, -1
    while top >= 0:
        if state[top] == 0:
            leaf = _leaf(node_at[top], x, y, z)
            gate = node_at[top] - first
            if leaf >= 0:
                result = leaf
                top -= 1
                continue
            if top == 3 or gate < 0 or op[gate] > XOR2:
                return -1
        else:
            literal = source[node_at[top] - first, state[top] - 1]
            result ^= 0xFF if literal & 1 else 0
            if state[top] == 2:
                result = value[top] & result if op[node_at[top] - first] == AND2 else value[top] ^ result
                top -= 1
                continue
            value[top] = result
        state[top] += 1
        node_at[top + 1] = source[node_at[top] - first, state[top] - 1] >> 1
        state[top + 1] = 0
        top += 1
    return result


def _majority_phases() -> Any:
    """(256,) for a truth table that is the majority of x, y, z or their complements: which are complemented."""
    phases = np.full(256, -1, np.int64)
    for m in range(8):
        x, y, z = (v ^ (0xFF if m >> k & 1 else 0) for k, v in enumerate((0xAA, 0xCC, 0xF0)))
        phases[(x & y) | (y & z) | (x & z)] = m
    return phases


MAJORITY = _majority_phases()


@njit(cache=True, inline="always")
def _others(op: Any, source: Any, first: int, node: int, x: int) -> int:
    """The other source of a two-input gate that reads node x, else -1."""
    g = node - first
    if g < 0 or op[g] > XOR2:
        return -1
    a, b = source[g, 0] >> 1, source[g, 1] >> 1
    return b if a == x else a if b == x else -1


@njit(cache=True, inline="always")
def _is_pair(op: Any, source: Any, first: int, node: int, x: int, y: int) -> bool:
    return bool(_others(op, source, first, node, x) == y)


@njit(cache=True)
def _carry_leaves(op: Any, source: Any, first: int, g: int) -> tuple[int, int, int]:
    """Three nodes of which gate g may be the majority, by the shapes that adders are written in; else -1s."""
    for swap in range(2):
        u, v = source[g, swap] >> 1, source[g, 1 - swap] >> 1
        gu, gv = u - first, v - first
        if gu < 0 or op[gu] > XOR2:
            continue
        x, y = source[gu, 0] >> 1, source[gu, 1] >> 1
        if op[g] == XOR2:  # ((x ^ y) & (x ^ z)) ^ x
            y2, z2 = _others(op, source, first, x, v), _others(op, source, first, y, v)
            if y2 >= 0 and z2 >= 0:
                return v, y2, z2
        if gv < 0 or op[gv] > XOR2:
            continue
        for k in range(2):  # (x & y) | (z & w), where w is x ^ y or x | y
            z, w = source[gv, k] >> 1, source[gv, 1 - k] >> 1
            if _is_pair(op, source, first, w, x, y):
                return x, y, z
        if x >= first and op[x - first] <= XOR2:  # three ANDs of pairs: u = r1, r2 and v = y, z
            y2, z2 = source[gv, 0] >> 1, source[gv, 1] >> 1
            for k in range(2):
                q = _others(op, source, first, x, y2 if k else z2)
                if q >= 0 and _is_pair(op, source, first, y, q, z2 if k else y2):
                    return q, y2, z2
    return -1, -1, -1


@njit(cache=True)
def _sorted(x: int, y: int, z: int) -> tuple[int, int, int]:
    low, high = min(x, y, z), max(x, y, z)
    return low, x + y + z - low - high, high


@njit(cache=True)
def _place(x: int, y: int, z: int, bits: int) -> Any:
    h = np.uint64(x) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(y)
    h = (h ^ (h >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(z)
    h = (h ^ (h >> np.uint64(32))) * np.uint64(0x94D049BB133111EB)
    return np.int64(h >> np.uint64(64 - bits))


@njit(cache=True)
def _find_carries(op: Any, source: Any, first: int) -> Any:
    """(carries, 5) gate, its three leaves as sorted nodes, and their phases."""
    found = np.empty((1024, 5), np.int32)
    count = 0
    for g in range(len(op)):
        if op[g] > XOR2:
            continue
        x, y, z = _carry_leaves(op, source, first, g)
        if x < 0 or x == y or y == z or x == z:
            continue
        x, y, z = _sorted(x, y, z)
        truth = _truth(op, source, first, first + g, x, y, z)
        if truth < 0 or MAJORITY[truth] < 0:
            continue
        if count == len(found):
            larger = np.empty((2 * count, 5), np.int32)
            larger[:count] = found
            found = larger
        found[count, 0], found[count, 1], found[count, 2], found[count, 3] = g, x, y, z
        found[count, 4] = MAJORITY[truth]
        count += 1
    return found[:count]


@njit(cache=True, inline="always")
def _find_sum(op: Any, source: Any, first: int, g: int, swap: int) -> tuple[int, int, int, int]:
    """Leaves of XOR gate g seen as x ^ y ^ z, its source `swap` being x ^ y; and the parity of complements."""
    u = (source[g, swap] >> 1) - first
    if u < 0 or op[u] != XOR2:
        return -1, -1, -1, 0
    a, b, c = source[u, 0], source[u, 1], source[g, 1 - swap]
    x, y, z = _sorted(a >> 1, b >> 1, c >> 1)
    return x, y, z, (a ^ b ^ c ^ source[g, swap]) & 1


@njit(cache=True)
def _pair_adders(op: Any, source: Any, mate: Any, first: int, carries: Any) -> None:
    """Join sums and carries of the same three nodes; the pair becomes one ADDER, at the earlier gate."""
    bits = 4
    while (1 << bits) < 2 * len(carries):
        bits += 1
    mask = (1 << bits) - 1
    table = np.full(1 << bits, -1, np.int32)
    for i in range(len(carries)):
        at = _place(carries[i, 1], carries[i, 2], carries[i, 3], bits)
        while table[at] >= 0:
            at = (at + 1) & mask
        table[at] = i
    pairs = np.full((len(carries), 2), -1, np.int32)
    for g in range(len(op)):
        if op[g] != XOR2:
            continue
        for swap in range(2):
            x, y, z, parity = _find_sum(op, source, first, g, swap)
            if x < 0 or x == y or y == z:
                continue
            at = _place(x, y, z, bits)
            while table[at] >= 0:
                i = table[at]
                if carries[i, 1] == x and carries[i, 2] == y and carries[i, 3] == z and pairs[i, 0] < 0:
                    pairs[i, 0], pairs[i, 1] = g, parity
                    break
                at = (at + 1) & mask
            if table[at] >= 0:
                break
    # Patterns were matched on the untouched netlist; only now is it rewritten.
    for i in range(len(carries)):
        if pairs[i, 0] < 0:
            continue
        s, c = pairs[i, 0], carries[i, 0]
        if s == c or mate[s] >= 0 or mate[c] >= 0:
            continue
        for k in range(3):
            node = carries[i, 1 + k]
            source[c, k] = 2 * node + (carries[i, 4] >> k & 1)
            source[s, k] = 2 * node + (pairs[i, 1] if k == 0 else 0)
        op[s], op[c] = XOR3, MAJ
        mate[s], mate[c] = c, s


@njit(cache=True)
def _draw_in(op: Any, source: Any, mate: Any, uses: Any, first: int) -> None:
    """Do a gate and a near one that only it reads in one instruction, from the last gate to the first."""
    for g in range(len(op) - 1, -1, -1):
        if op[g] > XOR2:
            continue
        for k in range(2):
            literal, other = source[g, k], source[g, 1 - k]
            u = (literal >> 1) - first
            if u < 0 or uses[u + first] != 1 or op[u] > XOR2 or g - u > NEAR:
                continue
            a, b, flip = source[u, 0], source[u, 1], literal & 1
            if op[g] == AND2 and op[u] == AND2:
                op[g] = NAND_AND if flip else AND_AND
            elif op[g] == AND2:
                op[g] = XOR_AND
                a ^= flip
            elif op[u] == AND2:
                op[g] = AND_XOR
                other ^= flip
            else:
                op[g] = XOR3
                a ^= flip
            source[g, 0], source[g, 1], source[g, 2] = a, b, other
            op[u] = DEAD
            break


def fuse(circuit: Circuit, enabled: bool = True) -> Netlist:
    """The live part of a circuit as instructions over nodes; without fusion, one gate an instruction."""
    first = 1 + circuit.inputs
    op = circuit.ops.astype(np.uint8)
    source = np.zeros((circuit.gates, 3), np.int32)
    source[:, :2] = circuit.fan_in
    mate = np.full(circuit.gates, -1, np.int32)
    live_uses(op, source, circuit.outputs, circuit.inputs)
    if enabled:
        _find_xors(op, source, first)
        # What XORs no longer need is gone before adders are sought: ~t & ~r of an XOR can itself be a carry.
        live_uses(op, source, circuit.outputs, circuit.inputs)
        _pair_adders(op, source, mate, first, _find_carries(op, source, first))
        uses = live_uses(op, source, circuit.outputs, circuit.inputs)
        _draw_in(op, source, mate, uses, first)
    return Netlist(op, source, mate)
