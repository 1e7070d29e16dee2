"""Arrays of wire codes, every axis as a run-length list: what the abstract interpreters compute with.

A code is CONST0, CONST1, ABSENT (nobody wants the wire) or the wire's depth. A million equal keys are one run,
so that measuring C_n costs what the program costs, not what the circuit costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np

from circuitsim.array_types import Array, Ints, Longs

Codes: TypeAlias = Ints
Runs: TypeAlias = Longs

CONST0, CONST1, ABSENT = -2, -1, -3
FEW = 16  # entries of a grid that are not worth merging


@dataclass(frozen=True, eq=False, slots=True)
class Profile:
    """`codes` on the grid of runs; `runs[axis]` holds the run lengths, which add up to the axis' length."""

    runs: tuple[Runs, ...]
    codes: Codes

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes, in wires."""
        return tuple(int(r.sum()) for r in self.runs)

    @staticmethod
    def uniform(shape: Sequence[int], code: int) -> "Profile":
        """The same code everywhere."""
        runs = tuple(np.array([n] if n else [], np.int64) for n in shape)
        return Profile(runs, np.full(tuple(len(r) for r in runs), code, np.int32))

    @staticmethod
    def dense(codes: Array) -> "Profile":
        """A profile of explicit codes."""
        return Profile(
            tuple(np.ones(n, np.int64) for n in codes.shape), codes.astype(np.int32)
        ).merge()

    def expand_dense(self) -> Codes:
        """Explicit codes, one a wire."""
        codes = self.codes
        for axis, runs in enumerate(self.runs):
            if len(runs) != 1 or runs[0] != 1:
                codes = np.repeat(codes, runs, axis)
        return codes

    def merge(self) -> "Profile":
        """Join neighbouring runs whose codes agree everywhere; a few entries stay as they are, which is faster."""
        if self.codes.size <= FEW:
            return self
        runs, codes = list(self.runs), self.codes
        for axis, lengths in enumerate(runs):
            if len(lengths) < 2:
                continue
            moved = codes.swapaxes(0, axis)
            differs = (moved[1:] != moved[:-1]).reshape(len(lengths) - 1, -1).any(axis=1)
            if not differs.all():
                starts = np.concatenate([[0], differs.nonzero()[0] + 1])
                runs[axis] = np.add.reduceat(lengths, starts)
                codes = codes.take(starts, axis)
        return Profile(tuple(runs), codes)

    def cut(self) -> "Profile":
        """The same profile with every run cut into runs of length 1."""
        return Profile(tuple(np.ones(n, np.int64) for n in self.shape), self.expand_dense())

    def unit(self, axis: int) -> "Profile":
        """The same profile with runs of length 1 along one axis."""
        runs = self.runs[axis]
        length = int(runs.sum())
        if length == len(runs):
            return self
        ones = np.ones(length, np.int64)
        return Profile(_set(self.runs, axis, ones), np.repeat(self.codes, runs, axis))

    def slice(self, axis: int, start: int, stop: int, step: int) -> "Profile":
        """Strided slice along one axis."""
        counts = -((start - self.runs[axis].cumsum().clip(start, stop)) // step)
        runs = lengths_between(counts)
        (keep,) = (runs > 0).nonzero()
        return Profile(_set(self.runs, axis, runs[keep]), self.codes.take(keep, axis)).merge()

    def take(self, axis: int, indices: Sequence[int]) -> "Profile":
        """Any selection along one axis."""
        which = (
            self.runs[axis].cumsum().searchsorted(np.asarray(indices, np.int64), side="right")
        )
        ones = np.ones(len(indices), np.int64)
        return Profile(_set(self.runs, axis, ones), self.codes.take(which, axis)).merge()

    def expand(self, axis: int) -> "Profile":
        """Insert an axis of length 1."""
        runs = (*self.runs[:axis], np.ones(1, np.int64), *self.runs[axis:])
        return Profile(runs, np.expand_dims(self.codes, axis))

    def squeeze(self, axis: int) -> "Profile":
        """Drop an axis of length 1."""
        return Profile((*self.runs[:axis], *self.runs[axis + 1 :]), self.codes.squeeze(axis))

    def transpose(self, order: Sequence[int]) -> "Profile":
        """Axes in another order."""
        return Profile(tuple(self.runs[axis] for axis in order), self.codes.transpose(*order))

    def broadcast(self, shape: Sequence[int]) -> "Profile":
        """Repeat axes of length 1."""
        runs, codes = list(self.runs), self.codes
        for axis, length in enumerate(shape):
            if int(runs[axis].sum()) != length:
                runs[axis] = np.array([length] if length else [], np.int64)
                if not length:
                    codes = codes.take([], axis)
        return Profile(tuple(runs), codes)

    def any_to(self, shape: Sequence[int]) -> "Profile":
        """Of a profile of 0s and 1s: the OR over axes that have length 1 in `shape` (the inverse of broadcast)."""
        runs, codes = list(self.runs), self.codes
        for axis, length in enumerate(shape):
            if length == 1 and (len(runs[axis]) != 1 or runs[axis][0] != 1):
                runs[axis] = np.ones(1, np.int64)
                codes = codes.max(axis=axis, keepdims=True, initial=0)
        return Profile(tuple(runs), codes)

    def spread(self, axis: int, length: int, start: int, step: int) -> "Profile":
        """Of 0s and 1s: put element k at start + k * step of an axis of the given length, gaps filled alike.

        Filling the gaps overstates what is wanted, never understates it; a slice of every second wire and
        its twin together want everything, which keeps a tournament over a million keys at one run a class.
        """
        runs = self.runs[axis] * step
        end = start + int(runs.sum())
        if end > length and len(runs):
            runs[-1] -= end - length
            end = length
        pieces = [np.array([start], np.int64), runs, np.array([length - end], np.int64)]
        edge = (
            np.zeros_like(self.codes.take([0], axis))
            if self.codes.size
            else np.zeros(
                (*self.codes.shape[:axis], 1, *self.codes.shape[axis + 1 :]), np.int32
            )
        )
        codes = np.concatenate([edge, self.codes, edge], axis)
        lengths = np.concatenate(pieces)
        keep = np.flatnonzero(lengths > 0)
        return Profile(_set(self.runs, axis, lengths[keep]), codes.take(keep, axis)).merge()

    def counts(self) -> Array:
        """How many wires each entry of the grid stands for; Python integers where 64 bits might not do."""
        total = 1.0
        for runs in self.runs:
            total *= float(runs.sum())
        result: Array = np.ones((), np.int64 if total < 2**62 else object)
        for runs in self.runs:
            result = result[..., None] * runs.astype(result.dtype)
        return result


class Equal:
    """Small profiles, each of them once: of millions of values most have one of a few."""

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], Profile] = {}

    def __call__(self, profile: Profile) -> Profile:
        """The first profile that is equal, or else this one."""
        codes = profile.codes
        if codes.size > FEW:
            return profile
        key = (codes.tobytes(), *[runs.tobytes() for runs in profile.runs])
        return self.known.setdefault(key, profile)


def lengths_between(ends: Runs) -> Runs:
    """The run lengths that add up to `ends`; much faster than numpy's diff on a few."""
    lengths = ends.copy()
    lengths[1:] -= ends[:-1]
    return lengths


def concat(parts: Sequence[Profile], axis: int) -> Profile:
    """Join profiles along an axis."""
    runs = _common_runs([p.runs for p in parts], skip=axis)
    codes = _refined(parts, runs, skip=axis)
    along = np.concatenate([p.runs[axis] for p in parts])
    return Profile(_set(tuple(runs), axis, along), np.concatenate(codes, axis)).merge()


def align(parts: Sequence[Profile]) -> tuple[tuple[Runs, ...], list[Codes]]:
    """A common grid for profiles that broadcast: its runs, and each profile's codes (which broadcast on it)."""
    runs = _common_runs([p.runs for p in parts], skip=None)
    return tuple(runs), _refined(parts, runs)


def rows(
    parts: Sequence[Profile], axes: Sequence[int]
) -> tuple[tuple[Runs, ...], list[Codes]]:
    """Profiles that broadcast on all but their last axes: the common grid of the axes before those.

    Args:
        axes: for each profile, how many last axes are kept apart.

    Returns:
        The runs of the common grid, and for each profile its codes as (rows of the grid, its last axes flat).
    """
    leads = [p.runs[: len(p.runs) - a] for p, a in zip(parts, axes, strict=True)]
    runs = _common_runs(leads, skip=None)
    grid = tuple(len(r) for r in runs)
    result = []
    for codes in _refined(parts, runs):
        rest = codes.shape[len(grid) :]
        wide = (
            codes if codes.shape[: len(grid)] == grid else np.broadcast_to(codes, grid + rest)
        )
        result.append(wide.reshape(prod(grid), prod(rest)))
    return tuple(runs), result


def unique_rows(matrix: Array) -> tuple[Array, Longs]:
    """The distinct rows, and for every row the index of its class."""
    if len(matrix) == 0 or (matrix == matrix[0]).all():
        return matrix[:1], np.zeros(len(matrix), np.int64)
    small = np.ascontiguousarray(
        matrix.astype(np.int16) if np.abs(matrix).max() < 2**15 else matrix
    )
    keys = small.view(np.dtype((np.void, small.dtype.itemsize * small.shape[1]))).ravel()
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return matrix[first], inverse.reshape(-1)


def _common_runs(all_runs: Sequence[tuple[Runs, ...]], skip: int | None) -> list[Runs]:
    if len(all_runs) == 1:
        return list(all_runs[0])
    result = []
    for axis in range(len(all_runs[0])):
        lists = [runs[axis] for runs in all_runs]
        if axis == skip:
            result.append(lists[0])
            continue
        wide = [r for r in lists if len(r) != 1 or r[0] != 1] or lists[:1]
        first = wide[0]
        if any(
            r is not first and (len(r) != len(first) or (r != first).any()) for r in wide[1:]
        ):
            ends = np.concatenate([r.cumsum() for r in wide])
            ends.sort()
            new = np.ones(len(ends), np.bool_)
            new[1:] = ends[1:] != ends[:-1]
            first = lengths_between(ends[new])
        result.append(first)
    return result


def _refined(
    parts: Sequence[Profile], runs: Sequence[Runs], skip: int | None = None
) -> list[Codes]:
    """The codes of every part on the grid of `runs`, of which each run lies in one of the part's; 1 long broadcasts."""
    ends: list[Runs | None] = [None] * len(runs)
    result = []
    for part in parts:
        codes = part.codes
        for axis, own in enumerate(part.runs[: len(runs)]):
            if axis == skip or len(own) == len(runs[axis]) or (len(own) == 1 and own[0] == 1):
                continue
            end = ends[axis]
            if end is None:
                end = ends[axis] = runs[axis].cumsum()
            codes = codes.take(own.cumsum().searchsorted(end, side="left"), axis)
        result.append(codes)
    return result


def _set(runs: tuple[Runs, ...], axis: int, value: Runs) -> tuple[Runs, ...]:
    return (*runs[:axis], value, *runs[axis + 1 :])
