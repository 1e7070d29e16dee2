"""Every section of `make bench` runs to its end, at its smallest size (fault 17). Nothing is timed here."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
COMPARISONS = {"frozen", "house"}  # of two versions of the code: commands of their own
NO_SECTIONS = {"run", "parts", "peers", "netlists", "threshold_estimates"} | COMPARISONS
SECTIONS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in NO_SECTIONS)


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_runs_to_its_end(section):
    before = (FOLDER / "results.md").read_bytes()
    command = [sys.executable, FOLDER / "run.py", "--smallest", section]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    title, *said = done.stdout.strip().splitlines()
    assert title.startswith(f"## {section}: ")
    assert any(re.search(r"\d", line) for line in said) or said[-1].startswith("left out: ")
    assert (FOLDER / "results.md").read_bytes() == before


def test_make_bench_runs_all_sections():
    command = [sys.executable, FOLDER / "run.py", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    listed = re.search(r"of (.*?)\s+options:", " ".join(said.split()))
    assert listed
    assert sorted(listed[1].split(", ")) == SECTIONS


@pytest.mark.slow
def test_a_peer_that_is_missing_is_said_and_left_out():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); sys.modules.update(aigverse=None, cirbo=None)\n"
        "import importlib.util; find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name in ('aigverse', 'cirbo') else find(name)\n"
        "import building, popcount; building.main(smallest=True); popcount.main(smallest=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, FOLDER], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.findall(r"left out: (\w+)", done.stdout) == ["aigverse", "cirbo"]
    assert "raw, stamp" in done.stdout
    assert "aig, depth" in done.stdout
