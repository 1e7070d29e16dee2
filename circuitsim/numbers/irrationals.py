"""Irrational numbers, correctly rounded to float64: a + b pi, cosines, binary logarithms, roots.

Every function first looks for an exact rational answer. Otherwise the value is enclosed in a ball of Arb's, at ever
twice the precision, until both ends round to the same float; no irrational value is halfway, so this ends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor, inf
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from flint import arb

Value = TypeVar("Value", int, float)
Enclosure: TypeAlias = (
    "Callable[[], arb]"  # a ball around the value, at the precision that is set
)

FIRST_BITS = 128  # precision of the first enclosure; doubled until the answer is certain

# The only rational cosines at rational multiples of pi (Niven's theorem), by the multiple modulo 2.
NIVEN = {
    Fraction(0): Fraction(1),
    Fraction(1, 3): Fraction(1, 2),
    Fraction(1, 2): Fraction(0),
    Fraction(2, 3): Fraction(-1, 2),
    Fraction(1): Fraction(-1),
    Fraction(4, 3): Fraction(-1, 2),
    Fraction(3, 2): Fraction(0),
    Fraction(5, 3): Fraction(1, 2),
}


@dataclass(frozen=True)
class PiSum:
    """The irrational number rational + pi_part * pi, with pi_part not zero."""

    rational: Fraction
    pi_part: Fraction

    def nearest(self) -> Fraction:
        """The correctly rounded float64."""
        return nearest(lambda: _pi_ball(self.rational, self.pi_part))

    def floor(self) -> int:
        """The largest integer below."""
        return _certain(lambda: _pi_ball(self.rational, self.pi_part), floor)

    def positive(self) -> bool:
        """Whether the number is above zero (it never is zero)."""
        return self.floor() >= 0


def pi_sum(rational: Fraction, pi_part: Fraction) -> Fraction | PiSum:
    """The number rational + pi_part * pi in its simplest form."""
    return PiSum(rational, pi_part) if pi_part else rational


def nearest(enclosure: Enclosure) -> Fraction:
    """The float64 nearest to the irrational number that is enclosed.

    Raises:
        OverflowError: beyond the range of float64.
    """
    return Fraction(_certain(enclosure, _float))


def cosine(rational: Fraction, pi_part: Fraction) -> tuple[Fraction, bool]:
    """cos(rational + pi_part * pi) and whether it is exact."""
    turn = pi_part % 2
    if rational == 0 and turn in NIVEN:
        return NIVEN[turn], True
    return nearest(lambda: _pi_ball(rational, turn).cos()), False


def turn(times: int, base: Fraction, power: Fraction) -> tuple[Fraction, Fraction]:
    """Cosine and sine of the angle times base^power, for a base > 0: of 0 they are exact, and else irrational."""
    if times == 0:
        return Fraction(1), Fraction(0)

    def angle() -> "arb":
        return times * _ball(base) ** _ball(power)

    return nearest(lambda: angle().cos()), nearest(lambda: angle().sin())


def log2(x: Fraction) -> tuple[Fraction, bool]:
    """Binary logarithm of x > 0, and whether it is exact."""
    exponent = x.numerator.bit_length() - x.denominator.bit_length()
    if x == Fraction(2) ** exponent:
        return Fraction(exponent), True
    return nearest(lambda: _ball(x).log() / _ball(Fraction(2)).log()), False


@cache
def log2_of_e() -> Fraction:
    """1 / ln 2, correctly rounded to float64."""
    return nearest(lambda: 1 / _ball(Fraction(2)).log())


def ceiling_of_log2(x: int, times: int) -> int:
    """The least whole number that is not below times log2 x, for whole numbers of which neither is below 1."""
    exponent = x.bit_length() - 1
    if x == 1 << exponent:
        return times * exponent
    two = Fraction(2)
    return _certain(lambda: times * _ball(Fraction(x)).log() / _ball(two).log(), ceil)


def floor_of_power(exponent: Fraction) -> int:
    """The largest whole number up to 2^exponent."""
    if exponent.denominator == 1:
        return floor(Fraction(2) ** exponent.numerator)
    return _certain(lambda: _ball(Fraction(2)) ** _ball(exponent), floor)


def root(x: Fraction, degree: int) -> tuple[Fraction, bool]:
    """The root of x >= 0 of this degree, and whether it is exact."""
    from flint import fmpz

    top, bottom = (int(fmpz(part).root(degree)) for part in (x.numerator, x.denominator))
    if top**degree == x.numerator and bottom**degree == x.denominator:
        return Fraction(top, bottom), True
    return nearest(lambda: _ball(x).root(degree)), False


def _certain(enclosure: Enclosure, rounded: Callable[[Fraction], Value]) -> Value:
    """What a number rounds to, by a rule that never falls, from a ball at both of whose ends it is the same."""
    from flint import ctx

    bits = FIRST_BITS
    while True:
        with ctx.workprec(bits):
            ball = enclosure()
            ends = (ball.lower(), ball.upper()) if ball.is_finite() else ()
        answers = {rounded(_fraction(end)) for end in ends}
        if len(answers) == 1:
            return answers.pop()
        bits *= 2


def _float(x: Fraction) -> float:
    """The nearest float64, infinite beyond the largest: one end of a wide ball may be there, and the number not."""
    try:
        return (
            x.numerator / x.denominator
        )  # the division of two integers is correctly rounded
    except OverflowError:
        return inf if x > 0 else -inf


def _ball(x: Fraction) -> "arb":
    from flint import arb, fmpq

    return arb(fmpq(x.numerator, x.denominator))


def _pi_ball(rational: Fraction, pi_part: Fraction) -> "arb":
    ball = _ball(rational)
    return ball + ball.pi() * _ball(pi_part)


def _fraction(end: "arb") -> Fraction:
    """The rational that a ball of radius zero is."""
    mantissa, exponent = (int(part) for part in end.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent
