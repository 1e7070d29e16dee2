import json
import weakref
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from circuitsim.cli.answers import Answers
from circuitsim.cli.input_strings import BLOCK, Block, Inputs

from circuitsim.errors import InputError, LimitError
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


SHARE = ROOT / "examples" / "share.json"


@pytest.mark.parametrize("basis", ["xag", "tc0"])
def test_an_answer_may_be_a_number(basis: str, tmp_path: Path) -> None:
    (row,) = answer("run", SHARE, "aab", "--basis", basis)["rows"]
    assert row["float"] == [1, 1, 2 / 3]
    assert row["exact"] == [1, 1, "2/3"]
    assert row["integer"] == row["circuit"] == [1, 1, "43/64"]
    assert "rungs differ" not in succeed("run", SHARE, "aab", "--basis", basis)
    answer("compile", SHARE, "-n", 3, "--basis", basis, "-o", tmp_path / "c.npz")
    (kept,) = answer("run", tmp_path / "c.npz", "aab")["rows"]
    assert kept["circuit"] == row["circuit"]
    said = answer("info", tmp_path / "c.npz")
    assert said["number"] == {"offset": "0", "scale": "1/64"}
    assert "0 + 1/64 times the outputs" in succeed("info", tmp_path / "c.npz")


@pytest.mark.parametrize(
    "wrong", [{"scale": "0"}, {"scale": None}, {"offset": "1/0"}, {"offset": [1]}]
)
def test_a_number_that_its_circuit_does_not_explain_is_refused(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    answer("compile", SHARE, "-n", 3, "-o", tmp_path / "c.npz")
    honest = load(tmp_path / "c.npz")
    save(replace(honest, interface={**honest.interface, **wrong}), tmp_path / "lie.npz")
    assert "does not fit it" in complaint("run", tmp_path / "lie.npz", "aab")
    succeed("info", tmp_path / "lie.npz")


def test_as_many_answers_as_a_circuit_says(tmp_path: Path) -> None:
    """Of each letter one, and of one letter one."""
    answer("compile", SHARE, "-n", 3, "-o", tmp_path / "c.npz")
    honest = load(tmp_path / "c.npz")
    assert honest.interface["readout"] == "each"
    width = honest.interface["classes"]
    for outputs in (honest.outputs[:width], honest.outputs[: 2 * width]):
        save(replace(honest, outputs=outputs), tmp_path / "lie.npz")
        assert "does not fit it" in complaint("run", tmp_path / "lie.npz", "aab")


def test_numbers_that_differ_are_pointed_out(tmp_path: Path) -> None:
    found = Answers(["a", "b"])
    for rung, numbers in (
        ("float", [0.5, 0.1]),
        ("exact", [1, 2]),
        ("integer", [3, 4]),
        ("circuit", [3, 5]),
    ):
        found.fill(rung, (0, 1), np.array([[Fraction(x)] for x in numbers]), False)
    assert found.differing() == 1


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


def test_softmax_is_answered_on_every_rung(models: dict[str, str]) -> None:
    row = answer("run", models["softmax"], "011")["rows"][0]
    assert [row[rung] for rung in ("float", "exact", "integer", "circuit")] == [1] * 4


def test_lines_of_standard_input_and_of_files(models: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"\xef\xbb\xbf011\r\n\n0\n")
    rows = answer(
        "run", models["majority"], "1", "-", f"@{tmp_path / 'lines'}", stdin=b"00\n111"
    )["rows"]
    assert [(row["input"], row["circuit"]) for row in rows] == [
        ("1", 1),
        ("00", 0),
        ("111", 1),
        ("011", 1),
        ("0", 0),
    ]


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


def test_letters_that_mean_something_to_the_command_line(
    models: dict[str, str], tmp_path: Path
) -> None:
    text = Path(models["majority"]).read_text()
    path = tmp_path / "signs.json"
    path.write_text(text.replace('"0"', '"-"').replace('"1"', '"@"'))
    assert "put -- before it" in complaint("run", path, "-@")
    assert "put --" not in complaint("info", path, "--wrong")
    text = succeed(
        "run", "--json", path, "@@@-", "@@", "-", "--", "-@", "-@@", stdin=b"@\n-\n"
    )
    assert [row["input"] for row in json.loads(text)["rows"]] == [
        "@@-",
        "@",
        "@",
        "-",
        "-@",
        "-@@",
    ]
    assert "@@ is the input" in complaint("run", path, "@")


def test_bytes_that_are_no_text(models: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"01\n\n01\xff\n")
    assert f"{tmp_path / 'bytes'}, line 3: not UTF-8" in complaint(
        "run", models["majority"], f"@{tmp_path / 'bytes'}"
    )


@pytest.mark.slow
def test_a_circuit_answers_a_long_file_as_it_answers_each_line(
    circuit: Path, tmp_path: Path
) -> None:
    """Fault 11: lines are run in blocks; a block's answers are printed before the next is read."""
    lines = ["".join(letters) for letters in product("01", repeat=5)] * 3000
    path = tmp_path / "long"
    path.write_text("\n".join(lines) + "\n")
    assert path.stat().st_size > 2 * BLOCK
    majority = [int(line.count("1") > 2) for line in lines]
    rows = answer("run", circuit, f"@{path}")["rows"]
    assert [(row["input"], row["circuit"]) for row in rows] == list(
        zip(lines, majority, strict=True)
    )
    table = succeed("run", circuit, f"@{path}").splitlines()
    assert [line.split() for line in table[1:]] == [
        [a, str(b)] for a, b in zip(lines, majority, strict=True)
    ]
    path.write_text("\n".join([*lines, "01x00", "01011", "01y00"]))
    for as_json in ([], ["--json"]):
        result = invoke("run", circuit, f"@{path}", *as_json)
        assert result.exit_code == 2
        assert (
            f"{path}, line {len(lines) + 1:,}: input '01x00': unknown token 'x'"
            in result.stderr
        )
        assert result.stdout.count("00000") > 1000


def test_a_model_answers_a_long_file(models: dict[str, str], tmp_path: Path) -> None:
    lengths = [1 + 7 * k % 5 for k in range(3000)]
    lines = [
        "".join("01"[k * j % 3 == 1] for j in range(length))
        for k, length in enumerate(lengths)
    ]
    (tmp_path / "long").write_text("\n".join(lines))
    rows = answer("run", models["majority"], f"@{tmp_path / 'long'}")["rows"]
    assert [row["input"] for row in rows] == lines
    for row, line in zip(rows, lines, strict=True):
        assert [row[rung] for rung in RUNGS] == [int(2 * line.count("1") > len(line))] * 4


def test_memory_does_not_grow_with_the_file(circuit: Path, tmp_path: Path) -> None:
    """Fault 11. The blocks that are alive at once, counted."""
    path = tmp_path / "long"
    path.write_text("01011\n" * 300_000)
    blocks: list[weakref.ref[Block]] = []
    for block in Inputs([f"@{path}"]):
        blocks.append(weakref.ref(block))
        assert len(block.texts) <= BLOCK
        assert sum(kept() is not None for kept in blocks) <= 2
    assert len(blocks) > 4


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_read_in_pieces_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """Fault 14, and the definition of lines: Python's own, with universal ends."""
    written = ["é01", "", "  ", "0", "\u2028", "1あ1", "", "x" * 40, "last"]
    for final in ("", end):
        path = tmp_path / "lines"
        path.write_bytes(b"\xef\xbb\xbf" + (end.join(written) + final).encode())
        with path.open(encoding="utf-8-sig") as file:
            expected = [(row.rstrip("\n"), number) for number, row in enumerate(file, 1)]
        for size in (3, 4, 5, 7, 16, 1000):
            for blanks in (False, True):
                monkeypatch.setattr("circuitsim.cli.input_strings.BLOCK", size)
                assert places(Inputs([f"@{path}"], blanks)) == [
                    (row, f"{path}, line {number}: ")
                    for row, number in expected
                    if row and (blanks or row.strip())
                ]


def places(inputs: Inputs) -> list[tuple[str, str]]:
    """Every input, and what an error would put before its sentence."""
    found = []
    for block in inputs:
        for index, text in enumerate(block.texts):
            with pytest.raises(InputError) as raised, block.at(index):
                raise InputError("")
            found.append((text, str(raised.value)))
    return found


def test_arguments_and_files_stand_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text("0\n\n1\n")
    where = f"{tmp_path / 'lines'}, line"
    said = places(Inputs(["a", "b", f"@{tmp_path / 'lines'}", "", "@@"]))
    assert said == [
        ("a", ""),
        ("b", ""),
        ("0", f"{where} 1: "),
        ("1", f"{where} 3: "),
        ("", ""),
        ("@", ""),
    ]


def test_a_line_longer_than_any_input_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("circuitsim.cli.input_strings.LONGEST_LINE", 2**20)
    (tmp_path / "long").write_text("01\n" + "0" * 2**21)
    with pytest.raises(LimitError, match=r"long, line 2: longer than 1 MiB"):
        list(Inputs([f"@{tmp_path / 'long'}"]))


@pytest.mark.parametrize("address", ["majority", "zoo:index-lookup", "circuit"])
def test_a_line_of_200_000_letters_is_refused_before_it_is_read(
    models: dict[str, str],
    circuit: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    """Fault 12. Nothing reads the tokens of such a line, and no model is made for it."""

    def never(*given: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr("circuitsim.tokens.Format.parse", never)
    words = "a b " if address.startswith("zoo:") else "01"
    (tmp_path / "long").write_text(words * 100_000)
    file = {"majority": models["majority"], "circuit": circuit}.get(address, address)
    said = complaint("run", file, f"@{tmp_path / 'long'}")
    assert f"{tmp_path / 'long'}, line 1: " in said
    assert "200,000" in said or "200000" in said
    assert address == "circuit" or "n up to 4,096" in said


def test_blank_lines_are_no_inputs(models: dict[str, str], tmp_path: Path) -> None:
    """Fault 14."""
    (tmp_path / "blank").write_bytes(b"0110101\n   \n\t\n0011\n")
    rows = answer("run", models["majority"], f"@{tmp_path / 'blank'}")["rows"]
    assert [row["input"] for row in rows] == ["0110101", "0011"]
    spaced = Path(models["majority"]).read_text().replace('"1"', '" "')
    (tmp_path / "spaced.json").write_text(spaced)
    (tmp_path / "blanks").write_bytes(b"0 \n  \n\n")
    rows = answer("run", tmp_path / "spaced.json", f"@{tmp_path / 'blanks'}")["rows"]
    assert [(row["input"], row["exact"]) for row in rows] == [("0 ", 0), ("  ", 1)]


def test_files_of_an_old_mac(models: dict[str, str], tmp_path: Path) -> None:
    """Fault 14."""
    (tmp_path / "mac").write_bytes(b"0110101\r0011\r")
    rows = answer("run", models["majority"], f"@{tmp_path / 'mac'}")["rows"]
    assert [row["input"] for row in rows] == ["0110101", "0011"]
    (tmp_path / "mac").write_bytes(b"0110101\r0x11\r")
    assert f"{tmp_path / 'mac'}, line 2: " in complaint(
        "run", models["majority"], f"@{tmp_path / 'mac'}"
    )


def test_letters_with_accents_of_their_own(models: dict[str, str], tmp_path: Path) -> None:
    """Fault 14: the vocabulary has é, the file e and an accent."""
    text = Path(models["majority"]).read_text()
    (tmp_path / "accents.json").write_text(text.replace('"0"', '"あ"').replace('"1"', '"é"'))
    (tmp_path / "nfc").write_text("ああé\n")
    (tmp_path / "nfd").write_text("ああé\nああe\u0301\n")
    assert (
        answer("run", tmp_path / "accents.json", f"@{tmp_path / 'nfc'}")["rows"][0]["exact"]
        == 0
    )
    said = complaint("run", tmp_path / "accents.json", f"@{tmp_path / 'nfd'}")
    assert said.startswith(f"{tmp_path / 'nfd'}, line 2: input 'ああe\u0301'")
    assert "NFD" in said
    assert "write the input in NFC" in said


def test_progress_is_a_share_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "long").write_text("01011\n" * 100_000)
    inputs = Inputs(["01", f"@{tmp_path / 'long'}"])
    said = [inputs.progress() for _ in inputs]
    assert said[0] != said[-1]
    assert all(s == "" or s.endswith("% of the file") for s in said)
    assert said[0].endswith("% of the file")


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
def test_a_circuit_that_lies_about_itself_is_refused(
    circuit: Path, tmp_path: Path, wrong: dict[str, object]
) -> None:
    honest = load(circuit)
    save(replace(honest, interface={**honest.interface, **wrong}), tmp_path / "lie.npz")
    assert "lie.npz" in complaint("run", tmp_path / "lie.npz", "01011")
    succeed("info", tmp_path / "lie.npz")


def test_ac0_runs_without_the_integer_rung() -> None:
    row = answer("run", ROOT / "examples" / "first.json", "--basis", "ac0", "1000")["rows"][0]
    assert (row["exact"], row["integer"], row["circuit"]) == (1, None, 1)


def test_a_circuit_of_too_many_wires_is_not_run() -> None:
    result = invoke(
        "run",
        ROOT / "examples" / "dense-1.json",
        "--basis",
        "tc0",
        "0" * 40,
        "--max-gates",
        "2000",
    )
    assert result.exit_code == 0
    assert (
        "wires, and --max-gates is 2,000, for twice as many wires; it is not run"
        in result.stderr
    )
