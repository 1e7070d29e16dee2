"""Hierarchical BLIF of schematics: ABC, which is not written here, finds the flat circuit's function."""

import subprocess

import pytest

from circuitsim.formats.table import save
from circuitsim.schematic.blif import save_hierarchical
from tests.cli.runs import invoke
from tests.schematic.test_verilog import CASES, EXAMPLES, VALID, schematic, tool

BOUNDED = [
    "few counts", "counts", "positions", "wired positions", "numbers", "hard heads", "records"
]  # fmt: skip


def compared(plan, folder, damage=None):
    """What ABC says of the flat file and the hierarchical one."""
    save(plan.flatten(), folder / "flat.blif")
    save_hierarchical(plan, folder / "plan.blif")
    text = (folder / "plan.blif").read_text()
    if damage is not None:
        assert damage[0] in text
        (folder / "plan.blif").write_text(text.replace(*damage, 1))
    command = f"cec {folder}/flat.blif {folder}/plan.blif"
    said = subprocess.run(
        [tool("berkeley-abc"), "-c", command], capture_output=True, text=True, timeout=300
    ).stdout
    return text, said


@pytest.mark.parametrize("case", BOUNDED)
def test_abc_says_that_it_is_the_flat_circuit(case, tmp_path):
    text, said = compared(schematic(*CASES[case]), tmp_path)
    assert ".subckt m0 " in text
    assert (" valid\n" in text) == (case in VALID)
    assert "Networks are equivalent" in said, said


def test_abc_sees_a_damaged_file(tmp_path):
    damage = ("\n0 1\n", "\n1 1\n")  # a NOT of the whole
    _, said = compared(schematic(*CASES["few counts"]), tmp_path, damage)
    assert "NOT EQUIVALENT" in said, said


def test_abc_sees_other_codes(tmp_path):
    damage = (" valid\n1 1", " valid\n0 1")
    _, said = compared(schematic(*CASES["records"]), tmp_path, damage)
    assert "NOT EQUIVALENT" in said, said


def test_rows_are_one_model(tmp_path):
    save_hierarchical(schematic("zoo:bounded-dyck", 6), tmp_path / "six.blif")
    text = (tmp_path / "six.blif").read_text()
    assert text.count(".subckt") > 3 * text.count(".model")


def test_compile_writes_it(tmp_path):
    model, file = EXAMPLES / "majority.pt", tmp_path / "m.blif"
    assert invoke("compile", model, "-n", 9, "--hierarchical", "-o", file).exit_code == 0
    assert ".subckt" in file.read_text()
    run = invoke("compile", model, "-n", 9, "--basis", "tc0", "--hierarchical", "-o", file)
    assert run.exit_code == 2
