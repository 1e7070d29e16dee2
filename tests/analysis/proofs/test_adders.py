"""Adders found in netlists: they make the sums that plans would hand out, and no mistake of a circuit is missed."""

import random
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from circuitsim.compilers.family import Family

from circuitsim.analysis.proofs.lengths import words
from circuitsim.analysis.proofs.lengths.adders import CARRIES, PARITIES, cuts
from circuitsim.analysis.proofs.lengths.found import sums_of
from circuitsim.analysis.proofs.lengths.words import Drawn, _positions, counted
from circuitsim.analysis.proofs.proving import Limits, prove
from circuitsim.certificates import words as certified
from circuitsim.certificates.adding import check_sum
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.netlist import Netlist
from circuitsim.certificates.sums import Sum
from circuitsim.certificates.theorem import Theorem
from circuitsim.certificates.verify import verify
from circuitsim.formats.table import load as load_circuit
from circuitsim.formats.table import save
from circuitsim.models.files.reading import load
from circuitsim.netlist.passes.ands import ands_only
from circuitsim.netlist.passes.share import Share
from circuitsim.schematic.drawing import Drawing
from circuitsim.specifications.table import specification

MAJORITY = "examples/majority.pt"


def majority(n, basis="xag"):
    return Family(load(MAJORITY), basis, positions="folded")(n).flatten()


def test_tables_are_those_of_the_definition():
    rows = list(product((0, 1), repeat=3))
    bits = [row[::-1] for row in rows]  # of row r, its least bit first
    for wires in (2, 3):
        for table in range(256):
            truth = [table >> row & 1 for row in range(8)]
            odd = [sum(row[:wires]) & 1 for row in bits]
            wanted = {tuple(odd): 0, tuple(1 - x for x in odd): 1}.get(tuple(truth))
            assert PARITIES.get((wires, table)) == wanted
            for code in CARRIES.get((wires, table), []):
                added = [
                    sum(x ^ (code >> at & 1) for at, x in enumerate(r[:wires])) for r in bits
                ]
                assert truth == [(total >> 1) ^ (code >> 3) for total in added]


@pytest.mark.parametrize("basis", ["xag", "aig"])
def test_cuts_say_what_their_gates_are(basis):
    circuit = majority(5, basis)
    netlist, rng = Netlist(circuit), np.random.default_rng(1)
    bits = rng.random((200, circuit.inputs)) < 0.5
    value = [np.zeros(200, bool), *bits.T]
    for node, own in cuts(netlist):
        read = [value[x >> 1] ^ bool(x & 1) for x in netlist.reads(node)]
        value.append(
            read[0] ^ read[1] if circuit.ops[node - 1 - circuit.inputs] else read[0] & read[1]
        )
        for leaves, table in own.items():
            row = sum(value[leaf].astype(int) << at for at, leaf in enumerate(leaves))
            assert ((table >> row & 1) == value[node]).all()


@pytest.mark.parametrize("extension", [".npz", ".aig", ".blif"])
@pytest.mark.parametrize(("n", "basis"), [(31, "xag"), (31, "aig"), (48, "xag")])
def test_files_of_the_trained_model_are_proved_by_words(n, basis, extension, tmp_path):
    path = tmp_path / f"majority{extension}"
    save(Share()(majority(n, basis)), path)
    circuit, theorem = load_circuit(path), Theorem("majority", n)
    answer = prove(circuit, theorem, Limits(certified=True))
    assert (answer.status, answer.engine) == ("proved", "words")
    assert verify(answer.certificate, circuit) == theorem


@pytest.mark.parametrize("change", [Share(), lambda c: Share()(ands_only(c))])
def test_changed_circuits_are_counted_rightly_or_not_at_all(change, monkeypatch):
    """One literal of a gate is complemented, or reads its neighbour: the strings that this gets wrong are counted."""
    for module in (words, certified):
        monkeypatch.setattr(module, "MOST_CHOICES", 8)  # of letters beside the sums
    n, r, reader = 15, random.Random(5), specification("majority").reader
    circuit = change(majority(n))
    codes = np.array(list(product((0, 1), repeat=n)), bool)
    wanted = 2 * codes.sum(axis=1) > n
    assert counted(Drawn(circuit, []), reader, None)[0].wrong == 0
    known = 0
    for _ in range(20):
        fan_in = circuit.fan_in.copy()
        gate, side = r.randrange(circuit.gates), r.randrange(2)
        fan_in[gate, side] = max(
            0, fan_in[gate, side] ^ 1 if r.random() < 0.5 else fan_in[gate, side] - 2
        )
        damaged = replace(circuit, fan_in=fan_in)
        wrong = int((damaged.evaluate(codes)[:, 0] != wanted).sum())
        try:
            found = counted(Drawn(damaged, []), reader, None)[0]
        except Rejected:
            continue
        known += wrong > 0
        assert found.wrong == wrong
    assert known > 1


@pytest.mark.parametrize("basis", ["xag", "aig"])
def test_sums_of_random_weights_are_found_and_accepted(basis):
    r, whole = random.Random(3), 0
    for _ in range(30):
        n = r.randint(4, 14)
        drawing = Drawing(basis, "depth")
        wires = drawing.input((n,))
        weights = r.choice([[1] * n, r.choices([1, 1, 1, 2, 3, -1], k=n)])
        total = drawing.sum([(wires, weights)], r.randint(0, 5), 6)
        circuit = drawing.finish([total]).flatten()
        netlist = Netlist(circuit)
        for document in sums_of(netlist, _positions(netlist, 1)):
            check_sum(netlist, Sum(document))
            made = {literal >> 1 for literal, _ in document["outputs"]}
            whole += {int(x) >> 1 for x in circuit.outputs[1:5]} - {
                0
            } <= made  # 0 is constant
    assert whole > 5
