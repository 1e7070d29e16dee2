import csv
import json
import os
from pathlib import Path

import pytest

from .runs import answer, complaint, invoke, process, succeed

KEYS = {
    "n",
    "basis",
    "bits",
    "positions",
    "depth",
    "gates",
    "wires",
    "wires_weighted",
    "gates_by_kind",
    "max_fan_in",
    "max_weight",
    "state_bits",
    "seconds",
}


def test_rows_are_those_of_compile(models: dict[str, str]) -> None:
    rows = answer("measure", models["majority"], "-n", "1:4,64", "--basis", "aig")["rows"]
    assert [row["n"] for row in rows] == [1, 2, 3, 4, 64]
    assert all(set(row) == KEYS for row in rows)
    for row in rows:
        single = answer("compile", models["majority"], "-n", row["n"], "--basis", "aig")
        assert {key: single[key] for key in KEYS - {"seconds"}} == {key: row[key] for key in KEYS - {"seconds"}}


def test_one_command_has_one_mode_of_positions(models: dict[str, str]) -> None:
    rows = answer("measure", models["majority"], "-n", "8,512")["rows"]
    assert {row["positions"] for row in rows} == {"wired"}
    rows = answer("measure", models["majority"], "-n", "8,512", "--positions", "folded")["rows"]
    assert {row["positions"] for row in rows} == {"folded"}


def test_many_folded_positions_are_warned_of(models: dict[str, str]) -> None:
    for verb in ("measure", "compile"):
        result = invoke(
            verb, models["thirds"], "-n", 4097, "--positions", "folded", "--bits", 2, "--attention", "saturated"
        )
        assert result.exit_code == 0
        assert result.stderr.startswith(
            "circuitsim: with --positions folded each of 4,097 positions is a case of its own"
        )
        assert result.stderr.count("\n") == 1
        assert invoke(verb, models["majority"], "-n", 4097, "--positions", "folded").stderr == ""  # has no positions
        assert invoke(verb, models["thirds"], "-n", 4097, "--positions", "wired", "--bits", 2).stderr == ""


@pytest.mark.slow
def test_compiling_kernels_is_said_once_and_not_measured(models: dict[str, str], tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    for verb, first in (("compile", True), ("measure", False)):
        done = process(verb, models["majority"], "-n", "4", "--json", env=environment)
        said = b"circuitsim: compiling kernels (first run only) ...\n"
        assert done.stderr == (said if first else b"")
        found = json.loads(done.stdout)
        assert (found if first else found["rows"][0])["seconds"] < 5


def test_csv_has_the_rows_of_the_table(models: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    text = succeed("measure", models["majority"], "-n", "2:64:*2", "--csv", path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["n"]) for row in rows] == [2, 4, 8, 16, 32, 64]
    assert all(int(row["gates_and"]) + int(row["gates_xor"]) == int(row["gates"]) for row in rows)
    assert [line.split()[3] for line in text.splitlines()[2:]] == [f"{int(row['gates']):,}" for row in rows]
    assert [p.name for p in tmp_path.iterdir()] == ["m.csv"]


def test_a_sweep_that_ends_in_an_error_writes_no_file(models: dict[str, str], tmp_path: Path) -> None:
    arguments = ("measure", models["majority"], "-n", "8,64", "--bits", "n/2", "--csv", tmp_path / "m.csv", "--json")
    sentence = complaint(*arguments)
    assert sentence.startswith("layer 0")
    assert "--max-bits is 62" in sentence
    assert not list(tmp_path.iterdir())


def test_softmax_names_the_way_out(models: dict[str, str]) -> None:
    for verb in ("measure", "compile", "check"):
        assert "--attention" in complaint(verb, models["softmax"], "-n", 4)
    assert answer("measure", models["softmax"], "-n", 4, "--attention", "saturated")["rows"]


def test_positions_by_expression_have_a_limit(models: dict[str, str]) -> None:
    assert "position expressions" in complaint("measure", models["thirds"], "-n", 2**24)
