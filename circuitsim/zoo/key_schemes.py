"""Keys of positions by which one query finds q of them at once, as sparse averaging needs: three schemes.

A position's key and a set's query have an inner product, the score, that is largest at exactly the set's members and
equal there. Source: 2306.02896, section 3: signs after theorem 2, integers on a cyclic polytope after theorem 3.
"""

from itertools import count
from math import comb

import numpy as np

from circuitsim.array_types import Floats, Longs
from circuitsim.errors import InputError, LimitError
from circuitsim.zoo.tasks.pointers import all_sets, uniform_sets

FEW_SETS = 2**14  # sets that are all looked at
DRAWN = 300  # random sets else
MOST_BITS = 30
SLACK = 1e-9  # of floats, always to the safe side: a score so near 1/2 counts as 1/2


def sign_keys(n: int, m: int, seed: int = 0) -> Longs:
    """Random signs (n, m), -1 or 1. With more columns the first ones stay the same."""
    return _signs(np.random.default_rng((seed, n)).random((m, n))).T


def certificates(keys: Longs, sets: Longs) -> Floats:
    """The shortest queries (sets, m) whose score is 1 at every member of sets (sets, q): U_S (U_S^T U_S)^-1 1.

    Raises:
        InputError: the keys of a set are linearly dependent.
    """
    chosen = keys[sets].astype(float)
    weights = _weights(chosen @ chosen.transpose(0, 2, 1))
    if weights is None:
        raise InputError(
            f"keys of {keys.shape[1]} signs are linearly dependent on some set; take more signs."
        )
    return np.asarray((weights[:, None] @ chosen)[:, 0])


def rounded(queries: Floats, bits: int) -> Longs:
    """Queries in integers over 2^bits, half up."""
    return np.floor(queries * 2.0**bits + 0.5 + SLACK).astype(np.int64)


def certified(keys: Longs, sets: Longs, queries: Longs, bits: int) -> bool:
    """Whether queries (sets, m) over 2^bits score at least 1/2 at members and less elsewhere, checked in integers."""
    doubled = 2 * queries @ keys.T
    at = np.arange(len(sets))[:, None]
    members = doubled[at, sets].copy()
    doubled[at, sets] = -1 << bits
    return bool((members >= 1 << bits).all() and (doubled < 1 << bits).all())


def least_certificate_bits(keys: Longs, sets: Longs) -> int:
    """The least fraction bits to which certificates may be rounded: all members at least 1/2, all others less.

    Raises:
        LimitError: no number up to 30 is enough, as where some score is 1/2 or more without rounding.
    """
    exact = certificates(keys, sets)
    found = (
        bits
        for bits in range(MOST_BITS + 1)
        if certified(keys, sets, rounded(exact, bits), bits)
    )
    for bits in found:
        return bits
    raise LimitError(
        f"keys of {keys.shape[1]} signs do not tell sets of {sets.shape[1]} apart; take more signs."
    )


def looked_at(n: int, q: int, seed: int = 0) -> Longs:
    """All sets of q of n positions where they are at most 2^14, else 300 random ones: (sets, q)."""
    return all_sets(n, q) if comb(n, q) <= FEW_SETS else drawn_sets(n, q, seed)


def drawn_sets(n: int, q: int, seed: int = 0) -> Longs:
    """300 random sets of q of n positions: (300, q)."""
    return uniform_sets((DRAWN,), n, q, np.random.default_rng((seed, n, q)))


def least_dimension(n: int, q: int, seed: int = 0, sets: Longs | None = None) -> int:
    """The first number of signs with which every set that is looked at has a certificate, others scoring below 1/2.

    Args:
        n, q: positions, and members of a set. seed: of the signs.
        sets: (sets, q) to look at; None for all where they are at most 2^14, else 300 random ones. It holds for
            these; more signs may fail again.
    """
    rng, sets = (
        np.random.default_rng((seed, n)),
        looked_at(n, q, seed) if sets is None else sets,
    )
    gram = np.zeros((n, n))
    for m in count(1):
        column = _signs(rng.random(n))
        gram += np.outer(column, column)
        if (
            m >= q
            and _separated(gram, sets[:: len(sets) // 50 + 1])
            and _separated(gram, sets)
        ):
            return m
    raise AssertionError("count() does not end")


def polytope_keys(n: int, q: int) -> Longs:
    """Powers (n, 2q + 1) of the positions: 1, i, ..., i^(2q)."""
    return np.array([[i**k for k in range(2 * q + 1)] for i in range(n)], dtype=object)


def polytope_query(members: tuple[int, ...]) -> list[int]:
    """Coefficients of -prod (i - j)^2 over members j, constant first: a score of 0 at members, at most -1 elsewhere."""
    coefficients = [-1]
    for root in [*members, *members]:
        shifted, times = [0, *coefficients], [-root * c for c in coefficients] + [0]
        coefficients = [a + b for a, b in zip(shifted, times, strict=True)]
    return coefficients


def _signs(uniform: Floats) -> Longs:
    return np.where(uniform < 0.5, -1, 1)


def _weights(gram: Floats) -> Floats | None:
    """Solutions (sets, q) of gram (sets, q, q) times them = 1; None if there is not one each."""
    if (np.linalg.det(gram) < 0.5).any():  # determinants of integers
        return None
    return np.asarray(np.linalg.solve(gram, np.ones((*gram.shape[:2], 1)))[..., 0])


def _separated(gram: Floats, sets: Longs) -> bool:
    """Whether the certificates of sets (sets, q), by inner products of keys (n, n), score below 1/2 off the set."""
    weights = _weights(gram[sets[:, :, None], sets[:, None, :]])
    if weights is None:
        return False
    scores = (weights[:, None] @ gram[sets])[:, 0]
    scores[np.arange(len(sets))[:, None], sets] = 0
    return bool((scores < 0.5 - SLACK).all())
