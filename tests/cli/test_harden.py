import json
import subprocess
import sys
from pathlib import Path

import pytest
from circuitsim.compilers.calibration import Stated

from circuitsim.analysis.hardening import halves
from circuitsim.models.files.reading import load
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.rungs import run_float

from .runs import answer, complaint, majority, succeed


def test_what_each_kind_keeps(models: dict[str, str]) -> None:
    found = answer("harden", models["softmax"], "-n", "3,4")
    assert set(found) == {
        *("model", "inputs", "searched", "where", "alike", "heads"),
        *("searched_kept", "kept", "tuned", "agreement", "file"),
    }
    assert (found["inputs"], found["searched"]) == (8 + 16, 12)
    assert found["where"] == "n = 3, 4, all"
    searched, others = halves([Stated(all_inputs(majority(), n)) for n in (3, 4)], 0)
    # An even head keeps all as a mean over all; alone, the first letter of a string decides many of them.
    assert found["alike"]["uniform"] == found["alike"]["saturated"] == 12
    first = [(2 * row.sum() > len(row)) == row[0] for each in searched for row in each.codes]
    assert found["alike"]["hard"] == sum(first) < 12
    (head,) = found["heads"]
    assert (head["layer"], head["head"]) == (0, 0)
    assert head["tied"] == sum(each.codes.size for each in searched) / 12
    assert head["mass"] == pytest.approx(1)
    assert head["alone"] == found["alike"]
    assert (found["searched_kept"], found["kept"]) == (12, 12)
    assert sum(len(each.codes) for each in others) == 12
    assert (found["agreement"], found["file"]) == (1, None)


def test_the_table_says_the_same(models: dict[str, str]) -> None:
    said = succeed("harden", models["softmax"], "-n", "5")
    expected = "softmax of majority on 32 inputs (n = 5, all)\nthe search sees 16 of them\n"
    assert said.startswith(expected)
    hard = answer("harden", models["softmax"], "-n", "5")["alike"]["hard"]
    assert f"hard                {10000 * hard // 16 / 100:6.2f}%\n" in said
    assert "layer 0, head 0  1.00       5.00  saturated   100.00%  saturated\n" in said
    assert said.endswith(
        "decided as softmax does  of the 16 searched           of the 16 others\n"
        "as chosen                                16  100.00%                16  100.00%\n"
    )


def test_a_hardened_model_says_what_it_keeps(models: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "inputs.txt").write_text("0111\n100\n")
    hard, inputs = tmp_path / "hard.json", tmp_path / "inputs.txt"
    found = answer("harden", models["softmax"], "--inputs", inputs, "-o", hard)
    assert found["file"] == str(hard)
    kept = "hardened: 1 of 1 inputs decided as softmax does, and none of them was searched on"
    assert json.loads(hard.read_text())["comment"] == f"{kept} ({inputs})"
    assert load(hard).heads == majority().heads
    assert succeed("check", hard, "-n", "3", "--basis", "xag")


def test_inputs_of_a_task_are_as_many_as_asked(models: dict[str, str]) -> None:
    """All 512 where they are no more than that, else so many, half of them the task's harder ones."""
    found = {}
    for samples in (4, 101, 512):
        asked = ("--inputs", "majority:9", "--samples", samples)
        found[samples] = answer("harden", models["softmax"], *asked)["inputs"]
    assert found == {4: 4, 101: 101, 512: 512}
    assert answer("harden", models["softmax"], "--inputs", "majority:12")["inputs"] == 1000


@pytest.fixture
def tilted(models: dict[str, str], tmp_path: Path) -> Path:
    """A score of 1/2 more for a 1 than for a 0: neither their mean nor the ones alone decide as softmax does."""
    model = json.loads(Path(models["softmax"]).read_text())
    head = model["layers"][0]["heads"][0]
    head |= {"query": [["1/4", "1/4"]], "key": [[1, -1]]}
    path = tmp_path / "tilted.json"
    path.write_text(json.dumps(model))
    return path


def test_too_little_is_not_written(tilted: Path, tmp_path: Path) -> None:
    hard = tmp_path / "hard.json"
    asked = ("harden", tilted, "-n", "9", "-o", hard)
    found = answer(*asked, "--agree", "100%", code=1)
    assert found["kept"] < found["inputs"] - found["searched"] == 256
    assert found["file"] is None
    assert not hard.exists()
    said = succeed(*asked, "--agree", "100%", code=1)
    assert f"{hard} is not written: --agree asks for 100%" in said
    assert succeed(*asked, "--agree", "0%")
    assert (
        f"hardened: {found['kept']} of 256 inputs" in json.loads(hard.read_text())["comment"]
    )


def test_what_fine_tuning_gains_is_counted_on_the_others(
    tilted: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path in paths:
        asked = ("harden", tilted, "-n", "9", "--fine-tune", 200, "--rate", 0.05, "-o", path)
        found = answer(*asked, "--agree", "85%")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    tuned = found["tuned"]
    assert (tuned["steps"], tuned["rate"]) == (200, 0.05)
    assert found["agreement"] == tuned["kept"] / 256
    hard, soft = load(paths[0]), load(tilted)
    counted = []
    for half in halves([Stated(all_inputs(soft, 9))], 0):
        alike = [run_float(model, half[0].codes).decisions for model in (hard, soft)]
        counted.append(int((alike[0] == alike[1]).sum()))
    assert counted == [tuned["searched_kept"], tuned["kept"]]
    assert counted[0] > found["searched_kept"] + 20
    assert counted[1] > found["kept"] + 20
    kept = f"{counted[1]} of 256 inputs decided as softmax does"
    comment = json.loads(paths[0].read_text())["comment"]
    unseen = "and none of them was searched or trained on"
    assert comment == f"hardened, fine-tuned in 200 steps: {kept}, {unseen} (n = 9, all)"
    said = succeed(*asked, "--agree", "85%").splitlines()[-1]
    assert said.startswith("fine-tuned in 200 steps ")
    assert said.split()[4::2] == [str(counted[0]), str(counted[1])]


AT_STEP_20 = """
import os, signal
from circuitsim.cli import main
from circuitsim.learning.descent import Descent
step = Descent.step
def interrupted(self, loss):
    if self.done == 20:
        os.kill(os.getpid(), signal.SIGINT)
    step(self, loss)
Descent.step = interrupted
main()
"""


def test_interrupted_fine_tuning_writes_nothing(tilted: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    hard = tmp_path / "hard.json"
    asked = ["harden", tilted, "-n", "9", "--fine-tune", "100000", "-o", hard]
    run = [sys.executable, "-c", AT_STEP_20, *map(str, asked)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "circuitsim: interrupted.\n")
    assert {*tmp_path.iterdir()} == {tilted}


def test_without_torch_the_line_that_installs_it_is_said(
    models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is searched for."""
    monkeypatch.setattr("circuitsim.learning.requirements.find_spec", lambda name: None)
    said = complaint("harden", models["softmax"], "-n", "40", "--fine-tune", 9)
    assert said == "training needs torch: pip install 'circuitsim[train]'."


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
        (
            ["softmax", "--inputs", "majority:3", "--samples", "1"],
            "state two different ones or more",
        ),
        (["softmax", "-n", "3", "--inputs", "all:3"], "on which inputs?"),
        (["majority", "-n", "3"], "majority has no softmax, so there is nothing to harden"),
        (["softmax", "-n", "3", "--agree", "9"], "--agree '9' is no share"),
        (["softmax", "-n", "3", "-o", "hard.pt"], "written as a .json file"),
        (["softmax", "-n", "3", "--fine-tune", "0"], "0 is not in the range x>=1"),
        (["softmax", "-n", "3", "--rate", "0"], "0.0 is not in the range"),
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
