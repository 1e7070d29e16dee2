"""Products of integers near the sums that float64 and 64 bits still hold, against Python integers."""

import numpy as np
import pytest

from circuitsim.models.stream import Affine, apply_each
from circuitsim.numbers.scaled import narrow, product, same_type_product


def integers(rng: np.random.Generator, shape: tuple[int, ...], most: int) -> np.ndarray:
    """Integers of at most this size, some of them just that or one less, in 64 bits where they fit."""
    flat = [int(rng.choice([-1, 1])) * (most - int(rng.integers(0, min(most, 3)))) for _ in range(int(np.prod(shape)))]
    found = np.empty(len(flat), object)
    found[:] = flat
    return narrow(found.reshape(shape))


@pytest.mark.parametrize("limit", [2**24, 2**53, 2**62, 2**80])
@pytest.mark.parametrize("factor", [1, 3, 2**11 + 1])
@pytest.mark.parametrize("over", [-1, 0, 1, 2])
def test_products_are_exact_on_both_sides_of_a_limit(limit: int, factor: int, over: int) -> None:
    rng = np.random.default_rng(limit % 1009 + factor)
    for terms in (1, 2, 3, 7):
        most = max(1, limit // (terms * factor) + over)
        left, right = integers(rng, (2, 4, terms), most), integers(rng, (terms, 5), factor)
        expected = left.astype(object) @ right.astype(object)
        assert (product(left, right) == expected).all()
        assert (product(np.abs(left), np.abs(right)) == np.abs(left).astype(object) @ np.abs(right)).all()
        if left.dtype == right.dtype == np.int64:
            wrapped = same_type_product(left, right)
            assert wrapped.dtype == np.int64
            assert all((int(a) - int(b)) % 2**64 == 0 for a, b in zip(wrapped.flat, expected.flat, strict=True))


@pytest.mark.parametrize("most", [3, 2**20, 2**30, 2**51, 2**57])
def test_forms_applied_together_are_those_applied_alone(most: int) -> None:
    rng = np.random.default_rng(most % 1009)
    forms = []
    for many in (0, 1, 3, 2):
        grains = tuple(int(g) for g in rng.integers(0, 3, many))
        unit = np.array([1 << g for g in grains], np.int64)
        rows, offsets = rng.integers(-3, 4, (many, 4)) * unit[:, None], rng.integers(-5, 6, many) * unit
        forms.append(Affine(rows, offsets, grains, grains, ((0, 0),) * many))
    x = integers(rng, (2, 3, 4), most)
    for entries in (x, x.astype(object)):
        together = apply_each(forms, entries)
        assert [found.shape for found in together] == [(2, 3, len(form.rows)) for form in forms]
        for form, found in zip(forms, together, strict=True):
            sums = entries.astype(object) @ form.rows.T + form.offsets
            assert (found == sums // [1 << g for g in form.grains]).all()
