"""Flattening ANDs, ORs and thresholds of any number of wires: rows of one class become gates together.

In xag and aig an AND of many wires is a tree by its plan; in ac0 and tc0 it is one gate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np

from circuitsim.array_types import Bools, Ints, Longs
from circuitsim.netlist.builder import Builder
from circuitsim.netlist.program import AND, OR, THRESHOLD
from circuitsim.netlist.unbounded_builder import UnboundedBuilder
from circuitsim.schematic.constants import segment_sums
from circuitsim.schematic.plans.trees import bind_tree
from circuitsim.schematic.profile import ABSENT, CONST0, CONST1, unique_rows
from circuitsim.schematic.schematic import Gather, Instruction, Schematic
from circuitsim.schematic.thresholds import Literals, remainders, weigh

AnyBuilder: TypeAlias = Builder | UnboundedBuilder
NOBODY = -1  # the literal of a wire that no output needs
WIRES_AT_ONCE = 1 << 24  # of threshold gates, whose weights are copied once


class MadeSum(NamedTuple):
    """A sum as gates, for whoever has to prove that it is one.

    The wires, each times 2 to the power of its column, and the constant add up, modulo 2^width, to the word of which
    the bits `keep` are `outputs`.
    """

    wires: Literals  # (wires,)
    columns: Longs  # (wires,)
    constant: int
    keep: list[int]
    outputs: Literals  # a literal a kept bit
    adders: Longs | None  # as `bind_sum_with_adders` has them, over literals of the circuit


@dataclass(frozen=True)
class Context:
    """What a rule sees beside its operands' literals: what is wanted, and the circuit so far."""

    schematic: Schematic
    want: Bools
    state: Ints
    builder: AnyBuilder
    show_sum: Callable[[MadeSum], None] | None = None


def all_rule(
    line: Instruction, args: list[Literals], context: Context, any_of: int = 0
) -> Literals:
    """An AND, or an OR as the complement of an AND of complements (`any_of` is 1)."""
    rows, parts = int(np.prod(line.shape)), []
    for arg, axes in zip(args, line.attributes, strict=True):
        added = arg.shape[arg.ndim - axes :]
        parts.append(
            np.broadcast_to(arg, line.shape + added).reshape(rows, int(np.prod(added)))
        )
    wires = np.concatenate(parts, axis=1)
    wires = np.where(wires >= 0, wires ^ any_of, NOBODY)
    if isinstance(context.builder, UnboundedBuilder):
        starts = np.arange(rows + 1, dtype=np.int64) * wires.shape[1]
        return _gates(context, context.builder, wires.reshape(-1), starts, any_of)
    codes = codes_of(wires, context.builder.level)
    want = context.want.reshape(rows, 1).astype(np.int32)
    classes, inverse = unique_rows(np.concatenate([codes, want], axis=1))
    result = np.full(rows, NOBODY, np.int32)
    for index, row in enumerate(classes):
        live = np.flatnonzero(row[:-1] >= 0)
        if row[-1] and len(live) and not (row[:-1] == CONST0).any():
            chosen = np.flatnonzero(inverse == index)
            own = wires[np.ix_(chosen, live)]
            if len(live) > 1:
                own = context.builder.stamp(
                    bind_tree(row[:-1][live] - row[:-1][live].min()), own
                )
            result[chosen] = own[:, 0] ^ any_of
    return result.reshape(line.shape)


def _gates(
    context: Context,
    builder: UnboundedBuilder,
    wires: Literals,
    starts: Longs,
    any_of: int,
) -> Literals:
    """ANDs of wires[starts[g]:starts[g + 1]]; with `any_of`, of complements, complemented: ORs."""
    sizes, live = np.diff(starts), segment_sums(wires > 1, starts)
    asked = (context.want & (context.state >= 0)).reshape(-1)
    result = np.full(asked.shape, NOBODY, np.int32)
    lone, gate = asked & (live == 1), asked & (live > 1)
    result[lone] = wires[np.repeat(lone, sizes) & (wires > 1)] ^ any_of
    if gate.any():
        fan_in = wires[np.repeat(gate, sizes) & (wires > 1)] ^ any_of
        ends = np.cumsum(live[gate])
        result[gate] = builder.ragged(
            OR if any_of else AND, fan_in, np.concatenate([[0], ends])
        )
    return result.reshape(context.want.shape)


def any_rule(line: Instruction, args: list[Literals], context: Context) -> Literals:
    """An OR over the last axes."""
    return all_rule(line, args, context, 1)


def ragged_rule(line: Instruction, args: list[Literals], context: Context) -> Literals:
    """ANDs or ORs of chosen wires; only bases of unbounded fan-in have them."""
    how: Gather = line.attributes
    any_of = int(line.operation == "any_of")
    read = args[0][how.indices]
    wires = np.where(read >= 0, read ^ how.negations ^ any_of, NOBODY)
    assert isinstance(context.builder, UnboundedBuilder)
    return _gates(context, context.builder, wires, how.starts, any_of)


def at_least_rule(line: Instruction, args: list[Literals], context: Context) -> Literals:
    """Threshold gates; those of a row, which may read the same wires, are neighbours."""
    lead, rows, thresholds = line.shape[:-1], int(np.prod(line.shape[:-1])), line.shape[-1]
    parts, axes = [], []
    for arg, table in zip(args, line.attributes.tables, strict=True):
        axes.append(arg.shape[arg.ndim - table.ndim + 1 :])
        parts.append(
            np.broadcast_to(arg, lead + axes[-1]).reshape(rows, int(np.prod(axes[-1])))
        )
    weights, reached = weigh(line.attributes, axes)
    found = remainders(np.concatenate(parts, axis=1), weights)
    want = (context.want & (context.state >= 0)).reshape(rows, thresholds)
    fan_in = np.broadcast_to(found.fan_in, want.shape)
    lone, gate = want & (fan_in == 1), want & (fan_in > 1)
    result = np.full((rows, thresholds), NOBODY, np.int32)
    wires, signs, _ = found.wires(lone)
    result[lone] = wires ^ (signs < 0)
    reached = -((found.fixed - reached) // found.divisor)
    assert isinstance(context.builder, UnboundedBuilder)
    for low, high in _blocks((fan_in * gate).sum(axis=1)):
        some = gate[low:high]
        wires, scaled, starts = found.wires(some, low)
        result[low:high][some] = context.builder.ragged(
            THRESHOLD, wires, starts, scaled, reached[low:high][some]
        )
    return result.reshape(line.shape)


def _blocks(wires: Longs) -> list[tuple[int, int]]:
    """Rows from and to, of about so many wires as one block may have; rows of no wires are left out at the ends."""
    ends = np.cumsum(wires)
    if not len(ends) or not ends[-1]:
        return []
    cuts = np.searchsorted(ends, np.arange(0, int(ends[-1]), WIRES_AT_ONCE), side="right")
    edges = np.unique([*cuts, len(ends)]).tolist()
    return list(pairwise(edges))


def codes_of(wires: Literals, level: Ints) -> Literals:
    """Codes of literals: depths by the levels of nodes, which trees and sums are planned by."""
    depth = level[np.maximum(wires, 0) >> 1]
    special = np.where(wires == 0, CONST0, np.where(wires == 1, CONST1, ABSENT))
    return np.where(wires > 1, depth, special).astype(np.int32)
