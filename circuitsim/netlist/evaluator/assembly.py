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
from circuitsim.netlist.evaluator.full_adders import SUM
from circuitsim.netlist.evaluator.fusion import DEAD, Netlist, fuse, read
from circuitsim.netlist.evaluator.instructions import RESULTS, SOURCES
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
def construction_order(op: Any, mate: Any) -> Any:
    """Gates that lead an instruction, in the order built: one with two results when the first of them was."""
    order = np.empty(len(op), np.int32)
    count = 0
    for g in range(len(op)):
        if op[g] == DEAD or 0 <= mate[g] < g:
            continue
        order[count] = mate[g] if op[g] == SUM else g
        count += 1
    return order[:count]


@compiled
def depth_first_order(op: Any, source: Any, mate: Any, outputs: Any, first: int) -> Any:
    """The same instructions, each just after what it needs, from output to output; no recursion."""
    done = np.zeros(len(op), np.bool_)
    order = np.empty(len(op), np.int32)
    count = 0
    # An entry is 8 * gate + sources seen. A path never repeats a gate, so the stack cannot outgrow the gates.
    stack = np.empty(len(op) + 1, np.int64)
    for o in outputs:
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
            child = (read(source, mate, g, seen) >> 1) - first
            if child >= 0:
                if op[child] == SUM:
                    child = np.int64(mate[child])
                if not done[child]:
                    top += 1
                    stack[top] = 8 * child
    return order[:count]


@compiled
def live_slots(op: Any, source: Any, mate: Any, order: Any, first: int) -> int:
    """Most gates whose value is still needed at one time, in this order."""
    last = np.full(len(op), -1, np.int32)
    for i in range(len(order)):
        g = order[i]
        for k in range(SOURCES[op[g]]):
            u = (read(source, mate, g, k) >> 1) - first
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
def _count_sort(
    gates: Any, keys: Any, count: int, ends: Any, to: Any, to_keys: Any, other: Any
) -> None:
    """Stable sort of `count` gates by small keys, carrying along another key of each."""
    ends[:] = 0
    for i in range(count):
        ends[keys[i] + 1] += 1
    for k in range(1, len(ends)):
        ends[k] += ends[k - 1]
    for i in range(count):
        at = ends[keys[i]]
        ends[keys[i]] += 1
        to[at], to_keys[at] = gates[i], other[i]


@compiled
def _sort_windows(
    op: Any, source: Any, mate: Any, order: Any, first: int, window: int
) -> None:
    """Sort every window of the order, in place, by level inside the window, then opcode; stable."""
    place = np.full(len(op), -1, np.int32)
    level, opcode = np.zeros(window, np.int32), np.zeros(window, np.int32)
    gates, levels, unused = (
        np.zeros(window, np.int32),
        np.zeros(window, np.int32),
        np.zeros(window, np.int32),
    )
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
                u = (read(source, mate, g, k) >> 1) - first
                if u >= 0 and place[u] >= start:
                    depth = max(depth, level[place[u] - start] + 1)
            # Opcodes fall on odd levels, so that a run can go on from one level to the next.
            level[i - start], opcode[i - start] = (
                depth,
                len(SOURCES) - 1 - op[g] if depth & 1 else op[g],
            )
            deepest = max(deepest, depth)
        _count_sort(
            order[start:stop], opcode, count, ends[: len(SOURCES) + 1], gates, levels, level
        )
        _count_sort(
            gates, levels, count, ends[: deepest + 2], order[start:stop], unused, levels
        )


def lower(circuit: Circuit, fused: bool = True, window: int | None = None) -> Lowered:
    """The evaluator's program for a circuit; fusion changes what is done at once, never a value."""
    net: Netlist = fuse(circuit, fused)
    first = 1 + circuit.inputs
    order = construction_order(net.op, net.mate)
    most = live_slots(net.op, net.source, net.mate, order, first)
    if most > CACHED_SLOTS:
        other = depth_first_order(net.op, net.source, net.mate, circuit.outputs, first)
        narrow = live_slots(net.op, net.source, net.mate, other, first)
        if 2 * narrow < most:
            order, most = other, narrow
    window = window or (WIDE_WINDOW if most <= WIDE_SLOTS else WINDOW)
    _sort_windows(net.op, net.source, net.mate, order, first, window)
    code, runs = over_nodes(
        net.op, net.source, net.mate, order, circuit.outputs, circuit.inputs, window
    )
    slots = assign_slots(code, runs, circuit.nodes)
    return Lowered(slots, code, runs, len(order))
