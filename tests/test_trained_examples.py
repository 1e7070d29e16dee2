"""The trained examples are right on strings that they were not trained on, and so are whole numbers."""

import importlib
import re
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_float

EXAMPLES = Path(__file__).parent.parent / "examples"
MOST = 200_000  # bytes of a model
NUMBER = r"([\d,]+\d|\d)"
READ_BACK = (
    f"of {NUMBER} strings softmax is right on {NUMBER}, and {NUMBER} decisions are kept"
)
ROWS = {  # of the table in docs/trained.md, and the tests in the log that they add up
    "brackets, balanced": ["balanced"],
    "brackets, as many of each": ["as many of each"],
    "brackets, others": ["others"],
    "recall, of one to four pairs": [f"{pairs} pairs" for pairs in (1, 2, 3, 4)],
    "addition": ["kept"],
}


def both(model, codes):
    """What softmax decides, and what whole numbers do."""
    fixed = fix(model, codes.shape[1])
    assert (fixed.bits, *fixed.network.softmax_bits) == (10, 4, 8)
    traces = run_float(model, codes), run_integer(fixed, codes)
    return [trace.decisions[:, 0] for trace in traces]


def strings_of_brackets(n):
    """The balanced strings, as many with equal counts, and as many others."""
    codes = np.array(list(product((0, 1), repeat=n)))
    depths = (1 - 2 * codes).cumsum(axis=1)
    even = depths[:, -1] == 0
    balanced = even & (depths.min(axis=1) >= 0)
    rng = np.random.default_rng(n)
    chosen = [np.flatnonzero(balanced)]
    for kind in (even & ~balanced, ~even):
        found = np.flatnonzero(kind)
        chosen.append(rng.permutation(found)[: len(chosen[0])])
    chosen = np.concatenate(chosen)
    return codes[chosen], balanced[chosen]


@pytest.mark.slow
@pytest.mark.parametrize("n", [8, 12, 16])
def test_brackets(n):
    codes, balanced = strings_of_brackets(n)
    for decisions in both(cs.load(EXAMPLES / "brackets"), codes):
        np.testing.assert_array_equal(decisions, balanced)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [1, 2, 3, 4])
def test_recall(pairs):
    rng = np.random.default_rng(pairs)
    codes, values = [], []
    for keys in permutations(range(4), pairs):
        for asked in range(pairs):
            for given in rng.integers(0, 4, (12, pairs)):
                shown = np.stack([keys, 4 + given], axis=1).ravel()
                codes.append([*shown, keys[asked]])
                values.append(given[asked])
    for decisions in both(cs.load(EXAMPLES / "recall.pt"), np.array(codes)):
        np.testing.assert_array_equal(decisions, values)


def test_addition_on_every_string():
    codes = np.array(list(product(range(5), repeat=4)))
    for decisions in both(cs.load(EXAMPLES / "addition.pt"), codes):
        np.testing.assert_array_equal(decisions, codes.sum(axis=1) % 5)


def test_the_log_says_what_the_page_says():
    page = (EXAMPLES.parent / "docs" / "trained.md").read_text()
    log = (EXAMPLES / "softmax.log").read_text()
    for title, names in ROWS.items():
        counts = np.zeros(3, int)
        for name in names:
            found = re.search(f"{name}: {READ_BACK}", log)
            counts += [int(number.replace(",", "")) for number in found.groups()]
        assert f"| {title} | {' | '.join(f'{count:,}' for count in counts)} |" in page


def test_they_are_small():
    files = ("brackets/model.safetensors", "recall.pt", "addition.pt")
    assert all((EXAMPLES / file).stat().st_size < MOST for file in files)


@pytest.mark.parametrize("name", ["brackets", "recall", "addition"])
def test_what_the_script_writes_computes_what_torch_does(name, tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.syspath_prepend(EXAMPLES)
    script = importlib.import_module("train_softmax")
    monkeypatch.setattr(script, "HERE", tmp_path)
    torch.manual_seed(1)
    task = script.TASKS[name]()
    for parameter in task.model.parameters():  # norms and biases too
        torch.nn.init.normal_(parameter, std=0.5)
    model = cs.load(task.save(task.model, task.options))
    for tokens, _ in task.tests.values():
        with torch.no_grad():
            expected = task.model(tokens[:20])[:, -1, task.classes].numpy()
        found = run_float(model, tokens[:20].numpy()).outputs[:, 0]
        if name == "addition":  # a mean is never divided
            found = found / tokens.shape[1]
        np.testing.assert_allclose(found, expected, atol=1e-4)
