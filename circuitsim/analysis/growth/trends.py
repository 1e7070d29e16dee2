"""What a sweep over n shows: how depth, gates and wires grow, and from which n on the depth stays the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from circuitsim.analysis.growth.fits import Fit, PowerFit, fit_log, fit_power
from circuitsim.analysis.growth.growth import Row
from circuitsim.bases import BASES

FEWEST = 3  # lengths of a fit


@dataclass(frozen=True)
class Plateau:
    """The depth is the same at every measured n from `n_from` to `n_to`, which are `points` lengths."""

    depth: int
    n_from: int
    n_to: int
    points: int


@dataclass(frozen=True)
class Trend:
    """Fits of a sweep, None with fewer than three lengths; `plateau` only where gates have any fan-in."""

    depth: Fit | None
    gates: PowerFit | None
    wires: PowerFit | None
    plateau: Plateau | None = None


@dataclass(frozen=True)
class Series:
    """One line of a figure: a family of circuits, measured at ascending `ns`; the other sequences are as long."""

    label: str
    ns: tuple[int, ...]
    depth: tuple[int, ...]
    gates: tuple[int, ...]
    wires: tuple[int, ...]
    basis: str

    @property
    def of_two(self) -> bool:
        """Whether every gate has two inputs."""
        return all(
            wires == 2 * gates for gates, wires in zip(self.gates, self.wires, strict=True)
        )

    @property
    def trend(self) -> Trend:
        """How it grows."""
        if len(self.ns) < FEWEST:
            return Trend(None, None, None)
        return Trend(
            fit_log(self.ns, self.depth, "depth"),
            fit_power(self.ns, self.gates, "gates"),
            fit_power(self.ns, self.wires, "wires"),
            plateau(self.ns, self.depth) if BASES[self.basis].unbounded else None,
        )


def series(label: str, rows: Sequence[Row]) -> Series:
    """The rows of one family in one basis, at least one, as a line of a figure; in order of n."""
    ordered = sorted(rows, key=lambda row: row.n)
    columns = {
        name: tuple(getattr(row, name) for row in ordered)
        for name in ("depth", "gates", "wires")
    }
    return Series(label, tuple(row.n for row in ordered), basis=ordered[0].basis, **columns)


def plateau(ns: Sequence[int], depths: Sequence[int]) -> Plateau | None:
    """From where on the depths (at ascending ns) stay what the last is; None for fewer than three lengths."""
    start = len(ns) - 1
    while start and depths[start - 1] == depths[-1]:
        start -= 1
    points = len(ns) - start
    return Plateau(depths[-1], ns[start], ns[-1], points) if points >= FEWEST else None
