"""`convert`: files in other formats, and what is said of what cannot be."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from circuitsim.analysis.optimizing import OPTIMIZERS
from circuitsim.analysis.proofs import equivalence
from circuitsim.analysis.proofs.verdict import Verdict
from circuitsim.formats.table import FORMATS

from .runs import answer, complaint, succeed


@pytest.fixture
def majority(models: dict[str, str], tmp_path: Path) -> Path:
    """A circuit's file."""
    succeed("compile", models["majority"], "-n", 5, "-o", tmp_path / "m.npz")
    return tmp_path / "m.npz"


def test_every_format_is_written(majority: Path, tmp_path: Path) -> None:
    for form in FORMATS:
        for suffix in form.extensions:
            found = answer("convert", majority, tmp_path / f"new{suffix}")
            assert (found["format"], found["inputs"], found["outputs"]) == (form.name, 5, 1)
            assert (tmp_path / f"new{suffix}").stat().st_size > 0
    for suffix in (".aig", ".aag", ".blif", ".bench"):
        rows = answer("run", tmp_path / f"new{suffix}", "11100", "11000")["rows"]
        assert [row["circuit"] for row in rows] == [1, 0]
    assert (
        answer("info", tmp_path / "new.bristol")["gates"]
        == answer("info", tmp_path / "new.blif")["gates"]
    )


def test_sharing_and_valid(models: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "t.npz"
    succeed("compile", models["thirds"], "-n", 3, "-o", file)
    kept, shared = (
        answer("convert", file, tmp_path / "t.blif", *keep) for keep in (("--keep",), ())
    )
    assert shared["gates"] < kept["gates"] == answer("info", file)["gates"]
    assert shared["valid"]
    assert "codes of letters" in succeed("convert", file, tmp_path / "t.v")
    assert not answer("convert", file, tmp_path / "t.bristol")["valid"]


def test_what_cannot_be_converted(
    majority: Path, models: dict[str, str], tmp_path: Path
) -> None:
    succeed(
        "compile", models["majority"], "-n", 4, "--basis", "tc0", "-o", tmp_path / "wide.npz"
    )
    for arguments, said in (
        ((tmp_path / "wide.npz", tmp_path / "w.aig"), "has no gates such as those of tc0"),
        (
            (models["majority"], tmp_path / "w.aig"),
            "not a circuit's file; `circuitsim compile MODEL",
        ),
        ((tmp_path / "none.npz", tmp_path / "w.aig"), "is not there"),
        ((majority, tmp_path / "w.txt"), "give a name that ends so"),
    ):
        assert said in complaint("convert", *arguments)
        assert not (tmp_path / "w.aig").exists()
    said = complaint(
        "compile", models["majority"], "-n", 4, "--basis", "tc0", "-o", tmp_path / "w.aig"
    )
    assert "aiger has no gates such as those of tc0" in said


def test_optimizers_write_what_is_proved(majority: Path, tmp_path: Path) -> None:
    pytest.importorskip("aigverse")
    plain = answer("convert", majority, tmp_path / "plain.aig")
    names = ("--optimizer", "rewriting", "--optimizer", "resubstitution")
    found = answer("convert", majority, tmp_path / "small.aig", *names)
    assert found["basis"] == "aig"
    assert found["gates"] < found["before"]
    assert found["engine"] == "all inputs"
    assert answer("info", tmp_path / "small.aig")["gates"] == found["gates"]
    assert succeed("equivalent", tmp_path / "small.aig", majority)
    said = succeed("convert", majority, tmp_path / "small.blif", *names)
    assert "gates before" in said
    assert "all inputs" in said
    assert plain["inputs"] == found["inputs"]


def test_optimizers_that_are_wrong(
    majority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "small.aig"
    asked = ("convert", majority, target, "--optimizer", "rewriting")
    monkeypatch.setitem(
        OPTIMIZERS, "rewriting", lambda given: replace(given, outputs=given.outputs ^ 1)
    )
    said = complaint(*asked, code=1)
    assert said.startswith("rewriting made another function: on inputs ")
    monkeypatch.setitem(OPTIMIZERS, "rewriting", lambda given: given)
    tired = Verdict("unknown", "none", "tired")
    monkeypatch.setattr(equivalence, "answered", lambda *_: iter([tired]))
    assert "nothing proves that rewriting kept the function" in complaint(*asked, code=3)
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "aigverse", None)
    assert complaint(*asked) == "optimizers need aigverse: pip install 'circuitsim[aig]'."
    assert not target.exists()
