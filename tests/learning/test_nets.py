"""Nets of torch against the models that they write, and against the zoo's definitions."""

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'circuitsim[train]'")

from circuitsim.learning.files import checkpoint_bytes  # noqa: E402
from circuitsim.learning.recipe import Recipe  # noqa: E402
from circuitsim.learning.task_data import TaskData  # noqa: E402
from circuitsim.learning.training import Trained, net_for  # noqa: E402
from circuitsim.models.files.reading import load  # noqa: E402
from circuitsim.networks.rungs import run_float  # noqa: E402

TASKS = (
    "majority",
    "first",
    "bounded-dyck",
    "k-hop:k=1,letters=2",
    "index-lookup:letters=3",
    "match2",
    "qstr:q=1",
)


def random_recipe(seed: int) -> Recipe:
    """Of every architecture that becomes a model."""
    r = random.Random(seed)
    architecture = r.choice(["transformer"] * 3 + ["rnn", "ffn"])
    heads = r.choice([1, 2])
    return Recipe(
        task=r.choice(TASKS),
        lengths="6" if architecture == "ffn" else "3:6",
        architecture=architecture,
        layers=1 if architecture == "rnn" else r.choice([1, 2]),
        heads=heads,
        width=2 * r.choice([2, 3]),
        hidden=r.choice([5, 8]) if architecture == "ffn" else r.choice([0, 5]),
        positions=r.choice(["none", "learned", "sinusoidal"]),
        attention=r.choice(["softmax", "softmax", "saturated"]),
        score_bits=r.choice([0, 2]),
        norms=r.choice(["none", "before", "after"]),
        mask=r.choice(["none", "causal"]),
        activation=r.choice(["relu", "tanh"]),
        seed=seed,
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_model_computes_what_the_net_computes(seed, tmp_path):
    data = TaskData(random_recipe(seed))
    net = net_for(data)
    path = tmp_path / "net.pt"
    path.write_bytes(checkpoint_bytes(Trained(net, data, 0, 0.0), "net"))
    model = load(path)
    for n in data.lengths.lengths:
        if not data.task.legal_length(n):
            continue
        strings = data.kept(n, 20)
        codes = data.format.codes(strings.digits)
        with torch.no_grad():
            logits = net(torch.from_numpy(strings.digits)).numpy()
        trace = run_float(model, codes)
        if data.recipe.attention == "saturated" and data.recipe.architecture == "transformer":
            # Scores half way between two of the grid may be rounded otherwise in float32.
            near = np.isclose(logits, trace.outputs, atol=1e-4).all(axis=(1, 2))
            assert near.mean() > 0.8
        else:
            np.testing.assert_allclose(logits, trace.outputs, atol=2e-5)


def test_strings_and_answers_are_the_tasks_own():
    for name in TASKS:
        data = TaskData(Recipe(name, "3:6"))
        for number in range(4):
            strings = data.step(number)
            for digits, answers in zip(strings.digits, strings.answers, strict=True):
                assert tuple(answers) == data.task.answer(digits)


def test_strings_that_are_kept_are_not_those_of_steps():
    data = TaskData(Recipe("majority", "24"))
    seen = {row.tobytes() for number in range(20) for row in data.step(number).digits}
    kept = {row.tobytes() for row in data.kept(24).digits}
    assert len(seen & kept) < 5


def test_a_curriculum_goes_from_short_to_long():
    data = TaskData(Recipe("majority", "2:40", curriculum=100))
    early, late = ([data.step(k).n for k in range(a, a + 40)] for a in (0, 100))
    assert max(early) <= 2 + 16
    assert max(late) > 30


def test_binomial_lengths_have_the_mean_of_fair_coins():
    data = TaskData(Recipe("majority", "binomial:100"))
    drawn = [data.step(k).n for k in range(200)]
    assert 47 < np.mean(drawn) < 53
    assert 3 < np.std(drawn) < 7
