import random
import re
from dataclasses import replace
from math import comb, inf

import pytest

from circuitsim.analysis.proofs.counts.accuracy import count_wrong
from circuitsim.analysis.proofs.counts.prove import prove_by_counts
from circuitsim.analysis.proofs.rungs import specified_by
from circuitsim.certificates.cases import refusal
from circuitsim.certificates.claim import OWN, Claim, Rejected
from circuitsim.certificates.counts import check_counts
from circuitsim.errors import InputError
from circuitsim.models.files.reading import load
from circuitsim.models.inputs import representatives
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.definition import run_definition
from circuitsim.networks.draw import network
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.specifications.formulas import AtLeast, Both, Congruent, Either, Not, holds
from circuitsim.specifications.table import specification
from circuitsim.zoo.addresses import load_any
from tests.analysis.proofs.counting import (
    EXAMPLES,
    MAJORITY,
    by_formula,
    counted,
    damaged,
    random_countable,
    random_formula,
)

LONGEST = 4  # of random models
TRAINED = load(EXAMPLES / "majority.pt")


def accepted(claim, certificate):
    try:
        check_counts(claim, certificate)
    except Rejected:
        return False
    return True


def proved(claim, up_to=None, seconds=inf):
    """The verdict, whose certificate the checker accepts."""
    verdict = prove_by_counts(claim, up_to, seconds=seconds)
    if verdict.status == "proved":
        check_counts(claim, verdict.certificate, up_to)
    return verdict


def test_the_trained_model_decides_majority_at_every_length():
    assert proved(Claim(TRAINED, MAJORITY, 3)).status == "proved"


@pytest.mark.parametrize(("bits", "shortest"), [(2, 2), (4, 135), (5, 269), (None, 215)])
def test_with_other_bits_it_errs_at_a_shortest_length(bits, shortest):
    claim = Claim(TRAINED, MAJORITY, bits)
    verdict = proved(claim)
    assert verdict.status == "refuted"
    assert verdict.shortest
    assert len(verdict.counterexample) == shortest
    found = run_definition(network(TRAINED, shortest), verdict.counterexample, bits)
    assert found.decisions[0, 0] != MAJORITY.decide(verdict.counterexample)


@pytest.mark.parametrize(("share", "status"), [(213, "proved"), (214, "refuted")])
def test_the_exact_model_is_right_wherever_the_letters_differ_by_a_share(share, status):
    # share (#1 - #0) > #1 + #0, and the same with 0 and 1 exchanged
    more = [
        AtLeast(((a, share - 1), (b, -share - 1)), 1) for a, b in (("1", "0"), ("0", "1"))
    ]
    asked = replace(MAJORITY, where=Either(tuple(more)))
    assert proved(Claim(TRAINED, asked, None)).status == status


@pytest.mark.parametrize(
    ("place", "change", "shortest"),
    [
        ("readout.bias", "1/8", None),
        ("readout.bias", "-1/8", None),
        ("hidden", "1/4", None),
        ("value", "1/8", None),
        ("output", "1/4", None),
        ("value_bias", "1/8", 35),
    ],
)
def test_damages_of_one_weight_are_decided(place, change, shortest):
    verdict = proved(Claim(damaged(place, change), MAJORITY, 3))
    assert verdict.status == ("refuted" if shortest else "proved")
    assert not shortest or len(verdict.counterexample) == shortest


def test_bits_that_grow_are_proved_up_to_a_length():
    verdict = proved(Claim(load_any("zoo:majority"), MAJORITY, None, growing=OWN), 100)
    assert verdict.status == "proved"
    assert verdict.reason.endswith("steps, each a split or a contradiction")
    flat = prove_by_counts(Claim(load_any("zoo:majority"), MAJORITY, 3), 100)
    assert flat.status == "refuted"


ZEROS, ONES, LAST_0 = (("0", 1),), (("1", 1),), AtLeast((("last=0", 1),), 1)
MORE_ONES, MORE_ZEROS = (AtLeast(((a, 1), (b, -1)), 1) for a, b in (("1", "0"), ("0", "1")))
DENSE = {  # the whole decision of each
    1: Either(
        (
            Both((LAST_0, AtLeast((("1", 5), ("0", -1)), 0))),
            Both((Not(LAST_0), Not(AtLeast(ZEROS, 1)))),
        )
    ),
    2: Either(
        (
            Both((LAST_0, Either((MORE_ONES, Not(AtLeast(ONES, 1)))))),
            Both((Not(LAST_0), MORE_ZEROS)),
        )
    ),
    3: Not(
        Both(
            (
                LAST_0,
                AtLeast(ONES, 1),
                Either((MORE_ONES, AtLeast((("0", 1), ("1", -11)), 0))),
            )
        )
    ),
}


@pytest.mark.parametrize("layers", DENSE)
def test_trained_models_of_several_layers_have_their_whole_decision_as_a_formula(layers):
    model = load(EXAMPLES / f"dense-{layers}.json")
    claim = Claim(model, by_formula(model, DENSE[layers]), int(model.bits))
    assert proved(claim).status == "proved"


def test_first_is_decided_by_classes_of_positions():
    model = load(EXAMPLES / "first.json")
    first = by_formula(model, AtLeast((("first=1", 1),), 1))
    assert proved(Claim(model, first, int(model.bits))).status == "proved"
    last = by_formula(model, AtLeast((("last=1", 1),), 1))
    verdict = proved(Claim(model, last, int(model.bits)))
    assert (verdict.status, len(verdict.counterexample)) == ("refuted", 2)


def test_congruences_and_bounds_that_no_whole_numbers_meet_are_decided():
    always = damaged("readout.bias", "10000")
    parity = [Congruent((("1", 1),), rest, 3) for rest in range(3)]
    a, b = ("0", 1), ("1", 1)
    tie_of_three = Both(
        (
            *(AtLeast(((x, 1), (y, -1)), 0) for x, y in ("01", "10")),
            AtLeast((a, b), 3),
            Not(AtLeast((a, b), 4)),
        )
    )
    for formula, status in (
        (Either(tuple(parity)), "proved"),
        (Either(tuple(parity[:2])), "refuted"),
        (Not(tie_of_three), "proved"),
    ):
        assert proved(Claim(always, by_formula(always, formula), 3)).status == status


def test_wrong_strings_are_counted_as_runs_on_all_counts_count_them():
    n, wrong = 135, 0
    some = representatives(TRAINED, n)
    decisions = run_integer(fix(TRAINED, n, 4, 5000), some).decisions[:, 0]
    for codes, decision in zip(some, decisions, strict=True):
        rest = int(codes[1:].sum())  # the first letter is read out
        wrong += comb(n - 1, rest) * int(decision != (2 * int(codes.sum()) > n))
    claim = Claim(TRAINED, MAJORITY, 4)
    assert count_wrong(claim, n)[0] == wrong > 0
    assert count_wrong(claim, n - 1) == (0, None)


@pytest.mark.parametrize("seed", range(30))
def test_random_models_are_decided_as_all_short_strings_are(seed):
    r, model = random.Random(seed), random_countable(seed)
    bits = r.choice([0, 1, 2] if model.has_softmax else [0, 1, 2, None])
    names = [*model.vocabulary, *(["first=a", "last=b"] if r.random() < 0.5 else [])]
    where = random_formula(r, names) if r.random() < 0.3 else None
    accept = 0 if len(model.readout.weights) > 2 else None
    claims = [
        Claim(model, by_formula(model, random_formula(r, names), where), bits, accept)
        for _ in range(10)
    ]
    # Of all short strings what the model decides, once for all claims.
    decided = [
        (codes.tolist(), counted(model, codes), decision)
        for n in range(1, LONGEST + 1)
        for codes, decision in zip(
            all_inputs(model, n), decisions(model, n, bits), strict=True
        )
    ]
    spans = [(first_wrong(claim, decided), claim) for claim in claims]
    first, claim = max(spans, key=lambda span: span[0])  # the claim that holds longest
    for other in claims[:4]:
        check(other, prove_by_counts(other, seconds=1), first_wrong(other, decided))
    verdict = proved(claim, seconds=2)
    check(claim, verdict, first)
    if verdict.status == "unknown":
        return
    for n in range(1, LONGEST + 1):
        wrong = sum(is_wrong(claim, counts, d) for w, counts, d in decided if len(w) == n)
        try:
            assert count_wrong(claim, n)[0] == wrong
        except (
            InputError
        ):  # a head is out of reach on strings that need not be looked at to refute
            assert verdict.status == "refuted"


@pytest.mark.parametrize("seed", range(60))
def test_two_models_are_compared_as_all_short_strings_are(seed):
    """A random model beside another, or beside itself with one bit more."""
    r, model = random.Random(seed), random_countable(seed)
    bits = r.choice([0, 1, 2] if model.has_softmax else [0, 1, 2, None])
    other = model if seed % 3 == 0 else random_countable(seed + 100)
    more = None if bits is None or other.vocabulary != model.vocabulary else bits + 1
    if other.has_softmax:
        more = 1
    spec = specified_by(other, "other")
    claim = Claim(model, spec, bits, other=Claim(other, spec, more))
    verdict = proved(claim, seconds=2)
    if verdict.status == "unknown":
        assert refusal(claim) or ": " in verdict.reason or "gave out" in verdict.reason
        return
    wrong = [
        tuple(codes)
        for n in range(1, LONGEST + 1)
        for codes, own, theirs in zip(
            all_inputs(model, n).tolist(),
            decisions(model, n, bits),
            decisions(other, n, more),
            strict=True,
        )
        if own != theirs
    ]
    if verdict.status == "proved":
        assert not wrong
        return
    found, n = verdict.counterexample, len(verdict.counterexample)
    assert n == len(wrong[0]) if wrong else n > LONGEST
    own, theirs = (
        run_definition(network(m, n), found, b).decisions[0, 0]
        for m, b in ((model, bits), (other, more))
    )
    assert own != theirs


def test_two_trained_models_are_compared_at_every_length():
    spec = specified_by(TRAINED, "majority")
    beside = Claim(TRAINED, spec, 3)
    near = Claim(damaged("readout.bias", "1/8"), spec, 3, other=beside)
    assert proved(near).status == "proved"
    far = Claim(damaged("value_bias", "1/8"), spec, 3, other=beside)
    assert not accepted(far, prove_by_counts(near).certificate)
    assert len(proved(Claim(TRAINED, spec, 4, other=beside)).counterexample) == 135
    other = Claim(load(EXAMPLES / "lookup.json"), spec, 0)
    assert "different letters" in refusal(Claim(TRAINED, spec, 3, other=other))


def check(claim, verdict, first):
    """A verdict is right, as far as short strings tell; the first length of which a claim is false is `first`."""
    if verdict.status == "unknown":
        assert refusal(claim) or ": " in verdict.reason or "gave out" in verdict.reason
    elif verdict.status == "proved":
        assert first > LONGEST
    else:
        found = len(verdict.counterexample)
        assert found == first or min(found, first) > LONGEST
        assert errs(claim, verdict.counterexample)


def decisions(model, n, bits):
    drawn = network(model, n)
    return [
        run_definition(drawn, codes, bits).decisions[0, 0] for codes in all_inputs(model, n)
    ]


def is_wrong(claim, counts, decision):
    spec = claim.specification
    asked = spec.where is None or holds(spec.where, counts)
    return asked and not claim.keeps(int(decision), int(holds(spec.formula, counts)))


def first_wrong(claim, decided):
    wrong = (
        len(word) for word, counts, decision in decided if is_wrong(claim, counts, decision)
    )
    return min(wrong, default=LONGEST + 1)


def errs(claim, codes):
    drawn = network(claim.model, len(codes))
    decision = run_definition(drawn, codes, claim.bits).decisions[0, 0]
    return is_wrong(claim, counted(claim.model, codes), decision)


@pytest.mark.parametrize(
    ("address", "what", "reason"),
    [
        ("parity.json", "parity", "'i/n' at each position"),
        ("lookup.json", "lock", "not a formula of counts"),
        ("share.json", "majority", "different letters"),
    ],
)
def test_what_prevents_a_theorem_is_named(address, what, reason):
    claim = Claim(load(EXAMPLES / address), specification(what), 3)
    assert reason in refusal(claim)
    assert prove_by_counts(claim).reason == refusal(claim)
    with pytest.raises(InputError, match=re.escape(refusal(claim))):
        count_wrong(claim, 4)


def test_a_mask_below_another_layer_is_named_with_its_head():
    model = replace(TRAINED, layers=TRAINED.layers * 2)
    [layer] = TRAINED.layers
    causal = replace(layer, heads=(replace(layer.heads[0], mask="causal"),))
    asked = replace(MAJORITY, where=AtLeast((("0", 1), ("1", 1)), 2))
    verdict = prove_by_counts(Claim(replace(model, layers=(causal, layer)), asked, 3))
    assert verdict.status == "unknown"
    assert "layer 0, head 0: its mask" in verdict.reason


def test_a_hard_head_whose_choice_depends_on_the_order_is_named():
    letters = {"a": [1, 1], "b": [1, -1], "c": [0, 5]}
    head = Head(
        query=[[0, 0]],
        query_bias=[1],
        key=[[1, 0]],
        value=[[0, 1]],
        output=[[0], [1]],
        attention="hard-left",
    )
    layer = Layer(heads=(head,), residual=False)
    model = Model(
        vocabulary="abc",
        embedding=letters,
        layers=(layer,),
        readout=Readout([[0, 1]], position="first"),
    )
    not_c = Not(AtLeast((("first=c", 1),), 1))
    first_a = by_formula(model, AtLeast((("first=a", 1),), 1), not_c)
    reason = prove_by_counts(Claim(model, first_a, 0)).reason
    assert "layer 0, head 0: it selects one of several letters, by where they stand" in reason
    without_c = replace(model, vocabulary="ab")
    assert (
        proved(Claim(without_c, by_formula(without_c, first_a.formula), 0)).status == "proved"
    )


@pytest.mark.parametrize("bits", [3, None])
def test_of_equal_rows_the_first_decides(bits):
    rows = [TRAINED.readout.weights.scaled.fractions()[0].tolist()] * 2
    model = replace(TRAINED, readout=Readout(rows, position="first"))
    never = by_formula(model, AtLeast((), 1))
    assert proved(Claim(model, never, bits)).status == "proved"
    assert proved(Claim(model, never, bits, accept=0)).status == "refuted"


def test_too_many_counts_are_refused_before_they_are_tried():
    three = replace(
        TRAINED,
        vocabulary="012",
        embedding={**TRAINED.embedding, "2": TRAINED.embedding["0"]},
    )
    claim = Claim(three, by_formula(three, MORE_ONES), 3)
    with pytest.raises(InputError, match="ways to count 100000 letters"):
        count_wrong(claim, 100_000)
