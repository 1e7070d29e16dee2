"""The papers' own division: the crude inverse, its fast run against the definition, and what it does to models."""

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from circuitsim.errors import ModelError
from circuitsim.models.files.reading import load
from circuitsim.models.model import Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.datatypes import literal as datatype
from circuitsim.networks.datatypes.literal import inverse
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_definition, run_exact
from tests.cases import random_model
from tests.networks.plain import of_models
from tests.networks.stored_model import on_grid, stored

run_literal = of_models(datatype.run_literal)

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_the_inverses_of_the_paper():
    found = [Fraction(inverse(count, 20), 1 << 20) for count in range(9)]
    assert found == [
        Fraction(x) for x in ["0", "1", "1/2", "1/4", "1/4", "1/8", "1/8", "1/8", "1/8"]
    ]


def test_the_weights_of_a_mean_add_up_to_one_at_powers_of_two_alone():
    total = [Fraction(n * inverse(n, 13), 1 << 13) for n in range(1, 4097)]
    assert [n for n, t in enumerate(total, 1) if t == 1] == [2**k for k in range(13)]
    assert min(total) > Fraction(1, 2)
    assert round(float(sum(total) / 4096), 3) == 0.751  # circuits-theory.md, 1.6
    assert round(float(total[16]), 3) == 0.531


def test_the_mean_of_three_ones_is_three_quarters():
    head = Head(query=[[0]], key=[[0]], value=[[1]], output=[[1]])
    model = Model(
        "01", {"0": [0], "1": [1]}, (Layer((head,), residual=False),), Readout([1], ["-4/5"])
    )
    codes = np.array([[1, 1, 1]])
    run = run_literal(model, codes, 2)
    assert run.residuals[1].fractions().tolist() == [[[Fraction(3, 4)]] * 3]
    assert run.decisions.tolist() == [[0]]
    assert run_exact(model, codes).decisions.tolist() == [[1]]


@pytest.mark.parametrize("seed", range(120))
def test_the_fast_run_is_its_definition(seed):
    r = random.Random(seed)
    model, n, bits = random_model(seed), r.randint(1, 7), r.choice([0, 1, 2, 3, 5, 9, 40])
    codes = np.random.default_rng(seed).integers(0, len(model.vocabulary), (4, n))
    run = run_literal(model, codes, bits)
    for row, string in enumerate(codes):
        slow = run_definition(model, string, bits, division="literal")
        for numbers, expected in zip(run.residuals, slow.residuals, strict=True):
            assert numbers.fractions()[row].tolist() == expected[0].tolist()
        assert run.outputs.fractions()[row].tolist() == slow.outputs[0].tolist()
        assert run.decisions[row].tolist() == slow.decisions[0].tolist()


@pytest.mark.parametrize("seed", range(20))
def test_one_key_is_divided_exactly(seed):
    """The crude inverse of 1 is 1: with whole numbers throughout, hard attention is the integer model's."""
    model = random_model(seed).with_attention("hard-left")
    codes = np.random.default_rng(seed).integers(0, len(model.vocabulary), (4, 5))
    grid = stored(model, 5, on_grid(0))
    literal, rounded = run_literal(grid, codes, 0), run_integer(fix(grid, 5, 0, 500), codes)
    assert (literal.decisions == rounded.decisions).all()
    for found, numbers, exponent in zip(
        literal.residuals, rounded.residuals, rounded.exponents, strict=True
    ):
        assert (
            found.fractions() == numbers.astype(object) * Fraction(1, 1 << exponent)
        ).all()


def wrong(model, bits, answer):
    """How many of the 8,190 strings of 1 to 12 letters get another answer than `answer` of their letters."""
    codes = [all_inputs(model, n) for n in range(1, 13)]
    return sum(
        int((run_literal(model, c, bits).decisions[:, 0] != answer(c)).sum()) for c in codes
    )


@pytest.mark.parametrize(
    ("bits", "expected"), [(4, 5103), (6, 5140), (7, 4889), (8, 4889), (16, 4889)]
)
def test_parity_mixes_means_with_rounded_positions_and_breaks(bits, expected):
    """4889 of 8190 is circuits-theory.md, 1.6: crude inverses in heads, positions i/n rounded apart from them."""
    assert (
        wrong(load(EXAMPLES / "parity.json"), bits, lambda c: c.sum(axis=1) % 2) == expected
    )


def test_majority_by_one_uniform_head_survives():
    """Theorem 3 of 2106.16213: it compares two numbers that the same positive constant multiplies."""
    head = Head(query=[[0]], key=[[0]], value=[[1]], output=[[1]])
    model = Model(
        "01", {"0": [-1], "1": [1]}, (Layer((head,), residual=False),), Readout([1])
    )
    assert wrong(model, 8, lambda c: 2 * c.sum(axis=1) > c.shape[1]) == 0


def test_the_trained_majority_accepts_ties():
    """It adds constants to the mean: one that is too small lets C(6,3) + C(10,5) + C(12,6) = 1196 strings pass."""
    model = load(EXAMPLES / "majority.pt")
    accepted = {}
    for n in range(1, 13):
        codes, excess = all_inputs(model, n), 2 * all_inputs(model, n).sum(axis=1) - n
        differs = run_literal(model, codes, 3).decisions[:, 0] != (excess > 0)
        assert (excess[differs] == 0).all()
        accepted[n] = int(differs.sum())
    assert {n: count for n, count in accepted.items() if count} == {6: 20, 10: 252, 12: 924}


def test_softmax_is_refused():
    with pytest.raises(ModelError, match="softmax"):
        run_literal(random_model(1).with_attention("softmax"), np.array([[0, 1]]), 3)
