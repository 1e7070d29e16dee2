"""Sums of weighted wires in two's complement: the plan of one, and the gates that carry it out.

`plan_sum` decides everything from how many wires of each weight arrive at each depth, so a measurer that
never builds the circuit and a builder that does agree exactly; `bind_sum` executes the plan on actual wires.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from circuitsim.array_types import Bools, Ints, Longs
from circuitsim.bases import BASES, BasisName
from circuitsim.errors import InputError, LimitError
from circuitsim.netlist.program import AND, XOR, Program

from .adders import PAIR, STYLES, XOR5
from .bind import LOG, Steps, expand
from .columns import FAR, OVERFLOW, USED, Log, new_log
from .double import doubled
from .finish import finish
from .gates import DEPTH, OP
from .heap import GREEDY, Heap, adders_cost, compress, roles

Objective = Literal["depth", "size"]

TAILS: Final = (4, 6, 8)
"""Below how many wires rule S stops looking ahead; the best is kept."""

CONSTANT_0, CONSTANT_1 = -2, -1
CHAIN: Final = 1  # double adders for each wire of a split pair


@dataclass(frozen=True, eq=False)
class SumPlan:
    """How a sum is done, and what that costs."""

    gates: tuple[int, int]  # ANDs, XORs
    # One code per kept bit: -2 constant 0, -1 constant 1, else a depth.
    depths: tuple[int, ...]
    inputs: int
    steps: Steps

    @property
    def bytes(self) -> int:
        """What the steps take, and about as much as all else."""
        arrays = (x.nbytes for x in self.steps if isinstance(x, np.ndarray))
        return 1000 + sum(arrays)

    @cached_property
    def depth(self) -> int:
        """Depth of the latest kept bit; -2 or -1 if all are constant."""
        return max(self.depths, default=CONSTANT_0)


def _bits(constant: int, width: int) -> Longs:
    """Bits of constant mod 2^width, least significant first."""
    size = (width + 7) // 8
    octets = (constant % (1 << width)).to_bytes(size, "little")
    return np.unpackbits(np.frombuffer(octets, np.uint8), bitorder="little")[:width].astype(
        np.int64
    )


class Room:
    """Room for compressing: a span of depths and a log, which grow while they are too small."""

    def __init__(self, counts: Longs, wires: int) -> None:
        width, depths = counts.shape
        self.span = depths + 8 * (width + wires.bit_length()) + 32
        self.log = new_log(256 + 24 * width)

    def run(self, compressor: Callable[[int, Log], Longs]) -> tuple[Longs, Longs]:
        """What a compressor returns, and the batches that it wrote."""
        result = compressor(self.span, self.log)
        while self.log.box[OVERFLOW]:
            self.span, self.log = 2 * self.span, new_log(4 * len(self.log.batches))
            result = compressor(self.span, self.log)
        return result, self.log.batches[: self.log.box[USED]].copy()


def _doubled(heap: Heap, chain: int) -> tuple[Heap, Longs]:
    """What double adders leave of a heap, and their batches."""
    room = Room(heap.counts, int(heap.counts.sum()))
    left, batches = room.run(partial(doubled, heap, chain))
    latest = int(np.flatnonzero(left.any(axis=0)).max(initial=0))
    counts = np.ascontiguousarray(left[:, : latest + 1])
    return _heap(counts, heap.ones, heap.kept), batches


def _heap(counts: Longs, ones: Longs, kept: Bools) -> Heap:
    return Heap(counts, ones, kept, roles(counts, ones, kept))


def plan_sum(
    counts: Longs,
    constant: int,
    keep: Sequence[int],
    basis: BasisName,
    optimize: Objective = "depth",
    chain: int = CHAIN,
) -> SumPlan:
    """Plan a sum modulo 2^width, width = max(keep) + 1.

    Args:
        counts: (width, D); counts[c, t] wires of weight 2^c have relative depth t. No constants.
        constant: an integer added, taken mod 2^width.
        keep: the bits wanted, increasing; no gate is built that serves no kept bit.
        basis: one that has adders.
        optimize: "depth" then size, or "size" then depth.
        chain: how many double adders wait for each other, for size in xag: fewer gates, more levels.
    """
    kept = list(keep)
    width = kept[-1] + 1 if kept else 0
    if any(low >= high for low, high in pairwise(kept)) or (kept and kept[0] < 0):
        raise InputError(
            f"a sum keeps bits {kept}, and they must be increasing and not negative."
        )
    if counts.ndim != 2 or len(counts) != width:
        raise InputError(
            f"a sum with counts of shape {counts.shape} needs {width} columns, one per bit to {width - 1}."
        )
    wanted = np.zeros(width, np.bool_)
    wanted[kept] = True
    heap = _heap(np.ascontiguousarray(counts, np.int64), _bits(constant, width), wanted)
    none = np.empty((0, 6), np.int64)
    by_size = optimize == "size"
    adders = BASES[basis].adders
    assert adders is not None, "the basis has sums"
    style = STYLES[adders.size if by_size else adders.depth]
    heaps = [(heap, none)]
    if by_size and style == XOR5:
        heaps.append(_doubled(heap, chain))
    inputs, best, plan = int(counts.sum()), (FAR, FAR), None
    for heap, before in heaps:
        room, tried = Room(heap.counts, inputs), None
        for tail in (*TAILS, GREEDY):
            columns, after = room.run(partial(compress, heap, style, tail))
            if tried is not None and np.array_equal(columns, tried):
                continue  # the same heap for the final adder, by as many adders
            limit = FAR if by_size else best[0]
            net, wires, outputs, depth = finish(columns, style, by_size, limit)
            if wires == 0:
                continue  # later than the best so far
            batches = np.concatenate([before, after])
            ands, xors = adders_cost(batches, style)
            kinds = net[1:wires, OP]
            gates = (ands + int((kinds == AND).sum()), xors + int((kinds == XOR).sum()))
            score = (sum(gates), depth) if by_size else (depth, sum(gates))
            if score < best:
                best, tried = score, columns
                steps = Steps(
                    room.span, style, batches, columns, net[:wires].copy(), outputs[wanted]
                )
                plan = SumPlan(gates, (), inputs, steps)
    assert plan is not None, "some way always succeeds"
    outputs = plan.steps.outputs
    codes = zip(outputs.tolist(), plan.steps.net[outputs >> 1, DEPTH].tolist(), strict=True)
    depths = tuple(literal - 2 if literal < 2 else depth for literal, depth in codes)
    return replace(plan, depths=depths)


def bind_sum(plan: SumPlan, columns: Ints, depths: Ints) -> Program:
    """Build the gates of a planned sum.

    Args:
        plan: a plan whose counts are exactly those of the wires.
        columns: (k,); wire w, local input w + 1, has weight 2^columns[w].
        depths: (k,); its relative depth, from the origin of the plan.

    Returns:
        A program with one output per kept bit, whose gates and output depths are those of the plan.
    """
    return _bound(plan, columns, depths, np.empty((0, LOG), np.int64))


def bind_sum_with_adders(
    plan: SumPlan, columns: Ints, depths: Ints
) -> tuple[Program, Longs | None]:
    """`bind_sum`, and its adders (adders, LOG) as `bind.py` says; None where it has adders of pairs.

    The adders take the wires of all columns to those that the final adder adds up: that is why the sum is right.
    """
    batches = plan.steps.batches
    log = np.full((int(batches[:, 2].sum()), LOG), -1, np.int64)
    program = _bound(plan, columns, depths, log)
    return program, None if (batches[:, 1] >= PAIR).any() else log


def _bound(plan: SumPlan, columns: Ints, depths: Ints, log: Longs) -> Program:
    if len(columns) != plan.inputs or len(depths) != plan.inputs:
        raise InputError(f"a sum planned for {plan.inputs} wires was given {len(columns)}.")
    gates = sum(plan.gates)
    if plan.inputs + gates >= 1 << 30:
        raise LimitError(
            f"one sum of {gates} gates is too large to build; literals are 32-bit."
        )
    columns, depths = (np.ascontiguousarray(given, np.int32) for given in (columns, depths))
    return Program(plan.inputs, *expand(columns, depths, plan.steps, gates, log))
