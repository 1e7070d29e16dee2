"""Every claim holds where it should, and can fail: a planted fault is found and named."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from circuitsim.analysis import ladder
from circuitsim.analysis.claims import agreement as claim_agreement
from circuitsim.analysis.claims import bits as claim_precision
from circuitsim.analysis.claims import classes as claim_classes
from circuitsim.analysis.claims import failures, state_bits
from circuitsim.analysis.claims.claim import (
    Claim,
    Measured,
    NotApplicable,
    Study,
    foretold,
    listed,
)
from circuitsim.analysis.claims.claims import Claims, claims
from circuitsim.analysis.claims.state_bounds import StateBounds
from circuitsim.api import claims as try_claims
from circuitsim.api import compile
from circuitsim.errors import InputError, LimitError
from circuitsim.models.files.reading import load
from circuitsim.models.model import Head, Layer, Model, Readout
from tests.networks.datatypes.test_literal import EXAMPLES

MAJORITY, PARITY, FIRST = (
    load(EXAMPLES / name) for name in ("majority.pt", "parity.json", "first.json")
)
SHORT, DOUBLING = (2, 3, 4), (2, 4, 8, 16, 32)


def study(model: Model, ns=SHORT, family=None, **options) -> Study:
    """A study of a model; `family` plants other circuits, by basis."""
    found = Study(compile(model, **options), tuple(ns), samples=100)
    if family is not None:
        found.family = family
    return found


def claim(entry) -> Claim:
    assert isinstance(entry, Claim), entry
    return entry


def why(entry) -> str:
    assert isinstance(entry, NotApplicable), entry
    return entry.why


def names(found: Claims) -> set[str]:
    return {entry.name for entry in found.claims}


@pytest.fixture(scope="module")
def parity() -> Claims:
    return claims(study(PARITY, DOUBLING))


@pytest.mark.slow
def test_parity_has_what_the_papers_say(parity):
    assert parity.holds
    assert names(parity) == {
        "tc0-constant-depth",
        "nc1-log-depth",
        "log-state-bits",
        "float-agrees",
        "bits-agree",
        "circuits-equal-model",
        "least-precision",
        "ac0-refuses-ties",
        "constant-precision-fails",
    }
    assert {entry.name for entry in parity.not_applicable} == {
        "ac0-constant-depth",
        "rationals-need-more",
    }


def test_evidence_is_json_and_claims_have_sources(parity):
    again = json.loads(json.dumps(asdict(parity), allow_nan=False))
    assert all(
        entry["evidence"] and entry["source"] and entry["line"] for entry in again["claims"]
    )


@pytest.mark.slow
def test_hard_attention_is_in_ac0():
    found = claims(study(FIRST, DOUBLING))
    assert found.holds
    assert {"ac0-constant-depth", "tc0-constant-depth"} <= names(found)
    assert "ac0-refuses-ties" not in names(found)


def test_ac0_deeper_than_by_construction_fails():
    planted = study(FIRST)
    rows = planted.measured("ac0").rows
    planted._measured["ac0"] = Measured((*rows[:-1], replace(rows[-1], depth=5)))
    found = claim(claim_classes.ac0_depth(planted))
    assert not found.holds
    assert "EXCEEDED at n = 4 with 5" in found.line


def test_ac0_that_differs_from_the_exact_model_fails():
    other = replace(FIRST, readout=Readout([[0, 1, 0, 0, 0, -1]], [1], "CLS"))
    found = claim(
        claim_classes.ac0_depth(study(FIRST, family=lambda basis: Lying(FIRST, other, basis)))
    )
    assert not found.holds
    assert "exact = schematic ac0 FAILS at n = 2 on '00'" in found.line


class Lying:
    """A family that says it is of one model and gives the circuits of another."""

    def __init__(self, said: Model, meant: Model, basis: str) -> None:
        self.said, self.meant = compile(said, basis), compile(meant, basis)

    def __call__(self, n):
        return self.meant(n)

    def __getattr__(self, name):
        return getattr(self.said, name)


def test_saturated_attention_in_fan_in_two_is_not_of_constant_depth():
    found = claim(
        claim_classes.tc0_depth(study(PARITY, family=lambda basis: compile(PARITY, "xag")))
    )
    assert not found.holds
    assert "EXCEEDED at n = 3" in found.line


def test_tc0_of_more_than_polynomial_size_fails():
    planted = study(MAJORITY, DOUBLING)
    rows = planted.measured("tc0").rows
    planted._measured["tc0"] = Measured(tuple(replace(row, gates=2**row.n) for row in rows))
    found = claim(claim_classes.tc0_depth(planted))
    assert not found.holds
    assert "MORE THAN" in found.line


def test_bounds_count_rounded_scores_and_several_classes():
    assert claim_classes.tc0_bound(MAJORITY) == 5 + 1 + 1
    assert claim_classes.tc0_bound(PARITY) == 2 * 5 + 1
    assert (
        claim_classes.tc0_bound(
            replace(PARITY, readout=Readout([[0] * 9] * 2, position="CLS"))
        )
        == 2 * 5 + 2
    )


def test_linear_depth_is_not_logarithmic():
    planted = study(MAJORITY, DOUBLING)
    rows = planted.measured("aig").rows
    planted._measured["aig"] = Measured(tuple(replace(row, depth=10 * row.n) for row in rows))
    found = claim(claim_classes.log_depth(planted))
    assert not found.holds
    assert "320 at n = 32, MORE THAN" in found.line
    assert found.evidence["xag"]["test"]["holds"]


def test_too_few_lengths_for_a_trend_are_said():
    for entry in (
        claim_classes.log_depth,
        claim_precision.log_state,
        claim_precision.rationals_grow,
    ):
        assert "too few" in why(entry(study(MAJORITY)))


def test_precision_that_grows_faster_is_no_precondition():
    for entry in (
        claim_classes.tc0_depth,
        claim_classes.log_depth,
        claim_precision.log_state,
    ):
        assert "O(log n)" in why(entry(study(MAJORITY, DOUBLING, bits="n", max_bits=500)))


def test_a_large_circuit_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr("circuitsim.analysis.claims.claim.MOST_MEASURED", 2_000)
    found = claim(claim_classes.tc0_depth(study(PARITY, DOUBLING)))
    assert found.holds
    assert found.evidence["n"] == [2, 4]
    assert "not measured at n >= 8" in found.line


def test_a_limit_ends_a_sweep_and_is_said():
    found = study(
        PARITY, (2, 64), family=lambda basis: compile(PARITY, basis, max_bits=24)
    ).measured("tc0")
    assert found.ns == [2]
    assert "refused at n = 64" in found.left_out


def test_a_lower_bound_of_the_state_fails(monkeypatch):
    lowered = lambda model, n, bits: StateBounds((3,) * 3, (None,) * 3)  # noqa: E731
    monkeypatch.setitem(state_bits.BOUNDED, "dyadic", lowered)
    found = claim(claim_precision.log_state(study(PARITY, DOUBLING)))
    assert not found.holds
    assert "EXCEEDS its bound 3" in found.line


def test_a_state_that_doubles_fails():
    model = replace(PARITY, positions=["0", "0", "0", "2**i", "0", "0", "0", "0", "0"])
    found = claim(claim_precision.log_state(study(model, DOUBLING)))
    assert not found.holds
    assert "at n = 32, more than" in found.line


@pytest.mark.slow
def test_rationals_grow_where_denominators_meet():
    model = load(EXAMPLES / "reciprocal.json")
    found = claim(claim_precision.rationals_grow(study(model, DOUBLING)))
    assert found.holds
    assert found.evidence["rational"][-1] > 2 * found.evidence["dyadic"][-1]
    assert "stay small" in why(claim_precision.rationals_grow(study(PARITY, DOUBLING)))


def test_dyadic_numbers_that_grow_as_rationals_do_fail(monkeypatch):
    model, real = load(EXAMPLES / "reciprocal.json"), claim_precision.state_bits
    monkeypatch.setattr(
        claim_precision, "state_bits", lambda m, ns, d, **k: real(m, ns, ("rational",), **k)
    )
    assert not claim(claim_precision.rationals_grow(study(model, DOUBLING))).holds


def test_a_float_model_that_flips_is_found(monkeypatch):
    real = ladder.run_float

    def flipped(model, codes):
        run = real(model, codes)
        return replace(run, decisions=1 - run.decisions)

    monkeypatch.setattr(ladder, "run_float", flipped)
    found = claim(claim_agreement.float_agrees(study(MAJORITY)))
    assert not found.holds
    assert "FAILS at n = 2 on 4 of all 4 inputs, first '00'" in found.line


@pytest.mark.slow
def test_six_bits_decide_majority_up_to_178_letters():
    found = claim(claim_agreement.bits_agree(study(MAJORITY, bits="6"), searches=True))
    failure = found.evidence["first_failure"]
    assert not found.holds
    assert (failure["n"], failure["wrong"], failure["exhaustive"]) == (179, 1, True)
    assert (len(failure["string"]), failure["string"].count("1")) == (179, 90)
    assert "FIRST WRONG at n = 179 (exactly" in found.line


def test_the_integer_model_itself_is_wrong_there():
    failure = failures.failure_at(study(MAJORITY), 179, 6)
    assert failure is not None
    codes = np.array([[int(letter) for letter in failure.string]])
    from circuitsim.networks.fixed_point import fix
    from circuitsim.networks.integer import run_integer
    from circuitsim.networks.rungs import run_exact

    exact, integer = (
        run_exact(MAJORITY, codes),
        run_integer(fix(MAJORITY, 179, 6, 200), codes),
    )
    assert exact.decisions.tolist() == [[1]]
    assert integer.decisions.tolist() == [[0]]


@pytest.mark.slow
def test_too_few_bits_are_found_on_strings_too():
    found = claim(claim_agreement.bits_agree(study(PARITY, bits="4"), searches=True))
    assert (found.evidence["first_failure"]["n"], found.holds) == (9, False)
    found = claim(claim_agreement.bits_agree(study(PARITY, (4,), bits="1"), searches=False))
    assert "FAILS at n = 4" in found.line


@pytest.mark.slow
def test_a_search_on_samples_ends_with_its_work(monkeypatch):
    monkeypatch.setattr(failures, "MOST_SCORES", 2**20)
    found = claim(claim_agreement.bits_agree(study(PARITY, bits="2*log2(n)"), searches=True))
    assert found.holds
    assert found.evidence["searched_to"] < 16
    assert "no wrong decision" in found.line


@pytest.mark.slow
def test_lengths_without_a_meaning_are_passed_over():
    model = replace(
        PARITY, positions=["0", "0", "0", "i/n", "cos(pi*i)", "0*1/(n-3)", "0", "0", "0"]
    )
    assert [failures.defined(study(model), n) for n in (1, 2, 3)] == [
        True,
        False,
        True,
    ]
    found = claim(
        claim_agreement.bits_agree(study(model, (4,), bits="log2(log2(n))+2"), searches=True)
    )
    assert found.evidence["first_failure"]["n"] > 2
    assert claim(claim_agreement.literal_decides(study(model))).evidence["inputs"] == 8190 - 4


def test_circuits_of_another_model_are_found():
    other = replace(
        MAJORITY,
        readout=Readout(
            MAJORITY.readout.weights, [x + 1 for x in MAJORITY.readout.bias], "first"
        ),
    )
    lying = study(MAJORITY, family=lambda basis: Lying(MAJORITY, other, basis))
    lying._measured["ac0"] = Measured(())
    found = claim(claim_agreement.circuits_equal(lying))
    assert not found.holds
    assert "integer = schematic xag FAILS at n = " in found.line


def test_circuits_that_are_not_built_are_said(monkeypatch):
    monkeypatch.setattr("circuitsim.analysis.claims.claim.MOST_BUILT", 200)
    found = claim(claim_agreement.circuits_equal(study(PARITY, (2, 4))))
    assert found.holds
    assert "xag: equal on all inputs of n = 2, too large to build at n = 4" in found.line
    monkeypatch.setattr("circuitsim.analysis.claims.claim.MOST_BUILT", 0)
    assert "small enough" in why(claim_agreement.circuits_equal(study(MAJORITY, (2,))))


@pytest.mark.slow
def test_least_bits_above_the_models_fail():
    found = claim(claim_precision.least_precision(study(PARITY, bits="2")))
    assert not found.holds
    assert "TOO FEW at n = 4" in found.line
    planted = study(MAJORITY)
    planted._least = {2: 3, 3: None, 4: 3}
    assert claim(claim_precision.least_precision(planted)).evidence["short_at"] == [3]


def test_a_compiler_that_takes_ties_fails():
    takes_ties = study(MAJORITY, family=lambda basis: compile(MAJORITY, basis, max_ties=16))
    found = claim(claim_classes.ac0_refused(takes_ties))
    assert not found.holds
    assert (
        "at n = 2, layer 0, head 0 averages 2 keys on '00'; ac0 is NOT refused" in found.line
    )


def test_constant_precision_that_follows_fails():
    planted = study(MAJORITY)
    planted._least = {2: 3, 3: 3, 4: 9}
    found = claim(claim_precision.constant_precision(planted))
    assert not found.holds
    assert "RIGHTLY" in found.line


@pytest.mark.slow
def test_literal_division_breaks_parity_and_not_a_plain_majority():
    found = claim(claim_agreement.literal_decides(study(PARITY)))
    assert not found.holds
    assert found.line.startswith(
        "4,889 of 8,190 strings of 1 to 12 letters decided otherwise, the first '"
    )
    assert found.evidence["rounded_first_failure"] is None
    head = Head(query=[[0]], key=[[0]], value=[[1]], output=[[1]])
    plain = Model(
        "01", {"0": [-1], "1": [1]}, (Layer((head,), residual=False),), Readout([1])
    )
    found = claim(claim_agreement.literal_decides(study(plain)))
    assert found.holds
    assert found.evidence["wrong"] == 0


@pytest.mark.slow
def test_the_facade_sorts_lengths_and_refuses_what_cannot_be():
    found = try_claims(MAJORITY, [3, 2, 3])
    assert found.n == (2, 3)
    assert {entry.name for entry in try_claims(MAJORITY, [2], division="literal").claims} > {
        "literal-division"
    }
    with pytest.raises(InputError, match="one length"):
        try_claims(MAJORITY, [])
    with pytest.raises(LimitError, match="max-bits"):
        try_claims(MAJORITY, [2], max_bits=4)


def softmax(**options) -> Model:
    """A layer without a zero, as softmax."""
    dense = load(EXAMPLES / "dense-1.json").with_attention("softmax")
    return replace(dense, **{"bits": "4", "gap_bits": "1", "weight_bits": "3"} | options)


@pytest.mark.slow
def test_softmax_of_log_precision_is_in_tc0():
    found = claims(study(softmax(), DOUBLING))
    assert found.holds
    claimed = {entry.name: entry for entry in found.claims}
    assert set(claimed) == {
        "tc0-constant-depth",
        "nc1-log-depth",
        "float-agrees",
        "bits-agree",
        "circuits-equal-model",
        "least-precision",
    }
    tc0 = claimed["tc0-constant-depth"]
    assert "log-precision" in tc0.statement
    assert "at most 6 by construction (published: 3 + (9 + 2 d) 1 = 16, d = 2)" in tc0.line
    assert "weight bits 3 at every n in 2..32" in tc0.line
    said = {entry.name: entry.why for entry in found.not_applicable}
    assert "softmax" in said["ac0-constant-depth"]
    assert "layer 0, head 0 is softmax" in said["others"]


def test_softmax_that_is_deeper_than_by_construction_fails():
    planted = study(softmax())
    rows = planted.measured("tc0").rows
    planted._measured["tc0"] = Measured((*rows[:-1], replace(rows[-1], depth=7)))
    found = claim(claim_classes.tc0_depth(planted))
    assert not found.holds
    assert "EXCEEDED at n = 4 with 7" in found.line


@pytest.mark.parametrize("name", ["gap_bits", "weight_bits"])
def test_roundings_of_softmax_must_be_log_precision(name):
    reason = why(claim_classes.tc0_depth(study(softmax(**{name: "n/2"}), DOUBLING)))
    assert reason.startswith("precision must be O(log n) bits")
    assert name.replace("_", " ") in reason


def test_what_two_lengths_foretell():
    assert foretold([(2, 8), (4, 64)], 8) == pytest.approx(512)
    assert foretold([(4, 64)], 8) == 0
    assert foretold([(2, 0), (4, 0)], 8) == 0
    assert foretold([(2, 1), (4, 10**300)], 2**20) > 1e300


def test_lists_are_short():
    assert listed([4], [7], " bits") == "7 bits at n = 4"
    assert listed([2, 4], [7, 7]) == "7 at every n in 2..4"
    assert (
        listed([2, 4, 8, 16, 32], [1, 2, 3, 4, 5], " bits")
        == "1 bits at n = 2, 2 at n = 4, ..., 5 at n = 32"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["majority.pt", "parity.json", "first.json", "reciprocal.json"]
)
def test_the_examples_hold(name):
    found = try_claims(load(EXAMPLES / name))
    assert found.holds
    assert len(found.claims) >= 5
