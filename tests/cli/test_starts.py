"""The program starts anywhere: what it keeps on disk costs time where that fails, and never an answer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from circuitsim import user_cache
from circuitsim.analysis.separations import store

from .runs import PROGRAM, ROOT, complaint, invoke, process

MODEL = str(ROOT / "examples" / "majority.pt")
# One small kernel as machine code: its answer is -1.
COMPILE = """
import numpy as np
from circuitsim.netlist.unbounded import first_heavy_gate
print(first_heavy_gate.machine(np.array([0, 1]), np.array([3])))
"""
NOT_KEPT = "circuitsim: compiled kernels cannot be kept, and are compiled at every run ("
REMEDY = "); set NUMBA_CACHE_DIR to a folder that can be written to.\n"
SETPRIV = "setpriv --reuid 4242 --regid 4242 --clear-groups --inh-caps=+dac_read_search --ambient-caps=+dac_read_search"


def compile_one(**environment: str) -> tuple[str, str]:
    """What a process that compiles one kernel says, on standard output and on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", COMPILE],
        capture_output=True,
        env={**os.environ, **environment},
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


def as_stranger(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run as a user without a home, who may read everything and write nowhere in the package."""
    given = [f"{name}={value}" for name, value in environment.items()]
    whole = [*SETPRIV.split(), "env", "-i", "PATH=/usr/bin:/bin", *given, *command]
    return subprocess.run(whole, capture_output=True, text=True, check=False, cwd="/")


def _no_stranger() -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None:
        return True
    return as_stranger(sys.executable, "-c", "").returncode != 0


stranger = pytest.mark.skipif(
    _no_stranger(), reason="needs root and setpriv, to become a user without rights"
)


@pytest.mark.slow
@stranger
@pytest.mark.parametrize("home", [None, "/", "/nonexistent"])
def test_fault_1_a_user_without_a_home_or_a_writable_package(home: str | None) -> None:
    environment = {} if home is None else {"HOME": home}
    told = as_stranger(str(PROGRAM), "info", MODEL, **environment)
    assert (told.returncode, told.stderr) == (
        0,
        "",
    )  # which compiles nothing, and so has nothing to keep
    made = as_stranger(sys.executable, "-c", COMPILE, **environment)
    assert (made.returncode, made.stdout) == (0, "-1\n"), made.stderr
    if made.stderr:  # else whoever owns the package has kept this kernel beside it
        assert made.stderr.startswith(NOT_KEPT)
        assert made.stderr.endswith(REMEDY)
        assert made.stderr.count("\n") == 1


@pytest.mark.slow
def test_fault_1_no_folder_can_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer, told = compile_one(NUMBA_CACHE_DIR=str(tmp_path / "file"))
    assert answer == "-1\n"
    assert told.startswith(f"{NOT_KEPT}{tmp_path / 'file'}")
    assert told.endswith(REMEDY)
    assert told.count("\n") == 1


def test_fault_2_results_are_computed_where_there_is_no_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(user_cache.FOLDER, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert user_cache.user_folder() is None
    assert store.remembered({"question": 1}, lambda: 2) == 2


@pytest.mark.slow
@stranger
def test_fault_2_two_users_share_a_folder(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    assert compile_one(NUMBA_CACHE_DIR=str(shared)) == ("-1\n", "")
    made = as_stranger(sys.executable, "-c", COMPILE, NUMBA_CACHE_DIR=str(shared))
    assert (made.returncode, made.stdout) == (0, "-1\n")
    assert made.stderr.startswith(NOT_KEPT)
    shared.chmod(0o1777)
    made = as_stranger(sys.executable, "-c", COMPILE, NUMBA_CACHE_DIR=str(shared))
    assert (made.returncode, made.stdout, made.stderr) == (0, "-1\n", "")
    assert len(list(shared.iterdir())) == 2  # none reads what the other wrote


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 20, 100, -1])
def test_fault_3_a_kernel_that_is_empty_or_cut_is_compiled_anew(
    tmp_path: Path, left: int
) -> None:
    assert compile_one(NUMBA_CACHE_DIR=str(tmp_path)) == ("-1\n", "")
    (kept,) = tmp_path.rglob("*.kernel")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:left])
    assert compile_one(NUMBA_CACHE_DIR=str(tmp_path)) == ("-1\n", "")
    assert len(kept.read_bytes()) == len(whole)


def test_fault_3_the_end_of_a_file_is_no_interrupt(
    models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(*given: object) -> None:
        raise EOFError("Ran out of input")

    monkeypatch.setattr("circuitsim.analysis.growth.growth.row", cut_short)
    assert "Ran out of input" in complaint("measure", models["majority"], "-n", 4, code=70)


@pytest.mark.slow
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="needs root, to mount a small disk",
)
def test_fault_4_the_disk_is_full(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", tmp_path], check=False
    )
    if mounted.returncode:
        pytest.skip("no disk may be mounted here")
    try:
        answer, told = compile_one(NUMBA_CACHE_DIR=str(tmp_path))
        assert not list(tmp_path.rglob("*.part"))
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert answer == "-1\n"
    assert told.startswith(NOT_KEPT)
    assert "No space left on device" in told


@pytest.mark.slow
def test_fault_4_locks_that_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is locked: a file is named by all that its content depends on, and appears whole."""
    (tmp_path / "sitecustomize.py").write_text(
        "import fcntl\ndef refused(*given):\n    raise OSError(37, 'No locks available')\n"
        "fcntl.flock = fcntl.lockf = refused\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert compile_one(NUMBA_CACHE_DIR=str(tmp_path)) == ("-1\n", "")
    assert len(list(tmp_path.rglob("*.kernel"))) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["info", MODEL], ["run", MODEL, "0110"], ["check", MODEL, "-n", "1:2"]]
)
def test_fault_5_a_first_command_compiles_nothing(
    tmp_path: Path, arguments: list[str]
) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = process(*arguments, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["info"], ["run", "0110"], ["check", "-n", "1:2"]])
def test_flint_is_imported_only_for_numbers_that_need_it(arguments: list[str]) -> None:
    verb, *rest = arguments
    code = "import sys; sys.modules['flint'] = None; from circuitsim.cli import main; main()"
    command = [sys.executable, "-c", code, verb, MODEL, *rest]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_fault_5_a_command_that_compiles_says_so_at_once(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(tmp_path),
        "CIRCUITSIM_KERNELS": "compiled",
    }
    command = [str(PROGRAM), "measure", MODEL, "-n", "1", "--basis", "tc0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        assert running.stderr is not None
        assert (
            running.stderr.readline()
            == b"circuitsim: compiling kernels (first run only) ...\n"
        )
        assert not list(tmp_path.rglob("*.kernel"))  # the first is not done yet
        assert running.stderr.read() == b""
    assert running.returncode == 0
    assert list(tmp_path.rglob("*.kernel"))


@pytest.mark.slow
def test_how_kernels_run_is_one_of_three_words(
    models: dict[str, str], tmp_path: Path
) -> None:
    done = process(
        "measure",
        models["majority"],
        "-n",
        "2",
        env={**os.environ, "CIRCUITSIM_KERNELS": "fast"},
    )
    assert done.returncode == 2
    assert (
        b"'fast' in the environment is not one of sooner, compiled, interpreted."
        in done.stderr
    )
    assert invoke("info", models["majority"]).exit_code == 0


@pytest.mark.slow
def test_the_benchmark_of_first_commands_runs() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "run.py", "--smallest", "startup"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines()[3:]]
    assert lines[0] == ["command", "cold", "warm"]
    assert [line[0] for line in lines[1:]] == ["info", "compile"]
    assert all(float(cell) > 0 for line in lines[1:] for cell in line[1:])
