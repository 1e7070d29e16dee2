"""Compiled kernels do not outlive the sources they were compiled from."""

import os
import subprocess
import sys

from numba.core.caching import IndexDataCacheFile

from circuitsim.netlist.kernel_cache import drop_stale


def test_kernels_are_dropped_when_any_source_changes(tmp_path):
    (tmp_path / "plans" / "__pycache__").mkdir(parents=True)
    callee = tmp_path / "callee.py"
    callee.write_text("one = 1\n")
    (tmp_path / "plans" / "caller.py").write_text("two = 2\n")
    compiled = tmp_path / "plans" / "__pycache__" / "caller.f-10.py311.1.nbc"
    kept = tmp_path / "plans" / "__pycache__" / "caller.cpython-311.pyc"

    def compile_again():
        compiled.write_text("machine code")
        kept.write_text("byte code")

    compile_again()
    assert drop_stale(tmp_path)
    assert not compiled.exists()
    compile_again()
    assert not drop_stale(tmp_path)
    assert compiled.exists()
    callee.write_text("one = 3\n")
    os.utime(callee, ns=(1, 1))
    assert drop_stale(tmp_path)
    assert not compiled.exists()
    assert kept.exists()


def test_a_package_that_cannot_be_written_is_left_alone(tmp_path):
    (tmp_path / "__pycache__").write_text("not a folder")
    assert not drop_stale(tmp_path)


def test_kernels_of_another_numba_are_dropped(tmp_path, monkeypatch):
    (tmp_path / "kernel.py").write_text("one = 1\n")
    assert drop_stale(tmp_path)
    assert not drop_stale(tmp_path)
    monkeypatch.setattr("numba.__version__", "0.1")
    assert drop_stale(tmp_path)


def test_processes_that_save_together_number_their_kernels_apart(tmp_path):
    program = (
        "import sys; from circuitsim.netlist import kernel_cache; from numba.core.caching import IndexDataCacheFile;"
        "cache = IndexDataCacheFile(sys.argv[1], 'kernel', 'stamp');"
        "[cache.save((sys.argv[2], k), (sys.argv[2], k)) for k in range(60)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, tmp_path, name]) for name in "ab"]
    assert [process.wait() for process in running] == [0, 0]
    cache = IndexDataCacheFile(str(tmp_path), "kernel", "stamp")
    for name in "ab":
        assert [cache.load((name, k)) for k in range(60)] == [(name, k) for k in range(60)]
