"""Values, not only intervals: the few integers that linear forms of a stream can take.

What a token at a position decides is known case by case, so that a form of two such numbers is known exactly, however
they cancel. Numbers that depend on other positions vary by themselves: what is found then may be too much, and is never
too little.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from .forms import Few, Ints, Joined, Number, Stream

MOST = 256  # values, and cases of a token at a position


def few_values(stream: Stream, rows: Ints, offsets: Ints) -> list[Few | None]:
    """What each of offsets + rows @ x can be, rows (m, d); None where it may be more than 256 values."""
    rows = rows.astype(object)
    fixed = offsets + rows @ stream.constant
    if isinstance(stream, Joined):
        return [
            _alone(value, _parts(stream, row)) for value, row in zip(fixed, rows, strict=True)
        ]
    cased = [number for number in stream.numbers if _cased(number)]
    joint = _joint(stream, cased, rows)
    if joint is None:
        return [
            _alone(value, _parts(stream, row)) for value, row in zip(fixed, rows, strict=True)
        ]
    loose = [number for number in stream.numbers if not _cased(number)]
    found: list[Few | None] = []
    for value, row, cases in zip(fixed, rows, joint.T, strict=True):
        weights = [int(row @ number.column) for number in loose]
        few = _alone(value, [np.unique(cases).tolist(), *map(_multiples, loose, weights)])
        depends = any(w and n.low < n.high for n, w in zip(loose, weights, strict=True))
        moved = value + sum(w * n.low for n, w in zip(loose, weights, strict=True))
        found.append(few if few is None or depends else Few(few.values, cases + moved))
    return found


def _cased(number: Number) -> bool:
    return number.few is not None and number.few.cases is not None


def _joint(stream: Stream, cased: Sequence[Number], rows: Ints) -> Ints | None:
    """What tokens, positions and the numbers that they decide add to each form, case by case: (cases, m)."""
    if len(stream.tables) > 1:
        return None
    tokens, places = (
        0 if group is None else len(group)
        for group in (*(stream.tables or (None,)), stream.positions)
    )
    sizes = {max(tokens, 1) * max(places, 1)} if tokens else set()
    sizes |= {
        len(number.few.cases)
        for number in cased
        if number.few is not None and number.few.cases is not None
    }
    if len(sizes) != 1 or max(sizes) > MOST:
        return None
    total = np.zeros((sizes.pop(), len(rows)), dtype=object)
    if tokens:
        total = total + np.repeat(
            stream.tables[0].astype(object) @ rows.T, max(places, 1), axis=0
        )
    if tokens and stream.positions is not None:
        total = total + np.tile(stream.positions.astype(object) @ rows.T, (tokens, 1))
    for number in cased:
        assert number.few is not None
        assert number.few.cases is not None
        total = total + np.outer(number.few.cases, rows @ number.column)
    return total


def _parts(stream: Stream, row: Ints) -> Iterable[Sequence[int] | None]:
    """The values of all that a form adds up, each by itself; None for what is not known to take few."""
    for table in (
        stream.tables if stream.positions is None else (*stream.tables, stream.positions)
    ):
        yield np.unique(table.astype(object) @ row).tolist()
    for number in stream.numbers:
        yield _multiples(number, int(row @ number.column))
    start = 0
    for part in stream.parts if isinstance(stream, Joined) else ():
        piece = row[start : start + len(part.constant)]
        yield [int(piece @ part.constant)]
        yield from _parts(part, piece)
        start += len(piece)


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


def _alone(value: int, parts: Iterable[Sequence[int] | None]) -> Few | None:
    """A value plus one of each part, whichever."""
    found = {int(value)}
    for part in parts:
        if part is None or len(found) * len(part) > MOST**2:
            return None
        found = {a + int(b) for a in found for b in part}
        if len(found) > MOST:
            return None
    return Few(tuple(sorted(found)), None)
