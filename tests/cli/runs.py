"""Running the program in this process or in its own, and small models in files."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from circuitsim.cli.entry import program as main
from click.testing import CliRunner, Result

from circuitsim.models.files.json_model import save_json
from circuitsim.models.model import Head, Layer, Model, Readout

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("circuitsim")


def majority() -> Model:
    """More ones than zeros: the mean of the letters is above 1/2."""
    head = Head(query=[[0, 0]], key=[[0, 0]], value=[[1, 0]], output=[[1], [0]])
    return Model(
        vocabulary=("0", "1"),
        embedding={"0": [0, 1], "1": [1, 1]},
        layers=(Layer((head,), residual=False),),
        readout=Readout([1, 0], ["-1/2"]),
        bits="log2(n)+2",
        name="majority",
    )


def thirds() -> Model:
    """Three letters of two characters, read at each position, with a position that is irrational."""
    head = Head(query=[[0, 0]], key=[[0, 0]], value=[[1, 0]], output=[[1], [0]])
    return Model(
        vocabulary=("aa", "bb", "cc"),
        embedding={"aa": [0, 1], "bb": [1, 1], "cc": [0, -1]},
        positions=["i/n", "cos(i)"],
        layers=(Layer((head,), residual=True),),
        readout=Readout([[1, 0], [0, 1], [1, 1]], [-1, 0, 0], "each"),
        bits="6",
        name="thirds",
    )


def write_models(folder: Path) -> dict[str, str]:
    """Paths of the models above, and of one with softmax, by name."""
    models = {
        "majority": majority(),
        "thirds": thirds(),
        "softmax": majority().with_attention("softmax"),
    }
    for name, model in models.items():
        save_json(model, folder / f"{name}.json")
    return {name: str(folder / f"{name}.json") for name in models}


def invoke(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def succeed(*arguments: object, stdin: bytes | None = None, code: int = 0) -> str:
    """Standard output of a command that must end with `code` and no word on standard error."""
    result = invoke(*arguments, stdin=stdin)
    assert result.exit_code == code, result.output
    assert result.stderr == ""
    return result.stdout


def answer(*arguments: object, stdin: bytes | None = None, code: int = 0) -> dict[str, Any]:
    """The JSON object of a command: one line, nothing else."""
    text = succeed(*arguments, "--json", stdin=stdin, code=code)
    assert text.count("\n") == 1
    found = json.loads(text, parse_constant=lambda name: 1 / 0)
    assert isinstance(found, dict)
    return found


def complaint(*arguments: object, code: int = 2) -> str:
    """The one sentence of a command that must fail: nothing on standard output, one line on standard error."""
    result = invoke(*arguments)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("circuitsim: ")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith((".\n", "?\n"))
    return result.stderr.removeprefix("circuitsim: ").strip()


def process(
    *arguments: object, stdin: bytes = b"", **options: Any
) -> subprocess.CompletedProcess[bytes]:
    command = [str(PROGRAM), *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, timeout=600, check=False, **options
    )
