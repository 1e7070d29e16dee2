"""Certificates of two circuits, of every kind: accepted, and damaged ones prove nothing that is false."""

import copy
import json
import random
from dataclasses import replace

import numpy as np
import pytest
from circuitsim.compilers.family import Family

pytest.importorskip("oxidd")
pytest.importorskip("pysat")

from circuitsim.analysis.proofs.equivalence import equivalent
from circuitsim.analysis.proofs.lengths.diagrams import by_diagrams
from circuitsim.analysis.proofs.lengths.running import by_all_inputs
from circuitsim.analysis.proofs.lengths.satisfiability import Solving
from circuitsim.analysis.proofs.lengths.words import alike_by_words, drawn
from circuitsim.analysis.proofs.proving import Limits
from circuitsim.certificates import equivalence as checker
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.equivalence import verify_equivalence
from circuitsim.certificates.question import about_circuit
from circuitsim.certificates.theorem import Theorem
from circuitsim.certificates.verify import verify
from circuitsim.models.files.reading import load
from circuitsim.netlist.circuit import Circuit
from circuitsim.zoo.addresses import load_any
from tests.certificates.once import once
from tests.certificates.test_words import numbers, placed

MODEL = load("examples/majority.pt")
KINDS = ("inputs", "drup", "diagrams", "words")
LENGTH = {"inputs": 5, "drup": 6, "diagrams": 7, "words": 9}
THEOREM = {"equivalent": ["xag", "aig"]}


def side(basis, n):
    return drawn(Family(MODEL, basis, "1", positions="folded")(n), 10**6)


def certificate(kind):
    """Two bases of one model, and a certificate that they are one function."""
    n = LENGTH[kind]
    left, right = side("xag", n), side("aig", n)
    question = about_circuit(left.circuit, right.circuit)
    with Solving(question) as solver:
        found = {
            "inputs": lambda: by_all_inputs(question, 60, lambda text: None),
            "drup": lambda: solver.within(60),
            "diagrams": lambda: by_diagrams(question, 60),
            "words": lambda: alike_by_words(left, right),
        }[kind]()
    assert found.status == "proved"
    document = {**found.certificate, "theorem": {**THEOREM, "n": n}}
    return left.circuit, right.circuit, json.loads(json.dumps(document))


def accepted(document, left, right):
    try:
        verify_equivalence(document, left, right)
    except Rejected as error:
        assert str(error)  # noqa: PT017
        return False
    return True


def changed(document, r):
    """A certificate with one field dropped or of another kind, one number changed, or one line of its proof."""
    found = copy.deepcopy(document)
    if r.random() < 0.3:
        owner = r.choice([found, found["theorem"]])
        key = r.choice(list(owner))
        if r.random() < 0.5:
            del owner[key]
        else:
            owner[key] = r.choice([None, 0, -1, "x", [], {}, 1.5, True, ["xag"], 10**20])
    elif "proof" in found and r.random() < 0.9:
        lines = found["proof"].splitlines()
        at = r.randrange(len(lines))
        words = lines[at].split()
        words[r.randrange(len(words))] = str(r.randint(-40, 40))
        lines[at : at + 1] = r.choice([[], [" ".join(words)], ["0"]])
        found["proof"] = "\n".join(lines)
    else:
        found = placed(
            found, r.choice(list(numbers(found))), r.choice([0, 1, 2, 7, -1, 10**9])
        )
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_certificate_proves_that_other_circuits_are_one(kind, monkeypatch):
    left, right, document = certificate(kind)
    monkeypatch.setattr(checker, "about_circuit", once(about_circuit))
    assert accepted(document, left, right)
    assert not accepted(document, left, None)
    wrong, n = [], LENGTH[kind]
    r = random.Random(kind)
    while len(wrong) < 4:
        fan_in = right.fan_in.copy()
        fan_in[r.randrange(right.gates), r.randrange(2)] ^= 1
        other = replace(right, fan_in=fan_in)
        if equivalent(drawn_of(left), drawn_of(other)).status == "refuted":
            wrong.append(other)
    assert not any(accepted(document, left, other) for other in wrong)
    refused = 0
    for _ in range(500):
        damaged = changed(document, r)
        if accepted(damaged, left, r.choice(wrong)):
            raise AssertionError(damaged)
        if r.random() < 0.2:
            refused += not accepted(damaged, left, right)
    assert refused > 5
    assert n == document["theorem"]["n"]


def drawn_of(circuit):
    from circuitsim.analysis.proofs.lengths.words import Drawn

    return Drawn(circuit, [])


@pytest.mark.parametrize(("basis", "n"), [("aig", 31), ("tc0", 21), ("aig", 4)])
def test_what_is_equivalent_comes_with_a_certificate(basis, n):
    found = equivalent(side("xag", n), side(basis, n), Limits(certified=True))
    document = {**found.certificate, "theorem": {"equivalent": ["xag", basis], "n": n}}
    model = replace(MODEL, bits="1")
    said = verify_equivalence(document, model, model)
    assert (
        said
        == f"the xag circuit of majority and the {basis} circuit of majority are equivalent at n = {n}"
    )
    with pytest.raises(Rejected):
        verify_equivalence(document, model, load("examples/parity.json"))


@pytest.mark.parametrize(
    ("address", "spec", "n"),
    [("zoo:index-lookup", "index-lookup", 17), ("zoo:equality", "equality", 40)],
)
def test_diagrams_are_made_again(address, spec, n):
    model, theorem = load_any(address), Theorem(spec, n)
    found = by_diagrams(theorem.question(theorem.schematic(model).flatten()), 60)
    document = {**found.certificate, "theorem": theorem.document()}
    assert verify(document, model) == theorem
    order = document["order"]
    for other in (
        order[1:],
        [*order, order[0]],
        [0, *order[1:]],
        None,
        [str(x) for x in order],
    ):
        with pytest.raises(Rejected):
            verify({**document, "order": other}, model)
    wrong = {**document, "theorem": Theorem("inequality", n).document()}
    with pytest.raises(Rejected):
        verify(wrong, model)


def test_the_same_bits_as_other_numbers_are_refused():
    share = load("examples/share.json")
    shifted = replace(share, readout=replace(share.readout, bias=[1]))
    doubled = replace(share, readout=replace(share.readout, weights=[[0, 2]]))
    document = {"kind": "inputs", "theorem": {"equivalent": ["xag", "xag"], "n": 3}}
    assert accepted(document, share, share)
    for other in (shifted, doubled):
        with pytest.raises(Rejected, match="in different ways"):
            verify_equivalence(document, share, other)


def test_inputs_beside_the_letters_are_refused():
    said = {"vocabulary": ["0", "1"], "token_code": "bit", "n": 3, "classes": 1}
    gate = np.array([[2, 4]], np.int32)
    both = Circuit("aig", 3, np.zeros(1, np.uint8), gate, np.array([8], np.int32))
    fourth = replace(both, inputs=5, ops=both.ops[:0], fan_in=gate[:0])
    left, right = (replace(each, interface=said) for each in (both, fourth))
    document = {"kind": "inputs", "theorem": {"equivalent": ["aig", "aig"], "n": 3}}
    assert accepted(document, left, left)
    for sides in ((left, right), (right, left)):
        with pytest.raises(Rejected, match="5 inputs, and its letters 3"):
            verify_equivalence(document, *sides)
