"""Tasks by several processes: in order, interrupted, and when a process is killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from multiprocessing import active_children, get_context
from pathlib import Path

import pytest

from circuitsim.errors import InputError, LimitError
from circuitsim.execution import Place, Progress, in_order
from circuitsim.execution.processes import THREADS

PROGRAM = Path(sys.executable).with_name("circuitsim")


def quiet(text: str) -> None:
    """No progress."""


def _slow_first(task: int, progress: Progress) -> tuple[int, int, str]:
    progress(f"task {task}")
    time.sleep(0.3 if task == 0 else 0)
    return task, os.getpid(), os.environ.get(THREADS[0], "")


def _refuse(task: int, progress: Progress) -> int:
    if task == 1:
        raise InputError("1 is refused.")
    return task


def _die(task: int, progress: Progress) -> int:
    if task == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.1)
    return task


@pytest.mark.slow
def test_results_come_in_the_order_of_the_tasks_from_other_processes() -> None:
    before = {name: os.environ.get(name) for name in THREADS}
    found = list(in_order(_slow_first, range(5), Place(2), quiet))
    assert [task for task, _, _ in found] == [0, 1, 2, 3, 4]
    assert 1 <= len({process for _, process, _ in found} - {os.getpid()}) <= 2
    assert {threads for _, _, threads in found} == {"1"}
    assert {name: os.environ.get(name) for name in THREADS} == before


@pytest.mark.parametrize(("tasks", "jobs"), [(range(3), 1), (range(1), 4)])
def test_one_job_or_one_task_needs_no_other_process(tasks: range, jobs: int) -> None:
    assert {
        process for _, process, _ in in_order(_slow_first, tasks, Place(jobs), quiet)
    } == {os.getpid()}


def _early(task: tuple[int, Path | None], progress: Progress) -> int:
    """The first task waits until the others have been told."""
    number, others = task
    while number == 0 and others is not None and not others.exists():
        time.sleep(0.01)
    return 10 * number


@pytest.mark.parametrize(("jobs", "order"), [(1, [0, 1, 2, 3]), (2, [1, 2, 3, 0])])
def test_what_is_done_is_told_at_once_and_shown_in_order(
    jobs: int, order: list[int], tmp_path: Path
) -> None:
    told: list[int] = []
    others = tmp_path / "others" if jobs > 1 else None

    def tell(place: int, result: int) -> None:
        assert result == 10 * place
        told.append(place)
        if others is not None and len(told) == 3:
            others.touch()

    tasks = [(number, others) for number in range(4)]
    assert list(in_order(_early, tasks, Place(jobs), quiet, tell)) == [0, 10, 20, 30]
    assert told == order


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_a_task_is_raised_in_its_turn(jobs: int) -> None:
    found = in_order(_refuse, range(3), Place(jobs), quiet)
    assert next(found) == 0
    with pytest.raises(InputError, match=r"^1 is refused\.$"):
        next(found)


def test_a_process_that_is_killed_is_said_and_not_waited_for() -> None:
    with pytest.raises(
        LimitError,
        match=r"killed, perhaps for want of memory, at \d or beside it; try --jobs 1\.",
    ):
        list(in_order(_die, range(3), Place(2), quiet))


@pytest.mark.slow
def test_what_is_left_over_is_ended_and_nothing_else() -> None:
    another = get_context("spawn").Process(target=time.sleep, args=(600,))
    another.start()
    with closing(in_order(_slow_first, range(50), Place(2), quiet)) as found:
        next(found)
    # Not by join: where the thread of the pool waits for the same child, it may return too early.
    until = time.monotonic() + 300
    while active_children() != [another] and time.monotonic() < until:
        time.sleep(0.05)
    assert active_children() == [another]
    another.kill()
    another.join()


@pytest.mark.slow
def test_an_interrupt_keeps_the_rows_that_are_done() -> None:
    command = [
        str(PROGRAM),
        "zoo",
        "check",
        "first",
        "bounded-dyck-one-layer",
        "-n",
        "2,64",
        "--jobs",
        "2",
    ]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(3)]
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        _, complaints = running.communicate(timeout=600)
    assert running.returncode == 130
    assert [line.split()[:2] for line in lines[1:]] == [
        ["zoo:first", "2"],
        ["zoo:first", "64"],
    ]
    assert complaints.startswith("circuitsim: interrupted after ")
    assert "Traceback" not in complaints


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="looks for processes in /proc"
)
def test_processes_end_with_the_one_that_started_them() -> None:
    """Also where that is killed, and cannot end them."""
    command = [
        str(PROGRAM),
        "zoo",
        "check",
        "first",
        "bounded-dyck-one-layer",
        "-n",
        "2,64",
        "--jobs",
        "2",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for _ in range(2):  # a row is there, so the others are at work
            running.stdout.readline()
        children = _children(running.pid)
        running.kill()
    assert len(children) >= 2
    until = time.monotonic() + 300
    while any(map(_runs, children)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(map(_runs, children))


def _children(process: int) -> list[int]:
    return [
        int(child)
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
