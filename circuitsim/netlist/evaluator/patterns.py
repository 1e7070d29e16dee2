"""Patterns as words: 64 inputs of a wire in one unsigned integer, which every evaluator works on."""

from typing import Any

import numpy as np

from circuitsim.array_types import Array, Bools, Words
from circuitsim.kernels import compiled, elements


def _pack_plainly(patterns: Any, words: Any) -> None:
    wires, count = words.shape
    packed = np.zeros((wires, 8 * count), np.uint8)
    filled = -(-len(patterns) // 8)
    packed[:, :filled] = np.packbits(patterns, axis=0, bitorder="little").T
    words[:] = packed.view(np.uint64)


def _unpack_plainly(words: Any, patterns: Any) -> None:
    patterns[:] = np.unpackbits(
        words.view(np.uint8), axis=1, bitorder="little", count=len(patterns)
    ).T


def _little(*arrays: Any) -> int:
    return elements(*arrays) // 50


@compiled(work=_little, plain=_pack_plainly)
def _pack(patterns: Any, words: Any) -> None:
    for w in range(words.shape[1]):
        for i in range(words.shape[0]):
            words[i, w] = np.uint64(0)
        for p in range(64 * w, min(64 * w + 64, patterns.shape[0])):
            shift = np.uint64(p - 64 * w)
            for i in range(words.shape[0]):
                words[i, w] |= np.uint64(patterns[p, i] != 0) << shift


@compiled(work=_little, plain=_unpack_plainly)
def _unpack(words: Any, patterns: Any) -> None:
    for p in range(patterns.shape[0]):
        shift = np.uint64(p & 63)
        for o in range(words.shape[0]):
            patterns[p, o] = (words[o, p >> 6] >> shift) & np.uint64(1) != 0


def pack(patterns: Array) -> Words:
    """(patterns, wires) of zeros and ones -> (wires, words), at least one: pattern p is bit p % 64 of word p // 64."""
    count = max(1, -(-patterns.shape[0] // 64))
    words = np.empty((patterns.shape[1], count), np.uint64)
    _pack(np.ascontiguousarray(patterns).view(np.uint8), words)
    return words


def unpack(words: Words, patterns: int) -> Bools:
    """The inverse of `pack`: (wires, words) -> (patterns, wires)."""
    out = np.empty((patterns, words.shape[0]), np.bool_)
    _unpack(np.ascontiguousarray(words), out)
    return out
