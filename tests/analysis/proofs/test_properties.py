"""Properties of circuits of one length, against their definitions on all pairs of strings."""

from itertools import permutations, product

import numpy as np
import pytest

from circuitsim.analysis.proofs.lengths.words import drawn
from circuitsim.analysis.proofs.properties import prove_property
from circuitsim.certificates.theorem import Theorem
from circuitsim.errors import InputError
from circuitsim.netlist.interface import answers
from circuitsim.zoo.addresses import load_any

MODELS = [
    ("examples/majority.pt", 5),
    ("examples/first.json", 5),
    ("examples/parity.json", 4),
    ("examples/lookup.json", 4),
    ("zoo:star-free:language=a-star-b-star", 4),
    ("zoo:first", 1),
    ("zoo:palindrome", 5),
]


def given(address, n):
    model = load_any(address)
    circuit = drawn(Theorem("first", n).schematic(model), 10**6)
    form = model.at(n).format
    codes = np.array(list(product(range(form.fields[0].size), repeat=n)))
    found = answers(circuit.circuit.interface, circuit.circuit.evaluate(form.bits(codes)))[
        :, 0
    ]
    return circuit, form, dict(zip(map(tuple, codes.tolist()), found.tolist(), strict=True))


def distance(a, b):
    return sum(x != y for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize(("address", "n"), MODELS)
def test_properties_are_those_of_all_pairs(address, n):
    circuit, form, decided = given(address, n)
    letters = form.fields[0].values
    symmetric = all(
        decided[s] == decided[tuple(s[i] for i in order)]
        for s in decided
        for order in permutations(range(n))
    )
    expected = {"symmetric": symmetric}
    if len(letters) == 2:
        expected["monotone"] = all(
            decided[s] <= decided[t]
            for s in decided
            for t in decided
            if all(x <= y for x, y in zip(s, t, strict=True))
        )
    for code, letter in enumerate(letters):
        rest = {}
        for s, decision in decided.items():
            rest.setdefault(tuple(x for x in s if x != code), set()).add(decision)
        expected[f"ignores:{letter}"] = all(len(both) == 1 for both in rest.values())
    for name, holds in expected.items():
        found = prove_property(circuit, name)
        assert found.status == ("proved" if holds else "refuted"), name
        if not holds:
            one, other = (tuple(row) for row in form.parse(list(found.pair)).tolist())
            assert (decided[one], decided[other]) == found.decisions
            assert found.decisions[0] != found.decisions[1]
            assert sorted(one) == sorted(other) or name == "monotone"
    for s in list(decided)[:: max(1, len(decided) // 5)]:
        for most in range(n + 1):
            holds = all(decided[s] == decided[t] for t in decided if distance(s, t) <= most)
            found = prove_property(circuit, f"robust:{most}", form.text(np.array(s)))
            assert found.status == ("proved" if holds else "refuted")
            if not holds:
                other = tuple(form.parse([found.pair[0]])[0].tolist())
                assert 0 < distance(s, other) <= most


def test_symmetry_of_many_letters_is_seen_in_their_sums():
    circuit = drawn(
        Theorem("majority", 63).schematic(load_any("examples/majority.pt")), 10**6
    )
    found = prove_property(circuit, "symmetric")
    assert (found.status, found.engine, found.questions) == ("proved", "words", 2)


@pytest.mark.parametrize(
    ("name", "at", "said"),
    [
        ("symetric", None, "there is no property 'symetric'; there are symmetric, monotone"),
        ("robust:1", None, "there is no property 'robust:1'"),
        ("robust:1", "01", "--at has 2 letters, and the circuit reads 5"),
        ("ignores:x", None, "'x' is no letter of the circuit: 0 1"),
    ],
)
def test_what_is_no_property_is_said(name, at, said):
    circuit, _, _ = given("examples/majority.pt", 5)
    with pytest.raises(InputError, match=said):
        prove_property(circuit, name, at)
