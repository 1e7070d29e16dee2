"""The Python interface: the same words as the commands, and objects that print and compare."""

import dataclasses
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.bases import names
from circuitsim.errors import InputError, LimitError
from circuitsim.models.sequence import all_inputs
from circuitsim.schematic import flatten
from tests.cases import random_model

ROOT = Path(__file__).parents[2]
MAJORITY = cs.Model(
    vocabulary="01",
    embedding={"0": [-1, 0], "1": [1, 0]},
    layers=[
        cs.Layer([cs.Head(query=[[0, 0]], key=[[0, 0]], value=[[1, 0]], output=[[0], [1]])])
    ],
    readout=cs.Readout([0, 1], position="first"),
    bits="ceil(log2(n)) + 1",
)


@pytest.mark.parametrize("n", [0, -1, 2.5, "3", True, None])
def test_a_length_is_a_positive_whole_number(n):
    with pytest.raises(InputError, match="expected a whole number of letters"):
        cs.compile(MAJORITY)(n)
    with pytest.raises(InputError, match="expected a whole number of letters"):
        cs.check(MAJORITY, n)


@pytest.mark.parametrize(
    "option", [{"basis": "tc1"}, {"optimize": "speed"}, {"positions": "x"}]
)
def test_options_that_do_not_exist_are_named(option):
    with pytest.raises(InputError, match=f"{next(iter(option))} .* is not one of"):
        cs.compile(MAJORITY, **option)


def test_a_circuit_evaluates_with_and_without_the_constants_of_its_wired_inputs():
    for seed in (3, 9, 12):
        model = random_model(seed)
        if len(model.vocabulary) != 2:
            continue
        schematic = cs.compile(model, positions="wired")(3)
        circuit = schematic.flatten()
        codes = all_inputs(model, 3)
        expected = schematic.evaluate(codes)
        assert np.array_equal(circuit.evaluate(codes), expected)
        full = np.concatenate(
            [codes, np.tile(schematic.wired_bits(), (len(codes), 1))], axis=1
        )
        assert np.array_equal(circuit.evaluate(full), expected)


@pytest.mark.parametrize("basis", ["xag", "aig"])
@pytest.mark.parametrize("n", [1, 2, 5, 6])
def test_majority_as_a_circuit_rejects_ties(n, basis):
    circuit = cs.compile(MAJORITY, basis)(n).flatten()
    strings = all_inputs(MAJORITY, n)
    assert np.array_equal(circuit.evaluate(strings)[:, 0], 2 * strings.sum(axis=1) > n)
    assert str(circuit).startswith(
        f"circuit of model, n={n}, in {basis}: {n} inputs, 1 outputs,"
    )
    assert len(circuit) == circuit.gates
    assert bool(
        replace(circuit, ops=circuit.ops[:0], fan_in=circuit.fan_in[:0])
    )  # without gates


def test_the_same_family_makes_equal_schematics_and_circuits():
    one, two = cs.compile(MAJORITY), cs.compile(dataclasses.replace(MAJORITY))
    assert one(4) == two(4)
    assert one(4) != one(5)
    assert one(4) != cs.compile(MAJORITY, "aig")(4)
    assert one(4).flatten() == two(4).flatten()
    assert one(4).flatten() != one(5).flatten()
    assert str(one(4)) != str(one(5))
    wired = cs.compile(random_model(1), positions="wired")
    assert wired(3) == wired(3)


def test_bits_may_be_found_instead_of_given():
    model = cs.load("examples/parity.json")
    assert [cs.compile(model, bits="auto").bits(n) for n in (1, 2, 5, 8)] == [0, 2, 4, 4]
    assert cs.check(model, 5, "auto", bases=["xag"]).holds
    with pytest.raises(LimitError, match="up to 4,096"):
        cs.compile(model, bits="auto").bits(5000)


def test_one_table_uses_one_way_for_positions():
    model = cs.load("examples/parity.json")
    assert {row.positions for row in cs.measure(cs.compile(model), [8, 300])} == {"wired"}
    assert {row.positions for row in cs.measure(cs.compile(model), [8, 16])} == {"folded"}


def test_a_circuit_past_max_gates_is_refused_before_it_is_built():
    with pytest.raises(LimitError, match=r"has [\d,]+ gates .* and --max-gates is 10"):
        cs.compile(MAJORITY)(8).flatten(max_gates=10)
    with pytest.raises(LimitError, match="GiB"):
        cs.compile(MAJORITY)(2**25).flatten(max_gates=10**6)


def test_few_gates_that_are_drawn_from_a_large_array_are_refused_before_it_is_made(
    monkeypatch,
):
    """What thresholds read is an array of its own, larger than any result."""
    schematic = cs.compile(cs.load("zoo:q-sparse-averaging:keys=one-hot"), basis="tc0")(6)
    cost, results = (
        schematic.measure(),
        max(np.prod(line.shape) for line in schematic.instructions),
    )
    limit = int(max(cost.gates, cost.wires, results))
    assert schematic.flatten(limit).gates == cost.gates
    monkeypatch.setattr(flatten, "FEW_LITERALS", 0)
    with pytest.raises(
        LimitError, match=r"takes an array of [\d,]+ wires, most of them of no gate"
    ):
        schematic.flatten(limit)


def test_a_family_is_there_in_every_basis_with_the_options_that_it_has():
    family = cs.compile(MAJORITY, bits=5, optimize="size", positions="wired", max_ties=3)
    for basis in names(exact=False):
        assert family.in_basis(basis) == cs.compile(
            MAJORITY, basis, 5, optimize="size", positions="wired", max_ties=3
        )
    for basis in names(exact=True):
        assert family.in_basis(basis) == cs.compile(
            MAJORITY, basis, optimize="size", max_ties=3
        )
    with pytest.raises(InputError, match="basis 'tc1' is not one of"):
        family.in_basis("tc1")


@pytest.mark.parametrize(
    "address",
    ["examples/dense-2.json", "examples/parity.json", "zoo:majority-rnn", "zoo:index-lookup"],
)
def test_what_a_notebook_shows_is_a_line(address):
    """Fault 15."""
    model = cs.load(address if address.startswith("zoo:") else ROOT / address)
    family = cs.compile(model, "xag", bits=3, positions="wired")
    schematic = family(4)
    things = [model, model.at(4), family, schematic, schematic.measure(), schematic.flatten()]
    for thing in things:
        assert len(repr(thing)) < 160
        assert "\n" not in repr(thing)
    assert f"{len(schematic)} instructions" in repr(schematic)
    assert f"{schematic.measure().gates:,} gates" in repr(schematic.measure())
    assert repr(family).endswith(": xag, bits=3, wired, optimize=depth>")
    assert "%0" in str(schematic)


def test_a_model_says_what_it_is():
    assert (
        repr(cs.load(ROOT / "examples/majority.pt"))
        == "<Model 'majority': 1 layer, 1 head, width 4, 2 letters>"
    )
    assert repr(cs.load("zoo:index-lookup").at(6)).endswith("2 fields a token>")
    assert (
        len(repr(replace(cs.load(ROOT / "examples/majority.pt"), name="\x1b[2J" * 1000)))
        < 160
    )
    assert "\x1b" not in repr(replace(cs.load(ROOT / "examples/majority.pt"), name="\x1b[2J"))


def test_measured_rows_are_a_table_in_a_notebook():
    rows = cs.measure(cs.compile(cs.load(ROOT / "examples/majority.pt")), [2, 4])
    assert rows == list(rows)
    shown = ElementTree.fromstring(rows._repr_html_())
    titles, *lines = [[cell.text for cell in line] for line in shown]
    assert titles == list(vars(rows[0]))
    assert [line[titles.index("gates")] for line in lines] == [
        f"{row.gates:,}" for row in rows
    ]
    assert [line[titles.index("basis")] for line in lines] == ["xag", "xag"]
    assert ElementTree.fromstring(type(rows)()._repr_html_()).tag == "table"
