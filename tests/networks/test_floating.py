"""The float64 model: close to the exact one, and honest about where rounding may have changed an answer."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuitsim.errors import ModelError
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs, encode
from circuitsim.networks.rungs import run_exact, run_float
from circuitsim.networks.trust import quantity
from circuitsim.numbers.scaled import Scaled
from tests.models.random_models import WEIGHTS, models

THIRDS = st.one_of(
    WEIGHTS,
    st.sampled_from([Fraction(1, 3), Fraction(2, 7), Fraction(-1, 10), Fraction(1, 2**40)]),
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(models(weights=THIRDS), st.integers(1, 5))
def test_a_trusted_float_run_agrees_with_the_exact_model(model, n):
    codes = all_inputs(model, n)[:20]
    floats, exact = run_float(model, codes), run_exact(model, codes).trace()
    for row in np.flatnonzero(floats.trusted):
        assert floats.decisions[row].tolist() == exact.decisions[row].tolist()
        for left, right in zip(floats.residuals, exact.residuals, strict=True):
            np.testing.assert_allclose(
                left[row], right[row].astype(float), rtol=1e-9, atol=1e-6
            )


def test_a_tie_of_numbers_that_floats_cannot_hold_is_not_trusted():
    embedding = {"0": ["1/10", "1/5"], "1": ["3/10", 0]}  # 0.1 + 0.2 != 0.3 in floats
    head = Head([[0, 0]], [[1, 1]], [[1, 0]], [[0], [1]], query_bias=[1])
    model = Model("01", embedding, [Layer([head])], Readout([0, 1]))
    assert run_float(model, encode(model, ["01", "10"])).trusted.tolist() == [False, False]
    assert run_float(model, encode(model, ["0", "1"])).trusted.tolist() == [True, True]


def test_a_tie_of_dyadic_numbers_is_trusted():
    embedding = {"0": ["1/8", "1/4"], "1": ["3/8", 0]}
    head = Head([[0, 0]], [[1, 1]], [[1, 0]], [[0], [1]], query_bias=[1], score_bits=None)
    model = Model("01", embedding, [Layer([head])], Readout([0, 1]))
    codes = all_inputs(model, 4)
    trace = run_float(model, codes)
    assert trace.trusted.all()
    assert trace.decisions.tolist() == run_exact(model, codes).decisions.tolist()


def test_zero_scores_tie_whatever_the_other_numbers_are():
    head = Head([[0]], [[0]], [["1/3"]], [[1]])
    model = Model(
        "01",
        {"0": ["-1/7"], "1": ["1/3"]},
        [Layer([head])],
        Readout([1]),
        positions=["i/n/100"],
    )
    assert run_float(model, all_inputs(model, 5)).trusted.all()


def test_a_margin_of_zero_is_not_trusted():
    model = Model("01", {"0": ["1/3"], "1": ["1/2"]}, [Layer([])], Readout([1], ["-1/3"]))
    assert run_float(model, encode(model, ["0", "1"])).trusted.tolist() == [False, True]


def test_scores_at_a_rounding_boundary_are_not_trusted():
    head = {"query": [[1]], "key": [[1]], "value": [[1]], "output": [[1]], "score_bits": 1}
    for number, trusted in (("1/2", True), ("1/3", True), ("1/5", True)):
        model = Model("a", {"a": [number]}, [Layer([Head(**head)])], Readout([1]))
        assert run_float(model, encode(model, ["a"])).trusted.tolist() == [trusted]
    boundary = Head(
        **{**head, "query": [["3/4"]], "key": [["1/3"]]}
    )  # 1 * 1/4: exactly between 0 and 1/2
    model = Model("a", {"a": [1]}, [Layer([boundary])], Readout([1]))
    assert run_float(model, encode(model, ["a"])).trusted.tolist() == [False]


def test_softmax_is_trusted_where_the_decision_has_a_margin():
    head = Head([[1]], [[1]], [[1]], [[1]], attention="softmax", mask="strict-causal")
    model = Model(
        "01",
        {"0": [0], "1": [1]},
        [Layer([head], residual=False)],
        Readout([1], position="each"),
    )
    trace = run_float(model, encode(model, ["011"]))
    assert trace.trusted.tolist() == [True]
    np.testing.assert_allclose(trace.outputs[0, :, 0], [0, 0, np.e / (1 + np.e)])
    assert (
        run_float(model.with_attention("saturated"), encode(model, ["011"])).outputs[0, 2, 0]
        == 1
    )


def test_numbers_beyond_float64_are_refused_or_not_trusted():
    model = Model("a", {"a": [Fraction(10) ** 400]}, [Layer([])], Readout([1]))
    with pytest.raises(ModelError, match="beyond the range"):
        run_float(model, encode(model, ["a"]))
    model = Model("a", {"a": [Fraction(1, 10**400)]}, [Layer([])], Readout([1]))
    assert run_float(model, encode(model, ["a"])).trusted.tolist() == [False]


@pytest.mark.parametrize("bits", [0, 3, 60, 800])
def test_dyadic_numbers_are_taken_as_a_whole(bits):
    """As one by one, which Python's integers are."""
    r = np.random.default_rng(bits)
    numerators = r.integers(-(2**61), 2**61, (40, 6)) >> r.integers(0, 62, (40, 6))
    numerators <<= r.integers(0, 2, (40, 6)) * r.integers(0, 3, (40, 6))
    fast = quantity(Scaled(numerators, 1 << bits))
    slow = quantity(Scaled(numerators.astype(object), 1 << bits))
    assert (fast.values == slow.values).all()
    assert (fast.scales == slow.scales).all()
    assert (fast.grids == slow.grids).all()
    assert np.isinf(fast.grids).any()
