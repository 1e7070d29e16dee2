"""Fits find the law that made the numbers, say how far off they are, and take sizes of any magnitude."""

from math import inf, log2

import numpy as np
import pytest

from circuitsim.analysis.growth.fits import fit_log, fit_power

POWERS = [2**k for k in range(3, 13)]


def test_a_logarithm_is_found_exactly():
    fit = fit_log(POWERS, [3 * k + 5 for k in range(3, 13)], "depth")
    assert fit is not None
    assert fit.name == "depth = a log2 n + b"
    assert (fit.a, fit.b) == pytest.approx((3, 5))
    assert fit.residual == pytest.approx(0, abs=1e-9)
    assert (fit.points, fit.n_from, fit.n_to) == (10, 8, 4096)


def test_the_residual_is_the_largest_distance_from_the_line():
    ys = [7.0, 7.0, 7.0, 10.0, 7.0, 7.0, 7.0]
    fit = fit_log([2**k for k in range(7)], ys)
    assert fit is not None
    assert (fit.a, fit.b) == pytest.approx((0, 52 / 7), abs=1e-9)
    assert fit.residual == pytest.approx(10 - 52 / 7)


@pytest.mark.parametrize("seed", range(5))
def test_both_are_the_least_squares_of_numpy_in_any_order(seed):
    rng = np.random.default_rng(seed)
    ns, ys = rng.integers(1, 1000, 20).tolist(), rng.uniform(1, 50, 20).tolist()
    fit, power = fit_log(ns, ys), fit_power(ns, ys)
    assert fit is not None
    assert power is not None
    assert (fit.a, fit.b) == pytest.approx(np.polyfit(np.log2(ns), ys, 1))
    slope, offset = np.polyfit(np.log2(ns), np.log2(ys), 1)
    assert (power.exponent, power.factor) == pytest.approx((slope, 2**offset))
    fitted = 2**offset * np.array(ns) ** slope
    assert power.residual == pytest.approx(np.max(np.abs(fitted - ys) / ys))


def test_a_power_is_found_exactly():
    fit = fit_power(POWERS, [7 * n**3 for n in POWERS], "gates")
    assert fit is not None
    assert fit.name == "gates = c n^e"
    assert (fit.exponent, fit.factor, fit.local) == pytest.approx((3, 7, 3))
    assert fit.residual == pytest.approx(0, abs=1e-9)


def test_the_local_exponent_shows_a_power_of_log_n():
    fit = fit_power(POWERS, [n * log2(n) ** 2 for n in POWERS])
    assert fit is not None
    assert fit.local == pytest.approx(1 + 2 * log2(12 / 11))
    assert fit.exponent > fit.local + 0.1


def test_sizes_beyond_every_float():
    ns = [2**60, 2**90, 2**2000]
    fit, power = fit_log(ns, [60, 90, 2000]), fit_power(ns, [n**4 for n in ns])
    assert fit is not None
    assert power is not None
    assert (fit.a, fit.b) == pytest.approx((1, 0), abs=1e-9)
    assert (power.exponent, power.factor) == pytest.approx((4, 1))
    huge = fit_power([2, 4], [2**3000, 2**3001])
    assert huge is not None
    assert (huge.exponent, huge.factor) == (pytest.approx(1), inf)


def test_fewer_than_two_sizes_are_no_fit():
    for fit in (fit_log, fit_power):
        assert fit([], []) is None
        assert fit([8], [3]) is None
        assert fit([8, 8], [3, 4]) is None


def test_what_has_no_logarithm_is_left_out_of_a_power():
    fit = fit_power([1, 2, 4, 8], [0, 6, 12, 24])
    assert fit is not None
    assert (fit.exponent, fit.points, fit.n_from) == (pytest.approx(1), 3, 2)
    assert fit_power([1, 2], [0, 1]) is None


def test_as_many_sizes_as_values():
    for fit in (fit_log, fit_power):
        with pytest.raises(ValueError, match="argument"):
            fit([1, 2, 4], [1, 2])
