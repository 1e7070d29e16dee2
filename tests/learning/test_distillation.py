"""A model's numbers in its networks, their gradients, and fine-tuning: against the float rung."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'circuitsim[train]'")

from circuitsim.learning.differentiable import Differentiable  # noqa: E402
from circuitsim.learning.distillation import distilled  # noqa: E402
from circuitsim.learning.named_numbers import NamedNumbers  # noqa: E402
from circuitsim.learning.recipe import Steps  # noqa: E402
from circuitsim.models.inputs import sample  # noqa: E402
from circuitsim.models.model import Head, Layer, Model, Readout  # noqa: E402
from circuitsim.models.positions import PositionTable  # noqa: E402
from circuitsim.models.sequence import moved  # noqa: E402
from circuitsim.networks.decided import Decided, decided, kept  # noqa: E402
from circuitsim.networks.rungs import run_float  # noqa: E402
from tests.blocks import random_block_model, with_rotary  # noqa: E402
from tests.third_order import third_order_model  # noqa: E402

MODELS = [
    *map(random_block_model, range(60)),
    *map(third_order_model, range(15)),
    *(with_rotary(random_block_model(seed), seed) for seed in range(12)),
]


def inputs_of(model, n, seed=0, offset=0):
    """Eight strings, of which nothing has been decided."""
    codes = sample(len(model.vocabulary), n, 8, seed)
    return Decided(codes, offset, 0, np.zeros((8, 0), np.int64))


def outputs(model, some):
    """By the float rung."""
    return run_float(moved(model, some.offset), some.codes).outputs


def close(found, expected):
    if not len(found):
        return
    scale = 1 + np.abs(expected).max()
    np.testing.assert_allclose(found / scale, expected / scale, atol=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_torch_computes_what_the_float_rung_computes(model):
    """Selections of near ties may differ, so of strings that the float rung trusts."""
    net = Differentiable(NamedNumbers(model))
    for n in (1, 5):
        some = inputs_of(model, n)
        trace = run_float(model, some.codes)
        found = net(some, some.codes).detach().numpy()
        close(found[trace.trusted], trace.outputs[trace.trusted])


def even(head):
    """The head with equal scores of all keys."""
    rows, columns = head.query.scaled.shape
    return replace(head, query=[[0] * columns] * rows, query_bias=())


def test_gradients_are_slopes():
    """Of a random sum of the outputs, along a random direction, where two steps have the same slope."""
    compared = 0
    for seed in range(50):
        model = random_block_model(seed)
        layers = [replace(layer, heads=[*map(even, layer.heads)]) for layer in model.layers]
        named = NamedNumbers(replace(model, layers=layers))
        some, rng = inputs_of(model, 4), np.random.default_rng(seed)
        net = Differentiable(named)
        first = net(some, some.codes)
        weights = rng.normal(size=tuple(first.shape))
        (first * torch.from_numpy(weights)).sum().backward()
        direction = rng.normal(size=len(named.values))
        slopes = []
        for step in (1e-6, 1e-7):
            ends = []
            for side in (step, -step):
                with torch.no_grad():
                    net.values.copy_(torch.from_numpy(named.values + side * direction))
                    ends.append((net(some, some.codes).numpy() * weights).sum())
            slopes.append((ends[0] - ends[1]) / (2 * step))
        if slopes[0] == pytest.approx(slopes[1], rel=1e-4):
            found = float(net.values.grad.numpy() @ direction)
            assert found == pytest.approx(slopes[0], rel=1e-3), model.name
            compared += 1
    assert compared > 35


@pytest.mark.parametrize("model", MODELS[::4], ids=lambda model: model.name)
def test_other_numbers_make_the_model_that_torch_computes(model):
    """Each number is changed where it stands, in the model as in its networks; zeros stay zeros."""
    named = NamedNumbers(model)
    assert named.model_with(named.values) == model
    net = Differentiable(named)
    factors = np.random.default_rng(0).integers(2, 9, len(named.values)) / 8
    with torch.no_grad():
        net.values.mul_(torch.from_numpy(factors))
    other = named.model_with(net.values.detach().numpy())
    assert len(NamedNumbers(other).values) == len(named.values)
    np.testing.assert_array_equal(NamedNumbers(other).values, net.values.detach().numpy())
    some = inputs_of(model, 4)
    trace = run_float(other, some.codes)
    close(net(some, some.codes).detach().numpy()[trace.trusted], trace.outputs[trace.trusted])


def test_tables_of_positions_may_begin_later():
    model = small_model()
    net = Differentiable(NamedNumbers(model))
    for offset in (0, 2):
        some = inputs_of(model, 3, offset=offset)
        close(net(some, some.codes).detach().numpy(), outputs(model, some))


def test_what_is_made_of_several_numbers_is_a_constant():
    """Queries of softmax are stored times log2 e: no name stands there."""
    soft = small_model().with_attention("softmax")
    drawn = NamedNumbers(soft).network(inputs_of(soft, 3))
    queries = [line.primitive for line in drawn.lines if line.quantity == "query"]
    values = [line.primitive for line in drawn.lines if line.quantity == "value"]
    assert all((query.weights.names == -1).all() for query in queries)
    assert all((value.weights.names >= 0).any() for value in values)


def small_model(seed=0):
    """Two heads of one layer on two letters, read at each position."""
    rng = np.random.default_rng(seed)

    def normal(*shape):
        return rng.normal(0, 1, shape).round(3)

    heads = [
        Head(
            normal(2, 3),
            normal(2, 3),
            value=normal(2, 3),
            output=normal(3, 2),
            scale=Fraction(2),
        )
        for _ in range(2)
    ]
    return Model(
        "ab", {"a": normal(3), "b": normal(3)}, [Layer(heads)], Readout(normal(2, 3), position="each"),
        positions=PositionTable(normal(8, 3)),
    )  # fmt: skip


@pytest.fixture(params=["decision", "signs", "one row"])
def lesson(request):
    """A model whose outputs are off, and what it should decide, from the second position on."""
    model = small_model()
    if request.param == "one row":
        model = replace(
            model, readout=replace(model.readout, weights=model.readout.weights[:1], bias=())
        )
    elif request.param == "signs":
        model = replace(model, readout=replace(model.readout, answer="signs"))
    inputs = [
        *decided(model, sample(2, 6, 40, 0), 0, 1),
        *decided(model, sample(2, 4, 20, 1), 2, 1),
    ]
    values = NamedNumbers(model).values
    moved_by = np.random.default_rng(1).normal(0, 0.7, len(values))
    return NamedNumbers(model).model_with(values + moved_by), inputs


def test_decisions_are_learned(lesson):
    wrong, inputs = lesson
    total = sum(len(some.codes) for some in inputs)
    before = kept(wrong, inputs)
    said = []
    found = distilled(wrong, inputs, Steps(300, 0.01), said.append)
    assert before < 0.8 * total
    assert kept(found, inputs) > before + 0.15 * total
    assert said[-1].startswith("fine-tuning, step 300 of 300: loss ")
    assert said[-1].endswith(f"{kept(found, inputs)} of {total} kept")


def test_queries_and_keys_and_zeros_stay_exact(lesson):
    wrong, inputs = lesson
    found = distilled(wrong, inputs, Steps(40, 0.01))
    for old, new in zip(wrong.heads, found.heads, strict=True):
        assert (old.query, old.key, old.query_bias) == (new.query, new.key, new.query_bias)
        assert old.value != new.value
        assert not any(new.value_bias)
    assert found.embedding != wrong.embedding
    assert found.positions != wrong.positions
    assert found.readout != wrong.readout


def test_equal_seeds_give_equal_models(lesson):
    wrong, inputs = lesson
    found = [distilled(wrong, inputs, Steps(20, 0.01, seed)) for seed in (0, 0, 1)]
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_what_gets_worse_is_not_kept():
    model = small_model()
    inputs = [*decided(model, sample(2, 6, 40, 0), 0, 0)]
    assert kept(model, inputs) == 40
    assert kept(distilled(model, inputs, Steps(5, 9.0)), inputs) == 40


def test_numbers_are_written_in_32_bits(lesson):
    wrong, inputs = lesson
    found = distilled(wrong, inputs, Steps(40, 0.01))
    numbers = found.heads[0].value.scaled
    values = numbers.numerators / numbers.denominator
    assert (values == values.astype(np.float32)).all()
