"""The commands on recurrent and fully connected nets: they work, or refuse in one sentence."""

import pytest

from circuitsim.models.files.json_model import save_json
from tests.cli.runs import answer, complaint, succeed
from tests.models.hand_nets import any_one, dyck_2_2, majority, parity


@pytest.fixture
def nets(tmp_path):
    made = {"parity": parity(), "majority": majority(), "dyck": dyck_2_2(), "or": any_one(4)}
    for name, net in made.items():
        save_json(net, tmp_path / f"{name}.json")
    return {name: str(tmp_path / f"{name}.json") for name in made}


def test_run_answers_on_every_rung(nets):
    rows = answer("run", nets["dyck"], "([])", "((")["rows"]
    decided = [(row["float"], row["exact"], row["integer"], row["circuit"]) for row in rows]
    assert decided == [(1, 1, 1, 1), (0, 0, 0, 0)]
    assert answer("run", nets["or"], "0010")["rows"][0]["circuit"] == 1


@pytest.mark.slow
def test_check_climbs_the_ladder_in_every_basis(nets):
    for name, lengths in (("parity", "1:5"), ("majority", "4"), ("dyck", "4"), ("or", "4")):
        found = answer("check", nets[name], "-n", lengths, "--basis", "xag,aig,tc0")
        assert found["holds"]
        assert len(found["rows"][0]["rungs"]) == 2 + 3 * 3


def test_measure_and_compile(nets, tmp_path):
    rows = answer("measure", nets["parity"], "-n", "2:32:*2")["rows"]
    assert [row["depth"] for row in rows] == [n - 1 for n in (2, 4, 8, 16, 32)]
    file = tmp_path / "or.npz"
    assert answer("compile", nets["or"], "-n", "4", "-o", file)["inputs"] == 4
    assert answer("run", file, "0000", "1000")["rows"][1]["circuit"] == 1
    scopes = answer("compile", nets["dyck"], "-n", "6")["scopes"]
    assert {row["scope"] for row in scopes} == {
        "forward/transition",
        "forward/state",
    }  # the read-out is one wire


def test_info_says_what_a_net_is(nets):
    found = answer("info", nets["dyck"])
    assert (found["kind"], found["format"], found["n"]) == ("recurrent", "json", None)
    assert found["cells"] == [{"kind": "automaton", "states": 8, "code_bits": 3}]
    assert found["parameters"] == 8 * 4 + 4 + 9
    found = answer("info", nets["majority"])
    assert found["cells"] == [
        {"kind": "nets", "state": 1, "hidden": [2], "reads_state": False}
    ]
    found = answer("info", nets["or"])
    assert (found["kind"], found["n"], found["hidden"], found["parameters"]) == (
        "fully-connected",
        4,
        [1],
        2 + 5 + 1,
    )
    assert "an automaton of 8 states" in succeed("info", nets["dyck"])


def test_commands_about_transformers_refuse_in_one_sentence(nets):
    assert "this is none" in complaint("claims", nets["parity"])
    assert "has no attention to replace" in complaint(
        "compile", nets["parity"], "-n", "4", "--attention", "saturated"
    )
    assert "no transformer" in complaint(
        "measure", nets["parity"], "-n", "4", "--construction", "paper"
    )
    assert "depth n" in complaint("compile", nets["parity"], "-n", "4", "--basis", "ac0")
    assert "for n=4 alone" in complaint("compile", nets["or"], "-n", "5")
    assert "for n=4 alone" in complaint("run", nets["or"], "01")
    assert "for n=4 alone" in complaint("check", nets["or"], "-n", "3")


@pytest.mark.slow
def test_a_net_is_drawn(nets, tmp_path):
    assert (
        answer("render", nets["parity"], "-n", "4", "-o", tmp_path / "parity.svg")["altitude"]
        == "gates"
    )
    large = answer("render", nets["majority"], "-n", "128", "-o", tmp_path / "majority.svg")
    assert large["altitude"] == "schematic"
    assert (tmp_path / "majority.svg").stat().st_size > 0
