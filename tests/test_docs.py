"""Every command and every line of Python in README and docs runs, and prints what the page says.

`UPDATE_DOCS=1 pytest tests/test_docs.py` writes the outputs into the pages instead.
"""

import os
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from tests.cli.runs import invoke

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CONSOLE = re.compile(r"```console\n(.*?)```", re.S)
TRAINED = re.compile(r"```text\n(\$ .*?)```", re.S)
PYTHON = re.compile(r"```python\n(.*?)```", re.S)
TINY = re.compile(r"\d(\.\d+)?e-\d+")  # float64 rounding differs between machines


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "examples", place / "examples")
    return place


def run(line: str, folder: Path) -> str:
    """What a command prints, without the times it took."""
    program, *arguments = line.split()
    if program == "python":
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return (done.stdout + done.stderr).strip("\n")
    assert program == "circuitsim", (
        f"a console block runs circuitsim or a script of the examples, not {program}"
    )
    with chdir(folder):
        done = invoke(*arguments)  # in this process, where kernels are loaded once
    said = [
        line
        for line in done.stderr.splitlines(keepends=True)
        if "compiling kernels" not in line
    ]  # the first run's
    return timeless(done.stdout + "".join(said))


def python(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder with the examples."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def timeless(text: str) -> str:
    """Without the line of seconds, or the column, which ends with its table."""
    lines, cut = [], None
    for line in text.splitlines():
        if re.match(r"seconds\s", line):
            continue
        if not line:
            cut = None
        if line.endswith("  seconds"):
            cut = len(line.removesuffix("  seconds"))
        lines.append(line[:cut].rstrip() if cut else line.rstrip())
    return "\n".join(lines).strip("\n")


def blocks(page: Path) -> list[str]:
    return CONSOLE.findall(page.read_text())


CASES = [(page, block) for page in PAGES for block in blocks(page)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "block"), CASES, ids=[f"{p.name}:{b.splitlines()[0][2:60]}" for p, b in CASES]
)
def test_consoles_print_what_the_page_says(page, block, folder):
    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
    said = [(parts[i], parts[i + 1].strip("\n")) for i in range(0, len(parts), 2)]
    assert said, "a console block begins with $"
    printed = [(line, run(line, folder)) for line, _ in said]
    if os.environ.get("UPDATE_DOCS"):
        new = "\n".join(f"$ {line}\n{text}\n" for line, text in printed)
        page.write_text(page.read_text().replace(block, new))
        return
    for (line, expected), (_, text) in zip(said, printed, strict=True):
        assert TINY.sub("tiny", text) == TINY.sub("tiny", expected), f"$ {line}"


TRAININGS = [(page, block) for page in PAGES for block in TRAINED.findall(page.read_text())]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "block"), TRAININGS, ids=lambda value: str(value)[-20:])
def test_trainings_print_what_the_page_says_but_for_numbers(page, block, folder):
    """Of trained nets numbers differ between machines, words do not."""
    pytest.importorskip("torch")

    def words(text):
        return re.sub(r"[0-9][0-9.,e-]*", "#", " ".join(text.split()))

    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
    assert parts, "a block of trainings begins with $"
    for line, expected in zip(parts[::2], parts[1::2], strict=True):
        assert words(run(line, folder)) == words(expected), f"$ {line}"


WITH_PYTHON = [p for p in PAGES if PYTHON.search(p.read_text())]


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda p: p.name)
def test_python_blocks_run(page, folder):
    code = "\n".join(PYTHON.findall(page.read_text()))
    done = python(code, folder)
    assert done.returncode == 0, done.stderr
