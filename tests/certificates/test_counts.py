import copy
import random
from dataclasses import replace

import pytest

from circuitsim.analysis.proofs.counts.prove import prove_by_counts
from circuitsim.certificates import counts as checker
from circuitsim.certificates.claim import Claim, Rejected
from circuitsim.certificates.counts import check_counts
from circuitsim.certificates.strings import pieces
from circuitsim.models.files.reading import load
from circuitsim.specifications.formulas import AtLeast, Both, Either, Not
from tests.analysis.proofs.counting import EXAMPLES, MAJORITY, by_formula, damaged
from tests.certificates.once import once

TRAINED = load(EXAMPLES / "majority.pt")
MORE = [AtLeast(((a, 212), (b, -214)), 1) for a, b in (("1", "0"), ("0", "1"))]
ASKED = replace(
    MAJORITY, where=Either(tuple(MORE))
)  # where letters differ by more than n / 213
CLAIM = Claim(TRAINED, ASKED, None)
FALSE = (  # claims beside it: of more strings, of other weights, of fewer bits, of another question
    Claim(TRAINED, MAJORITY, None),
    Claim(damaged("value_bias", "1/8"), ASKED, None),
    Claim(TRAINED, ASKED, 2),
    Claim(TRAINED, replace(ASKED, formula=Not(MAJORITY.formula)), None),
)
# A model that always accepts, and what is true of all counts, though not of all numbers.
ALWAYS = damaged("readout.bias", "10000")
FIVE_TIMES = Both(
    (
        AtLeast((("0", 1), ("1", -5)), 0),
        AtLeast((("1", 5), ("0", -1)), 0),
        AtLeast((("0", 1), ("1", 1)), 1003),
        Not(AtLeast((("0", 1), ("1", 1)), 1004)),
    )
)
TRUE = Not(FIVE_TIMES)


@pytest.fixture(scope="module")
def certificate():
    return prove_by_counts(CLAIM).certificate


@pytest.fixture(scope="module")
def split():
    """A certificate with splits, and its claim."""
    claim = Claim(ALWAYS, by_formula(ALWAYS, TRUE), None)
    return claim, prove_by_counts(claim).certificate


def accepts(claim, certificate):
    try:
        check_counts(claim, certificate)
    except Rejected:
        return False
    return True


def test_a_proof_is_accepted_and_proves_no_other_claim(certificate):
    assert accepts(CLAIM, certificate)
    assert all(prove_by_counts(claim).status == "refuted" for claim in FALSE)
    assert not any(accepts(claim, certificate) for claim in FALSE)


def test_splits_are_checked(split):
    claim, found = split
    assert any(step[0] == "split" for step in found["steps"])
    assert accepts(claim, found)
    never = Claim(ALWAYS, by_formula(ALWAYS, Not(TRUE)), None)
    assert not accepts(never, found)


@pytest.mark.parametrize("field", ["kind", "step", "name", "at", "closed", "split", "order"])
def test_damaged_certificates_prove_nothing_false(certificate, split, field, monkeypatch):
    """Damages are refused, or harmless: the claim is no part of the certificate, and no damage proves a false one."""
    monkeypatch.setattr(checker, "refusal", once(checker.refusal))
    monkeypatch.setattr(checker, "pieces", once(lambda *claim: list(pieces(*claim))))
    r = random.Random(field)
    claim, found = split if field == "split" else (CLAIM, certificate)
    others = (
        (Claim(ALWAYS, by_formula(ALWAYS, Not(TRUE)), None),) if field == "split" else FALSE
    )
    accepted = 0
    for _ in range(500):
        other = mutated(found, field, r)
        if other is None or other == found:
            continue
        assert not accepts(r.choice(others), other)
        if r.random() < 0.06:  # the true claim takes longer to check
            accepted += accepts(claim, other)
    # A fact may be taken with more of itself, or a question split where nothing is lost; all else is refused.
    assert accepted == 0 or field in ("at", "closed")


def mutated(certificate, field, r):
    """A certificate with one thing in it changed."""
    found = copy.deepcopy(certificate)
    steps = found["steps"]
    named = [step for step in steps if step[0] == field]
    anything = [None, "", -1, 0, 1, 2, 10**30, 0.5, [], {}, "closed", "at", True]
    match field:
        case "kind":
            found["kind"] = r.choice([x for x in anything if x != "counts"])
        case "step":
            place = r.randrange(len(steps))
            how = r.randrange(3)
            if how == 0:
                del steps[place]
            elif how == 1:
                steps.insert(place, copy.deepcopy(r.choice(steps)))
            else:
                steps[place] = r.choice(anything)
        case "name":
            r.choice(steps)[0] = r.choice(["closed", "at", "decided", "split", *anything])
        case "order":
            one, two = r.randrange(len(steps)), r.randrange(len(steps))
            steps[one], steps[two] = steps[two], steps[one]
        case _:
            step = r.choice(named)
            place = r.randrange(1, len(step))
            small = step[place] + r.choice([-3, -2, -1, 1, 2, 3])
            step[place] = r.choice([small, small, -step[place], *anything])
    return found


def splitting(steps, at):
    """Steps of which the first question splits elsewhere."""
    place = next(place for place, step in enumerate(steps) if step[0] == "at")
    return [*steps[:place], ["at", at], *steps[place + 1 :]]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda c: {**c, "kind": "automata"}, "not one by counts"),
        (lambda c: {**c, "steps": c["steps"][:-1]}, "should be a list"),
        (lambda c: {**c, "steps": [*c["steps"], ["decided"]]}, "goes on"),
        (lambda c: {**c, "steps": [["split", 0, 1], *c["steps"]]}, "does not belong"),
        (lambda c: {**c, "steps": splitting(c["steps"], 0)}, "splits at 0"),
        (lambda c: {**c, "steps": splitting(c["steps"], 2)}, "splits at 2"),
        (lambda c: {**c, "steps": [["closed", 0, -1], *c["steps"]]}, "does not name facts"),
        (lambda c: {**c, "steps": [["closed", 0, 1], *c["steps"]]}, "do not contradict"),
    ],
)
def test_what_is_wrong_is_said(certificate, damage, said):
    with pytest.raises(Rejected, match=said):
        check_counts(CLAIM, damage(certificate))
