"""Does a quantity grow no faster than log n, or than a power of n? A test on measured lengths that can fail.

A least-squares fit alone cannot fail, and its residual is as large for growth that slows down, which a bound O(.)
allows. So the longer lengths are predicted from the shorter ones: n_min..n_max is cut at the geometric mean, a line
is fitted below, and no value above the cut may exceed the continued line by more than a stated tolerance.

Depths are whole numbers and schedules change with n, hence the tolerances. What they let pass over 2..64 is small:
(log n)^2, sqrt(n) and n fail the test for log n; n^(log n) and 2^n fail that for powers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from circuitsim.analysis.fits import Fit, PowerFit, fit_log, fit_power

FEWEST_BELOW = 3  # lengths that a line is fitted to
PART, LEVELS = 0.1, 2.0  # a value may exceed its prediction by a tenth and two
MORE_EXPONENT = 2.0  # terms of low degree hide the highest at small n


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
    """Whether the exponent between the two longest lengths is at most `allowed`: two more than that of the shorter."""

    holds: bool
    all: PowerFit
    exponent: float
    allowed: float


def grows_like_log(ns: Sequence[int], ys: Sequence[int]) -> LogTest | None:
    """Test y = O(log n) at ascending n; None where there are too few lengths: three up to the cut, one beyond."""
    cut = _cut(ns)
    if cut is None:
        return None
    shorter, everything = fit_log(ns[:cut], ys[:cut]), fit_log(ns, ys)
    assert shorter is not None
    assert everything is not None
    slope = max(shorter.a, 0.0)  # what falls at first may stay
    level = shorter.b if shorter.a > 0 else sum(ys[:cut]) / cut
    allowed = [(1 + PART) * (slope * log2(n) + level) + LEVELS for n in ns[cut:]]
    worst = max(range(len(allowed)), key=lambda k: ys[cut + k] - allowed[k])
    n, value = ns[cut + worst], ys[cut + worst]
    return LogTest(value <= allowed[worst], shorter, everything, n, value, allowed[worst])


def grows_like_power(ns: Sequence[int], ys: Sequence[int]) -> PowerTest | None:
    """Test y = n^O(1) at ascending n; None where there are too few lengths, or a y without logarithm."""
    cut = _cut(ns)
    if cut is None or min(ys) <= 0:
        return None
    shorter, everything = fit_power(ns[:cut], ys[:cut]), fit_power(ns, ys)
    assert shorter is not None
    assert everything is not None
    allowed = max(shorter.exponent, 0.0) + MORE_EXPONENT
    return PowerTest(everything.local <= allowed, everything, everything.local, allowed)


def too_few(ns: Sequence[int]) -> str:
    """Why there is no test."""
    return (
        f"{len(ns)} lengths are too few to tell: a line is fitted to those up to the geometric mean of the shortest and"
        f" the longest, at least {FEWEST_BELOW}, and the others are compared with it; give -n 2:64:*2 or more"
    )


def _cut(ns: Sequence[int]) -> int | None:
    below = sum(n * n <= ns[0] * ns[-1] for n in ns) if ns else 0
    return below if FEWEST_BELOW <= below < len(ns) else None
