"""The decisions that flatten and measure share, remembered: the plan of a sum, of a tree, of a cell's gates.

A plan depends on depths relative to the earliest wire, so plans are kept relative and shifted on use.
"""

from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from circuitsim.array_types import Ints, Longs
from circuitsim.bases import BasisName
from circuitsim.kernels import compiled
from circuitsim.netlist.program import Program
from circuitsim.schematic import heaps
from circuitsim.schematic.heaps import Layout, column_counts
from circuitsim.schematic.plans.sums import SumPlan, plan_sum
from circuitsim.schematic.plans.trees import TreePlan, plan_tree
from circuitsim.schematic.schematic import Schematic

Codes = Ints
Mode: TypeAlias = Literal["depth", "size"]
LATE = 1 << 30  # later than any wire
BYTES_KEPT = 1 << 29  # of all plans that are kept
MOST_KEPT = 1 << 11  # columns and depths with wires, of a sum whose plan is kept


class Total(NamedTuple):
    """A planned sum at its real depths."""

    row: int  # of the classes
    keep: list[int]  # its live bits that are wanted
    gates: tuple[int, int]  # ANDs, XORs
    depths: list[int]  # of these bits
    deepest: int  # of its gates
    base: int  # depth of its earliest wire
    plan: SumPlan
    used: Longs  # digits of the layout that it adds up
    constant: int  # that it adds


def totals(schematic: Schematic, layout: Layout, classes: Codes) -> Iterator[Total]:
    """The plans of the rows of a sum that have wanted live bits.

    Args:
        classes: (rows, elements + width) codes of a row's wires, then which live bits are wanted.
    """
    mode: Mode = "size" if schematic.optimize == "size" else "depth"
    codes, wanted = np.split(classes, [classes.shape[1] - layout.width], axis=1)
    settled = heaps.settle(layout, codes, wanted)
    for row in np.flatnonzero(wanted.any(axis=1)).tolist():
        own, reached = np.ascontiguousarray(codes[row]), settled.reached[row]
        keep = np.flatnonzero(wanted[row]).tolist()
        width = keep[-1] + 1
        digit = own[layout.element]
        used = np.flatnonzero((digit >= 0) & reached[layout.column])
        base, latest = int(digit[used].min(initial=LATE)), int(digit[used].max(initial=-1))
        base = base if latest >= 0 else 0
        span = max(latest, 0) - base + 1
        counts = np.ascontiguousarray(column_counts(layout, own, reached, base, span)[:width])
        constant = sum(int(bit) << c for c, bit in enumerate(settled.bits[row, :width]))
        asked = Asked(constant, tuple(keep), schematic.basis, mode)
        filled = np.flatnonzero(counts)  # few, where wires come at many depths
        if len(filled) <= MOST_KEPT:
            heap = filled.tobytes(), counts.ravel()[filled].tobytes()
            plan, made = _kept_sum(counts.shape, *heap, asked)
        else:
            plan, made = _sum(counts, asked)
        depths = [d + base if d >= 0 else d for d in plan.depths]
        deepest = max((d for d, gate in zip(depths, made, strict=True) if gate), default=0)
        yield Total(row, keep, plan.gates, depths, deepest, base, plan, used, constant)


class Asked(NamedTuple):
    """What is asked of a heap of wires."""

    constant: int  # that is added
    keep: tuple[int, ...]
    basis: BasisName
    optimize: Mode


Planned: TypeAlias = tuple[SumPlan, tuple[bool, ...]]


def _sum(counts: Longs, asked: Asked) -> Planned:
    """A plan, and which bits are gates."""
    constant, keep, basis, optimize = asked
    plan = plan_sum(counts, constant, keep, basis, optimize)
    return plan, _gate_outputs(counts, constant, keep)


class Kept:
    """The plans that were asked for last: so many bytes of them, as some are a hundred times larger."""

    def __init__(self, most: int) -> None:
        self.most, self.bytes = most, 0
        self.plans: OrderedDict[Any, Planned] = OrderedDict()

    def get(self, key: Any) -> Planned | None:
        """The plan, or None where it is not kept."""
        if key not in self.plans:
            return None
        self.plans.move_to_end(key)
        return self.plans[key]

    def add(self, key: Any, planned: Planned) -> None:
        """Keep a plan, and forget what was not asked for since long."""
        self.plans[key] = planned
        self.bytes += planned[0].bytes
        while self.bytes > self.most and len(self.plans) > 1:
            _, (plan, _) = self.plans.popitem(last=False)
            self.bytes -= plan.bytes


KEPT = Kept(BYTES_KEPT)


def _kept_sum(shape: tuple[int, int], filled: bytes, wires: bytes, asked: Asked) -> Planned:
    """`_sum`, of how many wires there are at the places of (columns, depths) that have some."""
    key = shape, filled, wires, asked
    planned = KEPT.get(key)
    if planned is None:
        counts = np.zeros(shape, np.int64)
        counts.ravel()[np.frombuffer(filled, np.int64)] = np.frombuffer(wires, np.int64)
        planned = _sum(counts, asked)
        KEPT.add(key, planned)
    return planned


def _gate_outputs(counts: Longs, constant: int, keep: tuple[int, ...]) -> tuple[bool, ...]:
    """Which kept bits are gates: the others are a lone wire of their column, or of one that a constant passed on."""
    made, carries, carried_wire = [], 0, False
    for column, own in enumerate(counts.sum(axis=1)):
        bit = constant >> column & 1
        live = int(own) + carries
        passed = live == 1 and (carries == 0 or carried_wire)
        made.append(live > 0 and not passed)
        carries, carried_wire = (live + bit) >> 1 if live else 0, passed
    return tuple(made[k] for k in keep)


def tree(codes: Codes, repeats: Longs) -> TreePlan:
    """The plan of an AND over live wires; `depth` is real."""
    base = int(codes.min())
    counts = np.zeros(int(codes.max()) - base + 1, np.int64)
    np.add.at(counts, codes - base, repeats)
    plan = _tree(counts.tobytes())
    return TreePlan(gates=plan.gates, depth=plan.depth + base)


@lru_cache(maxsize=65536)
def _tree(data: bytes) -> TreePlan:
    return plan_tree(np.frombuffer(data, np.int64).copy())


def kinds(program: Program) -> tuple[int, int]:
    """(ANDs, XORs) of a program."""
    xors = int(program.ops.sum())
    return program.gates - xors, xors


def depths(program: Program, codes: Any) -> tuple[Codes, int]:
    """Codes of a program's outputs for one row of input codes, and the depth of its deepest gate."""
    return _depths(program, np.ascontiguousarray(codes, dtype=np.int32))


@compiled(work=lambda program, codes: 2 * program.gates + codes.size)
def _depths(program: Program, codes: Any) -> Any:
    inputs, _, a, b, outputs = program
    depth = np.zeros(1 + inputs + len(a), np.int32)
    depth[1 : 1 + inputs] = codes
    deepest = 0
    for g in range(len(a)):  # a gate reads earlier wires only
        d = max(depth[a[g] >> 1], depth[b[g] >> 1]) + 1
        depth[1 + inputs + g] = d
        deepest = max(deepest, d)
    result = np.empty(len(outputs), np.int32)
    for o in range(len(outputs)):
        wire = outputs[o] >> 1
        result[o] = -2 + (outputs[o] & 1) if wire == 0 else depth[wire]
    return result, deepest
