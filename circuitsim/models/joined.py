"""Several streams side by side as one vector, as a recurrent or fully connected net reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from circuitsim.models.stream import Forms, Ints, Stream


@dataclass(frozen=True)
class Joined(Stream):
    """x = [part; part; ...] + what the stream itself holds; all in units of 2^-exponent."""

    parts: tuple[Stream, ...] = ()

    def forms(self, rows: Ints, offsets: Ints) -> Forms:
        """What offsets + rows @ x can be; a part that adds 0 whatever it is has no terms."""
        own = super().forms(rows, offsets)
        low, high, terms = own.low.copy(), own.high.copy(), _terms(own)
        start = 0
        for part in self.parts:
            stop = start + len(part.constant)
            piece = rows[:, start:stop]
            used = np.flatnonzero(piece.any(axis=1))
            if len(used):
                found = part.forms(piece[used], zeros(len(used)))
                low[used] += found.low
                high[used] += found.high
                terms[used] |= _terms(found)
            start = stop
        return Forms(low, high, terms)

    def at(self, exponent: int) -> Stream:
        """The same in finer units."""
        own = super().at(exponent)
        parts = tuple(part.at(exponent) for part in self.parts)
        return replace(self, exponent=exponent, constant=own.constant, numbers=own.numbers, parts=parts)


def _terms(forms: Forms) -> Ints:
    """The terms of forms, none where a form is always 0."""
    return np.where((forms.low == 0) & (forms.high == 0), 0, forms.terms)


def joined(parts: Sequence[Stream]) -> Joined:
    """Streams of one exponent as one."""
    width = sum(len(part.constant) for part in parts)
    return Joined(parts[0].exponent, zeros(width), (), None, (), tuple(parts))


def zeros(width: int) -> Ints:
    """Python integers."""
    return np.array([0] * width, dtype=object)
