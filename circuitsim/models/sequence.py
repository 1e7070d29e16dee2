"""From strings to token codes, positions and masks: what every meaning of a model starts from.

A code is a letter's index in the vocabulary, or, over the whole sequence, a token's index in `model.tokens`.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import InputError, LimitError, ModelError
from circuitsim.models.expressions import expression
from circuitsim.models.model import MASKS, Mask, Model, PositionTable
from circuitsim.numbers.rationals import Vector

Codes = NDArray[np.int64]

MOST_SCORES = 2**21  # that a run holds in memory at once
MOST_LETTERS = 2**24  # letters of all inputs together that `all_inputs` will build


def encode(model: Model, strings: Sequence[str]) -> Codes:
    """Letter codes of some strings of one length, shape (batch, n).

    Args:
        model: its letters are read one character each if all have one, else separated by spaces.
        strings: at least one, each of the same number of letters, at least one.

    Raises:
        InputError: an unknown letter, an empty string, or different lengths.
    """
    code = {letter: index for index, letter in enumerate(model.vocabulary)}
    rows = [_letters(model, string) for string in strings]
    for string, row in zip(strings, rows, strict=True):
        if not row:
            raise InputError("the input is empty; a string needs at least one letter.")
        if unknown := [letter for letter in row if letter not in code]:
            raise InputError(
                f"input {_show(string)}: unknown token {_show(unknown[0])}; the vocabulary is"
                f" {_vocabulary(model)}{_spacing(model)}."
            )
        if len(row) != len(rows[0]):
            raise InputError(f"inputs of different lengths: {len(rows[0])} and {len(row)} letters; give one length.")
    if not rows:
        raise InputError("no input given.")
    return np.array([[code[letter] for letter in row] for row in rows], dtype=np.int64)


def decode(model: Model, codes: Codes) -> str:
    """The string that has these letter codes (n,)."""
    separator = "" if _single(model) else " "
    return separator.join(model.vocabulary[int(code)] for code in codes)


def sequence_codes(model: Model, codes: Codes) -> Codes:
    """Token codes of whole sequences (batch, length), constant tokens included, of letters (batch, n)."""
    token = {name: index for index, name in enumerate(model.tokens)}
    batch = len(codes)
    before = np.tile(np.array([token[t] for t in model.prepend], dtype=np.int64), (batch, 1))
    after = np.tile(np.array([token[t] for t in model.append], dtype=np.int64), (batch, 1))
    return np.concatenate([before, codes, after], axis=1)


def all_inputs(model: Model, n: int) -> Codes:
    """Every string of n letters, (V^n, n), in the order of the vocabulary with the first letter slowest.

    Raises:
        LimitError: too many of them.
    """
    size = len(model.vocabulary)
    if n < 1:
        raise InputError(f"n is {n}, expected at least 1.")
    if (n > MOST_LETTERS.bit_length() and size > 1) or n * size**n > MOST_LETTERS:
        raise LimitError(f"all {size}^{n} inputs of n={n} are too many; use samples.")
    if size == 1:
        return np.zeros((1, n), dtype=np.int64)
    return np.indices((size,) * n).reshape(n, -1).T.astype(np.int64)


def position_values(model: Model, n: int) -> tuple[Vector, ...] | None:
    """What is added at each position of a sequence with n letters: exact vectors (d,), or None.

    Raises:
        InputError: the sequence is longer than the model's position table.
        ModelError: an expression has no value somewhere.
    """
    length = model.length(n)
    if model.positions is None:
        return None
    if isinstance(model.positions, PositionTable):
        rows = model.positions.rows
        if length > len(rows):
            raise InputError(
                f"n={n} makes a sequence of {length} positions, but the model's table has {len(rows)};"
                f" n can be at most {len(rows) - model.length(0)}."
            )
        return rows[:length]
    columns = []
    for text in model.positions.components:
        parsed = expression(text)
        if "i" in parsed.names:
            columns.append([parsed.value(i, length) for i in range(length)])
        else:
            columns.append([parsed.value(0, length)] * length)
    return tuple(zip(*columns, strict=True))


def mask_matrix(mask: Mask, length: int) -> NDArray[np.bool_]:
    """Which keys each query sees: (length, length), [query, key], True where visible."""
    if mask not in MASKS:
        raise ModelError(f"mask {mask!r} is not one of {', '.join(MASKS)}.")
    ones = np.ones((length, length), dtype=np.bool_)
    return {
        "none": ones,
        "causal": np.tril(ones),
        "strict-causal": np.tril(ones, -1),
        "anti-causal": np.triu(ones),
        "strict-anti-causal": np.triu(ones, 1),
    }[mask]


def score_blocks(batch: int, length: int, keys: int) -> Iterator[tuple[slice, slice]]:
    """Slices of strings and of queries that cover a batch, few enough scores of so many keys at a time."""
    queries = min(length, max(1, MOST_SCORES // keys))
    strings = max(1, MOST_SCORES // (queries * keys))
    for start in range(0, batch, strings):
        for first in range(0, length, queries):
            yield slice(start, start + strings), slice(first, first + queries)


def _single(model: Model) -> bool:
    return all(len(letter) == 1 for letter in model.vocabulary)


def _letters(model: Model, string: str) -> list[str]:
    return list(string) if _single(model) else string.split()


def _vocabulary(model: Model) -> str:
    shown = ", ".join(model.vocabulary[:20])
    return shown if len(model.vocabulary) <= 20 else f"{shown}, ... ({len(model.vocabulary)} tokens)"


def _spacing(model: Model) -> str:
    return "" if _single(model) else " (separate tokens by spaces)"


def _show(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else shown[:57] + "..."
