"""Norms in integers: half up where roots are whole, constant vectors, tiny and huge ones, the ends of intervals."""

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest

from circuitsim.models.model import Norm
from circuitsim.networks.definition import rounded_norm
from circuitsim.networks.norms import norm_ends, normalised
from circuitsim.networks.primitives import Normalise
from circuitsim.numbers.scaled import Scaled, over_one_denominator
from tests.networks.naive_blocks import normed


def line(norm):
    return Normalise((0,), norm.gain.scaled, norm.bias.scaled, norm.eps, norm.kind)


def of(norm, vector, bits):
    """A vector with a norm, in units of 2^-bits."""
    x = over_one_denominator([Fraction(a) for a in vector], (len(vector),))
    return normalised(line(norm), x, bits).tolist()


def test_worked_by_hand():
    # The mean is 2, the differences are -1 and 1, their mean square is 1.
    assert of(Norm([1, 3], [0, "1/2"], 0), [1, 3], 1) == [-2, 7]
    # Without the mean the mean square of 3 and 4 is 25/2.
    assert of(Norm([1, 1], eps="0", kind="rms"), [3, 4], 10) == [869, 1159]
    # The root of 1 + 3 is 2: halves are rounded up, above zero and below.
    assert of(Norm([1, 1], eps=3), [1, 3], 0) == [0, 1]
    assert of(Norm([3, 3], eps=3), [1, 3], 0) == [-1, 2]


@pytest.mark.parametrize("kind", ["layer", "rms"])
def test_a_vector_without_a_norm_gives_the_bias(kind):
    norm = Norm([5, 7], ["1/2", "-1/4"], 0, kind)
    assert of(norm, [0, 0], 2) == [2, -1]
    alike = of(norm, ["1/3", "1/3"], 2)
    assert alike == ([2, -1] if kind == "layer" else [22, 27])
    assert of(replaced(norm, "1e-5"), [0, 0], 2) == [2, -1]


def replaced(norm, eps):
    return Norm(norm.gain, norm.bias, eps, norm.kind)


def test_one_component_less_its_mean_is_nothing():
    assert of(Norm([9], [1], 0), [1000], 0) == [1]
    assert of(Norm([9], [1], 0, "rms"), [1000], 0) == [10]
    assert of(Norm([9], [1], 0, "rms"), [-1000], 0) == [-8]


@pytest.mark.parametrize("seed", range(30))
def test_tiny_and_huge_vectors(seed):
    r = random.Random(seed)
    d = r.randint(1, 5)
    weights = [Fraction(r.randint(-20, 20), r.choice([1, 3, 16])) for _ in range(3 * d)]
    norm = Norm(
        weights[:d],
        weights[d : 2 * d],
        r.choice([0, "1e-5", "1e-12", "2/7"]),
        r.choice(["layer", "rms"]),
    )
    for size in (1, Fraction(1, 10**40), 10**40):
        vector = [size * a for a in weights[2 * d :]]
        bits = r.choice([0, 3, 48])
        slow = normed(norm, vector, bits, lambda a: a)
        assert [Fraction(k, 2**bits) for k in of(norm, vector, bits)] == slow


def test_the_definition_decides_ties_and_both_signs():
    one, half = Fraction(1), Fraction(1, 2)
    assert rounded_norm(one, Fraction(4), Fraction(0), 0) == 1
    assert rounded_norm(-one, Fraction(4), Fraction(0), 0) == 0
    assert rounded_norm(-one, Fraction(4), -one, 0) == -1
    assert rounded_norm(one, Fraction(5), Fraction(0), 0) == 0
    assert rounded_norm(-3 * one, Fraction(2), half, 1) == Fraction(-3, 2)
    assert rounded_norm(Fraction(0), Fraction(0), Fraction(5, 8), 2) == Fraction(3, 4)


@pytest.mark.parametrize("seed", range(60))
def test_the_ends_of_intervals(seed):
    r = random.Random(seed)
    d, bits, exponent = r.randint(1, 3), r.choice([0, 2, 5]), r.choice([0, 1, 4])
    norm = Norm(
        [Fraction(r.randint(-6, 6), 2) for _ in range(d)],
        [Fraction(r.randint(-6, 6), 4) for _ in range(d)],
        r.choice([0, "1e-5", "1/3", 40]),
        r.choice(["layer", "rms"]),
    )
    ranges = [sorted((r.randint(-9, 9), r.randint(-9, 9))) for _ in range(d)]
    every = [*itertools.product(*(range(low, high + 1) for low, high in ranges))]
    found = normalised(line(norm), Scaled(np.array(every), 1 << exponent), bits)
    limits = norm_ends(line(norm), [tuple(pair) for pair in ranges], exponent, bits)
    for column, (low, high) in zip(found.T, limits, strict=True):
        assert low <= column.min()
        assert column.max() <= high


def test_the_ends_are_reached_where_the_others_are_alike():
    for kind, size in (("layer", 3), ("rms", 4)):
        vector = [8, 0, 0, 0]
        norm = Norm([100] * 4, eps=0, kind=kind)
        ((low, high), *_) = norm_ends(line(norm), [(-8, 8)] * 4, 0, 0)
        assert (low, high) == (-round(100 * size**0.5), round(100 * size**0.5))
        assert of(norm, vector, 0)[0] == high
