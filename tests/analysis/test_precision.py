import pytest
from circuitsim.compilers.precision import NoPrecisionError, least_bits

from circuitsim.errors import LimitError
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.integer import run_integer
from circuitsim.networks.intervals import fix
from circuitsim.networks.rungs import run_exact
from tests.cases import random_model


@pytest.mark.parametrize("seed", range(12))
def test_the_least_bits_are_the_least_of_three_that_agree(seed: int) -> None:
    model, n = random_model(seed), 4
    codes = all_inputs(model, n)
    exact = run_exact(model, codes).decisions
    agrees = [(run_integer(fix(model, n, b, 500), codes).decisions == exact).all() for b in range(13)]
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
    with pytest.raises(NoPrecisionError, match="even 0 fraction bits need more than --max-bits 1"):
        least_bits(model, 4, max_bits=1)
