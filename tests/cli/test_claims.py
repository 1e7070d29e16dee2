import pytest

from .runs import ROOT, answer, complaint, succeed

FIRST, PARITY, MAJORITY = (
    ROOT / "examples" / name for name in ("first.json", "parity.json", "majority.pt")
)
KINDS = {"by construction", "exhaustive", "sampled", "fitted"}


@pytest.mark.slow
def test_first_has_every_claim_about_hard_attention() -> None:
    found = answer("claims", FIRST)
    assert (found["model"], found["n"], found["holds"]) == (
        "first",
        [2, 4, 8, 16, 32, 64],
        True,
    )
    assert len(found["claims"]) >= 5
    assert all(set(entry) == CLAIM for entry in found["claims"])
    assert {entry["kind"] for entry in found["claims"]} <= KINDS
    assert all(set(entry) == {"name", "why"} for entry in found["not_applicable"])


CLAIM = {"name", "statement", "source", "holds", "kind", "evidence", "line"}


def test_the_verdict_says_at_which_lengths() -> None:
    text = succeed("claims", MAJORITY, "-n", "4,2")
    assert text.splitlines()[0] == "majority, n = 2, 4"
    assert text.splitlines()[-1].endswith("claims hold, at n = 2, 4")
    assert "\nnot applicable:\n       ac0-constant-depth: refused at n = 2" in text


@pytest.mark.slow
def test_a_failing_claim_is_named_with_its_place() -> None:
    text = succeed("claims", MAJORITY, "-n", 2, "--bits", 6, code=1)
    assert "FAILS  bits-agree" in text
    assert "FIRST WRONG at n = 179" in " ".join(text.split())
    assert text.splitlines()[-1].endswith("claims fail: bits-agree")
    found = answer("claims", MAJORITY, "-n", 2, "--bits", 6, code=1)
    assert found["holds"] is False
    assert [entry["name"] for entry in found["claims"] if not entry["holds"]] == [
        "bits-agree"
    ]


@pytest.mark.slow
def test_literal_division_is_tried_on_demand() -> None:
    text = succeed("claims", PARITY, "-n", 2, "--division", "literal", code=1)
    said = " ".join(text.split())
    assert (
        "4,889 of 8,190 strings of 1 to 12 letters decided otherwise, the first '11'" in said
    )
    assert text.splitlines()[-1].endswith("claims fail: literal-division")


@pytest.mark.slow
def test_auto_bits_agree() -> None:
    assert answer("claims", PARITY, "-n", "2,4", "--bits", "auto")["holds"]


def test_hard_attention_can_be_asked_for() -> None:
    found = answer("claims", MAJORITY, "-n", 2, "--attention", "hard-left")
    assert found["claims"][0]["name"] == "ac0-constant-depth"


@pytest.mark.parametrize("optimize", ["balanced", "size"])
def test_other_forms_have_their_own_bounds(optimize: str) -> None:
    assert answer("claims", FIRST, "-n", "2,4", "--optimize", optimize)["holds"]


def test_what_cannot_be_claimed() -> None:
    assert "4,096" in complaint("claims", MAJORITY, "-n", 5000)
    assert "--bits" in complaint("claims", MAJORITY, "-n", 2, "--bits", "log2(m)")
    assert "--division" in complaint("claims", MAJORITY, "--division", "long")
    assert "--max-bits" in complaint("claims", MAJORITY, "-n", 2, "--max-bits", 3)
