"""Rotary positions: every rung against an oracle of its own, and what angles are."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from circuitsim import load
from circuitsim.analysis.proofs.automata.scope import outside_model
from circuitsim.certificates.strings import layout
from circuitsim.errors import ModelError
from circuitsim.models.files.json_model import save_json
from circuitsim.models.inputs import counts_decide
from circuitsim.models.model import PROJECTIONS, Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs
from circuitsim.networks import draw
from circuitsim.networks.draw import _turned as right
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.forms import Affine, Stream
from circuitsim.networks.integer import Integer
from circuitsim.networks.network import run
from circuitsim.networks.rotation import turns
from circuitsim.networks.rungs import run_definition, run_exact, run_float
from circuitsim.numbers import irrationals
from tests.blocks import random_block_model, with_rotary
from tests.networks.naive_blocks import Naive, turn
from tests.networks.test_blocks import (
    WIDE,
    among,
    assert_exact_is_the_definition,
    assert_integer_is_what_the_formulas_say,
    same,
    strings,
    within,
)


def random_rotary(seed):
    return with_rotary(random_block_model(seed), seed)


@pytest.mark.parametrize("seed", range(30))
def test_the_definition_is_what_the_formulas_say(seed):
    model, n, bits = random_rotary(seed), 1 + seed % 4, (None, 0, 1, 3, 7, 12)[seed % 6]
    for string in strings(model, seed, n, 2):
        assert same(run_definition(model, string, bits), Naive(model, bits).run(string))


@pytest.mark.parametrize("seed", range(30, 60))
def test_the_exact_run_is_the_definition(seed):
    model, n = random_rotary(seed), 1 + seed % 4
    codes = np.array(strings(model, seed, n, 4))
    assert_exact_is_the_definition(model, codes)


@pytest.mark.parametrize("seed", range(60, 120))
def test_the_integer_run_is_what_the_formulas_say(seed):
    model, n, bits = random_rotary(seed), 1 + seed % 4, (0, 1, 2, 4, 9)[seed % 5]
    codes = np.array(strings(model, seed, n, 4))
    assert_integer_is_what_the_formulas_say(model, bits, codes)


@pytest.mark.parametrize("seed", range(30))
def test_the_float_run_is_the_exact_one_where_it_is_trusted(seed):
    model, n = random_rotary(seed), 1 + seed % 4
    codes = all_inputs(model, n)[:16]
    exact, found = run_exact(model, codes), run_float(model, codes)
    sure = found.trusted
    assert (found.decisions == exact.decisions)[sure].all()
    outputs = exact.trace().outputs.astype(float)
    if exact.bits is None:  # no norm or activation, where trust is of decisions alone
        np.testing.assert_allclose(found.outputs[sure], outputs[sure], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_every_interval_holds_all_that_is_computed(seed):
    model, bits = random_rotary(seed), seed % 4
    for n in (1, 2, 4):
        fixed = fix(model, n, bits, WIDE)
        values = run(fixed.network, Integer(fixed, all_inputs(model, n)))
        for index, (known, computed) in enumerate(zip(fixed.known, values, strict=True)):
            if isinstance(known, Affine | Stream):
                within(known.ranges, computed)
            if fixed.network.lines[index].primitive.name == "rotate":
                for c, number in enumerate(known.numbers):
                    among(number, computed[..., c] >> fixed.bits)


def _wrong_sign(head, x, length):
    how = right(head, x, length)
    return replace(how, pairs=tuple((b, a) for a, b in how.pairs))


def _one_position_late(head, x, length):
    how = right(head, x, length + 1)
    return replace(how, turns=how.turns[:, 1:])


def _neighbours(head, x, length):
    """Pairs of components that are side by side, as other libraries have them."""
    how = right(head, x, length)
    return replace(how, pairs=tuple((2 * c, 2 * c + 1) for c in range(len(how.pairs))))


MODEL = Model(
    "ab",
    {"a": [1, 0, 2], "b": [-1, 3, 1]},
    [
        Layer(
            [
                Head(
                    [[1, 2, 0], [3, 1, 1], [0, 1, 2], [1, 1, 1]],
                    [[2, 1, 1], [1, 2, 0], [1, 0, 1], [2, 2, 1]],
                    value=[[1, 0, 0], [0, 1, 0]],
                    output=[[1, 0], [0, 1], [1, 1]],
                    mask="causal",
                    attention=attention,
                    rotary=10,
                )
                for attention in ("saturated", "hard-left")
            ]
        )
    ],
    Readout([[1, 2, 3], [3, 2, 1]], position="each"),
    prepend="a",
)


@pytest.mark.parametrize("mistake", [None, _wrong_sign, _one_position_late, _neighbours])
def test_other_angles_are_noticed(mistake, monkeypatch):
    """With few bits: exact scores depend on distances alone, and a position more is the same for all."""
    if mistake is not None:
        monkeypatch.setattr(draw, "_turned", mistake)
    agree = [
        same(run_definition(MODEL, string, 3), Naive(MODEL, 3).run(string))
        for string in all_inputs(MODEL, 4).tolist()
    ]
    assert all(agree) == (mistake is None)


def test_scores_are_those_of_the_distance():
    """To where rounding reaches: angles of query and key are told apart by their difference alone."""
    turned = turns(Fraction(10), 4, 9)
    c, s = turned.fractions().astype(float)
    for distance in range(4):
        cosines = c[distance:] * c[: 9 - distance] + s[distance:] * s[: 9 - distance]
        np.testing.assert_allclose(
            cosines, np.tile(c[distance], (9 - distance, 1)), atol=1e-15
        )


@pytest.mark.parametrize("base", ["10000", "1", "1/7", "500000"])
def test_angles_are_what_their_series_say(base):
    for position in (0, 1, 2, 50):
        for power in (Fraction(0), Fraction(-1, 3), Fraction(-7, 8)):
            found = irrationals.turn(position, Fraction(base), power)
            assert list(found) == turn(position, Fraction(base), power)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rotary": 0}, "rotary must be above 0, got 0"),
        ({"rotary": "x"}, "rotary: expected a rational"),
        ({"key": [[1, 1, 1]], "query": [[1, 0, 0]]}, "layer 0, head 0: rotary turns pairs .* and key has 1 rows"),
        ({"key2": [[1, 1, 1]] * 4, "value2": [[1, 1, 1]] * 2}, "rotary turns queries and keys of single positions"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(given, said):
    none = dict.fromkeys((f"{n}_bias" for n in PROJECTIONS), ())

    def made():
        head = replace(MODEL.heads[0], **none, **given)
        return replace(MODEL, layers=[Layer([head])])

    with pytest.raises(ModelError, match=said):
        made()


def test_files_hold_the_base(tmp_path):
    save_json(MODEL, tmp_path / "m.json")
    found = load(tmp_path / "m.json")
    assert found.heads == MODEL.heads
    assert found.rotary == (10,)


def test_proofs_for_every_length_refuse_it():
    automata = outside_model(replace(MODEL, layers=[Layer([MODEL.layers[0].heads[1]])]))
    assert "has positions, and automata follow" in automata
    assert "has rotary positions" in layout(MODEL, set())
    assert not counts_decide(
        replace(MODEL, layers=[Layer([replace(MODEL.heads[0], mask="none")])])
    )
