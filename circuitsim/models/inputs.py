"""Which inputs an analysis looks at: all of them where they are few, else seeded random and adversarial ones."""

from collections.abc import Iterator
from math import comb, prod

import numpy as np
import numpy.typing as npt

from circuitsim.models.embedded import Embedded
from circuitsim.models.model import Model
from circuitsim.models.sequence import all_inputs

FEW = 2**12  # inputs up to which an analysis is exhaustive unless told otherwise
MOST_REPRESENTATIVES = 2**15


def chosen_inputs(
    model: Embedded, n: int, exhaustive: bool | None, samples: int, seed: int
) -> tuple[bool, npt.NDArray[np.int64]]:
    """Whether all inputs are taken, and their letter codes (inputs, n).

    Args:
        exhaustive: True for all, False for samples, None to decide by their number.
    """
    if exhaustive or (exhaustive is None and few_inputs(model, n)):
        return True, all_inputs(model, n)
    if model.fields:
        return False, sample_records(model, n, samples, seed)
    return False, sample(len(model.vocabulary), n, samples, seed)


def few_inputs(model: Embedded, n: int) -> bool:
    """Whether all inputs of n letters are at most 2^12."""
    sizes = model.format.sizes(n)
    return max(sizes) == 1 or (
        len([s for s in sizes if s > 1]) <= FEW.bit_length() and prod(sizes) <= FEW
    )


def sample_records(model: Embedded, n: int, samples: int, seed: int) -> npt.NDArray[np.int64]:
    """Token codes (samples, n): half uniform, half with few different values of each field, in a seeded order."""
    rng = np.random.default_rng((seed, n, len(model.fields)))
    digits = np.stack(
        [rng.integers(0, field.size, (samples, n)) for field in model.fields], axis=2
    )
    for index, field in enumerate(model.fields):
        pairs = rng.integers(0, field.size, (samples // 2, 2))
        digits[: samples // 2, :, index] = np.take_along_axis(
            pairs, digits[: samples // 2, :, index] % 2, axis=1
        )
    return model.format.codes(digits)


def sample(letters: int, n: int, samples: int, seed: int) -> npt.NDArray[np.int64]:
    """Letter codes (samples, n): half uniform, half adversarial, in a seeded order.

    Adversarial are: equal letters, one letter that differs at either end, and pairs of letters in nearly equal
    numbers (a tie and its neighbours), shuffled.
    """
    rng = np.random.default_rng((seed, n, letters))
    rows = [np.full(n, a) for a in range(letters)]
    for a in range(min(letters, 4)):
        for at in (0, n - 1):
            row = np.full(n, a)
            row[at] = (a + 1) % letters
            rows.append(row)
    while len(rows) < samples // 2:
        a, b = rng.choice(letters, 2, replace=letters < 2)
        ones = int(np.clip(n // 2 + rng.integers(-2, 3), 0, n))
        rows.append(rng.permutation(np.where(np.arange(n) < ones, a, b)))
    uniform = rng.integers(0, letters, (max(0, samples - len(rows)), n))
    return np.concatenate([np.array(rows[:samples], np.int64).reshape(-1, n), uniform])[
        :samples
    ]


def counts_decide(model: Model) -> bool:
    """Whether a decision depends only on how many of each letter there are, and on the letter that is read out.

    So it is without positions, where every head is saturated and unmasked: a head's mean is then the same function of
    the letter at its query and of the multiset of keys, wherever those stand. (A hard head takes the first of equal
    scores, whose values may differ.) Constant tokens stand where they stand, and are one key each.
    """
    heads = [head for layer in model.layers for head in layer.heads]
    unmasked = all(head.mask == "none" and head.attention == "saturated" for head in heads)
    return not model.placed and unmasked and not model.fields


def representatives(model: Model, n: int) -> npt.NDArray[np.int64] | None:
    """Letter codes (inputs, n) that stand for all strings of n letters, where `counts_decide`; else None.

    They are one string for every way to count n letters, and where a letter is read out, for every letter at its
    position. Any other string has the counts and the read letter of one of these, and so its decision: at that
    position, and at each of equal letters where all are read. So what holds on these holds on all V^n strings. With
    two letters they are at most 2n. None, too, where they are more than 2^15.
    """
    letters, place = len(model.vocabulary), read_letter(model)
    if (
        not counts_decide(model)
        or comb(n + letters - 1, letters - 1) * letters > MOST_REPRESENTATIVES
    ):
        return None
    rows = []
    for counts in _compositions(n, letters):
        row = np.repeat(np.arange(letters), counts)
        for letter in range(letters) if place is not None else [int(row[0])]:
            if counts[letter]:
                rest = np.delete(row, np.searchsorted(row, letter))
                rows.append(
                    np.insert(rest, 0 if place == 0 else n - 1, letter)
                    if place is not None
                    else row
                )
    return np.array(rows, np.int64)


def read_letter(model: Model) -> int | None:
    """0 or -1 where the first or last letter is read out, None where a constant token is, or each letter."""
    if model.readout.position == "first" and not model.prepend:
        return 0
    return -1 if model.readout.position == "last" and not model.append else None


def _compositions(total: int, parts: int) -> Iterator[list[int]]:
    """All ways to write `total` as a sum of `parts` numbers of at least 0, in order."""
    if parts == 1:
        yield [total]
        return
    for first in range(total, -1, -1):
        for rest in _compositions(total - first, parts - 1):
            yield [first, *rest]
