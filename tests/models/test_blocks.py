"""Norms, activations, gates and read-outs of blocks in files: what is written is read again, what is wrong is said."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from circuitsim.errors import ModelError
from circuitsim.models.files.annotations import document
from circuitsim.models.files.json_model import parse_json
from circuitsim.models.files.state_dict import model_from_state
from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout

HEAD = Head([[1, 0]], [[0, 1]], [[1, 1]], [[1], [0]])
NET = FeedForward(
    [[1, 2], [0, 1]], [[1, 0], [0, 1]], gate=[[3, 4], [5, 6]], activation="silu"
)
FULL = Model(
    vocabulary="ab",
    embedding={"a": [1, 0], "b": [0, "1/3"]},
    embedding_norm=Norm([1, 2], [3, 4], "1e-12"),
    layers=[
        Layer([HEAD], attention_norm=Norm([1, 1]), net_norm=Norm([2, 1]), feed_forward=NET),
        Layer(
            [HEAD], net_norm=Norm([1, 1], eps=0, kind="rms"), norms="after", feed_forward=NET
        ),
    ],
    final_norm=Norm([1, 5], kind="rms"),
    readout=Readout([[1, 0], [0, 1]], position="mean", answer="signs"),
    inner="rounded",
)


def written(model):
    return json.loads(
        json.dumps({"format": "circuitsim-model", "version": 1} | document(model))
    )


def test_what_is_written_is_read_again():
    assert parse_json(json.dumps(written(FULL)).encode(), "full.json") == FULL


def test_models_without_these_parts_are_written_as_ever():
    plain = replace(
        FULL,
        embedding_norm=None,
        final_norm=None,
        layers=[Layer([HEAD], feed_forward=FeedForward([[1, 2]], [[1], [0]]))],
        readout=Readout([1, 0]),
        inner="exact",
    )
    text = json.dumps(written(plain))
    for word in ("norm", "inner", "activation", "gate", "answer"):
        assert word not in text


def test_eps_is_the_decimal_that_is_written_also_as_a_float():
    assert Norm([1], eps=1e-5).eps == Norm([1], eps="1e-5").eps == Fraction(1, 100_000)
    assert Norm([1], eps=np.float64(1e-12)).eps == Fraction(1, 10**12)
    assert Norm([1], eps=np.float32(1e-12)).eps == Fraction(1, 10**12)
    text = json.dumps(written(FULL)).replace('"1/1000000000000"', "1e-12")
    assert "1e-12" in text
    assert parse_json(text.encode(), "full.json") == FULL


def tensors(model):
    """The tensors of a model with one head a layer, in the layouts of torch."""
    found = {
        "embedding.weight": list(model.embedding.values()),
        "readout.weight": model.readout.weights,
    }
    norms = {"embedding_norm": model.embedding_norm, "final_norm": model.final_norm}
    for index, layer in enumerate(model.layers):
        place = f"layers.{index}"
        (head,), net = layer.heads, layer.feed_forward
        for name in ("query", "key", "value", "output"):
            found[f"{place}.attention.{name}.weight"] = getattr(head, name)
        for name in ("hidden", "gate", "output"):
            found[f"{place}.feed_forward.{name}.weight"] = getattr(net, name)
        norms |= {f"{place}.attention_norm": layer.attention_norm}
        norms |= {f"{place}.net_norm": layer.net_norm}
    for name, norm in norms.items():
        if norm is not None:
            found |= {f"{name}.weight": norm.gain, f"{name}.bias": norm.bias}
    return {name: np.array(rows, dtype=float) for name, rows in found.items()}


CONFIG = {
    "format": "circuitsim-model",
    "version": 1,
    "vocabulary": "ab",
    "name": "model",
    "activation": "silu",
    "norms": ["before", "after"],
    "norm_eps": 1e-12,
    "norm_kind": "rms",
    "inner": "rounded",
    "readout_position": "mean",
    "readout_answer": "signs",
}


def test_tensors_of_norms_and_gates_are_read_with_one_eps_and_kind_for_all():
    def same(norm):
        return None if norm is None else Norm(norm.gain, norm.bias, "1e-12", "rms")

    layers = [
        replace(
            layer,
            attention_norm=same(layer.attention_norm),
            net_norm=same(layer.net_norm),
        )
        for layer in FULL.layers
    ]
    wanted = replace(
        FULL,
        embedding={"a": [1, 0], "b": [0, 1 / 3]},
        embedding_norm=same(FULL.embedding_norm),
        final_norm=same(FULL.final_norm),
        layers=layers,
    )
    assert model_from_state(CONFIG, tensors(FULL), "state") == wanted


def test_all_that_is_wrong_with_tensors_is_said_at_once():
    broken = tensors(FULL)
    broken["final_norm.weight"] = np.ones(3)
    del broken["layers.0.attention_norm.weight"]
    broken["layers.1.net_norm.bias"] = np.array([0, np.nan])
    broken["layers.1.feed_forward.gate.weight"] = np.ones((3, 2))
    broken["layers.1.mid_norm.weight"] = np.ones(2)
    config = CONFIG | {"activation": "swish", "norm_eps": -1, "inner": 3}
    with pytest.raises(ModelError) as error:
        model_from_state(config, broken, "state")
    for said in (
        "tensor final_norm.weight has shape (3,), expected (2,)",
        "missing tensor layers.0.attention_norm.weight",
        "tensor layers.1.net_norm.bias holds nan at [1]",
        "tensor layers.1.feed_forward.gate.weight has shape (3, 2), expected (2, 2)",
        "unused tensor 'layers.1.mid_norm.weight'",
        "config.activation: 'swish' is not one of relu, gelu, gelu-tanh, silu, tanh",
        "config.inner: 3 is not one of exact, rounded",
        "embedding_norm: eps is -1, expected at least 0",
    ):
        assert said in str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"embedding_norm": {"gain": [1]}}, "embedding_norm: gain has 1 entries, expected 2"),
        (
            {"final_norm": {"gain": [1, 1], "bias": [1]}},
            "final_norm: bias has 1 entries, gain has 2",
        ),
        (
            {"final_norm": {"gain": [1, 1], "eps": "-1"}},
            "final_norm: eps is -1, expected at least 0",
        ),
        ({"final_norm": {"gain": [1, 1], "eps": "x"}}, "expected a rational"),
        (
            {"final_norm": {"gain": [1, 1], "kind": "batch"}},
            "'batch' is not one of layer, rms",
        ),
        ({"final_norm": {"bias": [1, 1]}}, "final_norm: gain is missing"),
        ({"inner": "all"}, "'all' is not one of exact, rounded"),
        (
            {"readout": {"weights": [1, 0], "position": "median"}},
            "is not first, last, each, mean",
        ),
        (
            {"readout": {"weights": [1, 0], "position": "mean", "answer": "number"}},
            "a mean is never divided",
        ),
        (
            {"prepend": ["mean"], "embedding": {"a": [1, 0], "b": [0, 1], "mean": [0, 0]}},
            "called mean",
        ),
    ],
)
def test_what_is_wrong_is_said(change, said):
    with pytest.raises(ModelError) as error:
        parse_json(json.dumps(written(FULL) | change).encode(), "full.json")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"attention_norm": {"gain": [1]}},
            "layer 0, attention_norm: gain has 1 entries, expected 2",
        ),
        ({"norms": "between"}, "layers[0].norms: 'between' is not one of before, after"),
        (
            {"heads": []},
            "layer 0, attention_norm: it stands before the heads, and there are none",
        ),
        ({"feed_forward": None}, "layer 0, net_norm: there is no feed_forward"),
        (
            {
                "feed_forward": {
                    "hidden": [[1, 1]],
                    "gate": [[1, 1], [1, 1]],
                    "output": [[1], [1]],
                }
            },
            "layer 0, feed-forward: gate has 2 rows of 2 entries, expected 1 of 2",
        ),
        (
            {"feed_forward": {"hidden": [[1, 1]], "gate_bias": [1], "output": [[1], [1]]}},
            "gate_bias has 1 entries, gate has 0 rows",
        ),
    ],
)
def test_what_is_wrong_with_a_layer_is_said(change, said):
    given = written(FULL)
    given["layers"][0] |= change
    with pytest.raises(ModelError) as error:
        parse_json(json.dumps(given).encode(), "full.json")
    assert said in str(error.value)


def test_a_recurrent_net_has_no_mean():
    net = {
        "kind": "recurrent",
        "vocabulary": "ab",
        "embedding": {"a": [1], "b": [0]},
        "forward": {"states": ["s"], "moves": [["s", "s"]]},
        "readout": {"weights": [1, 1], "position": "mean"},
    }
    with pytest.raises(ModelError, match=r"'mean' is not one of first, last, each"):
        parse_json(
            json.dumps({"format": "circuitsim-model", "version": 1} | net).encode(),
            "net.json",
        )


def test_the_block_in_the_documentation_is_read():
    text = (Path(__file__).parents[2] / "docs" / "model-format.md").read_text()
    block = next(
        part for part in text.split("```json\n") if '"final' in part or '"rms"' in part
    )
    model = parse_json(block.split("```")[0].encode(), "docs/model-format.md")
    assert model.inner == "rounded"
    assert model.layers[0].net_norm.kind == "rms"
    assert model.layers[0].feed_forward.activation == "silu"
