import json
from pathlib import Path

import pytest

from circuitsim.models.files.reading import load

from .runs import answer, complaint, majority, succeed


def test_what_each_kind_keeps(models: dict[str, str]) -> None:
    found = answer("harden", models["softmax"], "-n", "3,4")
    assert set(found) == {
        *("model", "inputs", "where", "alike", "heads", "kept", "agreement", "file")
    }
    assert (found["inputs"], found["where"]) == (8 + 16, "n = 3, 4, all")
    # An even head keeps all as a mean over all, and the first letter of a string alone decides 6 of 8 and 11 of 16.
    assert found["alike"]["uniform"] == found["alike"]["saturated"] == 24
    assert found["alike"]["hard"] == 6 + 11
    (head,) = found["heads"]
    assert (head["layer"], head["head"], head["tied"]) == (
        0,
        0,
        3 / 3 * (8 * 3 + 16 * 4) / 24,
    )
    assert head["mass"] == pytest.approx(1)
    assert head["alone"] == found["alike"]
    assert (found["kept"], found["agreement"], found["file"]) == (24, 1, None)


def test_the_table_says_the_same(models: dict[str, str]) -> None:
    said = succeed("harden", models["softmax"], "-n", "4")
    assert said.startswith("softmax of majority on 16 inputs (n = 4, all)\n")
    assert "hard                 68.75%\n" in said
    assert "layer 0, head 0  1.00       4.00  saturated   100.00%  saturated\n" in said
    assert "as chosen, 16 of 16 inputs are decided as softmax does (100.00%)" in said


def test_a_hardened_model_says_what_it_keeps(models: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "inputs.txt").write_text("0111\n100\n")
    hard, inputs = tmp_path / "hard.json", tmp_path / "inputs.txt"
    found = answer("harden", models["softmax"], "--inputs", inputs, "-o", hard)
    assert found["file"] == str(hard)
    kept = f"hardened: 2 of 2 inputs decided as softmax does ({inputs})"
    assert json.loads(hard.read_text())["comment"] == kept
    assert load(hard).heads == majority().heads
    assert succeed("check", hard, "-n", "3", "--basis", "xag")


def test_inputs_of_a_task_are_as_many_as_asked(models: dict[str, str]) -> None:
    """All 512 where they are no more than that, else so many, half of them the task's harder ones."""
    found = {}
    for samples in (1, 101, 512):
        asked = ("--inputs", "majority:9", "--samples", samples)
        found[samples] = answer("harden", models["softmax"], *asked)["inputs"]
    assert found == {1: 1, 101: 101, 512: 512}
    assert answer("harden", models["softmax"], "--inputs", "majority:12")["inputs"] == 1000


def test_too_little_is_not_written(models: dict[str, str], tmp_path: Path) -> None:
    """Scores of three more for a 1 than for a 0: neither their mean nor the ones alone decide as softmax does."""
    model = json.loads(Path(models["softmax"]).read_text())
    head = model["layers"][0]["heads"][0]
    head |= {"query": [["3/2", "3/2"]], "key": [[1, -1]]}
    path, hard = tmp_path / "tilted.json", tmp_path / "hard.json"
    path.write_text(json.dumps(model))
    asked = ("harden", path, "-n", "9", "-o", hard)
    found = answer(*asked, "--agree", "100%", code=1)
    assert found["kept"] < found["inputs"] == 512
    assert found["file"] is None
    assert not hard.exists()
    said = succeed(*asked, "--agree", "100%", code=1)
    assert f"{hard} is not written: --agree asks for 100%" in said
    assert succeed(*asked, "--agree", "0%")
    assert (
        f"hardened: {found['kept']} of 512 inputs" in json.loads(hard.read_text())["comment"]
    )


def test_the_figure(models: dict[str, str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for path in paths:
        succeed("harden", models["softmax"], "-n", "3", "--plot", path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["softmax"], "on which inputs? Give -n N, or --inputs"),
        (["softmax", "-n", "3", "--inputs", "all:3"], "on which inputs?"),
        (["majority", "-n", "3"], "majority has no softmax, so there is nothing to harden"),
        (["softmax", "-n", "3", "--agree", "9"], "--agree '9' is no share"),
        (["softmax", "-n", "3", "-o", "hard.pt"], "written as a .json file"),
        (["softmax", "-n", "9999"], "harden runs the model, in n^2 steps an input"),
        (["softmax", "-n", "9", "--samples", "9999999"], "too many for memory"),
        (["softmax", "-n", "3", "--plot", "a.gif"], "written as .png, .svg, .pdf files"),
    ],
)
def test_what_it_cannot_do(models: dict[str, str], given: list[str], said: str) -> None:
    name, *rest = given
    assert said in complaint("harden", models[name], *rest)


def test_a_model_for_each_length_is_no_one_model() -> None:
    assert "another model at every length" in complaint("harden", "zoo:match3", "-n", "3")
