"""The p-bit floats of 2207.00729: single numbers as its definitions say, and runs against a slow one."""

import random
from fractions import Fraction

import numpy as np
import pytest

from circuitsim.errors import InputError
from circuitsim.networks.datatypes import p_bit_floats
from circuitsim.networks.datatypes.p_bit_floats import Floats, default_precision
from circuitsim.numbers.scaled import Scaled
from tests.cases import random_model
from tests.networks.plain import of_models
from tests.networks.slow_runs import slow_run
from tests.networks.stored_model import stored

run_p_bit = of_models(p_bit_floats.run_p_bit)


def as_defined(number, p):
    """Definitions 13 and 14, letter by letter: to an integer in units of 2^I_min, shifted right, and back."""
    least = -(2 ** (p // 2) - 1)
    z = abs(number) * Fraction(2) ** -least // 1
    sizeof = z.bit_length() + 1  # floor(log2 |z|) + 2
    m = z >> max(0, sizeof - p // 2)
    e = sizeof - (m.bit_length() + 1) + least
    if e > -least:
        m = e = -least
    return (1 if number > 0 else -1) * m * Fraction(2) ** e


@pytest.mark.parametrize("p", [4, 6, 8, 12, 16])
def test_numbers_are_truncated_as_defined(p):
    r, floats = random.Random(p), Floats(p)
    for _ in range(400):
        number = Fraction(
            r.randint(-(2 ** r.randint(0, 40)), 2 ** r.randint(0, 40)),
            r.randint(1, 2 ** r.randint(0, 40)),
        )
        expected = as_defined(number, p)
        assert floats.float_of(number) == expected
        assert floats.float_of(expected) == expected
    assert floats.float_of(Fraction(10) ** 400) == (as_defined(Fraction(10) ** 400, p))
    assert floats.float_of(Fraction(1, 10**400)) == as_defined(Fraction(1, 10**400), p)


def test_a_float_is_off_by_the_factor_of_lemma_4():
    r, floats = random.Random(1), Floats(16)
    for _ in range(300):
        number = Fraction(r.randint(1, 10**9), r.randint(1, 10**9))
        assert 1 - Fraction(2) ** (-16 // 2 + 2) <= floats.float_of(number) / number <= 1


@pytest.mark.parametrize("p", [4, 10, 14, 20])
@pytest.mark.parametrize("denominator", [1, 2**20, 2**70, 3 * 2**5])
@pytest.mark.parametrize("largest", [40, 2**50, 2**61, 2**90])
def test_arrays_are_truncated_number_by_number(p, denominator, largest):
    r = random.Random(largest)
    near = [2**k + d for k in (4, 8, 52, 53, 60) for d in (-1, 0, 1) if 2**k + 1 < largest]
    numbers = [
        0,
        *near,
        *(-x for x in near),
        *(r.randint(-largest, largest) for _ in range(30)),
    ]
    array = np.array(numbers, dtype=np.int64 if largest < 2**62 else object)
    floats = Floats(p)
    found = floats.truncated(Scaled(array, denominator)).fractions().tolist()
    assert found == [floats.float_of(Fraction(x, denominator)) for x in numbers]


class Slow:
    """Exact sums, truncated once; a mean is a sum of truncated terms over the truncated count."""

    def __init__(self, p):
        self.truncate = Floats(p).float_of

    def sum(self, numbers):
        return self.truncate(sum(numbers, Fraction(0)))

    def dot(self, x, y, more):
        return self.sum(
            [*(a * b for a, b in zip(x, y, strict=True)), *(b for b in more if b is not None)]
        )

    def mean(self, numbers):
        return self.sum(
            [self.truncate(v / self.truncate(Fraction(len(numbers)))) for v in numbers]
        )


@pytest.mark.parametrize("seed", range(60))
def test_a_run_is_the_slow_run(seed):
    r = random.Random(seed)
    model, n, p = random_model(seed), r.randint(1, 6), r.choice([6, 8, 12, 20])
    codes = np.random.default_rng(seed).integers(0, len(model.vocabulary), (3, n))
    run = run_p_bit(model, codes, p)
    rounded = stored(model, n, Floats(p).float_of)
    for row, string in enumerate(codes):
        residuals, outputs = slow_run(rounded, string, Slow(p))
        assert [x.fractions()[row].tolist() for x in run.residuals] == residuals
        assert run.outputs.fractions()[row].tolist() == outputs


def test_precision_must_be_even():
    with pytest.raises(InputError, match="even"):
        run_p_bit(random_model(0), np.array([[0]]), 7)


def test_the_default_precision_grows_with_the_logarithm():
    assert [default_precision(n) for n in (1, 2, 3, 4, 1024, 2**60)] == [
        16,
        20,
        24,
        24,
        56,
        256,
    ]
