"""Third-order heads in the studies: keys are counted in pairs, the papers' circuits do not cover them, bounds hold."""

from dataclasses import replace

import pytest

from circuitsim.analysis.claims.classes import tc0_bound
from circuitsim.analysis.claims.multisets import differing
from circuitsim.analysis.claims.state_bits import largest_size
from circuitsim.analysis.claims.state_bounds import dyadic_bounds, literal_bounds
from circuitsim.analysis.claims.ties import most_tied
from circuitsim.analysis.description import describe_model, parameters
from circuitsim.analysis.growth.paper import predict
from circuitsim.api import claims as try_claims
from circuitsim.models.inputs import counts_decide
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs

# The share of pairs of two b's, less 1/4: are at least half of the letters b's?
from circuitsim.networks.datatypes.literal import run_literal as run_network_literally
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_definition, run_exact
from circuitsim.numbers.arrays import matrix
from tests.networks.plain import of_models
from tests.third_order import match3, third_order_model

run_literal = of_models(run_network_literally)
HALF = Model(
    "ab",
    {"a": [0, 0], "b": [1, 0]},
    [Layer([Head([[0, 0]], [[0, 0]], [[1, 0]], [[0], [1]], key2=[[0, 0]], value2=[[1, 0]])])],
    Readout([0, 1], ["-1/5"]),
    bits="2*log2(n) + 3",
    name="half",
)


def test_parameters_and_kinds():
    assert (
        parameters(match3(5)) == 6 * 5 + 3 * 25 + 2 * 5 + 5 + 5
    )  # tokens, q k1 k2, v1 v2, output, read-out
    assert describe_model(match3(5)).attention == ["third-order saturated"]


def test_no_paper_predicts_pairs():
    assert predict(HALF, 4) == []
    ordinary = Head([[0, 0]], [[0, 0]], [[1, 0]], [[0], [1]])
    assert len(predict(replace(HALF, layers=(Layer([ordinary]),)), 4)) == 2


def test_ties_are_counted_in_pairs():
    tie = most_tied(HALF, all_inputs(HALF, 4))
    assert tie is not None
    assert tie.keys == 16


@pytest.mark.parametrize("seed", range(30))
def test_counts_decide_as_whole_strings_do(seed):
    model = replace(third_order_model(seed).with_attention("saturated"), positions=None)
    layers = [
        replace(x, heads=tuple(replace(head, mask="none") for head in x.heads))
        for x in model.layers
    ]
    model, bits = replace(model, layers=tuple(layers)), seed % 4
    assert counts_decide(model)
    for n in (1, 2, 4):
        codes = all_inputs(model, n)[:64]
        integer = run_integer(fix(model, n, bits, 5000), codes).decisions
        wrong = (run_exact(model, codes).decisions != integer).any(axis=1)
        assert (differing(model, codes, bits) == wrong).all()


@pytest.mark.parametrize("seed", range(30))
def test_no_state_is_larger_than_its_bound(seed):
    model, n, bits = third_order_model(seed), 2 + seed % 2, 1 + seed % 3
    codes = all_inputs(model, n)[:16]
    bounds = dyadic_bounds(model, n, bits).entries
    for string in codes:
        for residual, bound in zip(
            run_definition(model, string, bits).residuals, bounds, strict=True
        ):
            assert largest_size(matrix(residual[0].tolist()).scaled) <= bound
    literal = run_literal(model, codes, bits)
    for state, bound in zip(
        literal.residuals, literal_bounds(model, n, bits).entries, strict=True
    ):
        assert largest_size(state) <= bound


@pytest.mark.slow
def test_claims_hold_or_say_why_they_do_not_apply():
    found = try_claims(HALF, (2, 4, 8, 16, 32), samples=20)
    assert found.holds
    lines = {claim.name: claim.line for claim in found.claims}
    assert f"at most {tc0_bound(HALF)} by construction" in lines["tc0-constant-depth"]
    assert tc0_bound(HALF) == 7
    assert "published for heads of second order only" in lines["tc0-constant-depth"]
    assert "nc1-log-depth" in lines
    others = {entry.name: entry.why for entry in found.not_applicable}
    assert "third-order head" in others["ac0-constant-depth"]
    assert "third-order heads" in others["ac0-refuses-ties"]
