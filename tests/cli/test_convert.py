"""`convert`: files in other formats, and what is said of what cannot be."""

from pathlib import Path

import pytest

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
