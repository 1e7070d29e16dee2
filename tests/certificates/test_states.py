"""Certificates of states are accepted; no change of one makes it prove more than it did, or anything false."""

import copy
import json
import random
from dataclasses import replace

import pytest

import circuitsim as cs
from circuitsim.analysis.proofs.automata.theorem import LIMIT, Decided, prove_by_automata
from circuitsim.analysis.proofs.rungs import specified_by
from circuitsim.certificates.claim import Claim, Rejected
from circuitsim.certificates.states import check_states
from circuitsim.specifications.automaton import Automaton
from circuitsim.specifications.formulas import AtLeast
from circuitsim.specifications.table import specification
from tests.analysis.proofs.hard_models import as_specification, decisions, hard_model, learned


def claim(model, wanted):
    return Claim(cs.load(f"zoo:{model}").always(), specification(wanted), 0)


def accepted(about, certificate):
    try:
        check_states(about, certificate)
    except Rejected as error:
        assert str(error)  # noqa: PT017
        return False
    return True


def states_of(about):
    """All states of a claim, true or false, as a certificate lists them."""
    return Decided(about, LIMIT, lambda line: None).certificate()


def spots(node, path=()):
    """Every part of a certificate: the path to it."""
    yield path
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, child in items:
        yield from spots(child, (*path, key))


def by_field(certificate):
    """The paths to its parts, by the names in them and how deep they are."""
    fields = {}
    for path in spots(certificate):
        names = tuple("" if isinstance(key, int) else key for key in path)
        fields.setdefault(names, []).append(path)
    del fields[()]
    return fields


def mutated(certificate, path, r):
    """One part changed: another number, a part less, a part twice, two exchanged, or another kind of thing."""
    found = copy.deepcopy(certificate)
    owner = found
    for key in path[:-1]:
        owner = owner[key]
    key, value = path[-1], owner[path[-1]]
    changes = ["drop", "kind"]
    if isinstance(value, int):
        changes += ["number"] * 4
    if isinstance(owner, list):
        changes += ["twice", "exchange"]
    change = r.choice(changes)
    if change == "drop":
        del owner[key]
    elif change == "kind":
        owner[key] = r.choice([None, True, 0.5, "0", [], {}, [0], -1, 10**30])
    elif change == "number":
        owner[key] = value + r.choice([-1, 1, 1, 2, -2, 100])
    elif change == "twice":
        owner.insert(key, copy.deepcopy(value))
    else:
        other = r.randrange(len(owner))
        owner[key], owner[other] = owner[other], owner[key]
    return found


def mutations(certificate, count, seed):
    """So many changed certificates, every field as often as every other."""
    r, fields = random.Random(seed), by_field(certificate)
    names = sorted(fields)
    for number in range(count):
        found = mutated(certificate, r.choice(fields[names[number % len(names)]]), r)
        if found != certificate:
            yield found


# A model, what it decides, or does not, and how often to change the certificate.
TRUE = [
    ("bounded-dyck:k=1,depth=2", "bounded-dyck:k=1,depth=2", 150),
    ("star-free", "star-free", 400),
    ("first", "first", 400),
]
FALSE = [
    ("bounded-dyck:k=1,depth=1", "bounded-dyck:k=1,depth=2", 200),
    ("star-free", "star-free:language=no-two-a", 300),
]


def listed_states(part):
    """The states of a certificate, whatever their order, and however nodes are joined."""
    if isinstance(part, dict):
        return {name: listed_states(part[name]) for name in part if name != "classes"}
    return sorted(map(listed_states, part), key=repr) if isinstance(part, list) else part


@pytest.mark.parametrize(("model", "wanted", "count"), TRUE)
def test_mutated_certificates_are_refused_or_list_the_same_states(model, wanted, count):
    """Those that list the same states are proofs too: the order says nothing, and nodes may be joined otherwise."""
    about = claim(model, wanted)
    certificate = prove_by_automata(about).certificate
    assert accepted(about, json.loads(json.dumps(certificate)))
    changed = list(mutations(certificate, count, 1))
    proofs = [found for found in changed if accepted(about, found)]
    assert len(proofs) < len(changed) / 50
    assert all(listed_states(found) == listed_states(certificate) for found in proofs)


@pytest.mark.parametrize(("model", "wanted", "count"), FALSE)
def test_no_mutation_proves_what_is_false(model, wanted, count):
    about = claim(model, wanted)
    assert prove_by_automata(about).status == "refuted"
    certificate = states_of(about)
    assert not accepted(about, certificate)
    assert not any(accepted(about, found) for found in mutations(certificate, count, 2))


@pytest.mark.parametrize(("model", "wanted"), [row[:2] for row in FALSE])
def test_what_is_false_is_not_proved_by_leaving_out_its_end(model, wanted):
    about = claim(model, wanted)
    certificate = states_of(about)
    graph = Decided(about, LIMIT, lambda line: None)
    last = int(graph.graph.ends[1][0])
    for pair in list(certificate["decided"][last]):
        found = copy.deepcopy(certificate)
        found["decided"][last].remove(pair)
        assert not accepted(about, found)


def test_certificates_about_another_model_are_refused_where_they_are_changed():
    """Both models' states are checked, and what the other one decides is not taken from the certificate."""
    about = claim("star-free", "star-free")
    model, deeper = about.model, claim("star-free:language=no-two-a", "star-free").model
    spec = specified_by(model, "itself")
    same = Claim(model, spec, 0, other=Claim(model, spec, 0))
    wrong = Claim(deeper, spec, 0, other=Claim(model, spec, 0))
    certificate = prove_by_automata(same).certificate
    assert accepted(same, certificate)
    assert prove_by_automata(wrong).status == "refuted"
    changed = list(mutations(certificate, 250, 3))
    proofs = [found for found in changed if accepted(same, found)]
    assert len(proofs) < len(changed) / 50
    assert all(listed_states(found) == listed_states(certificate) for found in proofs)
    assert not any(accepted(wrong, found) for found in changed)


@pytest.mark.parametrize("emptied", [("before",), ("after",), ("before", "after")])
def test_nodes_without_states_prove_nothing(emptied):
    """Else nothing would be asked of the tokens that meet there."""
    about = claim("star-free", "star-free:language=no-two-a")
    certificate = states_of(about)
    part = certificate["layers"][0]
    for side in emptied:
        part[side][1] = []
    sizes = [len(p) * len(s) for p, s in zip(part["before"], part["after"], strict=True)]
    part["classes"] = list(range(sum(sizes)))
    assert not accepted(about, certificate)


@pytest.mark.parametrize("seed", range(0, 60, 4))
def test_certificates_of_random_models_prove_nothing_else(seed):
    """The certificate of one claim is none of the opposite, nor of a model with one weight changed that errs."""
    model = hard_model(seed)
    known = decisions(model, 1, 3)
    wanted = learned(
        decisions(model, 1, 5 - (len(model.vocabulary) > 2)), model.vocabulary, 4
    )
    about = Claim(model, as_specification(wanted, model), 1)
    verdict = prove_by_automata(about)
    if verdict.status != "proved":
        return
    assert accepted(about, verdict.certificate)
    other = Automaton(wanted.start, wanted.step, lambda q: wanted.decides(q) + 1)
    assert not accepted(Claim(model, as_specification(other, model), 1), verdict.certificate)
    for number in range(seed + 1, seed + 8):
        stranger = replace(hard_model(number), name="stranger")
        if stranger.vocabulary != model.vocabulary:
            continue
        strings = decisions(stranger, 1, 3)
        if any(strings[codes] != known[codes] for codes in known):
            assert not accepted(replace(about, model=stranger), verdict.certificate)


def test_claims_out_of_scope_are_refused():
    about = claim("first", "first")
    certificate = prove_by_automata(about).certificate
    model = about.model
    soft = model.with_attention("saturated")
    placed = replace(model, positions=["0"] * model.width)
    counted = replace(about.specification, where=AtLeast((("1", 1),), 2))
    endless = replace(
        about.specification, automaton=replace(about.specification.automaton, finite=False)
    )
    each = replace(model, readout=replace(model.readout, position="each"))
    assert accepted(about, certificate)
    assert not any(
        accepted(replace(about, model=other), certificate) for other in (soft, placed, each)
    )
    assert not any(
        accepted(replace(about, specification=other), certificate)
        for other in (counted, endless)
    )
    assert not accepted(about, {**certificate, "kind": "counts"})
