"""Checkpoints of other libraries through the program: what is known, what is missing, options, bits that are found."""

import json
from pathlib import Path

import pytest
from safetensors.numpy import save_file

from tests.models.strangers import stranger

from .runs import answer, complaint, invoke, succeed


@pytest.fixture
def nanogpt(tmp_path: Path) -> Path:
    """A nanoGPT in one file, without any options."""
    tensors, _, _ = stranger("nanogpt", 3)
    save_file(tensors, tmp_path / "mine.safetensors")
    return tmp_path / "mine.safetensors"


def test_info_says_what_is_known_and_what_is_missing(nanogpt: Path) -> None:
    found = answer("info", nanogpt)
    assert (found["kind"], found["dialect"], found["complete"]) == (
        "checkpoint",
        "nanogpt",
        False,
    )
    assert (found["tokens"], found["width"], found["layers"], found["positions"]) == (
        5,
        4,
        2,
        6,
    )
    assert set(found["missing"]) == {"heads", "vocabulary"}
    text = succeed("info", nanogpt)
    for part in (
        "nanoGPT",
        "missing      heads: how many heads a layer has",
        "--heads, --vocabulary; or in",
    ):
        assert part in text
    said = complaint("compile", nanogpt, "-n", 2)
    assert "missing: heads (how many heads a layer has), vocabulary" in said
    assert "Give --heads, --vocabulary" in said


def test_options_complete_it_and_are_written_once_for_all(nanogpt: Path) -> None:
    words = (
        "--heads",
        2,
        "--vocabulary",
        "a b c <s> <e>",
        "--prepend",
        "<s>",
        "--letters",
        "a b",
    )
    assert answer("info", nanogpt, *words)["kind"] == "model"
    whole = answer("compile", nanogpt, "-n", 1, "--bits", 2, *words)
    succeed("info", nanogpt, "--write-options", *words)
    written = json.loads(Path(f"{nanogpt}.circuitsim.json").read_text())
    assert (written["dialect"], written["heads"], written["letters"]) == (
        "nanogpt",
        2,
        ["a", "b"],
    )
    again = answer("compile", nanogpt, "-n", 1, "--bits", 2)
    assert {**again, "seconds": 0} == {**whole, "seconds": 0}
    assert "already; give options" in complaint("info", nanogpt, "--write-options")


def test_a_template_asks_for_what_is_missing(nanogpt: Path) -> None:
    succeed("info", nanogpt, "--write-options")
    written = json.loads(Path(f"{nanogpt}.circuitsim.json").read_text())
    assert written["heads"] is None
    assert written["vocabulary"] == ["t0", "t1", "t2", "t3", "t4"]
    assert set(answer("info", nanogpt)["missing"]) == {"heads"}


def test_names_of_a_file_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors, _, said = stranger("own")
    (tmp_path / "far").mkdir()
    save_file(tensors, tmp_path / "far" / "mine.safetensors")
    (tmp_path / "names.json").write_text(json.dumps(said["names"]))
    monkeypatch.chdir(tmp_path)
    words = (
        "--heads",
        2,
        "--mask",
        "causal",
        "--activation",
        "silu",
        "--norms",
        "after",
        "--vocabulary",
        5,
    )
    file = "far/mine.safetensors"
    assert "of no library that is known" in succeed("info", file, *words)
    assert (
        answer("info", file, *words, "--readout", "last", "--names", "names.json")["layers"]
        == 2
    )
    assert "none.json: cannot be read" in complaint(
        "info", file, *words, "--names", "none.json"
    )


def test_what_has_no_options(models: dict[str, str]) -> None:
    assert "a model of our own format" in complaint(
        "compile", models["majority"], "-n", 2, "--heads", 2
    )
    assert "needs no heads" in complaint("compile", "zoo:majority", "-n", 2, "--heads", 2)
    assert "only checkpoints" in complaint("info", models["majority"], "--write-options")


@pytest.mark.slow
def test_bits_that_are_found_are_written(nanogpt: Path, tmp_path: Path) -> None:
    words = {
        "heads": 2,
        "vocabulary": ["a", "b", "c", "<s>", "<e>"],
        "prepend": ["<s>"],
        "letters": ["a", "b"],
    }
    file = Path(f"{nanogpt}.circuitsim.json")
    file.write_text(json.dumps(words))
    lines = tmp_path / "lines.txt"
    lines.write_text("ab\n1\tba\n2:0\taab\n")
    auto = ("--bits", "auto", "--gap-bits", "auto", "--weight-bits", "auto", "--inputs")
    result = invoke("compile", nanogpt, "-n", 1, *auto, lines, "--json")
    assert result.exit_code == 0, result.output
    assert (
        "keep the decisions on all 3 inputs that are decided; written into" in result.stderr
    )
    written = json.loads(file.read_text())
    assert {**written, **words} == written
    found = json.loads(result.stdout)
    assert [str(found[n]) for n in ("bits", "gap_bits", "weight_bits")] == [
        written[n] for n in ("bits", "gap_bits", "weight_bits")
    ]
    assert (
        invoke("compile", nanogpt, "-n", 1, "--bits", "auto", "--inputs", "all:1").exit_code
        == 0
    )


def test_what_is_wrong_with_stated_inputs(models: dict[str, str], tmp_path: Path) -> None:
    soft = models["softmax"]
    for arguments, said in (
        (("--gap-bits", "auto"), "--gap-bits auto needs inputs"),
        (("--inputs", "all:1:2"), "--inputs states what auto looks for bits on"),
        (("--bits", "auto", "--inputs", "all"), "at which lengths"),
        (
            ("--bits", "auto", "--inputs", "dyck-1:4"),
            "the task's inputs are none of the model",
        ),
        (("--bits", "auto", "--inputs", tmp_path / "none"), "the inputs cannot be read"),
    ):
        assert said in complaint("compile", soft, "-n", 2, *arguments)
    lines = tmp_path / "lines.txt"
    lines.write_text("01\nx\t01\n")
    said = complaint("compile", soft, "-n", 2, "--bits", "auto", "--inputs", lines)
    assert "lines.txt, line 2" in said
    assert "OFFSET in the position table" in said
    lines.write_text("3\t01\n")
    assert "has 0 rows" in complaint(
        "compile", soft, "-n", 2, "--bits", "auto", "--inputs", lines
    )
    result = invoke("compile", soft, "-n", 2, "--bits", "auto", "--inputs", "majority:1:4")
    assert result.exit_code == 0
    # Ties are on the threshold itself, which softmax in float64 leaves open.
    assert (
        "bits 2 keep the decisions on all 22 inputs that are decided (of 30)" in result.stderr
    )
