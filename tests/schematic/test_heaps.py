"""Digits of many weights at once, beside those of one."""

import pickle

import numpy as np
import pytest

from circuitsim.numbers.scaled import smallest
from circuitsim.schematic import heaps
from circuitsim.schematic.summands import OfNumbers, Places, Summand


@pytest.mark.parametrize("width", [1, 2, 3, 7, 12, 33, 60, 61])
def test_digits_of_many_weights_are_those_of_each(width):
    rng = np.random.default_rng(width)
    wide = [rng.integers(-(2**most), 2**most, 200) for most in (20, 61)]
    weights = np.concatenate([np.arange(-70, 70), *wide])
    given = weights if width % 2 else weights.astype(object)
    found = zip(*(part.tolist() for part in heaps.all_digits(given, width)), strict=True)
    each = [(i, *d) for i, w in enumerate(weights.tolist()) for d in heaps.digits(w, width)]
    assert [*found] == each


@pytest.mark.parametrize("seed", range(20))
def test_a_layout_that_is_not_kept_is_the_same(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    runs = [np.ones(5, np.int64), rng.integers(1, 4, 3)]
    summands = (Summand(rng.integers(-99, 99, (5, 1))), Summand(rng.integers(-9, 9, (4,))))
    given = summands, [runs, [np.ones(4, np.int64)]], int(rng.integers(1 << 9)), 9
    kept = heaps.layout(*given)
    monkeypatch.setattr(heaps, "MOST_KEPT", 0)
    for mine, theirs in zip(heaps.layout(*given), kept, strict=True):
        assert np.array_equal(mine, theirs)
    total = sum(int(2**c) * int(b) for c, b in enumerate(kept.constant))
    ones = kept.repeats[kept.element] * np.where(kept.negated, -1, 1) << kept.column
    weighed = sum(int(w.table.sum()) for w in summands[1:])
    weighed += int((summands[0].table * runs[1].sum()).sum())
    # With every wire 1 a plain digit adds its column, a negated one nothing; the constant has the rest.
    assert (total + int(ones[~kept.negated].sum())) % 2**9 == (given[2] + weighed) % 2**9


@pytest.mark.parametrize(
    ("most", "kind"), [(127, np.int8), (128, np.int16), (2**31, np.int64), (2**70, object)]
)
def test_weights_take_the_smallest_type(most, kind):
    assert smallest(np.array([-most + 1, most], object)).dtype == kind


@pytest.mark.parametrize("worth", [1 << 3, 1 << 70])
def test_weights_of_numbers_are_factors_times_what_bits_are_worth(worth):
    rng = np.random.default_rng(0)
    number, bit = np.array([0, 0, 1, 2, 2]), np.array([1, 2, 1, 1, 2])
    factors = rng.integers(-99, 99, (4, 3)).astype(object) * worth
    factored = Summand.of(OfNumbers(factors, Places(number, bit)))
    matrix = np.zeros((3, 5), object)
    matrix[number, range(5)] = bit
    whole = Summand.of(factors @ matrix)
    assert factored.weights.dtype == whole.weights.dtype
    assert (factored.shape, factored.size) == (whole.shape, whole.size) == ((4, 5), 20)
    assert factored == whole
    assert hash(factored) == hash(whole)
    assert pickle.loads(pickle.dumps(factored)) == whole
    changed = factors.copy()
    changed[3, 2] += 1
    assert Summand.of(OfNumbers(changed, Places(number, bit))) != whole
    assert factored.given.any()
    assert not OfNumbers(0 * factors, factored.given.places).any()
