"""Slots by linear scan, and the code of the evaluator: the last step of lowering."""

from typing import Any

import numpy as np

from circuitsim.kernels import compiled
from circuitsim.netlist.evaluator.instructions import (
    ADDER,
    AND3_ADDER,
    AND_ADDER,
    AND_XOR,
    LOAD,
    MAJ,
    RESULTS,
    SOURCES,
    STORE,
    XOR2,
    XOR3,
    XOR_AND,
    XOR_AND_AND,
    XOR_AND_XOR,
    Netlist,
    read,
)


@compiled
def _phase(op: Any, x: Any) -> Any:
    """Move complements of the sources `x` (slot literals) where the kernel wants them, in place.

    Returns 1 if the table will hold the result complemented (of an ADDER: the carry). XORs push every complement
    out; a majority of complements is the complemented majority, which leaves at most one.
    """
    if op == XOR2:
        flip = (x[0] ^ x[1]) & 1
        x[0] &= ~1
        x[1] &= ~1
        return flip
    if op in (XOR_AND, XOR_AND_AND, XOR_AND_XOR):
        x[0] ^= x[1] & 1
        x[1] &= ~1
        if op == XOR_AND_XOR:
            x[2] ^= x[3] & 1
            x[3] &= ~1
        return 0
    if op == AND_XOR:
        flip = x[2] & 1
        x[2] &= ~1
        return flip
    if op == XOR3:
        flip = (x[0] ^ x[1] ^ x[2]) & 1
        for k in range(3):
            x[k] &= ~1
        return flip
    if op in (MAJ, ADDER):
        flip = np.int64((x[0] & 1) + (x[1] & 1) + (x[2] & 1) >= 2)
        for k in range(3):
            x[k] ^= flip
        for k in range(1, 3):
            if x[k] & 1:
                x[0], x[k] = x[k], x[0]
        return flip
    return 0


@compiled(inline="always")
def _begin(runs: Any, count: int, opcode: int) -> int:
    """Count an instruction, in the run before it if that has the same opcode; returns the number of runs."""
    if count == 0 or runs[count - 1, 0] != opcode:
        runs[count, 0], runs[count, 1] = opcode, 0
        count += 1
    runs[count - 1, 1] += 1
    return count


@compiled(inline="always")
def _instruct(net: Netlist, phase: Any, g: int, code: Any, at: int) -> int:
    """Write the instruction that gate g leads, over node literals; returns the end of the code."""
    op, source, mate, first = net.op, net.source, net.mate, net.first
    opcode = np.int64(op[g])
    arity = SOURCES[opcode]
    x = code[at : at + arity]
    parity = 0
    for k in range(arity):
        literal = read(net, g, k)
        x[k] = literal ^ phase[literal >> 1]
        parity ^= phase[literal >> 1]
    phase[first + g] = _phase(opcode, x)
    at += arity
    if RESULTS[opcode] == 2:
        total = np.int64(mate[g])
        if opcode in (AND_ADDER, AND3_ADDER):
            # Every complement is applied, only those of the results are left.
            parity = 0
            phase[first + g] = source[total, 0] >> 1
        else:
            # The kernel takes sources with their complements; what else is complemented stays a phase.
            for k in range(arity):
                parity ^= x[k]
        phase[first + total] = (parity ^ source[total, 0]) & 1
        code[at] = 2 * (first + total)
        at += 1
    code[at] = 2 * (first + g)
    return at + 1


@compiled
def over_nodes(net: Netlist, order: Any, window: int) -> tuple[Any, Any]:
    """The code and its runs, still over node literals in place of slot literals.

    Before every window of the order come its LOADs (input or -1 for the constant, node), after it its STOREs
    (node literal, output). A node's phase says that it is held complemented.
    """
    op, mate, outputs, first = net.op, net.mate, net.outputs, net.first
    size = 2 * first + 2 * len(outputs)
    for g in order:
        size += SOURCES[op[g]] + RESULTS[op[g]]
    code = np.empty(size, np.int32)
    runs = np.empty((len(order) + 2 * (len(order) // window + 2), 2), np.int32)
    readers = np.full(first + len(op), -1, np.int32)  # the last output that reads a node
    others = np.empty(len(outputs), np.int32)  # the output before it that reads the same node
    for k in range(len(outputs)):
        others[k] = readers[outputs[k] >> 1]
        readers[outputs[k] >> 1] = k
    loaded = np.zeros(first, np.bool_)
    phase = np.zeros(first + len(op), np.uint8)
    wanted = np.empty(max(len(outputs), 6 * window), np.int32)
    at, count = 0, 0
    for start in range(0, len(order) + window, window):
        part = order[start : start + window]
        # Nodes to load: what this window reads; in the last, empty one, inputs and constants that are outputs.
        loads, stores = 0, 0
        for g in part:
            for k in range(SOURCES[op[g]]):
                wanted[loads] = read(net, g, k) >> 1
                loads += 1
        if len(part) == 0:
            for o in outputs:
                if o >> 1 < first:
                    wanted[loads] = o >> 1
                    loads += 1
        for node in wanted[:loads]:
            if node < first and not loaded[node]:
                loaded[node] = True
                count = _begin(runs, count, LOAD)
                code[at], code[at + 1] = node - 1, 2 * node
                at += 2
        for g in part:
            at = _instruct(net, phase, g, code, at)
            count = _begin(runs, count, op[g])
            wanted[stores] = first + g
            wanted[stores + 1] = first + (mate[g] if RESULTS[op[g]] == 2 else g)
            stores += 2
        for node in wanted[: loads if len(part) == 0 else stores]:
            output = np.int64(readers[node])
            readers[node] = -1
            while output >= 0:
                count = _begin(runs, count, STORE)
                code[at], code[at + 1] = outputs[output] ^ phase[node], output
                at += 2
                output = np.int64(others[output])
    return code[:at].copy(), runs[:count].copy()


@compiled
def assign_slots(code: Any, runs: Any, nodes: int) -> int:
    """Put slots in place of nodes in the code; returns how many there are."""
    # How often each node is read; then, in order, a slot is free again at its node's last reading, before results are
    # placed: a result may take the row of a source.
    uses = np.zeros(nodes, np.int32)
    at = 0
    for r in range(len(runs)):
        opcode = runs[r, 0]
        sources = 0 if opcode == LOAD else SOURCES[opcode]
        for _ in range(runs[r, 1]):
            for k in range(sources):
                uses[code[at + k] >> 1] += 1
            at += SOURCES[opcode] + RESULTS[opcode]
    slot = np.empty(nodes, np.int32)
    free = np.empty(nodes, np.int32)
    released, slots, at = 0, 0, 0
    for r in range(len(runs)):
        opcode = runs[r, 0]
        sources = 0 if opcode == LOAD else SOURCES[opcode]
        results = 0 if opcode == STORE else RESULTS[opcode]
        for _ in range(runs[r, 1]):
            for k in range(at, at + sources):
                node = code[k] >> 1
                code[k] = 2 * slot[node] + (code[k] & 1)
                uses[node] -= 1
                if uses[node] == 0:
                    free[released] = slot[node]
                    released += 1
            at += SOURCES[opcode]
            for k in range(at, at + results):
                node = code[k] >> 1
                if released:
                    released -= 1
                    slot[node] = free[released]
                else:
                    slot[node] = slots
                    slots += 1
                code[k] = 2 * slot[node]
            at += RESULTS[opcode]
    return slots
