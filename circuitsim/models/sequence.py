"""From strings to token codes, positions and masks: what every meaning of a model starts from.

A code is a letter's index in the vocabulary, or the number of a record's values (`tokens`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import InputError, LimitError, ModelError
from circuitsim.models.any_model import AnyModel
from circuitsim.models.embedded import Embedded
from circuitsim.models.expressions import expression
from circuitsim.models.model import MASKS, Mask
from circuitsim.models.positions import PositionTable
from circuitsim.numbers.arrays import Matrix, matrix
from circuitsim.tokens import Codes as Codes  # also for those who import it from here

AnyKind = TypeVar("AnyKind", bound=AnyModel)  # of model

MOST_SCORES = 2**21  # that a run holds in memory at once
MOST_LETTERS = 2**24  # letters of all inputs together that `all_inputs` will build


def encode(model: Embedded, strings: Sequence[str]) -> Codes:
    """Token codes of some strings of one length, shape (batch, n).

    Args:
        model: its letters are read one character each if all have one, else separated by spaces.
        strings: at least one, each of the same number of letters, at least one.

    Raises:
        InputError: an unknown letter, an empty string, or different lengths.
    """
    return model.format.parse(strings)


def decode(model: Embedded, codes: Codes) -> str:
    """The string that has these token codes (n,)."""
    return model.format.text(codes)


def all_inputs(model: Embedded, n: int) -> Codes:
    """Every string of n tokens, (strings, n), in the order of their codes with the first token slowest.

    Raises:
        LimitError: too many of them.
    """
    if n < 1:
        raise InputError(f"n is {n}, expected at least 1.")
    sizes = model.format.sizes(n)
    if max(sizes) == 1:
        return np.zeros((1, n), dtype=np.int64)
    if n > MOST_LETTERS.bit_length() or n * prod(sizes) > MOST_LETTERS:
        size = f"{sizes[0]}^{n}" if len(set(sizes)) == 1 else str(prod(sizes))
        raise LimitError(f"all {size} inputs of n={n} are too many; use samples.")
    return np.indices(sizes).reshape(n, -1).T.astype(np.int64)


def moved(model: AnyKind, offset: int) -> AnyKind:
    """The model whose first position has a later row of its table.

    Raises:
        InputError: it has no such row.
    """
    if offset == 0:
        return model
    table = model.positions
    rows = len(table.rows) if isinstance(table, PositionTable) else 0
    if not isinstance(table, PositionTable) or offset >= rows:
        raise InputError(
            f"{model.name}: an offset of {offset}, and its table of positions has {rows} rows."
        )
    return replace(model, positions=PositionTable(table.rows[offset:]))


def position_values(model: Embedded, n: int) -> Matrix | None:
    """What is added at each position of a sequence with n letters: (length, d), or None.

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
    return matrix(list(zip(*columns, strict=True)))


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
