"""`others` on profiles: for every element of an axis all the others, which is where pairs of keys meet.

Y[j, r] = X[r + (r >= j)]. With R runs of X the result has R by at most 2R - 1 runs, whatever their lengths.
"""

from typing import Any

import numpy as np

from circuitsim.schematic.profile import Codes, Profile, Runs, lengths_between

PAIRS = (
    4096  # runs of queries times runs of rivals up to which intervals are cheaper than keys
)


def others(x: Profile, axis: int) -> Profile:
    """The profile of `others` along one axis, exactly."""
    runs = x.runs[axis]
    ends = np.cumsum(runs)
    starts = ends - runs
    cuts = np.unique(np.concatenate([ends, ends - 1]))
    inside = (cuts > 0) & (cuts < runs.sum())
    cuts = cuts[inside]
    last = cuts - 1  # the last rival of every run
    before = last[None, :] < starts[:, None]
    place = last + ~before
    source = np.searchsorted(ends, place, side="right")
    codes = x.codes.take(source.reshape(-1), axis)
    shape = replaced(x.codes.shape, axis, 1, len(runs), len(cuts))
    rivals = lengths_between(cuts)
    grid = replaced(x.runs, axis, 1, runs, rivals)
    return Profile(grid, codes.reshape(shape)).merge()


def replaced(axes: tuple[Any, ...], axis: int, many: int, *new: Any) -> tuple[Any, ...]:
    """What is said of every axis, with other words for `many` of them."""
    return (*axes[:axis], *new, *axes[axis + many :])


def others_back(want: Profile, axis: int) -> Profile:
    """Of 0s and 1s: which elements of X some wanted pair reads."""
    queries, rivals = want.runs[axis : axis + 2]
    if not len(rivals) or not len(queries):
        total = int(queries.sum())
        one = np.array([total] if total else [], np.int64)
        shape = replaced(want.codes.shape, axis, 2, len(one))
        nothing = np.zeros(shape, np.int32)
        return Profile(replaced(want.runs, axis, 2, one), nothing)
    wanted = np.moveaxis(want.codes, (axis, axis + 1), (0, 1))
    few = len(queries) * len(rivals) <= PAIRS
    found = _by_intervals if few else _by_queries
    lengths, codes = found(queries, rivals, wanted)
    codes = np.moveaxis(codes, 0, axis)
    runs = replaced(want.runs, axis, 2, lengths)
    return Profile(runs, codes.astype(np.int32)).merge()


def _by_intervals(queries: Runs, rivals: Runs, wanted: Codes) -> tuple[Runs, Codes]:
    """Every pair of runs asks for at most two intervals: rivals before some query, and those after."""
    pieces = []
    for a, stop in enumerate(np.cumsum(queries)):
        start = stop - queries[a]
        for s, end in enumerate(np.cumsum(rivals)):
            first = end - rivals[s]
            asked = wanted[a, s]
            before = (first, min(end, stop - 1), asked)
            after = (max(first, start) + 1, end + 1, asked)
            pieces += [before, after]
    pieces = [piece for piece in pieces if piece[0] < piece[1]]
    edges = [0, int(queries.sum())]
    for low, high, _ in pieces:
        edges += [low, high]
    cuts = np.unique(edges)
    codes = np.zeros((len(cuts) - 1, *wanted.shape[2:]), np.int32)
    for low, high, asked in pieces:
        i, k = np.searchsorted(cuts, (low, high))
        codes[i:k] = np.maximum(codes[i:k], asked)
    return np.diff(cuts), codes


def _by_queries(queries: Runs, rivals: Runs, wanted: Codes) -> tuple[Runs, Codes]:
    """The rivals of one run of queries after the other, key by key: never more of them at once than there are keys."""
    codes = np.zeros((int(queries.sum()), *wanted.shape[2:]), np.int32)
    for a, stop in enumerate(np.cumsum(queries)):
        start = stop - queries[a]
        asked = np.repeat(wanted[a], rivals, axis=0)
        before, after = codes[: stop - 1], codes[start + 1 :]
        # Rivals before some query of the run, and those after some.
        np.maximum(before, asked[: stop - 1], out=before)
        np.maximum(after, asked[start:], out=after)
    return np.ones(len(codes), np.int64), codes
