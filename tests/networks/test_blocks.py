"""Norms, activations, gates, inner rounding, means and signs: every rung against an oracle of its own."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from circuitsim.models.blocks import ACTIVATIONS, FeedForward
from circuitsim.models.model import Readout
from circuitsim.models.recurrent import NetCell, RecurrentNet
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.forms import Affine, Stream
from circuitsim.networks.integer import Integer, run_integer
from circuitsim.networks.known import GateForms, HeadForms, NetForms
from circuitsim.networks.network import run
from circuitsim.networks.rungs import run_definition, run_exact
from tests.blocks import random_block_model, with_activations
from tests.models.random_nets import random_connected, random_recurrent
from tests.networks.naive_blocks import Naive

WIDE = 10**6  # bits that are allowed


def strings(model, seed, n, count):
    r = random.Random(seed)
    return [[r.randrange(len(model.vocabulary)) for _ in range(n)] for _ in range(count)]


def same(trace, found):
    """Whether a trace of one string is what the oracle found: residuals, outputs, decisions."""
    streams, outputs, decisions = found
    shown = [residual[0].tolist() for residual in trace.residuals]
    return (shown, trace.outputs[0].tolist(), trace.decisions[0].tolist()) == (
        streams,
        outputs,
        decisions,
    )


@pytest.mark.parametrize("seed", range(1, 41))
def test_the_definition_is_what_the_formulas_say(seed):
    model, n = random_block_model(seed), 1 + seed % 4
    for string in strings(model, seed, n, 2):
        assert same(run_definition(model, string), Naive(model).run(string))


@pytest.mark.parametrize("seed", range(30))
def test_the_definition_with_bits_is_what_the_formulas_say(seed):
    model, n, bits = random_block_model(seed), 1 + seed % 4, (0, 1, 3, 7, 12)[seed % 5]
    for string in strings(model, seed, n, 2):
        assert same(run_definition(model, string, bits), Naive(model, bits).run(string))


@pytest.mark.parametrize("seed", range(100, 140))
def test_the_exact_run_is_the_definition(seed):
    model, n = random_block_model(seed), 1 + seed % 4
    codes = np.array(strings(model, seed, n, 4))
    assert_exact_is_the_definition(model, codes)


@pytest.mark.parametrize("seed", range(200, 270))
def test_the_integer_run_is_what_the_formulas_say(seed):
    model, n, bits = random_block_model(seed), 1 + seed % 4, (0, 1, 2, 4, 9)[seed % 5]
    codes = np.array(strings(model, seed, n, 4))
    assert_integer_is_what_the_formulas_say(model, bits, codes)


def assert_exact_is_the_definition(model, codes):
    fast = run_exact(model, codes).trace()
    for index, string in enumerate(codes):
        slow = run_definition(model, string)
        for a, b in zip(slow.residuals, fast.residuals, strict=True):
            assert (a[0] == b[index]).all()
        assert (slow.outputs[0] == fast.outputs[index]).all()
        assert (slow.decisions[0] == fast.decisions[index]).all()


def assert_integer_is_what_the_formulas_say(model, bits, codes):
    found = run_integer(fix(model, codes.shape[1], bits, WIDE), codes)
    for index, string in enumerate(codes):
        streams, outputs, decisions = Naive(model, bits).run(string)
        for numbers, exponent, stream in zip(
            found.residuals, found.exponents, streams, strict=True
        ):
            assert fractions(numbers[index], exponent) == stream
        assert fractions(found.outputs[index], found.output_exponent) == outputs
        assert found.decisions[index].tolist() == decisions


def fractions(numbers, exponent):
    return [[Fraction(int(v), 1 << exponent) for v in vector] for vector in numbers]


@pytest.mark.parametrize("seed", range(30))
def test_every_interval_holds_all_that_is_computed(seed):
    model, bits = random_block_model(seed), seed % 4
    for n in (1, 2, 4):
        fixed = fix(model, n, bits, WIDE)
        codes = all_inputs(model, n)
        values = run(fixed.network, Integer(fixed, codes))
        for index, (known, computed) in enumerate(zip(fixed.known, values, strict=True)):
            if isinstance(known, Affine):
                within(known.ranges, computed)
            if isinstance(known, Stream):
                within(known.ranges, computed)
            if isinstance(known, HeadForms | NetForms | GateForms):
                within([(m.low, m.high) for m in known.outputs], computed)
                for c, number in enumerate(known.outputs):
                    among(number, computed[..., c])
            name = fixed.network.lines[index].primitive.name
            if name in ("normalise", "round"):
                for c, number in enumerate(known.numbers):
                    among(number, computed[..., c] >> fixed.bits)


def within(ranges, computed):
    for c, (low, high) in enumerate(ranges):
        assert low <= computed[..., c].min(initial=high)
        assert computed[..., c].max(initial=low) <= high


def among(number, computed):
    if number.few is not None:
        assert set(np.unique(computed).tolist()) <= set(number.few.values)


def test_the_random_models_have_every_part():
    models = [random_block_model(seed) for seed in range(100)]
    layers = [layer for model in models for layer in model.layers]
    nets = [layer.feed_forward for layer in layers if layer.feed_forward]
    assert {net.activation for net in nets} == set(ACTIVATIONS)
    assert {bool(net.gate) for net in nets} == {True, False}
    norms = [n for layer in layers for n in (layer.attention_norm, layer.net_norm) if n]
    assert {(norm.kind, norm.eps == 0) for norm in norms} == set(
        itertools.product(("layer", "rms"), (True, False))
    )
    assert {layer.norms for layer in layers if layer.net_norm} == {"before", "after"}
    assert {(m.inner, m.readout.answer, m.readout.position == "mean") for m in models} == set(
        itertools.product(("exact", "rounded"), ("decision", "signs"), (True, False))
    )
    assert any(model.embedding_norm for model in models)
    assert any(model.final_norm for model in models)
    assert any(head.third_order for model in models for head in model.heads)


@pytest.mark.slow
def test_inner_rounding_changes_the_integer_model_alone():
    differs = 0
    for seed in range(40):
        model = replace(random_block_model(seed), inner="exact")
        rounded = replace(model, inner="rounded")
        codes = np.array(strings(model, seed, 3, 6))
        one, other = run_exact(model, codes).trace(), run_exact(rounded, codes).trace()
        assert (one.outputs == other.outputs).all()
        one, other = (run_integer(fix(m, 3, 2, WIDE), codes) for m in (model, rounded))
        exponent = max(one.output_exponent, other.output_exponent)
        a, b = (
            x.outputs.astype(object) << (exponent - x.output_exponent) for x in (one, other)
        )
        differs += bool((a != b).any())
    assert differs > 5


NETS = [(kind, seed) for kind in ("recurrent", "connected") for seed in range(15)]


@pytest.mark.parametrize(("kind", "seed"), NETS)
def test_other_nets_have_activations_and_gates_too(kind, seed):
    n = 1 + seed % 3
    net = random_recurrent(seed) if kind == "recurrent" else random_connected(seed, n)
    net = with_activations(net, seed)
    codes = all_inputs(net, n)[:6]
    exact, fixed = run_exact(net, codes).trace(), fix(net, n, 3, WIDE)
    integer = run_integer(fixed, codes)
    for index, string in enumerate(codes):
        slow = run_definition(net, string)
        assert (slow.outputs[0] == exact.outputs[index]).all()
        slow = run_definition(net, string, 3)
        outputs = fractions(integer.outputs[index], integer.output_exponent)
        assert outputs == slow.outputs[0].tolist()


def test_a_gate_that_reads_the_state_makes_it_no_sum():
    net = FeedForward([[0, 1]], [[1]], residual=False)
    assert not NetCell([0], [net], residual=True).reads_state
    assert NetCell([0], [replace(net, gate=[[1, 0]])], residual=True).reads_state


def test_a_recurrent_gate_worked_by_hand():
    """The state is tanh(state) times the letter, plus a half: 0, 1/2, tanh(1/2) 2 + 1/2."""
    net = FeedForward(
        [[0, 1]], [[1]], gate=[[1, 0]], output_bias=["1/2"], residual=False, activation="tanh"
    )
    model = RecurrentNet(
        "ab", {"a": [1], "b": [2]}, NetCell([0], [net]), Readout([[1, 0]], position="last")
    )
    (output,) = run_exact(model, np.array([[0, 1]])).trace().outputs[0, 0]
    assert abs(float(output) - (2 * np.tanh(0.5) + 0.5)) < 2**-45
    (output,) = run_definition(model, [0, 1], 4).outputs[0, 0]
    assert output == Fraction(round(np.tanh(0.5) * 16), 16) * 2 + Fraction(1, 2)
