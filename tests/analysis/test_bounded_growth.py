from math import log2

import pytest

from circuitsim.analysis.growth.bounded_growth import (
    grows_like_log,
    grows_like_power,
    too_few,
)

DOUBLING = [2, 4, 8, 16, 32, 64]


def levels(growth):
    return [round(growth(n)) for n in DOUBLING]


@pytest.mark.parametrize(
    "growth",
    [
        lambda n: 5,
        lambda n: 21 * log2(n) + 14,
        lambda n: 60 - 3 * log2(n),
        lambda n: max(20, 4 * log2(n)),  # what grows lies below a constant at first
        lambda n: 30 * (1 - 1 / n),
    ],
)
def test_what_is_at_most_logarithmic_passes(growth):
    test = grows_like_log(DOUBLING, levels(growth), 4)
    assert test is not None
    assert test.holds


@pytest.mark.parametrize(
    "growth",
    [lambda n: n, lambda n: 2 * log2(n) ** 2, lambda n: 10 * n**0.5, lambda n: 2 + n / 2],
)
def test_what_grows_faster_fails_and_names_the_length(growth):
    test = grows_like_log(DOUBLING, levels(growth), 4)
    assert test is not None
    assert not test.holds
    assert test.n == 64
    assert test.value > test.allowed


@pytest.mark.parametrize(
    "growth", [lambda n: 7, lambda n: n**3, lambda n: 300 + n**3, lambda n: n * log2(n) ** 3]
)
def test_powers_pass(growth):
    test = grows_like_power(DOUBLING, levels(growth))
    assert test is not None
    assert test.holds


@pytest.mark.parametrize("growth", [lambda n: 2**n, lambda n: n ** log2(n)])
def test_what_is_no_power_fails(growth):
    test = grows_like_power(DOUBLING, levels(growth))
    assert test is not None
    assert not test.holds


@pytest.mark.parametrize("ns", [[], [8], [2, 4], [2, 4, 8, 16], list(range(2, 9))])
def test_few_lengths_tell_nothing(ns):
    assert grows_like_log(ns, ns, 1) is None
    assert grows_like_power(ns, ns) is None
    assert "-n 2:64:*2" in too_few(ns)


def test_no_gates_have_no_power():
    assert grows_like_power(DOUBLING, [0] * 6) is None
