"""One length: every engine against all inputs, in every basis; planted errors; verdicts with their certificates."""

import json
import random
from dataclasses import replace

import numpy as np
import pytest
from circuitsim.compilers.family import Family

from circuitsim.analysis.proofs.accuracy import accuracy
from circuitsim.analysis.proofs.equivalence import equivalent
from circuitsim.analysis.proofs.lengths.child import Failed, OutOfTime, in_child
from circuitsim.analysis.proofs.lengths.diagrams import by_diagrams, count_by_diagrams
from circuitsim.analysis.proofs.lengths.running import by_all_inputs, by_simulation
from circuitsim.analysis.proofs.lengths.satisfiability import Solving
from circuitsim.analysis.proofs.lengths.words import Drawn, by_words, drawn
from circuitsim.analysis.proofs.proving import Limits, first, prove
from circuitsim.analysis.proofs.rungs import specified_by
from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.inputs import strings
from circuitsim.certificates.question import about_circuit
from circuitsim.certificates.theorem import Theorem
from circuitsim.certificates.verify import verify
from circuitsim.errors import InputError
from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.netlist.interface import answers
from circuitsim.zoo.addresses import load_any

pytest.importorskip("oxidd")
pytest.importorskip("pysat")

MAJORITY = "examples/majority.pt"
CASES = [  # model, specification, basis, bits, n, accept
    (MAJORITY, "majority", "xag", None, 9, None),
    (MAJORITY, "parity", "aig", None, 8, None),
    (MAJORITY, "majority", "tc0", None, 7, None),
    (MAJORITY, "majority", "xag", None, 6, 0),
    ("examples/parity.json", "parity", "xag", "2", 9, None),
    ("examples/first.json", "first", "ac0", None, 6, None),
    ("examples/lookup.json", "lock", "xag", None, 6, None),
    ("zoo:bounded-dyck", "bounded-dyck", "ac0", None, 4, None),
    ("zoo:bounded-dyck", "bounded-dyck:depth=1", "ac0", None, 4, None),
    ("zoo:equality", "equality", "xag", None, 8, None),
    ("zoo:equality", "inequality", "aig", None, 8, None),
    ("zoo:index-lookup:letters=3", "index-lookup:letters=3", "xag", None, 5, None),
    ("zoo:index-lookup", "index-lookup", "aig", None, 6, None),
]


def silent(text):
    pass


def solved(question):
    with Solving(question) as solver:
        return solver.within(60)


def brute(model, theorem, circuit):
    """How many strings are decided wrongly: the circuit on all of them, against the definition."""
    form, asked = model.at(theorem.n).format, theorem.asked
    codes = np.concatenate(list(strings(form, theorem.n)))
    own = answers(circuit.interface, evaluate(circuit, form.bits(codes)))[:, 0]
    own = own if theorem.accept is None else own == theorem.accept
    wanted = asked.answers(form, codes)
    bad = (wanted >= 0) & (wanted != own)
    return {tuple(row) for row in codes[bad].tolist()}


@pytest.mark.parametrize(("address", "spec", "basis", "bits", "n", "accept"), CASES)
def test_every_engine_says_what_all_inputs_say(address, spec, basis, bits, n, accept):
    model = load_any(address)
    theorem = Theorem(spec, n, accept=accept, bits=bits, basis=basis)
    given = drawn(theorem.schematic(model), 10**6)
    wrong = brute(model, theorem, given.circuit)
    question = theorem.question(given.circuit)
    verdicts = [
        by_all_inputs(question, 60, silent),
        by_diagrams(question, 60),
        solved(question),
        by_simulation(question, 0),
    ]
    if theorem.asked.reader is not None:
        verdicts.append(by_words(given, theorem.asked.reader, accept))
    status = "refuted" if wrong else "proved"
    assert verdicts[0].status == verdicts[1].status == verdicts[2].status == status
    for verdict in verdicts[3:]:
        assert verdict.status in (status, "unknown")
    for verdict in verdicts:
        if verdict.status == "refuted":
            assert verdict.counterexample in wrong
        if verdict.certificate is not None:
            document = json.loads(
                json.dumps({**verdict.certificate, "theorem": theorem.document()})
            )
            assert verify(document, model) == theorem
            assert verify(document, given.circuit) == theorem
    counted, _ = count_by_diagrams(question, 60)
    assert counted[0] == len(wrong)
    row = accuracy(model, theorem)
    assert row.wrong == len(wrong)
    if wrong:
        form = model.at(n).format
        assert tuple(form.parse([row.example])[0].tolist()) in wrong


@pytest.mark.parametrize(
    ("address", "other", "n", "basis", "how"),
    [
        (MAJORITY, "examples/parity.json", 8, "xag", {}),
        (MAJORITY, MAJORITY, 9, "aig", {"bits": "1"}),
        (MAJORITY, MAJORITY, 7, "xag", {"bits": "3"}),
        (MAJORITY, "examples/first.json", 4, "tc0", {"accept": 0}),
        ("examples/lookup.json", "examples/lookup.json", 4, "ac0", {"accept": 1}),
        ("zoo:equality", "zoo:inequality", 8, "xag", {"accept": 0}),
    ],
)
def test_another_model_is_a_specification(address, other, n, basis, how):
    model, asked = load_any(address), load_any(other)
    accept, bits = how.get("accept"), how.get("bits")
    sides = [Family(model, basis, bits, positions="folded"), Family(asked, basis)]
    codes = np.concatenate(list(strings(model.at(n).format, n)))
    own, wanted = (
        answers(c.interface, c.evaluate(model.at(n).format.bits(codes)))[:, 0]
        for c in (side(n).flatten() for side in sides)
    )
    wrong = (own if accept is None else own == accept) != wanted
    files = [side(n).flatten() for side in sides]
    for a, b in [(model, asked), (files[0], asked), (model, files[1]), files]:
        theorem = Theorem(specified_by(b, "b.npz"), n, basis=basis, **how)
        answer = prove(a, theorem, Limits(certified=True))
        assert answer.status == ("refuted" if wrong.any() else "proved")
        assert accuracy(a, theorem).wrong == wrong.sum()
        if wrong.any():
            codes = model.at(n).format.parse([answer.counterexample])[0]
            assert answer.wanted == theorem.asked.decide(codes) == answer.specified["circuit"]
            decided = answer.replay["circuit"]
            assert answer.wanted != (decided if accept is None else decided == accept)
            continue
        document = json.loads(json.dumps(answer.certificate))
        assert verify(document, a, theorem.asked) == theorem
        with pytest.raises(Rejected, match="by --spec"):
            verify(document, a)
        with pytest.raises(Rejected):
            verify(document, a, specified_by(load_any("zoo:dyck-1"), "b.npz"))


def test_many_inputs_are_counted_by_the_circuit():
    row = accuracy(load_any("zoo:equality"), Theorem("inequality", 18))
    assert (row.wrong, row.inputs, row.engine) == (1 << 18, 1 << 18, "all inputs")
    halves = Theorem("equality", 18)
    assert accuracy(load_any("zoo:inequality"), halves).wrong == 1 << 18
    assert accuracy(load_any("zoo:equality"), halves).wrong == 0


def test_one_planted_wrong_input_is_found_at_255_letters():
    """The circuit of 255 letters, and beside it an output that is turned round on one input."""
    from circuitsim.netlist.extending import MoreGates
    from circuitsim.netlist.passes.ands import ands_only

    circuit = Theorem("majority", 255).schematic(load_any(MAJORITY)).flatten()
    bits = np.random.default_rng(5).integers(0, 2, 255)
    gates = MoreGates(ands_only(circuit))
    there = gates.all(2 * (1 + np.arange(255)) ^ (1 - bits))
    turned = gates.circuit([int(gates.differ(gates.given.outputs[0], there))])
    found = solved(about_circuit(circuit, turned))
    assert found.counterexample == tuple(bits.tolist())


def test_answers_come_with_their_replay_and_their_reasons():
    model = load_any(MAJORITY)
    answer = prove(model, Theorem("parity", 40))
    assert (answer.status, answer.engine, answer.length) == ("refuted", "simulation", 40)
    assert set(answer.replay) == {"float", "exact", "integer", "circuit"}
    ones = answer.counterexample.count("1")
    assert answer.wanted == ones % 2
    assert set(answer.replay.values()) == {int(ones > 20)} == {1 - answer.wanted}
    proved = prove(model, Theorem("majority", 40))
    assert (proved.status, proved.engine) == ("proved", "words")
    assert [engine for engine, _ in proved.tried] == ["simulation"]
    hard = Theorem("majority", 63, optimize="size")  # adders of pairs: solvers take hours
    given_up = prove(hard.schematic(model).flatten(), hard, Limits(0.01))
    assert given_up.status == "unknown"
    assert len(given_up.tried) == 5
    assert "no answer in 0 s" in given_up.reason


def test_where_a_certificate_is_wanted_engines_go_on_until_there_is_one():
    bare, full = Verdict("proved", "a"), Verdict("proved", "b", certificate={"kind": "b"})
    gone, wrong = Verdict("unknown", "c", "why"), Verdict("refuted", "d", counterexample=(0,))
    for verdicts, certified, answer, tried in [
        ([gone, bare, full], False, bare, [("c", "why")]),
        ([bare, gone, full], True, full, [("c", "why")]),
        ([bare, gone], True, bare, [("c", "why")]),
        ([wrong, full], True, wrong, []),
    ]:
        assert first(iter(verdicts), certified) == (answer, tried)
    assert first(iter([gone]), True)[0].status == "unknown"


def test_a_proof_of_a_solver_is_carried_to_its_checker():
    model, theorem = load_any("zoo:equality"), Theorem("equality", 40)
    answer = prove(model, theorem, Limits(certified=True))
    assert answer.engine == "satisfiability"
    verify(json.loads(json.dumps(answer.certificate)), model)
    with pytest.raises(Rejected, match=r"does not follow|ends before"):
        verify({**answer.certificate, "proof": "0"}, model)


def test_fields_that_ask_come_first_in_a_diagram():
    """In natural order the address comes last, and the diagram has a node for every set of letters."""
    model, theorem = load_any("zoo:index-lookup"), Theorem("index-lookup", 33)
    answer = prove(model, theorem, Limits(certified=True))
    assert (answer.status, answer.engine, answer.tried) == ("proved", "decision diagrams", ())
    assert "asking fields first" in answer.reason
    assert verify(json.loads(json.dumps(answer.certificate)), model) == theorem
    circuit = theorem.circuit(model, 10**6)
    answer = prove(replace(circuit, outputs=circuit.outputs ^ 1), theorem)
    assert (answer.status, answer.engine) == ("refuted", "decision diagrams")
    assert answer.replay["circuit"] != answer.wanted


def test_a_solver_can_follow_a_specification_that_counts():
    """Without adders in it: with them the proof has 75,000 lines."""
    model, theorem = load_any(MAJORITY), Theorem("majority", 17)
    verdict = solved(theorem.question(theorem.circuit(model, 10**6)))
    assert verdict.status == "proved"
    assert verdict.certificate["proof"].count("\n") < 10_000
    verify({**verdict.certificate, "theorem": theorem.document()}, model)


@pytest.mark.parametrize("n", [5, 31])
def test_bases_of_one_model_are_equivalent(n):
    sides = {
        b: drawn(Family(load_any(MAJORITY), b, positions="folded")(n), 10**6)
        for b in ("xag", "aig", "tc0")
    }
    for other in ("aig", "tc0"):
        found = equivalent(sides["xag"], sides[other])
        assert found.status == "proved", found
    parity = drawn(
        Family(load_any("examples/parity.json"), "xag", positions="folded")(n), 10**6
    )
    found = equivalent(sides["tc0"], parity)
    ones = found.counterexample.count("1")
    assert found.replay == (int(2 * ones > n), ones % 2)


def test_files_are_compared_without_known_sums():
    circuit = Family(load_any(MAJORITY), "xag", positions="folded")(9).flatten()
    other = Family(load_any(MAJORITY), "aig", positions="folded")(9).flatten()
    assert equivalent(Drawn(circuit, []), Drawn(other, [])).status == "proved"


def test_other_letters_and_several_decisions_are_refused():
    model = load_any(MAJORITY)
    with pytest.raises(InputError, match="strings of"):
        prove(model, Theorem("dyck-1", 5))
    with pytest.raises(InputError, match="one decision"):
        prove(
            replace(model, readout=replace(model.readout, position="each")),
            Theorem("first", 4),
        )
    with pytest.raises(InputError, match="decisions 0 to 1"):
        prove(model, Theorem("majority", 5, accept=2))


def damaged(theorem, rng):
    document = theorem.document()
    name = rng.choice(list(document))
    document[name] = rng.choice([None, 0, 1, -1, "x", 1.5, [], 10**20, True])
    if rng.random() < 0.2:
        del document[name]
    return document


def test_a_certificate_of_another_theorem_is_refused_in_one_sentence():
    model, theorem = load_any(MAJORITY), Theorem("majority", 12)
    answer = prove(model, theorem, Limits(certified=True))
    rng, refused = random.Random(0), 0
    for _ in range(500):
        document = {**answer.certificate, "theorem": damaged(theorem, rng)}
        try:
            verify(document, model)
        except Rejected:
            refused += 1
    assert refused > 400
    for kind in (None, 1, "states", "counts", [], "nothing"):
        with pytest.raises(Rejected):
            verify({**answer.certificate, "kind": kind}, model)


def test_work_in_a_child_ends():
    from time import sleep

    assert in_child(lambda: 7, 10) == 7
    with pytest.raises(OutOfTime):
        in_child(lambda: sleep(60), 0.05)
    with pytest.raises(Failed, match="ZeroDivisionError"):
        in_child(lambda: 1 / 0, 10)
