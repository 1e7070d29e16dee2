"""`benchmarks/house.py` counts what it says, on a house of three files."""

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "benchmarks" / "house.py"
spec = spec_from_file_location("house", SCRIPT)
assert spec is not None
assert spec.loader is not None
house = module_from_spec(spec)
sys.modules["house"] = house
spec.loader.exec_module(house)

FILES = {
    "circuitsim/netlist/gates.py": '''"""Names "xag" in a docstring, which counts as naming but not as a token."""

# A comment of many words.
def many(a, b, c, *, d=0, e=1, f=2):
    return a + b


def few(a, b): ...
''',
    "compilers/gates.py": '''def kind(model):
    """Five tokens more on one line."""
    return isinstance(model, FixedAutomaton)
''',
    "cli/run.py": "x = 'xagtc0'\ny = a(b, c, d, e, f, g, h)\n",
    "tests/test_gates.py": "BASIS = 'tc0'\n",
}


def test_a_small_house_is_counted_right(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = house.files(tmp_path)
    assert [file.name for file in found] == [
        "circuitsim/netlist/gates.py",
        "compilers/gates.py",
        "cli/run.py",
    ]
    assert [file.names_a_basis for file in found] == [True, False, False]
    assert [file.kinds_asked for file in found] == [0, 1, 0]
    assert [file.lines for file in found] == [3, 2, 2]
    assert [file.tokens for file in found] == [37, 13, 21]
    assert [(file.functions, file.long_signatures) for file in found] == [
        (2, 1),
        (1, 0),
        (0, 0),
    ]
    assert house.dense(found) == []
    assert house.twice(found) == {"gates": ["circuitsim/netlist", "compilers"]}
    figures = house.figures(found)
    assert figures["tokens"] == "71"
    assert figures["tokens a line"] == "10.1"
    assert figures["  of circuits"] == "50.0 %"
    assert figures["functions with 6 arguments and more"] == "33.3 %"


@pytest.mark.slow
def test_two_checkouts_stand_beside_each_other_and_none_is_refused(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, SCRIPT, "--against", ROOT],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    tokens = next(line.split() for line in shown.splitlines() if line.startswith("tokens  "))
    assert tokens[1] == tokens[2]
    refused = subprocess.run(
        [sys.executable, SCRIPT, tmp_path], capture_output=True, text=True, check=False
    )
    assert refused.returncode
    assert "is no checkout of circuitsim" in refused.stderr
