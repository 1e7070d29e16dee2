"""Masks as bands: neighbouring queries that share one set of keys, with opaque mask wires for the keys in doubt.

Folded, every query is a band of its own and no mask wire exists. Wired, queries that share the leading 1 + 3 bits
of their index form a band: a few per cent more gates, and O(log n) shapes instead of n.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from circuitsim.networks.known import HeadForms
from circuitsim.networks.selection import runs
from circuitsim.schematic.drawing import Drawing, Wires

from .pairs import pair_indices
from .residual import Positions

SHARED_BITS = 3  # index bits a band shares beyond the leading one


@dataclass(frozen=True)
class Band:
    """Queries start..stop-1 over keys first..last-1; `mask` (queries, keys) is None where all see all of them.

    `sure` keys, at the end away from the diagonal, are seen by every query of the band. With `length`, that of the
    whole sequence, the keys are all pairs of positions first..last-1 and not these positions.
    """

    start: int
    stop: int
    first: int
    last: int
    sure: int = 0
    mask: Wires | None = None
    length: int | None = None

    @property
    def queries(self) -> int:
        """Number of queries."""
        return self.stop - self.start

    @property
    def keys(self) -> int:
        """Number of keys that some query of the band sees."""
        positions = self.last - self.first
        return positions if self.length is None else positions**2

    def see(self, wires: Wires, axis: int) -> Wires:
        """What stands at the band's keys along an axis over all positions, or over all pairs of them."""
        if self.length is None:
            return wires.slice(axis, self.first, self.last)
        if self.last - self.first == self.length:
            return wires
        positions = range(self.first, self.last)
        return wires.take(
            [j1 * self.length + j2 for j1 in positions for j2 in positions], axis
        )


class Bands:
    """The bands of each mask over a sequence; mask wires are made once and shared by heads and layers."""

    def __init__(self, drawing: Drawing, length: int, positions: Positions) -> None:
        self.drawing, self.length, self.positions = drawing, length, positions
        self._masks: dict[tuple[str, int, int], Wires] = {}
        self._ahead: dict[tuple[int, str], Wires] = {}

    def ahead(self, band: Band, ties: str) -> Wires:
        """[rival r of key j wins a tie], rivals numbered without j: (keys, keys - 1); `ties` is "left" or "right"."""
        keys = band.keys

        def earlier(keys: int) -> npt.NDArray[np.bool_]:
            before = np.arange(max(0, keys - 1))[None, :] < np.arange(keys)[:, None]
            return before if ties == "left" else ~before

        if self.positions == "folded":
            if (keys, ties) not in self._ahead:
                self._ahead[keys, ties] = self.drawing.constant(earlier(keys))
            return self._ahead[keys, ties]
        most = self.length if band.length is None else self.length**2
        if (most, ties) not in self._ahead:
            with self.drawing.scope("masks"):
                self._ahead[most, ties] = self.drawing.wired(
                    (most, most - 1), lambda: earlier(most)
                )
        return self._ahead[most, ties].slice(0, 0, keys).slice(1, 0, keys - 1)

    def over(self, mask: str, start: int, stop: int, pairs: bool = False) -> list[Band]:
        """Bands of the queries start..stop-1, in order, over positions or over pairs of them."""
        if mask == "none":
            bands = [Band(start, stop, 0, self.length, self.length)]
        else:
            bands = [self._band(mask, a, b) for a, b in self._cuts(mask, start, stop)]
        return [self._over_pairs(mask, band) for band in bands] if pairs else bands

    def of(self, head: HeadForms, start: int, stop: int) -> tuple[tuple[Band, ...], bool]:
        """Bands of a head's queries start..stop-1, and whether every key that they see counts, on all inputs.

        So it is where the selected keys are known, and positions folded: what depends on the position is no wire then.
        """
        chosen = () if head.chosen is None else head.chosen[start:stop]
        known = [keys for keys in chosen if keys is not None]
        if self.positions == "wired" or len(known) < stop - start:
            return tuple(self.over(head.mask, start, stop, head.third_order)), False
        bands = []
        for first, end in runs(known):
            keys = known[first]
            ends = (keys[0], keys[-1] + 1) if keys else (0, 0)
            seen = [key in keys for key in range(*ends)]
            mask = None if all(seen) else self.drawing.constant([seen])
            bands.append(Band(start + first, start + end, *ends, mask=mask))
        return tuple(bands), True

    def _over_pairs(self, mask: str, band: Band) -> Band:
        """The band over pairs of its keys: a query sees a pair if it sees both."""
        if band.mask is None:
            return replace(band, length=self.length)
        name = (f"{mask} of pairs", band.start, band.stop)
        if name not in self._masks:
            first, second = pair_indices(band.keys)
            with self.drawing.scope("masks"):
                self._masks[name] = band.mask.take(first, 1) & band.mask.take(second, 1)
        return replace(band, mask=self._masks[name], length=self.length)

    def _cuts(self, mask: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
        if self.positions == "folded":
            yield from ((i, i + 1) for i in range(start, stop))
        elif "anti" in mask:
            mirrored = list(_aligned(self.length - stop, self.length - start))
            yield from ((self.length - b, self.length - a) for a, b in reversed(mirrored))
        else:
            yield from _aligned(start, stop)

    def _band(self, mask: str, a: int, b: int) -> Band:
        strict = mask.startswith("strict")
        if "anti" in mask:
            first = a + strict
            sure = self.length - (b - 1 + strict)
            keys = (first, self.length)
        else:
            sure = a + (not strict)
            keys = (0, b - strict)
        doubtful = keys[1] - keys[0] - sure
        if doubtful <= 0:
            return Band(a, b, *keys, sure)
        name = (mask, a, b)
        if name not in self._masks:
            first = keys[0] if "anti" in mask else sure

            def seen() -> npt.NDArray[np.bool_]:
                ahead = np.arange(first, first + doubtful)[None, :] - np.arange(a, b)[:, None]
                return np.asarray(ahead >= strict if "anti" in mask else ahead <= -strict)

            with self.drawing.scope("masks"):
                unsure = self.drawing.wired((b - a, doubtful), seen)
                certain = self.drawing.fill((b - a, sure), True)
                ends = [unsure, certain] if "anti" in mask else [certain, unsure]
                self._masks[name] = self.drawing.concat(ends, 1)
        return Band(a, b, *keys, sure, self._masks[name])


def _aligned(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a range of indices where their leading 1 + SHARED_BITS bits change."""
    while start < stop:
        size = 1 << max(0, start.bit_length() - 1 - SHARED_BITS)
        end = min(stop, (start // size + 1) * size)
        yield start, end
        start = end
