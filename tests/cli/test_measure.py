import csv
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from .runs import answer, complaint, invoke, process, succeed

KEYS = {
    "n",
    "basis",
    "bits",
    "positions",
    "depth",
    "gates",
    "ands",
    "wires",
    "wires_weighted",
    "gates_by_kind",
    "max_fan_in",
    "max_weight",
    "max_fan_in_weighted",
    "state_bits",
    "seconds",
    "gap_bits",
    "weight_bits",
    "construction",
}
MEASURED = KEYS - {"seconds", "construction"}
FITS = {"depth", "gates", "wires", "plateau"}


def test_rows_are_those_of_compile(models: dict[str, str]) -> None:
    rows = answer("measure", models["majority"], "-n", "1:4,64", "--basis", "aig")["rows"]
    assert [row["n"] for row in rows] == [1, 2, 3, 4, 64]
    assert all(set(row) == KEYS for row in rows)
    for row in rows:
        single = answer("compile", models["majority"], "-n", row["n"], "--basis", "aig")
        assert {key: single[key] for key in MEASURED} == {key: row[key] for key in MEASURED}


def test_one_command_has_one_mode_of_positions(models: dict[str, str]) -> None:
    rows = answer("measure", models["majority"], "-n", "8,512")["rows"]
    assert {row["positions"] for row in rows} == {"wired"}
    rows = answer("measure", models["majority"], "-n", "8,512", "--positions", "folded")[
        "rows"
    ]
    assert {row["positions"] for row in rows} == {"folded"}


@pytest.mark.slow
def test_many_folded_positions_are_warned_of(models: dict[str, str]) -> None:
    for verb in ("measure", "compile"):
        result = invoke(
            verb,
            models["thirds"],
            "-n",
            4097,
            "--positions",
            "folded",
            "--bits",
            2,
            "--attention",
            "saturated",
        )
        assert result.exit_code == 0
        assert result.stderr.startswith(
            "circuitsim: with --positions folded each of 4,097 positions is a case of its own"
        )
        assert result.stderr.count("\n") == 1
        assert (
            invoke(verb, models["majority"], "-n", 4097, "--positions", "folded").stderr == ""
        )  # has no positions
        assert (
            invoke(
                verb, models["thirds"], "-n", 4097, "--positions", "wired", "--bits", 2
            ).stderr
            == ""
        )


@pytest.mark.slow
def test_compiling_kernels_is_said_once_and_not_measured(
    models: dict[str, str], tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(tmp_path),
        "CIRCUITSIM_KERNELS": "compiled",
    }
    how = ("--attention", "hard-left", "--basis", "ac0")  # a dozen kernels, not a hundred
    for verb, first in (("compile", True), ("measure", False)):
        arguments = (verb, models["majority"], "-n", "4", "--json", *how)
        done = process(*arguments, env=environment)
        said = b"circuitsim: compiling kernels (first run only) ...\n"
        assert done.stderr == (said if first else b"")
        found = json.loads(done.stdout)
        assert (found if first else found["rows"][0])["seconds"] < 1


def test_csv_has_the_rows_of_the_table(models: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    text = succeed("measure", models["majority"], "-n", "2:64:*2", "--csv", path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["n"]) for row in rows] == [2, 4, 8, 16, 32, 64]
    assert all(
        int(row["gates_and"]) + int(row["gates_xor"]) == int(row["gates"]) for row in rows
    )
    assert all(row["ands"] == row["gates_and"] for row in rows)
    table = text.partition("\n\n")[0].splitlines()[2:]
    assert [line.split()[3] for line in table] == [f"{int(row['gates']):,}" for row in rows]
    assert [p.name for p in tmp_path.iterdir()] == ["m.csv"]


def test_a_sweep_that_ends_in_an_error_writes_no_file(
    models: dict[str, str], tmp_path: Path
) -> None:
    arguments = (
        "measure",
        models["majority"],
        "-n",
        "8,64",
        "--bits",
        "n/2",
        "--csv",
        tmp_path / "m.csv",
        "--json",
    )
    sentence = complaint(*arguments)
    assert sentence.startswith("layer 0")
    assert "--max-bits is 62" in sentence
    assert not list(tmp_path.iterdir())


def test_every_output_says_how_softmax_is_rounded(models: dict[str, str]) -> None:
    bits = ("-n", 4, "--gap-bits", "log2(n)", "--weight-bits", 3)
    said = "gaps of 2 fraction bits, weights of 3 bits"
    for verb in ("measure", "compile", "check"):
        assert said in succeed(verb, models["softmax"], *bits)
        found = answer(verb, models["softmax"], *bits)
        row = found if verb == "compile" else found["rows"][0]
        assert (row["gap_bits"], row["weight_bits"]) == (2, 3)
    plain = answer("measure", models["majority"], "-n", 4)["rows"][0]
    assert (plain["gap_bits"], plain["weight_bits"]) == (None, None)
    assert "Furst-Saxe-Sipser" in complaint(
        "measure", models["softmax"], "-n", 4, "--basis", "ac0"
    )
    assert "no softmax head" in complaint(
        "measure", models["majority"], "-n", 4, "--gap-bits", 3
    )
    assert "0 to 16" in complaint("check", models["softmax"], "-n", 4, "--weight-bits", 17)


def test_positions_by_expression_have_a_limit(models: dict[str, str]) -> None:
    assert "position expressions" in complaint("measure", models["thirds"], "-n", 2**24)


@pytest.mark.slow
def test_fits_follow_from_three_lengths_on(models: dict[str, str]) -> None:
    found = answer("measure", models["majority"], "-n", "64:4096:*2", "--basis", "aig")
    fits = found["fits"]
    assert set(fits) == FITS
    assert found["fits_by_basis"] == {"aig": fits}
    rows = found["rows"]
    fitted = [fits["depth"]["a"] * math.log2(row["n"]) + fits["depth"]["b"] for row in rows]
    residual = max(abs(row["depth"] - y) for row, y in zip(rows, fitted, strict=True))
    assert math.isclose(fits["depth"]["residual"], residual)
    assert 0.9 < fits["gates"]["local"] < 1.1
    assert math.isclose(fits["gates"]["exponent"], fits["wires"]["exponent"])
    assert fits["plateau"] is None
    text = succeed("measure", models["majority"], "-n", "64:4096:*2", "--basis", "aig")
    table, said = text.split("\n\n")
    assert len(table.splitlines()) == 2 + 7
    line = (
        f"depth = {fits['depth']['a']:.2f} log2 n - {-fits['depth']['b']:.1f}, off by at most"
    )
    assert said.splitlines()[0].startswith(line)
    assert said.splitlines()[1].startswith(
        f"gates and wires ~ n^{fits['gates']['exponent']:.2f}, off by at most"
    )


def test_two_lengths_are_no_fit(models: dict[str, str]) -> None:
    assert answer("measure", models["majority"], "-n", "8,16")["fits"] == dict.fromkeys(FITS)
    assert "log2" not in succeed("measure", models["majority"], "-n", "8,16")


def test_several_bases_are_several_tables(models: dict[str, str], tmp_path: Path) -> None:
    arguments = ("measure", models["majority"], "-n", "4:6", "--basis", "aig,xag")
    found = answer(*arguments, "--csv", tmp_path / "m.csv")
    rows = found["rows"]
    assert [(row["basis"], row["n"]) for row in rows] == [
        (b, n) for b in ("aig", "xag") for n in (4, 5, 6)
    ]
    assert list(found["fits_by_basis"]) == ["aig", "xag"]
    assert found["fits"] == found["fits_by_basis"]["aig"]
    with (tmp_path / "m.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["gates_xor"] for row in written[:3]] == ["0"] * 3
    assert [(row["basis"], row["gates"]) for row in written] == [
        (row["basis"], str(row["gates"])) for row in rows
    ]
    text = succeed(*arguments)
    assert [line for line in text.splitlines() if line.startswith("majority in")] == [
        "majority in aig, positions folded",
        "majority in xag, positions folded",
    ]
    assert "\naig: depth = " in text
    assert "\nxag: depth = " in text
    assert "'and'" in complaint("measure", models["majority"], "-n", 4, "--basis", "xag,and")


def test_the_papers_circuits_are_predicted_beside_ours(
    models: dict[str, str], tmp_path: Path
) -> None:
    arguments = ("measure", models["majority"], "-n", "8,16", "--construction", "ours,paper")
    rows = answer(*arguments, "--csv", tmp_path / "m.csv")["rows"]
    ours, papers = (
        [row for row in rows if row["construction"] == name] for name in ("ours", "paper")
    )
    assert [row["n"] for row in ours] == [8, 16]
    assert [(row["n"], row["basis"]) for row in papers] == [
        (8, "tc0"),
        (8, "tc0"),
        (16, "tc0"),
        (16, "tc0"),
    ]
    assert {"2207.00729" in row["source"] and row["depth"] for row in papers} == {False, 16}
    for row in papers:
        assert row["gates"] == sum(item["gates"] for item in row["items"]) > 10**9
        assert math.isclose(row["log2_gates"], math.log2(row["gates"]))
        unknown = KEYS - {"n", "basis", "bits", "depth", "gates", "construction"}
        assert {row[key] for key in unknown} == {None}
    with (tmp_path / "m.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["gates"] for row in written] == [str(row["gates"]) for row in rows]
    assert "items" not in written[0]
    text = succeed(*arguments)
    assert text.index("majority in xag") < text.index(
        "Merrill and Sabharwal 2023 in tc0, predicted, not built"
    )


def test_only_the_papers_circuits(models: dict[str, str]) -> None:
    hard = ("--attention", "hard-left")
    found = answer("measure", models["softmax"], "-n", 8, "--construction", "paper", *hard)
    assert [(row["construction"], row["basis"], row["bits"]) for row in found["rows"]] == [
        ("paper", "ac0", None)
    ]
    assert found["fits"] == dict.fromkeys(FITS)
    assert "Hao, Angluin and Frank" in succeed(
        "measure", models["softmax"], "-n", 8, "--construction", "paper", *hard
    )
    soft = answer("measure", models["softmax"], "-n", 8, "--construction", "paper")["rows"]
    (row,) = soft
    assert "2207.00729, Theorem 1" in row["source"]
    assert "'theirs'" in complaint(
        "measure", models["majority"], "-n", 8, "--construction", "ours,theirs"
    )


def test_sizes_that_no_float_holds_are_null(models: dict[str, str]) -> None:
    arguments = (
        "measure",
        models["thirds"],
        "-n",
        64,
        "--attention",
        "saturated",
        "--bits",
        300,
        "--max-bits",
        4096,
    )
    for row in answer(*arguments, "--construction", "paper")["rows"]:
        assert row["gates"] is None
        assert 1023 < row["log2_gates"] < 10**6
    assert "  2^1," in succeed(*arguments, "--construction", "paper")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_figure_is_written(models: dict[str, str], tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("matplotlib")
    succeed(
        "measure",
        models["majority"],
        "-n",
        "2:64:*2",
        "--basis",
        "xag,aig",
        "--plot",
        tmp_path / f"m{suffix}",
    )
    assert [path.name for path in tmp_path.iterdir()] == [f"m{suffix}"]
    assert (tmp_path / f"m{suffix}").stat().st_size > 10_000


def test_what_cannot_be_drawn_is_said_before_measuring(
    models: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("circuitsim.analysis.growth.growth.row", None)  # nothing is measured
    start = ("measure", models["majority"], "-n", "2:64:*2", "--plot")
    for name in ("m.jpeg", "m", ""):
        assert ".png, .svg, .pdf" in complaint(*start, tmp_path / name if name else "")
    assert "no directory" in complaint(*start, tmp_path / "none" / "m.png")
    assert "add ours" in complaint(*start, tmp_path / "m.png", "--construction", "paper")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "pip install 'circuitsim[plot]'" in complaint(*start, tmp_path / "m.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_an_interrupted_sweep_writes_its_files(
    models: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib")
    from circuitsim.analysis.growth import growth

    measure = growth.row

    def row(family: Any, n: int) -> Any:
        if family.basis == "aig" and n == 8:
            raise KeyboardInterrupt
        return measure(family, n)

    monkeypatch.setattr(growth, "row", row)
    files = [tmp_path / "m.csv", tmp_path / "m.png"]
    arguments = (
        "measure",
        models["majority"],
        "-n",
        "4:9",
        "--csv",
        files[0],
        "--plot",
        files[1],
        "--json",
    )
    result = invoke(*arguments, "--basis", "xag,aig", "--construction", "ours,paper")
    assert result.exit_code == 130
    assert (
        result.stderr
        == "circuitsim: interrupted after 6 of 6 lengths (xag), 4 of 6 lengths (aig).\n"
    )
    found = json.loads(result.stdout)
    assert found["interrupted"] is True
    assert [row["n"] for row in found["rows"]] == [4, 5, 6, 7, 8, 9, 4, 5, 6, 7]
    assert len(files[0].read_text().splitlines()) == 11
    assert files[1].read_bytes().startswith(b"\x89PNG")


def test_threshold_gates_have_columns_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from circuitsim.cli.growth_text import GrowthTable, print_trends

    from circuitsim.analysis.growth.growth import Row
    from circuitsim.analysis.growth.trends import series

    kinds = {"and": 1, "or": 2, "threshold": 30}
    rows = [
        Row(
            n,
            "tc0",
            3,
            "folded",
            min(n, 11),
            33,
            None,
            70 * n,
            900 * n,
            kinds,
            9,
            64,
            99,
            13,
            0.5,
        )
        for n in range(8, 15)
    ]
    table = GrowthTable("m", rows[0], 14)
    table.row(rows[0])
    print_trends([series("m, tc0", rows)])
    title, names, cells, _, *fits = capsys.readouterr().out.splitlines()
    assert title == "m in tc0, positions folded"
    columns = [
        "n",
        "bits",
        "depth",
        "gates",
        "and",
        "or",
        "threshold",
        "wires",
        "weighted wires",
        "largest weight",
    ]
    assert names.split("  ")[-1] == "seconds"
    assert " ".join(names.split()).startswith(" ".join(columns))
    assert cells.split() == [
        "8",
        "3",
        "8",
        "33",
        "1",
        "2",
        "30",
        "560",
        "7,200",
        "64",
        "13",
        "0.50",
    ]
    assert fits[0] == "depth 11 at every n >= 11 (n in 8..14)"
    assert fits[1].startswith("gates ~ n^0.00, off by at most 0%")
    assert fits[2].startswith("wires ~ n^1.00, off by at most 0%")


def test_what_ac0_has_not_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    from circuitsim.cli.growth_text import GrowthTable

    from circuitsim.analysis.growth.growth import Row

    nothing: Any = None
    row = Row(
        4,
        "ac0",
        nothing,
        nothing,
        2,
        5,
        nothing,
        12,
        12,
        {"and": 4, "or": 1},
        4,
        1,
        4,
        nothing,
        0.5,
    )
    GrowthTable("m", row, 4).row(row)
    title, _, cells = capsys.readouterr().out.splitlines()
    assert title == "m in ac0"
    assert cells.split() == ["4", "-", "2", "5", "4", "1", "12", "-", "0.50"]
