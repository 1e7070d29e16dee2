import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from circuitsim.formats.npz import load, save

from .runs import ROOT, answer, complaint, invoke, succeed

RUNGS = ("float", "exact", "integer", "circuit")


def test_every_rung_decides_majority(models: dict[str, str]) -> None:
    strings = ["".join(s) for n in (1, 2, 5) for s in product("01", repeat=n)]
    rows = answer("run", models["majority"], *reversed(strings))["rows"]
    assert [row["input"] for row in rows] == strings[::-1]
    for row in rows:
        right = int(2 * row["input"].count("1") > len(row["input"]))
        assert [row[rung] for rung in RUNGS] == [right] * 4


def test_every_position_is_a_list(models: dict[str, str]) -> None:
    rows = answer("run", models["thirds"], "aa bb cc", "cc")["rows"]
    assert [len(row["exact"]) for row in rows] == [3, 1]
    for row in rows:
        assert row["exact"] == row["integer"] == row["circuit"]


def test_a_circuit_file_has_one_rung(circuit: Path) -> None:
    rows = answer("run", circuit, "01011", "00011")["rows"]
    assert [row["circuit"] for row in rows] == [1, 0]
    assert all(row[rung] is None for row in rows for rung in RUNGS[:3])
    assert "3 letters" in complaint("run", circuit, "011")
    assert "--bits" in complaint("run", circuit, "01011", "--bits", "3")


@pytest.mark.parametrize(("words", "n"), [("cc", 1), ("aa cc", 2)])
def test_a_circuit_file_answers_in_the_shape_of_its_model(
    models: dict[str, str], tmp_path: Path, words: str, n: int
) -> None:
    answer("compile", models["thirds"], "-n", n, "-o", tmp_path / "c.npz")
    whole = answer("run", models["thirds"], words)["rows"][0]["circuit"]
    assert len(whole) == n
    assert answer("run", tmp_path / "c.npz", words)["rows"][0]["circuit"] == whole
    old = load(tmp_path / "c.npz")
    entries = {key: value for key, value in old.interface.items() if key != "readout"}
    save(replace(old, interface=entries), tmp_path / "old.npz")
    answered = answer("run", tmp_path / "old.npz", words)["rows"][0]["circuit"]
    assert answered == (whole if n > 1 else whole[0])


def test_a_circuit_that_is_too_large_is_left_out(models: dict[str, str]) -> None:
    result = invoke("run", models["majority"], "0", "011", "--max-gates", 50, "--json")
    assert result.exit_code == 0
    assert [row["circuit"] for row in json.loads(result.stdout)["rows"]] == [0, None]
    assert result.stderr.startswith("circuitsim: n=3: the circuit has ")
    assert result.stderr.endswith("--max-gates is 50; it is not run.\n")
    table = invoke("run", models["majority"], "011", "--max-gates", 50)
    assert table.stdout.splitlines()[0].split() == ["input", "float", "exact", "integer"]


def test_softmax_has_a_float_answer_only(models: dict[str, str]) -> None:
    row = answer("run", models["softmax"], "011")["rows"][0]
    assert (row["float"], row["exact"], row["integer"], row["circuit"]) == (1, None, None, None)
    row = answer("run", models["softmax"], "011", "--attention", "saturated")["rows"][0]
    assert row["circuit"] == 1


def test_lines_of_standard_input_and_of_files(models: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"\xef\xbb\xbf011\r\n\n0\n")
    rows = answer("run", models["majority"], "1", "-", f"@{tmp_path / 'lines'}", stdin=b"00\n111")["rows"]
    assert [(row["input"], row["circuit"]) for row in rows] == [("1", 1), ("00", 0), ("111", 1), ("011", 1), ("0", 0)]


def test_a_tie_is_marked_where_rounding_may_decide_it(models: dict[str, str]) -> None:
    text = succeed("run", models["majority"], "010101")
    assert text.splitlines()[1].split() == ["010101", "0?", "0", "0", "0"]


def test_rungs_that_differ_are_pointed_out(models: dict[str, str]) -> None:
    text = succeed("run", models["majority"], "00111", "11111", "--bits", "1")
    assert "the rungs differ on 1 of 2 inputs" in text


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        (["012"], "unknown token '2'"),
        ([""], "empty"),
        (["@/nowhere"], "/nowhere"),
        (["@/tmp"], "directory"),
        (["@/dev/null"], "no input"),
        (["0" * 5000], "4,096"),
    ],
)
def test_bad_inputs(models: dict[str, str], inputs: list[str], why: str) -> None:
    assert why in complaint("run", models["majority"], *inputs)


def test_letters_that_mean_something_to_the_command_line(models: dict[str, str], tmp_path: Path) -> None:
    text = Path(models["majority"]).read_text()
    path = tmp_path / "signs.json"
    path.write_text(text.replace('"0"', '"-"').replace('"1"', '"@"'))
    assert "put -- before it" in complaint("run", path, "-@")
    assert "put --" not in complaint("info", path, "--wrong")
    text = succeed("run", "--json", path, "@@@-", "@@", "-", "--", "-@", "-@@", stdin=b"@\n-\n")
    assert [row["input"] for row in json.loads(text)["rows"]] == ["@@-", "@", "@", "-", "-@", "-@@"]
    assert "@@ is the input" in complaint("run", path, "@")


def test_bytes_that_are_no_text(models: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"01\xff\n")
    assert "not UTF-8" in complaint("run", models["majority"], f"@{tmp_path / 'bytes'}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"vocabulary": 5},
        {"vocabulary": [[1], 2]},
        {"vocabulary": ["0", "0"]},
        {"vocabulary": ["0", "1", "2"]},
        {"n": 10**30},
        {"n": -5},
        {"classes": 0},
        {"readout": "some"},
        {"readout": ["each"]},
        {"wired": [[1]]},
        {"wired": [0.5]},
    ],
)
def test_a_circuit_that_lies_about_itself_is_refused(circuit: Path, tmp_path: Path, wrong: dict[str, object]) -> None:
    honest = load(circuit)
    save(replace(honest, interface={**honest.interface, **wrong}), tmp_path / "lie.npz")
    assert "lie.npz" in complaint("run", tmp_path / "lie.npz", "01011")
    succeed("info", tmp_path / "lie.npz")


def test_ac0_runs_without_the_integer_rung() -> None:
    row = answer("run", ROOT / "examples" / "first.json", "--basis", "ac0", "1000")["rows"][0]
    assert (row["exact"], row["integer"], row["circuit"]) == (1, None, 1)


def test_a_circuit_of_too_many_wires_is_not_run() -> None:
    result = invoke("run", ROOT / "examples" / "dense-1.json", "--basis", "tc0", "0" * 40, "--max-gates", "2000")
    assert result.exit_code == 0
    assert "wires, and --max-gates is 2,000, for twice as many wires; it is not run" in result.stderr
