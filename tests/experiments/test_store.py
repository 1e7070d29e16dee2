"""Points are done once, whatever happens to the process, and the same results give the same bytes."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from circuitsim.errors import CircuitSimError, InputError
from circuitsim.execution import Place
from circuitsim.experiments.experiment import Done, Outcome, Point
from circuitsim.experiments.store import FILES, POINTS, opened
from tests.experiments import toy

ROOT = Path(__file__).parents[2]
WRITTEN = ("table.md", "table.json", "sums.csv", "figure.svg")


def written(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in WRITTEN}


def point(**setting: int) -> Point:
    return Point("toy", 1, "no:where", setting)


def test_only_what_is_missing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = toy.run_in(tmp_path)
    before = written(tmp_path)
    lines = (tmp_path / POINTS).read_bytes()
    monkeypatch.setattr(toy, "summed", None)  # nothing is left to call it for
    again = toy.run_in(tmp_path)
    assert (tmp_path / POINTS).read_bytes() == lines
    assert [p.outcome for p in again.points] == [p.outcome for p in first.points]
    assert written(tmp_path) == before


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_line_that_was_cut_short_is_done_again(tmp_path: Path, cut: int) -> None:
    toy.run_in(tmp_path)
    before = written(tmp_path)
    path = tmp_path / POINTS
    lines = path.read_bytes()
    path.write_bytes(lines[:-cut])
    toy.run_in(tmp_path)
    again = path.read_bytes().splitlines()
    assert again[:4] == lines.splitlines()[:4]
    toy.run_in(tmp_path)
    assert path.read_bytes().splitlines() == again
    assert len(again) == 5
    assert written(tmp_path) == before


@pytest.mark.slow
def test_several_processes_give_the_same_bytes(tmp_path: Path) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    toy.run_in(alone)
    toy.run_in(together, where=Place(2))
    assert written(together) == written(alone)
    assert len(kept(together)) == 5


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    toy.run_in(tmp_path)
    path = tmp_path / POINTS
    path.write_bytes(path.read_bytes().replace(b'"result"', b'"resul"', 1))
    with pytest.raises(CircuitSimError, match="line 1 is no stored result"):
        toy.run_in(tmp_path)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("0.5")])
def test_a_point_without_its_file_is_done_again(tmp_path: Path, damage: object) -> None:
    toy.run_in(tmp_path)
    damaged = sorted((tmp_path / FILES).iterdir())[0]
    before = damaged.read_bytes()
    damage(damaged)  # type: ignore[operator]
    toy.run_in(tmp_path)
    assert damaged.read_bytes() == before
    assert len((tmp_path / POINTS).read_bytes().splitlines()) == 6


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        opened(tmp_path),
        pytest.raises(InputError, match="another run writes into this folder"),
        opened(tmp_path),
    ):
        pass
    with opened(tmp_path):  # free again
        pass


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(CircuitSimError, match="cannot be written"),
        opened(tmp_path / "file" / "x"),
    ):
        pass


def test_killed_in_the_middle_and_started_again(tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    command = [sys.executable, "-m", "tests.experiments.toy"]
    waiting = {**os.environ, toy.WAITS: "2"}
    process = subprocess.Popen([*command, str(killed)], cwd=ROOT, env=waiting)
    while len(kept(killed)) < 2:
        time.sleep(0.05)
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    lines = kept(killed)
    assert len(lines) == 2
    for folder in (killed, whole):
        subprocess.run([*command, str(folder)], cwd=ROOT, check=True)
    assert kept(killed)[: len(lines)] == lines
    assert len(kept(killed)) == 5
    assert written(killed) == written(whole)


def kept(folder: Path) -> list[bytes]:
    path = folder / POINTS
    return path.read_bytes().splitlines() if path.exists() else []


def test_the_hash_is_of_all_that_determines_a_result() -> None:
    base = point(seed=0, steps=10)
    others = [
        point(seed=1, steps=10),
        point(seed=0, steps=11),
        point(seed=0, steps=10, more=0),
        replace(base, version=2),
        replace(base, experiment="other"),
        replace(base, given={"model.json": b"{}"}),
        replace(base, given={"model.json": b"[]"}),
    ]
    assert len({p.hash for p in [base, *others]}) == 8
    assert point(steps=10, seed=0).hash == base.hash
    assert replace(base, run="some:where").hash == base.hash


def test_results_are_found_by_their_point(tmp_path: Path) -> None:
    done = Done(point(seed=0), Outcome({"x": 1}, {"a": b"b"}), 2.0)
    with opened(tmp_path) as store:
        store.add(done)
    with opened(tmp_path) as store:
        assert store.get(point(seed=0)) == done
        assert store.get(point(seed=1)) is None


def test_folders_for_results_that_never_came_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with pytest.raises(ZeroDivisionError), opened(folder):
        _ = 1 / 0
    assert not [*tmp_path.iterdir()]
    (tmp_path / "a").mkdir()
    with opened(folder):
        (folder / "mine").write_text("kept")
    assert [found.name for found in folder.iterdir()] == ["mine"]
