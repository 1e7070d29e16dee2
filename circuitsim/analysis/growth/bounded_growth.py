"""Does a quantity grow no faster than log n, or than a power of n? A test on measured lengths that can fail.

A least-squares fit alone cannot fail, and its residual is as large for growth that slows down, which a bound O(.)
allows. So the longer lengths are predicted from the shorter ones: n_min..n_max is cut at the geometric mean, a line
is fitted below, and no value above the cut may exceed the continued line by more than a stated tolerance. A line
that is flat below may yet rise by a stated slope, since a term that grows can lie below a constant at first.

Depths are whole numbers and schedules change with n, hence the tolerances. What they let pass over 2..64 is small:
(log n)^2, sqrt(n) and n, ten times for depths, fail the test for log n; n^(log n) and 2^n fail that for powers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from circuitsim.analysis.growth.fits import Fit, PowerFit, fit_log, fit_power

FEWEST_BELOW = 3  # lengths that a line is fitted to
SPAN = 16  # times the shortest, that the longest length is at least
PART, LEVELS = 0.1, 2.0  # a value may exceed its prediction by a tenth and two
LEVELS_A_DOUBLING = (
    12.0  # of depth, that a layer may rise: a head takes 160 levels at 2^10, 270 at 2^20
)
BIT = 1.0  # of precision
SIZE = 2.0  # of a rational: a bit more above and below
MORE_EXPONENT = 2.0  # terms of low degree hide the highest at small n
LEAST_EXPONENT = 4.0  # that any sweep may have: queries, keys and their rivals are n^3, and numbers have digits


@dataclass(frozen=True)
class LogTest:
    """Whether values at longer lengths stay at or below the line of the shorter, with the one that is nearest to fail.

    Args:
        shorter: the line fitted to lengths up to the cut. all: to all lengths.
        n, value, allowed: the longer length at which value - allowed is largest.
    """

    holds: bool
    shorter: Fit
    all: Fit
    n: int
    value: float
    allowed: float


@dataclass(frozen=True)
class PowerTest:
    """Whether the `exponent` fitted from the cut on is at most `allowed`.

    That is two more than the exponent of the shorter lengths, or four.
    """

    holds: bool
    all: PowerFit
    exponent: float
    allowed: float


def grows_like_log(ns: Sequence[int], ys: Sequence[int], least: float) -> LogTest | None:
    """Test y = O(log n) at ascending n; None where there are too few lengths: three up to the cut, one beyond.

    Args:
        least: rise for each doubling of n that is allowed, however flat the shorter lengths are.
    """
    cut = _cut(ns)
    if cut is None:
        return None
    shorter, everything = fit_log(ns[:cut], ys[:cut]), fit_log(ns, ys)
    assert shorter is not None
    assert everything is not None
    start, slope = ns[cut - 1], max(shorter.a, least)
    level = shorter.b + max(shorter.a * log2(n) for n in (ns[0], start))
    allowed = [(1 + PART) * (level + slope * log2(n / start)) + LEVELS for n in ns[cut:]]
    worst = max(range(len(allowed)), key=lambda k: ys[cut + k] - allowed[k])
    n, value = ns[cut + worst], ys[cut + worst]
    return LogTest(value <= allowed[worst], shorter, everything, n, value, allowed[worst])


def grows_like_power(ns: Sequence[int], ys: Sequence[int]) -> PowerTest | None:
    """Test y = n^O(1) at ascending n; None where there are too few lengths, or a y without logarithm."""
    cut = _cut(ns)
    if cut is None or min(ys) <= 0:
        return None
    shorter, longer, everything = (
        fit_power(ns[part], ys[part])
        for part in (slice(cut), slice(cut - 1, None), slice(None))
    )
    assert shorter is not None
    assert longer is not None
    assert everything is not None
    allowed = max(shorter.exponent + MORE_EXPONENT, LEAST_EXPONENT)
    return PowerTest(longer.exponent <= allowed, everything, longer.exponent, allowed)


def too_few(ns: Sequence[int]) -> str:
    """Why there is no test."""
    return (
        f"{len(ns)} lengths are too few to tell: a line is fitted to those up to the geometric mean of the shortest and"
        f" the longest, at least {FEWEST_BELOW}, and longer ones are compared with it, up to {SPAN} times the shortest"
        " or more; give -n 2:64:*2"
    )


def _cut(ns: Sequence[int]) -> int | None:
    below = sum(n * n <= ns[0] * ns[-1] for n in ns) if ns else 0
    return below if FEWEST_BELOW <= below < len(ns) and ns[-1] >= SPAN * ns[0] else None
