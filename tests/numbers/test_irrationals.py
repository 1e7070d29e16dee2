"""Irrational numbers against Python's decimals, the definition of a root, and where rounding is nearly a tie."""

import random
import subprocess
import sys
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor, nextafter

import pytest

from circuitsim.numbers.irrationals import PiSum, cosine, log2, root

# https://oeis.org/A000796
PI = Decimal(
    "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534"
)


def rationals(seed: int, count: int) -> list[Fraction]:
    """Positive rationals, small and large, simple and not."""
    rng = random.Random(seed)
    return [
        Fraction(
            rng.getrandbits(rng.randrange(1, 80)) + 1,
            rng.getrandbits(rng.randrange(1, 80)) + 1,
        )
        for _ in range(count)
    ]


def decimal(x: Fraction) -> Decimal:
    return Decimal(x.numerator) / x.denominator


def decimal_cosine(x: Decimal) -> Decimal:
    """The power series, on an argument below one turn."""
    term = total = Decimal(1)
    for k in range(1, 200):
        term *= -x * x / (2 * k * (2 * k - 1))
        total += term
    return total


@pytest.mark.slow
def test_cosines_and_logarithms_against_decimals() -> None:
    with localcontext(prec=85):
        for x in rationals(1, 300):
            value, exact = log2(x)
            assert exact == (
                x.numerator & (x.numerator - 1) == x.denominator & (x.denominator - 1) == 0
            )
            assert value == Fraction(float(decimal(x).ln() / Decimal(2).ln()))
            for rational, turn in ((x % 6, Fraction(0)), (-(x % 3), -x), (Fraction(0), x)):
                value, exact = cosine(rational, turn)
                angle = decimal(rational) + decimal(turn % 2) * PI
                assert exact or value == Fraction(float(decimal_cosine(angle)))
                assert not exact or abs(decimal(value) - decimal_cosine(angle)) < Decimal(
                    "1e-70"
                )


@pytest.mark.parametrize("degree", [1, 2, 3, 5, 64])
def test_a_root_is_exact_or_the_nearest_float(degree: int) -> None:
    for x in rationals(degree, 100):
        assert root(x**degree, degree) == (x, True)
        value, exact = root(x, degree)
        if exact:
            assert value**degree == x
            continue
        below, above = (Fraction(nextafter(float(value), end)) for end in (0, float("inf")))
        assert ((value + below) / 2) ** degree < x < ((value + above) / 2) ** degree


@pytest.mark.parametrize("digits", [20, 50, 80])
@pytest.mark.parametrize("side", [-1, 1])
def test_nearly_a_tie_and_nearly_whole(digits: int, side: int) -> None:
    """The balls at first hold the halfway point, and the integer."""
    with localcontext(prec=95):
        below = Fraction(floor(PI.scaleb(digits)), 10**digits)
    end = below if side > 0 else below + Fraction(1, 10**digits)  # pi is on that side of it
    assert PiSum(5 - end, Fraction(1)).floor() == (5 if side > 0 else 4)
    assert PiSum(end - 5, Fraction(-1)).positive() is False
    assert PiSum(end, Fraction(-1)).positive() == (side < 0)
    halfway = 1 + Fraction(1, 2**53)
    nearest = Fraction(nextafter(1, 2)) if side > 0 else Fraction(1)
    assert PiSum(halfway - end, Fraction(1)).nearest() == nearest


def test_exact_answers_and_their_absence_are_told() -> None:
    assert cosine(Fraction(0), Fraction(7, 3)) == (Fraction(1, 2), True)
    assert log2(Fraction(1, 8)) == (Fraction(-3), True)
    assert root(Fraction(8, 27), 3) == (Fraction(2, 3), True)
    assert root(Fraction(0), 2) == (Fraction(0), True)
    assert not root(Fraction(1, 2), 2)[1]
    with pytest.raises(OverflowError):
        PiSum(Fraction(0), Fraction(2) ** 1024).nearest()


def test_the_first_ball_is_wide_and_the_number_is_not() -> None:
    """Its ends are beyond the largest float64."""
    huge = Fraction(2) ** 1180
    value = PiSum(-Fraction(PI) * huge, huge).nearest()
    assert (
        2.117067982e-93 < value / huge < 2.117067983e-93
    )  # the decimals of pi after those above


def test_nothing_is_enclosed_where_the_answer_is_rational() -> None:
    code = (
        "import sys; sys.modules['flint'] = None\n"
        "from circuitsim.models.expressions import expression\n"
        "print(expression('2*log2(n) + 4').value(0, 4096), expression('cos(pi*i)').value(1, 2))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "28 -1\n"
