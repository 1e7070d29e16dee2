"""Several streams side by side as one vector, as a recurrent or fully connected net reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from circuitsim.models.stream import Ints, Range, Stream


@dataclass(frozen=True)
class Joined(Stream):
    """x = [part; part; ...] + what the stream itself holds; all in units of 2^-exponent."""

    parts: tuple[Stream, ...] = ()

    def range(self, row: Ints, offset: int = 0) -> Range:
        """The interval of offset + row . x."""
        low, high = super().range(row, offset)
        for part, piece in self._pieces(row):
            least, most = part.range(piece)
            low, high = low + least, high + most
        return low, high

    def grain(self, row: Ints, offset: int = 0) -> int:
        """The largest g such that offset + row . x is surely a multiple of 2^g; 0 if it is always zero."""
        found = [super().grain(row, offset)] if super().range(row, offset) != (0, 0) else []
        found += [part.grain(piece) for part, piece in self._pieces(row) if part.range(piece) != (0, 0)]
        return min(found, default=0)

    def at(self, exponent: int) -> Stream:
        """The same in finer units."""
        own = super().at(exponent)
        parts = tuple(part.at(exponent) for part in self.parts)
        return replace(self, exponent=exponent, constant=own.constant, numbers=own.numbers, parts=parts)

    def _pieces(self, row: Ints) -> Iterator[tuple[Stream, Ints]]:
        start = 0
        for part in self.parts:
            stop = start + len(part.constant)
            if row[start:stop].any():
                yield part, row[start:stop]
            start = stop


def joined(parts: Sequence[Stream]) -> Joined:
    """Streams of one exponent as one."""
    width = sum(len(part.constant) for part in parts)
    return Joined(parts[0].exponent, zeros(width), (), None, (), tuple(parts))


def zeros(width: int) -> Ints:
    """Python integers."""
    return np.array([0] * width, dtype=object)
