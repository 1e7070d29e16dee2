"""Patterns as words: 64 inputs of a wire in one unsigned integer, which every evaluator works on."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import njit

Words: TypeAlias = npt.NDArray[np.uint64]


@njit(cache=True)
def _pack(patterns: Any, words: Any) -> None:
    for w in range(words.shape[1]):
        for i in range(words.shape[0]):
            words[i, w] = np.uint64(0)
        for p in range(64 * w, min(64 * w + 64, patterns.shape[0])):
            shift = np.uint64(p - 64 * w)
            for i in range(words.shape[0]):
                words[i, w] |= np.uint64(patterns[p, i] != 0) << shift


@njit(cache=True)
def _unpack(words: Any, patterns: Any) -> None:
    for p in range(patterns.shape[0]):
        shift = np.uint64(p & 63)
        for o in range(words.shape[0]):
            patterns[p, o] = (words[o, p >> 6] >> shift) & np.uint64(1) != 0


def pack(patterns: npt.NDArray[Any]) -> Words:
    """(patterns, wires) of zeros and ones -> (wires, words), at least one: pattern p is bit p % 64 of word p // 64."""
    words = np.empty((patterns.shape[1], max(1, -(-patterns.shape[0] // 64))), np.uint64)
    _pack(np.ascontiguousarray(patterns).view(np.uint8), words)
    return words


def unpack(words: Words, patterns: int) -> npt.NDArray[np.bool_]:
    """The inverse of `pack`: (wires, words) -> (patterns, wires)."""
    out = np.empty((patterns, words.shape[0]), np.bool_)
    _unpack(np.ascontiguousarray(words), out)
    return out
