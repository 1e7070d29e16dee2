"""The page as a file: what is embedded is the circuit, nothing is fetched, and any text stays text."""

import base64
import json
import re

import numpy as np
import pytest
from circuitsim.cli.entry import program
from click.testing import CliRunner

import circuitsim as cs
from circuitsim.errors import LimitError
from circuitsim.netlist.circuit import Circuit
from circuitsim.render import page as page_module
from circuitsim.render.names import compile_named
from circuitsim.render.page import SCRIPTS, document, figures, page

HOSTILE = [
    "</script><script>alert(1)</script>", "<!--<script>", "<img src=x onerror=alert(1)>", "\"'`&amp;&", "a\nb\r\tc",
    "\u202eabc\u202c\u200f", "\u2028\u2029", "\ud800", "x\udc00y", "\0", "{{script}}", "]]>", "${1}", "\\",
]  # fmt: skip


def named(path, basis, n):
    return compile_named(cs.compile(cs.load(path), basis)(n))


def compiled(path, basis, n):
    """What `circuitsim compile --json` says."""
    done = CliRunner().invoke(
        program, ["compile", path, "-n", str(n), "--basis", basis, "--json"]
    )
    return json.loads(done.stdout)


def data(text):
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1]
    )


def hostile_circuit():
    """A circuit whose every text is hostile: a model's name, tokens, scopes."""
    letters = HOSTILE[:3]
    fan_in = np.array([[2, 4], [8, 7], [10, 3]], np.int32)
    interface = {
        "model": "".join(HOSTILE),
        "n": 1,
        "vocabulary": letters,
        "decision": "bit",
        "classes": 1,
    }
    runs = np.array([[0, 0], [1, 1]], np.int64)
    return Circuit(
        "xag", 3, np.array([0, 1, 0], np.uint8), fan_in, np.array([12], np.int32),
        ("/".join(HOSTILE[:2]), "".join(HOSTILE)), runs, interface,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "basis", "n"),
    [
        ("examples/majority.pt", "xag", 4),
        ("examples/majority.pt", "aig", 3),
        ("examples/parity.json", "tc0", 4),
        ("examples/lookup.json", "ac0", 5),
        ("examples/first.json", "ac0", 4),
    ],
)
def test_what_is_embedded_is_the_circuit(path, basis, n):
    circuit, names = named(path, basis, n)
    found = data(page(circuit, names))
    assert (found["basis"], found["inputs"]) == (basis, circuit.inputs)
    assert tuple(found["scopes"]) == circuit.scopes
    assert found["interface"] == json.loads(json.dumps(circuit.interface))
    for name, packed in found["arrays"].items():
        array = getattr(circuit, name)
        if packed is None:
            assert array is None
            continue
        kind = np.dtype(packed["type"]).newbyteorder("<")
        got = np.frombuffer(base64.b64decode(packed["base64"]), kind)
        assert np.array_equal(got, np.zeros(0) if array is None else array.reshape(-1)), name
    index = np.frombuffer(
        base64.b64decode(found["names"]["gate_index"]["base64"]),
        found["names"]["gate_index"]["type"],
    )
    assert [found["names"]["gates"][i] for i in index] == [
        names.gate(g) for g in range(circuit.gates)
    ]


@pytest.mark.parametrize(
    ("path", "basis"), [("examples/majority.pt", "xag"), ("examples/parity.json", "tc0")]
)
def test_figures_are_those_of_compile(path, basis):
    said = compiled(path, basis, 4)
    found = figures(named(path, basis, 4)[0])
    assert found == {key: said[key] for key in found}


def test_nothing_is_fetched_and_no_other_script_may_run():
    text = page(named("examples/majority.pt", "xag", 4)[0])
    assert not re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", text, re.I)
    assert not re.search(
        r"<(?:link|img|iframe|object|embed|base)\b|\bfetch\(|XMLHttpRequest|WebSocket|import\(|url\(",
        text,
    )
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_hostile_text_is_data_and_the_file_is_ascii_there():
    circuit = hostile_circuit()
    text = page(circuit)
    embedded = re.search(r'id="data">(.*?)</script>', text, re.S)[1]
    assert embedded.isascii()
    assert "<" not in embedded
    assert data(text)["interface"]["model"] == circuit.interface["model"]
    assert tuple(data(text)["scopes"]) == circuit.scopes
    text.encode()  # no lone surrogate is left
    assert text.count("<script") == 2
    assert text.count("</script") == 2


def test_the_same_circuit_gives_the_same_page():
    circuit, names = named("examples/parity.json", "tc0", 3)
    assert page(circuit, names) == page(circuit, names)


def test_gates_are_named_by_a_schematic_only_if_it_is_theirs():
    schematic = cs.compile(cs.load("examples/majority.pt"), "xag")(4)
    other = cs.compile(cs.load("examples/majority.pt"), "xag")(5)
    circuit = schematic.flatten()
    assert "gates" in data(page(circuit, None, schematic))["names"]
    assert "gates" not in data(page(circuit, None, other))["names"]
    assert "gates" not in document(circuit)["names"]


def test_every_script_is_there_and_small():
    folder = page_module.resources.files("circuitsim.render") / "assets"
    scripts = {
        entry.name.removesuffix(".js")
        for entry in folder.iterdir()
        if entry.name.endswith(".js")
    }
    assert scripts == set(SCRIPTS)
    for name in SCRIPTS:
        text = (folder / f"{name}.js").read_text()
        assert text.startswith("// "), f"{name}.js does not say what it is for"
        assert len(text.splitlines()) < 300
        assert "</script" not in text


def test_a_circuit_too_large_for_a_page_is_refused_with_the_numbers(monkeypatch):
    monkeypatch.setattr(page_module, "MOST_GATES", 900)
    with pytest.raises(LimitError, match=r"at most 900 gates .* has 936"):
        page(named("examples/majority.pt", "xag", 4)[0])
