"""The program as a whole: help, versions, exit codes, what goes where, interrupts and closed pipes."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from itertools import takewhile
from pathlib import Path

import click
import pytest
from circuitsim.cli import options
from circuitsim.cli.entry import program as main

import circuitsim
from circuitsim.formats.npz import load
from circuitsim.models.model import ATTENTIONS
from docs.command_pages import reference

from .runs import PROGRAM, ROOT, complaint, invoke, process, succeed

VERBS = ("compile", "info", "run", "check", "measure", "claims", "render")
BAD_BITS = [
    "",
    "foo",
    "i",
    "-1",
    "1000",
    "1/0",
    "9**9**9",
    "n n",
    "__import__('os')",
    "1e999",
    "sqrt(-n)",
]


def examples() -> list[str]:
    lines = [
        line for verb in VERBS for line in (main.commands[verb].epilog or "").splitlines()
    ]
    return [line.strip() for line in lines if line.startswith("  circuitsim ")]


def test_every_command_has_help_with_two_examples() -> None:
    overview = succeed("--help")
    for verb in VERBS:
        assert f"\n  {verb} " in overview
        text = succeed(verb, "--help")
        assert text.count(f"  circuitsim {verb} ") == 2
        assert text.count("\n") > 5


def test_every_option_has_help() -> None:
    for verb in VERBS:
        for parameter in main.commands[verb].params:
            assert not isinstance(parameter, click.Option) or parameter.help


@pytest.mark.slow
def test_the_examples_in_the_help_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "inputs.txt").write_text("01" * 32 + "\n" + "1" * 64 + "\n")
    for line in examples():
        result = invoke(*shlex.split(line)[1:])
        ends = (0, 1) if " claims " in line else (0,)  # a claim may fail, which is an answer
        assert result.exit_code in ends, (line, result.output)
        assert result.stderr == ""


def test_the_reference_is_fresh() -> None:
    page = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert page == reference(), "run `python docs/command_pages.py > docs/commands.md`"


def test_the_reference_says_the_help_texts_word_for_word() -> None:
    page = reference()
    assert page.count("[") == page.count("]")
    for verb in VERBS:
        for parameter in main.commands[verb].params:
            if isinstance(parameter, click.Option):
                said = (parameter.help or "").partition(" [default: ")[0].replace("|", "\\|")
                assert said in page
    assert "Default: the model's. |" in page


def test_options_offer_what_the_package_has() -> None:
    from circuitsim.networks.limits import MAX_BITS

    assert MAX_BITS == options.MAX_BITS
    assert set(options.ATTENTIONS) == set(ATTENTIONS)


def test_version_and_no_command() -> None:
    assert succeed("--version") == f"circuitsim {circuitsim.__version__}\n"
    result = invoke()
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Commands:" in result.stderr


@pytest.mark.parametrize("bits", BAD_BITS)
def test_bits_that_are_no_bits(models: dict[str, str], bits: str) -> None:
    for verb in ("compile", "check", "measure"):
        assert complaint(verb, models["majority"], "-n", 4, "--bits", bits).startswith(
            "--bits: "
        )


def test_errors_of_expressions_name_their_place(
    models: dict[str, str], tmp_path: Path
) -> None:
    assert complaint("compile", models["majority"], "-n", 4, "--bits", "log2(n)/0").endswith(
        " by zero at n=4."
    )
    for name, old, new, end in [
        ("bits", '"bits": "6"', '"bits": "n/0"', "by zero at n=2."),
        ("positions", '"cos(i)"', '"1/(i-1)"', "by zero at i=1, n=2."),
    ]:
        path = tmp_path / f"{name}.json"
        path.write_text(Path(models["thirds"]).read_text().replace(old, new))
        for verb in ("compile", "check", "measure"):
            sentence = complaint(verb, path, "-n", 2)
            assert sentence.startswith(f"{path}: ")
            assert sentence.endswith(end)
        assert complaint("run", path, "aa bb").startswith(f"{path}: ")


def test_files_that_are_no_files(models: dict[str, str], tmp_path: Path) -> None:
    assert "not a plain file" in complaint("info", "/dev/null")
    for option in ("compile", "-o"), ("measure", "--csv"):
        assert "name of the file" in complaint(
            option[0], models["majority"], "-n", 4, option[1], ""
        )


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["compile"],
        ["compile", "MODEL"],
        ["compile", "MODEL", "-n", "0"],
        ["compile", "MODEL", "-n", "4", "--basis", "xor"],
        ["compile", "MODEL", "-n", "4", "--basis", "xag,aig"],
        ["compile", "MODEL", "-n", "4", "--attention", "sparsemax"],
        ["compile", "MODEL", "-n", "4", "--gap-bits", "4"],
        ["compile", "MODEL", "-n", "4", "--attention", "softmax", "--gap-bits", "17"],
        ["compile", "MODEL", "-n", "4", "--attention", "softmax", "--weight-bits", "i"],
        ["check", "MODEL", "-n", "4", "--agree", "99"],
        ["check", "MODEL", "-n", "4", "--agree", "101%"],
        ["check", "MODEL", "-n", "4", "--agree", "x%"],
        ["compile", "MODEL", "-n", "4", "--max-bits", "0"],
        ["compile", "MODEL", "-n", "5000", "--bits", "auto"],
        ["measure", "MODEL", "-n", "1:99999999"],
        ["measure", "MODEL", "-n", "4", "--csv", "/nowhere/m.csv"],
        ["measure", "MODEL", "-n", "4", "--csv", "/dev/full"],
        ["measure", "MODEL", "-n", "4", "--optimize", "speed"],
        ["check", "MODEL", "-n", "4", "--samples", "0"],
        ["run", "MODEL"],
        ["info", "MODEL", "--frobnicate"],
        ["info", "missing\x1b[31m.json"],
    ],
)
def test_bad_usage_is_one_sentence(models: dict[str, str], arguments: list[str]) -> None:
    sentence = complaint(*(models["majority"] if a == "MODEL" else a for a in arguments))
    assert "\x1b" not in sentence


@pytest.mark.slow
def test_streams_and_codes_of_a_process(models: dict[str, str]) -> None:
    good = process("run", models["majority"], "-", "--json", stdin=b"011\n001\n")
    assert (good.returncode, good.stderr) == (0, b"")
    assert [row["circuit"] for row in json.loads(good.stdout)["rows"]] == [1, 0]
    failed = process("check", models["majority"], "-n", "5", "--bits", "1", "--basis", "xag")
    assert (failed.returncode, failed.stderr) == (1, b"")
    assert b"first on '00111'" in failed.stdout
    bad = process("run", models["majority"], "-", stdin=b"0a\n")
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert bad.stderr.count(b"\n") == 1


def test_standard_input_that_is_closed(models: dict[str, str]) -> None:
    """Fault 13."""
    done = shell(f"run {models['majority']} - <&-")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"circuitsim: standard input is closed")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_output_that_is_closed_is_not_written(
    models: dict[str, str], tmp_path: Path, closed: str
) -> None:
    """Fault 13: quiet, and files get nothing that was meant for a stream."""
    for line, code in [
        (f"run {models['majority']} 0110", 0),
        (f"info {models['majority']}", 0),
        (f"run {models['majority']} 01x", 2),
        (f"compile {models['majority']} -n 4 -o {tmp_path / 'c.npz'}", 0),
    ]:
        done = shell(f"{line} {closed}")
        assert done.returncode == code, (line, done.stderr)
        assert code == 2 or done.stderr == b""
        assert b"NoneType" not in done.stderr
    assert load(tmp_path / "c.npz").inputs == 4


def shell(line: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        ["bash", "-c", f"{PROGRAM} {line}"], capture_output=True, timeout=120, check=False
    )


def completed(*words: str, folder: Path) -> list[str]:
    """What the program answers bash, which has split the line into these words; the last is at the cursor."""
    asked = {"COMP_WORDS": " ".join(["circuitsim", *words]), "COMP_CWORD": str(len(words))}
    environment = {**os.environ, **asked, "_CIRCUITSIM_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [PROGRAM], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_shell_completes_what_the_program_knows(tmp_path: Path) -> None:
    """Fault 10."""
    (tmp_path / "in.txt").write_text("01")
    (tmp_path / "inner").mkdir()
    for line in (
        ["compile", "exa"],
        ["info", ""],
        ["compile", "m.pt", "-n", "4", "-o", "/tm"],
    ):
        assert completed(*line, folder=tmp_path) == [f"file,{line[-1]}"]
    bases = ["plain,xag", "plain,aig", "plain,ac0", "plain,tc0"]
    assert completed("compile", "m.pt", "--basis", "", folder=tmp_path) == bases
    assert completed("compile", "m.pt", "--basis", "=", folder=tmp_path) == bases
    assert completed("compile", "m.pt", "--basis", "=", "x", folder=tmp_path) == bases[:1]
    assert completed("check", "m.pt", "--basis", "xag,a", folder=tmp_path) == [
        "plain,xag,aig",
        "plain,xag,ac0",
    ]
    assert completed("run", "m.pt", "--attention", "hard", folder=tmp_path) == [
        "plain,hard-left",
        "plain,hard-right",
    ]
    assert completed("run", "m.pt", "@in", folder=tmp_path) == [
        "plain,@in.txt",
        "plain,@inner/",
    ]
    assert completed("run", "zoo", folder=tmp_path) == ["plain,zoo:"]
    assert "plain,index-lookup" in completed("run", "zoo", ":", "ind", folder=tmp_path)
    assert "plain,index-lookup" in completed("run", "zoo", ":", folder=tmp_path)
    assert (
        completed("run", "zoo:index-l", folder=tmp_path)[0] == "plain,zoo:index-lookup"
    )  # as zsh and fish ask
    assert "plain,match2" in completed("separations", "mat", folder=tmp_path)
    assert "plain,compile" in completed("com", folder=tmp_path)


def test_arguments_that_are_no_text(models: dict[str, str]) -> None:
    done = subprocess.run(
        [os.fsencode(PROGRAM), b"run", os.fsencode(models["majority"]), b"0\xff"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"circuitsim: ")
    assert b"Traceback" not in done.stderr


def test_a_full_disk_under_standard_output(models: dict[str, str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [PROGRAM, "info", models["majority"]],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"circuitsim: No space left on device.\n"


@pytest.mark.slow
def test_a_reader_that_goes_away(models: dict[str, str]) -> None:
    command = (
        f"{PROGRAM} measure {models['majority']} -n 1:300 | head -2; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, timeout=600, check=False
    )
    assert done.returncode == 141
    assert done.stdout.count(b"\n") == 2
    assert done.stderr == b""


@pytest.mark.slow
def test_an_interrupt_keeps_the_rows_that_are_done(
    models: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "m.csv"
    command = [
        str(PROGRAM),
        "measure",
        models["thirds"],
        "-n",
        "1:4,100000:109000:+1",
        "--csv",
        str(path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(6)]
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        rest, complaints = running.communicate(timeout=600)
    assert running.returncode == 130
    assert lines[-1].split()[0] == b"4"
    done = 4 + len(
        list(takewhile(bool, rest.splitlines()))
    )  # fits follow, after a blank line
    assert complaints == f"circuitsim: interrupted after {done} of 9005 lengths.\n".encode()
    assert len(path.read_text().splitlines()) == 1 + done


INTERRUPT = (
    "import os, signal, sys\ndef interrupt():\n    os.kill(os.getpid(), signal.SIGINT)\n"
)
LOST = """
import circuitsim.analysis.growth.growth as growth
measured = growth.row
def row(*given):
    try:
        interrupt()
    except KeyboardInterrupt:
        pass
    return measured(*given)
growth.row = row
"""
AS_SYSTEM_ERROR = """
import circuitsim.analysis.growth.growth as growth
def row(*given):
    try:
        interrupt()
    except KeyboardInterrupt as error:
        raise SystemError("CPUDispatcher returned a result with an exception set") from error
growth.row = row
"""
DROPPED = """
import circuitsim.analysis.growth.growth as growth
measured = growth.row
class Dropping:
    def __del__(self):
        interrupt()
def row(*given):
    Dropping()
    return measured(*given)
growth.row = row
"""
IN_AN_IMPORT = """
class Finder:
    def find_spec(self, name, *given):
        if name == "circuitsim.cli.entry":
            interrupt()
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.slow
@pytest.mark.parametrize("where", [LOST, AS_SYSTEM_ERROR, DROPPED, IN_AN_IMPORT])
@pytest.mark.parametrize("verb", ["compile", "measure"])
def test_no_interrupt_is_lost(
    models: dict[str, str], tmp_path: Path, where: str, verb: str
) -> None:
    to = ["-n", "4", "-o", str(tmp_path / "c.npz")] if verb == "compile" else ["-n", "4"]
    code = f"{INTERRUPT}{where}from circuitsim.cli import main; main()"
    command = [sys.executable, "-c", code, verb, models["majority"], *to]
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    assert done.returncode == 130
    assert done.stderr.startswith(b"circuitsim: interrupted")
    assert done.stderr.count(b"\n") == 1
    assert not list(tmp_path.iterdir())


def test_compiled_code_that_was_interrupted(
    models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: object) -> None:
        raise SystemError(
            "<built-in function> returned a result with an exception set"
        ) from KeyboardInterrupt()

    monkeypatch.setattr("circuitsim.analysis.growth.growth.row", interrupted)
    assert complaint("measure", models["majority"], "-n", 4, code=130) == "interrupted."


def test_a_bug_is_called_one(models: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*given: object) -> None:
        raise AssertionError("no such\nthing")

    monkeypatch.setattr("circuitsim.analysis.growth.growth.row", wrong)
    monkeypatch.delenv("CIRCUITSIM_TRACEBACK", raising=False)
    sentence = complaint("measure", models["majority"], "-n", 4, code=70)
    assert sentence.startswith("AssertionError (no such thing): this is a bug in circuitsim.")
    assert "CIRCUITSIM_TRACEBACK=1" in sentence
    monkeypatch.setenv("CIRCUITSIM_TRACEBACK", "1")
    result = invoke("measure", models["majority"], "-n", 4)
    assert result.exit_code == 70
    assert "Traceback" in result.stderr
    for page in (succeed("--help"), reference()):
        assert all(word in page for word in ("70", "130", "CIRCUITSIM_TRACEBACK"))


def test_the_oldest_click_has_no_error_for_no_arguments(
    models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("click.exceptions.NoArgsIsHelpError", raising=False)
    assert "missing.json" in complaint("info", "missing.json")
    assert invoke().exit_code == 2


def test_memory_that_is_not_there_is_one_sentence(
    models: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_memory(*given: object) -> None:
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr("circuitsim.analysis.growth.growth.row", out_of_memory)
    assert "out of memory" in complaint("measure", models["majority"], "-n", 4)
