"""Every experiment at its smallest size, from the command to the tables."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from circuitsim.experiments.experiment import named
from circuitsim.experiments.running import training_points
from circuitsim.experiments.store import POINTS
from circuitsim.experiments.table import MODULES, experiment
from tests.cli.runs import PROGRAM, answer, complaint, invoke

KILLED = "q-sparse-averaging"


def command(name: str, folder: Path) -> list[str]:
    return ["experiment", name, "--size", "smallest", "--out", str(folder), "--jobs", "1"]


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_an_experiment_from_end_to_end(name: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    found = answer(*command(name, tmp_path))
    assert found["holds"] is True
    stored = json.loads((tmp_path / "table.json").read_text())
    assert found == {**stored, "holds": True, "folder": str(tmp_path)}
    for table in found["tables"]:
        if table["title"] == "Circuits":
            rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
            assert {row["circuit = integer"][:3] for row in rows} == {"yes"}
            assert {row["model"].split(",")[0].split()[0] for row in rows} == {
                "trained",
                "constructed",
            }
            assert all(row["gates"] > 0 for row in rows)
    assert (tmp_path / "figure.svg").stat().st_size > 1000
    lines = (tmp_path / POINTS).read_bytes()
    assert answer(*command(name, tmp_path)) == found
    assert (tmp_path / POINTS).read_bytes() == lines


@pytest.mark.slow
def test_a_seed_determines_the_result(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    one = training_points(experiment(KILLED), experiment(KILLED).size("smallest"))[0]
    found = [named(one.run)(one.setting, lambda text: None) for _ in range(2)]
    assert found[0] == found[1]
    other = named(one.run)({**one.setting, "seed": 1}, lambda text: None)
    assert other.result != found[0].result


@pytest.mark.slow
def test_killed_in_the_middle_and_started_again(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = subprocess.Popen([str(PROGRAM), *command(KILLED, killed)])
    path = killed / POINTS
    while not (path.exists() and path.read_bytes().count(b"\n") > 1):
        time.sleep(0.01)
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for folder in (killed, whole):
        assert invoke(*command(KILLED, folder)).exit_code == 0
    for name in ("table.md", "table.json", "learning.csv", "circuits.csv", "figure.svg"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), name


@pytest.mark.slow
def test_an_interrupt_keeps_what_is_done(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    process = subprocess.Popen([str(PROGRAM), *command(KILLED, tmp_path)], stderr=subprocess.PIPE)  # fmt: skip
    while not (tmp_path / POINTS).exists() or not (tmp_path / POINTS).read_bytes():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert said.decode() == (
        f"circuitsim: interrupted; what is done is kept in {tmp_path}, and the same command goes on from there.\n"
    )


def test_bad_names_and_sizes_are_one_sentence() -> None:
    assert "did you mean q-sparse-averaging?" in complaint("experiment", "q-sparse-average")
    assert "--list" in complaint("experiment")
    said = complaint("experiment", KILLED, "--size", "large")
    assert said == "--size 'large' is not one of smallest, default, paper."


def test_without_torch_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    assert "pip install 'circuitsim[train]'" in complaint("experiment", KILLED)


def test_the_list_says_what_the_papers_report() -> None:
    known = answer("experiment", "--list")["experiments"]
    assert [one["name"] for one in known] == list(MODULES)
    assert all(one["question"] and one["published"] for one in known)
    assert {size["name"] for one in known for size in one["sizes"]} == {"smallest", "default", "paper"}  # fmt: skip


def test_hours_are_announced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr("circuitsim.experiments.running.run", _interrupted)
    result = invoke("experiment", KILLED, "--size", "paper", "--out", tmp_path)
    assert "12 training runs, about 12.5 hours on one core." in result.stderr


def _interrupted(*arguments: object) -> None:
    raise KeyboardInterrupt
