"""Least-squares fits against n: a log2 n + b for depths and bits, c n^e for sizes.

A fit describes the sizes that were measured, and proves nothing about others. n and y may be whole numbers of any
size: logarithms are taken of the integers themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, inf, log2

LARGEST_FLOAT_EXPONENT = 1023


@dataclass(frozen=True)
class Fit:
    """y = a log2 n + b. `residual` is the largest |y - (a log2 n + b)|, `points` how many (n, y) were fitted."""

    name: str
    a: float
    b: float
    residual: float
    points: int
    n_from: int
    n_to: int


@dataclass(frozen=True)
class PowerFit:
    """y = factor n^exponent.

    Args:
        residual: the largest relative one, |y - factor n^exponent| / y.
        local: the exponent between the two largest n alone. It tends to `exponent` for a true power, and drifts
            where y also has a power of log n in it.
        points: how many (n, y) were fitted.
    """

    name: str
    exponent: float
    factor: float
    residual: float
    local: float
    points: int
    n_from: int
    n_to: int


def fit_log(ns: Sequence[int], ys: Sequence[int | float], what: str = "y") -> Fit | None:
    """Fit y = a log2 n + b by least squares; None with fewer than two distinct n.

    Args:
        ns: at least 1 each, in any order. ys: as many.
        what: the name of y in the name of the fit.
    """
    if len(set(ns)) < 2:
        return None
    logs, values = [log2(n) for n in ns], [float(y) for _, y in zip(ns, ys, strict=True)]
    a, b = _line(logs, values)
    residual = max(abs(y - (a * x + b)) for x, y in zip(logs, values, strict=True))
    return Fit(f"{what} = a log2 n + b", a, b, residual, len(ns), min(ns), max(ns))


def fit_power(
    ns: Sequence[int], ys: Sequence[int | float], what: str = "y"
) -> PowerFit | None:
    """Fit y = c n^e by least squares on the logarithms; None with fewer than two distinct n.

    Args:
        ns: at least 1 each, in any order. ys: as many; those that are not positive have no logarithm and are left
            out, which `points` shows.
        what: the name of y in the name of the fit.
    """
    points = sorted((n, y) for n, y in zip(ns, ys, strict=True) if y > 0)
    sizes = [n for n, _ in points]
    if len(set(sizes)) < 2:
        return None
    logs, values = [log2(n) for n in sizes], [log2(y) for _, y in points]
    exponent, offset = _line(logs, values)
    residual = max(
        abs(_power_of_two(exponent * x + offset - y) - 1)
        for x, y in zip(logs, values, strict=True)
    )
    before = max(k for k, n in enumerate(sizes) if n < sizes[-1])
    local = (values[-1] - values[before]) / (logs[-1] - logs[before])
    factor, name = _power_of_two(offset), f"{what} = c n^e"
    return PowerFit(name, exponent, factor, residual, local, len(points), sizes[0], sizes[-1])


def _line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """Slope and intercept of the least-squares line; sums are taken around the mean, and exactly."""
    x_mean, y_mean = fsum(xs) / len(xs), fsum(ys) / len(ys)
    around = [x - x_mean for x in xs]
    slope = fsum(x * (y - y_mean) for x, y in zip(around, ys, strict=True)) / fsum(
        x * x for x in around
    )
    return slope, y_mean - slope * x_mean


def _power_of_two(exponent: float) -> float:
    return 2.0**exponent if exponent < LARGEST_FLOAT_EXPONENT else inf
