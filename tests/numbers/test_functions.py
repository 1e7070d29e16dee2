"""Activations, correctly rounded: against their series in 500 digits, where rounding is nearly a tie, and far out."""

import random
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from circuitsim.numbers import functions
from circuitsim.numbers.functions import (
    FLOAT,
    LEAST_AT,
    ends,
    of_floats,
    rounded,
    rounded_all,
)
from circuitsim.numbers.scaled import Scaled
from tests.networks.naive_blocks import function

NAMES = tuple(FLOAT)
FAR = 10**300


@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_the_series_say(name):
    r = random.Random(7)
    for _ in range(60):
        bits = r.choice([0, 1, 4, 11, 48])
        x = Fraction(r.randint(-900, 900), r.choice([1, 7, 64, 300]))
        assert rounded(name, x, bits) == function(name, x, bits), (x, bits)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_that_are_halfway_themselves(name):
    """Large ones are less a hair what they are, small ones of tanh too: no enclosure alone would say so."""
    for x in (
        Fraction(81, 2),
        Fraction(2 * FAR + 1, 2),
        Fraction(1, 2**9),
        Fraction(-1, 2**9),
    ):
        for bits in (0, 8):
            assert rounded(name, x, bits) == function(name, x, bits), (x, bits)
    tiny = Fraction(1, 2**49)  # tanh of it is less, by 2^-148
    assert rounded("tanh", tiny, 48) == 0
    assert rounded("tanh", -tiny, 48) == 0  # half up, and it is above the tie


@pytest.mark.parametrize("name", NAMES)
def test_far_out(name):
    assert rounded(name, Fraction(-FAR), 8) == (-1 if name == "tanh" else 0)
    assert rounded(name, Fraction(FAR), 8) == (1 if name == "tanh" else FAR)
    assert rounded(name, Fraction(0), 8) == 0


def test_the_two_forms_of_gelu_differ():
    x = Fraction(-2)
    assert rounded("gelu", x, 20) != rounded("gelu-tanh", x, 20)
    assert abs(rounded("gelu", x, 20) - rounded("gelu-tanh", x, 20)) < Fraction(1, 2**11)


@pytest.mark.parametrize("name", NAMES)
def test_the_ends_of_an_interval_of_arguments(name):
    for bits in (0, 2, 5):
        values = {
            k: rounded(name, Fraction(k, 2**bits), bits) * 2**bits for k in range(-70, 71)
        }
        for low in range(-70, 71, 7):
            for high in range(low, 71, 5):
                own = [int(values[k]) for k in range(low, high + 1)]
                assert ends(name, low, high, bits) == (min(own), max(own))


@pytest.mark.parametrize("name", LEAST_AT)
def test_where_a_function_is_least(name):
    at, step = LEAST_AT[name], Fraction(1, 2**20)
    here, left, right = (rounded(name, x, 80) for x in (at, at - step, at + step))
    assert here < min(left, right)
    assert abs(left - right) < (left - here) / 1000  # as near as a parabola says


@pytest.mark.parametrize("name", NAMES)
def test_float64_is_near(name):
    x = np.linspace(-40, 40, 801)
    exact = [float(rounded(name, Fraction(value), 200)) for value in x]
    np.testing.assert_allclose(of_floats(name, x), exact, rtol=1e-14, atol=1e-15)
    with np.errstate(over="ignore"):
        extreme = of_floats(name, np.array([-1e300, 1e300, -800.0]))
    assert extreme.tolist() == ([-1, 1, -1] if name == "tanh" else [0, 1e300, 0])


@pytest.mark.parametrize("name", NAMES)
def test_many_numbers_are_rounded_as_each(name, monkeypatch):
    r = np.random.default_rng(3)
    tops = [*r.integers(-(2**40), 2**40, 300).tolist(), 0, 81 << 35, 10**40]
    x = Scaled(
        np.array(tops, dtype=object), 1 << 36
    )  # halves of units, and what is far out, too
    for bits in (0, 5, 30):
        slow = rounded_all(name, x, bits).tolist()
        with monkeypatch.context() as changed:
            changed.setattr(functions, "FEW", 0)
            assert rounded_all(name, x, bits).tolist() == slow
        fractions = [rounded(name, Fraction(top, 1 << 36), bits) * 2**bits for top in tops]
        assert fractions == slow


def test_of_an_array_every_number_is_found():
    x = Scaled(np.array([[-3, 0, 5], [5, 8, -3]]), 4)
    found = rounded_all("silu", x, 6)
    assert found.shape == (2, 3)
    for top, own in zip(x.numerators.ravel().tolist(), found.ravel().tolist(), strict=True):
        assert own == floor(rounded("silu", Fraction(top, 4), 6) * 64)
