"""The exact meaning: the plain definition on worked cases, and its fast twin against it."""

from fractions import Fraction
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import circuitsim as cs
from circuitsim.models.model import FeedForward, Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs, encode
from circuitsim.networks import exact
from circuitsim.networks.rungs import run_definition, run_exact, run_float
from circuitsim.numbers import scaled
from tests.cases import random_model
from tests.models.random_models import WEIGHTS, models
from tests.third_order import third_order_model


def one_head(attention, mask="none", **more):
    """Letters 0, 1, 2 with scores 0, 1, 1; the value is the letter's number."""
    head = Head(
        query=[[0, 0, 1]],
        key=[[1, 0, 0]],
        value=[[0, 1, 0]],
        output=[[0], [0], [1]],
        attention=attention,
        mask=mask,
        **more,
    )
    embedding = {"0": [0, 0, 1], "1": [1, 1, 1], "2": [1, 2, 1]}
    layer = Layer([head], residual=False)
    return Model("012", embedding, [layer], Readout([[0, 0, 1]], position="each"))


@pytest.mark.parametrize(
    ("attention", "mask", "expected"),
    [
        ("hard-left", "none", "1 1 1 1"),
        ("hard-right", "none", "2 2 2 2"),
        ("saturated", "none", "3/2 3/2 3/2 3/2"),
        ("saturated", "causal", "0 1 1 3/2"),
        ("saturated", "strict-causal", "0 0 1 1"),  # the first query sees nothing: zero
        ("hard-right", "anti-causal", "2 2 2 2"),
        ("hard-left", "strict-anti-causal", "1 2 2 0"),
    ],
)
def test_a_head_worked_by_hand(attention, mask, expected):
    model = one_head(attention, mask)
    outputs = run_definition(model, encode(model, ["0102"])[0]).outputs
    assert outputs[0, :, 0].tolist() == [Fraction(x) for x in expected.split()]


def test_no_value_bias_for_an_empty_set_of_keys():
    model = one_head("saturated", "strict-causal", value_bias=[5])
    assert run_definition(model, [0]).outputs[0, 0, 0] == 0


def test_score_bits_make_near_ties_tie():
    head = {
        "query": [[1]],
        "key": [[1]],
        "value": [[1]],
        "output": [[1]],
        "attention": "hard-left",
    }
    embedding = {
        "a": ["1"],
        "b": ["9/8"],
    }  # seen from b, 9/8 and 81/64 both round to 1 or, at 1 bit, to 1 and 3/2
    for bits, first in ((None, 1), (1, 1), (0, 0)):
        layer = Layer([Head(**head, score_bits=bits)], residual=False)
        model = Model("ab", embedding, [layer], Readout([1]))
        value = run_definition(model, [0, 1]).outputs[0, 0, 0]
        assert value == [Fraction(1), Fraction(9, 8)][first]


def test_a_net_adds_to_the_stream_or_replaces_it():
    for residual, expected in ((True, Fraction(3)), (False, Fraction(2))):
        net = FeedForward([[1], [-1]], [[1, 1]], [1, 0], residual=residual)
        layer = Layer([], feed_forward=net)
        model = Model("a", {"a": [1]}, [layer], Readout([1]))
        assert run_definition(model, [0]).outputs[0, 0, 0] == expected


def test_ties_of_an_argmax_go_to_the_lowest_index():
    model = Model("a", {"a": [1]}, [Layer([])], Readout([[0], [1], [1]]))
    assert run_definition(model, [0]).decisions.tolist() == [[1]]


def assert_twins_agree(model, codes):
    fast = run_exact(model, codes).trace()
    for row, string in enumerate(codes):
        plain = run_definition(model, string)
        for left, right in zip(plain.residuals, fast.residuals, strict=True):
            assert left[0].tolist() == right[row].tolist()
        assert plain.outputs[0].tolist() == fast.outputs[row].tolist()
        assert plain.decisions[0].tolist() == fast.decisions[row].tolist()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(models(), st.integers(1, 5), st.data())
def test_the_fast_twin_equals_the_definition(model, n, data):
    letters = st.integers(0, len(model.vocabulary) - 1)
    codes = data.draw(
        st.lists(st.lists(letters, min_size=n, max_size=n), min_size=1, max_size=4)
    )
    assert_twins_agree(model, np.array(codes))


HUGE = st.one_of(
    WEIGHTS, st.sampled_from([Fraction(2**40), Fraction(1, 3**30), Fraction(-(10**25), 7)])
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(models(weights=HUGE), st.integers(1, 4))
def test_the_fast_twin_is_exact_past_64_bits(model, n):
    assert_twins_agree(model, all_inputs(model, n)[:3])
    with mock.patch.object(scaled, "WORTH_MOVING", 0):  # products of all sizes are flint's
        assert_twins_agree(model, all_inputs(model, n)[-3:])


def test_each_different_pair_scored_once_gives_the_same(monkeypatch):
    ranks, used = exact.Exact._ranks, []
    monkeypatch.setattr(exact, "RANKED", 1)
    monkeypatch.setattr(
        exact.Exact, "_ranks", lambda *given: used.append(found := ranks(*given)) or found
    )
    for seed in range(40):
        model = third_order_model(seed) if seed % 2 else random_model(seed)
        codes = all_inputs(model, 1 + seed % 4)[:40]
        direct = run_exact(model, codes).trace()
        with monkeypatch.context() as narrow:
            narrow.setattr(exact, "FITS_INT64", 0)
            once = run_exact(model, codes).trace()
        for left, right in zip(direct.residuals, once.residuals, strict=True):
            assert left.tolist() == right.tolist()
        assert direct.outputs.tolist() == once.outputs.tolist()
        assert direct.decisions.tolist() == once.decisions.tolist()
    taken = sum(found is not None for found in used)
    assert 20 < taken < len(used)  # both ways were gone


def test_a_layer_that_forgets_everything_has_every_position():
    layer = Layer([], output_bias=[3], residual=False)
    model = Model("ab", {"a": [1], "b": [2]}, [layer], Readout([1], position="each"))
    codes = all_inputs(model, 3)
    for trace in (run_exact(model, codes).trace(), run_float(model, codes)):
        assert trace.residuals[1].shape == (8, 3, 1)
        assert (trace.outputs == 3).all()
    assert run_definition(model, [0, 1, 0]).outputs.tolist() == [[[3], [3], [3]]]
    assert cs.check(model, 3, bases=("xag", "aig", "tc0")).holds
