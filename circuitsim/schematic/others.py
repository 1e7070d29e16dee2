"""`others` on profiles: for every element of an axis all the others, which is where pairs of keys meet.

Y[j, r] = X[r + (r >= j)]. With R runs of X the result has R by at most 2R - 1 runs, whatever their lengths.
"""

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
    total = int(runs.sum())
    cuts = np.unique(np.concatenate([ends, ends - 1]))
    cuts = cuts[(cuts > 0) & (cuts < total)]
    last = cuts - 1  # the last rival of every run
    place = np.where(last[None, :] < starts[:, None], last[None, :], last[None, :] + 1)
    source = np.searchsorted(ends, place, side="right")
    codes = x.codes.take(source.reshape(-1), axis)
    shape = (*x.codes.shape[:axis], len(runs), len(cuts), *x.codes.shape[axis + 1 :])
    rivals = lengths_between(cuts)
    return Profile(
        (*x.runs[:axis], runs, rivals, *x.runs[axis + 1 :]), codes.reshape(shape)
    ).merge()


def others_back(want: Profile, axis: int) -> Profile:
    """Of 0s and 1s: which elements of X some wanted pair reads."""
    queries, rivals = want.runs[axis], want.runs[axis + 1]
    total = int(queries.sum())
    front = (*want.runs[:axis],)
    back = (*want.runs[axis + 2 :],)
    if not len(rivals) or not len(queries):
        shape = (*want.codes.shape[:axis], 1 if total else 0, *want.codes.shape[axis + 2 :])
        one = np.array([total] if total else [], np.int64)
        return Profile((*front, one, *back), np.zeros(shape, np.int32))
    moved = np.moveaxis(want.codes, (axis, axis + 1), (0, 1))
    if len(queries) * len(rivals) <= PAIRS:
        lengths, codes = _by_intervals(queries, rivals, moved)
    else:
        lengths, codes = _by_queries(queries, rivals, moved)
    return Profile(
        (*front, lengths, *back), np.moveaxis(codes, 0, axis).astype(np.int32)
    ).merge()


def _by_intervals(queries: Runs, rivals: Runs, wanted: Codes) -> tuple[Runs, Codes]:
    """Every pair of runs asks for at most two intervals: rivals before some query, and those after."""
    q_end, r_end = np.cumsum(queries), np.cumsum(rivals)
    pieces = []
    for a in range(len(queries)):
        for s in range(len(rivals)):
            js, je, rs, re = q_end[a] - queries[a], q_end[a], r_end[s] - rivals[s], r_end[s]
            pieces += [(rs, min(re, je - 1), a, s), (max(rs, js) + 1, re + 1, a, s)]
    pieces = [p for p in pieces if p[0] < p[1]]
    total = int(q_end[-1])
    cuts = np.unique(
        np.array([0, total, *(p[0] for p in pieces), *(p[1] for p in pieces)], np.int64)
    )
    codes = np.zeros((len(cuts) - 1, *wanted.shape[2:]), np.int32)
    for low, high, a, s in pieces:
        i, k = np.searchsorted(cuts, low), np.searchsorted(cuts, high)
        codes[i:k] = np.maximum(codes[i:k], wanted[a, s])
    return np.diff(cuts), codes


def _by_queries(queries: Runs, rivals: Runs, wanted: Codes) -> tuple[Runs, Codes]:
    """The rivals of one run of queries after the other, key by key: never more of them at once than there are keys."""
    ends = np.cumsum(queries)
    codes = np.zeros((int(ends[-1]), *wanted.shape[2:]), np.int32)
    for a, stop in enumerate(ends):
        asked, start = np.repeat(wanted[a], rivals, axis=0), stop - queries[a]
        codes[: stop - 1] = np.maximum(
            codes[: stop - 1], asked[: stop - 1]
        )  # rivals before some query of the run
        codes[start + 1 :] = np.maximum(codes[start + 1 :], asked[start:])
    return np.ones(len(codes), np.int64), codes
