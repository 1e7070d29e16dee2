"""Compiled kernels do not outlive the sources they were compiled from."""

import os

from circuitsim.circuits.kernel_cache import drop_stale


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
