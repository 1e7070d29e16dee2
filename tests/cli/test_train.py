"""`train`: from a task to a checkpoint that compiles, interruptions, and what is refused."""

import subprocess
import sys

import pytest

from .runs import answer, complaint, invoke, succeed

AT_STEP_50 = """
import os, signal
from circuitsim.cli import main
from circuitsim.learning.training import Training
step = Training._step
def interrupted(self):
    if self.done == 50:
        os.kill(os.getpid(), signal.SIGINT)
    step(self)
Training._step = interrupted
main()
"""
FEW = ("--lengths", "1:6", "--positions", "none", "--width", 4, "--hidden", 4)


def test_a_trained_net_compiles_and_checks_at_once(tmp_path):
    pytest.importorskip("torch")
    path = tmp_path / "majority.pt"
    said = answer("train", "majority", *FEW, "-o", path)
    assert said["compiles"]
    assert [row["right"] for row in said["right"]] == [512, 512, 512]
    assert said["steps"] <= 2000
    assert [*tmp_path.iterdir()] == [path]
    checked = answer("check", path, "-n", "5")
    assert checked["holds"]
    wrong = answer("accuracy", path, "--spec", "majority", "-n", 5)
    assert wrong["rows"][0]["wrong"] == 0


@pytest.mark.parametrize("architecture", ["rnn", "ffn"])
def test_other_nets_compile_too(architecture, tmp_path):
    pytest.importorskip("torch")
    path = tmp_path / "net.pt"
    options = ("--lengths", 5, "--width", 4, "--hidden", 4, "--steps", 20, "-o", path)
    text = succeed("train", "first", "--architecture", architecture, *options)
    assert f"architecture  {architecture}" in text
    assert succeed("check", path, "-n", "5", "--basis", "xag")


def test_of_others_it_is_said_that_they_do_not(tmp_path):
    pytest.importorskip("torch")
    options = ("--lengths", 5, "--width", 4, "--steps", 20, "-o", tmp_path / "net.pt")
    text = succeed("train", "first", "--architecture", "gru", *options)
    assert text.endswith("No circuits are made of gru in 1 layers.\n")


def test_an_interrupted_training_is_gone_on_with(tmp_path):
    pytest.importorskip("torch")
    path, other = tmp_path / "net.pt", tmp_path / "other" / "net.pt"
    other.parent.mkdir()
    command = ["train", "parity", "--lengths", "40", "--steps", "100", "--width", "8"]
    run = [sys.executable, "-c", AT_STEP_50, *command, "-o", str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr.splitlines() == [
        f"{path}.training is kept; the same command goes on with it",
        "circuitsim: interrupted.",
    ]
    again = invoke(*command, "-o", path)
    assert (again.exit_code, again.stderr) == (0, "going on after step 50\n")
    succeed(*command, "-o", other)
    assert path.read_bytes() == other.read_bytes()
    assert {found.name for found in tmp_path.iterdir()} == {"net.pt", "other"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("majorty", *FEW), "there is no task 'majorty' (did you mean majority?)"),
        (("majority", "--lengths", "x"), "--lengths 'x': expected 16, 4:16"),
        (("majority", *FEW, "--heads", 3), "a width of 4 is not shared equally by 3 heads"),
        (("majority", "--lengths", "3:4", "--architecture", "ffn"), "one length"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(options, message, tmp_path):
    pytest.importorskip("torch")
    assert message in complaint("train", *options, "-o", tmp_path / "a.pt")
    assert not [*tmp_path.iterdir()]


def test_without_torch_the_line_that_installs_it_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr("circuitsim.learning.requirements.find_spec", lambda name: None)
    said = complaint("train", "majority", *FEW, "-o", tmp_path / "a.pt")
    assert said == "training needs torch: pip install 'circuitsim[train]'."


def test_another_name_is_refused(tmp_path):
    assert "is written as a .pt file" in complaint(
        "train", "majority", *FEW, "-o", tmp_path / "a.npz"
    )
