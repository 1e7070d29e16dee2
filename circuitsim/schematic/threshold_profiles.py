"""Threshold gates of all rows at once, on profiles: which are constant, how many wires they read, how deep they are.

What `thresholds.decide` says of one row of codes. A run of equal codes acts as one wire with all of its weights: so
weights are put together along runs, and no run is cut where only weights change. Every operand is looked at on its
own grid, because what a sum can reach is the sum of what its parts can, and grids meet afterwards. In numba where
64 bits hold all sums, else naively in Python integers; pencils of weights have a way of their own
(`pencil_profiles`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from circuitsim.kernels import compiled
from circuitsim.schematic import pencil_profiles
from circuitsim.schematic.pencil import Pencil
from circuitsim.schematic.profile import CONST1, Codes, Profile, Runs, align, unique_rows
from circuitsim.schematic.schematic import Instruction, Thresholds
from circuitsim.schematic.thresholds import Numbers, number_type, state_of

Kernel = Callable[..., Sequence[Numbers]]


@dataclass(frozen=True)
class Sizes:
    """Gates of an `at_least`, weights undivided: profiles of integers, with the thresholds (or 1 for all) last.

    Args:
        fan_in: live wires of weight other than 0. size: the sum of their absolute weights.
        largest, divisor: the largest and the greatest common divisor of those; 0 without wires.
        deepest: depth of the deepest wire; -1 without wires.
    """

    fan_in: Profile
    size: Profile
    largest: Profile
    divisor: Profile
    deepest: Profile


def states(line: Instruction, args: list[Profile]) -> Profile:
    """The constants of an `at_least`, from those of its operands."""
    how: Thresholds = line.attributes
    found = []
    for operand, (arg, table, added) in enumerate(_operands(how, args)):
        if isinstance(table, Pencil):
            found.append(_by_wires(arg, table, pencil_profiles.reach))
            continue
        sums = [
            _along(np.add, part, added)
            for part in (np.minimum(table, 0), np.maximum(table, 0))
        ]
        reach = _by_rows(arg, len(added), _of_tables(sums, _reach, _reach_naively))
        found.append(_by_threshold(how, operand, reach))
    runs, parts = align([profile for pair in found for profile in pair])
    low, high = reduce(np.add, parts[::2]), reduce(np.add, parts[1::2])
    thresholds = np.array(how.thresholds, parts[0].dtype)
    ones = np.ones(len(thresholds), np.int64)
    return Profile((*runs[:-1], ones), state_of(thresholds, low, high)).merge()


def sizes(line: Instruction, args: list[Profile]) -> Sizes:
    """Sizes and depths of the gates of an `at_least`, constant ones too, from the codes of its operands."""
    found = []
    for operand, (arg, table, added) in enumerate(_operands(line.attributes, args)):
        if isinstance(table, Pencil):
            found.append(_by_wires(arg, table, pencil_profiles.sizes))
            continue
        weights = np.abs(table)
        fan_in = _along(np.add, (weights != 0).astype(table.dtype), added)
        parts = [
            fan_in,
            *(_along(join, weights, added) for join in (np.add, np.maximum, np.gcd)),
        ]
        own = _by_rows(arg, len(added), _of_tables(parts, _size, _size_naively))
        found.append(_by_threshold(line.attributes, operand, own))
    joined = []
    for join, profiles in zip(
        (np.add, np.add, np.maximum, np.gcd, np.maximum),
        zip(*found, strict=True),
        strict=True,
    ):
        runs, values = align(profiles)
        joined.append(Profile(runs, reduce(join, values)))
    return Sizes(*joined)


def reads(
    line: Instruction, args: list[Profile], want: Profile, state: Profile
) -> list[Profile]:
    """Of every operand of an `at_least`, in 0s and 1s, what its wanted gates read that are not constant.

    Args:
        state: what `states` says.
    """
    runs, (w, s) = align([want, state])
    asked = Profile(runs, ((w != 0) & (s >= 0)).astype(np.int32))
    result = []
    for operand, (arg, table, _) in enumerate(_operands(line.attributes, args)):
        gates = _by_row(line.attributes, operand, asked)
        lead, many = gates.codes.shape[:-1], len(table)
        flat = gates.codes.reshape(prod(lead), many)
        own: tuple[Runs, ...]
        if isinstance(table, Pencil):
            own = (np.ones(table.shape[1], np.int64),)
            some = pencil_profiles.reads(flat != 0, table)
        else:
            present = Profile.dense(table != 0).unit(0)
            weighty, own = present.codes.reshape(many, -1), present.runs[1:]
            # Of so many gates, none negative.
            some = flat.astype(np.float32) @ weighty.astype(np.float32) > 0
        read = some.reshape(*lead, *(len(runs) for runs in own)).astype(np.int32)
        grid = Profile((*gates.runs[:-1], *own), read)
        meet, (read, codes) = align([grid, arg])
        result.append(
            Profile(tuple(meet), ((read != 0) & (codes >= 0)).astype(np.int32))
            .any_to(arg.shape)
            .merge()
        )
    return result


def _by_threshold(how: Thresholds, operand: int, found: list[Profile]) -> list[Profile]:
    """What is known of every row of weights, for the thresholds that have it."""
    if how.weights[operand].rows is None:
        return found
    which = how.rows(operand)
    ones = np.ones(len(which), np.int64)
    return [Profile((*own.runs[:-1], ones), own.codes[..., which]) for own in found]


def _by_row(how: Thresholds, operand: int, asked: Profile) -> Profile:
    """In 0s and 1s, whether some threshold is asked for that has a row of weights: thresholds are the last axis."""
    if len(how.tables[operand]) == 1:
        return asked.any_to((*asked.shape[:-1], 1))
    every = asked.unit(len(asked.runs) - 1)
    if how.weights[operand].rows is None:
        return every
    some = how.rows(operand) == np.arange(len(how.tables[operand]))[:, None]
    codes = (every.codes.astype(np.float32) @ some.T.astype(np.float32) > 0).astype(np.int32)
    return Profile((*every.runs[:-1], np.ones(len(some), np.int64)), codes)


def _operands(
    how: Thresholds, args: list[Profile]
) -> Iterator[tuple[Profile, Numbers | Pencil, tuple[Runs, ...]]]:
    """Every operand with its table of weights and the runs of the axes that are added up."""
    ends = [
        arg.runs[len(arg.runs) - table.ndim + 1 :]
        for arg, table in zip(args, how.tables, strict=True)
    ]
    kind = number_type(how, ends)
    for arg, table, added in zip(args, how.tables, ends, strict=True):
        dense = table if isinstance(table, Pencil) else table.astype(kind, copy=False)
        yield arg, dense, added


def _along(join: np.ufunc, table: Numbers, runs: tuple[Runs, ...]) -> Numbers:
    """What the weights (thresholds or 1, axes) come to in every run of the axes: (thresholds or 1, elements)."""
    for axis, own in enumerate(runs, 1):
        if table.shape[axis] == 1:
            table = (
                table * own.reshape(-1, *[1] * (len(runs) - axis))
                if join is np.add
                else table
            )
        elif len(own) != table.shape[axis]:  # else every run is one wire
            table = join.reduceat(table, np.cumsum(own) - own, axis)
    grid = tuple(len(own) for own in runs)
    wide = table if table.shape[1:] == grid else np.broadcast_to(table, (len(table), *grid))
    return wide.reshape(len(table), prod(grid))


def _by_rows(
    arg: Profile, last: int, find: Callable[[Codes], list[Numbers]]
) -> list[Profile]:
    """Profiles of what is found of codes (rows, elements of the last axes): each (rows, thresholds or 1)."""
    lead = arg.runs[: len(arg.runs) - last]
    grid, own = arg.codes.shape[: len(lead)], arg.codes.shape[len(lead) :]
    values = find(arg.codes.reshape(prod(grid), prod(own)))
    return [
        Profile(
            (*lead, np.ones(value.shape[1], np.int64)), value.reshape(*grid, value.shape[1])
        )
        for value in values
    ]


def _by_wires(
    arg: Profile, pencil: Pencil, find: Callable[[Codes, Pencil], list[Numbers]]
) -> list[Profile]:
    """The same of codes, wire by wire, and a pencil."""
    return _by_rows(arg.unit(len(arg.runs) - 1), 1, lambda codes: find(codes, pencil))


def _of_tables(
    tables: list[Numbers], fast: Kernel, naive: Kernel
) -> Callable[[Codes], list[Numbers]]:
    """What a kernel makes of codes and of tables (thresholds or 1, elements)."""

    def find(codes: Codes) -> list[Numbers]:
        if tables[0].dtype != object:
            return list(fast(*map(_plain, (codes, *tables))))
        classes, inverse = unique_rows(codes)
        return [value[inverse] for value in naive(classes, *tables)]

    return find


def _plain(array: Numbers) -> Numbers:
    """The array as kernels are compiled for: its rows one after the other, and its own to write to."""
    flags = array.flags
    return array if flags.c_contiguous and flags.writeable else np.array(array, order="C")


@compiled(work=lambda codes, negative, positive: len(codes) * negative.size)
def _reach(codes: Any, negative: Any, positive: Any) -> Any:
    """Least and greatest sum of every row (rows, thresholds or 1), given sums of weights below and above 0."""
    shape = (len(codes), len(negative))
    low, high = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row in range(shape[0]):
        for t in range(shape[1]):
            for k in range(codes.shape[1]):
                code = codes[row, k]
                if code == CONST1:
                    low[row, t] += negative[t, k] + positive[t, k]
                    high[row, t] += negative[t, k] + positive[t, k]
                elif code >= 0:
                    low[row, t] += negative[t, k]
                    high[row, t] += positive[t, k]
    return low, high


def _reach_naively(codes: Codes, negative: Numbers, positive: Numbers) -> list[Numbers]:
    """`_reach` in Python integers."""
    one, live = (codes == CONST1).astype(object), (codes >= 0).astype(object)
    fixed = one @ (negative + positive).T
    return [fixed + live @ negative.T, fixed + live @ positive.T]


@compiled(work=lambda codes, fan_in, *more: len(codes) * fan_in.size)
def _size(codes: Any, fan_in: Any, size: Any, largest: Any, divisor: Any) -> Any:
    """`Sizes` of every row (rows, thresholds or 1), given those of every element."""
    shape = (len(codes), len(size))
    wires, total, most = (
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
    )
    common, deepest = np.zeros(shape, np.int64), np.full(shape, -1, np.int64)
    for row in range(shape[0]):
        for t in range(shape[1]):
            for k in range(codes.shape[1]):
                code = codes[row, k]
                if code < 0 or fan_in[t, k] == 0:
                    continue
                wires[row, t] += fan_in[t, k]
                total[row, t] += size[t, k]
                most[row, t] = max(most[row, t], largest[t, k])
                deepest[row, t] = max(deepest[row, t], code)
                if common[row, t] != 1:
                    a, b = divisor[t, k], common[row, t]
                    while b:
                        a, b = b, a % b
                    common[row, t] = a
    return wires, total, most, common, deepest


def _size_naively(
    codes: Codes, fan_in: Numbers, size: Numbers, largest: Numbers, divisor: Numbers
) -> list[Numbers]:
    """`_size` in Python integers."""
    found = []
    for row in codes:
        live = row >= 0
        wires, total = fan_in[:, live].sum(axis=1), size[:, live].sum(axis=1)
        most, common = (
            largest[:, live].max(axis=1, initial=0),
            np.gcd.reduce(divisor[:, live], axis=1, initial=0),
        )
        deepest = np.where(fan_in[:, live] != 0, row[live], -1).max(axis=1, initial=-1)
        found.append((wires, total, most, common, deepest))
    return [np.array(part) for part in zip(*found, strict=True)]
