"""Scripts in examples/ run, and write what they say."""

import csv
import os
import re
import runpy
import subprocess
import sys
from fractions import Fraction
from itertools import product
from math import log2
from pathlib import Path
from xml.etree import ElementTree

import pytest

from circuitsim.models.model import Head
from tests.networks.plain import run_head

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "examples" / "depth_vs_n.py"
BASES = ("aig", "xag", "tc0", "ac0")


@pytest.mark.slow
def test_depth_against_n_on_short_inputs(tmp_path):
    command = [sys.executable, SCRIPT, "--longest", "16", "--out", "short"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "short.csv",
        "short.pdf",
        "short.png",
    ]
    assert (tmp_path / "short.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "short.pdf").read_bytes().startswith(b"%PDF")

    with (tmp_path / "short.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert (
        ",".join(rows[0]) == "model,basis,n,depth,gates,wires,max_fan_in,max_weight,bits,note"
    )
    cases = [(row["model"], row["basis"], int(row["n"])) for row in rows]
    models, bases = ("lookup", "majority", "dense-2"), BASES
    assert cases == [
        (model, basis, n) for model in models for basis in bases for n in (2, 4, 8, 16)
    ]

    depths = {(model, basis): [] for model in models for basis in bases}
    for row in rows:
        depths[row["model"], row["basis"]].append(row["depth"] and int(row["depth"]))
        assert bool(row["depth"]) != row["note"].startswith(
            "refused: layer 0, head 0 is saturated"
        )
    assert depths["lookup", "ac0"] == [4] * 4
    assert depths["majority", "ac0"] == depths["dense-2", "ac0"] == [""] * 4
    assert depths["dense-2", "tc0"] == [11] * 4
    assert depths["majority", "xag"] == sorted(set(depths["majority", "xag"]))

    assert "lookup in ac0: depth 4 for n = 2 to 16" in done.stdout
    assert "majority in ac0: refused: " in done.stdout
    assert len(done.stdout.splitlines()) == 12


@pytest.mark.slow
def test_depth_against_n_is_what_the_page_says(tmp_path):
    done = subprocess.run(
        [sys.executable, SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    said = {}
    for row in re.findall(
        r"^\| (?:lookup|majority|dense-2):.*\|$",
        (ROOT / "docs" / "bases.md").read_text(),
        re.M,
    ):
        name, *cells = (cell.strip() for cell in row.strip("|").split("|"))
        said |= {
            (name.split(":")[0], basis): cell
            for basis, cell in zip(BASES, cells, strict=True)
        }
    assert len(said) == 12
    lines = re.findall(r"^(\S+) in (\w+): (?:depth )?([^;,:]*)", done.stdout, re.M)
    assert len(lines) == len(said)
    for model, basis, words in lines:
        start, _, end = words.partition(" for n = ")
        assert said[model, basis] == start + (
            " from n = 4 on" if end.startswith("4 ") else ""
        ), f"{model} in {basis}"


@pytest.mark.slow
def test_state_bits_grow_like_log_n_but_not_over_the_rationals():
    script = ROOT / "examples" / "state_bits.py"
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    table = {tuple(line.split()[:2]): line for line in done.stdout.splitlines()[2:]}
    assert len(table) == 20
    assert "4.00 log2 n +3.0, off by at most 0.0" in table["parity", "dyadic"]
    assert "no line: n^" in table["reciprocal", "rational"]
    for (_, datatype), line in table.items():
        measured, bound = line.split()[2:4]
        assert datatype == "rational" or int(measured) <= int(bound)


PICTURES = ROOT / "docs" / "pictures"
COMMITTED = {
    "majority-architecture.svg": ("majority.pt", "-n", "4", "--altitude", "architecture"),
    "lookup-values.svg": ("lookup.json", "-n", "3", "--basis", "ac0", "--input", "a.r"),
}


@pytest.mark.slow
def test_the_pictures_of_the_pages_are_drawn(tmp_path):
    script = ROOT / "examples" / "pictures.py"
    done = subprocess.run(
        [sys.executable, script, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    drawn = {path.name: path for path in tmp_path.iterdir()}
    assert set(COMMITTED) < set(drawn)
    assert len(done.stdout.splitlines()) == len(drawn) == 9
    for path in drawn.values():
        if path.suffix == ".svg":
            assert ElementTree.parse(path).getroot().tag.endswith("svg")


@pytest.mark.slow
def test_the_pictures_in_the_pages_are_fresh(tmp_path, monkeypatch):
    monkeypatch.setenv(
        "PATH", "/nowhere"
    )  # without graphviz, whose pictures differ by its version
    program = "from circuitsim.cli import main; main()"
    drawn = {
        path.name
        for path in PICTURES.iterdir()
        if not path.name.startswith(("separation-", "experiment-"))  # of other pages
    }
    assert drawn == set(COMMITTED)
    for name, (model, *options) in COMMITTED.items():
        target = PICTURES / name if os.environ.get("UPDATE_DOCS") else tmp_path / name
        command = [
            sys.executable,
            "-c",
            program,
            "render",
            ROOT / "examples" / model,
            *options,
            "-o",
            target,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert target.read_bytes() == (PICTURES / name).read_bytes(), (
            "UPDATE_DOCS=1 writes it; look at it"
        )
        assert target.stat().st_size < 30_000


PRIMES = runpy.run_path(str(ROOT / "examples" / "primes.py"))
UNIFORM = Head(
    query=[[0]], key=[[0]], value=[[1]], output=[[1]]
)  # saturated, all scores equal


@pytest.mark.slow
def test_the_prime_encoding_decides_and_grows_as_the_notes_say():
    script = ROOT / "examples" / "primes.py"
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    decided, sizes = done.stdout.split("\n\n")
    assert [line.split(":")[0] for line in decided.splitlines()] == [
        "majority",
        "parity",
        "palindrome",
    ]
    assert all(": 0 of 2,046 strings" in line for line in decided.splitlines())
    rows = [
        [int(cell.replace(",", "")) for cell in line.split()[:3]]
        for line in sizes.splitlines()[1:]
    ]
    primes = [p for p in range(2, 2000) if all(p % q for q in range(2, p))]
    for n, summed, mean in rows:
        total = sum((Fraction(1, p) for p in primes[:n]), Fraction(0))
        assert [summed, mean] == [
            2 * int(max(x.as_integer_ratio())).bit_length() + 1 for x in (total, total / n)
        ]
        assert 2 < summed / (n * log2(n)) < 2.4
    assert [n for n, *_ in rows] == [8, 16, 32, 64, 128, 256]


@pytest.mark.parametrize("n", range(1, 9))
def test_the_head_holds_the_string(n):
    """2^n strings have 2^n outputs, those of the definition's own saturated head, and each decodes to its own."""
    outputs = {}
    for row in product((0, 1), repeat=n):
        stream = [
            (Fraction(x, p),) for x, p in zip(row, PRIMES["first_primes"](n), strict=True)
        ]
        output = PRIMES["output"](row)
        assert run_head(UNIFORM, stream) == [(output,)] * n
        outputs[output] = list(row)
    assert len(outputs) == 2**n
    assert all(PRIMES["decode"](output, n) == row for output, row in outputs.items())
