"""Products of integers near the sums that float64 and 64 bits still hold, against Python integers."""

import numpy as np
import pytest

from circuitsim.numbers import scaled
from circuitsim.numbers.scaled import narrow, product, same_type_product


def integers(rng: np.random.Generator, shape: tuple[int, ...], most: int) -> np.ndarray:
    """Integers of at most this size, some of them just that or one less, in 64 bits where they fit."""
    flat = [
        int(rng.choice([-1, 1])) * (most - int(rng.integers(0, min(most, 3))))
        for _ in range(int(np.prod(shape)))
    ]
    found = np.empty(len(flat), object)
    found[:] = flat
    return narrow(found.reshape(shape))


@pytest.mark.parametrize("limit", [2**24, 2**53, 2**62, 2**80])
@pytest.mark.parametrize("factor", [1, 3, 2**11 + 1])
@pytest.mark.parametrize("over", [-1, 0, 1, 2])
def test_products_are_exact_on_both_sides_of_a_limit(
    limit: int, factor: int, over: int
) -> None:
    rng = np.random.default_rng(limit % 1009 + factor)
    for terms in (1, 2, 3, 7):
        most = max(1, limit // (terms * factor) + over)
        left, right = integers(rng, (2, 4, terms), most), integers(rng, (terms, 5), factor)
        expected = left.astype(object) @ right.astype(object)
        assert (product(left, right) == expected).all()
        assert (
            product(np.abs(left), np.abs(right))
            == np.abs(left).astype(object) @ np.abs(right)
        ).all()
        if left.dtype == right.dtype == np.int64:
            wrapped = same_type_product(left, right)
            assert wrapped.dtype == np.int64
            assert all(
                (int(a) - int(b)) % 2**64 == 0
                for a, b in zip(wrapped.flat, expected.flat, strict=True)
            )


@pytest.mark.parametrize("bits", [(2, 62), (63, 64), (70, 30), (300, 2000)])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 7, 2), (60, 3, 40), (40, 40, 40)])
@pytest.mark.parametrize("worth", [0, scaled.WORTH_MOVING])
def test_wide_products_are_the_same_wherever_they_are_made(
    monkeypatch: pytest.MonkeyPatch,
    bits: tuple[int, int],
    shape: tuple[int, int, int],
    worth: int,
) -> None:
    monkeypatch.setattr(scaled, "WORTH_MOVING", worth)
    rng = np.random.default_rng(sum(bits) + sum(shape))
    rows, terms, columns = shape
    left = integers(rng, (rows, terms), 2 ** bits[0] + 1)
    right = integers(rng, (terms, columns), 2 ** bits[1] + 1)
    found = product(left, right)
    assert {type(x) for x in found.flat} == {int}
    assert (found == left.astype(object) @ right.astype(object)).all()
