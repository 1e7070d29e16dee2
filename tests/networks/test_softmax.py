"""Softmax in whole numbers: the weights, and every rung of numbers against the definition and the true function."""

from dataclasses import replace
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import product
from math import floor

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.errors import ModelError
from circuitsim.models.sequence import encode
from circuitsim.networks.definition import weight
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_definition, run_exact, run_float
from circuitsim.networks.softmax import Softmax, weights_of
from circuitsim.numbers.irrationals import ceiling_of_log2, floor_of_power, log2_of_e
from tests.cases import softmax_model

ROUNDINGS = [*product(range(5), range(6)), (8, 10), (3, 16), (10, 1)]
UNITS = [Fraction(1), Fraction(8), Fraction(3), Fraction(1, 4), Fraction(96), Fraction(5, 7)]


def decimal_weight(how: Softmax, d: int) -> int:
    """floor(2^t 2^(-d / 2^s) + 1/2) in 60 decimal digits."""
    getcontext().prec = 60
    exponent = Decimal(how.weight_bits) - Decimal(d) / Decimal(1 << how.gap_bits)
    return floor(Decimal(2) ** exponent + Decimal("0.5"))


@pytest.mark.parametrize(("gap_bits", "weight_bits"), ROUNDINGS)
def test_weights_are_powers_of_rounded_gaps(gap_bits, weight_bits):
    how = Softmax(gap_bits, weight_bits)
    last = (weight_bits + 1) << gap_bits
    every = range(0, last + 5, max(1, last // 500))
    found = weights_of(how.steps(Fraction(1 << gap_bits)), np.array(every))
    expected = [decimal_weight(how, d) for d in every]
    assert found.tolist() == expected
    assert [weight(how, Fraction(d, 1 << gap_bits)) for d in every] == expected
    assert expected[0] == 1 << weight_bits
    assert weight(how, Fraction(last, 1 << gap_bits)) == 1  # exactly one half
    assert weight(how, Fraction(last + 1, 1 << gap_bits)) == 0


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("gap_bits", "weight_bits"), ROUNDINGS[:30:4])
def test_gaps_in_any_unit_are_rounded_half_up(gap_bits, weight_bits, unit):
    how = Softmax(gap_bits, weight_bits)
    gaps = np.arange(int(unit * (weight_bits + 3)) + 5)
    found = weights_of(how.steps(unit), gaps)
    assert found.tolist() == [weight(how, int(g) / unit) for g in gaps]


def test_wide_gaps_are_compared_as_whole_numbers():
    how, unit = Softmax(2, 3), Fraction(2) ** 90
    gaps = np.array([0, 1, 2**87 - 1, 2**87, 2**91, 2**92 + 2**87 - 1, 2**92 + 2**87], object)
    found = weights_of(how.steps(unit), gaps)
    assert found.tolist() == [weight(how, int(g) / unit) for g in gaps]
    assert found.tolist() == [8, 8, 8, 7, 2, 1, 0]


@pytest.mark.parametrize(("gap_bits", "weight_bits"), ROUNDINGS)
def test_a_table_of_fractions_shifted_and_halved_is_the_weight(gap_bits, weight_bits):
    how = Softmax(gap_bits, weight_bits)
    parts = 1 << gap_bits
    for d in range(0, (weight_bits + 3) * parts, max(1, parts // 50)):
        shifted = how.fractions[d % parts] >> d // parts
        assert (shifted + 1) // 2 == weight(how, Fraction(d, parts))


def test_logarithms_and_powers_are_decided_by_enclosures():
    assert ceiling_of_log2(8, 5) == 15
    assert ceiling_of_log2(9, 5) == 16
    assert floor_of_power(Fraction(7, 2)) == 11
    assert floor_of_power(Fraction(-1)) == 0
    assert abs(float(log2_of_e()) - 1 / np.log(2)) < 1e-15


def all_codes(model: cs.Model, n: int, most: int = 60):
    return np.array([*product(range(len(model.vocabulary)), repeat=n)][:most])


@pytest.mark.parametrize("seed", range(60))
def test_batches_and_integers_are_the_definition(seed):
    model, n = softmax_model(seed), 1 + seed % 4
    codes = all_codes(model, n)
    exact, fixed = run_exact(model, codes).trace(), fix(model, n)
    whole = run_integer(fixed, codes)
    for row in range(0, len(codes), 5):
        true = run_definition(model, codes[row])
        for one, many in zip(true.residuals, exact.residuals, strict=True):
            assert (one[0] == many[row]).all()
        assert (true.outputs[0] == exact.outputs[row]).all()
        true = run_definition(model, codes[row], fixed.bits)
        for one, many, exponent in zip(
            true.residuals, whole.residuals, whole.exponents, strict=True
        ):
            assert (one[0] * 2**exponent == many[row]).all()
        assert (true.outputs[0] * 2**whole.output_exponent == whole.outputs[row]).all()


@pytest.mark.parametrize("seed", range(20))
def test_many_bits_are_the_true_softmax(seed):
    model = replace(softmax_model(seed), gap_bits="12", weight_bits="16")
    near = replace(model.layers[0], heads=model.layers[0].heads[:1])
    heads = [replace(head, attention="softmax", score_bits=None) for head in near.heads]
    model = replace(model, layers=(replace(near, heads=tuple(heads), feed_forward=None),))
    codes = all_codes(model, 3)
    exact, floating = run_exact(model, codes).trace(), run_float(model, codes)
    for true, rounded in zip(floating.residuals, exact.residuals, strict=True):
        size = 1 + np.abs(true).max()
        assert np.abs(true - rounded.astype(float)).max() < size / 500


def one_head(**given) -> cs.Model:
    head = cs.Head([[1]], [[1]], [[1]], [[1]], attention="softmax", **given)
    return cs.Model(
        "01", {"0": [0], "1": [1]}, [cs.Layer([head], residual=False)], cs.Readout([1])
    )


def test_powers_are_of_e_unless_a_base_is_given():
    for base, ratio in ((None, np.e), (2, 2.0), ("3/2", 1.5), (10, 10.0)):
        model = one_head(base=base)
        found = run_float(model, encode(model, ["01"])).outputs[0, 0, 0]
        np.testing.assert_allclose(found, ratio / (1 + ratio), rtol=1e-12)
    model = replace(one_head(base=2), gap_bits="0", weight_bits="1")
    assert run_exact(model, encode(model, ["01"])).trace().outputs[0, 0, 0] == Fraction(
        round(Fraction(2, 3) * 2**48), 2**48
    )


def test_a_head_whose_scores_are_the_same_is_a_mean():
    head = cs.Head([[0]], [[1]], [[1]], [[1]], attention="softmax")
    model = cs.Model("01", {"0": [0], "1": [1]}, [cs.Layer([head])], cs.Readout([1]))
    ((_, known),) = fix(model, 4).heads()
    assert (known.attention, known.softmax) == ("saturated", None)
    row = cs.check(model, 4, bases=("xag", "tc0"))
    assert row.holds


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"base": 1}, "base must be above 1"),
        ({"base": "-2"}, "base must be above 1"),
        ({"base": "e"}, "base"),
    ],
)
def test_bases_that_are_none(given, said):
    with pytest.raises(ModelError, match=said):
        one_head(**given)


def test_roundings_that_are_none():
    model = one_head()
    with pytest.raises(ModelError, match="gap_bits 'i' uses i"):
        replace(model, gap_bits="i")
    with pytest.raises(ModelError, match="weight_bits: "):
        replace(model, weight_bits="2 +")
    with pytest.raises(ModelError, match="weight_bits 'n' is 17 at n=17, expected 0 to 16"):
        fix(replace(model, weight_bits="n"), 17)
    hard = model.with_attention("hard-left")
    with pytest.raises(ModelError, match="no softmax head"):
        hard.with_softmax("3", None)
