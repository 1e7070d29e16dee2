"""Automata: their states, and when these are too many."""

import pytest

from circuitsim.errors import LimitError
from circuitsim.specifications.automaton import Automaton


def remainders(modulus):
    return Automaton(
        0, lambda s, letter: (2 * s + int(letter)) % modulus, lambda s: int(s == 0)
    )


def test_states_are_all_that_strings_lead_to():
    assert sorted(remainders(37).states("01")) == [*range(37)]
    assert remainders(5).run("1010") == 1


def test_too_many_states_are_refused():
    with pytest.raises(LimitError, match="more than 262,144 states"):
        remainders(2**19 - 1).states("01")
