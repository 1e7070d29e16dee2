"""`prove`, `verify`, `accuracy` and `equivalent`: what they print, their exit codes, and bad input in one sentence."""

import gzip
import json

import pytest
from circuitsim.cli.entry import program
from click.testing import CliRunner

MAJORITY = "examples/majority.pt"


def run(*arguments):
    return CliRunner().invoke(program, [str(argument) for argument in arguments])


def answer(*arguments):
    done = run(*arguments, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_a_theorem_of_every_length_and_its_certificate(tmp_path):
    file = tmp_path / "majority.json"
    code, found = answer(
        "prove", MAJORITY, "--spec", "majority", "--every-n", "--certificate", file
    )
    assert code == 0
    assert (found["status"], found["engine"], found["certificate"]) == (
        "proved",
        "counts",
        str(file),
    )
    assert found["counterexample"] is None
    assert found["seconds"] < 60
    code, checked = answer("verify", file, MAJORITY)
    assert (code, checked["holds"], checked["kind"]) == (0, True, "counts")
    assert checked["statement"] == found["statement"]
    damaged = json.loads(file.read_text())
    damaged["theorem"]["bits"] = "4"
    file.write_text(json.dumps(damaged))
    done = run("verify", file, MAJORITY)
    assert done.exit_code == 1
    assert done.stdout.startswith("rejected: ")


def test_a_refutation_says_the_shortest_string_and_what_all_rungs_decide():
    code, found = answer("prove", MAJORITY, "--spec", "majority", "--every-n", "--bits", "4")
    assert code == 1
    assert (found["status"], found["length"], found["shortest"]) == ("refuted", 135, True)
    text = found["counterexample"]
    assert (text.count("1"), text.count("0")) == (68, 67)
    assert found["wanted"] == 1
    assert found["replay"] == {"float": 1, "exact": 1, "integer": 0, "circuit": 0}
    printed = run("prove", MAJORITY, "--spec", "majority", "--every-n", "--bits", "4").stdout
    assert f"counterexample  {text}\nlength          135, no shorter one is\n" in printed


def test_a_theorem_of_a_circuit_and_of_its_file(tmp_path):
    file, circuit = tmp_path / "m.json.gz", tmp_path / "m.npz"
    assert run("compile", MAJORITY, "-n", 40, "-o", circuit).exit_code == 0
    code, found = answer(
        "prove", MAJORITY, "--spec", "majority", "-n", 40, "--certificate", file
    )
    assert (code, found["engine"]) == (0, "words")
    assert gzip.decompress(file.read_bytes()).startswith(
        b'{"format":"circuitsim certificate"'
    )
    assert run("verify", file, MAJORITY).exit_code == 0
    assert run("verify", file, circuit).exit_code == 0
    assert run("verify", file, "examples/parity.json").exit_code == 1
    wrong = run("prove", circuit, "--property", "symmetric", "-n", 39)
    assert (wrong.exit_code, "the circuit is of n = 40, not 39" in wrong.stderr) == (2, True)
    code, found = answer("prove", circuit, "--spec", "parity", "-n", 40)
    assert (code, found["status"]) == (1, "refuted")
    assert set(found["replay"]) == {"circuit"}


def test_unknown_says_what_gave_out(tmp_path):
    code, found = answer("prove", "zoo:palindrome", "--spec", "palindrome", "--every-n")
    assert (code, found["status"]) == (3, "unknown")
    assert [each["engine"] for each in found["tried"]] == ["counts", "automata"]
    file = tmp_path / "m.npz"  # nobody finds the adders of pairs, and solvers take hours
    done = run("compile", MAJORITY, "-n", 63, "--optimize", "size", "-o", file)
    assert done.exit_code == 0
    done = run("prove", file, "--spec", "majority", "-n", 63, "--seconds", 0.01)
    assert done.exit_code == 3
    assert "satisfiability" in done.stdout


def test_a_property_of_one_length():
    code, found = answer("prove", MAJORITY, "--property", "symmetric", "-n", 40)
    assert (code, found["status"], found["engine"]) == (0, "proved", "words")
    code, found = answer("prove", "examples/first.json", "--property", "symmetric", "-n", 5)
    assert (code, found["status"]) == (1, "refuted")
    assert sorted(found["decisions"]) == [0, 1]


def test_accuracy_counts_and_draws(tmp_path):
    pytest.importorskip("matplotlib")
    code, found = answer(
        "accuracy", MAJORITY, "--spec", "majority", "--bits", 4, "-n", "133,135"
    )
    assert code == 0
    assert [row["wrong"] for row in found["rows"]] == [
        0,
        2974552877964129857553404602897688243250,
    ]
    figure = tmp_path / "wrong.svg"
    done = run(
        "accuracy",
        "examples/parity.json",
        "--spec",
        "parity",
        "--bits",
        4,
        "-n",
        "22:24",
        "--plot",
        figure,
    )
    assert done.exit_code == 0
    assert "8,388,608       50%  words" in done.stdout
    assert figure.read_text().startswith("<?xml")


def test_another_model_in_the_place_of_a_specification(tmp_path):
    code, found = answer("prove", MAJORITY, "--spec", MAJORITY, "--bits", 4, "--every-n")
    assert (code, found["length"], found["shortest"]) == (1, 135, True)
    assert found["replay"] == {"float": 1, "exact": 1, "integer": 0, "circuit": 0}
    assert found["specified"] == {"float": 1, "exact": 1, "integer": 1, "circuit": 1}
    circuit, file = tmp_path / "m.aig", tmp_path / "m.json"
    assert run("compile", MAJORITY, "-n", 31, "--bits", 4, "-o", circuit).exit_code == 0
    asked = ("prove", MAJORITY, "--spec", circuit, "-n", 31, "--certificate", file)
    code, found = answer(*asked)
    assert (code, found["engine"], found["certificate"]) == (0, "words", str(file))
    assert found["statement"].endswith(f"decides as {circuit} does at n = 31")
    code, checked = answer("verify", file, MAJORITY, "--spec", circuit)
    assert (code, checked["statement"]) == (0, found["statement"])
    assert "give that model by --spec" in run("verify", file, MAJORITY).stdout
    assert run("verify", file, MAJORITY, "--spec", "examples/parity.json").exit_code == 1
    code, found = answer("accuracy", MAJORITY, "--spec", MAJORITY, "--bits", 4, "-n", 135)
    assert found["rows"][0]["wrong"] == 2974552877964129857553404602897688243250


def test_equivalence_comes_with_a_certificate(tmp_path):
    file = tmp_path / "e.json.gz"
    how = ("--basis", "xag,aig", "-n", 31, "--certificate", file)
    code, found = answer("equivalent", MAJORITY, MAJORITY, *how)
    assert (code, found["certificate"]) == (0, str(file))
    code, checked = answer("verify", file, MAJORITY, "--spec", MAJORITY)
    assert (code, checked["holds"]) == (0, True)
    assert checked["statement"].endswith("are equivalent at n = 31")
    assert run("verify", file, MAJORITY).exit_code == 1
    assert run("verify", file, MAJORITY, "--spec", "examples/parity.json").exit_code == 1


def test_equivalence_of_bases_and_of_files(tmp_path):
    code, found = answer("equivalent", MAJORITY, MAJORITY, "--basis", "xag,tc0", "-n", 31)
    assert (code, found["status"], found["engine"]) == (0, "proved", "words")
    code, found = answer("equivalent", MAJORITY, "examples/parity.json", "-n", 5)
    assert (code, found["status"]) == (1, "refuted")
    assert sorted(found["replay"]) == [0, 1]
    aig, npz = tmp_path / "m.aig", tmp_path / "m.npz"
    assert run("compile", MAJORITY, "-n", 9, "-o", npz).exit_code == 0
    assert run("convert", npz, aig).exit_code == 0
    assert run("equivalent", aig, npz).stdout.startswith("equivalent\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("prove", MAJORITY, "--spec", "majority"),
            "a theorem is of one length, -n N, of every length",
        ),
        (
            ("prove", MAJORITY, "--spec", "majority", "-n", 3, "--every-n"),
            "a theorem is of one length",
        ),
        (
            ("prove", MAJORITY, "--spec", "majorit", "-n", 3),
            "there is no specification 'majorit'",
        ),
        (
            ("prove", MAJORITY, "--spec", "dyck-1", "-n", 3),
            "dyck-1 is of strings of ( ), and the circuit reads 0 1",
        ),
        (
            ("prove", MAJORITY, "--spec", "majority", "-n", 3, "--exact"),
            "--exact is about every length",
        ),
        (
            ("prove", MAJORITY, "--spec", "majority", "--every-n", "--bits", "auto"),
            "--bits auto finds bits",
        ),
        (
            ("prove", MAJORITY, "--spec", "majority", "-n", 3, "--accept", 7),
            "there are decisions 0 to 1, and 7 is none",
        ),
        (
            ("prove", MAJORITY, "--spec", "majority", "-n", 3, "--certificate", "x.txt"),
            "x.txt: this is written as a",
        ),
        (
            ("prove", "zoo:majority", "--spec", "majority", "--every-n"),
            "zoo:majority has max(log2(n) - 1, 0) fraction bits",
        ),
        (
            ("prove", "zoo:match2", "--spec", "match2", "-n", 3),
            "match2: a task that answers at each position",
        ),
        (
            ("prove", MAJORITY, "--spec", "equality", "-n", 5),
            "equality has no inputs of length 5",
        ),
        (
            ("accuracy", MAJORITY, "--spec", "equality", "-n", 5),
            "equality has no inputs of length 5",
        ),
        (("prove", MAJORITY, "-n", 5), "what should be decided is missing: give --spec SPEC"),
        (("prove", MAJORITY, "-n", 5, "--property", "odd"), "there is no property 'odd'"),
        (
            ("prove", MAJORITY, "-n", 5, "--at", "01010", "--spec", "majority"),
            "--at is for --property",
        ),
        (
            ("prove", MAJORITY, "--every-n", "--property", "symmetric"),
            "--property is of the circuit of one length",
        ),
        (
            ("prove", MAJORITY, "--spec", "zoo:palindrome", "-n", 4),
            "zoo:palindrome is of strings of a b, and the circuit reads 0 1",
        ),
        (("prove", MAJORITY, "--spec", "no.json", "-n", 4), "no.json: expected a .pt"),
        (("verify", "nothing.json", MAJORITY), "nothing.json: No such file"),
        (("verify", MAJORITY, MAJORITY), f"{MAJORITY}: not a certificate"),
        (
            ("equivalent", MAJORITY, MAJORITY),
            f"{MAJORITY} is a model, which has a circuit for every length",
        ),
        (
            ("equivalent", MAJORITY, "examples/lookup.json", "-n", 3),
            "the circuits differ in what they read",
        ),
        (
            ("equivalent", MAJORITY, MAJORITY, "-n", 3, "--basis", "xag,aig,tc0"),
            "--basis names 3 bases",
        ),
    ],
)
def test_bad_input_is_one_sentence(arguments, said):
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
