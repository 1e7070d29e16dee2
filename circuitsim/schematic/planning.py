"""The decisions that flatten and measure share, remembered: the plan of a sum, of a tree, of a cell's gates.

A plan depends on depths relative to the earliest wire, so plans are kept relative and shifted on use.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.bases import BasisName
from circuitsim.kernels import compiled
from circuitsim.netlist.program import Program
from circuitsim.schematic.heaps import Layout, Settled, column_counts
from circuitsim.schematic.plans.sums import SumPlan, plan_sum
from circuitsim.schematic.plans.trees import TreePlan, plan_tree
from circuitsim.schematic.schematic import Schematic

Codes = npt.NDArray[np.int32]
Mode: TypeAlias = Literal["depth", "size"]


@dataclass(frozen=True)
class Total:
    """A planned sum at its real depths: gates (ANDs, XORs), depth of every kept bit, depth of its deepest gate."""

    gates: tuple[int, int]
    depths: tuple[int, ...]
    deepest: int
    base: int
    plan: SumPlan


def total(
    schematic: Schematic,
    layout: Layout,
    settled: Settled,
    row: int,
    codes: Codes,
    keep: tuple[int, ...],
) -> Total:
    """The plan of one row of a sum.

    Args:
        settled, row: where constants and reached columns of this row stand.
        codes: (elements,) codes of the row's wires.
        keep: the live bits that are wanted.
    """
    reached = settled.reached[row]
    base, latest = _extent(layout.element, layout.column, codes, reached)
    counts = column_counts(
        layout.element,
        layout.column,
        layout.negated,
        layout.repeats,
        codes,
        reached,
        base,
        latest - base + 1,
    )
    width = keep[-1] + 1
    constant = sum(int(bit) << c for c, bit in enumerate(settled.bits[row, :width]))
    counts = np.ascontiguousarray(counts[:width])
    mode: Mode = "size" if schematic.optimize == "size" else "depth"
    plan, gates_out = _sum(
        counts.tobytes(), counts.shape, constant, keep, schematic.basis, mode
    )
    depths = tuple(d + base if d >= 0 else d for d in plan.depths)
    deepest = max(
        (d for d, is_gate in zip(depths, gates_out, strict=True) if is_gate), default=0
    )
    return Total(plan.gates, depths, deepest, base, plan)


@lru_cache(maxsize=65536)
def _sum(
    data: bytes,
    shape: tuple[int, int],
    constant: int,
    keep: tuple[int, ...],
    basis: BasisName,
    optimize: Mode,
) -> tuple[SumPlan, tuple[bool, ...]]:
    counts = np.frombuffer(data, np.int64).reshape(shape).copy()
    return plan_sum(counts, constant, keep, basis, optimize), _gate_outputs(
        counts, constant, keep
    )


def _gate_outputs(
    counts: npt.NDArray[np.int64], constant: int, keep: tuple[int, ...]
) -> tuple[bool, ...]:
    """Which kept bits are gates: the others are a lone wire of their column, or of one that a constant passed on."""
    made, carries, carried_wire = [], 0, False
    for column, own in enumerate(counts.sum(axis=1)):
        bit = constant >> column & 1
        live = int(own) + carries
        passed = live == 1 and (carries == 0 or carried_wire)
        made.append(live > 0 and not passed)
        carries, carried_wire = (live + bit) >> 1 if live else 0, passed
    return tuple(made[k] for k in keep)


def tree(codes: Codes, repeats: npt.NDArray[np.int64]) -> TreePlan:
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
    return _depths(
        program.inputs,
        program.a,
        program.b,
        program.outputs,
        np.ascontiguousarray(codes, dtype=np.int32),
    )


@compiled
def _depths(inputs: Any, a: Any, b: Any, outputs: Any, codes: Any) -> Any:
    depth = np.zeros(1 + inputs + len(a), np.int32)
    depth[1 : 1 + inputs] = codes
    deepest = 0
    for g in range(len(a)):
        d = max(depth[a[g] >> 1], depth[b[g] >> 1]) + 1
        depth[1 + inputs + g] = d
        deepest = max(deepest, d)
    result = np.empty(len(outputs), np.int32)
    for o in range(len(outputs)):
        wire = outputs[o] >> 1
        result[o] = -2 + (outputs[o] & 1) if wire == 0 else depth[wire]
    return result, deepest


@compiled
def _extent(element: Any, column: Any, codes: Any, reached: Any) -> Any:
    """Earliest and latest depth of the live wires in reached columns; (0, 0) if there are none."""
    low, high = 1 << 30, -1
    for d in range(len(element)):
        code = codes[element[d]]
        if code >= 0 and reached[column[d]]:
            low, high = min(low, code), max(high, code)
    return (low, high) if high >= 0 else (0, 0)
