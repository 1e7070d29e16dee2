"""From a netlist to the evaluator's program: an order of instructions, slots by linear scan, code in runs.

Values live in slots of a table. A slot is given back at its last reading, last in first out, so that the rows
in use stay few and hot. Inputs are loaded just before their first use and outputs stored soon after they are
known, so that neither holds a slot for long.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from circuitsim.circuits.circuit import Circuit
from circuitsim.circuits.fusion import DEAD, Netlist, fuse
from circuitsim.circuits.kernels import ADDER, XOR2
from circuitsim.circuits.slots import assign_slots, over_nodes

WINDOW = 256  # instructions sorted by level and opcode at a time: longer runs, fewer waits on the one before
CACHED_SLOTS = 16384  # at 64 bytes a slot this many fill a level-2 cache of 1 MiB


@dataclass(frozen=True)
class Lowered:
    """A program for `kernels.run`: `slots` rows of the table, the int32 code, and its runs (r, 2)."""

    slots: int
    code: Any
    runs: Any
    instructions: int


@njit(cache=True)
def construction_order(op: Any, mate: Any) -> Any:
    """Gates that lead an instruction, as built; an adder is led by the earlier of its two gates."""
    order = np.empty(len(op), np.int32)
    count = 0
    for g in range(len(op)):
        if op[g] != DEAD and not (mate[g] >= 0 and mate[g] < g and op[mate[g]] != DEAD):
            order[count] = g
            count += 1
    return order[:count]


@njit(cache=True)
def depth_first_order(op: Any, source: Any, mate: Any, outputs: Any, first: int) -> Any:
    """The same instructions, each just after what it needs, from output to output; no recursion."""
    done = np.zeros(len(op), np.bool_)
    order = np.empty(len(op), np.int32)
    count = 0
    # An entry is 4 * gate + sources seen. A path never repeats a gate, so the stack cannot outgrow the gates.
    stack = np.empty(len(op) + 1, np.int64)
    for o in outputs:
        if o >> 1 < first:
            continue
        stack[0] = 4 * ((o >> 1) - first)
        top = 0
        while top >= 0:
            g, seen = stack[top] >> 2, stack[top] & 3
            if seen == 0 and mate[g] >= 0 and mate[g] < g and op[mate[g]] != DEAD:
                g = np.int64(mate[g])
                stack[top] = 4 * g
            if done[g] or seen == (2 if op[g] <= XOR2 else 3):
                if not done[g]:
                    done[g] = True
                    order[count] = g
                    count += 1
                top -= 1
                continue
            stack[top] += 1
            child = (source[g, seen] >> 1) - first
            if child >= 0:
                top += 1
                stack[top] = 4 * child
    return order[:count]


@njit(cache=True)
def live_slots(op: Any, source: Any, mate: Any, order: Any, first: int) -> int:
    """Most gates whose value is still needed at one time, in this order."""
    last = np.full(len(op), -1, np.int32)
    for i in range(len(order)):
        g = order[i]
        for k in range(2 if op[g] <= XOR2 else 3):
            u = (source[g, k] >> 1) - first
            if u >= 0:
                last[u] = i
    dying = np.zeros(len(order), np.int32)
    for u in range(len(op)):
        if last[u] >= 0:
            dying[last[u]] += 1
    live: Any = 0
    most: Any = 0
    for i in range(len(order)):
        g = order[i]
        live += np.int64(last[g] >= 0)
        if mate[g] >= 0 and op[mate[g]] != DEAD:
            live += np.int64(last[mate[g]] >= 0)
        most = max(most, live)
        live -= dying[i]
    return most


@njit(cache=True)
def _sort_windows(op: Any, source: Any, mate: Any, order: Any, first: int, window: int) -> None:
    """Sort every window of the order, in place, by level inside the window, then opcode; stable."""
    place = np.full(len(op), -1, np.int32)
    level = np.zeros(window, np.int32)
    key = np.zeros(window, np.int64)
    for start in range(0, len(order), window):
        stop = min(start + window, len(order))
        for i in range(start, stop):
            g = order[i]
            place[g] = i
            joined = mate[g] >= 0 and op[mate[g]] != DEAD
            if joined:
                place[mate[g]] = i
            depth = 0
            for k in range(2 if op[g] <= XOR2 else 3):
                u = (source[g, k] >> 1) - first
                if u >= 0 and place[u] >= start:
                    depth = max(depth, level[place[u] - start] + 1)
            level[i - start] = depth
            opcode = ADDER if joined else op[g]
            key[i - start] = ((depth * 16 + opcode) * window + (i - start)) << 32 | g
        ranked = np.sort(key[: stop - start])
        for i in range(start, stop):
            order[i] = ranked[i - start] & 0xFFFFFFFF


def lower(circuit: Circuit, fused: bool = True, window: int = WINDOW) -> Lowered:
    """The evaluator's program for a circuit; fusion changes what is done at once, never a value."""
    net: Netlist = fuse(circuit, fused)
    first = 1 + circuit.inputs
    order = construction_order(net.op, net.mate)
    most = live_slots(net.op, net.source, net.mate, order, first)
    if most > CACHED_SLOTS:
        other = depth_first_order(net.op, net.source, net.mate, circuit.outputs, first)
        if 2 * live_slots(net.op, net.source, net.mate, other, first) < most:
            order = other
    _sort_windows(net.op, net.source, net.mate, order, first, window)
    code, runs = over_nodes(net.op, net.source, net.mate, order, circuit.outputs, circuit.inputs, window)
    slots = assign_slots(code, runs, circuit.nodes)
    return Lowered(slots, code, runs, len(order))
