"""Sums of weighted wires in two's complement: the plan of one, and the gates that carry it out.

`plan_sum` decides everything from how many wires of each weight arrive at each depth, so a measurer that
never builds the circuit and a builder that does agree exactly; `bind_sum` executes the plan on actual wires.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from circuitsim.bases import BASES, BasisName
from circuitsim.errors import InputError, LimitError
from circuitsim.netlist.program import AND, XOR, Ints, Program

from .adders import STYLES, XOR5
from .bind import expand
from .chain import FAR
from .compress import OVERFLOW, USED
from .double import doubled
from .finish import finish
from .gates import DEPTH, OP
from .heap import GREEDY, adders_cost, compress, roles

Longs = npt.NDArray[np.int64]
Objective = Literal["depth", "size"]

TAILS: Final = (4, 6, 8)
"""Below how many wires rule S stops looking ahead; the best is kept."""

CONSTANT_0, CONSTANT_1 = -2, -1
CHAIN: Final = 1  # double adders for each wire of a split pair


@dataclass(frozen=True, eq=False)
class SumPlan:
    """How a sum is done, and what that costs.

    Batches (column, kind, how many, dx, dy, dz) are executed in order on queues of wires, one a column and
    depth; `columns`, `net` and `outputs` describe the final adder over what they leave (see bind.py).
    """

    gates: tuple[int, int]  # ANDs, XORs
    depths: tuple[
        int, ...
    ]  # one code per kept bit: -2 constant 0, -1 constant 1, else a depth
    inputs: int
    span: int  # all depths of compressor wires are below
    style: int
    batches: Longs  # (batches, 6)
    columns: Longs  # (width, fields of chain.py)
    net: Longs  # (wires, 4): kind, literals, depth; see netlist.py
    outputs: Longs  # a literal of `net` per kept bit

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


@dataclass(frozen=True, eq=False)
class Heap:
    """Wires by column and depth, and the batches that made them of those that were given."""

    counts: Longs
    batches: Longs


def _doubled(counts: Longs, role: Longs, wanted: npt.NDArray[np.bool_], chain: int) -> Heap:
    """What double adders leave of a heap."""
    span = counts.shape[1] + 8 * (len(counts) + int(counts.sum()).bit_length()) + 32
    log, box = np.empty((256 + 24 * len(counts), 6), np.int64), np.zeros(3, np.int64)
    left = doubled(counts, role, wanted, chain, span, log, box)
    while box[OVERFLOW]:
        span, log = 2 * span, np.empty((4 * len(log), 6), np.int64)
        left = doubled(counts, role, wanted, chain, span, log, box)
    latest = int(np.flatnonzero(left.any(axis=0)).max(initial=0))
    return Heap(np.ascontiguousarray(left[:, : latest + 1]), log[: box[USED]].copy())


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
    counts = np.ascontiguousarray(counts, np.int64)
    ones = _bits(constant, width)
    by_size = optimize == "size"
    heaps = [Heap(counts, np.empty((0, 6), np.int64))]
    adders = BASES[basis].adders
    assert adders is not None, "the basis has sums"
    style = STYLES[adders.size if by_size else adders.depth]
    if by_size and style == XOR5:
        heaps.append(_doubled(counts, roles(counts, ones, wanted), wanted, chain))
    inputs, best, plan = int(counts.sum()), (FAR, FAR), None
    for heap in heaps:
        role = roles(heap.counts, ones, wanted)
        span = heap.counts.shape[1] + 8 * (width + inputs.bit_length()) + 32
        log, box = np.empty((256 + 24 * width, 6), np.int64), np.zeros(3, np.int64)
        tried: Longs | None = None
        for tail in (*TAILS, GREEDY):
            columns = compress(heap.counts, ones, wanted, role, style, tail, span, log, box)
            while box[OVERFLOW]:
                span, log = 2 * span, np.empty((4 * len(log), 6), np.int64)
                columns = compress(
                    heap.counts, ones, wanted, role, style, tail, span, log, box
                )
            if tried is not None and np.array_equal(columns, tried):
                continue  # the same heap for the final adder, by as many adders
            net, wires, outputs, depth = finish(
                columns, style, by_size, FAR if by_size else best[0]
            )
            if wires == 0:
                continue  # later than the best so far
            batches = np.concatenate([heap.batches, log[: box[USED]]])
            ands, xors = adders_cost(batches, len(batches), style)
            kinds = net[1:wires, OP]
            gates = (ands + int((kinds == AND).sum()), xors + int((kinds == XOR).sum()))
            score = (sum(gates), depth) if by_size else (depth, sum(gates))
            if score < best:
                best, chosen, tried = score, outputs[wanted], columns
                plan = SumPlan(
                    gates, (), inputs, span, style, batches, columns, net[:wires], chosen
                )
    assert plan is not None, "some way always succeeds"
    codes = zip(
        plan.outputs.tolist(), plan.net[plan.outputs >> 1, DEPTH].tolist(), strict=True
    )
    return replace(
        plan, depths=tuple(literal - 2 if literal < 2 else depth for literal, depth in codes)
    )


def bind_sum(plan: SumPlan, columns: Ints, depths: Ints) -> Program:
    """Build the gates of a planned sum.

    Args:
        plan: a plan whose counts are exactly those of the wires.
        columns: (k,); wire w, local input w + 1, has weight 2^columns[w].
        depths: (k,); its relative depth, from the origin of the plan.

    Returns:
        A program with one output per kept bit, whose gates and output depths are those of the plan.
    """
    if len(columns) != plan.inputs or len(depths) != plan.inputs:
        raise InputError(f"a sum planned for {plan.inputs} wires was given {len(columns)}.")
    gates = sum(plan.gates)
    if plan.inputs + gates >= 1 << 30:
        raise LimitError(
            f"one sum of {gates} gates is too large to build; literals are 32-bit."
        )
    ops, a, b, outputs = expand(
        np.ascontiguousarray(columns, np.int32),
        np.ascontiguousarray(depths, np.int32),
        len(plan.columns),
        plan.span,
        plan.batches,
        plan.columns,
        plan.net,
        plan.outputs,
        gates,
        plan.style,
    )
    return Program(plan.inputs, ops, a, b, outputs)
