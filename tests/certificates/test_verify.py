"""False theorems and hostile certificates: what an outside reading found accepted, or without an end."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from circuitsim.compilers.family import Family

from circuitsim.analysis.proofs.accuracy import accuracy
from circuitsim.analysis.proofs.lengths.words import Drawn, sides
from circuitsim.analysis.proofs.properties import prove_property
from circuitsim.analysis.proofs.proving import prove
from circuitsim.analysis.proofs.rungs import specified_by
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.theorem import Theorem
from circuitsim.certificates.verify import verify
from circuitsim.errors import InputError
from circuitsim.formats.table import load as load_circuit
from circuitsim.formats.table import save
from circuitsim.models.files.reading import load
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.sized import Sized
from circuitsim.zoo.addresses import load_any

TRAINED = load("examples/majority.pt")


def test_exact_up_to_a_length_is_about_the_exact_model():
    assert prove(TRAINED, Theorem("majority", up_to=214, exact=True)).status == "proved"
    found = prove(TRAINED, Theorem("majority", up_to=300, exact=True))
    assert (found.status, found.length, found.replay["exact"]) == ("refuted", 215, 0)


@pytest.mark.parametrize("bits", ["4 if n < 200 else 3", "3 + (n == 135)", "log2(n)"])
def test_bits_that_change_with_n_are_taken_at_every_length(bits):
    with pytest.raises(InputError, match="change with n"):
        prove(TRAINED, Theorem("majority", bits=bits))
    found = prove(TRAINED, Theorem("majority", bits=bits, up_to=200))
    if bits != "log2(n)":
        assert (found.status, found.length) == ("refuted", 135)
    lengths = [
        n for n in range(1, 40) if accuracy(TRAINED, Theorem("majority", n, bits=bits)).wrong
    ]
    if bits == "log2(n)":
        assert found.status == ("refuted" if lengths else "proved")


@pytest.mark.parametrize("bits", ["3", "3 if n < 6 else 0", "log2(n)", "2 if n == 7 else 3"])
@pytest.mark.parametrize("address", ["zoo:majority", "examples/majority.pt"])
def test_another_model_is_compared_at_all_lengths_up_to_one(address, bits):
    asked = specified_by(load_any(address), "it")
    theorem = Theorem(asked, bits=bits, up_to=8)
    found = prove(TRAINED, theorem)
    of_one = [replace(theorem, n=n, up_to=None) for n in range(1, 9)]
    wrong = [one.n for one in of_one if accuracy(TRAINED, one).wrong]
    assert found.status == ("refuted" if wrong else "proved")
    if wrong:
        assert found.length == wrong[0]
        return
    document = found.certificate
    assert verify(document, TRAINED, asked) == theorem
    with pytest.raises(Rejected):
        verify(document, TRAINED, specified_by(load("examples/first.json"), "it"))
    with pytest.raises(Rejected):
        verify({**document, "steps": document["steps"][:-1]}, TRAINED, asked)


def test_models_that_tell_other_places_apart_at_some_length_are_not_compared():
    other = load_any("zoo:majority")
    asked = specified_by(Sized("it", lambda n: TRAINED if n < 5 else other.at(n)), "it")
    assert prove(TRAINED, Theorem(asked, up_to=4)).status == "proved"
    found = prove(TRAINED, Theorem(asked, up_to=5))
    assert found.status == "unknown"
    assert "majority and model tell other places apart" in found.reason
    circuit = Family(TRAINED, positions="folded")(4).flatten()
    with pytest.raises(InputError, match="a circuit has one length"):
        prove(TRAINED, Theorem(specified_by(circuit, "it"), up_to=5))


def classes(outputs):
    """The circuit of a model that answers with one of two classes, whose outputs are replaced."""
    head = Head(query=[[0, 0]], key=[[0, 0]], value=[[1, 0]], output=[[1], [0]])
    model = Model(
        ("0", "1"), {"0": [0, 1], "1": [1, 1]}, (Layer((head,), residual=False),),
        Readout([[0, 0], [1, 0]], ["1/2", 0]), bits="6",
    )  # fmt: skip
    circuit = Family(model, positions="folded")(4).flatten()
    return (
        circuit if outputs is None else replace(circuit, outputs=np.array(outputs, np.int32))
    )


@pytest.mark.parametrize("outputs", [None, [1, 1], [0, 0], [0, 1]])
def test_of_several_outputs_the_first_that_is_true_decides(outputs):
    circuit = classes(outputs)
    wrong = accuracy(circuit, Theorem("majority", 4)).wrong
    found = prove(circuit, Theorem("majority", 4))
    assert found.status == ("proved" if wrong == 0 else "refuted")
    assert wrong == {None: 0, (1, 1): 5, (0, 0): 5, (0, 1): 11}[outputs and tuple(outputs)]
    if wrong:
        assert found.replay["circuit"] != found.wanted


def one(kind, n, **more):
    return {"theorem": Theorem("parity", n, **more).document(), "kind": kind}


@pytest.mark.parametrize(
    ("address", "certificate", "said"),
    [
        ("zoo:dyck-1", {**one("words", 3), "sums": [[]], "free": [0, 1, 2]}, "strings of 0 1"),
        ("examples/majority.pt", {**one("words", 3, accept=7), "sums": [[]], "free": [0, 1, 2]}, "7 is none"),
        ("examples/majority.pt", {**one("inputs", 60)}, "too many to be run again"),
        ("examples/majority.pt", {**one("words", 60), "sums": [[]], "free": [*range(40)]}, "too many"),
        ("examples/majority.pt", {**one("words", 1 << 24), "sums": [[]], "free": []}, "no length"),
    ],
)  # fmt: skip
def test_what_a_theorem_cannot_be_about_is_refused_and_soon(address, certificate, said):
    started = time.perf_counter()
    with pytest.raises(Rejected, match=said):
        verify(json.loads(json.dumps(certificate)), load_any(address))
    assert time.perf_counter() - started < 60


def test_gates_beyond_count_are_refused():
    document = {
        **one("words", 30, basis="tc0"),
        "sums": [[{"gate": 40}] * 100_000],
        "free": [],
    }
    with pytest.raises(Rejected, match="too many sums"):
        verify(document, TRAINED)


def test_other_answers_than_one_decision_are_refused():
    each = replace(TRAINED, readout=replace(TRAINED.readout, position="each"))
    number = replace(TRAINED, readout=replace(TRAINED.readout, answer="number"))
    document = {**one("words", 1), "sums": [[]], "free": [0]}
    for model in (each, number):
        with pytest.raises(InputError, match="one decision"):
            accuracy(model, Theorem("majority", 3))
    with pytest.raises(Rejected, match="one decision"):
        verify(document, number)
    for how in ({}, {"n": 3}):
        with pytest.raises(InputError, match="7 is none"):
            prove(TRAINED, Theorem("majority", accept=7, **how))
    with pytest.raises(InputError, match="7 is none"):
        accuracy(TRAINED, Theorem("majority", 3, accept=7))


def test_a_circuit_has_one_length():
    circuit = Family(TRAINED, positions="folded")(4).flatten()
    for at_another in (prove, accuracy):
        with pytest.raises(InputError, match="the circuit is of n = 4, not 5"):
            at_another(circuit, Theorem("majority", 5))
    with pytest.raises(InputError, match="the circuit is of n = 4, not 9"):
        accuracy(circuit, Theorem("majority", 9))


@pytest.mark.parametrize("wanted", ["symmetric", "ignores:0", "monotone", "robust:1"])
def test_properties_of_circuits_with_wired_positions(wanted):
    model = load("examples/first.json")
    found = [
        prove_property(Drawn(Family(model, positions=how)(4).flatten(), []), wanted, "0101")
        for how in ("wired", "folded")
    ]
    assert found[0].status == found[1].status
    assert found[0].decisions == found[1].decisions


@pytest.mark.parametrize("extension", [".blif", ".bench", ".aig", ".yosys.json"])
def test_files_whose_inputs_may_be_no_codes_are_circuits_of_letters_again(
    extension, tmp_path
):
    """Formats without constraints have one more output, `valid`, which is none of the model's."""
    circuit = Family(load("examples/lookup.json"), positions="folded")(4).flatten()
    path = tmp_path / f"lookup{extension}"
    save(circuit, path)
    again = load_circuit(path)
    assert len(again.outputs) == 1
    assert prove(again, Theorem("lock", 4)).status == "proved"


def test_bits_that_trials_find_are_in_no_theorem():
    document = {"kind": "inputs", "theorem": Theorem("majority", 5).document()}
    assert verify(document, TRAINED)
    document["theorem"]["bits"] = "auto"
    with pytest.raises(Rejected, match="bits"):
        verify(document, TRAINED)


def test_words_beside_a_circuit_without_gates():
    first = Family(load_any("zoo:first"), positions="folded")(4).flatten()
    wire = replace(
        first, ops=first.ops[:0], fan_in=first.fan_in[:0], outputs=np.array([2], np.int32),
        scopes=(), scope_runs=None,
    )  # fmt: skip
    spec = specified_by(wire, "first.aig")
    document = {"kind": "words", "sums": [[], []], "free": [0, 1, 2, 3]}
    document["theorem"] = Theorem(spec, 4).document()
    assert verify(document, first, spec)
    assert sides(first, Theorem(spec, 4), 0)[1].circuit == wire
