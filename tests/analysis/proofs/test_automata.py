"""Automata agree with brute force on random models, find shortest strings, count, and say what prevents them."""

import random

import pytest

from circuitsim.analysis.proofs.automata.counting import count_wrong
from circuitsim.analysis.proofs.automata.theorem import prove_by_automata
from circuitsim.certificates.claim import Claim
from circuitsim.certificates.states import check_states
from circuitsim.networks.rungs import run_definition
from tests.analysis.proofs.hard_models import (
    as_specification,
    decisions,
    hard_model,
    learned,
    random_automaton,
)

ZOO = [
    "first",
    *(
        f"star-free:language={name}"
        for name in ("ab-star", "a-star-b-star", "contains-ab", "no-two-a")
    ),
    "bounded-dyck:k=1,depth=1",
    "bounded-dyck:k=1,depth=2",
    "bounded-dyck:k=2,depth=1",
    "bounded-dyck:k=2,depth=2",
]


def brute(seed):
    """A claim's model and bits, and its decisions on short strings."""
    model = hard_model(seed)
    bits = random.Random(seed).choice([None, 0, 1, 2, 4])
    longest = {2: 6, 3: 4, 4: 3}[len(model.vocabulary)]
    return model, bits, longest, decisions(model, bits, longest)


@pytest.mark.parametrize("seed", range(150))
def test_random_models_are_decided_as_by_brute_force(seed):
    model, bits, longest, known = brute(seed)
    decided = max(2, len(model.readout.weights))
    for codes in random.Random(seed).sample(sorted(known), 3):
        assert run_definition(model, codes, bits).decisions[0, 0] == known[codes]
    automata = [
        random_automaton(seed, model.vocabulary, decided),
        learned(known, model.vocabulary, longest),
    ]
    for automaton in automata:
        claim = Claim(model, as_specification(automaton, model, decided), bits)
        wanted = {codes: claim.specification.decide(codes) for codes in known}
        wrong = {codes for codes in known if known[codes] != wanted[codes]}
        for n in range(1, longest + 1):
            count, example = count_wrong(claim, n)
            assert count == sum(len(codes) == n for codes in wrong)
            assert example is None if count == 0 else example in wrong
        verdict = prove_by_automata(claim)
        if verdict.status == "proved":
            assert not wrong
            check_states(claim, verdict.certificate)
            continue
        found = verdict.counterexample
        assert verdict.status == "refuted" and verdict.shortest
        assert len(found) == min(map(len, wrong), default=longest + 1) or len(found) > longest
        decision = run_definition(model, found, bits).decisions[0, 0]
        assert decision != claim.specification.decide(found)


def test_random_models_are_proved_and_refuted():
    """The test above sees both."""
    seen = []
    for seed in range(0, 150, 5):
        model, bits, longest, known = brute(seed)
        automaton = learned(known, model.vocabulary, longest)
        claim = Claim(model, as_specification(automaton, model, 2), bits)
        seen.append(prove_by_automata(claim).status)
    assert seen.count("proved") > 10 and seen.count("refuted") > 0
