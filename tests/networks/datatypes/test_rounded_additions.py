"""Fixed point rounded after every addition: runs against a slow one, and what constant precision cannot do."""

import random
from fractions import Fraction

import numpy as np
import pytest

from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.networks.datatypes import rounded_additions
from circuitsim.networks.datatypes.rounded_additions import Saturating
from tests.cases import random_model
from tests.networks.plain import of_models
from tests.networks.slow_runs import slow_run
from tests.networks.stored_model import stored

run_rounded_additions = of_models(rounded_additions.run_rounded_additions)


class Slow:
    """Every product and every sum of two rounded, from left to right."""

    def __init__(self, bits):
        self.nearest = Saturating(bits).nearest

    def sum(self, numbers):
        total, *rest = numbers
        for number in rest:
            total = self.nearest(total + number)
        return total

    def dot(self, x, y, more):
        products = [self.nearest(a * b) for a, b in zip(x, y, strict=True)]
        return self.sum([Fraction(0), *products, *(b for b in more if b is not None)])

    def mean(self, numbers):
        if not numbers:
            return Fraction(0)
        ones = self.sum([Fraction(0), *[self.nearest(Fraction(1))] * len(numbers)])
        share = self.nearest(1 / ones) if ones else Fraction(0)
        return self.sum([Fraction(0), *(self.nearest(share * v) for v in numbers)])


@pytest.mark.parametrize("seed", range(80))
def test_a_run_is_the_slow_run(seed):
    r = random.Random(seed)
    model, n, bits = random_model(seed), r.randint(1, 6), r.choice([0, 1, 2, 3, 5, 9, 40, 70])
    codes = np.random.default_rng(seed).integers(0, len(model.vocabulary), (3, n))
    run = run_rounded_additions(model, codes, bits)
    rounded = stored(model, n, Saturating(bits).nearest)
    for row, string in enumerate(codes):
        residuals, outputs = slow_run(rounded, string, Slow(bits))
        assert [x.fractions()[row].tolist() for x in run.residuals] == residuals
        assert run.outputs.fractions()[row].tolist() == outputs


def test_sums_saturate_so_their_order_matters():
    """With one bit the largest number is 3/2: 1 + 1 - 1 is 1/2, and 1 - 1 + 1 is 1."""
    arithmetic, one = Saturating(1), Fraction(1)
    assert arithmetic.nearest(Fraction(7)) == Fraction(3, 2)
    assert Slow(1).sum([one, one, -one]) == Fraction(1, 2)
    assert Slow(1).sum([one, -one, one]) == 1


@pytest.mark.parametrize(("ones", "expected"), [(1, "1"), (2, "1"), (3, "3/4"), (60, "15/4")])
def test_at_constant_precision_uniform_attention_stops_being_a_mean(ones, expected):
    """Two bits: 1/4 is the share of each for three ones and for more, as Z stays at 15/4; and so does their sum."""
    head = Head(query=[[0]], key=[[0]], value=[[1]], output=[[1]])
    model = Model("1", {"1": [1]}, (Layer((head,), residual=False),), Readout([1]))
    run = run_rounded_additions(model, np.zeros((1, ones), np.int64), 2)
    assert run.outputs.fractions().tolist() == [[[Fraction(expected)]]]
