from dataclasses import replace

import numpy as np
import pytest

from circuitsim.analysis.claims.multisets import differing
from circuitsim.models.files.reading import load
from circuitsim.models.inputs import counts_decide, representatives
from circuitsim.models.model import Model
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_exact
from tests.cases import random_model
from tests.networks.datatypes.test_literal import EXAMPLES


def countable(seed: int) -> Model:
    """A random model with neither positions nor masks nor hard heads."""
    model = replace(random_model(seed).with_attention("saturated"), positions=None)
    layers = [
        replace(x, heads=tuple(replace(head, mask="none") for head in x.heads))
        for x in model.layers
    ]
    return replace(model, layers=tuple(layers))


@pytest.mark.parametrize("seed", range(60))
def test_counts_decide_as_whole_strings_do(seed):
    model, bits = countable(seed), seed % 4
    assert counts_decide(model)
    for n in (1, 2, 4):
        codes = all_inputs(model, n)
        integer = run_integer(fix(model, n, bits, 5000), codes).decisions
        wrong = (run_exact(model, codes).decisions != integer).any(axis=1)
        assert (differing(model, codes, bits) == wrong).all()
        some = representatives(model, n)
        assert some is not None
        assert differing(model, some, bits).any() == wrong.any()


@pytest.mark.parametrize("seed", range(20))
def test_representatives_give_every_decision_that_any_string_gets(seed):
    model = countable(seed)
    place = model.readout.position
    codes, some = all_inputs(model, 4), representatives(model, 4)
    found, expected = (
        {
            (*np.sort(row), *(np.sort(d) if place == "each" else d))
            for row, d in zip(c, run_exact(model, c).decisions, strict=True)
        }
        for c in (some, codes)
    )
    assert found == expected


def test_two_letters_have_few_representatives():
    model = load(EXAMPLES / "majority.pt")
    assert [len(representatives(model, n)) for n in (1, 2, 64)] == [2, 4, 128]


def test_positions_masks_and_hard_heads_have_none():
    model = countable(0)
    head = model.layers[0].heads[0]
    masked = replace(model.layers[0], heads=(replace(head, mask="causal"),))
    for other in (
        replace(model, positions=["i/n"] * model.width),
        model.with_attention("hard-left"),
        replace(model, layers=(masked, *model.layers[1:])),
    ):
        assert not counts_decide(other)
        assert representatives(other, 3) is None


def test_too_many_counts_are_not_listed():
    model = next(m for m in map(countable, range(50)) if len(m.vocabulary) == 4)
    assert representatives(model, 200) is None
