"""Models that are another one at every length, and those that are one at all of them."""

import math

import pytest

import circuitsim as cs
from circuitsim.models.sized import Sized


@pytest.mark.parametrize("name", ["bounded-dyck", "first", "star-free", "parity", "dyck-1"])
def test_constructions_that_never_ask_for_the_length_are_one_model(name):
    models = cs.load(f"zoo:{name}")
    assert models.always() == models.at(4) == models.at(9)


@pytest.mark.parametrize("name", ["equality", "qstr", "index-lookup", "threshold"])
def test_constructions_that_ask_for_it_are_not(name):
    assert cs.load(f"zoo:{name}").always() is None


ASKING = [
    lambda n: n + 1,
    lambda n: 2**n,
    lambda n: n if n else 0,
    lambda n: n == 4,
    lambda n: n > 1,
    lambda n: n >= 2,
    lambda n: f"{n}",
    lambda n: str(n),
    lambda n: {n: 0},
    lambda n: range(n),
    lambda n: [0] * n,
    lambda n: -n,
    lambda n: divmod(7, n),
    lambda n: math.log2(n),
    lambda n: math.ceil(n),
    lambda n: max(n, 3),
    lambda n: n @ n,
    lambda n: n.bit_length(),
]


@pytest.mark.parametrize("make", ASKING)
def test_whatever_is_asked_of_the_length_is_noticed(make):
    assert Sized("asking", make).always() is None


def test_mistakes_of_a_construction_are_not_taken_for_questions():
    with pytest.raises(TypeError):
        Sized("wrong", lambda n: 1 + "1").always()
