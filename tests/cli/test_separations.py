"""`circuitsim separations`, the pages made of it, and the example that draws it."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from circuitsim.cli.separation_text import too_few
from circuitsim.cli.separations import squeezed_row

from circuitsim import user_cache
from circuitsim.analysis.separations.rows import Row, rows
from circuitsim.analysis.separations.separations import SEPARATIONS
from circuitsim.analysis.separations.squeezing import Squeezed
from docs.zoo_pages import COLUMNS, LENGTHS, row_cells, zoo_page
from tests.cli.runs import ROOT, complaint, invoke, succeed

PAGE = ROOT / "docs" / "separations.md"
CHECKED = LENGTHS[:1]  # of the page; the longer rows take minutes


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(user_cache.FOLDER, str(tmp_path / "cache"))


def answer(*arguments: object, code: int = 0) -> dict[str, object]:
    result = invoke(*arguments, "--json")
    assert result.exit_code == code, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def test_the_json_has_the_keys_that_scripts_rely_on() -> None:
    found = answer("separations", "index-lookup", "-n", "8")
    assert found["holds"] is True
    keys = {
        "task",
        "architecture",
        "n",
        "layers",
        "heads",
        "width",
        "bits",
        "cut_bits",
        "parameters",
        "size",
        "depth",
    }
    for row in found["rows"]:  # type: ignore[attr-defined]
        assert set(row) >= keys | {"lower_bound", "theorem", "constant"}
        assert set(row["size"]) == set(row["depth"]) == {"xag", "tc0"}
    (squeezed,) = found["squeezed"]  # type: ignore[misc]
    assert (squeezed["works"], squeezed["fails"]) == (7, 6)
    assert (squeezed["needed"], squeezed["sent"], squeezed["sent_less"]) == (128, 128, 64)
    assert (squeezed["too_few"], squeezed["too_few_sent"], squeezed["least"]) == (6, 64, 6)


def test_what_is_printed_replays() -> None:
    text = invoke("separations", "index-lookup", "-n", "8").stdout
    line = next(
        line for line in text.splitlines() if line.strip().startswith("circuitsim run")
    )
    _, _, model, _, string = line.strip().split(" ", 4)
    rows = json.loads(succeed("run", model, "--json", "--", string.strip("'")))["rows"]
    assert f"expected {1 - rows[0]['exact']}, got {rows[0]['exact']}" in text


def test_bad_tasks_and_lengths_are_one_sentence() -> None:
    assert "did you mean index-lookup?" in complaint("separations", "index-lookups")
    assert "-n" in complaint("separations", "equality", "-n", "0")


def test_a_length_that_no_side_has_is_one_sentence() -> None:
    assert "near 6 and 8" in complaint("separations", "equality", "-n", "7")


@pytest.mark.parametrize("name", SEPARATIONS)
def test_lengths_that_are_not_measured_are_one_sentence(name: str) -> None:
    said = complaint("separations", name, "-n", "1000000")
    assert "measured for n up to" in said
    assert len(said) < 300


@pytest.mark.slow
def test_a_variant_is_said_and_two_inputs_that_too_few_heads_cannot_tell_apart() -> None:
    text = invoke("separations", "qstr", "-n", "6").stdout
    assert "zoo:qstr:q=4 at n = 6: right with heads = 4, wrong with 3" in text
    assert "fixing 3 of the 4 signs fixes what its heads choose" in text
    pair = [line.strip().strip("'") for line in text.splitlines() if line.startswith("    '")]
    assert len(pair) == 2
    rows = json.loads(succeed("run", "zoo:qstr:q=4,heads=3", "--json", "--", *pair))["rows"]
    right = json.loads(succeed("run", "zoo:qstr:q=4", "--json", "--", *pair))["rows"]
    assert rows[0]["exact"][0] == rows[1]["exact"][0]
    assert right[0]["exact"][0] != right[1]["exact"][0]


def squeezed(
    fails: int, sent_less: int, too_few: int | None, too_few_sent: int | None
) -> Squeezed:
    """A failure of the model with 9 cells, whose gadget needs 8 messages."""
    said = {
        "needed": 8,
        "sent": 8,
        "sent_less": sent_less,
        "too_few": too_few,
        "too_few_sent": too_few_sent,
    }
    return Squeezed(
        "t",
        "zoo:t",
        8,
        "cells",
        fails + 1,
        fails,
        1,
        True,
        "",
        [0],
        [1],
        "",
        "index",
        **said,
        least=2,
    )  # type: ignore[arg-type]


def test_what_a_count_of_messages_says() -> None:
    assert too_few(squeezed(8, 4, 8, 4)) == ": with so few every model fails"
    later = too_few(squeezed(8, 8, 2, 5))
    assert (
        "this construction that fails; with cells = 2 it sends 5, and with so few every model fails"
        in later
    )
    assert too_few(squeezed(8, 8, None, None)).endswith(
        "down to cells = 2 it never sends too few"
    )


@pytest.mark.parametrize(
    ("lengths", "variants", "chosen"),
    [
        ((8,), (1, 2, 4, 8), (8, 4)),
        ((8, 16, 32), (1, 2, 4, 8), (16, 8)),
        ((9,), (1, 2, 4, 8), (9, 8)),
        ((1,), (1, 2), (1, 2)),
    ],
)
def test_hops_are_squeezed_where_inputs_are_long_enough_to_need_them(
    lengths: tuple[int, ...], variants: tuple[int, ...], chosen: tuple[int, int]
) -> None:
    known: list[Any] = [
        SimpleNamespace(n=n, variant=f"k={k}") for k in variants for n in lengths
    ]
    found = squeezed_row(SEPARATIONS["k-hop"].sides[1], known)
    assert (found.n, found.variant) == (chosen[0], f"k={chosen[1]}")
    heads = squeezed_row(SEPARATIONS["qstr"].sides[0], known)
    assert (heads.n, heads.variant) == (lengths[0], f"k={variants[-1]}")


def test_the_page_of_the_zoo_is_fresh() -> None:
    wanted = (ROOT / "docs" / "zoo.md").read_text(encoding="utf-8")
    assert zoo_page() == wanted, "python docs/zoo_pages.py zoo > docs/zoo.md"


@pytest.mark.slow
@pytest.mark.parametrize("name", SEPARATIONS)
def test_the_rows_of_the_page_are_what_is_measured(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "| " + " | ".join(COLUMNS) + " |" in page
    for row in rows(SEPARATIONS[name], CHECKED):
        assert isinstance(row, Row)
        assert row.holds
        assert "| " + " | ".join(row_cells(row)) + " |" in page, (
            "python docs/zoo_pages.py separations docs"
        )
    assert f"![{name}](pictures/separation-{name}.svg)" in page
    assert (ROOT / "docs" / "pictures" / f"separation-{name}.svg").exists()


@pytest.mark.slow
def test_the_example_writes_figures_and_a_table(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    command = [
        sys.executable,
        str(ROOT / "examples" / "separations.py"),
        "--longest",
        "16",
        "index-lookup",
        "qstr",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "0 below it" in done.stdout
    written = {path.name for path in (tmp_path / "separations").iterdir()}
    assert written == {
        "index-lookup.pdf",
        "index-lookup.png",
        "qstr.pdf",
        "qstr.png",
        "separations.csv",
    }
    lines = (tmp_path / "separations" / "separations.csv").read_text().splitlines()
    assert lines[0].startswith("task,variant,architecture")
    assert len(lines) == 1 + 4 + 8
