"""Cosines of sums of two or three residues as scores, and the least bits with which matches stay the largest."""

from fractions import Fraction
from functools import lru_cache
from itertools import count

import numpy as np

from circuitsim.errors import LimitError
from circuitsim.numbers.irrationals import cosine
from circuitsim.numbers.rounding import to_grid

MOST_SUMS = 2**24  # pairs or triples of residues that are gone through

# cos(a + b) and cos(a + b + c), term by term: for each summand its cosine C or sine S with a sign.
TERMS = {
    2: (("C", "C"), ("S", "-S")),
    3: (("C", "C", "C"), ("-C", "S", "S"), ("S", "-C", "S"), ("S", "S", "-C")),
}


def angles(modulus: int) -> list[tuple[Fraction, Fraction]]:
    """Cosine and sine of 2 pi x / M for every residue x."""
    turns = [Fraction(2 * x, modulus) for x in range(modulus)]
    return [
        (cosine(Fraction(0), turn)[0], cosine(Fraction(0), turn - Fraction(1, 2))[0])
        for turn in turns
    ]


def least_match_bits(modulus: int, order: int = 2) -> int:
    """The least fraction bits of cosines and sines with which sums of 0 mod M score highest, and a blank fits between.

    Args:
        order: how many residues are added: 2 or 3.

    Raises:
        LimitError: more than 2^24 sums, all of which are gone through.
    """
    return least_match(modulus, order)[0]


@lru_cache(maxsize=256)
def least_match(modulus: int, order: int) -> tuple[int, tuple[Fraction, ...]]:
    """The least bits, and one number for every summand, with so many bits, whose product is the score of the blank.

    That product lies strictly between all sums of 0 mod M and all others, as they are rounded and as they are.
    """
    if modulus**order > MOST_SUMS:
        raise LimitError(
            f"sums of {order} residues modulo {modulus} are {modulus**order}, at most {MOST_SUMS}."
        )
    for bits in count():
        unit = 1 << order * bits
        match, other = extremes(modulus, order, bits)
        next_best = angles(modulus)[1][0] * unit  # what a sum of 1 scores without rounding
        low, high = (
            max(other, next_best.numerator // next_best.denominator, -1),
            min(match, unit),
        )
        if factors := _between(low, high, order):
            return bits, tuple(Fraction(factor, 1 << bits) for factor in factors)
    raise AssertionError("count() does not end")


def extremes(modulus: int, order: int, bits: int) -> tuple[int, int]:
    """The least score of a sum of 0 mod M and the largest of any other, over 2^(order bits), from rounded angles.

    Where they overlap, only that is certain of them.
    """
    cos, sin = (
        np.array([to_grid(x, bits) for x in column], float)
        for column in zip(*angles(modulus), strict=True)
    )
    parts = {"C": cos, "S": sin, "-C": -cos, "-S": -sin}
    first, *rest = (
        np.stack([parts[term[k]] for term in TERMS[order]]) for k in range(order)
    )  # (terms, M) each
    keys, sums = rest[0], np.arange(modulus)
    for more in rest[1:]:
        keys = (keys[:, :, None] * more[:, None, :]).reshape(len(keys), -1)
        sums = (sums[:, None] + np.arange(modulus)).ravel()
    match, other = np.inf, -np.inf
    for residue in range(
        modulus
    ):  # floats are exact: these integers have 2 or 3 times the bits
        scores, matching = first[:, residue] @ keys, (sums + residue) % modulus == 0
        match, other = min(match, scores[matching].min()), max(other, scores[~matching].max())
        if match <= other:
            break
    return int(match), int(other)


def _between(low: int, high: int, order: int) -> tuple[int, ...]:
    """Integers, as equal as can be, whose product is more than `low` and less than `high`; none if there are none."""
    if order == 1:
        middle = (low + high) // 2
        return (middle,) if low < middle < high else ()
    for factor in range(round(high ** (1 / order)), 0, -1):
        if others := _between(low // factor, -(-high // factor), order - 1):
            return (factor, *others)
    return ()
