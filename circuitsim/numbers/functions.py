"""Functions of one number that nets apply, correctly rounded half up to a number of fraction bits.

The value is enclosed in a ball of Arb's, at ever twice the precision, until all of the ball rounds to one number. Where
the argument itself is halfway and large, a function is so little below it that no ball would end: that it is below is
then enough.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import erfc, pi, sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from circuitsim.numbers.scaled import Array, Scaled, narrow

if TYPE_CHECKING:
    from flint import arb

Enclosed: TypeAlias = "Callable[[arb], arb]"
Floats: TypeAlias = NDArray[np.float64]

FIRST_BITS = 64  # precision of the first enclosure, beyond that of the answer; doubled until it is certain
GUARD = 24  # the same for many numbers
REMEMBERED = 2**16  # values
FEW = 2**12  # different numbers that are remembered
CUBE = Fraction("0.044715")  # the factor of x^3 in the other form of GELU


def rounded(name: str, x: Fraction, bits: int) -> Fraction:
    """floor(f(x) 2^bits + 1/2) / 2^bits."""
    return Fraction(_rounded(name, x.numerator, x.denominator, bits), 1 << bits)


def rounded_all(name: str, x: Scaled, bits: int) -> Array:
    """floor(f(x) 2^bits + 1/2) of every number, each found once."""
    different, which = np.unique(x.numerators, return_inverse=True)
    tops = different.tolist()
    found = np.empty(len(tops), dtype=object)
    if len(tops) <= FEW:
        found[:] = [_rounded(name, top, x.denominator, bits) for top in tops]
    else:
        found[:] = _many_rounded(name, tops, x.denominator, bits)
    return narrow(found[which.ravel()].reshape(x.shape))


def _many_rounded(name: str, tops: list[int], bottom: int, bits: int) -> list[int]:
    """The same of many numbers over one denominator: nearly all are decided by a short enclosure."""
    from flint import arb, ctx

    longest = max(abs(top) for top in tops).bit_length() - bottom.bit_length()
    with ctx.workprec(GUARD + bits + max(0, longest)):
        function, unit, half, less = (
            ENCLOSED[name](),
            arb(1 << bits),
            arb(1) / 2,
            arb(1) / bottom,
        )
        enclosed = [(function(arb(top) * less) * unit + half).floor() for top in tops]
        certain = [whole.unique_fmpz() for whole in enclosed]
    return [
        _rounded(name, top, bottom, bits) if whole is None else int(whole)
        for top, whole in zip(tops, certain, strict=True)
    ]


@lru_cache(REMEMBERED)
def _rounded(name: str, top: int, bottom: int, bits: int) -> int:
    """floor(f(top / bottom) 2^bits + 1/2)."""
    from flint import arb, ctx, fmpq

    if top == 0:
        return 0
    # For x > 0 all of them are below x, so this is the most: ceil(x 2^bits + 1/2) - 1.
    most = -((-((top << bits + 1) + bottom)) // (2 * bottom)) - 1
    precision = FIRST_BITS + bits + max(0, top.bit_length() - bottom.bit_length())
    while True:
        with ctx.workprec(precision):
            value = ENCLOSED[name]()(arb(fmpq(top, bottom))) * (1 << bits) + fmpq(1, 2)
            certain = value.floor().unique_fmpz()
            if certain is not None:
                return int(certain)
            least = value.lower().floor().unique_fmpz()
            if top > 0 and least is not None and least >= most:
                return most
        precision *= 2


def _gelu() -> Enclosed:
    from flint import arb

    root = arb(2).sqrt()
    return lambda x: x * ((x / root).erf() + 1) / 2


def _gelu_tanh() -> Enclosed:
    from flint import arb

    factor = (2 / arb.pi()).sqrt()
    cube = arb(CUBE.numerator) / CUBE.denominator
    return lambda x: x * (((x + cube * x * x * x) * factor).tanh() + 1) / 2


def _silu() -> Enclosed:
    def function(x: "arb") -> "arb":
        if x > 0:
            return x / ((-x).exp() + 1)
        return x * x.exp() / (x.exp() + 1)  # the other form may overflow

    return function


# What makes each function, with its constants at the precision that is set.
ENCLOSED: dict[str, Callable[[], Enclosed]] = {
    "gelu": _gelu,
    "gelu-tanh": _gelu_tanh,
    "silu": _silu,
    "tanh": lambda: lambda x: x.tanh(),
}

_erfc = np.vectorize(erfc, otypes=[np.float64])  # which numpy lacks


def _gelu_tanh_of(x: Floats) -> Floats:
    return x * (1 + np.tanh(sqrt(2 / pi) * (x + float(CUBE) * x * x * x))) / 2


# In float64.
FLOAT: dict[str, Callable[[Floats], Floats]] = {
    "gelu": lambda x: x * _erfc(-x / sqrt(2)) / 2,
    "gelu-tanh": _gelu_tanh_of,
    "silu": lambda x: np.where(x < -700, 0.0, x / (1 + np.exp(-np.maximum(x, -700)))),
    "tanh": np.tanh,
}

# Where a function is least; it falls up to there and rises from there on.
LEAST_AT = {
    "gelu": Fraction("-0.7517915246935645"),
    "gelu-tanh": Fraction("-0.7524614220710163"),
    "silu": Fraction("-1.2784645427610738"),
}


def of_floats(name: str, x: Floats) -> Floats:
    """The function in float64, of every number."""
    return np.asarray(FLOAT[name](x), np.float64)


def ends(name: str, low: int, high: int, bits: int) -> tuple[int, int]:
    """The least and the largest of `rounded` on the arguments low, ..., high, all in units of 2^-bits."""
    tried = {low, high}
    if name in LEAST_AT:
        least = round(LEAST_AT[name] * 2**bits)
        tried |= {min(max(least + step, low), high) for step in (-1, 0, 1)}
    found = [_rounded(name, argument, 1 << bits, bits) for argument in tried]
    return min(found), max(found)
