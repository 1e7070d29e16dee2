"""The ac0 lowering: equal to the exact model on every input, residual by residual, in 2 to 4 levels a layer."""

from dataclasses import replace

import numpy as np
import pytest
from circuitsim.compilers.reachable.gates import Budget
from circuitsim.compilers.reachable.lower import draw_reachable
from circuitsim.compilers.reachable.reach import code_bits, reach

import circuitsim as cs
from circuitsim import tokens
from circuitsim.errors import LimitError, ModelError
from circuitsim.models.model import MASKS, Model, Readout
from circuitsim.netlist.interface import answers
from circuitsim.networks.rungs import run_exact
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import planes_to_bits, probe_values, run_planes
from circuitsim.schematic.schematic import Schematic
from tests.cases import random_model
from tests.compilers.reachable_models import (
    bounded_dyck,
    hard_model,
    is_bounded_dyck,
    leftmost_one,
    look_up,
    neighbours,
    some_inputs,
    strings,
)
from tests.netlist.recount import assert_measured_exactly

FORMS = {"depth": 2, "balanced": 3, "size": 4}  # levels a layer
QUICK, ALL = range(40), range(40, 240)


def drawn(model: Model, n: int, form: str = "depth", **limits: int) -> Schematic:
    return draw_reachable(model, n, Drawing("ac0", form), **limits)


def assert_is_the_exact_model(model: Model, n: int, form: str, **limits: int) -> Schematic:
    """Outputs and residuals on all inputs, or many; the depth; and that it is measured exactly."""
    schematic = drawn(model, n, form, **limits)
    codes = some_inputs(model, n, 1024)
    exact = run_exact(model, codes)
    planes = run_planes(schematic, model.format.bits(codes))
    values = {index: planes_to_bits(p, len(codes)) for index, p in planes.items()}
    (output,) = schematic.outputs
    assert values[output].shape[1:] == (
        len(model.readout_positions(n)),
        len(model.readout.weights),
    )
    assert np.array_equal(answers(schematic.interface, values[output]), exact.decisions)
    assert values[output].sum(axis=2).max() <= 1
    assert [probe.name for probe in schematic.probes] == [
        f"residual{k}" for k in range(len(model.layers) + 1)
    ]
    interface = schematic.interface
    for probe, residual, denominator, span in zip(
        schematic.probes,
        exact.residuals,
        interface["denominators"],
        interface["probe_positions"],
        strict=True,
    ):
        seen = probe_values(probe, [values[v] for v in probe.values])
        expected = residual[:, slice(*span)]
        left = seen * expected.denominator
        assert np.array_equal(
            np.broadcast_to(left, expected.shape),
            expected.numerators.astype(object) * denominator,
        )
    assert interface["probe_positions"][-1] == [
        model.readout_positions(n)[0],
        model.readout_positions(n)[-1] + 1,
    ]
    assert schematic.measure().depth <= FORMS[form] * len(model.layers)
    assert_measured_exactly(schematic)
    return schematic


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", QUICK)
def test_random_models_are_computed_exactly(seed, form):
    assert_is_the_exact_model(hard_model(seed), 1 + seed % 4, form)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", ALL)
def test_many_random_models_are_computed_exactly(seed, form):
    n = 1 + seed % 6
    assert_is_the_exact_model(
        hard_model(seed, layers=2 if n > 4 else None, heads=2 if n > 4 else None), n, form
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(20))
def test_saturated_heads_are_computed_exactly_where_few_keys_tie(seed, form):
    model = random_model(seed, layers=1 + seed % 2, heads=1 + seed % 3)
    assert_is_the_exact_model(model, 1 + seed % 3, form, max_ties=8)


def test_the_random_models_cover_every_option():
    models = [hard_model(seed) for seed in QUICK]
    heads = [h for m in models for layer in m.layers for h in layer.heads]
    assert {h.attention for h in heads} == {"hard-left", "hard-right"}
    assert {h.mask for h in heads} == set(MASKS)
    assert (
        {len(m.layers) for m in models}
        == {len(layer.heads) for m in models for layer in m.layers}
        == {1, 2, 3}
    )
    assert {h.score_bits for h in heads} == {None, 0, 1, 3}
    assert {m.readout.position for m in models} >= {"first", "last", "each"}
    assert {len(m.readout.weights) for m in models} == {1, 2, 3}
    assert {len(m.vocabulary) for m in models} == {2, 3, 4}


def test_first_is_one_input():
    for n in (1, 2, 7, 64):
        schematic = drawn(cs.load("examples/first.json"), n)
        cost = schematic.measure()
        assert (cost.gates, cost.depth, schematic.inputs) == (0, 0, n)
        inputs = np.eye(n, dtype=bool)
        assert schematic.evaluate(inputs).ravel().tolist() == [True] + [False] * (n - 1)


def test_looking_for_a_one_is_one_or_gate():
    cost = drawn(leftmost_one(), 20).measure()
    assert (cost.gates, cost.wires, cost.depth) == (1, 20, 1)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_bounded_dyck_is_recognised_in_constant_depth(form):
    for n in (2, 5, 8):
        schematic = assert_is_the_exact_model(bounded_dyck(2), n, form)
        codes = tokens.letters("01").bits(some_inputs(bounded_dyck(2), n))
        expected = [is_bounded_dyck(text, 2) for text in strings("()", n)]
        assert schematic.evaluate(codes).ravel().tolist() == expected
    assert {drawn(bounded_dyck(2), n, form).measure().depth for n in (10, 12, 14)} == {5}


@pytest.mark.slow
@pytest.mark.parametrize("letters", ["ab", "abc"])
def test_look_ups_of_any_length_take_two_levels_a_layer(letters):
    for n in (1, 4, 64):
        schematic = assert_is_the_exact_model(look_up(letters), n, "depth")
    assert schematic.measure().depth <= 4


def test_outputs_that_never_change_are_constants():
    model = replace(look_up(), readout=Readout([[0] * 6, [0] * 6], [0, 1], "each"))
    schematic = drawn(model, 5)
    assert schematic.measure().gates == 0
    assert schematic.evaluate(np.zeros((1, 5), bool)).tolist() == [[False, True] * 5]


def test_a_saturated_head_without_ties_is_a_hard_head():
    saturated = look_up().with_attention("saturated")
    for form in FORMS:
        assert_is_the_exact_model(saturated, 6, form)
    costs = [drawn(model, 30).measure() for model in (saturated, look_up())]
    assert len({(cost.gates, cost.wires, cost.depth) for cost in costs}) == 1


def test_two_tied_keys_are_averaged_if_two_may_tie():
    for form in FORMS:
        assert_is_the_exact_model(neighbours(), 7, form, max_ties=2)
    with pytest.raises(
        LimitError,
        match=r"layer 0, head 0 .* 2 tied keys at query position 1, n=7.*--max-ties \(1\)",
    ):
        drawn(neighbours(), 7)


@pytest.mark.parametrize(("name", "keys"), [("majority.pt", 12), ("parity.json", 13)])
def test_counting_is_refused_with_the_theorem(name, keys):
    with pytest.raises(
        LimitError,
        match=rf"head 0 is saturated and may average {keys} tied keys.*Furst-Saxe-Sipser",
    ):
        drawn(cs.load(f"examples/{name}"), 12)


def test_softmax_is_refused():
    with pytest.raises(
        ModelError,
        match=r"layer 0, head 0 is softmax, .*Furst-Saxe-Sipser.*--basis xag, aig or tc0",
    ):
        drawn(look_up().with_attention("softmax"), 4)


def test_too_many_wires_or_combinations_are_refused():
    budget = Budget(10, "dyck at n=4")
    budget.spend(10)
    with pytest.raises(LimitError, match="dyck at n=4 takes more than 10 wires into gates"):
        budget.spend(1)
    with pytest.raises(LimitError, match=r"layer 0 has more than 3 combinations .* 2 heads"):
        drawn(bounded_dyck(2), 12, max_wires=1000)


def test_too_many_sets_of_tied_keys_are_refused():
    with pytest.raises(
        LimitError,
        match=r"may average more than 32 different sets .* lower --max-ties \(now 40\)",
    ):
        drawn(cs.load("examples/majority.pt"), 40, max_ties=40, max_wires=32 * 256)


@pytest.mark.slow
def test_every_code_that_occurs_is_reachable():
    extra = []
    for seed in range(60):
        model, n = hard_model(seed), 1 + seed % 4
        exact = run_exact(model, some_inputs(model, n))
        for boundary, codes in enumerate(reach(model, n).codes):
            vectors = codes.values.fractions()
            known = {
                (int(p), tuple(vectors[v]))
                for p, v in zip(codes.positions, codes.vectors, strict=True)
            }
            stream = exact.residuals[boundary].fractions()
            seen = {(p, tuple(row[p])) for row in stream for p in range(*codes.span)}
            assert seen <= known
            assert boundary > 1 or seen == known
            extra.append(len(known) / len(seen))
    assert np.mean(np.array(extra) == 1) > 0.98


def test_only_positions_that_the_answer_depends_on_have_codes():
    model = replace(bounded_dyck(1), readout=Readout([0] * 7 + [1], position="first"))
    strict = tuple(
        replace(
            layer, heads=tuple(replace(head, mask="strict-causal") for head in layer.heads)
        )
        for layer in model.layers
    )
    assert [codes.span for codes in reach(model, 6).codes] == [(0, 6), (0, 6), (0, 1)]
    assert [codes.span for codes in reach(replace(model, layers=strict), 6).codes] == [
        (0, 1)
    ] * 3


def test_state_bits_are_those_of_the_codes():
    assert code_bits(cs.load("examples/first.json"), 9) == 1
    assert code_bits(look_up(), 9) == 3
    assert code_bits(look_up("abcd", layers=1), 9) == 2
