"""The page of circuits that nobody compiles but that may come from a file: odd shapes, hostile text, lies."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import circuitsim as cs
from circuitsim import tokens
from circuitsim.netlist.circuit import Circuit
from circuitsim.netlist.interface import answers, with_wired
from circuitsim.render.page import page
from tests.cases import random_model
from tests.render import browser
from tests.render.browser import Page, values_of_all_nodes
from tests.render.test_page_text import hostile_circuit

ROOT = Path(__file__).parents[2]


def literals(*values):
    return np.array(values, np.int32)


def odd_circuits():
    """What a page must bear: nothing at all, outputs without gates, depth, width, weights beyond doubles, scopes."""
    ands = np.zeros((1,), np.uint8), literals(2, 4).reshape(1, 2)
    nothing = np.zeros(0, np.uint8), np.zeros((0, 2), np.int32)
    chain = np.array([[2 * (1 + g), 2 * (1 + g) + g % 2] for g in range(20000)], np.int32)
    many = 20000
    yield "nothing", Circuit("xag", 0, *nothing, literals())
    yield "constants", Circuit("aig", 0, *nothing, literals(0, 1, 1))
    yield "wires only", Circuit("aig", 2, *nothing, literals(2, 5, 2))
    yield "no output", Circuit("aig", 2, *ands, literals())
    yield "deep", Circuit("xag", 1, np.ones(many, np.uint8), chain, literals(2 * many + 2))
    heavy = np.array([2**60, 2**60 + 1, -(2**61), 1, 2**53, 1], np.int64)
    yield (
        "heavy",
        Circuit(
            "tc0", 2, np.full(3, 3, np.uint8), literals(2, 4, 2, 5, 2, 4), literals(6, 8, 11),
            starts=np.array([0, 2, 4, 6]), weights=heavy, thresholds=np.array([2**61 + 1, -(2**63), 2**53 + 1]),
        ),
    )  # fmt: skip
    scopes = tuple(f"a{g % 50}/b{g}" for g in range(many))
    runs = np.stack([np.arange(many), np.arange(many)], axis=1)
    wide = np.tile(ands[1], (many, 1))
    yield (
        "many scopes",
        Circuit("aig", 2, np.zeros(many, np.uint8), wide, literals(6), scopes, runs),
    )
    yield (
        "deep scope",
        Circuit(
            "aig", 2, *ands, literals(6), ("/".join("x" * 5000), "", "//"), np.array([[0, 0]])
        ),
    )
    lies = {
        "vocabulary": [1, 2],
        "n": "2",
        "wired": 3,
        "classes": -1,
        "model": 5,
        "readout": [],
    }
    yield "a lying interface", Circuit("aig", 2, *ands, literals(6), interface=lies)


ODD = dict(odd_circuits())


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_odd_circuits_are_shown_and_run(driver, tmp_path, name):
    circuit = ODD[name]
    file = tmp_path / "odd.html"
    file.write_text(page(circuit))
    shown = Page(driver, file)
    shown.find("#drawing").click()
    shown.keys(
        "e",
        "w",
        "e",
        "\ue00c",
        "\ue007",
        "\ue012",
        "\ue014",
        "\ue015",
        "\ue003",
        "i",
        "c",
        "[",
        "0",
    )
    for bits in itertools.product((0, 1), repeat=circuit.inputs):
        if circuit.inputs:
            shown.retype(shown.find("#string"), "".join(map(str, bits)))
        assert np.array_equal(
            shown.says("values()"), values_of_all_nodes(circuit, np.array(bits, bool))[0]
        )
    assert shown.errors() == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 18, 24, 27, 31, 35, 37, 38])
def test_random_models_decide_as_their_circuits_do(driver, tmp_path, seed):
    """One-hot letters and classes, a decision for every position, wired positions."""
    model = random_model(seed, layers=2, heads=1)
    circuit = cs.compile(
        model, ("xag", "tc0")[seed % 2], positions=("folded", "wired")[seed // 2 % 2]
    )(3).flatten()
    file = tmp_path / "random.html"
    file.write_text(page(circuit))
    shown = Page(driver, file)
    letters = circuit.interface["vocabulary"]
    for codes in np.random.default_rng(seed).integers(0, len(letters), (5, 3)):
        shown.retype(shown.find("#string"), "".join(letters[code] for code in codes))
        bits = with_wired(circuit.interface, tokens.letters(letters).bits(codes[None]))
        assert np.array_equal(shown.says("values()"), values_of_all_nodes(circuit, bits)[0])
        assert (
            shown.says("decisions()")
            == answers(circuit.interface, circuit.evaluate(bits))[0].tolist()
        )
    assert shown.errors() == []


def test_a_number_is_shown_as_a_fraction(driver, tmp_path):
    circuit = cs.compile(cs.load(ROOT / "examples" / "share.json"))(3).flatten()
    file = tmp_path / "number.html"
    file.write_text(page(circuit))
    shown = Page(driver, file)
    shown.retype(shown.find("#string"), "bab")
    assert shown.says("decisions()") == ["0", "1/2", "21/64"]
    assert shown.text("#outputs-label") == "Numbers"
    lie = replace(circuit, interface={**circuit.interface, "scale": "1/0"})
    file.write_text(page(lie))
    shown = Page(driver, file)
    assert shown.text("#outputs-label") == "Decisions"
    assert shown.errors() == []


@pytest.mark.slow
def test_hostile_text_is_shown_as_text(driver, tmp_path):
    file = tmp_path / "hostile.html"
    file.write_text(page(hostile_circuit()))
    shown = Page(driver, file)
    assert shown.errors() == []
    assert len(shown.all("script")) == 2
    assert not shown.all("img")
    seen = shown.text("#title")
    assert "</script><script>alert(1)</script>" in seen
    for mark in (r"\u202e", r"\u2028", r"\ud800", r"\u000a"):
        assert mark in seen
    assert "\u202e" not in driver.execute_script("return document.body.innerText")
    assert np.array_equal(
        shown.says("values()"), values_of_all_nodes(hostile_circuit(), [1, 0, 0])[0]
    )
    shown.find("#search").send_keys("<script>")
    assert shown.all("#results li")
    shown.keys("\ue015", "\ue007")
    shown.settle()
    assert shown.errors() == []


@pytest.mark.parametrize("variable", ["CI", "CIRCUITSIM_BROWSER"])
def test_a_missing_browser_is_a_reason_to_skip_but_not_in_ci(monkeypatch, variable):
    monkeypatch.setattr(browser, "CHROMIUM", "/nowhere/chromium")
    for name in ("CI", "CIRCUITSIM_BROWSER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        browser.need_browser()
    monkeypatch.setenv(variable, "required")
    with pytest.raises(pytest.fail.Exception, match="no /nowhere/chromium"):
        browser.need_browser()
