"""Tasks on a dask cluster of this machine: the same results, also when workers are lost; and what is said if not."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from distributed import Client

from circuitsim import user_cache
from circuitsim.analysis import ladder
from circuitsim.errors import InputError, LimitError
from circuitsim.execution import Place, Progress, cluster, in_order
from tests.cli.runs import PROGRAM, ROOT, complaint, succeed

NOWHERE = "tcp://127.0.0.1:1"


def quiet(text: str) -> None:
    """No progress."""


@contextmanager
def running(folder: Path, *command: str) -> Iterator[None]:
    """A program of dask, with its children, away from this repository; its log is in the folder."""
    quickly = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    elsewhere = {user_cache.FOLDER: str(folder / "cache"), "PYTHONPATH": ""}
    with (folder / f"{command[0]}.log").open("w") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{command[0]}", *command[1:]],
            cwd=folder,
            env={**os.environ, **quickly, **elsewhere},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with four workers."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    folder, address = tmp_path_factory.mktemp("cluster"), f"tcp://127.0.0.1:{port}"
    alone = ("--host", "127.0.0.1", "--no-dashboard")
    with running(folder, "scheduler", *alone, "--port", port), closing(socket.socket()) as at:
        while at.connect_ex(("127.0.0.1", int(port))):
            time.sleep(0.1)
        with running(folder, "worker", address, *alone, "--nworkers", "4", "--nthreads", "1"):
            with Client(address, timeout=120, set_as_default=False) as client:
                client.wait_for_workers(4, timeout=300)
            yield address


def _where(task: int, progress: Progress) -> tuple[int, int]:
    progress("nobody sees it")
    time.sleep(0.1)
    return task * task, os.getpid()


def test_tasks_of_a_worker_that_is_killed_are_done_elsewhere(four: str) -> None:
    """The function is sent as code: workers cannot import the module that it is in."""
    killed: set[int] = set()
    told: set[int] = set()

    def ready(index: int, found: tuple[int, int]) -> None:
        told.add(index)
        if not killed:
            killed.add(found[1])
            os.kill(found[1], signal.SIGKILL)

    found = list(in_order(_where, range(24), Place(cluster=four), quiet, ready))
    assert [square for square, _ in found] == [task * task for task in range(24)]
    assert len(killed) == 1
    assert told == set(range(24))
    assert len({process for _, process in found} - {os.getpid()} - killed) >= 1


def _refuse(task: int, progress: Progress) -> int:
    if task == 1:
        raise InputError("1 is refused.")
    return task


def test_the_error_of_a_task_arrives_as_it_is_and_in_its_turn(four: str) -> None:
    found = in_order(_refuse, range(3), Place(cluster=four), quiet)
    assert next(found) == 0
    with pytest.raises(InputError, match=r"^1 is refused\.$"):
        next(found)


def _die(task: int, progress: Progress) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task


def test_a_task_that_kills_its_workers_is_named(four: str) -> None:
    with pytest.raises(LimitError, match=r"worker after the other was lost at 7, perhaps"):
        list(in_order(_die, [7], Place(cluster=four), quiet))


def _touch(path: Path, progress: Progress) -> None:
    path.touch()
    time.sleep(0.2)


def test_what_nobody_waits_for_is_cancelled(four: str, tmp_path: Path) -> None:
    paths = [tmp_path / str(task) for task in range(400)]
    with closing(in_order(_touch, paths, Place(cluster=four), quiet)) as found:
        next(found)
    list(in_order(_where, [3], Place(cluster=four), quiet))
    assert 1 <= len(list(tmp_path.iterdir())) < 200


@pytest.mark.parametrize(
    "command",
    [
        ("separations", "index-lookup", "-n", "8"),
        ("zoo", "check", "first", "majority", "-n", "2,6"),
        ("check", str(ROOT / "examples/majority.pt"), "-n", "3,7"),
    ],
    ids=lambda command: command[0],
)
def test_a_cluster_prints_the_same_json(
    four: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(user_cache.FOLDER, str(tmp_path))
    monkeypatch.setattr(ladder, "PART", 48)  # so that 128 inputs are three tasks
    apart = succeed(*command, "--json", "--cluster", four)
    assert succeed(*command, "--json", "--jobs", "1") == apart


def test_an_interrupt_keeps_the_rows_that_are_done(four: str) -> None:
    models = ("first", "bounded-dyck-one-layer")
    command = [str(PROGRAM), "zoo", "check", *models, "-n", "2,64", "--cluster", four]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(2)]
        running.send_signal(signal.SIGINT)
        _, complaints = running.communicate(timeout=600)
    assert running.returncode == 130
    assert lines[1].split()[:2] == ["zoo:first", "2"]
    assert complaints.startswith("circuitsim: interrupted after ")
    assert complaints.count("\n") == 1


def test_no_scheduler_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    said = complaint("zoo", "check", "first", "-n", "2", "--cluster", NOWHERE)
    assert "no dask scheduler answers at tcp://127.0.0.1:1" in said
    assert "127.0.0.1:8786" in complaint("separations", "--cluster", "127.0.0.1:1")


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = complaint("separations", "index-lookup", "--cluster", NOWHERE)
    assert "pip install 'circuitsim[cluster]'" in said


def test_a_worker_with_other_sources_is_refused(
    four: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "sources", lambda: "others")
    with pytest.raises(InputError, match="has another circuitsim than there is here"):
        list(in_order(_where, range(2), Place(cluster=four), quiet))


def test_a_worker_without_circuitsim_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import cloudpickle

    sent = pickle.loads(cloudpickle.dumps(cluster._for_workers(b"", "")))
    monkeypatch.setitem(sys.modules, "circuitsim.user_cache", None)
    with pytest.raises(ImportError) as missing:
        sent(b"")
    assert "or none; install" in str(cluster._explain(NOWHERE, [0], 0, missing.value))
