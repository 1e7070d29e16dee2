"""Commands on a model with norms, a gate and signs: its rungs, and one sentence where a circuit is asked for."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import circuitsim as cs
from circuitsim.analysis.claims.state_bits import state_bits
from circuitsim.analysis.growth.paper import predict
from circuitsim.errors import ModelError
from circuitsim.models.files.json_model import save_json
from circuitsim.models.model import FeedForward, Head, Layer, Model, Norm, Readout
from circuitsim.models.recurrent import NetCell, RecurrentNet
from circuitsim.networks.datatypes.literal import run_literal
from circuitsim.networks.draw import network
from circuitsim.networks.refusals import modern_part
from tests.cli.runs import answer, complaint, invoke

HEAD = Head([[0, 0]], [[0, 0]], value=[[1, 0]], output=[[0], [1]])
PLAIN = Model(
    "ab",
    {"a": [1, 0], "b": [-1, 0]},
    [Layer([HEAD])],
    Readout([0, 1]),
    bits="8",
    name="plain",
)
NET = FeedForward([[1, 0]], [[0], [1]])
TURNED = Head(
    [[1, 0], [1, 1]], [[0, 1], [1, 0]], value=[[1, 0]], output=[[0], [1]], rotary=100
)
PARTS = {
    "the embedding has a norm": replace(PLAIN, embedding_norm=Norm([1, 1])),
    "layer 0 has rotary positions": replace(PLAIN, layers=[Layer([TURNED])]),
    "layer 0 has a norm": replace(PLAIN, layers=[Layer([HEAD], attention_norm=Norm([1, 1]))]),
    "layer 1 has a norm": replace(
        PLAIN, layers=[Layer([HEAD]), Layer([], feed_forward=NET, net_norm=Norm([1, 1]))]
    ),
    "the read-out has a norm": replace(PLAIN, final_norm=Norm([1, 1])),
    "layer 0 has a gate": replace(
        PLAIN, layers=[Layer([], feed_forward=replace(NET, gate=[[1, 1]]))]
    ),
    "layer 0 has the activation gelu": replace(
        PLAIN, layers=[Layer([], feed_forward=replace(NET, activation="gelu"))]
    ),
    "the model has inner rounding": replace(PLAIN, inner="rounded"),
    "the read-out is at the mean of all positions": replace(
        PLAIN, readout=Readout([0, 1], position="mean")
    ),
    "the read-out answers by signs": replace(
        PLAIN, readout=Readout([[0, 1], [1, 0]], answer="signs")
    ),
}
REFUSED = (
    ["compile", "-n", 3, "--basis", "ac0"],
    ["measure", "-n", 3, "--construction", "paper"],
)


@pytest.fixture
def block(tmp_path: Path) -> str:
    """A model with nearly everything, read at each letter."""
    model = Model(
        "ab",
        {"a": [1, 0], "b": [-1, 0]},
        [
            Layer(
                [HEAD],
                attention_norm=Norm([1, 1], eps="1e-5"),
                net_norm=Norm([1, 2], kind="rms", eps=0),
                feed_forward=replace(NET, gate=[[1, 1]], activation="silu"),
            )
        ],
        Readout([[0, 1], [1, 0]], position="each", answer="signs"),
        inner="rounded",
        bits="8",
        name="block",
    )
    save_json(model, tmp_path / "block.json")
    return str(tmp_path / "block.json")


@pytest.mark.parametrize("part", PARTS)
def test_the_part_is_named_where_it_is_left_out(part: str, tmp_path: Path) -> None:
    assert modern_part(PARTS[part]) == part
    save_json(PARTS[part], tmp_path / "model.json")
    for verb, *options in REFUSED:
        assert part in complaint(verb, str(tmp_path / "model.json"), *options)
    left_out = cs.claims(replace(PARTS[part], bits="3"), [2]).not_applicable
    assert any(part in entry.why for entry in left_out)
    bits = ("--bits", 3)  # weights of thresholds stay below 64 bits
    file = str(tmp_path / "model.json")
    found = answer("check", file, "-n", 3, "--basis", "xag,tc0", *bits, "--agree", "0%")
    assert found["holds"]


def test_without_such_parts_nothing_is_refused() -> None:
    assert modern_part(PLAIN) is None
    assert cs.compile(PLAIN)(3).outputs


def test_other_nets_name_theirs() -> None:
    cell = NetCell([0], [FeedForward([[1, 1]], [[1]], residual=False, activation="tanh")])
    net = RecurrentNet("ab", {"a": [1], "b": [2]}, cell, Readout([[1, 0]]))
    assert modern_part(net) == "forward, net 0 has the activation tanh"
    assert cs.check(net, 3, bases=("xag", "tc0")).holds


def test_analyses_refuse_too() -> None:
    model = PARTS["layer 0 has a norm"]
    with pytest.raises(
        ModelError, match="layer 0 has a norm, and the papers have no circuit"
    ):
        predict(model, 3)
    with pytest.raises(ModelError, match="layer 0 has a norm, and the bounds know none"):
        state_bits(model, [2])
    with pytest.raises(ModelError, match="layer 0 has a norm, and other datatypes have none"):
        run_literal(network(model, 2), [[0, 1]], 3)
    with pytest.raises(ModelError, match="layer 0 has a norm"):
        cs.compile(model, basis="ac0").state_bits(3)


def test_run_shows_all_rungs(block: str) -> None:
    result = invoke("run", block, "aab", "b")
    assert result.exit_code == 0
    rows = [line.split("  ") for line in result.stdout.splitlines()]
    rungs = ["input", "float", "exact", "integer", "circuit"]
    assert [cell.strip() for cell in rows[0] if cell] == rungs
    assert [cell for cell in rows[1] if cell.strip()] == ["aab", *["11 11 10"] * 4]
    found = json.loads(invoke("run", block, "aab", "--json").stdout)["rows"][0]
    signs = [[1, 1], [1, 1], [1, 0]]
    assert [found[rung] for rung in rungs[1:]] == [signs] * 4
    assert found["undecided"] is False


def test_a_circuit_file_gives_the_same_signs(block: str, tmp_path: Path) -> None:
    file = tmp_path / "block3.npz"
    assert invoke("compile", block, "-n", 3, "-o", file).exit_code == 0
    found = json.loads(invoke("run", file, "aab", "--json").stdout)["rows"][0]
    assert found["circuit"] == [[1, 1], [1, 1], [1, 0]]


def test_check_climbs_the_whole_ladder(block: str) -> None:
    found = answer("check", block, "-n", "1:3")
    assert found["holds"]
    for row in found["rows"]:
        assert len(row["rungs"]) == 2 + 2 * 3
        assert row["exact_bits"] == 48
    said = invoke("check", block, "-n", 2).stdout
    assert "holds on all 4 inputs of n = 2, in xag and aig" in said
    assert "rounds softmax, norms and activations to 48 fraction bits" in said


def test_check_of_a_model_without_them_says_nothing_of_them(tmp_path: Path) -> None:
    save_json(PLAIN, tmp_path / "plain.json")
    said = invoke("check", tmp_path / "plain.json", "-n", 2, "--basis", "xag").stdout
    assert "holds on all 4 inputs of n = 2, in xag" in said
    assert "built" not in said
    assert "48" not in said


def test_bits_are_found_without_a_circuit(block: str) -> None:
    row = answer("check", block, "-n", 3, "--bits", "auto")["rows"][0]
    assert row["bits"] < 8


def test_info_says_what_there_is(block: str) -> None:
    found = answer("info", block)
    assert found["norms"] == ["layer norm before, eps 1e-05", "rms norm before, eps 0"]
    assert found["activations"] == ["silu with a gate"]
    assert found["inner"] == "rounded"
    assert found["readout"] == {"position": "each", "rows": 2, "answer": "signs"}
    # query, key, value, output; the net's three matrices; two gains; the read-out
    assert found["parameters"] == 2 * 2 + 4 + 2 + 2 + 2 + 2 + 2 + 2 + 2 + 4
    said = invoke("info", block).stdout
    assert "norms           layer norm before, eps 1e-05; rms norm before, eps 0" in said
    assert "each, 2 signs" in said
