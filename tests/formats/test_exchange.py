"""Files of other tools: read back they are the same function, and where those tools are there they say so."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.bases import names
from circuitsim.errors import CircuitSimError
from circuitsim.formats.table import FORMATS, load, save
from circuitsim.formats.wires import input_names, output_names
from circuitsim.netlist.circuit import Circuit
from tests.netlist.random_circuits import random_circuit, random_unbounded

READABLE = (".aig", ".aag", ".blif", ".bench", ".bristol", ".yosys.json", ".serial")
MARKED = (
    ".aig",
    ".aag",
    ".blif",
    ".bench",
    ".yosys.json",
)  # whose comments keep the interface
ROOT = Path(__file__).parents[2]


def patterns(circuit, count=64, seed=0):
    if circuit.inputs <= 6:
        return np.indices((2,) * circuit.inputs).reshape(circuit.inputs, -1).T.astype(bool)
    return np.random.default_rng(seed).random((count, circuit.inputs)) < 0.5


def same_function(a, b):
    bits = patterns(a)
    return np.array_equal(a.evaluate(bits), b.evaluate(bits))


def odd_circuits():
    """Constants, inputs as outputs, outputs twice, no gate, one input."""
    none = np.zeros((0, 2), np.int32)
    for outputs in ([0], [1], [2], [3], [2, 2, 3], [4, 0, 1, 5, 2]):
        yield Circuit("xag", 2, np.zeros(0, np.uint8), none, np.array(outputs, np.int32))
    gates = np.array([[1, 2], [0, 3], [6, 9], [8, 8], [10, 11], [7, 12]], np.int32)
    for ops in ([0] * 6, [1] * 6, [0, 1, 0, 1, 0, 1]):
        yield Circuit(
            "xag", 2, np.array(ops, np.uint8), gates, np.array([16, 17, 6, 6, 15], np.int32)
        )


def circuits():
    yield from odd_circuits()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        basis = "aig" if seed % 2 else "xag"
        yield random_circuit(
            rng,
            basis,
            int(rng.integers(1, 9)),
            int(rng.integers(1, 80)),
            int(rng.integers(1, 5)),
        )


@pytest.mark.parametrize("suffix", READABLE)
def test_what_is_written_is_read_again(suffix, tmp_path):
    for circuit in circuits():
        path = tmp_path / f"c{suffix}"
        save(circuit, path)
        again = load(path)
        assert (again.inputs, len(again.outputs)) == (circuit.inputs, len(circuit.outputs))
        assert same_function(circuit, again)


def test_and_gates_come_back_gate_for_gate(tmp_path):
    for seed in range(20):
        circuit = random_circuit(np.random.default_rng(seed), "aig", 5, 60, 3)
        circuit = replace(circuit, fan_in=-np.sort(-circuit.fan_in, axis=1))
        proper = (circuit.fan_in[:, 0] >= 0).all()
        for suffix in (".aig", ".aag"):
            save(circuit, tmp_path / f"c{suffix}")
            again = load(tmp_path / f"c{suffix}")
            assert proper
            np.testing.assert_array_equal(again.fan_in, circuit.fan_in)
            np.testing.assert_array_equal(again.outputs, circuit.outputs)


@pytest.fixture(scope="module")
def compiled():
    """Circuits of models, with letters: two, several, records, positions that are wired, numbers and classes."""
    share = cs.load(ROOT / "examples" / "share.json")
    recall = cs.load(ROOT / "examples" / "recall.pt")
    parity = cs.load(ROOT / "examples" / "parity.json")
    return {
        "parity": cs.compile(parity)(5).flatten(),
        "wired": cs.compile(parity, positions="wired")(3).flatten(),
        "share": cs.compile(share)(3).flatten(),
        "recall": cs.compile(recall, bits=1)(1).flatten(),
    }


@pytest.mark.parametrize("suffix", MARKED)
def test_circuits_of_models_are_circuits_of_letters_again(suffix, compiled, tmp_path):
    for circuit in compiled.values():
        save(circuit, tmp_path / f"m{suffix}")
        again = load(tmp_path / f"m{suffix}")
        assert again.interface == circuit.interface
        valid = len(again.outputs) - len(circuit.outputs)
        assert valid in (0, 1)
        bits = patterns(circuit)
        found = again.evaluate(bits)
        np.testing.assert_array_equal(
            found[:, : len(circuit.outputs)], circuit.evaluate(bits)
        )


def of_strangers(path):
    """The circuit of a file without our comment, with which the output `valid` is left out."""
    path.write_text(path.read_text().replace("circuitsim {", "{"))
    return load(path)


def test_valid_says_which_inputs_are_codes(compiled, tmp_path):
    recall = compiled["recall"]
    save(recall, tmp_path / "m.blif")
    again = of_strangers(tmp_path / "m.blif")
    bits = np.indices((2,) * 8).reshape(8, -1).T.astype(bool)
    np.testing.assert_array_equal(again.evaluate(bits)[:, -1], bits.sum(axis=1) == 1)
    wired = compiled["wired"]
    save(wired, tmp_path / "m.blif")
    again = of_strangers(tmp_path / "m.blif")
    constants = np.array(wired.interface["wired"], bool)
    bits = np.random.default_rng(0).random((50, wired.inputs)) < 0.5
    bits[::2, 3:] = constants
    right = (bits[:, 3:] == constants).all(axis=1)
    np.testing.assert_array_equal(again.evaluate(bits)[:, -1], right)


def test_names_of_wires(compiled):
    for circuit in compiled.values():
        names = input_names(circuit) + output_names(circuit)
        assert len(set(names)) == len(names) == circuit.inputs + len(circuit.outputs)
        assert all(re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) for name in names)
    assert input_names(compiled["recall"])[:2] == ["x0_is_a", "x0_is_b"]
    assert output_names(compiled["share"])[0] == "y0_bit0"
    assert output_names(compiled["parity"]) == ["y"]


def run(*command, **given):
    """A tool of somebody else's, or the test is skipped with the line that installs it."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not there: apt-get install {command[0]}")
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, **given
    ).stdout


def test_abc_says_that_files_are_equivalent(compiled, tmp_path):
    for name in ("parity", "share"):
        for suffix in (".aig", ".blif", ".bench"):
            save(compiled[name], tmp_path / f"{name}{suffix}")
        for suffix in (".blif", ".bench"):
            said = run(
                "berkeley-abc", "-c", f"cec {tmp_path}/{name}.aig {tmp_path}/{name}{suffix}"
            )
            assert "Networks are equivalent" in said, said
    damaged = (tmp_path / "parity.bench").read_text().replace("XOR(", "AND(", 1)
    (tmp_path / "odd.bench").write_text(damaged)
    said = run("berkeley-abc", "-c", f"cec {tmp_path}/parity.aig {tmp_path}/odd.bench")
    assert "NOT EQUIVALENT" in said, said


def test_yosys_proves_verilog_and_blif_equal(compiled, tmp_path):
    three = cs.compile(cs.load(ROOT / "examples" / "parity.json"))(3).flatten()
    for circuit in (three, compiled["share"]):
        save(circuit, tmp_path / "m.v")
        save(circuit, tmp_path / "m.blif")
        script = (
            f"read_verilog {tmp_path}/m.v; rename -top a; design -stash a; read_blif {tmp_path}/m.blif; rename -top b;"
            " design -stash b; design -copy-from a a; design -copy-from b b; miter -equiv -flatten a b m;"
            " hierarchy -top m; sat -verify -prove trigger 0"
        )
        said = run("yosys", "-p", script)
        assert "SAT proof finished - no model found: SUCCESS!" in said, said[-2000:]


def test_yosys_proves_majority_itself(tmp_path):
    """The netlist of a model against a count of ones that is written in Verilog here."""
    model = cs.load(ROOT / "examples" / "majority.pt")
    for n, least, said in (
        (7, 4, "SUCCESS!"),
        (15, 8, "SUCCESS!"),
        (15, 9, "FAIL!"),
    ):
        save(cs.compile(model)(n).flatten(), tmp_path / "m.v")
        wires = [f"x{k}" for k in range(n)]
        (tmp_path / "s.v").write_text(
            f"module count ({', '.join(f'input wire {wire}' for wire in wires)}, output wire y);"
            f" wire [7:0] ones = {' + '.join(wires)}; assign y = ones >= {least}; endmodule\n"
        )
        script = (
            f"read_verilog {tmp_path}/m.v {tmp_path}/s.v; miter -equiv -flatten majority count m; hierarchy -top m;"
            " techmap; opt; sat -prove trigger 0"
        )
        assert f"SAT proof finished - {'no ' * (said[0] == 'S')}model found: {said}" in run(
            "yosys", "-p", script
        )


def test_yosys_reads_its_json_and_we_read_what_it_writes(compiled, tmp_path):
    for name in ("parity", "share"):
        circuit = compiled[name]
        save(circuit, tmp_path / "m.yosys.json")
        save(circuit, tmp_path / "m.v")
        script = (
            f"read_json {tmp_path}/m.yosys.json; rename -top a; design -stash a; read_verilog {tmp_path}/m.v;"
            " rename -top b; design -stash b; design -copy-from a a; design -copy-from b b;"
            " miter -equiv -flatten a b m; hierarchy -top m; sat -verify -prove trigger 0"
        )
        said = run("yosys", "-p", script)
        assert "SAT proof finished - no model found: SUCCESS!" in said, said[-2000:]
        # Its own spelling, of a design that it has read, optimised and mapped to simple cells.
        script = f"read_verilog {tmp_path}/m.v; synth; abc -g AND,XOR,ANDNOT; write_json {tmp_path}/own.json"
        run("yosys", "-p", script)
        again = load(tmp_path / "own.json")
        bits = patterns(circuit)
        found = again.evaluate(bits)[:, : len(circuit.outputs)]
        np.testing.assert_array_equal(found, circuit.evaluate(bits))


def simulated(circuit, bits, tmp_path):
    """Outputs by Icarus Verilog."""
    if shutil.which("iverilog") is None:
        pytest.skip("iverilog is not there: apt-get install iverilog")
    save(circuit, tmp_path / "m.v")
    text = (tmp_path / "m.v").read_text()
    module = re.search(r"module (\w+)", text)[1]
    ins, outs = re.findall(r"input wire (\w+)", text), re.findall(r"output wire (\w+)", text)
    ports = [f".{n}(i[{k}])" for k, n in enumerate(ins)] + [
        f".{n}(o[{k}])" for k, n in enumerate(outs)
    ]
    rows = "\n".join("".join("01"[int(b)] for b in row[::-1]) for row in bits)
    (tmp_path / "rows.txt").write_text(rows + "\n")
    (tmp_path / "t.v").write_text(
        f"module t; reg [{len(ins) - 1}:0] i; wire [{len(outs) - 1}:0] o; reg [{len(ins) - 1}:0] m [0:{len(bits) - 1}];"
        f' integer k; {module} d({", ".join(ports)}); initial begin $readmemb("{tmp_path}/rows.txt", m);'
        f' for (k = 0; k < {len(bits)}; k = k + 1) begin i = m[k]; #1 $display("%b", o); end end endmodule\n'
    )
    subprocess.run(
        ["iverilog", "-o", tmp_path / "t", tmp_path / "t.v", tmp_path / "m.v"], check=True
    )
    said = run("vvp", str(tmp_path / "t")).split()
    return np.array([[c == "1" for c in row[::-1]] for row in said])


def test_icarus_simulates_what_we_evaluate(compiled, tmp_path):
    tc0 = cs.compile(cs.load(ROOT / "examples" / "majority.pt"), "tc0")(5).flatten()
    wide = random_unbounded(np.random.default_rng(3), "ac0", 5, 30, 3)
    for circuit in (compiled["share"], tc0, wide):
        bits = np.random.default_rng(1).random((1000, circuit.inputs)) < 0.5
        found = simulated(circuit, bits, tmp_path)
        np.testing.assert_array_equal(
            found[:, : len(circuit.outputs)], circuit.evaluate(bits)
        )


def test_a_sat_solver_agrees_with_every_output(compiled, tmp_path):
    circuit = compiled["parity"]
    save(circuit, tmp_path / "m.cnf")
    text = (tmp_path / "m.cnf").read_text()
    output = int(re.search(r"c output y (-?\d+)", text)[1])
    head = re.search(r"p cnf (\d+) (\d+)", text)
    for bits in np.indices((2,) * 5).reshape(5, -1).T[::3]:
        for value in (True, False):
            units = [
                *(k if b else -k for k, b in enumerate(bits, 1)),
                output if value else -output,
            ]
            lines = "".join(f"{unit} 0\n" for unit in units)
            more = (
                text.replace(head[0], f"p cnf {head[1]} {int(head[2]) + len(units)}") + lines
            )
            (tmp_path / "q.cnf").write_text(more)
            said = run(
                "minisat", "-verb=0", str(tmp_path / "q.cnf"), str(tmp_path / "answer")
            )
            del said
            answer = (tmp_path / "answer").read_text().split()[0]
            assert (answer == "SAT") == (
                circuit.evaluate(bits[None].astype(bool))[0, 0] == value
            )


def test_clasp_agrees_with_threshold_gates(compiled, tmp_path):
    tc0 = cs.compile(cs.load(ROOT / "examples" / "majority.pt"), "tc0")(3).flatten()
    for circuit in (tc0, compiled["parity"]):
        save(circuit, tmp_path / "m.opb")
        text = (tmp_path / "m.opb").read_text()
        output = re.search(r"\* (~?x\d+) y\n", text)[1]
        for bits in np.indices((2,) * circuit.inputs).reshape(circuit.inputs, -1).T[::2]:
            for value in (True, False):
                wanted = (
                    output if value else (output[1:] if output[0] == "~" else f"~{output}")
                )
                units = [*("" if b else "~" for b in bits)]
                lines = (
                    "".join(f"+1 {s}x{k} >= 1 ;\n" for k, s in enumerate(units, 1))
                    + f"+1 {wanted} >= 1 ;\n"
                )
                (tmp_path / "q.opb").write_text(text + lines)
                said = run("clasp", "--quiet=2", str(tmp_path / "q.opb"))
                answer = "UNSATISFIABLE" not in said
                assert "SATISFIABLE" in said, said
                assert answer == (circuit.evaluate(bits[None].astype(bool))[0, 0] == value)


def test_what_a_format_cannot_hold_is_said(tmp_path):
    wide = cs.compile(cs.load(ROOT / "examples" / "majority.pt"), "tc0")(3).flatten()
    for form in FORMATS:
        for suffix in form.extensions:
            if form.holds == names():
                save(wide, tmp_path / f"w{suffix}")
            else:
                with pytest.raises(CircuitSimError, match="compile in"):
                    save(wide, tmp_path / f"w{suffix}")
                assert not (tmp_path / f"w{suffix}").exists()
    for suffix in (".v", ".cnf", ".opb"):
        (tmp_path / f"r{suffix}").write_text("")
        with pytest.raises(CircuitSimError, match="is written and not read"):
            load(tmp_path / f"r{suffix}")
