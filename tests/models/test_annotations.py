"""Files derived from classes: a field that is added is read and written, and all that is wrong is said at once."""

import json
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from circuitsim.errors import ModelError
from circuitsim.models.connected import FullyConnected
from circuitsim.models.files.annotations import Reader, document, keys_of
from circuitsim.models.files.json_model import parse_json
from circuitsim.models.files.state_dict import model_from_state
from circuitsim.models.files.tensors import OF_LAYERS, OF_MODELS
from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.models.positions import Formula, PositionExpressions, PositionTable
from circuitsim.models.recurrent import Automaton, NetCell, RecurrentNet
from circuitsim.models.tables import Table
from circuitsim.numbers.arrays import EMPTY, Bias, Matrix, matrix, vector
from circuitsim.tokens import Field
from tests.models.test_json_model import SMALL
from tests.models.torch_files import state

CLASSES = (
    *(Model, RecurrentNet, FullyConnected, Layer, Head, FeedForward, Readout),
    *(NetCell, Automaton, Field, Table, PositionTable, Norm),
)


@dataclass(frozen=True)
class Gate:
    """A class that no file knows."""

    weights: Matrix
    kind: Literal["soft", "hard"] = "soft"
    inner: tuple[PositionTable, ...] = ()
    places: PositionExpressions | PositionTable | None = None
    after: Formula = field(default="1", metadata={"file": "then"})
    shift: int | None = None
    shut: bool = False
    weights_bias: Bias = EMPTY


FULL = {
    "weights": [[1, "1/2"]],
    "weights_bias": [3],
    "kind": "hard",
    "inner": [{"table": [[1]]}, {"table": [[2]]}],
    "places": ["i", "n"],
    "then": "n",
    "shift": 4,
    "shut": True,
}


def read(given):
    reader = Reader()
    made = reader.record(Gate, given)
    reader.refuse("file")
    return made


def test_a_class_is_read_and_written_as_its_annotations_say():
    gate = read(FULL)
    assert gate == Gate(
        matrix([[1, Fraction(1, 2)]]),
        "hard",
        (PositionTable([[1]]), PositionTable([[2]])),
        PositionExpressions(("i", "n")),
        "n",
        4,
        True,
        vector([3]),
    )
    assert document(gate) == FULL
    assert list(document(gate)) == list(FULL)


def test_what_is_as_by_default_is_left_out_except_texts():
    short = {"weights": [[0]]}
    assert document(read(short)) == {**short, "kind": "soft", "then": "1"}
    assert read({**short, "places": {"table": [[7]]}}).places == PositionTable([[7]])
    assert read({**short, "places": None}).places is None


def test_all_problems_are_listed_with_their_places():
    with pytest.raises(ModelError) as error:
        read(
            {
                "weights": [[1, "x"]],
                "kind": "warm",
                "inner": [{"table": [[1]]}, 3, {"rows": []}],
                "places": ["i", []],
                "shut": 1,
                "colour": 0,
            }
        )
    assert str(error.value) == (
        "file: the model: unknown key 'colour';"
        ' weights[0][1]: expected a rational such as "1/3" or "0.25", got \'x\';'
        " kind: 'warm' is not one of soft, hard;"
        " inner[1] must be an object, not a number;"
        " inner[2]: table is missing;"
        " inner[2]: unknown key 'rows';"
        " places[1]: expected a number, got [];"
        " shut: expected true or false, got 1."
    )


def test_of_many_problems_twenty_are_listed():
    with pytest.raises(ModelError, match=r"inner\[19\] must.*; and 5 more\.$") as error:
        read({"weights": [], "inner": [0] * 25})
    assert "inner[20]" not in str(error.value)


def test_a_model_s_file_says_all_that_is_wrong_with_it():
    broken = json.loads(json.dumps(SMALL))
    head = broken["layers"][0]["heads"][0]
    head.update(query=[[0, "x"]], mask="some", scale="1/0")
    broken["layers"].append({"feed_forward": {"hidden": [[1, 0]], "output": [[1], [0, 1]]}})
    broken["layers"][0]["feed_forward"]["hidden_bias"] = [1, 2]
    broken.update(bits=[], embedding={"0": [None, 0]})
    del broken["readout"]
    with pytest.raises(ModelError) as error:
        parse_json(json.dumps(broken).encode(), "m.json")
    for said in (
        "m.json: the model: readout is missing;",
        "; embedding['0'][0]: expected a number, got None;",
        "; layers[0].heads[0].query[0][1]: expected a rational",
        "; layers[0].heads[0].mask: 'some' is not one of none, causal,",
        "; layers[0].heads[0].scale: expected a rational",
        "; layers[0].feed_forward: hidden_bias has 2 entries, hidden has 1 rows;",
        "; layers[1].feed_forward.output: rows have different lengths [1, 2];",
        "; bits: expected a number, got [].",
    ):
        assert said in str(error.value)


def test_tensors_say_all_that_is_wrong_with_them():
    config, tensors = state()
    tensors["norm.weight"] = np.zeros(3)
    tensors["readout.weight"] = np.array([[0, np.nan, 1]])
    tensors["layers.0.attention.key.weight"] = np.zeros((4, 2))
    tensors["layers.0.attention.value.bias"] = np.zeros((2, 2))
    tensors["layers.0.feed_forward.output.weight"] = np.zeros((3, 7))
    del tensors["layers.0.attention.output.weight"]
    with pytest.raises(ModelError) as error:
        model_from_state({**config, "bits": [], "mask": "some"}, tensors, "model.pt")
    for said in (
        "model.pt: unused tensor 'norm.weight';",
        "; tensor readout.weight holds nan at [0, 1];",
        "; config.bits: expected a number, got [];",
        "; tensor layers.0.attention.key.weight has shape (4, 2), expected (4, 3);",
        "; tensor layers.0.attention.value.bias has shape (2, 2), expected one dimension;",
        "; missing tensor layers.0.attention.output.weight;",
        "; tensor layers.0.feed_forward.output.weight has shape (3, 7), expected (3, ",
        "config.mask: 'some' is not one of none,",
    ):
        assert said in str(error.value)


def test_one_value_for_all_heads_is_wrong_once():
    config, tensors = state()
    with pytest.raises(ModelError) as error:
        model_from_state({**config, "mask": "some"}, tensors, "model.pt")
    assert str(error.value).count("some") == 1


def test_a_scale_is_part_of_the_query():
    head = Head([[1, 2]], [[1, 0]], [[1, 0]], [[1], [0]], query_bias=[3], scale="1/2")
    assert head.query == ((Fraction(1, 2), 1),)
    assert head.query_bias == (Fraction(3, 2),)
    assert "scale" not in document(head)


def test_every_key_and_tensor_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "model-format.md").read_text()
    for cls in CLASSES:
        for name in keys_of(cls):
            assert f"`{name}`" in text or f'"{name}"' in text, (cls.__name__, name)
    for tensor in (*OF_LAYERS, *OF_MODELS):
        name, kind = tensor.split(".")[-2:]
        assert f".{name}.{kind}`" in text or f"`{name}.{kind}`" in text or kind == "bias", (
            tensor
        )
