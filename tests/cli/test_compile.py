from pathlib import Path

import numpy as np
import pytest

from circuitsim import tokens
from circuitsim.formats.npz import load
from circuitsim.netlist import counting
from circuitsim.netlist.evaluator.simulate import evaluate
from circuitsim.netlist.interface import answers

from .runs import ROOT, answer, complaint, succeed

KEYS = {
    "model",
    "n",
    "basis",
    "bits",
    "gap_bits",
    "weight_bits",
    "positions",
    "inputs",
    "outputs",
    "gates",
    "ands",
    "depth",
    "wires",
    "wires_weighted",
    "gates_by_kind",
    "max_fan_in",
    "max_weight",
    "max_fan_in_weighted",
    "state_bits",
    "scopes",
    "seconds",
    "file",
}


def all_strings(n: int) -> np.ndarray:
    return np.indices((2,) * n).reshape(n, -1).T.astype(np.int64)


@pytest.mark.parametrize("basis", ["xag", "aig"])
def test_the_written_circuit_is_the_measured_one(
    models: dict[str, str], tmp_path: Path, basis: str
) -> None:
    path = tmp_path / "c.npz"
    found = answer("compile", models["majority"], "-n", 6, "--basis", basis, "-o", path)
    circuit = load(path)
    assert set(found) == KEYS
    assert found["file"] == str(path)
    assert (found["gates"], found["depth"]) == (circuit.gates, counting.depth(circuit))
    assert found["scopes"] == [scope._asdict() for scope in counting.by_scope(circuit)]
    assert found["gates_by_kind"] == {
        k: v for k, v in counting.gates_by_kind(circuit).items() if v
    }
    assert found["ands"] == counting.gates_by_kind(circuit)["and"] > 0
    assert (found["inputs"], found["outputs"]) == (6, 1)
    strings = all_strings(6)
    decided = answers(
        circuit.interface, evaluate(circuit, tokens.letters("01").bits(strings))
    )[:, 0]
    assert (decided == (strings.sum(axis=1) > 3)).all()


def test_nothing_is_built_without_a_file(models: dict[str, str]) -> None:
    found = answer(
        "compile", models["majority"], "-n", 1_000_000, "--max-gates", 1, "--bits", 4
    )
    assert found["gates"] > 1_000_000
    assert found["file"] is None
    assert found["positions"] == "wired"


def test_sharing_describes_what_is_written_and_says_what_it_saves(
    models: dict[str, str], tmp_path: Path
) -> None:
    plain = answer("compile", models["majority"], "-n", 9)
    path = tmp_path / "c.npz"
    shared = answer("compile", models["majority"], "-n", 9, "--share", "-o", path)
    assert (
        shared["gates"]
        == load(path).gates
        == plain["gates"] - shared["shared"]["gates_saved"]
    )
    assert shared["shared"]["gates_before"] == plain["gates"]
    assert shared["shared"]["depth_before"] == plain["depth"]
    assert sum(scope["gates"] for scope in shared["scopes"]) == shared["gates"]


def test_the_table_says_size_depth_and_where_the_gates_are(models: dict[str, str]) -> None:
    text = succeed("compile", models["majority"], "-n", 8)
    found = answer("compile", models["majority"], "-n", 8)
    assert text.startswith("C_8 of majority in xag\n")
    assert f"gates          {found['gates']:,} (" in text
    for scope in found["scopes"]:
        assert scope["scope"] in text


def test_bits_auto_takes_the_fewest_that_decide_rightly(models: dict[str, str]) -> None:
    assert answer("compile", models["majority"], "-n", 8, "--bits", "auto")["bits"] == 2


def test_a_circuit_is_not_compiled_again(circuit: Path) -> None:
    assert "is a circuit, already built" in complaint("compile", circuit, "-n", 5)


def test_more_gates_than_allowed_are_said_and_not_built(
    models: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "c.npz"
    sentence = complaint(
        "compile", models["majority"], "-n", 8, "-o", path, "--max-gates", 10
    )
    assert "gates" in sentence
    assert "--max-gates is 10" in sentence
    assert not list(tmp_path.iterdir())


def test_ac0_refuses_what_counts_and_says_why(models: dict[str, str]) -> None:
    sentence = complaint("compile", models["majority"], "-n", 4, "--basis", "ac0")
    assert "layer 0, head 0 is saturated and may average 4 tied keys" in sentence
    assert "--basis tc0 takes all" in sentence


def test_ac0_has_no_fraction_bits(models: dict[str, str]) -> None:
    command = ("compile", ROOT / "examples" / "first.json", "-n", 4, "--basis", "ac0")
    assert answer(*command)["bits"] is None
    assert "has no fraction bits" in complaint(*command, "--bits", 3)
    assert "always folded" in complaint(*command, "--positions", "wired")


def test_unweighted_needs_threshold_gates(models: dict[str, str]) -> None:
    assert "threshold gates" in complaint(
        "compile", models["majority"], "-n", 4, "--unweighted"
    )


def test_targets_that_cannot_be_written_are_refused_and_left_alone(
    models: dict[str, str], tmp_path: Path
) -> None:
    for target, why in [
        (tmp_path, "a directory"),
        ("/dev/full", "not a plain file"),
        (tmp_path / "no" / "c.npz", "no directory"),
        (tmp_path / "c.txt", ".npz"),
    ]:
        assert why in complaint("compile", models["majority"], "-n", 4, "-o", target)
    assert not list(tmp_path.iterdir())
    assert Path("/dev/full").is_char_device()


def test_unweighted_writes_a_circuit_whose_weights_are_one(tmp_path: Path) -> None:
    command = ("compile", ROOT / "examples" / "dense-1.json", "-n", 4, "--basis", "tc0")
    weighted, plain = (
        answer(*command),
        answer(*command, "--unweighted", "-o", tmp_path / "c.npz"),
    )
    assert plain["wires"] == weighted["wires_weighted"] > weighted["wires"]
    assert (plain["max_weight"], plain["max_fan_in"]) == (1, weighted["max_fan_in_weighted"])
    circuit = load(tmp_path / "c.npz")
    assert counting.wires(circuit) == plain["wires"]
    assert counting.max_fan_in(circuit) == plain["max_fan_in"]
    assert counting.max_weight(circuit) == 1
    assert (
        counting.gates_by_kind(circuit)["threshold"] == weighted["gates_by_kind"]["threshold"]
    )
