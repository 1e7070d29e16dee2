"""Training: the same seed the same file, interruptions that change nothing, and what is learned."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs torch: pip install 'circuitsim[train]'")

import circuitsim as cs
from circuitsim.errors import InputError
from circuitsim.learning import files
from circuitsim.learning.descent import rate_at
from circuitsim.learning.recipe import Recipe, lengths_of, recipe_of, task_of
from circuitsim.learning.training import Training, right_at
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer

PROGRAM = Path(sys.executable).with_name("circuitsim")

SMALL = {
    "task": "majority",
    "lengths": "1:6",
    "width": 4,
    "hidden": 4,
    "steps": 40,
    "batch": 8,
}


def bytes_of(recipe, training=None):
    training = training or Training(recipe)
    return files.checkpoint_bytes(training.run(), "net")


@pytest.mark.parametrize("architecture", ["transformer", "rnn", "gru", "lstm", "ffn"])
def test_the_same_seed_gives_the_same_file(architecture):
    own = {"lengths": "5"} if architecture == "ffn" else {}
    recipe = Recipe(**SMALL | own, architecture=architecture)
    assert bytes_of(recipe) == bytes_of(recipe)
    assert bytes_of(recipe) != bytes_of(
        Recipe(**SMALL | own, architecture=architecture, seed=1)
    )


@pytest.mark.parametrize("at", [10, 20, 30])
def test_an_interrupted_training_goes_on_as_if_it_had_not_been(at, tmp_path):
    recipe, path = Recipe(**SMALL), tmp_path / "net.pt"

    def interrupt(text):
        if text.startswith(f"step {at} "):
            raise KeyboardInterrupt

    training = Training(recipe, lambda state: files.keep(path, state))
    with pytest.raises(KeyboardInterrupt):
        training.run(interrupt)
    again = Training(recipe)
    again.resume(files.kept(path, recipe))
    assert again.done == at
    assert bytes_of(recipe, again) == bytes_of(recipe)


def test_the_state_of_another_training_is_refused(tmp_path):
    path = tmp_path / "net.pt"
    training = Training(Recipe(**SMALL))
    files.keep(path, training.state())
    with pytest.raises(InputError, match="with other options"):
        files.kept(path, Recipe(**SMALL, seed=1))
    files.unfinished(path).write_bytes(b"no state")
    with pytest.raises(InputError, match="not the state of a training"):
        files.kept(path, Recipe(**SMALL))


@pytest.mark.slow
def test_other_instructions_of_a_processor_give_other_numbers_and_the_same_decisions(
    tmp_path,
):
    """As another machine would; once a task is learned, the whole numbers of the circuits decide alike."""
    options = ["--lengths", "1:8", "--positions", "none", "--width", "4", "--hidden", "8"]
    models = []
    for instructions in (
        "default",
        "avx2",
    ):  # without vectors, and with those of most machines
        path = tmp_path / f"{instructions}.pt"
        command = [str(PROGRAM), "train", "majority", *options, "-o", str(path)]
        subprocess.run(
            command, check=True, capture_output=True,
            env={**os.environ, "ATEN_CPU_CAPABILITY": instructions, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        models.append(cs.load(path))
    codes = all_inputs(models[0], 8)
    first, second = (run_integer(fix(model, 8), codes).decisions for model in models)
    assert (first == second).all()
    assert set(first.flatten().tolist()) == {0, 1}


def test_majority_is_learned_and_training_ends_early():
    recipe = Recipe("majority", "1:12", positions="none", steps=1000)
    training = Training(recipe)
    trained = training.run()
    assert trained.steps < 1000
    assert all(right.right == right.strings for right in trained.right)
    assert right_at(trained.net, trained.data, 9).hard_right > 480


def test_a_wrong_answer_is_not_counted_as_right():
    training = Training(Recipe("parity", "8", steps=1))
    right = right_at(training.net, training.data, 8)
    assert 100 < right.right < 412  # an untrained net guesses


def test_every_part_of_a_recipe_is_in_its_name():
    plain = Recipe(**SMALL)
    others = [
        Recipe(**SMALL | {name: value})
        for name, value in {
            "task": "parity",
            "lengths": "1:7",
            "longest": 9,
            "curriculum": 3,
            "architecture": "rnn",
            "layers": 2,
            "heads": 2,
            "width": 6,
            "hidden": 5,
            "positions": "none",
            "attention": "saturated",
            "score_bits": 1,
            "norms": "before",
            "mask": "causal",
            "activation": "tanh",
            "steps": 41,
            "batch": 9,
            "rate": 0.1,
            "decay": 0.1,
            "stop": 0.9,
            "seed": 1,
        }.items()
    ]
    assert len({recipe.name for recipe in (plain, *others)}) == len(others) + 1
    assert len(others) == len(vars(plain))
    assert recipe_of(vars(plain)) == plain


def test_the_rate_rises_and_falls():
    recipe = Recipe(**SMALL | {"steps": 1000})
    rates = [rate_at(recipe.rate, recipe.steps, step) for step in range(1000)]
    assert max(rates) == pytest.approx(recipe.rate, rel=0.02)
    assert rates[0] < recipe.rate / 40
    assert rates[-1] < recipe.rate / 1000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"architecture": "transfomer"}, r"did you mean transformer\?"),
        ({"heads": 3}, "not shared equally by 3 heads"),
        ({"width": 0}, "width is 0"),
        ({"rate": 0.0}, "rate 0"),
        ({"stop": 1.5}, "stop 1.5"),
        ({"steps": 0}, "steps is 0"),
    ],
)
def test_recipes_that_cannot_be_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        Recipe(**SMALL | change)


@pytest.mark.parametrize(
    ("architecture", "lengths", "task", "message"),
    [
        ("ffn", "3:6", "majority", "one length"),
        ("transformer", "4:13", "associative-recall", "train at one length"),
    ],
)
def test_nets_that_cannot_be_are_refused(architecture, lengths, task, message):
    with pytest.raises(InputError, match=message):
        Training(Recipe(task, lengths, architecture=architecture))


def test_lengths_may_have_steps():
    found = lengths_of("2:9:+2", task_of("majority"))
    assert found.lengths == (2, 4, 6, 8)
    assert lengths_of("0:4", task_of("majority")).lengths == (1, 2, 3, 4)


@pytest.mark.parametrize("text", ["", "x", "2:9:+0", "0", "5:3", "binomial:0", "3:", "99999"])
def test_lengths_that_are_none_are_refused(text):
    with pytest.raises(InputError, match="--lengths"):
        lengths_of(text, task_of("majority"))


@pytest.mark.parametrize("text", ["", "majorty", "majority:k=1", "bounded-dyck:k=x"])
def test_tasks_that_are_none_are_refused(text):
    with pytest.raises(InputError):
        task_of(text)
