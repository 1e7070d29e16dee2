"""Vectors and matrices read like tuples of fractions, whatever people give; whole arrays are taken exactly."""

import pickle
from fractions import Fraction

import numpy as np
import pytest

from circuitsim.errors import ModelError
from circuitsim.numbers.arrays import EMPTY, NO_ROWS, matrix, of_floats, vector, zeros

WRITTEN = [
    [[1, 2], [3, 4]],
    [["1/3", "0.25"], ["-2e-3", 7]],
    [[0.1, -0.5], [3.0, 0.0]],
    [[0.1, 2], [Fraction(1, 7), "5"]],
    [[2**70, 1], [0, -(2**80)]],
    [[1e-300, 1e300], [5e-324, 1.0]],
]


@pytest.mark.parametrize("rows", WRITTEN)
def test_a_matrix_is_its_fractions(rows):
    found = matrix(rows)
    expected = tuple(tuple(Fraction(x) for x in row) for row in rows)
    assert tuple(map(tuple, found)) == expected
    assert found == expected
    assert [tuple(row) for row in (found[0], found[1])] == list(expected)
    assert (len(found), len(found[0]), found[1][0]) == (2, 2, expected[1][0])
    assert found == matrix([list(row) for row in expected])
    assert matrix(list(found)) == found
    assert found.columns(1, 2) == tuple((row[1],) for row in expected)
    assert found.times(Fraction(-3, 4)) == tuple(
        tuple(x * Fraction(-3, 4) for x in row) for row in expected
    )


@pytest.mark.parametrize("seed", range(30))
def test_floats_become_the_rationals_they_are(seed):
    rng = np.random.default_rng(seed)
    scale = [1, 2.0 ** rng.integers(-40, 40), 2.0 ** rng.integers(-900, 900)][seed % 3]
    values = rng.standard_normal((3, 4)) * scale * 2.0 ** rng.integers(-12, 12, (3, 4))
    values[rng.random((3, 4)) < 0.2] = 0
    for kind in (np.float64, np.float32, np.float16):
        with np.errstate(over="ignore"):
            given = values.astype(kind)
        if np.isfinite(given).all():
            assert of_floats(given.astype(np.float64)).fractions().tolist() == [
                [Fraction(float(x)) for x in row] for row in given
            ]
            assert matrix(given) == matrix(
                [[Fraction(float(x)) for x in row] for row in given]
            )


def test_integers_of_every_kind_are_exact():
    for kind in (np.int8, np.uint8, np.int32, np.int64, np.uint64):
        top = np.iinfo(kind).max
        assert tuple(vector(np.array([0, 1, top], kind))) == (0, 1, int(top))


def test_equal_numbers_are_equal_and_hash_alike_however_they_were_written():
    halves = [
        matrix([[0.5, 1.0]]),
        matrix([["1/2", 1]]),
        matrix(np.array([[0.5, 1.0]])),
        matrix([vector(["1/2", "1"])]),
    ]
    assert len(set(halves)) == 1
    assert len({matrix([[1, 2]]), matrix([[1], [2]]), matrix([[2, 1]])}) == 3
    assert vector([1, 2]) != matrix([[1, 2]])
    assert (EMPTY, NO_ROWS) == ((), ())
    assert not EMPTY
    assert not NO_ROWS
    assert zeros(3) == (0, 0, 0)


def test_a_digest_is_taken_once_and_is_the_same_after_pickling():
    found = matrix(WRITTEN[1])
    assert found.digest is found.digest
    again = pickle.loads(pickle.dumps(found))
    assert (again, hash(again), again.digest) == (found, hash(found), found.digest)


def test_they_cannot_be_changed():
    with pytest.raises(AttributeError, match="cannot be changed"):
        vector([1]).scaled = None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([[1, 2], [3]], "different lengths"),
        ([[1.0, float("nan")]], r"weights\[0\]\[1\]: expected a finite number"),
        (np.array([[1.0], [np.inf]]), r"weights\[1\]\[0\]: expected a finite number"),
        ([[True]], r"weights\[0\]\[0\]: expected a number"),
        ("12", "expected a list"),
        ([["x"]], "expected a rational"),
    ],
)
def test_what_is_no_matrix_says_where(given, said):
    with pytest.raises(ModelError, match=said):
        matrix(given, "weights")


def test_they_show_themselves_shortly():
    assert repr(vector(["1/2", 3])) == "['1/2', '3']"
    assert repr(matrix(np.ones((100, 20)))) == "Matrix(100 x 20)"
