"""The few values of linear forms and means, against all that letters, numbers and selected keys can make."""

import random
from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from circuitsim.networks.averages import Averaged, few_means
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.forms import Affine, Few, Number, Stream, joined, zeros
from circuitsim.networks.integer import Integer
from circuitsim.networks.known import HeadForms, NetForms
from circuitsim.networks.network import run
from circuitsim.networks.values import (
    LETTER,
    MOST_CASES,
    MOST_LETTERS,
    MOST_VALUES,
    few_values,
    unnamed,
)
from tests.cases import random_model

WEIGHTS = [0, 0, 1, -1, 2, 3, 5]
CAUSES = ((4, 0), (4, 2), (7, 1))  # heads' outputs, say


def random_stream(
    r: random.Random, width: int, tables: int
) -> tuple[Stream, list[list[int]]]:
    """A stream and all vectors that it can be, by brute force."""

    def array(rows):
        return np.array(
            [[r.choice(WEIGHTS) for _ in range(width)] for _ in range(rows)], object
        )

    groups = [array(r.randint(1, 3)) for _ in range(tables)]
    positions = array(r.randint(1, 3)) if r.random() < 0.5 else None
    constant = array(1)[0]
    choices = [*groups, *([] if positions is None else [positions])]
    letters = [*product(*(range(len(group)) for group in choices))]
    sizes = {cause: r.randint(1, 3) for cause in CAUSES}
    named = sizes | ({LETTER: len(letters)} if tables == 1 else {})
    numbers, free = [], []
    for _ in range(r.randint(0, 4)):
        low = r.randint(-2, 2)
        number = Number(array(1)[0], low, low + r.randint(0, 2))
        if r.random() < 0.7:  # a function of one or two causes
            causes = tuple(sorted(r.sample(sorted(named), r.randint(1, 2))))
            cases = np.array([r.choice([0, 1, 7]) for _ in range(99)], object)
            shape = [named[cause] for cause in causes]
            few = Few(cases[: int(np.prod(shape))].reshape(shape), causes)
            number = Number(number.column, few.values[0], few.values[-1], few)
        else:
            free.append(number)
        numbers.append(number)
    vectors = []
    for letter, *others in product(range(len(letters)), *map(range, sizes.values())):
        case = {LETTER: letter, **dict(zip(CAUSES, others, strict=True))}
        rows = [group[row] for group, row in zip(choices, letters[letter], strict=True)]
        start = constant + sum(rows, 0 * constant)
        for number in numbers:
            if number.few is not None:
                at = tuple(case[cause] for cause in number.few.causes)
                start = start + number.few.cases[at] * number.column
        for values in product(*(range(number.low, number.high + 1) for number in free)):
            added = [v * number.column for v, number in zip(values, free, strict=True)]
            vectors.append(sum(added, start))
    return Stream(0, constant, tuple(groups), positions, tuple(numbers)), vectors


@pytest.mark.parametrize("seed", range(200))
def test_few_values_are_all_there_are(seed):
    r = random.Random(seed)
    stream, vectors = random_stream(r, 2, 1)
    rows = np.array([[r.choice(WEIGHTS) for _ in range(2)] for _ in range(3)], object)
    offsets = np.array([r.randint(-4, 4) for _ in range(3)], object)
    for row, offset, few in zip(
        rows, offsets, few_values(stream, rows, offsets), strict=True
    ):
        assert few is not None
        assert few.values == tuple(sorted({int(row @ x + offset) for x in vectors}))


@pytest.mark.parametrize("seed", range(60))
def test_parts_that_are_not_known_together_are_never_too_few(seed):
    r = random.Random(seed)
    (first, left), (second, right) = random_stream(r, 2, 2), random_stream(r, 1, 1)
    both = joined([first, second])
    row = np.array([[r.choice(WEIGHTS) for _ in range(3)]], object)
    (few,) = few_values(both, row, zeros(1))
    assert few is not None
    assert few.causes in (None, ())  # nothing that another place has, too
    assert {int(row[0] @ [*x, *y]) for x in left for y in right} <= set(few.values)


def test_what_varies_together_cancels_and_what_does_not_is_kept_apart():
    few = Few(np.array([0, 3, 5]), ((4, 0),))
    one, other = np.array([1, 0], object), np.array([0, 1], object)
    same = Stream(0, zeros(2), (), None, (Number(one, 0, 5, few), Number(other, 0, 5, few)))
    difference = np.array([[1, -1]])
    assert few_values(same, difference, zeros(1))[0].values == (0,)
    elsewhere = few_values(unnamed(same), difference, zeros(1))[0]
    assert elsewhere.values == (-5, -3, -2, 0, 2, 3, 5)
    assert elsewhere.causes is None


def test_many_values_are_none():
    column = np.array([1], object)
    wide = Stream(0, zeros(1), (), None, (Number(column, 0, MOST_VALUES + 1),))
    assert few_values(wide, np.array([[1]]), zeros(1)) == [None]
    assert few_values(wide, np.array([[0]]), zeros(1))[0].values == (0,)
    for rows in (MOST_LETTERS + 1, MOST_VALUES + 2, MOST_CASES + 1):
        table = Stream(0, zeros(1), (np.arange(rows)[:, None],), None)
        (few,) = few_values(table, np.array([[1]]), zeros(1))
        assert (few is None) == (rows > MOST_VALUES)
        assert few_values(table, np.array([[0]]), zeros(1))[0].values == (0,)


def test_forms_of_too_many_causes_are_taken_apart():
    size = 17
    assert size**2 <= MOST_CASES < size**3
    terms = [Few(np.arange(size) % 2, ((line, 0),)) for line in range(3)]
    pair = Few(np.arange(size**2).reshape(size, size) // size, ((0, 0), (1, 0)))
    numbers = [Number(np.array([1], object), 0, 1, few) for few in (*terms, pair)]
    stream = Stream(0, zeros(1), (), None, tuple(numbers))
    (few,) = few_values(stream, np.array([[1]]), zeros(1))
    assert few.causes is None
    assert few.values == tuple(range(size + 2))  # and not size + 3: two of them vary together


@pytest.mark.parametrize("seed", range(60))
def test_a_head_gives_what_some_keys_average(seed):
    r = random.Random(seed)
    keys, drop, empty = r.randint(1, 4), r.randint(0, 2), r.random() < 0.5
    counts = r.choice([range(1, 2), range(1, keys + 1), range(keys, keys + 1)])
    cases = np.array([[r.randint(-6, 6) for _ in range(2)] for _ in range(r.randint(1, 3))])
    values = [Few(column, (LETTER,)) for column in cases.T]
    means = [Number(np.array([1], object), -9, 9)] * 2
    found = few_means(5, means, Averaged(values, (drop, 0), counts, empty))
    units = np.array([1 << drop, 1])
    sums = [
        (sum(chosen), count)
        for count in counts
        for chosen in combinations_with_replacement(cases, count)
    ]
    vectors = {tuple((2 * s + c * units) // (2 * c * units)) for s, c in sums}
    vectors |= {(0, 0)} if empty else set()
    for c, number in enumerate(found):
        assert number.few.values == tuple(sorted({int(v[c]) for v in vectors}))
        assert (number.low, number.high) == (number.few.values[0], number.few.values[-1])
    if counts.stop == 2:
        assert found[0].few.causes == found[1].few.causes == ((5, 0),)
        given = zip(found[0].few.cases, found[1].few.cases, strict=True)
        assert {(int(a), int(b)) for a, b in given} == vectors
    else:
        assert [number.few.causes for number in found] == [((5, 0),), ((5, 1),)]


@pytest.mark.parametrize("seed", range(40))
def test_what_a_network_computes_is_among_what_it_can_be(seed):
    model = random_model(seed)
    for n in (1, 2, 4):
        fixed = fix(model, n, seed % 4)
        codes = np.array([*product(range(len(model.vocabulary)), repeat=n)], np.int64)
        values = run(fixed.network, Integer(fixed, codes))
        for known, computed in zip(fixed.known, values, strict=True):
            if isinstance(known, Affine):
                assert_within(known.ranges, computed)
            if isinstance(known, HeadForms | NetForms):
                assert_within([(m.low, m.high) for m in known.outputs], computed)
                for c, number in enumerate(known.outputs):
                    if number.few is not None:
                        assert set(np.unique(computed[..., c])) <= set(number.few.values)


def assert_within(ranges, computed) -> None:
    for c, (low, high) in enumerate(ranges):
        assert low <= computed[..., c].min(initial=high)
        assert computed[..., c].max(initial=low) <= high
