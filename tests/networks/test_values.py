"""The few values of linear forms, against all that a token at a position and free numbers can make."""

import random
from itertools import product

import numpy as np
import pytest

from circuitsim.networks.forms import Few, Number, Stream, joined, zeros
from circuitsim.networks.values import MOST, few_values

WEIGHTS = [0, 0, 1, -1, 2, 3, 5]


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
    cases = list(product(*(range(len(group)) for group in choices)))
    numbers, free = [], []
    for _ in range(r.randint(0, 3)):
        column = array(1)[0]
        if r.random() < 0.5 and tables == 1:  # decided by the token and its position
            by_case = np.array([r.choice([0, 1, 7]) for _ in cases], object)
            few = Few(tuple(sorted(set(by_case.tolist()))), by_case)
            numbers.append(Number(column, few.values[0], few.values[-1], few))
            free.append((column, None, by_case))
        else:
            low = r.randint(-2, 2)
            high = low + r.randint(0, 2)
            numbers.append(Number(column, low, high))
            free.append((column, range(low, high + 1), None))
    vectors = []
    for index, case in enumerate(cases):
        start = constant + sum(group[row] for group, row in zip(choices, case, strict=True))
        spans = [[by_case[index]] if span is None else span for _, span, by_case in free]
        for values in product(*spans):
            added = sum(
                (v * column for v, (column, _, _) in zip(values, free, strict=True)),
                start * 0,
            )
            vectors.append(start + added)
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
        if few.cases is not None:
            assert set(few.cases.tolist()) == set(few.values)


@pytest.mark.parametrize("seed", range(60))
def test_parts_that_are_not_known_together_are_never_too_few(seed):
    r = random.Random(seed)
    (first, left), (second, right) = random_stream(r, 2, 2), random_stream(r, 1, 1)
    both = joined([first, second])
    row = np.array([[r.choice(WEIGHTS) for _ in range(3)]], object)
    (few,) = few_values(both, row, zeros(1))
    assert few is not None
    assert few.cases is None
    assert {int(row[0] @ [*x, *y]) for x in left for y in right} <= set(few.values)


def test_many_values_are_none():
    wide = Stream(0, zeros(1), (), None, (Number(np.array([1], object), 0, MOST + 1),))
    assert few_values(wide, np.array([[1]]), zeros(1)) == [None]
    assert few_values(wide, np.array([[0]]), zeros(1))[0].values == (0,)
    table = Stream(0, zeros(1), (np.arange(MOST + 1)[:, None],), None)
    assert few_values(table, np.array([[1]]), zeros(1)) == [None]
