"""Recurrent and fully connected nets as JSON: read back equal, and refused in one sentence where they are wrong."""

import json
import re
from pathlib import Path

import pytest

from circuitsim.errors import ModelError
from circuitsim.models.connected import FullyConnected
from circuitsim.models.files.json_model import json_text, parse_json, save_json
from circuitsim.models.files.reading import load
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.sequence import encode
from circuitsim.models.tables import Table
from circuitsim.networks.rungs import run_exact
from circuitsim.tokens import Field
from tests.models.random_nets import random_connected, random_recurrent

AUTOMATON = {
    "format": "circuitsim-model",
    "version": 1,
    "kind": "recurrent",
    "vocabulary": "ab",
    "embedding": {"a": [0], "b": [1]},
    "forward": {
        "states": ["even", "odd"],
        "moves": [["even", "odd"], ["odd", "even"]],
        "initial": "even",
    },
    "readout": {"weights": [0, 1, 0]},
}
CONNECTED = {
    "format": "circuitsim-model",
    "version": 1,
    "kind": "fully-connected",
    "n": 2,
    "vocabulary": "ab",
    "embedding": {"a": [0], "b": [1]},
    "layers": [{"hidden": [[1, 1]], "output": [[1]], "residual": False}],
    "readouts": [{"weights": [1]}],
}


def changed(document, **changes):
    result = json.loads(json.dumps(document))
    for path, value in changes.items():
        *above, last = path.split("__")
        at = result
        for key in above:
            at = at[int(key) if key.isdigit() else key]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return json.dumps(result).encode()


@pytest.mark.parametrize("seed", range(60))
def test_nets_read_back_equal(seed):
    for net in (random_recurrent(seed), random_connected(seed, 1 + seed % 3)):
        assert parse_json(json_text(net).encode(), "net.json") == net


def test_records_read_back_equal(tmp_path):
    fields = (
        Field("bit", ("0", "1"), where="not-last"),
        Field("index", tuple("012"), "binary", "last"),
    )
    tables = (Table(("bit",), [[0, 0], [1, 0]]), Table(("index",), [[0, 0], [0, 1], [0, 2]]))
    net = FullyConnected(
        3,
        (),
        {},
        [FeedForward([[1] * 6], [[1]], residual=False)],
        Readout([1]),
        fields=fields,
        tables=tables,
    )
    save_json(net, tmp_path / "net.json")
    assert load(tmp_path / "net.json") == net


def test_the_shortest_files_are_read():
    net = parse_json(json.dumps(AUTOMATON).encode(), "parity.json")
    assert net.name == "parity"
    assert net.forward.moves == ((0, 1), (1, 0))
    assert parse_json(json.dumps(CONNECTED).encode(), "or.json").n == 2


def test_the_nets_in_the_documentation_run():
    text = (Path(__file__).parents[2] / "docs" / "model-format.md").read_text(
        encoding="utf-8"
    )
    blocks = [
        block
        for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)
        if '\n  "kind"' in block  # not of a norm
    ]
    parity, either = (parse_json(block.encode(), "docs/model-format.md") for block in blocks)
    words = ["000", "010", "011", "111"]
    assert run_exact(parity, encode(parity, words)).decisions[:, 0].tolist() == [0, 1, 0, 1]
    assert run_exact(either, encode(either, words)).decisions[:, 0].tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("document", "changes", "words"),
    [
        (
            AUTOMATON,
            {"kind": "transformer"},
            "kind is 'transformer', expected recurrent or fully-connected",
        ),
        (AUTOMATON, {"kind": 3}, "kind is 3"),
        (AUTOMATON, {"forward": None}, "forward is missing"),
        (AUTOMATON, {"forward": 3}, "forward must be an object"),
        (
            AUTOMATON,
            {"forward__moves": [["even", "up"], ["odd", "even"]]},
            "'up' is not one of the 2 states",
        ),
        (
            AUTOMATON,
            {"forward__moves": [["even"], ["odd"]]},
            "rows of 1 entries, expected one for each of 2 tokens",
        ),
        (AUTOMATON, {"forward__moves": "even"}, "forward.moves must be a list, not a text"),
        (
            AUTOMATON,
            {"forward__moves": [[[], "odd"], ["odd", "even"]]},
            "is not one of the 2 states",
        ),
        (AUTOMATON, {"forward__initial": 2}, "'2' is not one of the 2 states"),
        (AUTOMATON, {"forward__states": ["even", "even"]}, "different names"),
        (
            AUTOMATON,
            {"forward__rows": [[1]]},
            "rows has 1 rows, expected one for each of 2 states",
        ),
        (
            AUTOMATON,
            {"readout__weights": [1]},
            "readout.weights has rows of 1 entries, expected 3",
        ),
        (AUTOMATON, {"readout__position": "<cls>"}, "not one of first, last, each"),
        (AUTOMATON, {"prepend": ["a"]}, "unknown key 'prepend'"),
        (
            AUTOMATON,
            {"backward": {"initial": [0], "nets": []}},
            "the last net must give 1 numbers",
        ),
        (
            AUTOMATON,
            {"backward": {"initial": [0], "nets": 3}},
            "backward.nets must be a list",
        ),
        (AUTOMATON, {"embedding__c": [1]}, "tokens that are no letters: 'c'"),
        (AUTOMATON, {"embedding__b": [1, 2]}, "have lengths [1, 2]"),
        (AUTOMATON, {"bits": "i"}, "depend on n"),
        (CONNECTED, {"n": 0}, "n is 0"),
        (CONNECTED, {"n": "two"}, "n is 'two'"),
        (CONNECTED, {"n": 3}, "hidden has rows of 2 entries, expected 3"),
        (CONNECTED, {"readouts": []}, "there is no read-out"),
        (CONNECTED, {"readouts": 4}, "readouts must be a list"),
        (CONNECTED, {"readouts__0__position": "each"}, "1 read-outs, expected 2"),
        (
            CONNECTED,
            {"layers__0__residual": True},
            "with residual its output has 2 rows, got 1",
        ),
        (CONNECTED, {"vocabulary": None}, "vocabulary is missing"),
        (CONNECTED, {"layers": {"a": 1}}, "layers must be a list"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(document, changes, words):
    with pytest.raises(ModelError) as error:
        parse_json(changed(document, **changes), "net.json")
    message = str(error.value)
    assert words in message
    assert message.startswith("net.json: ")
    assert "\n" not in message
