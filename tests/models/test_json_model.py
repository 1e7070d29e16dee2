"""Models written as JSON: exact, and every mistake named with its place, all at once."""

import copy
import json
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from circuitsim.errors import ModelError
from circuitsim.models.files.json_model import json_text, parse_json, save_json
from circuitsim.models.files.reading import load
from circuitsim.models.model import Model
from tests.models.random_models import models

SMALL = {
    "format": "circuitsim-model",
    "version": 1,
    "vocabulary": ["0", "1"],
    "append": ["CLS"],
    "embedding": {"0": [0, 0], "1": ["1/3", 0], "CLS": [0, 0.1]},
    "positions": ["0", "i/n"],
    "layers": [
        {
            "heads": [
                {
                    "query": [[0, 2]],
                    "key": [[1, 0]],
                    "value": [[1, 0]],
                    "output": [[0], [1]],
                    "scale": "1/2",
                }
            ],
            "feed_forward": {
                "hidden": [[1, 0]],
                "output": [[1], [0]],
                "hidden_bias": ["-1/2"],
            },
        }
    ],
    "readout": {"weights": [0, 1], "bias": ["-1/6"]},
    "bits": 6,
}


def parse(document):
    text = document if isinstance(document, str) else json.dumps(document)
    return parse_json(text.encode(), "m.json")


def changed(path, value):
    """SMALL with the entry at `path` replaced (or removed, for None)."""
    document = copy.deepcopy(SMALL)
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return document


def test_numbers_are_read_as_they_are_written():
    model = parse(SMALL)
    assert model.embedding["1"][0] == Fraction(1, 3)
    assert model.embedding["CLS"][1] == Fraction(1, 10)
    assert model.layers[0].heads[0].query == ((0, 1),)  # scaled
    assert model.readout.weights == ((0, 1),)
    assert (model.bits, model.name) == ("6", "m")


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(models())
def test_what_is_written_reads_back_equal(model):
    again = parse(json_text(model))
    assert again == Model(
        **{**model.__dict__, "embedding": {t: model.embedding[t] for t in model.tokens}}
    )


def test_save_and_load(tmp_path):
    save_json(parse(SMALL), tmp_path / "m.json")
    assert load(tmp_path / "m.json") == parse(SMALL)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["format"], "circuit", "m.json: format is 'circuit', expected 'circuitsim-model'"),
        (["version"], 3, "version is 3, and this release reads version 1"),
        (["colour"], "red", "unknown key 'colour'"),
        (["layers", 0, "norm"], 1, r"layers\[0\]: unknown key 'norm'"),
        (
            ["layers", 0, "heads", 0, "dropout"],
            1,
            r"layers\[0\].heads\[0\]: unknown key 'dropout'",
        ),
        (["layers", 0, "feed_forward", "gelu"], 1, r"feed_forward: unknown key 'gelu'"),
        (
            ["readout"],
            {"weight": [1]},
            "readout: weights is missing; readout: unknown key 'weight'",
        ),
        (
            ["layers", 0, "heads", 0, "query"],
            [[0, "x"]],
            r"m.json: layers\[0\].heads\[0\].query\[0\]\[1\]: expected .*'x'",
        ),
        (
            ["layers", 0, "heads", 0, "query"],
            [[0]],
            "layer 0, head 0: query has rows of 1 entries, expected 2",
        ),
        (
            ["layers", 0, "heads", 0, "attention"],
            "sparse",
            r"heads\[0\].attention: 'sparse' is not one of hard-left,",
        ),
        (["layers", 0, "heads", 0, "score_bits"], 1.5, "score_bits must be a whole number"),
        (["layers", 0, "heads"], {"0": 1}, r"layers\[0\].heads must be a list"),
        (["layers"], {}, "layers must be a list"),
        (["layers"], [], "there is no layer"),
        (["layers", 0], 7, r"layers\[0\] must be an object"),
        (["embedding"], [[0, 0]], "embedding must be an object"),
        (["embedding", "2"], [0, 0], "no letter and no constant: 2"),
        (
            ["embedding", "1"],
            [0, True],
            r"embedding\['1'\]\[1\]: expected a number, got True",
        ),
        (["vocabulary"], ["0", "1", "2"], "no embedding for '2'"),
        (["vocabulary"], ["0", 1], "vocabulary: expected a list of texts"),
        (["vocabulary"], ["0", "a b"], "printable texts without spaces"),
        (
            ["positions"],
            ["0", "j/n"],
            r"positions\[1\]: expression 'j/n': the name 'j' is not allowed",
        ),
        (
            ["positions"],
            {"rows": []},
            "positions: table is missing; positions: unknown key 'rows'",
        ),
        (["positions"], {"table": [[1]]}, "rows of 1, expected 2"),
        (["bits"], "9**9**i", "uses i"),
        (["readout", "position"], "BOS", "'BOS' is not first, last, each"),
        (["append"], ["last"], "a constant token cannot be called last"),
        (
            ["append"],
            ["CLS", "each"],
            "a constant token cannot be called each, which readout.position",
        ),
        (["vocabulary"], "00", "a token twice"),
        (["readout", "bias"], ["1/0"], r"m.json: readout.bias\[0\]: expected a rational"),
    ],
)
def test_every_mistake_is_named_with_its_place(path, value, message):
    with pytest.raises(ModelError, match=message):
        parse(changed(path, value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ('{"format": "circuitsim-model", "format": 1}', "'format' stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"version": NaN}', "NaN is not a number"),
        ('{"version": ' + "9" * 5000 + "}", "5000 digits"),
        ('{"version": 1e99999999}', "too long"),
        ("[]", "expected an object"),
        ("3", "expected an object .*, got a number"),
        ("null", "expected an object .*, got null"),
        ('"a"', "expected an object .*, got a text"),
        ("false", "expected an object .*, got false"),
    ],
)
def test_text_that_is_no_model(text, message):
    with pytest.raises(ModelError, match=message):
        parse(text)


def test_a_vocabulary_may_be_a_text_of_letters():
    assert parse(changed(["vocabulary"], "01")) == parse(SMALL)


def test_heads_may_have_no_scores():
    head = {"query": [], "key": [], "value": [[1, 0]], "output": [[0], [1]]}
    assert parse(changed(["layers", 0, "heads"], [head])).layers[0].heads[0].query == ()
    with pytest.raises(ModelError, match="value has no rows"):
        parse(changed(["layers", 0, "heads"], [{**head, "value": [], "output": [[], []]}]))


def test_a_constant_token_is_listed_once_and_may_not_be_read_twice():
    document = changed(["append"], ["CLS", "CLS"])
    document["readout"]["position"] = "CLS"
    with pytest.raises(
        ModelError, match=r"\(constant tokens: CLS\), it stands there 2 times"
    ):
        parse(document)


def test_files_that_are_not_plain_are_called_so():
    with pytest.raises(ModelError, match="and it is not a plain file"):
        load("/dev/null")


def test_a_file_has_a_largest_size(tmp_path):
    with (tmp_path / "huge.json").open("wb") as file:
        file.write(b"{")
        file.truncate(17 * 2**20)
    with pytest.raises(ModelError, match="17825792 bytes are more"):
        load(tmp_path / "huge.json")


def test_what_is_written():
    """The keys, their order, and what is left out."""
    assert json_text(parse(SMALL)) == (
        """{
  "format": "circuitsim-model",
  "version": 1,
  "name": "m",
  "vocabulary": ["0", "1"],
  "append": ["CLS"],
  "embedding": {
    "0": [0, 0],
    "1": ["1/3", 0],
    "CLS": [0, "1/10"]
  },
  "positions": ["0", "i/n"],
  "layers": [
    {
      "heads": [
        {
          "query": [[0, 1]],
          "key": [[1, 0]],
          "value": [[1, 0]],
          "output": [[0], [1]],
          "attention": "saturated",
          "mask": "none"
        }
      ],
      "feed_forward": {
        "hidden": [[1, 0]],
        "hidden_bias": ["-1/2"],
        "output": [[1], [0]]
      }
    }
  ],
  "readout": {
    "weights": [[0, 1]],
    "bias": ["-1/6"],
    "position": "last"
  },
  "bits": "6"
}
"""
    )
