"""Values, not only intervals: the few integers that linear forms of a stream can take.

What varies by itself at a position is a cause: the letter there, or a number of which only the values are known, such
as a head's mean. A form of numbers that are functions of the same few causes is known case by case, however they
cancel. What depends on too many is taken apart: then what is found may be too much, and is never too little.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from circuitsim.numbers.scaled import FITS_INT64, largest, multiply, narrow, product

from .forms import Affine, Cause, Few, Ints, Joined, Number, Stream, columns_of, zeros

LETTER: Cause = (-1, 0)  # the token at a position, and which position that is
MOST_LETTERS = 256  # cases of the letter; beyond, token and position are taken apart
MOST_CASES = 4096  # of all causes of a form together
MOST_VALUES = 512  # of a form that is taken apart, and of an interval that is gone through


def few_values(stream: Stream, rows: Ints, offsets: Ints) -> list[Few | None]:
    """What each of offsets + rows @ x can be, rows (m, d); None where it may be too much."""
    rows = narrow(rows)
    found: list[Few | None] = [None] * len(rows)
    fixed = offsets.astype(object) + product(rows, stream.constant)
    weights = _weights(stream, rows)
    can = [known(number) for number in stream.numbers]
    unknown = np.array([few is None for few in can], bool)
    open_rows = np.flatnonzero(~weights[:, unknown].any(axis=1))
    others = [*_tables(stream, rows[open_rows]), *_segments(stream, rows[open_rows])]
    for at, m in enumerate(open_rows):
        terms = [part[at] for part in others]
        for i in weights[m].nonzero()[0]:
            few = can[i]
            terms.append(few and Few(multiply(few.cases, int(weights[m, i])), few.causes))
        if None not in terms:
            found[m] = _sum(int(fixed[m]), [term for term in terms if term is not None])
    return found


def all_few(stream: Stream) -> list[Few | None]:
    """What each component can be, where that is little for all of them; nothing is tried where it is not."""
    width = len(stream.constant)
    if any(known(number) is None and number.column.any() for number in stream.numbers):
        return [None] * width
    return few_values(stream, np.identity(width, np.int64), zeros(width))


def known(number: Number) -> Few | None:
    """What a number can be: its few values, or all of a short interval."""
    if number.few is not None or number.high - number.low > MOST_VALUES:
        return number.few
    return Few(narrow(np.array(range(number.low, number.high + 1), object)))


def named(number: Number, cause: Cause) -> Number:
    """A number of which only the values are known, as a cause of what depends on it."""
    few = known(number)
    if few is None or few.causes is not None:
        return number
    return replace(number, few=Few(np.unique(few.cases), (cause,)))


def unnamed(stream: Stream) -> Stream:
    """The stream where it is added at other positions: what varies in it is not what varies there."""
    numbers = [
        replace(n, few=None if n.few is None else Few(n.few.cases.ravel()))
        for n in stream.numbers
    ]
    return replace(stream, numbers=tuple(numbers))


def narrowed(form: Affine, few: Sequence[Few | None]) -> Affine:
    """The form with the intervals of its few values, where fewer bits hold what is above the least."""
    ranges = []
    for (low, high), own, power in zip(form.ranges, few, form.powers, strict=True):
        span = (
            (low, high) if own is None else (own.values[0] >> power, own.values[-1] >> power)
        )
        shorter = (span[1] - span[0]).bit_length() < (high - low).bit_length()
        ranges.append(span if shorter else (low, high))
    return replace(form, ranges=tuple(ranges))


def together(few: Sequence[Few]) -> Ints | None:
    """What several forms of one stream can be at once, in every case of their causes: (cases, forms)."""
    sizes = _sizes(few)
    if sizes is None:
        return None
    shape = tuple(sizes[cause] for cause in sorted(sizes))
    functions = [_function(0, [one], sizes).cases for one in few]
    return np.stack([np.broadcast_to(f, shape).ravel() for f in functions], axis=1)


@dataclass(frozen=True)
class Joint:
    """What several forms can be at once: (cases, forms), in every case of their causes."""

    causes: tuple[Cause, ...]
    shape: tuple[int, ...]
    cases: Ints

    def few(self, values: Ints) -> Few:
        """A function of these forms, given case by case."""
        return Few(values.reshape(self.shape), self.causes)


def jointly(few: Sequence[Few | None]) -> Joint | None:
    """What several forms can be at once; None where that is too much."""
    terms = [one for one in few if one is not None]
    sizes = _sizes(terms) if len(terms) == len(few) else None
    cases = None if sizes is None else together(terms)
    if sizes is None or cases is None:
        return None
    causes = tuple(sorted(sizes))
    return Joint(causes, tuple(sizes[cause] for cause in causes), cases)


def _weights(stream: Stream, rows: Ints) -> Ints:
    """What the numbers are multiplied by: (rows, numbers)."""
    if not stream.numbers:
        return np.zeros((len(rows), 0), np.int64)
    return product(rows, columns_of(stream.numbers).T)


def _tables(stream: Stream, rows: Ints) -> Iterator[list[Few | None]]:
    """What tokens and positions add to each row: together, where they are few."""
    tables = [*stream.tables, *([] if stream.positions is None else [stream.positions])]
    if stream.cases is not None:
        added = product(rows, tables[0].T)[:, stream.cases[0]]
        if stream.positions is not None:
            added = _plus(added, product(rows, stream.positions.T)[:, stream.cases[1]])
        yield [Few(own, (LETTER,)) for own in added]
        return
    if len(stream.tables) == 1 and prod(map(len, tables)) <= MOST_LETTERS:
        terms = [product(rows, table.T) for table in tables]
        cases = terms[0]
        if len(terms) > 1:
            cases = _plus(cases[:, :, None], terms[1][:, None, :])
        yield [Few(own.ravel(), (LETTER,)) for own in cases]
        return
    for table in tables:
        if len(table) <= MOST_CASES:
            yield [Few(np.unique(own)) for own in product(rows, table.T)]
        else:
            touched = (rows[:, table.any(axis=0)] != 0).any(axis=1)
            yield [None if more else Few(np.zeros(1, np.int64)) for more in touched]


def _segments(stream: Stream, rows: Ints) -> Iterator[list[Few | None]]:
    """What the parts of a joined vector add, each by itself, because it stands at a place of its own."""
    start = 0
    for part in stream.parts if isinstance(stream, Joined) else ():
        stop = start + len(part.constant)
        found = few_values(part, rows[:, start:stop], zeros(len(rows)))
        yield [few and Few(np.unique(few.cases)) for few in found]
        start = stop


def _sum(start: int, terms: Sequence[Few]) -> Few | None:
    """A number plus terms: a function of all their causes where these are few, else some of what it can be."""
    moving = []
    for term in terms:
        least = int(term.cases.min())
        if least == int(term.cases.max()):
            start += least
        else:
            moving.append(term)
    sizes = _sizes(moving)
    if sizes is not None:
        return _function(start, moving, sizes)
    values = np.array([start], object)
    for piece in _apart(moving):
        if len(values) * len(piece) > MOST_VALUES**2:
            return None
        values = np.unique(_plus(values[:, None], piece[None, :]))
        if len(values) > MOST_VALUES:
            return None
    return Few(narrow(values))


def _sizes(terms: Sequence[Few]) -> dict[Cause, int] | None:
    """The cases of each of the causes of some terms; None where they are too many together, or not known."""
    sizes: dict[Cause, int] = {}
    for term in terms:
        if term.causes is None:
            return None
        sizes.update(zip(term.causes, term.cases.shape, strict=True))
    return sizes if prod(sizes.values()) <= MOST_CASES else None


def _function(start: int, terms: Sequence[Few], sizes: dict[Cause, int]) -> Few:
    """A number plus terms, in every case of their causes."""
    causes = tuple(sorted(sizes))
    total = np.full([sizes[cause] for cause in causes], start, object)
    for term in terms:
        shape = [sizes[cause] if cause in (term.causes or ()) else 1 for cause in causes]
        total = _plus(total, term.cases.reshape(shape))
    return Few(narrow(total), causes)


def _apart(terms: Sequence[Few]) -> Iterator[Ints]:
    """The values of groups of terms that have no cause in common, and of each term of a group of too many cases."""
    groups: list[tuple[set[Cause], list[Few]]] = []
    for term in terms:
        causes, members = set(term.causes or ()), [term]
        for group in [group for group in groups if group[0] & causes]:
            groups.remove(group)
            causes, members = causes | group[0], [*group[1], *members]
        groups.append((causes, members))
    for _, members in groups:
        sizes = _sizes(members)
        joint = members if sizes is None else [_function(0, members, sizes)]
        yield from (np.unique(few.cases) for few in joint)


def _plus(left: Ints, right: Ints) -> Ints:
    """The sum, in 64 bits where these hold it."""
    if largest(left) + largest(right) >= FITS_INT64:
        return np.asarray(left.astype(object) + right)
    return np.asarray(narrow(left) + narrow(right))
