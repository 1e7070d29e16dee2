"""`circuitsim render`: formats, filters, the choice of altitude and what is refused."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from circuitsim.formats.npz import save
from circuitsim.netlist.circuit import Circuit

from .runs import ROOT, complaint, invoke, succeed

LOOKUP = ROOT / "examples/lookup.json"
MAJORITY = ROOT / "examples/majority.pt"
needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None, reason="graphviz's dot is not installed"
)
SMALL = (LOOKUP, "-n", 3, "--basis", "ac0")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_name_it_says_which_file_it_wrote(folder: Path) -> None:
    said = succeed("render", *SMALL)
    assert said.startswith("lookup-n3-ac0.svg: gates, 24 boxes")
    assert "--altitude architecture|schematic|gates" in said
    assert said.count("\n") == 1
    assert [path.name for path in folder.iterdir()] == ["lookup-n3-ac0.svg"]


@pytest.mark.parametrize("altitude", ["architecture", "schematic", "gates"])
@pytest.mark.parametrize(
    "form",
    [
        "svg",
        "dot",
        pytest.param("pdf", marks=needs_dot),
        pytest.param("png", marks=needs_dot),
    ],
)
def test_every_altitude_in_every_format(folder: Path, altitude: str, form: str) -> None:
    result = json.loads(
        succeed("render", *SMALL, "--altitude", altitude, "-o", f"a.{form}", "--json")
    )
    assert (result["altitude"], result["format"], result["gates"]) == (altitude, form, 14)
    first = (folder / f"a.{form}").read_bytes()
    succeed("render", *SMALL, "--altitude", altitude, "-o", f"a.{form}")
    assert (folder / f"a.{form}").read_bytes() == first


@pytest.mark.slow
def test_a_large_file_for_graphviz_comes_with_a_word_of_warning(folder: Path) -> None:
    """Fault 20."""
    result = invoke(
        "render",
        ROOT / "examples/parity.json",
        "-n",
        16,
        "--altitude",
        "gates",
        "-o",
        "a.dot",
        "--json",
    )
    boxes = json.loads(result.stdout)["boxes"]
    assert boxes > 2000
    assert result.exit_code == 0
    assert result.stderr.startswith(f"circuitsim: a.dot has {boxes:,} boxes and ")
    assert "dot runs for minutes or hours" in result.stderr
    assert result.stderr.count("\n") == 1
    for quiet in (
        [*SMALL, "-o", "a.dot"],
        [ROOT / "examples/parity.json", "-n", 8, "-o", "a.svg"],
    ):
        assert invoke("render", *quiet).stderr == ""


def test_a_page(folder: Path) -> None:
    assert "14 gates" in succeed("render", *SMALL, "-o", "a.html")
    assert "<html" in (folder / "a.html").read_text()


def test_a_circuit_file_is_drawn_as_its_model(folder: Path) -> None:
    succeed("compile", *SMALL, "-o", "c.npz")
    assert succeed("render", "c.npz", "--input", "ar.").startswith("c.svg: gates, 24 boxes")
    assert complaint("render", "c.npz", "--basis", "ac0") == (
        "--basis can only be given with a model, and c.npz is a circuit, already built."
    )
    assert "no schematic" in complaint("render", "c.npz", "--altitude", "schematic")


@pytest.mark.slow
def test_filters_and_values(folder: Path) -> None:
    def drawn(*options: object) -> int:
        return int(
            json.loads(succeed("render", *SMALL, "-o", "a.dot", "--json", *options))["boxes"]
        )

    assert drawn("--output", 0) == 23  # one letter is not read
    assert drawn("--scope", "layer1") < drawn("--scope", "layer0") < 24
    assert drawn("--levels", "2:3") < 24
    assert drawn("--fold", "layer") == 5
    assert drawn("--fold", "scope") == 6
    plain = (folder / "a.dot").read_text()
    drawn()
    assert "value" not in (folder / "a.dot").read_text()
    drawn("--input", "ar.")
    assert "value 1" in (folder / "a.dot").read_text() != plain
    drawn()
    assert "critical" in (folder / "a.dot").read_text()
    drawn("--no-critical")
    assert "critical" not in (folder / "a.dot").read_text()


def test_ten_million_gates_fall_back_at_once() -> None:
    started = time.process_time()
    said = succeed("render", MAJORITY, "-n", 2_200_000, "--altitude", "gates")
    assert ": architecture, 5 boxes" in said
    assert "11,007,900 gates" in said
    assert time.process_time() - started < 60  # to draw so many would take hours
    assert "take a smaller n" in complaint(
        "render", MAJORITY, "-n", 2_200_000, "-o", "a.html"
    )
    assert not Path("a.html").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((LOOKUP,), "-n 4"),
        ((*SMALL, "-o", "a.gif"), ".svg, .pdf"),
        ((*SMALL, "-o", "nowhere/a.svg"), "no directory"),
        ((*SMALL, "--output", 5), "outputs 0 to 0"),
        ((*SMALL, "--scope", "layer9"), "layer0/head0/selection"),
        ((*SMALL, "--levels", "7:3"), "empty"),
        ((*SMALL, "--levels", "3-7"), "such as 3:7"),
        ((*SMALL, "--levels", "8:9"), "from 1 to 4"),
        ((*SMALL, "--input", "ar"), "2 letters"),
        ((*SMALL, "--input", "arx"), "unknown token"),
        ((*SMALL, "--altitude", "architecture", "--input", "ar."), "of gates"),
        (
            (*SMALL, "-o", "a.html", "--input", "ar.", "--scope", "layer0"),
            "--scope, --input can only be given with a picture",
        ),
        ((*SMALL, "-o", "a.html", "--altitude", "gates"), "the page shows the whole"),
        (("missing.npz",), "not there"),
    ],
)
def test_bad_input_is_one_sentence_and_no_file(
    folder: Path, options: tuple[object, ...], said: str
) -> None:
    assert said in complaint("render", *options)
    assert list(folder.iterdir()) == []


def test_hostile_names_are_text_everywhere(folder: Path) -> None:
    letters = [
        '<script>alert("1")</script>',
        'a\n"]; evil [label="',
        "\u202egnp.exe",
        "]]>&amp;",
    ]
    interface = {
        "vocabulary": letters,
        "n": 1,
        "classes": 1,
        "wired": [],
        "model": '<b>"\n',
        "token_code": "one-hot",
    }
    ops, fan_in = np.zeros(3, np.uint8), np.array([[2, 5], [6, 9], [10, 12]], np.int32)
    scopes, runs = ('<script>alert("2")</script>/"];\n',), np.array([[0, 0]], np.int64)
    save(
        Circuit("xag", 4, ops, fan_in, np.array([15], np.int32), scopes, runs, interface),
        folder / "evil.npz",
    )
    for altitude in ("gates", "architecture"):
        for form in ("svg", "dot", "html"):
            given = () if form == "html" else ("--altitude", altitude)
            assert "\u202e" not in succeed("render", "evil.npz", *given, "-o", f"a.{form}")
            text = (folder / f"a.{form}").read_bytes().decode(errors="replace")
            if form != "dot":  # a language of its own, in which < means nothing
                assert "<script>alert" not in text
                assert "<b>" not in text
            assert "\u202e" not in text
            assert '\n"]; evil' not in text


def test_a_models_name_cannot_leave_the_folder(folder: Path) -> None:
    document = json.loads(LOOKUP.read_text())
    (folder / "evil.json").write_text(json.dumps({**document, "name": "../../<b> evil"}))
    assert succeed("render", "evil.json", "-n", 3, "--basis", "ac0").startswith(
        "b_evil-n3-ac0.svg: "
    )
