"""The page in a real browser: folded, searched, walked, and run, by clicks and keys; its values are the evaluator's."""

import itertools
import re

import numpy as np
import pytest

import circuitsim as cs
from circuitsim import tokens
from circuitsim.netlist.counting import levels
from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.netlist.interface import answers
from circuitsim.render.names import compile_named
from circuitsim.render.page import page
from tests.render.browser import Page, values_of_all_nodes
from tests.render.test_page_text import compiled

CASES = {
    "majority": ("examples/majority.pt", "xag", 4),
    "parity": ("examples/parity.json", "tc0", 4),
    "lookup": ("examples/lookup.json", "ac0", 5),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Circuits with the files of their pages."""
    folder, found = tmp_path_factory.mktemp("pages"), {}
    for name, (path, basis, n) in CASES.items():
        circuit, names = compile_named(cs.compile(cs.load(path), basis)(n))
        file = folder / f"{name}.html"
        file.write_text(page(circuit, names))
        found[name] = circuit, file
    return found


@pytest.fixture
def opened(driver, built):
    """Opens a page, and at the end looks at its console."""
    pages = []

    def open_page(name):
        pages.append(Page(driver, built[name][1]))
        return pages[-1], built[name][0]

    yield open_page
    for one in pages:
        assert one.errors() == []


def strings(circuit, many=20):
    """Some inputs over the circuit's letters, each once."""
    letters, n = circuit.interface["vocabulary"], circuit.interface["n"]
    every = list(itertools.product(range(len(letters)), repeat=n))
    picked = np.random.default_rng(4).permutation(len(every))[:many]
    return [every[i] for i in picked]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_values_typed_in_equal_the_evaluator(opened, name):
    shown, circuit = opened(name)
    letters = circuit.interface["vocabulary"]
    tried = strings(circuit)
    bits = tokens.letters(letters).bits(np.array(tried))
    wanted = values_of_all_nodes(circuit, bits)
    decided = answers(circuit.interface, evaluate(circuit, bits))
    field = shown.find("#string")
    for codes, values, decision in zip(tried, wanted, decided, strict=True):
        shown.retype(field, "".join(letters[code] for code in codes))
        assert np.array_equal(shown.says("values()"), values)
        assert shown.says("decisions()") == decision.tolist()
        assert shown.text("#decisions .badge") == str(decision[0])
    assert len(tried) == min(20, len(letters) ** circuit.interface["n"])


def test_letters_are_flipped_by_click_and_by_key(opened):
    shown, circuit = opened("majority")
    codes = np.zeros(4, int)
    for letter in (2, 0, 2, 3):
        shown.find(f'[data-letter="{letter}"]').click()
        codes[letter] ^= 1
        assert np.array_equal(shown.says("values()"), values_of_all_nodes(circuit, codes)[0])
        assert shown.find("#string").get_property("value") == "".join(map(str, codes))
    shown.keys("\ue012", "\ue012", " ")  # arrows left, then space
    codes[1] ^= 1
    assert np.array_equal(shown.says("values()"), values_of_all_nodes(circuit, codes)[0])


def test_letters_of_larger_vocabularies_are_chosen(opened):
    from selenium.webdriver.support.select import Select

    shown, circuit = opened("lookup")
    codes = np.zeros((1, 5), int)
    for letter, code in ((0, 1), (3, 2)):
        Select(shown.find(f'[data-letter="{letter}"]')).select_by_index(code)
        codes[0, letter] = code
        bits = tokens.letters("abc").bits(codes)
        assert np.array_equal(shown.says("values()"), values_of_all_nodes(circuit, bits)[0])


def test_a_string_that_is_none_is_refused_in_a_sentence(opened):
    shown, _ = opened("lookup")
    before = shown.says("values()")
    field = shown.find("#string")
    for text, sentence in (
        ("zzzzz", "z is not in the vocabulary"),
        ("a", "1 letter, and the circuit takes 5."),
    ):
        shown.retype(field, text)
        assert sentence in shown.text("#string-error")
        assert field.get_attribute("aria-invalid") == "true"
    assert shown.says("values()") == before


@pytest.mark.parametrize("name", CASES)
def test_figures_on_the_page_are_those_of_compile(opened, name):
    path, basis, n = CASES[name]
    shown, circuit = opened(name)
    said = compiled(path, basis, n)
    figures = {
        row.get_attribute("data-figure"): row.text for row in shown.all("#figures > div")
    }
    for key in ("gates", "depth", "wires", "inputs", "outputs"):
        assert re.search(rf"^{key}\s+{said[key]:,}\b", figures[key])
    for kind, many in said["gates_by_kind"].items():
        assert f"{many:,} {kind}" in figures["gates"]
    assert shown.says("levels()") == levels(circuit).tolist()
    assert len(shown.says("path()")) == said["depth"] + 1
    rows = {
        row.find_element("css selector", ".name").get_attribute("title"): row.text
        for row in shown.all("tbody tr")
    }
    for scope in said["scopes"]:
        share = 100 * scope["gates"] / said["gates"]
        assert rows[scope["scope"]].split()[-4:-1] == [
            f"{scope['gates']:,}",
            f"{share:.1f}%",
            str(scope["depth"]),
        ]


@pytest.mark.slow
def test_folding_moves_nothing(opened):
    shown, circuit = opened("majority")
    gate = circuit.nodes - 1
    place, view = shown.says(f"placeOf({gate})"), shown.says("camera()")
    assert shown.says("folded()") == []
    shown.find("#fold-all").click()
    assert "readout" in shown.says("folded()")
    assert shown.says(f"placeOf({gate})") == place
    shown.click_at(*shown.says("placeOfScope('readout')"), twice=True)
    assert "readout" not in shown.says("folded()")
    shown.click_at(*shown.says("placeOfScope('readout')"))
    assert shown.says("selected().scope") == "readout"
    shown.find("#toggle-scope").click()
    assert "readout" in shown.says("folded()")
    assert (shown.says(f"placeOf({gate})"), shown.says("camera()")) == (place, view)


@pytest.mark.slow
def test_scopes_fold_by_key_and_sort_by_click(opened):
    shown, _ = opened("majority")
    row = shown.find('tbody tr[tabindex="0"]')
    assert row.find_element("css selector", ".name").get_attribute("title") == "layer0"
    row.click()
    shown.keys("\ue012")  # left folds
    assert shown.says("folded()") == ["layer0"]
    assert [e.get_attribute("title") for e in shown.all("tbody .name")] == [
        "layer0",
        "readout",
    ]
    shown.keys("\ue014", "\ue015", "\ue015", " ")  # right unfolds, down twice, space folds
    assert shown.says("folded()") == ["layer0/head0/values"]
    assert len(shown.all('tbody tr[tabindex="0"]')) == 1
    shown.all("thead button")[1].click()
    gates = [int(r.text.split()[-4]) for r in shown.all('tbody tr[aria-level="3"]')]
    assert gates == sorted(gates, reverse=True)
    assert shown.all("thead th")[1].get_attribute("aria-sort") == "descending"


@pytest.mark.slow
def test_a_gate_is_found_selected_and_explained(opened):
    shown, circuit = opened("majority")
    shown.keys("/")
    shown.find("#search").send_keys("g17")
    assert shown.all("#results li")[0].text.startswith("g17")
    shown.keys("\ue007")
    shown.settle()
    node = circuit.inputs + 1 + 17
    assert shown.says("selected().node") == node
    assert shown.text("#inspector-title") == "g17"
    assert shown.text("#value") == str(
        int(values_of_all_nodes(circuit, np.zeros(4, int))[0][node])
    )
    a, b = circuit.fan_in[17] >> 1
    listed = [
        int(e.get_attribute("data-id")) for e in shown.all('ul[aria-label="Fan-in"] button')
    ]
    assert listed == [a, b]
    assert f"{levels(circuit)[node]} of 53" in shown.text("#inspector-body")
    shown.all('ul[aria-label="Fan-in"] button')[1].click()
    assert shown.says("selected().node") == b


@pytest.mark.slow
def test_a_gate_is_selected_by_a_click_in_the_drawing_and_walked_from_by_arrows(opened):
    shown, circuit = opened("parity")
    node = circuit.nodes - 1
    shown.click_at(*shown.says(f"placeOf({node})"))
    shown.settle()
    assert shown.says("selected().node") == node
    text = shown.text("#inspector-body")
    assert "threshold" in text
    assert f"≥ {circuit.thresholds[-1]}".replace("-", "\N{MINUS SIGN}") in text
    shown.keys("\ue012")  # left: to something the gate reads
    shown.settle()
    reads = circuit.fan_in[circuit.starts[-2] : circuit.starts[-1]] >> 1
    assert shown.says("selected().node") in reads
    shown.keys("\ue014")  # right: to what reads that
    shown.settle()
    shown.keys("\ue014")
    shown.settle()
    assert shown.says("selected().node") >= node


def test_the_cone_is_what_the_gate_depends_on(opened):
    shown, circuit = opened("lookup")
    need = {int(circuit.outputs[0]) >> 1}
    for g in range(circuit.gates - 1, -1, -1):
        if circuit.inputs + 1 + g in need:
            need |= {
                int(w) >> 1 for w in circuit.fan_in[circuit.starts[g] : circuit.starts[g + 1]]
            }
    gates = sum(node > circuit.inputs for node in need)
    shown.find("#drawing").click()
    shown.keys("\ue00c", "\ue007", "i")  # nothing, the first output, what it depends on
    shown.settle()
    assert shown.says("cone()")["gates"] == gates
    assert f"{gates} gates" in shown.text("#cone-size")
    assert shown.find('[data-cone="in"]').get_attribute("aria-checked") == "true"


@pytest.mark.slow
def test_values_appear_level_by_level(opened):
    shown, circuit = opened("majority")
    level, values = levels(circuit), values_of_all_nodes(circuit, np.zeros(4, int))[0]
    deepest = int(level.max())
    shown.find("#level").send_keys("\ue011")  # home
    for at in range(3):
        assert shown.says("shades()") == np.where(level <= at, values, 2).tolist()
        assert shown.text("#decisions .badge") == "·"
        shown.find("#level-on").click()
    shown.keys("[")
    assert shown.text("#level-text").startswith("level 2 of 53")
    shown.find("#level").send_keys("\ue010")  # end
    assert shown.says("shades()") == values.astype(int).tolist()
    assert shown.text("#level-text") == f"all {deepest} levels"


def test_themes_change_the_ground_and_the_drawing(opened):
    shown, _ = opened("majority")

    def ground():
        script = "return getComputedStyle(document.body).backgroundColor"
        return shown.driver.execute_script(script)

    seen = {}
    for _ in range(3):
        shown.find("#theme").click()
        seen[shown.driver.execute_script("return document.documentElement.dataset.theme")] = (
            ground()
        )
    assert set(seen) == {"auto", "light", "dark"}
    assert seen["light"] != seen["dark"]


@pytest.mark.slow
def test_zoom_keeps_the_place_under_the_pointer(opened):
    shown, _ = opened("majority")
    before = shown.says("camera()")
    shown.driver.execute_script(
        "const c = document.getElementById('drawing'), b = c.getBoundingClientRect(); c.dispatchEvent(new WheelEvent("
        "'wheel', {deltaY: -120, clientX: b.left + 300, clientY: b.top + 200, cancelable: true}))"
    )
    after = shown.says("camera()")
    assert after["scale"] > before["scale"]
    for axis, at in (("x", 300), ("y", 200)):
        world = [(at - view[axis]) / view["scale"] for view in (before, after)]
        assert world[0] == pytest.approx(world[1], abs=2)  # a pointer is at a whole pixel
    shown.keys("0")
    shown.settle()
    assert shown.says("camera()") == pytest.approx(before)


@pytest.mark.slow
def test_keys_are_listed_and_the_critical_path_marked(opened):
    shown, _ = opened("majority")
    shown.keys("?")
    assert shown.find("#help").get_property("open")
    assert len(shown.all("#help kbd")) > 20
    shown.keys("\ue00c")
    assert not shown.find("#help").get_property("open")
    shown.keys("c")
    assert shown.find("#critical").get_attribute("aria-pressed") == "true"
    shown.all("#icicle-by button")[1].click()
    shown.find('#icicle button[title^="readout"]').click()
    shown.settle()
    assert shown.says("selected().scope") == "readout"


def test_two_fingers_zoom_and_one_moves(opened):
    shown, _ = opened("majority")
    box = shown.find("#drawing").rect

    def touch(kind, *points):
        places = [
            {"x": box["x"] + x, "y": box["y"] + y, "id": i} for i, (x, y) in enumerate(points)
        ]
        shown.driver.execute_cdp_cmd(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": places}
        )

    start = shown.says("camera()")
    touch("touchStart", (300, 300))
    touch("touchMove", (340, 320))
    touch("touchEnd")
    moved = shown.says("camera()")
    assert (moved["x"] - start["x"], moved["y"] - start["y"]) == pytest.approx((40, 20))
    touch("touchStart", (300, 300))
    touch("touchStart", (300, 300), (400, 300))
    touch("touchMove", (250, 300), (450, 300))
    touch("touchEnd")
    assert shown.says("camera()")["scale"] == pytest.approx(2 * moved["scale"], rel=0.01)
    assert shown.says("selected()") == {"node": -1, "scope": None}
