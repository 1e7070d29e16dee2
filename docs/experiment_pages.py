"""docs/experiments.md and its figures, from the stored results of runs at the default size.

circuitsim experiment NAME --out DIR
python docs/experiment_pages.py keep NAME DIR
python docs/experiment_pages.py page docs
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from circuitsim.experiments import report
from circuitsim.experiments.experiment import (
    Done,
    Experiment,
    Outcome,
    Point,
    canonical,
    named,
)
from circuitsim.experiments.table import experiments

STORED = Path(__file__).parent / "experiments"
UNSAID = ("rungs",)  # of results: what the page does not quote
DIGITS = 6  # of stored numbers

START = """# The papers' experiments

Written by `python docs/experiment_pages.py page docs` from the stored results of `circuitsim experiment NAME`, in
`docs/experiments/`; a test compares. Each is of the default size, which takes minutes; `--size paper` is as
the paper has it, and says first how many hours that takes. Training runs are determined by their seed, on one machine.

After training, the best model is compiled as it is, its softmax rounded to whole numbers
([model-format.md](model-format.md#softmax-in-whole-numbers)), at the least fraction bits with which 200 inputs are
decided as by the exact model. *circuit = integer* compares the flat circuit with the integer model, bit for bit, on
strings of all kinds; a circuit of more than 64 million wires is measured without building it. *Decisions kept* are
those that the integer model decides as the exact model does, and *answers right* those that are the task's, both on
legal inputs, half of them hard. Beside it stands the zoo's construction ([zoo.md](zoo.md)) on the same wires. Where a
paper's inputs are real vectors, the circuit's are restricted to signs: a vector is + or - one unit vector, and the
answer is read along it.

What agrees is computed from the numbers by the rule that stands beside it.
"""


def page() -> str:
    """The page, in Markdown."""
    return "\n".join([START, *(section(one, *stored(one)) for one in kept())])


def kept() -> list[Experiment]:
    """The experiments that have stored results."""
    return [one for one in experiments() if file_of(one.name).exists()]


def file_of(name: str) -> Path:
    """Where the results of an experiment are stored."""
    return STORED / f"{name}.jsonl"


def section(one: Experiment, points: list[Done], circuits: list[Done]) -> str:
    """One experiment: setting, figure, tables, and what agrees."""
    summary = named(one.summary)(points, circuits)
    size, paper = one.size("default"), one.size("paper")
    return (
        f"## {one.name}\n\n{one.question} {one.source}.\n\n"
        f"**Setting.** {one.protocol} Default size: {len(size.settings)} training runs, about {size.minutes:g} minutes"
        f" on one core; the paper's: {len(paper.settings)}, about {paper.minutes / 60:.1f} hours.\n\n"
        f"**Published.** {one.published}\n\n![{one.name}](pictures/experiment-{one.name}.svg)\n\n"
        f"{report.markdown(summary)}"
    )


def stored(one: Experiment) -> tuple[list[Done], list[Done]]:
    """The stored points of an experiment, and those of circuits."""
    lines = file_of(one.name).read_text(encoding="utf-8").splitlines()
    found: tuple[list[Done], list[Done]] = ([], [])
    for line in map(json.loads, lines):
        point = Point(one.name, one.version, one.run, line["setting"])
        found["circuit" in line["setting"]].append(Done(point, Outcome(line["result"]), 0))
    return found


def lines(done: list[Done]) -> Iterator[str]:
    """Points as they are stored, without what is not quoted."""
    for one in done:
        result = {key: value for key, value in one.result.items() if key not in UNSAID}
        yield canonical({"setting": dict(one.setting), "result": rounded(result)}) + "\n"


def rounded(value: Any) -> Any:
    """A result with numbers of few digits."""
    if isinstance(value, float):
        return report.significant(value, DIGITS)
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


@click.group()
def main() -> None:
    """Write the page of experiments."""


@main.command("keep")
@click.argument("name")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def _keep(name: str, folder: Path) -> None:
    """Store what the page quotes of a run at the default size in FOLDER; what is missing there is run."""
    from circuitsim.execution import Place
    from circuitsim.experiments.running import run
    from circuitsim.experiments.store import opened
    from circuitsim.experiments.table import experiment

    one = experiment(name)
    with opened(folder) as store:
        found = run(one, one.size("default"), store, Place(), lambda text: None)
    STORED.mkdir(exist_ok=True)
    text = "".join(lines([*found.points, *found.circuits]))
    file_of(name).write_text(text, encoding="utf-8")


@main.command("page")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def _page(folder: Path) -> None:
    """Write experiments.md into FOLDER, and its figures into FOLDER/pictures."""
    (folder / "experiments.md").write_text(page(), encoding="utf-8")
    for one in kept():
        panels = named(one.summary)(*stored(one)).panels
        report.draw(panels, folder / "pictures" / f"experiment-{one.name}.svg")


if __name__ == "__main__":
    main()
