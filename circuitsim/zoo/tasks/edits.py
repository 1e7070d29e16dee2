"""Blocks, mixtures and small changes of rows of letters, from which tasks make their samples and hard inputs."""

import numpy as np
import numpy.typing as npt

from circuitsim.array_types import Longs, Rng
from circuitsim.tokens import Codes


def in_turn(*variants: Codes) -> Codes:
    """Rows (count, n) taken from each of the variants (count, n) in turn."""
    rows = np.arange(len(variants[0]))
    return np.stack(variants)[rows % len(variants), rows]


def blocks(n: int, first: npt.ArrayLike, count: int) -> Codes:
    """Rows (count, n) of letters 0 and then 1; `first`, a number or one for each row, says how many 0s there are."""
    ones = np.arange(n) >= np.reshape(first, (-1, 1))
    return np.broadcast_to(ones, (count, n)).astype(np.int64)


def shuffled_ones(n: int, ones: Longs, rng: Rng) -> Codes:
    """Rows (rows, n) of letters 0 and 1 with given numbers of 1s (rows,), at random places."""
    return rng.permuted(blocks(n, n - ones, len(ones)), axis=1)


def change_one(codes: Codes, letters: int, rng: Rng) -> Codes:
    """Rows with one letter, at a random place, turned into another of so many letters."""
    at = rng.integers(codes.shape[1], size=len(codes))
    return change_at(codes, at, letters, rng)


def change_at(codes: Codes, at: Longs, letters: int, rng: Rng) -> Codes:
    """Rows with the letter at a given place in each, (rows,), turned into another of so many letters."""
    rows = np.arange(len(codes))
    result = codes.copy()
    steps = rng.integers(1, letters, size=len(codes))
    result[rows, at] = (codes[rows, at] + steps) % letters
    return result


def swap_neighbours(codes: Codes, rng: Rng) -> Codes:
    """Rows with two neighbouring letters, at a random place, exchanged; rows of one letter as they are."""
    if codes.shape[1] == 1:
        return codes.copy()
    rows = np.arange(len(codes))
    at = rng.integers(codes.shape[1] - 1, size=len(codes))
    result = codes.copy()
    result[rows, at] = codes[rows, at + 1]
    result[rows, at + 1] = codes[rows, at]
    return result


def drop_one(codes: Codes, rng: Rng) -> Codes:
    """Rows (rows, n - 1) that lack one letter, at a random place, of rows (rows, n)."""
    rows, n = codes.shape
    keep = np.arange(n) != rng.integers(n, size=(rows, 1))
    return codes[keep].reshape(rows, n - 1)
