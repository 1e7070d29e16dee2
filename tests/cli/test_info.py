from pathlib import Path

from .runs import ROOT, answer, complaint, succeed

MODEL_KEYS = {
    *[
        "kind",
        "format",
        "vocabulary",
        "layers",
        "heads",
        "width",
        "parameters",
        "attention",
        "masks",
        "readout",
        "bits",
    ]
}


def test_a_model(models: dict[str, str]) -> None:
    found = answer("info", models["thirds"])
    assert set(found) >= MODEL_KEYS
    assert (found["kind"], found["format"], found["bits"]) == ("model", "json", "6")
    assert (found["layers"], found["heads"], found["width"]) == (1, [1], 2)
    assert found["parameters"] == 3 * 2 + (2 + 2 + 2 + 2) + 3 * 2 + 3
    assert found["irrational"] == ["cos(i)"]
    assert "cos(i) (irrational" in succeed("info", models["thirds"])


def test_a_circuit(circuit: Path) -> None:
    found = answer("info", circuit)
    assert (found["kind"], found["format"], found["model"]) == ("circuit", "npz", "majority")
    assert (found["n"], found["inputs"], found["outputs"], found["basis"]) == (5, 5, 1, "xag")
    assert sum(scope["gates"] for scope in found["scopes"]) == found["gates"]
    assert succeed("info", circuit).startswith("circuit        C_5 of majority (npz)\n")


def test_the_examples() -> None:
    parity = answer("info", ROOT / "examples/parity.json")
    assert parity["append"] == ["CLS"]
    assert parity["irrational"] == []
    assert answer("info", ROOT / "examples/majority.pt")["format"] == "pt"


def test_what_is_neither(tmp_path: Path, circuit: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "cut.npz").write_bytes(circuit.read_bytes()[:300])
    for name in ("a.json", "a.txt", "cut.npz", "missing.pt", "."):
        assert str(tmp_path / name) in complaint("info", tmp_path / name)
    assert "/dev/zero" in complaint("info", "/dev/zero")


def test_names_from_files_cannot_write_to_the_terminal(
    models: dict[str, str], tmp_path: Path
) -> None:
    text = (
        Path(models["majority"])
        .read_text()
        .replace('"majority"', '"\\u001b[31mred\\nline\\ud800"')
    )
    (tmp_path / "red.json").write_text(text)
    shown = succeed("info", tmp_path / "red.json")
    assert "\x1b" not in shown
    assert "\\x1b[31mred\\nline\\ud800" in shown
