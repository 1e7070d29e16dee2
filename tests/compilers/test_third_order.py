"""Third-order attention on every rung down to gates: random models in which both orders mix, and Match3."""

import random
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from circuitsim.compilers.bands import Bands
from circuitsim.compilers.family import Family

from circuitsim.analysis.ladder import climb
from circuitsim.errors import CircuitSimError
from circuitsim.models.model import MASKS, Layer
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.keys import key_mask
from circuitsim.networks.rungs import run_exact
from circuitsim.render.names import compile_named
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.measure import measure
from tests.cases import KINDS
from tests.compilers.test_bands import table
from tests.netlist.recount import assert_measured_exactly
from tests.third_order import match3, third_order_model


def assert_every_rung_agrees(model, n, basis, positions, optimize, seed=0):
    family = Family(model, basis, optimize=optimize, positions=positions)
    row = climb([family], n, exhaustive=False, samples=40, seed=seed)
    assert not [r for r in row.rungs if r.relation == "=" and not r.holds]
    assert len([r for r in row.rungs if r.relation == "="]) == 3
    assert row.rungs[0].disagreements == 0
    assert_measured_exactly(family(n))


SLOW = {("tc0", seed) for seed in (9, 10, 17, 19)}  # values of many steps, in pairs of pairs


@pytest.mark.parametrize(
    ("basis", "seed"),
    [
        pytest.param(*case, marks=pytest.mark.slow if case in SLOW else ())
        for case in product(["xag", "aig", "tc0"], range(24))
    ],
)
def test_random_models_of_both_orders_agree_on_every_rung(basis, seed):
    r = random.Random(seed)
    model = third_order_model(seed)
    longest = 3 if basis == "tc0" else 4  # a comparison for every query and two pairs
    n = max(1, r.randint(1, longest) - model.length(0))
    assert_every_rung_agrees(
        model,
        n,
        basis,
        r.choice(["folded", "wired"]),
        r.choice(["depth", "balanced", "size"]),
        seed,
    )


@pytest.mark.parametrize("basis", ["xag", "tc0"])
@pytest.mark.parametrize("positions", ["folded", "wired"])
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_mask(kind, mask, positions, basis):
    seed = 2 if (positions == "folded") == (basis == "xag") else 5  # both, in both bases
    model = third_order_model(seed, layers=1, heads=1)
    head = replace(model.layers[0].heads[0], attention=kind, mask=mask)
    model = replace(
        model, layers=(replace(model.layers[0], heads=(head,)),), prepend=(), append=()
    )
    model = replace(model, readout=replace(model.readout, position="each"))
    assert_every_rung_agrees(model, 3, basis, positions, "depth")


@pytest.mark.parametrize("basis", ["xag", "tc0"])
@pytest.mark.parametrize("kind", ["hard-left", "hard-right"])
@pytest.mark.parametrize("seed", [5, 13, 16])
def test_of_pairs_that_tie_the_first_position_decides_before_the_second(seed, kind, basis):
    model = third_order_model(seed, layers=1, heads=1)
    head = replace(model.layers[0].heads[0], attention=kind, mask="none", score_bits=0)
    turned = replace(
        head, key=head.key2, key2=head.key, key_bias=head.key2_bias, key2_bias=head.key_bias
    )
    turned = replace(turned, value=head.value2, value2=head.value)
    turned = replace(turned, value_bias=head.value2_bias, value2_bias=head.value_bias)
    model, other = (
        replace(model, layers=(replace(model.layers[0], heads=(h,)),), prepend=(), append=())
        for h in (head, turned)
    )
    model = replace(model, readout=replace(model.readout, position="each"))
    codes = all_inputs(model, 3)
    ours, theirs = (run_exact(m, codes).residuals[1].fractions() for m in (model, other))
    assert (
        ours != theirs
    ).any()  # the same pairs with the same scores and values, in another order
    assert_every_rung_agrees(model, 3, basis, "folded", "depth")


def test_the_random_models_cover_every_option():
    models = [third_order_model(seed) for seed in range(24)]
    heads = [head for model in models for layer in model.layers for head in layer.heads]
    assert {head.third_order for head in heads} == {False, True}
    assert {head.attention for head in heads if head.third_order} == set(KINDS)
    assert {head.mask for head in heads if head.third_order} == set(MASKS)
    assert {len(model.layers) for model in models} == {1, 2}


@pytest.mark.parametrize("positions", ["folded", "wired"])
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("length", [1, 2, 3, 11, 18])
def test_bands_over_pairs_are_the_mask(mask, length, positions):
    drawing = Drawing("xag")
    start, stop = (0, length) if length % 2 else (length // 3, length - 1)
    seen = np.zeros((length, length**2), bool)
    everywhere = drawing.constant(np.arange(length**2)[None] >= 0)
    for band in Bands(drawing, length, positions).over(mask, start, stop, True):
        if band.keys > 0:
            part = (
                np.ones((band.queries, band.keys), bool)
                if band.mask is None
                else table(drawing, band.mask.index)
            )
            places = [
                j1 * length + j2
                for j1 in range(band.first, band.last)
                for j2 in range(band.first, band.last)
            ]
            assert band.see(everywhere, 1).shape == (1, len(places))
            seen[np.ix_(range(band.start, band.stop), places)] = part
    assert np.array_equal(seen[start:stop], key_mask(mask, length, True)[start:stop])


@pytest.mark.parametrize(
    ("basis", "n"),
    [*product(["xag", "aig"], range(1, 5)), *product(["tc0"], range(1, 4))],
)
def test_match3_modulo_5_on_every_input(basis, n):
    row = climb([Family(match3(5), basis)], n, exhaustive=True)
    assert row.inputs == 5**n
    assert all(rung.holds for rung in row.rungs)
    assert row.rungs[0].undecided == 0


def test_many_pairs_are_measured_without_being_built():
    gates = {n: measure(Family(match3(5, bits=3), "xag")(n)).gates for n in (16, 32, 64)}
    assert gates[64] > 5e7
    assert 6 < gates[64] / gates[32] <= 8.5  # n^3 scores


def test_a_layer_of_third_order_takes_one_level_more_in_tc0():
    depths = [measure(Family(match3(5), "tc0")(n)).depth for n in (2, 6)]
    assert (
        depths[0] == depths[1] <= 8
    )  # products, scores, rounded scores, maximum, selection, mean, read-out


@pytest.mark.parametrize("mask", ["none", "anti-causal"])
def test_gates_are_named_by_both_positions_of_a_pair(mask):
    model = match3(5, bits=1)
    head = replace(model.layers[0].heads[0], mask=mask)
    circuit, names = compile_named(Family(replace(model, layers=(Layer([head]),)), "xag")(2))
    said = [names.gate(gate) for gate in range(circuit.gates)]
    keys = {
        found[0]
        for name in said
        if (found := re.findall(r"query 1, key (\S+), query bit", name))
    }
    first = 1 if mask == "anti-causal" else 0
    everything = {f"{i},{j}" for i in range(first, 3) for j in range(first, 3)}
    assert keys == everything - {"0,0"}  # the blank with itself, whose bits are constants
    assert any("scores sum[position 2,1, bit" in name for name in said)


def test_ac0_refuses_third_order_in_a_sentence():
    with pytest.raises(
        CircuitSimError,
        match=r"layer 0, head 0 is a third-order head.*--basis xag, aig or tc0",
    ):
        Family(match3(5), "ac0")(2)


@pytest.mark.parametrize("basis", ["xag", "tc0"])
def test_more_pairs_than_can_be_drawn_are_refused_at_once(basis):
    with pytest.raises(
        CircuitSimError, match=r"10,001 positions has 100,020,001 pairs as keys.*smaller n"
    ):
        Family(match3(5), basis)(10_000)
