"""Third-order attention: its definition against three nested loops, and every other run against the definition."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import floor

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.errors import LimitError, ModelError
from circuitsim.models.files.json_model import json_text, parse_json
from circuitsim.models.files.state_dict import model_from_state
from circuitsim.models.model import MASKS, Head, Layer, Model, Readout
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.datatypes import literal as literal_division
from circuitsim.networks.datatypes import p_bit_floats, rounded_additions
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_definition, run_exact, run_float
from circuitsim.numbers.arrays import vector
from tests.cases import KINDS
from tests.networks.plain import of_models, run_head
from tests.third_order import match3, third_order_model

run_literal = of_models(literal_division.run_literal)
run_p_bit = of_models(p_bit_floats.run_p_bit)
run_rounded_additions = of_models(rounded_additions.run_rounded_additions)

SEES = {
    "none": lambda i, j: True,
    "causal": lambda i, j: j <= i,
    "strict-causal": lambda i, j: j < i,
    "anti-causal": lambda i, j: j >= i,
    "strict-anti-causal": lambda i, j: j > i,
}


def head_by_loops(head, stream):
    """Three nested loops over queries and pairs, with nothing of the package."""

    def projected(rows, bias, x):
        return [
            sum(w * v for w, v in zip(row, x, strict=True)) + b
            for row, b in zip(rows, bias, strict=True)
        ]

    results = []
    for i, x in enumerate(stream):
        best, chosen = None, []
        for j1, y1 in enumerate(stream):
            for j2, y2 in enumerate(stream):
                if not (SEES[head.mask](i, j1) and SEES[head.mask](i, j2)):
                    continue
                q = projected(head.query, head.query_bias, x)
                k1 = projected(head.key, head.key_bias, y1)
                k2 = projected(head.key2, head.key2_bias, y2)
                score = sum(a * b * c for a, b, c in zip(q, k1, k2, strict=True))
                if head.score_bits is not None:
                    score = Fraction(
                        floor(score * 2**head.score_bits + Fraction(1, 2)), 2**head.score_bits
                    )
                v1 = projected(head.value, head.value_bias, y1)
                v2 = projected(head.value2, head.value2_bias, y2)
                worth = [a * b for a, b in zip(v1, v2, strict=True)]
                if best is None or score > best:
                    best, chosen = score, []
                if score == best:
                    chosen.append(worth)
        if chosen and head.attention != "saturated":
            chosen = [chosen[0 if head.attention == "hard-left" else -1]]
        mean = [
            sum(v[c] for v in chosen) / Fraction(max(len(chosen), 1))
            for c in range(len(head.value))
        ]
        results.append(
            tuple(
                sum((w * m for w, m in zip(row, mean, strict=True)), Fraction(0))
                for row in head.output
            )
        )
    return results


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_definition_is_three_nested_loops(kind, mask):
    for seed in range(12):
        model = third_order_model(seed)
        head = replace(model.layers[0].heads[0], attention=kind, mask=mask)
        r = random.Random(seed)
        stream = [
            vector([r.choice([0, 1, -1, 2, "1/3"]) for _ in range(model.width)])
            for _ in range(r.randint(1, 4))
        ]
        assert run_head(head, stream) == head_by_loops(head, stream)


def test_hard_heads_take_the_first_or_last_pair_by_its_first_position():
    # All pairs tie but those of position 2 with itself; a pair is worth ten times its first position and its second.
    model = Model("ab", {"a": [1, 0], "b": [0, 1]}, [Layer([])], Readout([1, 0]))
    assert not model.layers[0].heads
    worth = {"value": [[0, 0]], "value2": [[0, 0]], "output": [[1], [0]]}
    head = Head([], [], key2=[], **worth, value_bias=[1], value2_bias=[1])
    assert head.third_order
    stream = [vector(x) for x in ([1, 2], [3, 5])]
    first = replace(
        head,
        attention="hard-left",
        value=[[1, 0]],
        value2=[[0, 1]],
        value_bias=(),
        value2_bias=(),
    )
    last = replace(first, attention="hard-right")
    one_two = replace(
        first,
        query=[[0, 0]],
        query_bias=[-1],
        key=[[1, 0]],
        key2=[[0, 0]],
        key2_bias=[1],
        key_bias=(),
    )
    assert [x[0] for x in run_head(first, stream)] == [2, 2]  # 1 * 2: pair (0, 0)
    assert [x[0] for x in run_head(last, stream)] == [15, 15]  # 3 * 5: pair (1, 1)
    # The score is -x_j1: of pairs (0, 0) and (0, 1), which tie, the last.
    assert [x[0] for x in run_head(replace(one_two, attention="hard-right"), stream)] == [
        5,
        5,
    ]


@pytest.mark.parametrize("seed", range(60))
def test_many_strings_at_once_equal_the_definition(seed):
    model = third_order_model(seed)
    n = 1 + seed % 4
    codes = np.random.default_rng(seed).integers(0, len(model.vocabulary), (6, n))
    fast = run_exact(model, codes).trace()
    for row, string in enumerate(codes):
        slow = run_definition(model, string)
        for left, right in zip(fast.residuals, slow.residuals, strict=True):
            assert left[row].tolist() == right[0].tolist()
        assert fast.outputs[row].tolist() == slow.outputs[0].tolist()
        assert fast.decisions[row].tolist() == slow.decisions[0].tolist()


@pytest.mark.parametrize("seed", range(80))
def test_the_integer_model_is_its_definition(seed):
    r = random.Random(seed)
    model, n, bits = third_order_model(seed), r.randint(1, 4), r.choice([0, 1, 2, 3, 5])
    codes = np.random.default_rng(seed).integers(0, len(model.vocabulary), (4, n))
    fixed = fix(model, n, bits, max_bits=400)
    run = run_integer(fixed, codes)
    literal = run_literal(model, codes, bits).trace()
    for row, string in enumerate(codes):
        slow = run_definition(model, string, bits)
        for numbers, exponent, expected in zip(
            run.residuals, run.exponents, slow.residuals, strict=True
        ):
            assert fractions(numbers[row], exponent) == expected[0].tolist()
        assert fractions(run.outputs[row], run.output_exponent) == slow.outputs[0].tolist()
        assert run.decisions[row].tolist() == slow.decisions[0].tolist()
        crude = run_definition(model, string, bits, "literal")
        assert literal.outputs[row].tolist() == crude.outputs[0].tolist()
        for stream, numbers, exponent in zip(
            fixed.streams(), run.residuals, run.exponents, strict=True
        ):
            assert stream.exponent == exponent
            for component, unit in enumerate(
                np.identity(model.width, dtype=int).astype(object)
            ):
                low, high = stream.range(unit)
                assert (
                    low
                    <= numbers[row, :, component].min()
                    <= numbers[row, :, component].max()
                    <= high
                )


def fractions(numbers, exponent):
    return [[Fraction(int(v), 1 << exponent) for v in vector] for vector in numbers]


def test_a_trusted_float_run_agrees_with_the_exact_model():
    trusted = inputs = 0
    for seed in range(60):
        model = third_order_model(seed)
        codes = all_inputs(model, 1 + seed % 4)[:20]
        floats, exact = run_float(model, codes), run_exact(model, codes).trace()
        for row in np.flatnonzero(floats.trusted):
            assert floats.decisions[row].tolist() == exact.decisions[row].tolist()
            for left, right in zip(floats.residuals, exact.residuals, strict=True):
                np.testing.assert_allclose(
                    left[row], right[row].astype(float), rtol=1e-9, atol=1e-6
                )
        trusted, inputs = trusted + int(floats.trusted.sum()), inputs + len(codes)
    assert trusted >= inputs / 2


def test_softmax_of_third_order_is_the_papers_formula():
    model = third_order_model(3, layers=1, heads=1)
    layer = model.layers[0]
    head = replace(layer.heads[0], attention="softmax", mask="none", score_bits=None)
    model = replace(model, layers=(replace(layer, heads=(head,), feed_forward=None),))
    codes = all_inputs(model, 3)
    trace = run_float(model, codes)
    for x, y in zip(trace.residuals[0], trace.residuals[1], strict=True):
        q, k1, k2, v1, v2 = (
            x @ np.array(getattr(head, name), float).T
            + np.array(getattr(head, f"{name}_bias"), float)
            for name in ("query", "key", "key2", "value", "value2")
        )
        powers = np.exp(np.einsum("ic,jc,kc->ijk", q, k1, k2))
        mean = np.einsum("ijk,jc,kc->ic", powers, v1, v2) / powers.sum(axis=(1, 2))[:, None]
        added = mean @ np.array(head.output, float).T + np.array(
            layer.output_bias or [0] * model.width, float
        )
        np.testing.assert_allclose(
            y, (x if layer.residual else 0) + added, rtol=1e-9, atol=1e-9
        )


def test_other_datatypes_round_the_products_of_pairs():
    head = Head([[0]], [[0]], [["1/4"]], [[1]], key2=[[0]], value2=[["1/4"]])
    model = Model("a", {"a": [1]}, [Layer([head], residual=False)], Readout([1]))
    codes = all_inputs(model, 1)
    assert run_rounded_additions(model, codes, 3).trace().outputs[0, 0, 0] == Fraction(
        1, 8
    )  # 1/16 is half a unit
    assert run_rounded_additions(model, codes, 4).trace().outputs[0, 0, 0] == Fraction(1, 16)
    wide = replace(
        model,
        embedding={"a": [13]},
        layers=(Layer([replace(head, value=[[1]], value2=[[1]])], residual=False),),
    )
    assert (
        run_p_bit(wide, codes, 10).trace().outputs[0, 0, 0] == 160
    )  # 13 * 13 = 169 = 10101001, 4 bits kept
    assert run_exact(wide, codes).trace().outputs[0, 0, 0] == 169


@pytest.mark.parametrize("n", range(1, 5))
def test_match3_is_right_on_every_string_of_numbers_modulo_5(n):
    model = match3(5)
    codes = all_inputs(model, n)
    truth = [
        [any((x + y + z) % 5 == 0 for y, z in product(row, row)) for x in row]
        for row in codes.tolist()
    ]
    assert run_float(model, codes).trusted.all()
    for run in (
        run_float(model, codes),
        run_exact(model, codes),
        run_integer(fix(model, n), codes),
    ):
        assert run.decisions.astype(bool).tolist() == truth


def test_a_model_of_third_order_is_written_and_read_back():
    for seed in range(20):
        model = third_order_model(seed)
        assert (
            replace(parse_json(json_text(model).encode(), "x.json"), name=model.name) == model
        )


def test_a_state_dict_with_second_keys_and_values():
    model = third_order_model(1, layers=1, heads=1)
    model = replace(
        model,
        layers=(replace(model.layers[0], output_bias=(), feed_forward=None, residual=True),),
    )
    head, rows = (
        model.layers[0].heads[0],
        {"embedding": [model.embedding[token] for token in model.tokens]},
    )
    rows |= {"readout.weight": model.readout.weights, "readout.bias": model.readout.bias}
    for name in ("query", "key", "key2", "value", "value2", "output"):
        rows[f"layers.0.attention.{name}.weight"] = getattr(head, name)
        if name != "output":
            rows[f"layers.0.attention.{name}.bias"] = getattr(head, f"{name}_bias")
    config = {
        "format": "circuitsim-model",
        "version": 1,
        "vocabulary": list(model.vocabulary),
    }
    config |= {
        "prepend": list(model.prepend),
        "append": list(model.append),
        "readout_position": model.readout.position,
    }
    config |= {
        "attention": head.attention,
        "mask": head.mask,
        "score_bits": head.score_bits,
        "bits": model.bits,
    }
    tensors = {name: np.array(row, dtype=float) for name, row in rows.items()}
    read = model_from_state(config, tensors, "file").layers[0].heads[0]
    for name in ("key", "key2", "value2", "key2_bias", "value2_bias"):
        assert (
            np.array(getattr(read, name), float).tolist()
            == np.array(getattr(head, name), float).tolist()
        )
    del tensors["layers.0.attention.key2.weight"]
    with pytest.raises(ModelError, match=r"missing tensor layers.0.attention.key2.weight"):
        model_from_state(config, tensors, "file")


def test_shapes_of_the_second_key_and_value_are_checked():
    good = match3(5)
    head = good.layers[0].heads[0]
    for change, message in (
        ({"key2": head.key2[:4]}, "layer 0, head 0: key2 has 4 rows, key has 5"),
        ({"key2": ()}, "key2 has 0 rows, key has 5"),
        (
            {"value2": (), "value2_bias": ()},
            "key2 has 5 rows, key has 5 .third-order heads have key2 and value2",
        ),
        ({"value2": [[0] * 5] * 2, "value2_bias": ()}, "value2 has 2 rows, value has 1"),
        ({"value2": [[0] * 4]}, "value2 has rows of 4 entries, expected 5"),
    ):
        with pytest.raises(ModelError, match=message):
            replace(good, layers=(Layer([replace(head, **{"key2_bias": (), **change})]),))
    with pytest.raises(ModelError, match="value2_bias has 2 entries, value2 has 1 rows"):
        replace(head, value2_bias=[0, 0])


def test_an_interval_past_max_bits_names_the_quantity_of_a_pair():
    model = match3(5)
    with pytest.raises(
        LimitError,
        match=r"layer 0, head 0: the score needs \d+ bits at n=3, and --max-bits is 62",
    ):
        fix(model, 3, 25)


def test_without_components_all_pairs_score_alike():
    """Keys of no component: every score is 0, and the mean is over all pairs."""
    head = Head([], [], [[1, 0]], [[0], [1]], key2=[], value2=[[1, 1]])
    model = Model(
        "ab", {"a": [1, 1], "b": [2, 1]}, (Layer((head,)),), Readout([1, 1]), bits="2"
    )
    assert cs.check(model, 3).holds
