"""Scripts in examples/ run, and write what they say."""

import csv
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "examples" / "depth_vs_n.py"


def test_depth_against_n_on_short_inputs(tmp_path):
    command = [sys.executable, SCRIPT, "--longest", "16", "--out", "short"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["short.csv", "short.pdf", "short.png"]
    assert (tmp_path / "short.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "short.pdf").read_bytes().startswith(b"%PDF")

    with (tmp_path / "short.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert ",".join(rows[0]) == "model,basis,n,depth,gates,wires,max_fan_in,max_weight,bits,note"
    cases = [(row["model"], row["basis"], int(row["n"])) for row in rows]
    models, bases = ("lookup", "majority", "dense-2"), ("aig", "xag", "tc0", "ac0")
    assert cases == [(model, basis, n) for model in models for basis in bases for n in (2, 4, 8, 16)]

    depths = {(model, basis): [] for model in models for basis in bases}
    for row in rows:
        depths[row["model"], row["basis"]].append(row["depth"] and int(row["depth"]))
        assert bool(row["depth"]) != row["note"].startswith("refused: layer 0, head 0 is saturated")
    assert depths["lookup", "ac0"] == [4] * 4
    assert depths["majority", "ac0"] == depths["dense-2", "ac0"] == [""] * 4
    assert depths["dense-2", "tc0"] == [11] * 4
    assert depths["majority", "xag"] == sorted(set(depths["majority", "xag"]))

    assert "lookup in ac0: depth 4 for n = 2 to 16" in done.stdout
    assert "majority in ac0: refused: " in done.stdout
    assert len(done.stdout.splitlines()) == 12
