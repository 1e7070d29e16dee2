"""Structural hashing: one gate for equal gates, trivial gates of two inputs folded, dead gates dropped."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from circuitsim.bases import BASES
from circuitsim.kernels import compiled
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.passes.share_unbounded import share_unbounded
from circuitsim.netlist.program import AND, XOR

CHAIN = 4  # gates in the list of one node


class Source(NamedTuple):
    """Gates to go through."""

    fan_in: Any  # (gates, 2)
    first: int  # node of the first
    live: Any  # (nodes,)
    starts: Any  # gates at which scopes begin, ascending: rewritten to the new gates


class Found(NamedTuple):
    """Distinct gates so far."""

    new: Any  # (gates, 2): their keys, as fan-ins
    place: Any  # (nodes,): new literals
    lists: Any  # (nodes,) heads, then (gates,) followers: gate + 1
    table: Any  # what no list has room for
    shift: Any  # of its hash


@compiled(inline="always")
def _scatter(a: int, b: int, shift: Any) -> Any:
    """First place of the key (a, b) in a table of 2^(64 - shift)."""
    h = np.uint64(a) * np.uint64(0x9E3779B97F4A7C15)
    h += np.uint64(b) * np.uint64(0xC2B2AE3D27D4EB4F)
    return np.int64(((h ^ (h >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)) >> shift)


@compiled(inline="always")
def _normal(op: int, a: int, b: int) -> tuple[int, int, int]:
    """The key of a gate and what to complement its output with.

    An AND's smaller literal is first; an XOR's is last, and its complements are in the output: one key for both
    kinds. A folded gate has key (literal, literal).
    """
    if op == XOR:
        flip = (a ^ b) & 1
        high, low = max(a & ~1, b & ~1), min(a & ~1, b & ~1)
        if high == low:
            return 0, 0, flip
        return (high, low, flip) if low > 0 else (high, high, flip)
    low, high = min(a, b), max(a, b)
    if low == 0 or low ^ 1 == high:
        return 0, 0, 0
    return (high, high, 0) if low == 1 else (low, high, 0)


@compiled
def _mark(fan_in: Any, outputs: Any, first: int, live: Any) -> None:
    live[:] = False
    for o in outputs:
        live[o >> 1] = True
    for g in range(len(fan_in) - 1, -1, -1):
        if live[first + g]:
            live[fan_in[g, 0] >> 1] = True
            live[fan_in[g, 1] >> 1] = True


@compiled
def _hash_gates(ops: Any, source: Source, shared: Found) -> tuple[int, int]:
    """Write distinct live gates to `new`; returns their number, and how many were folded into a literal.

    A gate is listed under its later source (`head`, `after`: gate + 1): the list is in memory just touched, where
    a hash table would miss the cache at every gate. A list holds CHAIN gates; the rest are in the table.
    All in one function: numba counts references to arrays, atomically, at every call in a loop.
    """
    fan_in, first, live, starts = source
    new, place, lists, table, shift = shared
    for i in range(first):
        place[i] = 2 * i
    mask = len(table) - 1
    head, after = lists[: -len(new)] if len(new) else lists, lists[len(lists) - len(new) :]
    head[:] = 0
    count, run, folded = 0, 0, 0
    for g in range(len(ops)):
        while run < len(starts) and starts[run] == g:
            starts[run] = count
            run += 1
        if not live[first + g]:
            continue
        a, b = fan_in[g, 0], fan_in[g, 1]
        a, b, flip = _normal(ops[g], place[a >> 1] ^ (a & 1), place[b >> 1] ^ (b & 1))
        if a == b:
            place[first + g] = a ^ flip
            folded += 1
            continue
        node = max(a, b) >> 1
        found, last, steps = np.int64(head[node]) - 1, np.int64(-1), 0
        while found >= 0 and (new[found, 0] != a or new[found, 1] != b):
            last, found = found, np.int64(after[found]) - 1
            steps += 1
        at = np.int64(-1)
        if found < 0 and steps == CHAIN:
            at = _scatter(a, b, shift)
            found = np.int64(table[at]) - 1
            while found >= 0 and (new[found, 0] != a or new[found, 1] != b):
                at = (at + 1) & mask
                found = np.int64(table[at]) - 1
        if found < 0:
            found = np.int64(count)
            count += 1
            new[found, 0], new[found, 1], after[found] = a, b, 0
            if at >= 0:
                table[at] = count
            elif last >= 0:
                after[last] = count
            else:
                head[node] = count
        place[first + g] = 2 * (first + found) ^ flip
    return count, folded


@compiled
def _compact(source: Source, place: Any, ops: Any, fan_in: Any) -> int:
    """Drop dead gates; sources in ascending order, the kind read off the order of the key."""
    new, first, live, starts = source
    for i in range(first):
        place[i] = 2 * i
    count, run = 0, 0
    for g in range(len(new)):
        while run < len(starts) and starts[run] == g:
            starts[run] = count
            run += 1
        if not live[first + g]:
            continue
        a, b = new[g, 0], new[g, 1]
        ops[count] = XOR if a > b else AND
        a, b = place[a >> 1] ^ (a & 1), place[b >> 1] ^ (b & 1)
        fan_in[count, 0], fan_in[count, 1] = min(a, b), max(a, b)
        place[first + g] = 2 * (first + count)
        count += 1
    while run < len(starts):
        starts[run] = count
        run += 1
    return count


@compiled
def _kinds(new: Any, ops: Any) -> None:
    """What `_compact` does when every gate is kept, in place."""
    for g in range(len(new)):
        a, b = new[g, 0], new[g, 1]
        ops[g] = XOR if a > b else AND
        new[g, 0], new[g, 1] = min(a, b), max(a, b)


@dataclass(frozen=True)
class Share:
    """Equal gates become one: operands in either order, complements of XORs moved to the output.

    Folds constants, x & x, x & ~x, x ^ x and x ^ ~x; drops dead gates. A shared gate keeps the scope of its
    first appearance; scopes left without gates keep their names and lose their runs.

    Gates of any fan-in (ac0, tc0) are equal if their kind, threshold and weighted literals in any order are; they are
    shared or dropped, and not folded.
    """

    def __call__(self, circuit: Circuit) -> Circuit:
        """The shared circuit; same inputs, outputs, function, scopes and interface."""
        if BASES[circuit.basis].unbounded:
            return share_unbounded(circuit)
        first = 1 + circuit.inputs
        live = np.empty(circuit.nodes, np.bool_)
        _mark(circuit.fan_in, circuit.outputs, first, live)
        gates = int(np.count_nonzero(live[first:]))
        bits = max(4, (gates + gates // 3).bit_length())
        runs = (
            np.zeros((0, 2), np.int64)
            if circuit.scope_runs is None
            else np.array(circuit.scope_runs)
        )
        starts = np.ascontiguousarray(runs[:, 0])
        place = np.empty(circuit.nodes, np.int32)
        new = np.empty((gates, 2), np.int32)
        # Allocated here and not in numba, because numpy asks for huge pages. The table is of zeros that cost
        # nothing until touched: many circuits never need it.
        lists, table = np.empty(first + 2 * gates, np.int32), np.zeros(1 << bits, np.int32)
        source = Source(circuit.fan_in, first, live, starts)
        shared = Found(new, place, lists, table, np.uint64(64 - bits))
        count, folded = _hash_gates(circuit.ops, source, shared)
        outputs = place[circuit.outputs >> 1] ^ (circuit.outputs & 1)
        del lists, table, shared
        ops = np.empty(count, np.uint8)
        kept = count
        new, live = new[:count], live[: first + count]
        if folded == 0:
            # All are still live: what reads a merged gate reads the one that is left.
            _kinds(new, ops)
        else:
            _mark(new, outputs, first, live)
            kept = _compact(Source(new, first, live, starts), place, ops, new)
            outputs = place[outputs >> 1] ^ (outputs & 1)
        # Of runs that now start at the same gate, only the last has gates.
        has_gates = np.append(starts[1:] > starts[:-1], starts[-1:] < kept)
        runs = np.stack([starts, runs[:, 1]], axis=1)[has_gates]
        return replace(
            circuit,
            ops=ops[:kept],
            fan_in=new[:kept],
            outputs=outputs.astype(np.int32),
            scope_runs=runs,
        )
