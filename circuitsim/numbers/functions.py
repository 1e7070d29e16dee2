"""Functions of one number that nets apply, correctly rounded half up to a number of fraction bits.

The value is enclosed in a ball of Arb's, at ever twice the precision, until all of the ball rounds to one number. Where
the argument itself is halfway and large, a function is so little below it that no ball would end: that it is below is
then enough.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import erfc, exp, pi, sqrt, tanh
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circuitsim.numbers.scaled import Array, Scaled, narrow

if TYPE_CHECKING:
    from flint import arb

FIRST_BITS = 64  # precision of the first enclosure, beyond that of the answer; doubled until it is certain
REMEMBERED = 2**16  # values
CUBE = Fraction("0.044715")  # the factor of x^3 in the other form of GELU


def rounded(name: str, x: Fraction, bits: int) -> Fraction:
    """floor(f(x) 2^bits + 1/2) / 2^bits."""
    return Fraction(_rounded(name, x.numerator, x.denominator, bits), 1 << bits)


def rounded_all(name: str, x: Scaled, bits: int) -> Array:
    """floor(f(x) 2^bits + 1/2) of every number, each found once."""
    different, which = np.unique(x.numerators, return_inverse=True)
    found = np.empty(len(different), dtype=object)
    found[:] = [_rounded(name, int(top), x.denominator, bits) for top in different.tolist()]
    return narrow(found[which.ravel()].reshape(x.shape))


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
            value = ENCLOSED[name](arb(fmpq(top, bottom))) * fmpq(1 << bits) + fmpq(1, 2)
            certain = value.floor().unique_fmpz()
            if certain is not None:
                return int(certain)
            least = value.lower().floor().unique_fmpz()
            if top > 0 and least is not None and least >= most:
                return most
        precision *= 2


def _gelu(x: "arb") -> "arb":
    from flint import arb

    return x * ((x / arb(2).sqrt()).erf() + 1) / 2


def _gelu_tanh(x: "arb") -> "arb":
    from flint import fmpq

    inner = x + x * x * x * fmpq(CUBE.numerator, CUBE.denominator)
    return x * ((inner * (2 / x.pi()).sqrt()).tanh() + 1) / 2


def _silu(x: "arb") -> "arb":
    if x > 0:
        return x / ((-x).exp() + 1)
    return x * x.exp() / (x.exp() + 1)  # the other form may overflow


ENCLOSED: dict[str, Callable[["arb"], "arb"]] = {
    "gelu": _gelu,
    "gelu-tanh": _gelu_tanh,
    "silu": _silu,
    "tanh": lambda x: x.tanh(),
}

# In float64.
FLOAT: dict[str, Callable[[float], float]] = {
    "gelu": lambda x: x * erfc(-x / sqrt(2)) / 2,
    "gelu-tanh": lambda x: x * (1 + tanh(sqrt(2 / pi) * (x + float(CUBE) * x * x * x))) / 2,
    "silu": lambda x: 0.0 if x < -700 else x / (1 + exp(-x)),
    "tanh": tanh,
}

# Where a function is least; it falls up to there and rises from there on.
LEAST_AT = {
    "gelu": Fraction("-0.7517915246935645"),
    "gelu-tanh": Fraction("-0.7524614220710163"),
    "silu": Fraction("-1.2784645427610738"),
}


def of_floats(name: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The function in float64, of every number."""
    return np.vectorize(FLOAT[name], otypes=[np.float64])(x)


def ends(name: str, low: int, high: int, bits: int) -> tuple[int, int]:
    """The least and the largest of `rounded` on the arguments low, ..., high, all in units of 2^-bits."""
    tried = {low, high}
    if name in LEAST_AT:
        least = round(LEAST_AT[name] * 2**bits)
        tried |= {min(max(least + step, low), high) for step in (-1, 0, 1)}
    found = [_rounded(name, argument, 1 << bits, bits) for argument in tried]
    return min(found), max(found)
