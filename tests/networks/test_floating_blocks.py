"""The float64 meaning of norms, activations and gates: the usual formulas, and what rounding may have decided."""

from dataclasses import replace
from math import erf, exp, sqrt, tanh

import numpy as np
import pytest

from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.models.sequence import all_inputs, encode
from circuitsim.networks.rungs import run_exact, run_float
from tests.blocks import random_block_model

try:  # once, before any test takes it away
    import torch
except ImportError:
    torch = None  # type: ignore[assignment]

ROWS = {"a": [0.5, -1.25, 2.0, 0.125], "b": [3.0, 0.0, -0.75, 1.0]}
GAIN, BIAS = [1.0, 2.0, -0.5, 0.25], [0.0, 0.5, 0.0, -1.0]
WEIGHTS = np.random.default_rng(5).normal(size=(3, 3, 4))  # hidden, gate, output transposed
NUMBER = Readout(WEIGHTS[0, 0], position="first", answer="number")

FORMULAS = {
    "relu": lambda x: max(x, 0),
    "gelu": lambda x: x / 2 * (1 + erf(x / sqrt(2))),
    "gelu-tanh": lambda x: x / 2 * (1 + tanh(sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x / (1 + exp(-x)),
    "tanh": tanh,
}


def layer_norm(x):
    c = x - x.mean()
    return np.array(GAIN) * c / np.sqrt((c**2).mean() + 1e-5) + BIAS


def model_of(layer, **more):
    return Model("ab", ROWS, [layer], NUMBER, **more)


def streams(model):
    return run_float(model, encode(model, ["a"])).residuals


@pytest.mark.parametrize("norms", ["before", "after"])
@pytest.mark.parametrize("activation", FORMULAS)
@pytest.mark.parametrize("gated", [False, True])
def test_a_net_is_the_formula(activation, gated, norms):
    hidden, gate, output = WEIGHTS[0], WEIGHTS[1], WEIGHTS[2].T
    given = {"gate": gate} if gated else {}
    net = FeedForward(hidden, output, activation=activation, **given)
    norm = Norm(GAIN, BIAS)
    found = streams(model_of(Layer([], feed_forward=net, net_norm=norm, norms=norms)))[1][
        0, 0
    ]
    x = np.array(ROWS["a"])
    read = layer_norm(x) if norms == "before" else x
    first = np.array([FORMULAS[activation](y) for y in (gate if gated else hidden) @ read])
    total = x + output @ (first * (hidden @ read) if gated else first)
    expected = total if norms == "before" else layer_norm(total)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("norms", ["before", "after"])
def test_heads_read_a_norm_before_and_their_sum_is_normed_after(norms):
    head = Head(np.zeros((1, 4)), np.zeros((1, 4)), np.eye(4), np.eye(4))
    layer = Layer([head], attention_norm=Norm(GAIN, BIAS), norms=norms)
    found = run_float(model_of(layer), encode(model_of(layer), ["ab"])).residuals[1][0]
    rows = np.array([*ROWS.values()])
    if norms == "before":
        expected = rows + np.mean([layer_norm(x) for x in rows], axis=0)
    else:
        expected = [layer_norm(x + rows.mean(axis=0)) for x in rows]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_norms_of_the_embedding_and_before_the_read_out():
    model = model_of(Layer([]), embedding_norm=Norm(GAIN, BIAS))
    np.testing.assert_allclose(streams(model)[0][0, 0], layer_norm(np.array(ROWS["a"])))
    model = model_of(Layer([]), final_norm=Norm(GAIN, eps=0, kind="rms"))
    x = np.array(ROWS["a"])
    expected = WEIGHTS[0, 0] @ (np.array(GAIN) * x / np.sqrt((x**2).mean()))
    output = run_float(model, encode(model, ["a"])).outputs
    np.testing.assert_allclose(output, [[[expected]]], rtol=1e-13)


def test_a_mean_is_the_sum_over_all_positions_with_as_many_biases():
    readout = Readout([1, 0, 0, 0], [-1], position="mean")
    model = replace(model_of(Layer([])), readout=readout, append=("b",))
    outputs = run_float(model, encode(model, ["aab"])).outputs
    assert outputs.tolist() == [
        [[0.5 + 0.5 + 3 + 3 - 5 + 1]]
    ]  # five positions, of which four have letters


@pytest.mark.parametrize("seed", range(40))
def test_it_is_near_the_exact_model_and_decides_as_that_does(seed):
    model, n = random_block_model(seed), 1 + seed % 3
    codes = all_inputs(model, n)
    found, exact = run_float(model, codes), run_exact(model, codes)
    differs = (found.decisions != exact.decisions).any(axis=1)
    assert not (differs & found.trusted).any()
    numbers = exact.outputs.fractions().astype(float)
    near = np.abs(found.outputs - numbers) <= 1e-4 * found.scales
    assert near.reshape(len(codes), -1).all(axis=1)[found.trusted].all()


@pytest.mark.slow
def test_most_inputs_are_decided():
    trusted = []
    for seed in range(40):
        model = random_block_model(seed)
        trusted += run_float(model, all_inputs(model, 2)).trusted.tolist()
    assert np.mean(trusted) > 0.9


def test_only_a_read_out_margin_is_undecided():
    """Scores that tie are in doubt without a norm; with one the exact model rounds too, and each flip counts."""
    head = Head([["1/3"]], [["1/3"]], [[1]], [[1]], attention="hard-left")
    model = Model("ab", {"a": [1], "b": ["-1/3"]}, [Layer([head])], Readout([1], ["-1/7"]))
    codes = all_inputs(model, 2)
    assert not run_float(model, codes).trusted.all()
    normed = replace(model, final_norm=Norm([1], [1], "1/3", "rms"))
    assert run_float(normed, codes).trusted.all()
    tied = replace(normed, readout=Readout([[1], [1]], ["1/3", "1/3"]))
    assert not run_float(tied, codes).trusted.any()


def test_the_sign_of_a_rounding_error_is_not_trusted():
    """Three times 1/10 has a mean that is not 1/10 in float64: the norm of what is left is anything."""
    row = ["1/10"] * 3
    model = Model("a", {"a": row}, [Layer([])], Readout([1, 1, 2], ["1/2"]))
    normed = replace(model, final_norm=Norm([1, 1, 1], eps=0))
    assert run_float(normed, encode(model, ["a"])).trusted.tolist() == [False]
    kept = replace(model, final_norm=Norm([1, 1, 1]))
    assert run_float(kept, encode(model, ["a"])).trusted.tolist() == [True]


@pytest.mark.skipif(torch is None, reason="needs torch: pip install 'circuitsim[train]'")
def test_it_is_what_torch_computes():
    functions = torch.nn.functional
    x = torch.tensor(ROWS["b"], dtype=torch.float64)
    gain, bias = (torch.tensor(v, dtype=torch.float64) for v in (GAIN, BIAS))
    norms = {
        "layer": functions.layer_norm(x, (4,), gain, bias, 1e-3),
        "rms": functions.rms_norm(x, (4,), gain, 1e-3) + bias,
    }
    for kind, expected in norms.items():
        model = model_of(Layer([]), embedding_norm=Norm(GAIN, BIAS, 1e-3, kind))
        found = run_float(model, encode(model, ["b"])).residuals[0][0, 0]
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-13)
    activations = {
        "gelu": functions.gelu(x),
        "gelu-tanh": functions.gelu(x, approximate="tanh"),
        "silu": functions.silu(x),
        "tanh": torch.tanh(x),
    }
    for name, expected in activations.items():
        net = FeedForward(np.eye(4), np.eye(4), residual=False, activation=name)
        model = model_of(Layer([], feed_forward=net))
        found = run_float(model, encode(model, ["b"])).residuals[1][0, 0]
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-12, atol=1e-15)
