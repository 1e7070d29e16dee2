"""Strings of signs with sets of positions that point into them: drawn uniformly, drawn hard, and as gadgets.

Signs are indices 0 for - and 1 for +, (positions,); sets are sorted rows of q distinct positions, (askers, q).
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TypeAlias

import numpy as np

from circuitsim.array_types import Longs, Rng

Pointed: TypeAlias = tuple[Longs, Longs]  # signs (positions,) and sets (askers, q)


def all_sets(positions: int, q: int) -> Longs:
    """Every set of q positions, (sets, q)."""
    return np.array(list(combinations(range(positions), q)), np.int64).reshape(-1, q)


def uniform_sets(shape: tuple[int, ...], positions: int, q: int, rng: Rng) -> Longs:
    """Sets drawn uniformly, (*shape, q)."""
    return np.sort(rng.random((*shape, positions)).argsort(-1)[..., :q], -1)


def disjointness(a: Sequence[int], b: Sequence[int], positions: int) -> Pointed:
    """Disjointness of two strings of q bits as an average: the set of the one asker holds a +, iff some a_i = b_i = 1.

    Position 2i is + iff b_i, position 2i + 1 is -, and a_i chooses between the two; further positions are -.
    Source: Sanford, Hsu and Telgarsky 2023, theorem 4 (indices as in the authors' slides).
    """
    signs = np.zeros(positions, np.int64)
    signs[0 : 2 * len(b) : 2] = b
    asked = np.array([[2 * i if bit else 2 * i + 1 for i, bit in enumerate(a)]], np.int64)
    return signs, asked


def balanced(turn: int, positions: int, askers: int, q: int, rng: Rng) -> Pointed:
    """Half of the signs are +, and sets go through every count of + that they can have."""
    signs = rng.permutation(np.arange(positions) % 2)
    plus, minus = np.flatnonzero(signs), np.flatnonzero(signs == 0)
    sets = []
    for asker in range(askers):
        held = min(max((asker + turn) % (q + 1), q - len(minus)), len(plus))
        chosen = [
            rng.choice(plus, held, replace=False),
            rng.choice(minus, q - held, replace=False),
        ]
        sets.append(np.sort(np.concatenate(chosen)))
    return signs, np.array(sets, np.int64)


def lone(turn: int, positions: int, askers: int, q: int, rng: Rng) -> Pointed:
    """One sign differs from all others; sets hold it, or its neighbour and not it."""
    hot = int(rng.integers(positions))
    signs = np.full(positions, turn % 2)
    signs[hot] = 1 - turn % 2
    sets = []
    for asker in range(askers):
        near = (hot + 1) % positions
        member, banned = (
            (hot, hot) if (asker + turn // 2) % 2 == 0 or q == positions else (near, hot)
        )
        others = np.setdiff1d(np.arange(positions), [member, banned])
        sets.append(np.sort(np.append(rng.choice(others, q - 1, replace=False), member)))
    return signs, np.array(sets, np.int64)


def constant(turn: int, positions: int, askers: int, q: int, rng: Rng) -> Pointed:
    """All signs are equal."""
    return np.full(positions, turn % 2), uniform_sets((askers,), positions, q, rng)


def blocks(turn: int, positions: int, askers: int, q: int, rng: Rng) -> Pointed:
    """Signs go up once, or down once; sets are neighbouring positions, from the first to the last."""
    step = int(rng.integers(positions + 1))
    signs = ((np.arange(positions) < step) ^ (turn % 2 == 1)).astype(np.int64)
    start = (np.arange(askers) + int(rng.integers(positions))) % (positions - q + 1)
    return signs, start[:, None] + np.arange(q)


def crossing(turn: int, positions: int, askers: int, q: int, rng: Rng) -> Pointed:
    """The gadget of disjointness for all askers: complementary strings, and every other turn one common bit."""
    if positions < 2 * q:
        return balanced(turn, positions, askers, q, rng)
    a = rng.integers(0, 2, q)
    b = 1 - a
    if turn % 2:
        common = rng.integers(q)
        a[common] = b[common] = 1
    signs, asked = disjointness(a.tolist(), b.tolist(), positions)
    return signs, np.repeat(asked, askers, axis=0)


HARD: tuple[Callable[[int, int, int, int, Rng], Pointed], ...] = (
    balanced,
    lone,
    constant,
    blocks,
    crossing,
)
