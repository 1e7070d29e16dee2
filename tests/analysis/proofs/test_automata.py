"""Automata agree with brute force on random models, find shortest strings, count, and say what prevents them."""

import json
import random
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

import circuitsim as cs
from circuitsim.analysis.proofs.automata import winners
from circuitsim.analysis.proofs.automata.counting import count_wrong
from circuitsim.analysis.proofs.automata.scope import outside
from circuitsim.analysis.proofs.automata.theorem import prove_by_automata
from circuitsim.analysis.proofs.automata.winners import NOBODY, Question, Winners
from circuitsim.analysis.proofs.rungs import specified_by
from circuitsim.certificates.claim import Claim, Rejected
from circuitsim.certificates.states import check_states
from circuitsim.errors import InputError
from circuitsim.networks.rungs import run_definition
from circuitsim.specifications.formulas import AtLeast, Congruent
from circuitsim.specifications.table import specification
from tests.analysis.proofs.hard_models import (
    as_specification,
    decisions,
    hard_model,
    learned,
    random_automaton,
)

LANGUAGES = ("ab-star", "a-star-b-star", "contains-ab", "no-two-a")
ZOO = (  # names of models, and of what they decide
    "first",
    *(f"star-free:language={name}" for name in LANGUAGES),
    *(f"bounded-dyck:k={k},depth={d}" for k, d in ((1, 1), (1, 2), (2, 1), (2, 2), (2, 3))),
)
LONGEST = {2: 6, 3: 4, 4: 3}  # of strings, by the number of letters


@cache
def brute(seed):
    """A random model with its bits, and its decisions on short strings."""
    model = hard_model(seed)
    bits = random.Random(seed).choice([None, 0, 1, 2, 4])
    return model, bits, decisions(model, bits, LONGEST[len(model.vocabulary)])


@cache
def claims(seed):
    """Two claims about a random model: that it is a random automaton, and the one that short strings suggest."""
    model, bits, known = brute(seed)
    decided = max(2, len(model.readout.weights))
    automata = [
        random_automaton(seed, model.vocabulary, decided),
        learned(known, model.vocabulary, LONGEST[len(model.vocabulary)]),
    ]
    specifications = [as_specification(automaton, model) for automaton in automata]
    return known, [Claim(model, each, bits) for each in specifications]


def zoo_claim(model, wanted):
    return Claim(cs.load(f"zoo:{model}").always(), specification(wanted), 0)


@pytest.mark.parametrize("seed", range(150))
def test_random_models_are_decided_as_by_brute_force(seed):
    known, found = claims(seed)
    model, bits = found[0].model, found[0].bits
    for codes in random.Random(seed).sample(sorted(known), 3):
        assert run_definition(model, codes, bits).decisions[0, 0] == known[codes]
    for claim in found:
        decide = claim.specification.decide
        wrong = {codes for codes in known if known[codes] != decide(codes)}
        for n in range(1, max(map(len, known)) + 1):
            count, example = count_wrong(claim, n)
            assert count == sum(len(codes) == n for codes in wrong)
            assert example is None if count == 0 else example in wrong
        verdict = prove_by_automata(claim)
        string = verdict.counterexample
        if verdict.status == "proved":
            assert not wrong
            check_states(claim, verdict.certificate)
        elif wrong:
            assert len(string) == min(map(len, wrong))
            assert string in wrong
        else:
            assert len(string) > max(map(len, known))
            assert run_definition(model, string, bits).decisions[0, 0] != decide(string)


@pytest.mark.parametrize("seed", range(60))
def test_two_models_are_compared_as_by_brute_force(seed):
    """A random model beside another one with its letters, and beside itself with one bit more."""
    model, bits, known = brute(seed)
    if seed % 2:
        other, more = model, None if bits is None else bits + 1
    else:
        more = 1
        other = next(
            found
            for found in map(hard_model, range(seed + 1, seed + 99))
            if found.vocabulary == model.vocabulary
        )
    theirs = decisions(other, more, max(map(len, known)))
    spec = specified_by(other, "other")
    claim = Claim(model, spec, bits, other=Claim(other, spec, more))
    wrong = [codes for codes in known if known[codes] != theirs[codes]]
    verdict = prove_by_automata(claim)
    if verdict.status == "proved":
        assert not wrong
        check_states(claim, json.loads(json.dumps(verdict.certificate)))
        with pytest.raises(Rejected):
            check_states(claim, {**verdict.certificate, "specified": None})
    elif wrong:
        assert verdict.counterexample in wrong
        assert len(verdict.counterexample) == min(map(len, wrong))
    else:
        assert len(verdict.counterexample) > max(map(len, known))


def test_random_models_are_proved_and_refuted():
    statuses = [
        prove_by_automata(claim).status
        for seed in range(1, 150, 7)
        for claim in claims(seed)[1]
    ]
    assert statuses.count("proved") > 10
    assert statuses.count("refuted") > 10


@pytest.mark.parametrize("seed", range(8))
def test_random_models_are_counted_by_the_definition(seed):
    model = hard_model(seed)
    wanted = random_automaton(seed + 1, model.vocabulary, 2)
    claim = Claim(model, as_specification(wanted, model), 2)
    for n in (1, 2, 3):
        strings = list(product(range(len(model.vocabulary)), repeat=n))
        wrong = [
            codes
            for codes in strings
            if run_definition(model, codes, 2).decisions[0, 0]
            != wanted.run([model.vocabulary[code] for code in codes])
        ]
        assert count_wrong(claim, n)[0] == len(wrong)


@pytest.mark.parametrize("name", ZOO)
def test_models_of_the_zoo_decide_their_languages_at_every_length(name):
    claim = zoo_claim(name, name)
    verdict = prove_by_automata(claim)
    assert verdict.status == "proved"
    check_states(claim, verdict.certificate)
    assert count_wrong(claim, 1000) == (0, None)


def test_the_example_lookup_is_a_lock():
    claim = Claim(cs.load("examples/lookup.json"), specification("lock"), None)
    verdict = prove_by_automata(claim)
    assert verdict.status == "proved"
    check_states(claim, verdict.certificate)


def test_a_bounded_depth_is_refuted_by_the_shortest_deeper_string():
    claim = zoo_claim("bounded-dyck:k=2,depth=2", "bounded-dyck:k=2,depth=3")
    verdict = prove_by_automata(claim)
    text = "".join(claim.model.vocabulary[code] for code in verdict.counterexample)
    assert verdict.shortest
    assert len(text) == 6
    assert text.translate(str.maketrans("[]", "()")) == "((()))"


def test_wrong_strings_of_the_bounded_depth_are_those_of_depth_three():
    """Of Dyck words of m pairs 2^(m - 1) have a depth of 2 at most, and the Fibonacci number of 2 m - 1 one of 3."""
    claim = zoo_claim("bounded-dyck:k=1,depth=2", "bounded-dyck:k=1,depth=3")
    fibonacci = [0, 1]
    while len(fibonacci) < 1000:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    for m in (1, 2, 3, 4, 10, 400):
        assert count_wrong(claim, 2 * m)[0] == fibonacci[2 * m - 1] - 2 ** (m - 1)
        assert count_wrong(claim, 2 * m + 1) == (0, None)


def test_conditions_on_counts_are_automata_where_they_are_finite():
    """The first letter is not the parity; where the number of 1 is odd, it is still itself, and not always a 1."""
    model = cs.load("zoo:first").always()
    verdict = prove_by_automata(Claim(model, specification("parity"), 0))
    assert verdict.counterexample in ((0, 1), (1, 1))
    odd = replace(specification("first"), where=Congruent((("1", 1),), 1, 2))
    whenever = replace(odd, automaton=None, formula=Congruent((("1", 1),), 0, 1))
    assert prove_by_automata(Claim(model, odd, 0)).status == "proved"
    check_states(Claim(model, odd, 0), prove_by_automata(Claim(model, odd, 0)).certificate)
    assert prove_by_automata(Claim(model, whenever, 0)).counterexample == (0, 1)
    assert count_wrong(Claim(model, whenever, 0), 5) == (8, (0, 0, 0, 0, 1))


def test_too_many_states_are_unknown_and_named():
    claim = zoo_claim("bounded-dyck:k=2,depth=3", "bounded-dyck:k=2,depth=3")
    verdict = prove_by_automata(claim, limit=30)
    assert verdict.status == "unknown"
    assert verdict.reason == "layer 1 has more than 30 states."
    claim = zoo_claim("bounded-dyck:k=1,depth=1", "bounded-dyck:k=1,depth=40")
    verdict = prove_by_automata(claim, limit=30)
    assert verdict.reason == "the model beside the specification has more than 30 states."


def changed(attention="hard-left", **fields):
    model = cs.load("zoo:star-free").always()
    layers = [
        replace(layer, heads=[replace(head, attention=attention) for head in layer.heads])
        for layer in model.layers
    ]
    return replace(model, layers=layers, **fields)


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        (
            Claim(changed("saturated"), specification("star-free"), 0),
            "layer 0, head 0: saturated",
        ),
        (Claim(changed(positions=["i"] * 6), specification("star-free"), 0), "positions"),
        (Claim(changed(), specification("first"), 0), "letter 'a'"),
        (Claim(changed(), specification("majority"), 0), "no finite automaton"),
        (
            Claim(
                changed(readout=replace(changed().readout, position="each")),
                specification("star-free"),
                0,
            ),
            "'each'",
        ),
        (
            Claim(
                changed(readout=replace(changed().readout, answer="number")),
                specification("star-free"),
                0,
            ),
            "number",
        ),
        (
            Claim(
                changed(),
                replace(specification("star-free"), where=AtLeast((("a", 1),), 2)),
                0,
            ),
            "no finite automaton",
        ),
        (Claim(cs.load("zoo:parity-rnn").always(), specification("first"), 0), "recurrent"),
    ],
)
def test_what_prevents_the_method_is_named(claim, named):
    assert named in outside(claim)
    assert prove_by_automata(claim).reason == outside(claim)
    with pytest.raises(InputError, match=named.replace("(", "")):
        count_wrong(claim, 3)


TIES, APPEND, QUESTION = Question.winner, Winners.append, winners._question
MISTAKES = {
    "of equal scores the other key wins": (
        Question,
        "winner",
        lambda own, a, b: TIES(own._replace(leftmost=not own.leftmost), a, b),
    ),
    "the first key of a side counts": (
        Winners,
        "append",
        lambda own, state, x: APPEND(own, state, x) if NOBODY in state else state,
    ),
    "strict masks are not": (
        winners,
        "_question",
        lambda *given: QUESTION(*given)._replace(own=True),
    ),
    "what is after is before": (
        winners,
        "_question",
        lambda *given: QUESTION(*given)._replace(back=True, forth=False),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_planted_mistakes_are_noticed(mistake, monkeypatch):
    """By brute force on short strings, and by the checker, which knows nothing of this code."""
    monkeypatch.setattr(*MISTAKES[mistake])
    wrongly = rejected = 0
    for seed in range(1, 90, 3):
        known, (_, claim) = claims(seed)
        decide = claim.specification.decide
        wrong = {codes for codes in known if known[codes] != decide(codes)}
        verdict = prove_by_automata(claim, limit=2000)
        if verdict.status == "refuted":
            wrongly += verdict.counterexample not in wrong
        elif verdict.status == "proved":
            wrongly += bool(wrong)
            try:
                check_states(claim, verdict.certificate)
            except Rejected:
                rejected += 1
    assert rejected > 0
    assert wrongly + rejected > 3
