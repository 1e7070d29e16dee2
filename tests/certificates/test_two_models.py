"""Theorems about two random models: what is proved, refuted, or accepted of others, is so on all short strings."""

import random
from dataclasses import replace
from fractions import Fraction
from functools import partial

import pytest

from circuitsim.analysis.proofs.automata.theorem import prove_by_automata
from circuitsim.analysis.proofs.counts.prove import prove_by_counts
from circuitsim.analysis.proofs.rungs import specified_by
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.theorem import Theorem
from circuitsim.certificates.verify import verify
from circuitsim.models.model import Readout
from circuitsim.networks.rungs import run_definition
from tests.analysis.proofs.counting import random_countable
from tests.analysis.proofs.hard_models import decisions, hard_model

LONGEST = {2: 5, 3: 4, 4: 3}  # of strings, by the number of letters
ENGINES = (partial(prove_by_counts, seconds=2), partial(prove_by_automata, limit=2000))
CHANGES = ("nothing", "scale", "rows", "bias", "heads", "front", "back", "place", "letters")


def changed(r, model):
    """The model with a change that its decisions may show, or may not."""
    own = model.readout
    weights = own.weights.scaled.fractions().tolist()
    bias = [Fraction(x) for x in own.bias.scaled.fractions()] or [Fraction(0)] * len(weights)
    token, named = r.choice(list(model.embedding)), own.position
    match r.choice(CHANGES):
        case "scale":
            rows, more = [[2 * x for x in row] for row in weights], [2 * x for x in bias]
            return replace(model, readout=replace(own, weights=rows, bias=more))
        case "rows":  # a sign as two rows, or the decisions in another order
            rows, more = [[0 * x for x in weights[0]], weights[0]], [0, bias[0]]
            if len(weights) > 1:
                rows, more = weights[::-1], bias[::-1]
            return replace(model, readout=replace(own, weights=rows, bias=more))
        case "bias":
            bias[0] += r.choice([Fraction(1, 64), -1])
            return replace(model, readout=replace(own, bias=bias))
        case "heads":
            layers = [replace(each, heads=each.heads[::-1]) for each in model.layers]
            return replace(model, layers=layers)
        case "front" if token != named:
            return replace(model, prepend=(token, *model.prepend))
        case "back" if token != named:
            return replace(model, append=(*model.append, token))
        case "place":
            return replace(model, readout=replace(own, position=r.choice(["first", "last"])))
        case "letters" if len(model.vocabulary) > 2:
            return replace(model, vocabulary=model.vocabulary[:-1])
    return model


def pair(r, seed):
    """Two models with the same letters."""
    model = r.choice([hard_model, random_countable])(seed)
    other = changed(r, changed(r, model))
    model = replace(model, vocabulary=other.vocabulary)
    return r.sample([model, other], 2)


def sides(theorem, model):
    """Both models, each with the fraction bits that it is read with; None for the exact model."""
    other = theorem.specification.model
    if theorem.exact:
        return (model, None), (other, None)
    return (model, int(theorem.bits or model.bits)), (other, int(other.bits))


def agree(theorem, own, wanted):
    """Whether two decisions are as it says."""
    return wanted == (own if theorem.accept is None else int(own == theorem.accept))


def errs(theorem, model):
    """The short strings of which it is false."""
    longest = LONGEST[len(model.vocabulary)]
    own, wanted = (decisions(*side, longest) for side in sides(theorem, model))
    return {codes for codes in own if not agree(theorem, own[codes], wanted[codes])}


def read(r, model, other):
    """A theorem about both, read in some way."""
    rows = max(2, len(model.readout.weights))
    exact = r.random() < 0.2 and not (model.has_softmax or other.has_softmax)
    bits = r.choice([None, "0", "1", "3"])
    accept = r.choice([None, None, r.randrange(rows)]) if rows == 2 else r.randrange(rows)
    return Theorem(specified_by(other, "o.json"), accept=accept, bits=bits, exact=exact)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_said_of_two_models_is_so_on_all_short_strings(seed):
    r = random.Random(seed)
    model, other = pair(r, seed)
    theorem = read(r, model, other)
    wrong = errs(theorem, model)
    for engine in ENGINES:
        verdict = engine(theorem.claim(model))
        if verdict.status == "refuted":
            string = verdict.counterexample
            assert len(string) == min(map(len, wrong)) if wrong else len(string) > 3
            own, wanted = (
                int(run_definition(each, string, bits).decisions[0, 0])
                for each, bits in sides(theorem, model)
            )
            assert not agree(theorem, own, wanted)
        elif verdict.status == "proved":
            assert not wrong
            document = {**verdict.certificate, "theorem": theorem.document()}
            assert verify(document, model, theorem.specification) == theorem
            assert_proves_nothing_false(r, document, model, other)


@pytest.mark.parametrize(("make", "engine"), [(random_countable, 0), (hard_model, 1)])
@pytest.mark.parametrize(("accept", "status"), [(0, "proved"), (1, "proved"), (2, "refuted")])
def test_decisions_that_are_not_accepted_are_no(make, engine, accept, status):
    """A model that always decides 2 of three, beside one that always says no."""
    none = [0] * make(1).width
    always = replace(make(1), readout=Readout([none] * 3, [0, 0, 1], "last"))
    never = replace(make(1), readout=Readout([none], [-1], "last"))
    theorem = Theorem(specified_by(never, "never.json"), accept=accept)
    assert ENGINES[engine](theorem.claim(always)).status == status


def assert_proves_nothing_false(r, document, model, other):
    """A certificate with the two exchanged, with another model, or read otherwise, is refused, or also true."""
    again = changed(r, other)
    for one, two in ((other, model), (model, again), (again, other), (model, other)):
        theorem = read(r, one, two)
        if set(one.vocabulary) != set(two.vocabulary):
            continue
        told = {**document, "theorem": theorem.document()}
        try:
            verify(told, one, theorem.specification)
        except Rejected:
            continue
        assert not errs(theorem, one)
