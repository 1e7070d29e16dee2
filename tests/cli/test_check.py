import pytest
from circuitsim.cli import check

from circuitsim.analysis import ladder

from .runs import ROOT, answer, complaint, invoke, succeed

PARITY = ROOT / "examples/parity.json"
RUNG_KEYS = {
    *[
        "from",
        "to",
        "relation",
        "disagreements",
        "allowed",
        "undecided",
        "largest_error",
        "first_difference",
    ]
}


def test_the_whole_ladder_holds(models: dict[str, str]) -> None:
    found = answer("check", models["majority"], "-n", "1:4")
    assert found["holds"] is True
    assert [(row["n"], row["exhaustive"], row["inputs"]) for row in found["rows"]] == [
        (n, True, 2**n) for n in range(1, 5)
    ]
    rungs = found["rows"][0]["rungs"]
    assert all(set(rung) == RUNG_KEYS for rung in rungs)
    assert [f"{rung['from']} {rung['relation']} {rung['to']}" for rung in rungs] == [
        "float ~ exact",
        "exact ~ integer",
        "integer = schematic xag",
        "schematic xag = circuit xag",
        "circuit xag = file xag",
        "integer = schematic aig",
        "schematic aig = circuit aig",
        "circuit aig = file aig",
    ]


def test_the_verdict_says_on_what_it_holds(models: dict[str, str]) -> None:
    text = succeed(
        "check", models["majority"], "-n", "1:3,20", "--samples", 50, "--basis", "xag"
    )
    expected = "holds on all 14 inputs of n = 1..3, and on 50 sampled inputs (seed 0) of n = 20, in xag"
    assert text.splitlines()[-1] == expected


@pytest.mark.slow
def test_too_few_bits_fail_with_a_named_string() -> None:
    text = succeed("check", PARITY, "-n", "1:3", "--bits", 1, "--basis", "xag", code=1)
    assert "fails at n = 2: the integer model with 1 fraction bits decides otherwise" in text
    assert "on 2 of all 4 inputs, first on '01'; and at n = 3" in text
    assert "--bits auto" in text
    found = answer("check", PARITY, "-n", "2", "--bits", 1, "--basis", "xag", code=1)
    assert found["holds"] is False
    assert found["rows"][0]["rungs"][1]["first_difference"] == "01"
    assert (
        succeed("check", PARITY, "-n", "1:3", "--bits", "auto", "--basis", "xag")
        .splitlines()[-1]
        .startswith("holds")
    )


@pytest.mark.slow
def test_a_long_counterexample_is_named_whole() -> None:
    command = ("check", PARITY, "-n", 80, "--bits", 4, "--samples", 20, "--basis", "xag")
    string = answer(*command, code=1)["rows"][0]["rungs"][1]["first_difference"]
    assert len(string) == 80
    text = succeed(*command, code=1)
    assert f"first on '{string}'" in text
    assert "..." in text


def test_no_bits_at_all_are_enough(
    models: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("far") / "far.json"
    with open(models["majority"], encoding="utf-8") as file:
        path.write_text(
            file.read().replace('["-1/2"]', '["-2199023255551/4398046511104"]')
        )  # 1/2 - 2^-42
    sentence = complaint("check", path, "-n", 4, "--bits", "auto", "--max-bits", 300, code=1)
    assert "n=4" in sentence
    assert "up to 32" in sentence


@pytest.mark.slow
def test_bits_that_only_wider_numbers_would_give(
    models: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("far") / "far.json"
    with open(models["majority"], encoding="utf-8") as file:
        path.write_text(
            file.read().replace('["-1/2"]', '["-2199023255551/4398046511104"]')
        )  # 1/2 - 2^-42
    said = {
        complaint(verb, path, "-n", 4, "--bits", "auto", code=1)
        for verb in ("check", "compile", "measure", "claims", "render")
    }
    said.add(complaint("run", path, "0110", "--bits", "auto", code=1))
    (sentence,) = said
    assert sentence.startswith("--bits auto: at n=4 no number of fraction bits up to ")
    assert sentence.endswith(", and --max-bits is 62. Raise --max-bits.")
    assert "--bits auto: at n=4 even 0" in complaint(
        "compile", path, "-n", 4, "--bits", "auto", "--max-bits", 1, code=1
    )


def test_bits_are_for_the_bases_that_round() -> None:
    """Fault 27."""
    model = ROOT / "examples" / "first.json"
    for bases in ("xag,ac0", "ac0,tc0", "aig,ac0,tc0"):
        row = answer(
            "check", model, "-n", 3, "--basis", bases, "--bits", 4, "--positions", "wired"
        )["rows"][0]
        assert row["bits"] == 4
        starts = {
            rung["to"].split()[1]: rung["from"]
            for rung in row["rungs"]
            if rung["to"].startswith("schematic ")
        }
        assert starts == {
            basis: "exact" if basis == "ac0" else "integer" for basis in bases.split(",")
        }
    assert "ac0 computes with the model's exact values" in complaint(
        "check", model, "-n", 3, "--basis", "ac0", "--bits", 4
    )


def test_bases_are_chosen_by_lists_or_repeats(models: dict[str, str]) -> None:
    for options in (["--basis", "aig,xag"], ["--basis", "aig", "--basis", "xag"]):
        rungs = answer("check", models["majority"], "-n", 2, *options)["rows"][0]["rungs"]
        assert [rung["to"] for rung in rungs if "file" in rung["to"]] == [
            "file aig",
            "file xag",
        ]


@pytest.mark.parametrize("seed", [0, 1])
def test_samples_are_seeded(models: dict[str, str], seed: int) -> None:
    command = (
        "check",
        models["majority"],
        "-n",
        30,
        "--bits",
        1,
        "--samples",
        40,
        "--seed",
        seed,
        "--basis",
        "xag",
    )
    assert answer(*command, code=1) == answer(*command, code=1)


def test_more_than_can_be_checked(models: dict[str, str]) -> None:
    assert "4,096" in complaint("check", models["majority"], "-n", "8,5000")
    assert "too many" in complaint("check", models["majority"], "-n", 30, "--exhaustive")
    assert "--samples" in complaint(
        "check", models["majority"], "-n", 4, "--exhaustive", "--samples", 7
    )
    assert "--max-gates is 5" in complaint(
        "check", models["majority"], "-n", 4, "--max-gates", 5, "--json"
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["first.json", "parity.json", "majority.pt"])
@pytest.mark.parametrize("optimize", ["depth", "size"])
def test_the_examples_hold(name: str, optimize: str) -> None:
    assert answer(
        "check",
        ROOT / "examples" / name,
        "-n",
        "1:7,40",
        "--samples",
        200,
        "--optimize",
        optimize,
    )["holds"]


def test_numbers_are_checked_bit_for_bit_and_rounding_is_no_disagreement() -> None:
    found = answer("check", ROOT / "examples" / "share.json", "-n", 4, "--basis", "xag,tc0")
    rungs = found["rows"][0]["rungs"]
    assert found["holds"]
    assert [r["disagreements"] for r in rungs] == [0] * 8
    assert rungs[0]["largest_error"] < 1e-15
    assert 2**-9 < rungs[1]["largest_error"] < 2**-7


def test_some_decisions_may_be_lost_where_that_is_said() -> None:
    rough = ("check", PARITY, "-n", 5, "--bits", 1, "--basis", "xag")
    lost = answer(*rough, "--agree", "0%")["rows"][0]["rungs"]
    flipped = max(rung["disagreements"] for rung in lost if rung["relation"] == "~")
    assert flipped > 0
    kept = 100 - 100 * flipped / 32
    found = answer(*rough, "--agree", f"{kept}%")
    assert found["holds"]
    assert {rung["allowed"] for rung in found["rows"][0]["rungs"]} == {0, flipped}
    assert "which --agree allows" in succeed(*rough, "--agree", f"{kept}%")
    strict = invoke(*rough, "--agree", f"{kept + 0.5}%")
    assert strict.exit_code == 1
    assert invoke(*rough).exit_code == 1


def test_parts_of_the_inputs_are_reported_as_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = ("check", PARITY, "-n", "2,6", "--bits", 1, "--agree", "60%")
    whole = answer(*command, code=1)
    monkeypatch.setattr(ladder, "PART", 24)
    monkeypatch.setattr(check, "LETTERS", 1)
    assert answer(*command, "--jobs", 1, code=1) == whole
    assert answer(*command, "--jobs", 2, code=1) == whole
    rung = whole["rows"][1]["rungs"][1]
    assert (rung["allowed"], rung["disagreements"], rung["first_difference"]) == (
        25,
        32,
        "000001",
    )
