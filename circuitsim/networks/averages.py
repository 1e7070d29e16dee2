"""What a head can give, as far as it is few: means of values, of which any may be selected and any may tie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from circuitsim.numbers.rounding import drop_bits
from circuitsim.numbers.scaled import FITS_INT64, largest

from .forms import Few, Number
from .values import MOST_VALUES, named, together

MOST_SUMS = 1024  # of some values, before they are divided


@dataclass(frozen=True)
class Averaged:
    """What a head makes its outputs of.

    Args:
        values: what each component of a key's value can be; None where that is not little.
        drops: the bits that R drops of each. counts: how many keys may be selected.
        empty: a query may see no key, and then all outputs are zero.
    """

    values: Sequence[Few | None]
    drops: Sequence[int]
    counts: range
    empty: bool


def few_means(line: int, means: Sequence[Number], head: Averaged) -> tuple[Number, ...]:
    """The outputs of the head in a line, with what they can be where that is little."""
    found = dict(enumerate(means))
    live = {
        c: few for c, few in enumerate(head.values) if few and means[c].low < means[c].high
    }
    one = bool(live) and head.counts.stop == 2
    given = _of_one_key(head, live, line) if one else None
    for c, values in live.items():
        few = _averages(head, values, c) if given is None else given[c]
        if few is not None:
            low, high = few.values[0], few.values[-1]
            found[c] = replace(means[c], low=low, high=high, few=few)
    return tuple(named(number, (line, c)) for c, number in found.items())


def _of_one_key(head: Averaged, live: dict[int, Few], line: int) -> dict[int, Few] | None:
    """R(value) of one key, all components by which vector it is; None where there may be too many."""
    vectors = together([*live.values()])
    if vectors is None or vectors.dtype == object:
        return None
    columns = [drop_bits(v, head.drops[c]) for v, c in zip(vectors.T, live, strict=True)]
    rounded = np.stack(columns, axis=1)
    if head.empty:
        rounded = np.concatenate([rounded, 0 * rounded[:1]])
    found = np.unique(rounded, axis=0)
    if len(found) > MOST_VALUES:
        return None
    cause = (line, min(live))
    return {c: Few(v, (cause,)) for c, v in zip(live, found.T, strict=True)}


def _averages(head: Averaged, few: Few, component: int) -> Few | None:
    """Every R(mean) of as many of the values as may be selected, repeated or not; None where that is too much."""
    values, drop = np.unique(few.cases), head.drops[component]
    if 2 * head.counts.stop * max(largest(values), 1 << drop) >= FITS_INT64:
        return None
    ends = drop_bits(values[[0, -1]], drop)
    sums, found = np.zeros(1, np.int64), np.zeros(0, np.int64)
    for count in range(1, head.counts.stop):
        sums = np.unique(sums[:, None] + values)
        if len(sums) > MOST_SUMS:
            return None
        if count in head.counts:
            unit = count << drop
            found = np.union1d(found, (2 * sums + unit) // (2 * unit))
        if len(found) > MOST_VALUES:
            return None
        if (
            len(found) > ends[1] - ends[0]
        ):  # all that there are between the least and the greatest
            break
    return Few(np.union1d(found, [0]) if head.empty else found)
