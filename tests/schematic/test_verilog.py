"""Hierarchical Verilog of schematics: to tools of others the flat circuit's function, in a file as short at any n."""

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.formats.table import save
from circuitsim.formats.valid import some_invalid, with_valid
from circuitsim.schematic.verilog import save_hierarchical
from tests.cli.runs import invoke

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def schematic(model, n, basis="xag", positions="folded"):
    address = model if model.startswith("zoo:") else EXAMPLES / model
    return cs.compile(cs.load(address), basis, positions=positions)(n)


CASES = {
    "few counts": ("majority.pt", 3),
    "counts": ("majority.pt", 9),
    "positions": ("parity.json", 5),
    "wired positions": ("parity.json", 4, "xag", "wired"),
    "numbers": ("share.json", 3),
    "hard heads": ("zoo:bounded-dyck", 3, "aig"),
    "choices": ("zoo:bounded-dyck", 2, "ac0"),
    "few thresholds": ("majority.pt", 3, "tc0"),
    "thresholds": ("majority.pt", 9, "tc0"),
    "thresholds of positions": ("parity.json", 4, "tc0"),
    "records": ("zoo:index-lookup:letters=3", 3),
}
VALID = ("wired positions", "hard heads", "records")  # they say what inputs are codes
every_case = pytest.mark.parametrize("case", CASES)


def tool(name):
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not there: apt-get install {name}")
    return name


def simulated(plan, bits, folder):
    """Outputs, the last of them `valid` if there is that, by Icarus Verilog on rows of all inputs, wired ones last."""
    save_hierarchical(plan, folder / "m.v")
    module, ports = re.search(
        r"module (\w+) \((.*)\);", (folder / "m.v").read_text()
    ).groups()
    outputs = int(re.search(r"output \[(\d+):0\] y", ports)[1]) + 1
    made = [f".y(o[{outputs - 1}:0])"]
    if ports.endswith("output valid"):
        made.append(f".valid(o[{outputs}])")
        outputs += 1
    free, wires = plan.inputs, plan.inputs + plan.wired
    given = [f".x(i[{free - 1}:0])", *([f".p(i[{wires - 1}:{free}])"] if plan.wired else [])]
    rows = "\n".join("".join("01"[int(b)] for b in row[::-1]) for row in bits)
    (folder / "rows.txt").write_text(rows + "\n")
    (folder / "t.v").write_text(
        f"module t; reg [{wires - 1}:0] i; wire [{outputs - 1}:0] o; reg [{wires - 1}:0] m [0:{len(bits) - 1}];"
        f" integer k; {module} d({', '.join(given + made)}); initial begin"
        f' $readmemb("{folder}/rows.txt", m); for (k = 0; k < {len(bits)}; k = k + 1)'
        ' begin i = m[k]; #1 $display("%b", o); end end endmodule\n'
    )
    command = [tool("iverilog"), "-o", folder / "t", folder / "t.v", folder / "m.v"]
    subprocess.run(command, check=True, timeout=300)
    said = subprocess.run(
        [tool("vvp"), folder / "t"], capture_output=True, text=True, timeout=300, check=True
    ).stdout.split()
    return np.array([[c == "1" for c in row[::-1]] for row in said])


@every_case
def test_icarus_simulates_what_the_schematic_means(case, tmp_path):
    plan = schematic(*CASES[case])
    bits = np.random.default_rng(0).random((200, plan.inputs + plan.wired)) < 0.5
    bits[:, plan.inputs :] = plan.wired_bits()
    if plan.wired:
        bits[::2, plan.inputs :] ^= np.random.default_rng(1).random((100, plan.wired)) < 0.02
    flat = plan.flatten()
    assert some_invalid(flat) == (case in VALID)
    found = simulated(plan, bits, tmp_path)
    if case in VALID:
        flat, valid = with_valid(flat)
        flat = replace(flat, outputs=np.append(flat.outputs, valid).astype(np.int32))
        assert 0 < found[:, -1].sum() < len(bits)
    np.testing.assert_array_equal(found, flat.evaluate(bits))


def flat_with_vectors(plan, folder):
    """The flat circuit under the ports of the hierarchical one."""
    save(plan.flatten(), folder / "flat.v")
    text = (folder / "flat.v").read_text()
    module = re.search(r"module (\w+)", text)[1]
    ins = re.findall(r"input wire (\w+)", text)
    outs = re.findall(r"output wire (\w+)", text)
    valid = ", output valid" if outs[-1] == "valid" else ""
    outs = [name for name in outs if name != "valid"]
    ports = [f".{name}(x[{k}])" for k, name in enumerate(ins)]
    ports += [f".{name}(y[{k}])" for k, name in enumerate(outs)]
    ports += [".valid(valid)"] if valid else []
    wrapper = (
        f"module flat (input [{len(ins) - 1}:0] x, output [{len(outs) - 1}:0] y{valid});"
        f" {module} d({', '.join(ports)}); endmodule\n"
    )
    (folder / "flat.v").write_text(
        text.replace(f"module {module}", "module inner", 1)
        + wrapper.replace(f" {module} d", " inner d")
    )


def proved(plan, folder, damage=None):
    """Whether yosys proves the hierarchical file equal to the flat one."""
    flat_with_vectors(plan, folder)
    save_hierarchical(plan, folder / "plan.v")
    if damage is not None:
        text = (folder / "plan.v").read_text()
        assert damage[0] in text
        (folder / "plan.v").write_text(text.replace(*damage, 1))
    module = re.search(r"module (\w+)", (folder / "plan.v").read_text())[1]
    script = (
        f"read_verilog {folder}/flat.v; read_verilog {folder}/plan.v; hierarchy -check; proc; opt -full;"
        f" miter -equiv -flatten flat {module} m; hierarchy -top m; flatten; opt -full;"
        " sat -verify -prove trigger 0"
    )
    run = subprocess.run(
        [tool("yosys"), "-p", script], capture_output=True, text=True, timeout=300
    )
    assert "Solving problem" in run.stdout, run.stdout[-2000:] + run.stderr
    assert "SUCCESS!" in run.stdout or "proof did fail" in run.stderr
    return "SAT proof finished - no model found: SUCCESS!" in run.stdout


@pytest.mark.parametrize(
    "case", ["few counts", "numbers", "choices", "few thresholds", "records"]
)
def test_yosys_proves_it_equal_to_the_flat_circuit(case, tmp_path):
    assert proved(schematic(*CASES[case]), tmp_path)


def test_yosys_sees_a_damaged_file(tmp_path):
    assert not proved(schematic(*CASES["few counts"]), tmp_path, ("= ~v", "= v"))


def test_yosys_sees_other_codes(tmp_path):
    assert not proved(schematic(*CASES["records"]), tmp_path, ("- 1)) == 0", "- 1)) != 0"))


def test_the_text_does_not_grow_with_the_letters(tmp_path):
    sizes = []
    for n in (2**10, 2**20 - 1):
        save_hierarchical(schematic("majority.pt", n, "tc0"), tmp_path / "m.v")
        text = (tmp_path / "m.v").read_text()
        sizes.append(len(text.splitlines()))
        assert f"input [{n - 1}:0] x" in text
    assert sizes[1] < 2 * sizes[0]


def test_compile_writes_it_and_builds_no_circuit(tmp_path):
    model, file = EXAMPLES / "majority.pt", tmp_path / "m.v"
    run = invoke("compile", model, "-n", 10**6, "--hierarchical", "-o", file)
    assert run.exit_code == 0
    assert file.read_text().count("\n") < 60_000
    for more in (["-o", tmp_path / "m.aig"], [], ["-o", file, "--share"]):
        run = invoke("compile", model, "-n", 9, "--hierarchical", *more)
        assert run.exit_code == 2
        assert "give -o FILE.v or -o FILE.blif alone" in run.stderr
