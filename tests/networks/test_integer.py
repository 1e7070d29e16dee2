"""The integer model equals its definition in fractions, residual by residual; PARITY's known precision."""

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from circuitsim.errors import LimitError
from circuitsim.models.files.reading import load
from circuitsim.models.model import FeedForward, Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs
from circuitsim.models.tables import scaled_tables
from circuitsim.networks.definition import run_definition as run_definition_of
from circuitsim.networks.fixed_point import at_precision, fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.limits import Limits
from circuitsim.networks.network import Network
from circuitsim.networks.primitives import Relu, Tokens
from circuitsim.networks.rungs import run_definition
from circuitsim.numbers.arrays import matrix
from circuitsim.numbers.rounding import to_grid
from circuitsim.numbers.scaled import grid
from tests.cases import random_model

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("seed", range(120))
def test_the_integer_model_is_its_definition(seed):
    r = random.Random(seed)
    model, n, bits = random_model(seed), r.randint(1, 6), r.choice([0, 1, 2, 3, 5, 9])
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, len(model.vocabulary), (4, n))
    fixed = fix(model, n, bits, max_bits=300)
    run = run_integer(fixed, codes)
    for row, string in enumerate(codes):
        slow = run_definition(model, string, bits)
        for numbers, exponent, expected in zip(
            run.residuals, run.exponents, slow.residuals, strict=True
        ):
            assert fractions(numbers[row], exponent) == expected[0].tolist()
        assert fractions(run.outputs[row], run.output_exponent) == slow.outputs[0].tolist()
        assert run.decisions[row].tolist() == slow.decisions[0].tolist()


@pytest.mark.parametrize("picked", [False, True])
@pytest.mark.parametrize("net", [False, True])
def test_whatever_reads_the_rows_of_tokens_has_their_units(picked, net):
    """Other networks than those of today's architectures, which look at all tokens, or at heads, first."""
    row = matrix([["1/2", "-3/4"]])
    readout = Readout(row, ["-1/8"], "first")
    embedding = {"a": ["3/4", "-1/2"], "b": [-1, "5/4"]}
    model = Model("ab", embedding, [Layer([])], readout, bits="3")
    drawn = Network(model, 2)
    x = drawn.draw(Tokens((), scaled_tables(model), None), (2, 2), "embedding")
    drawn.residuals.append((x,))
    x = drawn.pick(x, [1]) if picked else x
    if net:
        hidden = drawn.affine(x, row.scaled, None, "hidden sum")
        positive = drawn.draw(Relu((hidden,)), drawn.lines[hidden].shape, "hidden unit")
        x = drawn.affine(positive, matrix([[1], [2]]).scaled, None, "")
        x = drawn.add([x], "output")
    drawn.outputs.append(drawn.affine(x, row.scaled, readout.bias.scaled, "read-out"))
    codes = all_inputs(model, 2)
    run = run_integer(at_precision(drawn, 3, Limits(2, 62, "3")), codes)
    for numbers, string in zip(run.outputs, codes, strict=True):
        slow = run_definition_of(drawn, string, 3)
        assert fractions(numbers, run.output_exponent) == slow.outputs[0].tolist()


def fractions(numbers, exponent):
    return [[Fraction(int(v), 1 << exponent) for v in vector] for vector in numbers]


@pytest.mark.parametrize(
    ("bits", "wrong"), [(4, 3840), (5, 2048), (6, 0), (7, 0), (8, 0), (12, 0)]
)
def test_parity_on_all_8190_strings_by_precision(bits, wrong):
    model = load(EXAMPLES / "parity.json")
    seen = 0
    for n in range(1, 13):
        codes = all_inputs(model, n)
        decisions = run_integer(fix(model, n, bits), codes).decisions[:, 0]
        seen += int((decisions != codes.sum(axis=1) % 2).sum())
    assert seen == wrong


def test_majority_with_its_own_bits_is_right_on_every_string_to_12_letters():
    model = load(EXAMPLES / "majority.pt")
    for n in range(1, 13):
        codes = all_inputs(model, n)
        decisions = run_integer(fix(model, n), codes).decisions[:, 0]
        assert (decisions == (2 * codes.sum(axis=1) > n)).all()


def test_wide_numbers_need_no_machine_integers():
    model = one_head(value=[[Fraction(1, 3)]])
    codes = all_inputs(model, 3)
    fixed = fix(model, 3, 200, max_bits=2000)
    assert fixed.largest > 62
    expected = [run_definition(model, c, 200).outputs[0, 0, 0] for c in codes]
    run = run_integer(fixed, codes)
    assert [
        Fraction(int(v), 1 << run.output_exponent) for v in run.outputs[:, 0, 0]
    ] == expected


def test_an_interval_past_max_bits_names_the_layer_and_the_quantity():
    model = one_head(query=[[1001]], key=[[1001]])
    with pytest.raises(
        LimitError,
        match=r"layer 0, head 0: the score needs \d+ bits at n=3, and --max-bits is 20",
    ):
        fix(model, 3, 0, max_bits=20)


def test_an_empty_set_of_keys_gives_zero_without_the_value_bias():
    model = one_head(mask="strict-causal", value_bias=[5])
    run = run_integer(fix(model, 2, 0), np.array([[1, 1]]))
    assert run.residuals[1][0, :, 0].tolist() == [1, 1 + 6]


def test_a_net_without_residual_forgets_the_stream():
    net = FeedForward([[1]], [[2]], [-3], [7], residual=False)
    model = one_head(net=net)
    run = run_integer(fix(model, 1, 0), np.array([[1]]))
    assert run.residuals[1].tolist() == [[[7]]]


def one_head(net: FeedForward | None = None, **head: object) -> Model:
    """Width 1, letters 0 and 1 with embeddings 0 and 1, one head of ones."""
    options = {"query": [[1]], "key": [[1]], "value": [[1]], "output": [[1]], **head}
    layer = Layer((Head(**options),), feed_forward=net)
    return Model("01", {"0": [0], "1": [1]}, (layer,), Readout([1]), bits="2")


@pytest.mark.parametrize("seed", range(40))
def test_a_grid_of_scaled_numbers_rounds_each_of_them(seed):
    r = random.Random(seed)
    size, bits = r.choice([10, 2**20, 2**61, 2**62, 2**70]), r.choice([0, 1, 5, 31, 60])
    rows = [
        [Fraction(r.randint(-size, size), r.choice([1, 2, 3, 1 << 40])) for _ in range(4)]
        for _ in range(3)
    ]
    rows[0][0] = Fraction(-1, 2 << bits)  # a tie
    found = grid(matrix(rows).scaled, bits)
    assert found.tolist() == [[to_grid(value, bits) for value in row] for row in rows]
    assert all(type(value) is int for row in found.tolist() for value in row)
