"""`circuitsim zoo`, and models by address wherever a MODEL is expected."""

import json
from pathlib import Path

import numpy as np
import pytest

import circuitsim as cs
from circuitsim.analysis import agreement
from circuitsim.analysis.agreement import agree, least_bits
from circuitsim.models.files.json_model import load_json
from circuitsim.networks.rungs import run_exact
from circuitsim.zoo.addresses import built
from circuitsim.zoo.catalogue import ENTRIES
from circuitsim.zoo.tasks.catalogue import TASKS
from tests.cli.runs import complaint, invoke, succeed


def test_list_says_every_task_and_model() -> None:
    found = json.loads(succeed("zoo", "list", "--json"))
    assert [task["name"] for task in found["tasks"]] == list(TASKS)
    assert [model["name"] for model in found["models"]] == list(ENTRIES)
    assert all(set(task) >= {"name", "source", "lengths"} for task in found["tasks"])
    keys = {"name", "task", "architecture", "source", "layers", "heads", "width", "options"}
    assert all(set(model) >= keys for model in found["models"])
    assert {model["task"] for model in found["models"]} == set(TASKS), (
        "a task without a model"
    )
    text = succeed("zoo", "list")
    assert all(name in text for name in [*TASKS, *ENTRIES])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("zoo:k-hops", "did you mean k-hop?"),
        ("zoo:k-hop:m=3", "no option 'm'"),
        ("zoo:k-hop:k=x", "expected a whole number"),
        ("zoo:k-hop:k", "expected option=value"),
        ("zoo:k-hop:k=2,k=3", "each once"),
        ("zoo:k-hop:k=0", "k"),
        ("zoo:star-free:language=abstar", "did you mean ab-star?"),
        ("zoo:", "no model zoo:"),
    ],
)
def test_bad_addresses_are_one_sentence(address: str, said: str) -> None:
    assert said in complaint("compile", address, "-n", "4")


def test_bad_lengths_name_the_nearest() -> None:
    assert "near 4 and 6" in complaint("compile", "zoo:equality", "-n", "5")
    assert "near 4 and 6" in complaint("zoo", "export", "equality", "-n", "5")
    assert "near" in complaint("zoo", "check", "equality", "-n", "5")


@pytest.mark.slow
def test_a_model_by_address_does_what_a_file_does(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    assert invoke("zoo", "export", "equality", "-n", "6", "-o", file).exit_code == 0
    assert load_json(file).layers == cs.load("zoo:equality").at(6).layers
    rows = [
        json.loads(succeed("compile", m, "-n", 6, "--json")) for m in ("zoo:equality", file)
    ]
    assert rows[0]["gates"] == rows[1]["gates"] > 0
    answers = [
        json.loads(succeed("run", m, "010010", "010011", "--json"))["rows"]
        for m in ("zoo:equality", file)
    ]
    assert answers[0] == answers[1]
    assert [row["circuit"] for row in answers[0]] == [1, 0]
    assert json.loads(succeed("check", "zoo:equality", "-n", "2,4", "--json"))["holds"]
    assert (
        len(json.loads(succeed("measure", "zoo:equality", "-n", "4,8", "--json"))["rows"])
        == 2
    )


def test_export_without_a_file_prints_what_would_be_in_it(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text(succeed("zoo", "export", "zoo:palindrome", "-n", 5))
    model = load_json(file)
    codes = model.format.parse(["abcba".replace("c", "a"), "abbbb"])
    assert run_exact(model, codes).decisions[:, 0].tolist() == [1, 0]


@pytest.mark.slow
def test_check_reports_rows_and_says_where_a_model_is_wrong() -> None:
    found = json.loads(succeed("zoo", "check", "palindrome", "-n", "3,5", "--json"))
    assert found["holds"]
    assert [(row["n"], row["inputs"], row["exhaustive"]) for row in found["rows"]] == [
        (3, 8, True),
        (5, 32, True),
    ]
    assert found["rows"][0]["rungs"] == ["exact", "integer", "xag", "tc0", "ac0"]
    result = invoke("zoo", "check", "equality-one-layer:width=2", "-n", "6")
    assert result.exit_code == 1
    assert "is wrong at n = 6" in result.stdout


def test_agreement_counts_what_is_wrong_on_every_rung() -> None:
    entry = built("parity")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            agreement, "Family", lambda model, bits_expression: cs.compile(model, bits="2")
        )
        wrong = agree(entry, 6, True, bases=("xag",))
    circuit = cs.compile(entry.at(6), "xag", "2")(6).flatten()
    codes = entry.task.inputs(6)
    expected = (
        circuit.evaluate(codes.astype(bool))[:, 0] != entry.task.decisions(codes)[:, 0]
    ).sum()
    assert wrong.disagreements == expected > 0
    assert wrong.wrong is not None
    assert wrong.wrong[0] == "xag"


@pytest.mark.slow
def test_least_bits_are_the_first_of_three_that_are_right() -> None:
    entry = built("parity")
    for n, bits in ((2, 2), (5, 4), (9, 5)):
        codes = entry.task.inputs(n)
        truth = entry.task.decisions(codes)
        assert least_bits(entry.at(n), codes, truth) == bits
        assert least_bits(entry.at(n), codes, 1 - truth) is None
    assert np.array_equal(truth[:, 0], codes.sum(axis=1) % 2)
