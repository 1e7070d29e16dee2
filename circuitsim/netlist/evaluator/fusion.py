"""Find what one machine instruction can do for several gates: XORs written as ANDs, adders, small trees of gates.

Works on a private copy of the netlist, never on the circuit: statistics stay those of the gates.
"""

from typing import Any

import numpy as np

from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.full_adders import NEAR, pair_adders
from circuitsim.netlist.evaluator.instructions import (
    ADDER,
    AND2,
    AND3_ADDER,
    AND_ADDER,
    AND_AND,
    AND_AND_AND,
    AND_XOR,
    COLUMNS,
    DEAD,
    HALF,
    MAJ,
    NAND3_AND,
    NAND_AND,
    NAND_AND_AND,
    NAND_NAND,
    NAND_NAND_AND,
    SOURCES,
    SUM,
    XOR2,
    XOR3,
    XOR_AND,
    XOR_AND_AND,
    XOR_AND_XOR,
    Netlist,
)


@compiled
def copy_gates(ops: Any, fan_in: Any, net: Netlist) -> None:
    """Fill a netlist; sources that a gate of two inputs does not have are left as they are."""
    op, source, mate = net.op, net.source, net.mate
    for g in range(len(ops)):
        op[g], source[g, 0], source[g, 1], mate[g] = ops[g], fan_in[g, 0], fan_in[g, 1], -1


@compiled
def live_uses(net: Netlist, uses: Any) -> None:
    """How often live instructions and outputs read every node; marks gates nobody reads as DEAD, in place."""
    op, source, mate, first = net.op, net.source, net.mate, net.first
    uses[:] = 0
    for o in net.outputs:
        uses[o >> 1] += 1
    for g in range(len(op) - 1, -1, -1):
        m = np.int64(mate[g])
        if 0 <= m < g:
            continue  # the earlier of the two decides: by then all that read either have been seen
        lead: Any = np.int64(g)
        if m >= 0:
            lead, total = (g, m) if op[g] != SUM else (m, g)
            if uses[first + lead] == 0 or uses[first + total] == 0:
                op[lead], op[total] = MAJ, XOR3
                mate[lead], mate[total] = -1, -1
                if uses[first + lead] == 0:
                    op[lead] = DEAD
                    lead = total
                else:
                    op[total] = DEAD
        if uses[first + lead] == 0:
            op[lead] = DEAD
            continue
        for k in range(SOURCES[op[lead]]):
            uses[source[lead, k] >> 1] += 1


@compiled
def _find_xors(net: Netlist) -> None:
    """AND(~(x & y), ~(~x & ~y)) is x ^ y, whatever the phases of x and y."""
    op, source, first = net.op, net.source, net.first
    for g in range(len(op)):
        a, b = np.int64(source[g, 0]), np.int64(source[g, 1])
        u, v = (a >> 1) - first, (b >> 1) - first
        if (
            op[g] != AND2
            or not (a & b & 1)
            or u < 0
            or v < 0
            or op[u] != AND2
            or op[v] != AND2
        ):
            continue
        x, y = source[u, 0], source[u, 1]
        if (x ^ 1 == source[v, 0] and y ^ 1 == source[v, 1]) or (
            x ^ 1 == source[v, 1] and y ^ 1 == source[v, 0]
        ):
            op[g], source[g, 0], source[g, 1] = XOR2, x, y


ANY, FIRST, THIRD = (0, 1, 2), (0, 1), (2,)
# An instruction, which of its sources may be drawn in, what that is, whether complemented, and what comes of both.
RULES = (
    (AND2, FIRST, AND2, 0, AND_AND),
    (AND2, FIRST, AND2, 1, NAND_AND),
    (AND2, FIRST, XOR2, 0, XOR_AND),
    (AND2, FIRST, AND_AND, 0, AND_AND_AND),
    (AND2, FIRST, AND_AND, 1, NAND3_AND),
    (AND2, FIRST, NAND_AND, 0, NAND_AND_AND),
    (AND2, FIRST, NAND_AND, 1, NAND_NAND_AND),
    (AND2, FIRST, XOR_AND, 0, XOR_AND_AND),
    (XOR2, FIRST, AND2, 0, AND_XOR),
    (XOR2, FIRST, XOR2, 0, XOR3),
    (NAND_AND, FIRST, AND2, 0, NAND3_AND),
    (NAND_AND, FIRST, AND2, 1, NAND_NAND_AND),
    (AND_AND, ANY, AND2, 0, AND_AND_AND),
    (AND_AND, ANY, AND2, 1, NAND_AND_AND),
    (AND_AND, ANY, XOR2, 0, XOR_AND_AND),
    (NAND_AND, THIRD, AND2, 0, NAND_AND_AND),
    (NAND_AND, THIRD, AND2, 1, NAND_NAND),
    (XOR_AND, THIRD, AND2, 0, XOR_AND_AND),
    (XOR_AND, THIRD, XOR2, 0, XOR_AND_XOR),
)


def _drawings() -> Any:
    """(opcodes, 3, opcodes, 2, 5): the new opcode, or -1, and where its sources come from.

    0 to 2 are the sources before, 3 to 5 those drawn in. These come first, but after the two that a third one meets.
    """
    table = np.full((XOR_AND + 1, 3, XOR_AND + 1, 2, 1 + COLUMNS), -1)
    for before, sources, drawn, flip, after in RULES:
        for k in sources:
            kept = [i for i in range(SOURCES[before]) if i != k]
            inner = [3 + i for i in range(SOURCES[drawn])]
            layout = kept + inner if sources is THIRD else inner + kept
            table[before, k, drawn, flip, : 1 + len(layout)] = after, *layout
    return table


DRAWINGS = _drawings()


@compiled(inline="always")
def _drawable(net: Netlist, uses: Any, g: Any, literal: Any) -> Any:
    """Whether only the instruction of gate g reads this simple one, and drawing it in keeps no value much longer."""
    op, source, first = net.op, net.source, net.first
    u = (np.int64(literal) >> 1) - first
    if u < 0 or uses[u + first] != 1 or op[u] > XOR_AND:
        return False
    return g - u <= NEAR or (
        op[u] <= XOR2 and uses[source[u, 0] >> 1] > 1 and uses[source[u, 1] >> 1] > 1
    )


@compiled
def _draw_in(net: Netlist, uses: Any) -> None:
    """Do a gate and those that only it reads in one instruction, from the first gate to the last.

    From the sources on, since trees are then cut near their leaves, which are most of them. Gates of two sources
    are drawn in before those of three: what comes of them may itself be drawn in.
    """
    op, source, first = net.op, net.source, net.first
    pool = np.zeros(6, np.int64)
    for g in range(len(op)):
        k, arity = 0, 2
        while op[g] <= XOR_AND:
            if k == SOURCES[op[g]]:
                if arity == 3 or op[g] > AND2:
                    break
                k, arity = 0, 3
            literal = np.int64(source[g, k])
            k += 1
            if not _drawable(net, uses, g, literal):
                continue
            u, flip = (literal >> 1) - first, literal & 1
            if SOURCES[op[u]] > arity:
                continue
            moved = flip if op[u] == XOR2 or op[g] == XOR2 else 0
            rule = DRAWINGS[op[g], k - 1, op[u], flip ^ moved]
            if rule[0] < 0:
                continue
            for i in range(3):
                pool[i], pool[3 + i] = source[g, i], source[u, i]
            pool[3 if op[u] == XOR2 else 2 - k] ^= moved
            op[g], op[u] = rule[0], DEAD
            for i in range(SOURCES[op[g]]):
                source[g, i] = pool[rule[1 + i]]
            k = 0


@compiled
def _pair_halves(net: Netlist) -> None:
    """Join a near AND and XOR of the same two nodes, in any phases."""
    op, source, mate = net.op, net.source, net.mate
    last = np.full((2, NEAR), -1, np.int32)
    for g in range(len(op)):
        if op[g] > XOR2:
            continue
        a, b = np.int64(source[g, 0]), np.int64(source[g, 1])
        x, y = min(a >> 1, b >> 1), max(a >> 1, b >> 1)
        at = (x * 0x9E3779B1 ^ y * 0x85EBCA77) >> 13 & NEAR - 1
        h = np.int64(last[1 - op[g], at])
        if h < 0 or op[h] != 1 - op[g] or g - h > NEAR:
            last[op[g], at] = g
            continue
        p, q = np.int64(source[h, 0]) >> 1, np.int64(source[h, 1]) >> 1
        if x != min(p, q) or y != max(p, q):
            last[op[g], at] = g
            continue
        c, s = (g, h) if op[g] == AND2 else (h, g)
        source[s, 0] = (source[s, 0] ^ source[s, 1]) & 1
        op[c], op[s] = HALF, SUM
        mate[c], mate[s] = s, c


@compiled
def _draw_products(net: Netlist, uses: Any) -> None:
    """Do an adder and one AND or three that only it reads in one instruction.

    Products have no phase of their own: three are drawn in if all are complemented or none is; the complement of
    one passes to the carry and the other two, since a majority of complements is the complemented majority.
    `source[sum, 0]` says what is left: 1 if the sum is complemented, 2 if the carry is.
    """
    op, source, mate, first = net.op, net.source, net.mate, net.first
    for c in range(len(op)):
        if op[c] != ADDER:
            continue
        s = np.int64(mate[c])
        parity, flips = np.int64(source[s, 0]) & 1, np.int64(0)
        drawable, drawn = 0, 0
        for k in range(3):
            flips += np.int64(source[c, k]) & 1
            if (
                _drawable(net, uses, min(c, s), source[c, k])
                and op[(source[c, k] >> 1) - first] == AND2
            ):
                drawable, drawn = drawable + 1, k
        if drawable == 3 and flips % 3 == 0:
            u = np.int64(source[c, 0] >> 1) - first
            v = np.int64(source[c, 1] >> 1) - first
            w = np.int64(source[c, 2] >> 1) - first
            source[c, 0], source[c, 1] = source[u, 0], source[u, 1]
            source[c, 2], source[c, 3] = source[v, 0], source[v, 1]
            source[s, 0] = parity | 2 * (flips & 1)
            source[s, 1], source[s, 2] = source[w, 0], source[w, 1]
            op[u], op[v], op[w], op[c] = DEAD, DEAD, DEAD, AND3_ADDER
        elif drawable:
            literal = np.int64(source[c, drawn])
            u, flip = (literal >> 1) - first, literal & 1
            y = np.int64(source[c, 1 if drawn == 0 else 0]) ^ flip
            z = np.int64(source[c, 1 if drawn == 2 else 2]) ^ flip
            source[c, 0], source[c, 1] = source[u, 0], source[u, 1]
            source[c, 2], source[c, 3] = y, z
            source[s, 0] = (parity ^ y ^ z) & 1 | 2 * flip
            op[u], op[c] = DEAD, AND_ADDER


def fuse(circuit: Circuit, enabled: bool = True) -> Netlist:
    """The live part of a circuit as instructions over nodes; without fusion, one gate an instruction."""
    # Allocated here and not in numba, because numpy asks for huge pages.
    op = np.empty(circuit.gates, np.uint8)
    source = np.empty((circuit.gates, COLUMNS), np.int32)
    mate = np.empty(circuit.gates, np.int32)
    uses = np.empty(circuit.nodes, np.int32)
    net = Netlist(op, source, mate, 1 + circuit.inputs, circuit.outputs)
    copy_gates(circuit.ops, circuit.fan_in, net)
    if enabled:
        _find_xors(net)
    # What XORs no longer need is gone before adders are sought: ~t & ~r of an XOR can itself be a carry.
    live_uses(net, uses)
    if enabled:
        pair_adders(net)
        live_uses(net, uses)
        _draw_in(net, uses)
        _pair_halves(net)
        _draw_products(net, uses)
    return net
