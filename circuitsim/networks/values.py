"""Values, not only intervals: the few integers that linear forms of a stream can take.

What a token at a position decides is known case by case, so that a form of two such numbers is known exactly, however
they cancel. Numbers that depend on other positions vary by themselves: what is found then may be too much, and is never
too little.
"""

from collections.abc import Sequence

import numpy as np

from circuitsim.numbers.scaled import narrow, product

from .forms import Few, Ints, Joined, Number, Stream, columns_of
from .selection import Cased

MOST = 256  # values
MOST_CASES = 1024  # of a token at a position


def few_values(stream: Stream, rows: Ints, offsets: Ints) -> list[Few | None]:
    """What each of offsets + rows @ x can be, rows (m, d); None where it may be more than 256 values."""
    rows = narrow(rows)
    sums = _Sums(offsets.astype(object) + product(rows, stream.constant))
    forms = np.arange(len(rows))
    joint = _joint(stream, rows)
    if joint is None:
        sums.take_stream(forms, stream, rows)
        return sums.values()
    for form, cases in enumerate(joint.T):
        sums.take(form, np.unique(cases).tolist())
    loose = [number for number in stream.numbers if not _cased(number)]
    sums.take_numbers(forms, loose, rows)
    alone, moved = _decided(loose, rows)
    moved = moved + sums.start
    return [
        Few(few.values, cases + shift) if few is not None and decided else few
        for few, cases, decided, shift in zip(
            sums.values(), joint.T, alone, moved, strict=True
        )
    ]


def by_case(stream: Stream, rows: Ints, offsets: Ints) -> Cased | None:
    """What each of offsets + rows @ x is in each case of the stream; None where cases are too many."""
    rows = narrow(rows)
    joint = None if stream.cases is None else _joint(stream, rows)
    if joint is None or stream.cases is None:
        return None
    loose = [number for number in stream.numbers if not _cased(number)]
    decided, moved = _decided(loose, rows)
    moved = moved + offsets.astype(object) + product(rows, stream.constant)
    return Cased(narrow(joint + moved), decided, stream.cases[1])


class _Sums:
    """For each of some forms the values it can take, when all that it adds up varies by itself.

    `found` has None once they may be more than 256. Sums of sets never shrink, so that the order does not matter.
    """

    def __init__(self, start: Ints) -> None:
        self.start = start
        self.found: list[set[int] | None] = [{int(value)} for value in start]

    def values(self) -> list[Few | None]:
        """What was found."""
        return [
            None if values is None else Few(tuple(sorted(values)), None)
            for values in self.found
        ]

    def open(self, forms: Ints) -> Ints:
        """Which of the places of `forms` still have few values."""
        return np.flatnonzero([self.found[form] is not None for form in forms])

    def take(self, form: int, part: Sequence[int] | None) -> None:
        """One of `part` more; None is anything."""
        values = self.found[form]
        if values is None:
            return
        if part is None or len(part) > MOST:
            self.found[form] = None
            return
        values = {a + int(b) for a in values for b in part}
        self.found[form] = values if len(values) <= MOST else None

    def take_stream(self, forms: Ints, stream: Stream, rows: Ints) -> None:
        """What rows (len(forms), d) add up of a stream, without its constant."""
        for table in stream.choices:
            for form, values in zip(forms, product(rows, table.T), strict=True):
                self.take(form, np.unique(values).tolist())
        self.take_numbers(forms, stream.numbers, rows)
        start = 0
        for part in stream.parts if isinstance(stream, Joined) else ():
            piece = rows[:, start : start + len(part.constant)]
            start += len(part.constant)
            used = np.flatnonzero(piece.any(axis=1))
            used = used[self.open(forms[used])]
            for form, value in zip(
                forms[used], product(piece[used], part.constant), strict=True
            ):
                self.take(form, [int(value)])
            self.take_stream(forms[used], part, piece[used])

    def take_numbers(self, forms: Ints, numbers: Sequence[Number], rows: Ints) -> None:
        """What rows add up of computed numbers."""
        if not numbers:
            return
        weights = product(rows, columns_of(numbers).T)
        many = np.array([_multiples(number, 1) is None for number in numbers])
        for form in forms[weights[:, many].any(axis=1)]:
            self.take(form, None)
        kept = self.open(forms)
        for place, index in np.argwhere(weights[kept] != 0):
            weight = int(weights[kept[place], index])
            self.take(forms[kept[place]], _multiples(numbers[index], weight))


def _decided(loose: Sequence[Number], rows: Ints) -> tuple[Ints, Ints]:
    """Whether numbers that add to a form cannot vary, (m,), and what they add to it then."""
    if not loose:
        return np.full(len(rows), True), np.zeros(len(rows), dtype=object)
    weights = product(rows, columns_of(loose).T)
    varies = np.array([number.low < number.high for number in loose])
    low = np.array([number.low for number in loose], dtype=object)
    return np.asarray(~weights[:, varies].any(axis=1)), weights.astype(object) @ low


def _cased(number: Number) -> bool:
    return number.few is not None and number.few.cases is not None


def _joint(stream: Stream, rows: Ints) -> Ints | None:
    """What tokens, positions and the numbers that they decide add to each form, case by case: (cases, m)."""
    if isinstance(stream, Joined) or len(stream.tables) > 1:
        return None
    cased = {
        index: number.few.cases
        for index, number in enumerate(stream.numbers)
        if number.few is not None and number.few.cases is not None
    }
    tokens, places = stream.cases or _grid(stream)
    sizes = {len(tokens)} if stream.tables else set()
    sizes |= {len(cases) for cases in cased.values()}
    if len(sizes) != 1 or max(sizes) > MOST_CASES:
        return None
    total = np.zeros((sizes.pop(), len(rows)), dtype=object)
    if stream.tables:
        total = total + product(stream.tables[0], rows.T)[tokens]
        if stream.positions is not None:
            total = total + product(stream.positions, rows.T)[places]
    if cased:
        weights = product(rows, columns_of([stream.numbers[index] for index in cased]).T)
        total = total + product(narrow(np.stack([*cased.values()], axis=1)), weights.T)
    return total


def _grid(stream: Stream) -> tuple[Ints, Ints]:
    """Every token at every position: one after the other where positions make no difference."""
    tokens = len(stream.tables[0]) if stream.tables else 0
    places = 1 if stream.positions is None else len(stream.positions)
    if tokens * places > MOST_CASES:
        return np.arange(tokens * places), np.arange(0)  # too many to look at
    return np.repeat(np.arange(tokens), places), np.tile(np.arange(places), tokens)


def _multiples(number: Number, weight: int) -> Sequence[int] | None:
    if weight == 0:
        return [0]
    if number.few is not None:
        return [weight * value for value in number.few.values]
    return (
        None
        if number.high - number.low >= MOST
        else [weight * v for v in range(number.low, number.high + 1)]
    )
