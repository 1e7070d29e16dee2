"""A read-out that gives a number: the same on every rung and in every basis, bit for bit, for all architectures."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from circuitsim.compilers.family import Family
from circuitsim.compilers.precision import least_bits

from circuitsim.analysis.claims.claim import Study
from circuitsim.analysis.claims.claims import claims
from circuitsim.analysis.growth.paper import predict
from circuitsim.analysis.ladder import climb
from circuitsim.errors import InputError, ModelError
from circuitsim.models.connected import FullyConnected
from circuitsim.models.files.json_model import json_text, parse_json
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs, encode
from circuitsim.netlist.interface import Digits, answers, digits_of, output_bits
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_definition, run_exact, run_float
from circuitsim.schematic.schematic import OPTIMIZE
from tests.cases import random_model
from tests.compilers.reachable_models import hard_model
from tests.models.random_nets import random_connected, random_recurrent
from tests.netlist.recount import assert_measured_exactly

ROUNDED = ("xag", "aig", "tc0")


def share(position="last", bits="4"):
    """The share of a's seen so far, less a quarter, times three."""
    head = Head(
        query=[[0, 0]], key=[[0, 0]], value=[[1, 0]], output=[[0], [1]], mask="causal"
    )
    return Model(
        "ab",
        {"a": [1, 0], "b": [0, 0]},
        (Layer((head,)),),
        Readout([0, 3], ["-3/4"], position, "number"),
        bits=bits,
        name="share",
    )


def numeric(model):
    """The model with the number of its read-out's first row."""

    def changed(readout):
        return Readout(readout.weights[:1], readout.bias[:1], readout.position, "number")

    if isinstance(model, FullyConnected):
        return replace(model, readouts=tuple(map(changed, model.readouts)))
    return replace(model, readout=changed(model.readout))


def evaluated(family, codes):
    """The circuit's answers on token codes."""
    circuit = family(codes.shape[1]).flatten()
    bits = family.model.format.bits(codes)
    wired = np.array(circuit.interface.get("wired", []), bool)
    full = np.concatenate([bits, np.broadcast_to(wired, (len(bits), len(wired)))], axis=1)
    return answers(circuit.interface, circuit.evaluate(full))


@pytest.mark.parametrize("n", range(1, 7))
def test_it_is_the_share_of_a_s_on_every_string(n):
    model = share("each")
    codes = all_inputs(model, n)
    wanted = np.array(
        [
            [
                3 * (Fraction(list(c[: i + 1]).count(0), i + 1) - Fraction(1, 4))
                for i in range(n)
            ]
            for c in codes
        ]
    )
    exact, integer = run_exact(model, codes), run_integer(fix(model, n), codes)
    assert (exact.answers == wanted).all()
    assert np.allclose(run_float(model, codes).answers, wanted.astype(float))
    assert np.abs((integer.answers - wanted).astype(float)).max() <= 3 / 2**5
    assert all(trace.decisions.shape == (len(codes), 0) for trace in (exact, integer))
    for basis in ROUNDED:
        assert (evaluated(Family(model, basis), codes) == integer.answers).all()


def assert_every_rung_agrees(seed):
    n = 1 + seed % 4
    made = (random_model, random_recurrent, lambda s: random_connected(s, n))[seed % 3]
    model = numeric(made(seed))
    mode = OPTIMIZE[seed // 3 % len(OPTIMIZE)]
    families = [Family(model, basis, optimize=mode) for basis in ROUNDED]
    row = climb(families, n, exhaustive=False, samples=30, seed=seed)
    assert row.holds
    assert len(row.rungs) == 2 + 3 * len(families)
    for family in families:
        assert_measured_exactly(family(n))
    codes = all_inputs(model, n)[:3]
    for string, many in zip(codes, run_exact(model, codes).answers, strict=True):
        assert (run_definition(model, string).answers[0] == many).all()


@pytest.mark.parametrize("seed", range(9))
def test_every_rung_agrees_on_random_models(seed):
    assert_every_rung_agrees(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(9, 60))
def test_every_rung_agrees_on_many_random_models(seed):
    assert_every_rung_agrees(seed)


@pytest.mark.parametrize("seed", range(8))
def test_ac0_gives_the_exact_number(seed):
    n = 1 + seed % 4
    model = numeric(hard_model(seed))
    family = Family(model, "ac0", optimize=OPTIMIZE[seed % len(OPTIMIZE)])
    assert climb([family], n, exhaustive=True).holds
    assert_measured_exactly(family(n))
    codes = all_inputs(model, n)
    assert (evaluated(family, codes) == run_exact(model, codes).answers).all()


@pytest.mark.parametrize("bits", [0, 3, 9])
def test_wide_numbers_of_tc0_are_written_out_in_groups(bits):
    model = share(bits=str(bits))
    family = Family(model, "tc0")
    width = digits_of(family(4).interface).width
    assert climb([family], 4).holds
    assert family(4).flatten().gates < 60 + 2**bits + 1500 * -(-width // 10)
    assert_measured_exactly(family(4))


def test_a_number_that_never_changes_has_one_output_and_no_gate():
    head = Head(query=[[0]], key=[[0]], value=[[0]], output=[[1]], attention="hard-left")
    model = Model(
        "ab", {"a": [1], "b": [2]}, (Layer((head,)),), Readout([0], ["5/2"], answer="number")
    )
    for basis in (*ROUNDED, "ac0"):
        circuit = Family(model, basis)(3).flatten()
        assert (len(circuit.outputs), circuit.gates) == (1, 0)
        assert climb([Family(model, basis)], 3).holds
    assert set(evaluated(Family(model), all_inputs(model, 3)).ravel()) == {Fraction(5, 2)}


def test_float_is_wrong_where_it_is_further_off_than_rounding(monkeypatch):
    from circuitsim.analysis import ladder

    def shifted(model, codes):
        trace = run_float(model, codes)
        return replace(trace, outputs=trace.outputs + 1e-6)

    monkeypatch.setattr(ladder, "run_float", shifted)
    row = climb([], 3, model=share())
    assert (row.rungs[0].disagreements, row.rungs[0].first_difference) == (8, "aaa")
    assert row.rungs[1].holds
    assert row.rungs[1].largest_error > 0


def test_digits_are_read_as_they_are_written():
    digits = Digits(Fraction(-7, 3), Fraction(1, 6), 5)
    said = digits.entries()
    assert digits_of(said) == digits
    numbers = np.array([[Fraction(-7, 3) + Fraction(k, 6)] for k in range(32)], object)
    bits = output_bits(said, numbers)
    assert bits.shape == (32, 5)
    assert bits[6].tolist() == [False, True, True, False, False]
    assert (answers(said, bits) == numbers).all()
    assert digits_of({"decision": "bit", "classes": 1}) is None


@pytest.mark.parametrize("seed", range(3))
def test_files_keep_it(seed):
    for model in (
        numeric(random_recurrent(seed)),
        numeric(random_connected(seed, 2)),
        share(),
    ):
        text = json_text(model)
        assert '"answer": "number"' in text
        assert parse_json(text.encode(), "m.json") == model
    assert '"answer"' not in json_text(random_recurrent(seed))


def test_what_a_number_cannot_be_is_refused():
    with pytest.raises(ModelError, match=r"has one row, and readout\.weights has 2"):
        Readout([[1], [2]], answer="number")
    with pytest.raises(ModelError, match="'sum' is not one of decision, number"):
        Readout([1], answer="sum")
    net = random_connected(3, 2)
    mixed = (Readout([1], position="each", answer="number"), Readout([1], position="each"))
    with pytest.raises(ModelError, match="partly by number and partly by decision"):
        replace(net, layers=(), n=2, readouts=mixed)
    with pytest.raises(InputError, match=r"--bits auto .* answers by a number"):
        least_bits(share(), 3)
    with pytest.raises(
        InputError, match="about decisions, and this model answers by a number"
    ):
        claims(Study(Family(share()), (1, 2)))
    assert predict(share(), 4) == []
    assert len(encode(share(), ["ab"])) == 1
