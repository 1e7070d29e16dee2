import random
from contextlib import suppress
from itertools import product

import pytest

from circuitsim.certificates.places import Place, constant_at
from circuitsim.errors import CircuitSimError
from circuitsim.models.expressions import expression


def random_expression(r, depth=0):
    """An expression in i and n, of the kinds that positions have."""
    if depth > 2 or r.random() < 0.25:
        return r.choice(["i", "n", "1", "2", "0", "1/2", "3", "n-1"])
    part = [random_expression(r, depth + 1) for _ in range(3)]
    return r.choice(
        [
            f"({part[0]} {r.choice('+-')} {part[1]})",
            f"({part[0]})*{r.choice(['2', '-1', '1/2', part[1]])}",
            f"({part[0]}) % 2",
            f"(-1)**({r.choice(['i', 'n', 'i+n', 'i*2', part[0]])})",
            f"cos(pi*({r.choice(['i', 'n-i', part[0]])}))",
            f"(1 if {part[0]} {r.choice(['==', '<', '>=', '!=', '>', '<='])} {part[1]} else {part[2]})",
            f"({part[0]} {r.choice(['==', '<', '>='])} {part[1]} {r.choice(['and', 'or'])} not ({part[2]}))",
        ]
    )


PLACES = [
    Place((1, 0, 0), (3, 1, 0), None),
    Place((2, 1, 0), (4, 1, 1), None),
    Place((2, 1, 0), (4, 1, 1), (True, False)),
    Place((2, 1, 0), (4, 1, 1), (False, False)),
    Place((1, 1, 0), (2, 1, 0), (True, False)),
    Place((1, 0, 0), (2, 0, 0), None),
]


def positions(place):
    """Some (i, n) of a class."""
    for s, t in product(range(6), repeat=2):
        if place.odd in (None, (s % 2 == 1, t % 2 == 1)):
            yield [form[0] + form[1] * s + form[2] * t for form in (place.i, place.n)]


def test_a_value_that_is_one_on_a_class_is_the_value_at_each_of_its_positions():
    told = []
    for seed in range(500):
        r = random.Random(seed)
        text, place = random_expression(r), r.choice(PLACES)
        with suppress(CircuitSimError):  # it has no value somewhere
            found = constant_at(text, place)
            values = {expression(text).value(i, n) for i, n in positions(place)}
            told.append(found is not None)
            assert found is None or values == {found}
    assert 150 < sum(told) < len(told) - 150


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 if i == 1 else 0", 0),
        ("cos(pi*i)", -1),
        ("(i + n) % 2", 0),
        ("i/n", None),
        ("1 if i >= 2 and i < n - 1 else 5", 1),
        ("(-1)**(2*n)/4", 0.25),
        ("sqrt(4) + (n - n)", 2),
    ],
)
def test_what_is_told_of_odd_places_in_the_middle(text, value):
    assert constant_at(text, Place((2, 1, 0), (4, 1, 1), (True, False))) == value
