"""Separations: the rows, what crosses the cut, squeezes that fail and replay, fits, and what is kept on disk."""

import json
import math

import numpy as np
import pytest

from circuitsim import user_cache
from circuitsim.analysis.separations import store
from circuitsim.analysis.separations.crossing import crossing
from circuitsim.analysis.separations.gadgets import gadgets
from circuitsim.analysis.separations.key_widths import KeyWidth, fit, least_width
from circuitsim.analysis.separations.key_widths import crossing as falls_below
from circuitsim.analysis.separations.messages import distinguishable, messages
from circuitsim.analysis.separations.observing import observer
from circuitsim.analysis.separations.rows import Missing, Row, rows
from circuitsim.analysis.separations.separations import SEPARATIONS, separation
from circuitsim.analysis.separations.squeezing import squeeze, squeeze_bits, tried
from circuitsim.api import compile
from circuitsim.errors import InputError
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from circuitsim.zoo.addresses import built
from circuitsim.zoo.key_schemes import certificates, sign_keys


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv(user_cache.FOLDER, str(tmp_path / "cache"))


def made(name, ns=(8,)):
    found = list(rows(SEPARATIONS[name], ns))
    assert all(isinstance(row, Row) for row in found), found
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["index-lookup", "equality", "q-sparse-averaging"])
def test_what_is_taken_lies_on_or_above_the_bound(name):
    found = made(name)
    assert all(row.holds for row in found)
    assert any(row.lower_bound for row in found)
    for row in found:
        model = built(row.model.removeprefix("zoo:")).at(8)
        assert row.size["xag"] == compile(model, "xag", str(row.bits))(8).measure().gates
        assert row.cut_items or row.cut_bits is None


@pytest.mark.slow
def test_the_bits_of_a_row_are_least():
    row = next(row for row in made("q-sparse-averaging") if "sign" in row.architecture)
    entry = built(row.model.removeprefix("zoo:"))
    model, (codes, _) = entry.at(8), tried(entry, 8, 0)
    truth = entry.task.decisions(codes)
    right = [
        (run_integer(fix(model, 8, str(b)), codes).decisions == truth).all()
        for b in range(row.bits + 3)
    ]
    assert all(right[row.bits :])
    assert not all(right[max(0, row.bits - 3) : row.bits])


@pytest.mark.slow
def test_a_side_that_is_not_made_at_a_length_says_why():
    found = list(rows(SEPARATIONS["bounded-dyck"], (7,)))
    why = [row.why for row in found if isinstance(row, Missing)]
    assert why == [] or all("length" in reason or "tokens" in reason for reason in why)
    far = list(rows(SEPARATIONS["match3"], (128,)))
    assert [row.why for row in far if isinstance(row, Missing)] == [
        "measured for n up to 64",
        "measured for n up to 32",
    ]


def test_the_query_that_crosses_is_counted_component_by_component():
    entry = built("q-sparse-averaging:keys=one-hot")
    model = entry.at(8)
    fixed = fix(model, 8, "0")
    (head,) = fixed.layers()[-1]
    bits = [(high - low).bit_length() for low, high in head.query.ranges]
    assert crossing(model, fixed, True).total == len(bits) * max(bits)


@pytest.mark.parametrize(
    ("name", "n", "single"),
    [
        ("q-sparse-averaging:keys=one-hot", 8, True),
        ("q-sparse-averaging:keys=polytope", 8, True),
        ("index-lookup-rnn", 7, False),
        ("equality-rnn", 8, False),
        ("equality-one-layer", 8, False),
    ],
)
def test_a_model_that_is_right_sends_at_least_the_messages_that_are_needed(name, n, single):
    entry = built(name)
    gadget = next(g for g in gadgets(entry.task, n) if not single or len(g.alice) == 1)
    see = observer(entry.at(n), gadget, single)
    assert messages(see, gadget) >= distinguishable(gadget) == 2**gadget.bits


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "label"),
    [("index-lookup", "recurrent net"), ("equality", "transformer, one layer")],
)
def test_a_squeezed_model_fails_on_an_input_that_replays(name, label):
    one = separation(name)
    side = next(side for side in one.sides if side.label == label)
    row = next(row for row in made(name) if row.architecture == label)
    found = squeeze(one, side, 8, 0, row.width)
    assert found.fails == found.works - 1
    address = found.replay.split()[2].removeprefix("zoo:")
    assert found.model == f"zoo:{address}"
    entry = built(address)
    codes = entry.task.format(8).parse([found.input])
    assert run_exact(entry.at(8), codes).decisions[0].tolist() == found.got != found.expected
    assert entry.task.decisions(codes)[0].tolist() == found.expected
    assert found.needed is not None
    if found.sent is not None:
        assert found.sent >= found.needed > found.sent_less


@pytest.mark.slow
def test_one_bit_less_fails_on_an_input_that_replays():
    row = next(row for row in made("q-sparse-averaging") if "sign" in row.architecture)
    entry = built(row.model.removeprefix("zoo:"))
    found = squeeze_bits(entry, 8, row.bits)
    codes = entry.task.format(8).parse([found.input])
    got = run_integer(fix(entry.at(8), 8, str(row.bits - 1)), codes).decisions[0].tolist()
    assert got == found.got != found.expected
    assert squeeze_bits(entry, 8, 0) is None


def test_answers_are_kept_by_question_and_asked_again_where_they_are_damaged(tmp_path):
    asked = []

    def answer():
        asked.append(1)
        return {"x": len(asked)}

    assert (
        store.remembered({"q": 1}, answer) == store.remembered({"q": 1}, answer) == {"x": 1}
    )
    assert store.remembered({"q": 2}, answer) == {"x": 2}
    assert store.remembered({"q": 1}, answer, use=False) == {"x": 3}
    for path in (user_cache.user_folder() / "results").iterdir():
        path.write_text(json.dumps({"question": {"q": 3}, "answer": 5}))
    assert store.remembered({"q": 1}, answer) == {"x": 4}
    for path in (user_cache.user_folder() / "results").iterdir():
        path.write_text("{")
    assert store.remembered({"q": 1}, answer) == {"x": 5}


def test_a_fit_of_exact_widths_finds_its_constant():
    widths = [
        KeyWidth(q, n, round(12 * q * math.log(n)))
        for q in (1, 2, 4)
        for n in (64, 256, 1024)
    ]
    found = fit(widths)
    assert abs(found.c - 12) < 0.05
    assert found.largest_error < 0.02
    for q, n in found.crossing.items():
        assert found.c * q * math.log(n) < n
        assert found.c * q * math.log(n - 1) >= n - 1
    assert falls_below(12, 1) == found.crossing[1]


def test_the_least_width_has_certificates_for_the_sets_and_one_sign_less_in_no_draw():
    n, q = 16, 2
    width = least_width(n, q)
    from circuitsim.zoo.key_schemes import drawn_sets

    sets = drawn_sets(n, q)

    def works(seed, m):
        keys = sign_keys(n, m, seed)
        scores = certificates(keys, sets) @ keys.T
        np.put_along_axis(scores, sets, 0, axis=1)
        return (scores < 0.5 - 1e-9).all()

    def tried_at(seed, m):
        try:
            return works(seed, m)
        except InputError:
            return False

    assert any(tried_at(seed, width) for seed in range(3))
    assert not any(tried_at(seed, m) for seed in range(3) for m in range(q, width))


def test_an_unknown_task_names_the_nearest():
    with pytest.raises(InputError, match="did you mean equality"):
        separation("equalty")
