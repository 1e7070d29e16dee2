"""From a netlist to the evaluator's program: an order of instructions, slots by linear scan, code in runs.

Values live in slots of a table. A slot is given back at its last reading, last in first out, so that the rows
in use stay few and hot. Inputs are loaded just before their first use and outputs stored soon after they are
known, so that neither holds a slot for long.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.evaluator.fusion import fuse
from circuitsim.netlist.evaluator.instructions import (
    DEAD,
    RESULTS,
    SOURCES,
    SUM,
    Netlist,
    read,
)
from circuitsim.netlist.evaluator.slots import assign_slots, over_nodes

# Instructions sorted by level and opcode at a time: longer runs, fewer waits on the one before; but rows just written
# are used later, so that less does where rows are wide and themselves take long.
WINDOW, WIDE_WINDOW = 256, 32
WIDE_SLOTS = 4096  # at most as many slots: rows will be wide
CACHED_SLOTS = 1024  # rows of this many are wide and cached in any order


@dataclass(frozen=True)
class Lowered:
    """A program for `kernels.run`: `slots` rows of the table, the int32 code, and its runs (r, 2)."""

    slots: int
    code: Any
    runs: Any
    instructions: int


@compiled
def construction_order(net: Netlist) -> Any:
    """Gates that lead an instruction, in the order built: one with two results when the first of them was."""
    op, mate = net.op, net.mate
    order = np.empty(len(op), np.int32)
    count = 0
    for g in range(len(op)):
        if op[g] == DEAD or 0 <= mate[g] < g:
            continue
        order[count] = mate[g] if op[g] == SUM else g
        count += 1
    return order[:count]


@compiled
def depth_first_order(net: Netlist) -> Any:
    """The same instructions, each just after what it needs, from output to output; no recursion."""
    op, mate, first = net.op, net.mate, net.first
    done = np.zeros(len(op), np.bool_)
    order = np.empty(len(op), np.int32)
    count = 0
    # An entry is 8 * gate + sources seen. A path never repeats a gate, so the stack cannot outgrow the gates.
    stack = np.empty(len(op) + 1, np.int64)
    for o in net.outputs:
        if o >> 1 < first:
            continue
        g = np.int64((o >> 1) - first)
        stack[0] = 8 * (mate[g] if op[g] == SUM else g)
        top = 0
        while top >= 0:
            g, seen = stack[top] >> 3, stack[top] & 7
            if done[g] or seen == SOURCES[op[g]]:
                if not done[g]:
                    done[g] = True
                    order[count] = g
                    count += 1
                top -= 1
                continue
            stack[top] += 1
            child = (read(net, g, seen) >> 1) - first
            if child >= 0:
                if op[child] == SUM:
                    child = np.int64(mate[child])
                if not done[child]:
                    top += 1
                    stack[top] = 8 * child
    return order[:count]


@compiled
def live_slots(net: Netlist, order: Any) -> int:
    """Most gates whose value is still needed at one time, in this order."""
    op, mate, first = net.op, net.mate, net.first
    last = np.full(len(op), -1, np.int32)
    for i in range(len(order)):
        g = order[i]
        for k in range(SOURCES[op[g]]):
            u = (read(net, g, k) >> 1) - first
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
        if RESULTS[op[g]] == 2:
            live += np.int64(last[mate[g]] >= 0)
        most = max(most, live)
        live -= dying[i]
    return most


@compiled(inline="always")
def _count_sort(keys: Any, count: int, ends: Any, to: Any) -> None:
    """Where each of `count` elements goes in a stable sort by small keys."""
    ends[:] = 0
    for i in range(count):
        ends[keys[i] + 1] += 1
    for k in range(1, len(ends)):
        ends[k] += ends[k - 1]
    for i in range(count):
        to[i] = ends[keys[i]]
        ends[keys[i]] += 1


@compiled
def _sort_windows(net: Netlist, order: Any, window: int) -> None:
    """Sort every window of the order, in place, by level inside the window, then opcode; stable."""
    op, mate, first = net.op, net.mate, net.first
    place = np.full(len(op), -1, np.int32)
    level, opcode = np.zeros(window, np.int32), np.zeros(window, np.int32)
    gates, levels = np.zeros(window, np.int32), np.zeros(window, np.int32)
    to = np.zeros(window, np.int32)
    ends = np.zeros(max(window, len(SOURCES)) + 1, np.int32)
    for start in range(0, len(order), window):
        stop = min(start + window, len(order))
        count, deepest = stop - start, 0
        for i in range(start, stop):
            g = order[i]
            place[g] = i
            if RESULTS[op[g]] == 2:
                place[mate[g]] = i
            depth = 0
            for k in range(SOURCES[op[g]]):
                u = (read(net, g, k) >> 1) - first
                if u >= 0 and place[u] >= start:
                    depth = max(depth, level[place[u] - start] + 1)
            # Opcodes fall on odd levels, so that a run can go on from one level to the next.
            level[i - start] = depth
            opcode[i - start] = len(SOURCES) - 1 - op[g] if depth & 1 else op[g]
            deepest = max(deepest, depth)
        # By opcode, then by level: the second sort keeps the order of the first where levels are equal.
        _count_sort(opcode, count, ends[: len(SOURCES) + 1], to)
        for i in range(count):
            gates[to[i]], levels[to[i]] = order[start + i], level[i]
        _count_sort(levels, count, ends[: deepest + 2], to)
        for i in range(count):
            order[start + to[i]] = gates[i]


def lower(circuit: Circuit, fused: bool = True, window: int | None = None) -> Lowered:
    """The evaluator's program for a circuit; fusion changes what is done at once, never a value."""
    net = fuse(circuit, fused)
    order = construction_order(net)
    most = live_slots(net, order)
    if most > CACHED_SLOTS:
        other = depth_first_order(net)
        narrow = live_slots(net, other)
        if 2 * narrow < most:
            order, most = other, narrow
    window = window or (WIDE_WINDOW if most <= WIDE_SLOTS else WINDOW)
    _sort_windows(net, order, window)
    code, runs = over_nodes(net, order, window)
    slots = assign_slots(code, runs, circuit.nodes)
    return Lowered(slots, code, runs, len(order))
