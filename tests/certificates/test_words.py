"""Words: adders that the plan of a sum hands out are accepted, damaged ones are not; counts are those of all inputs."""

import copy
import random
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from circuitsim.compilers.family import Family

from circuitsim.analysis.proofs.lengths.words import _certificate, counted, drawn
from circuitsim.certificates.adding import COLUMNS, check_sum
from circuitsim.certificates.claim import Rejected
from circuitsim.certificates.inputs import strings
from circuitsim.certificates.netlist import Masks, Netlist
from circuitsim.certificates.sums import Sum
from circuitsim.certificates.words import differing_strings, wrong_strings
from circuitsim.models.files.reading import load
from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.netlist.interface import answers
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.flatten import flatten_with_values
from circuitsim.specifications.table import specification
from circuitsim.zoo.addresses import load_any
from tests.netlist.random_circuits import random_circuit

MAJORITY = "examples/majority.pt"


def family(address, basis="xag", bits=None):
    return Family(load_any(address), basis, bits, positions="folded")


def brute(circuit, form, reader, n):
    """On how many strings a circuit is wrong, by running all."""
    codes = np.concatenate(list(strings(form, n)))
    found = answers(circuit.interface, evaluate(circuit, form.bits(codes)))[:, 0]
    names = form.fields[0].values
    return sum(
        reader.run([names[c] for c in row]) not in (None, own)
        for row, own in zip(codes, found, strict=True)
    )


@pytest.mark.parametrize(
    ("address", "spec", "basis", "bits", "n"),
    [
        (MAJORITY, "majority", "xag", None, 12),
        (MAJORITY, "majority", "aig", None, 9),
        (MAJORITY, "majority", "tc0", None, 9),
        (MAJORITY, "majority", "xag", "1", 11),
        (MAJORITY, "parity", "aig", None, 7),
        (MAJORITY, "majority:margin=3", "xag", "1", 10),
        ("examples/parity.json", "parity", "xag", "2", 10),
        ("examples/parity.json", "majority", "tc0", None, 6),
        ("examples/first.json", "first", "xag", None, 9),
        ("examples/first.json", "majority", "ac0", None, 7),
        ("examples/dense-2.json", "majority", "xag", None, 5),
        ("zoo:majority", "parity", "aig", None, 11),
    ],
)
def test_counts_are_those_of_all_inputs(address, spec, basis, bits, n):
    given = drawn(family(address, basis, bits)(n), 10**6)
    reader = specification(spec).reader
    form = load_any(address).at(n).format
    found, _ = counted(given, reader, None)
    assert found.wrong == brute(given.circuit, form, reader, n)
    if found.wrong:
        names = form.fields[0].values
        own = answers(
            given.circuit.interface,
            evaluate(given.circuit, form.bits(np.array([found.example]))),
        )
        assert reader.run([names[c] for c in found.example]) not in (None, own[0, 0])


def test_two_circuits_differ_on_as_many_strings_as_all_inputs_say():
    left = drawn(family(MAJORITY)(8), 10**6)
    right = drawn(family("examples/parity.json", "tc0")(8), 10**6)
    certificate = _certificate([left, right])
    found = differing_strings(left.circuit, right.circuit, certificate)
    codes = np.concatenate(list(strings(load(MAJORITY).format, 8)))
    bits = load(MAJORITY).format.bits(codes)
    unequal = evaluate(left.circuit, bits) != evaluate(right.circuit, bits)
    assert found.wrong == unequal.sum() > 0


@pytest.mark.parametrize("basis", ["xag", "aig"])
def test_sums_of_random_weights_are_checked(basis):
    rng = random.Random(7)
    for _ in range(40):
        n, width = rng.randint(3, 12), rng.randint(2, 9)
        drawing = Drawing(basis, "depth")
        wires = drawing.input((n,))
        weights = [rng.randint(-9, 9) or 1 for _ in range(n)]
        total = drawing.sum([(wires, weights)], rng.randint(-20, 20), width)
        schematic = drawing.finish([total])
        made = []
        circuit, _ = flatten_with_values(schematic, show_sum=made.append)
        netlist = Netlist(circuit)
        for each in made:
            document = {
                "wires": [
                    [int(w), int(c)] for w, c in zip(each.wires, each.columns, strict=True)
                ],
                "constant": each.constant,
                "width": each.keep[-1] + 1,
                "adders": [[a[0], int(4 <= a[1] <= 7), *a[2:]] for a in each.adders.tolist()],
                "outputs": [
                    [int(w), int(c)] for w, c in zip(each.outputs, each.keep, strict=True)
                ],
            }
            check_sum(netlist, Sum(document))
            wrong = copy.deepcopy(document)
            wrong["constant"] += 1
            with pytest.raises(Rejected):
                check_sum(netlist, Sum(wrong))


def numbers(document, path=()):
    """Where whole numbers stand in a certificate."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from numbers(value, (*path, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from numbers(value, (*path, index))
    elif isinstance(document, int):
        yield path


def placed(document, path, value):
    found = copy.deepcopy(document)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return found


@pytest.mark.parametrize("basis", ["xag", "tc0"])
def test_a_damaged_certificate_is_refused_or_proves_the_same(basis):
    """What a checker accepts is right: so a count that it gives for a damaged certificate must be the true one."""
    rng = random.Random(2)
    given = drawn(family(MAJORITY, basis, "1")(9), 10**6)
    reader = specification("parity").reader
    found, certificate = counted(given, reader, None)
    assert found.wrong > 0
    paths = list(numbers(certificate))
    refused = 0
    for _ in range(500):
        path = rng.choice(paths)
        value = rng.choice(
            [
                rng.randint(-3, 40),
                rng.randint(0, 2 * given.circuit.nodes),
                10**30,
                None,
                "1",
                [],
                True,
            ]
        )
        damaged = placed(certificate, path, value)
        try:
            again = wrong_strings(given.circuit, reader, None, damaged)
        except Rejected:
            refused += 1
        else:
            assert again.wrong == found.wrong
    assert refused > 250


@pytest.mark.parametrize(
    "damaged",
    [{}, {"sums": 1, "free": []}, {"sums": [], "free": []}, {"sums": [[1]], "free": []},
     {"sums": [[]], "free": [99]}, {"sums": [[{"gate": 1}]], "free": []}, {"sums": [[]], "free": []}],
)  # fmt: skip
def test_what_is_no_certificate_is_refused(damaged):
    given = drawn(family(MAJORITY)(5), 10**6)
    with pytest.raises(Rejected):
        wrong_strings(given.circuit, specification("majority").reader, None, damaged)


@pytest.mark.parametrize(("wires", "width"), [(399, 1), (60, 7), (5000, 14), (3, 4096)])
def test_what_adders_leave_is_never_too_much(wires, width):
    """No adders at all: the rest is added up by diagrams, or refused, and neither takes long."""
    given = drawn(family(MAJORITY)(500), 10**6)
    document = {
        "wires": [[2 + 2 * (k % 500), 0] for k in range(wires)],
        "constant": 0,
        "width": width,
        "adders": [],
        "outputs": [[1, width - 1]],
    }
    with pytest.raises(Rejected):
        check_sum(Netlist(given.circuit), Sum(document))


def test_accepted_sums_are_true_of_all_inputs():
    """One adder of random wires, whose gates are there or left out: what is accepted is the sum on every input."""
    r, right, refused = random.Random(1), 0, 0
    for seed in range(200):
        made = random_circuit(np.random.default_rng(seed), "xag", 3, 60, 1)
        netlist, inputs = Netlist(made), dict(zip((1, 2, 3), COLUMNS, strict=True))
        tables = netlist.values(list(range(2 * netlist.nodes)), inputs, Masks(8))
        wires = [r.randrange(8) for _ in range(r.randint(0, 3))]
        plus, counts = (
            r.randint(0, 1),
            [sum(tables[x] >> row & 1 for x in wires) for row in range(8)],
        )

        def table(bit, number, counts=counts):
            """The truth table of a bit of the wires' sum and a number."""
            return sum((number + count >> bit & 1) << row for row, count in enumerate(counts))

        gates = [
            [x for x, found in enumerate(tables) if found == table(bit, plus)]
            for bit in (0, 1)
        ]
        odd, carry = (r.choice([*found[:2], -1]) for found in gates)
        adder = [0, plus, *wires, *[-1] * (3 - len(wires)), odd, carry]
        said = {"wires": [[wire, 0] for wire in wires], "adders": [adder], "width": 4}
        for output, column, constant in product({0, 1, odd, carry} - {-1}, range(4), (0, 1)):
            document = {**said, "outputs": [[output, column]], "constant": constant}
            try:
                check_sum(netlist, Sum(document))
            except Rejected:
                refused += 1
            else:
                assert tables[output] == table(column, constant)
                right += 1
    assert min(right, refused) > 300


def test_a_constant_circuit_does_not_decide_by_an_adder_that_loses_a_carry():
    """Three wires and one more are four, which a sum and a carry cannot hold."""
    made = family("examples/first.json")(4).flatten()
    constant = replace(made, outputs=np.zeros_like(made.outputs))
    adder = [0, 1, 2, 2, 2, -1, -1]
    lost = {"wires": [[2, 0]] * 3, "outputs": [[0, 2]], "constant": 1, "width": 3}
    certificate = {"sums": [[{**lost, "adders": [adder]}]], "free": []}
    with pytest.raises(Rejected, match="adds four"):
        wrong_strings(constant, specification("first").reader, None, certificate)


def test_an_adder_that_is_none_is_noticed():
    """A gate of an adder is damaged in the circuit itself: the certificate no longer proves anything of it."""
    given = drawn(family(MAJORITY)(9), 10**6)
    reader = specification("majority").reader
    _, certificate = counted(given, reader, None)
    read = {
        literal >> 1
        for part in certificate["sums"]
        for each in part
        for a in each["adders"]
        for literal in a[5:]
        if literal >= 0
    }
    refused = 0
    for node in sorted(read):
        fan_in = given.circuit.fan_in.copy()
        fan_in[node - 1 - given.circuit.inputs, 0] ^= 1
        with pytest.raises(Rejected):
            wrong_strings(replace(given.circuit, fan_in=fan_in), reader, None, certificate)
        refused += 1
    assert refused > 3
