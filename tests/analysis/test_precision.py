import numpy as np
import pytest
from circuitsim.compilers.precision import NoPrecisionError, least, least_bits

from circuitsim.errors import LimitError
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from tests.cases import random_model


@pytest.mark.parametrize("seed", range(12))
def test_the_least_bits_are_the_least_of_three_that_agree(seed: int) -> None:
    model, n = random_model(seed), 4
    codes = all_inputs(model, n)
    exact = run_exact(model, codes).decisions
    agrees = [
        (run_integer(fix(model, n, b, 500), codes).decisions == exact).all()
        for b in range(13)
    ]
    expected = [b for b in range(11) if all(agrees[b : b + 3])]
    found = least_bits(model, n, max_bits=500)
    if expected:
        assert found == expected[0]
    else:
        assert found is None or found > 10


def test_long_inputs_are_refused() -> None:
    with pytest.raises(LimitError, match="4,096"):
        least_bits(random_model(0), 4097)


def test_numbers_that_grow_too_wide_end_the_search():
    model = random_model(0)
    with pytest.raises(
        NoPrecisionError, match="even 0 fraction bits need more than --max-bits 1"
    ):
        least_bits(model, 4, max_bits=1)


def slowly(right: list[bool], start: int, most: int) -> int | None:
    """The definition of `least`, over all numbers at once; beyond the list nothing is right."""
    known = right + [False] * 99
    good = [
        bits for bits in range(start, max(start, most) + 1) if all(known[bits : bits + 3])
    ]
    if not good or good[0] > start:
        return good[0] if good else None
    return next(bits for bits in range(start + 1) if all(known[bits : start + 1]))


def test_the_search_finds_what_its_definition_says_and_asks_once_of_each_number() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(2000):
        right = (rng.random(12) < rng.choice([0.4, 0.7, 0.9])).tolist()
        start, most = (int(k) for k in rng.integers(0, 9, 2))
        asked = []

        def known(bits: int, right: list[bool] = right, asked: list[int] = asked) -> bool:
            asked.append(bits)
            return bits < len(right) and right[bits]

        found.append(least(known, start, most))
        assert found[-1] == slowly(right, start, most)
        assert len(asked) == len(set(asked))
    assert {None, 0, 5} <= set(found)
