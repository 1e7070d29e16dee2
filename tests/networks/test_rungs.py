"""Every rung of random recurrent and fully connected nets against the definition in fractions."""

from fractions import Fraction

import numpy as np
import pytest

from circuitsim.models.sequence import all_inputs
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.known import StateForms
from circuitsim.networks.limits import MAX_BITS
from circuitsim.networks.rungs import run_definition, run_exact, run_float
from tests.models.random_nets import random_connected, random_recurrent

NETS = [(kind, seed) for kind in ("recurrent", "connected") for seed in range(40)]


def net_of(kind, seed, n):
    return random_recurrent(seed) if kind == "recurrent" else random_connected(seed, n)


@pytest.mark.parametrize(("kind", "seed"), NETS)
def test_the_vectorised_exact_run_is_the_definition(kind, seed):
    n = 1 + seed % 4
    net = net_of(kind, seed, n)
    codes = all_inputs(net, n)
    fast = run_exact(net, codes).trace()
    for index, row in enumerate(codes):
        slow = run_definition(net, row)
        assert len(slow.residuals) == len(fast.residuals)
        for a, b in zip(slow.residuals, fast.residuals, strict=True):
            assert (a[0] == b[index]).all()
        assert (slow.outputs[0] == fast.outputs[index]).all()
        assert (slow.decisions[0] == fast.decisions[index]).all()


@pytest.mark.parametrize(("kind", "seed"), NETS)
def test_the_integer_run_is_the_definition_with_rounding(kind, seed):
    n = 1 + seed % 4
    net = net_of(kind, seed, n)
    codes = all_inputs(net, n)
    fixed = fix(net, n)
    fast = run_integer(fixed, codes)
    for index, row in enumerate(codes):
        slow = run_definition(net, row, fixed.bits)
        for a, b, exponent in zip(
            slow.residuals, fast.residuals, fast.exponents, strict=True
        ):
            assert (a[0] * 2**exponent == b[index]).all()
        assert (slow.outputs[0] * 2**fast.output_exponent == fast.outputs[index]).all()
        assert (slow.decisions[0] == fast.decisions[index]).all()


@pytest.mark.parametrize(("kind", "seed"), NETS)
def test_float_decides_as_the_exact_net_where_it_can_be_trusted(kind, seed):
    n = 1 + seed % 4
    net = net_of(kind, seed, n)
    codes = all_inputs(net, n)
    exact, floating = run_exact(net, codes), run_float(net, codes)
    assert np.allclose(floating.outputs, exact.trace().outputs.astype(float))
    assert (floating.decisions == exact.decisions)[floating.trusted].all()


def test_float_can_be_trusted_on_at_least_half_the_cases():
    shares = []
    for kind, seed in NETS:
        net = net_of(kind, seed, 3)
        shares.append(run_float(net, all_inputs(net, 3)).trusted.mean())
    assert np.mean(shares) >= 0.5


def streams_after(fixed, cell):
    """What a cell's state can be after each position of its span, by its place in the residual."""
    values = fixed.network.states[cell]
    known = fixed.known[values[0]]
    if isinstance(known, StateForms):
        return [(place - min(known.span), known.after(place)) for place in known.span]
    return [
        (place, fixed.stream(x)) for place, x in enumerate(fixed.network.residuals[1 + cell])
    ]


@pytest.mark.parametrize("seed", range(40))
def test_intervals_hold_every_state(seed):
    net = random_recurrent(seed)
    fixed = fix(net, 4, max_bits=MAX_BITS)
    run = run_integer(fixed, all_inputs(net, 4))
    for cell, states in enumerate(run.residuals[1:]):
        for place, stream in streams_after(fixed, cell):
            for component in range(states.shape[2]):
                low, high = stream.range(
                    np.array([int(c == component) for c in range(states.shape[2])], object)
                )
                seen = states[:, place, component]
                assert low <= seen.min() <= seen.max() <= high


def test_the_definition_rounds_half_up():
    net = random_recurrent(0)
    assert all(
        isinstance(x, Fraction) for x in run_definition(net, [0, 1], 1).outputs.ravel()
    )
