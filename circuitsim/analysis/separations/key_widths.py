"""The least width of random sign keys for sparse averaging, how it grows, and where it falls below one-hot keys.

2306.02896, Theorem 2: sparse averaging takes width O(q log N) at fixed precision. The constant is not the paper's; it
is fitted here, to the least number of random signs with which 300 random sets have certificates (the best of three
draws of signs). All sets of a length may need more: the models of the zoo, which are right on all, say how many.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log

from circuitsim.analysis.separations.store import remembered
from circuitsim.zoo.key_schemes import drawn_sets, least_dimension

QS = (1, 2, 3, 4, 8)
NS = (16, 32, 64, 128, 256, 512)
DRAWS = 3
FITTED_FROM = 64  # N: for fewer positions the law has not set in


@dataclass(frozen=True)
class KeyWidth:
    """The least signs for 300 random sets of q of N positions."""

    q: int
    n: int
    width: int


@dataclass(frozen=True)
class KeyFit:
    """The width as c q ln N, and where that falls below N, the width of one-hot keys.

    Attributes:
        c: fitted through the origin to N >= 64, with least squares. largest_error: the largest share of a width
            there by which the fit is off.
        crossing: for each q the N from which on c q ln N is below N.
    """

    c: float
    largest_error: float
    crossing: dict[int, int]
    widths: list[KeyWidth]


def key_widths(
    qs: Iterable[int] = QS,
    ns: Iterable[int] = NS,
    seed: int = 0,
    fresh: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> KeyFit:
    """Search the least widths, each kept on disk, and fit them."""
    found = []
    for q in qs:
        for n in ns:
            progress(f"least sign keys: q = {q}, N = {n}")
            question = {"least sign keys": [n, q], "seed": seed, "draws": DRAWS}
            width = remembered(question, lambda n=n, q=q: least_width(n, q, seed), not fresh)  # type: ignore[misc]
            found.append(KeyWidth(q, n, width))
    return fit(found)


def least_width(n: int, q: int, seed: int = 0) -> int:
    """The least signs of three draws that give 300 random sets certificates."""
    return min(
        least_dimension(n, q, seed + draw, drawn_sets(n, q, seed)) for draw in range(DRAWS)
    )


def fit(widths: list[KeyWidth]) -> KeyFit:
    """The constant of width = c q ln N, and the crossings."""
    points = [(w.q * log(w.n), w.width) for w in widths if w.n >= FITTED_FROM]
    c = sum(x * width for x, width in points) / sum(x * x for x, _ in points)
    error = max(abs(c * x - width) / width for x, width in points)
    return KeyFit(
        c, error, {q: crossing(c, q) for q in sorted({w.q for w in widths})}, widths
    )


def crossing(c: float, q: int) -> int:
    """The least N from which on c q ln N is below N."""
    n = max(2, round(c * q))  # N - c q ln N falls until here, and rises from here on
    while c * q * log(n) >= n:
        n += 1
    return n
