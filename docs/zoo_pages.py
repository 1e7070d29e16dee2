"""docs/zoo.md and docs/separations.md from the code.

    python docs/zoo_pages.py zoo > docs/zoo.md
    python docs/zoo_pages.py separations docs

The first is fast. The second measures (or takes from disk what was measured), and writes the page and its figures.
"""

import inspect
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from circuitsim.analysis.separations.key_widths import KeyFit
    from circuitsim.analysis.separations.rows import Row
    from circuitsim.analysis.separations.separations import Separation
    from circuitsim.analysis.separations.squeezing import Squeezed

LENGTHS = (8, 16, 32, 64, 128, 256)

ZOO = """# The zoo: tasks, and models that solve them

Written by `python docs/zoo_pages.py zoo > docs/zoo.md` from the code; a test says when it is stale.

Wherever a command takes a MODEL, `zoo:NAME` or `zoo:NAME:option=value,...` is a model of the zoo, at every length the
one that the construction gives for it. `circuitsim zoo list` prints what is below, `circuitsim zoo check` tries the
models against the definitions, and `circuitsim zoo export NAME -n 16 -o FILE` writes one as JSON
([model-format.md](model-format.md)).

    circuitsim run zoo:index-lookup "a b a 1"
    circuitsim check zoo:k-hop:k=3 -n 1:4 --exhaustive
    circuitsim measure zoo:q-sparse-averaging:q=3,keys=one-hot -n 8:64:*2

A task is a plain definition in Python (`circuitsim/zoo/tasks/`), which is the truth that models are tried against; its
inputs as the paper draws them; and adversarial ones. Options are those of the task, then those of the construction.

"""

WIDTH = """Width is that of the residual stream in a transformer; of a recurrent net, the cells of its state; of a fully
connected net, the units of its first layer. The options `width`, `cells`, `heads` and `layers` make a model smaller
than its task needs: 0 is as much as is needed. Of a transformer, the option `width` is how many coordinates its head
gathers. The tables of [separations.md](separations.md) compare the widths of heads in place of the stream's.

"""

SEPARATIONS = """# Separations: what each architecture needs

Written by `python docs/zoo_pages.py separations docs` from what `circuitsim separations`
prints at its own lengths, n = 8 to 256, doubling; a model that is not made so large has fewer rows. A test
compares the rows of the shortest.

Each row is a concrete model that solves the task ([zoo.md](zoo.md)), measured:

- **width** is m: the largest dimension of keys and values, of a state, or of a first layer; the stream's is in zoo.md.
- **bits** are the least fraction bits with which the integer model decides rightly, found by trying: on all inputs
  where they are at most 2^16, else on 400 drawn and adversarial ones. That is evidence for these inputs, not a proof.
- **cut bits** are the bits that cross the papers' partition of the positions, itemised as their proofs do: of a
  recurrent net its state, m p; of one layer of attention the embedding of the query, the largest scores, the
  normalisers and the partial sums; where one token asks and Alice holds it alone, its query, m p; of a fully connected
  net the rank of its first layer times the bits of a number. Two layers of attention have no such bound (2406.09347,
  appendix F.4), nor have keys that are pairs of positions: there is no figure. p is the bits of the widest number
  that crosses; numbers count the values they can take.
- **size and depth** are of the circuit in xag (fan-in 2) and tc0 (thresholds), measured without building it.
- **bound** is the papers' lower bound at this n, with its theorem. "recalled" says that its constant is not the
  paper's: it is from memory, or counted on the proof's own gadget, or 1 where the paper gives none.

A model is then **squeezed**: fewer cells, less width, fewer heads or layers, or one bit less, until it first answers
an input wrongly; the command that shows it is beside it. Where the proof's gadget is small enough to enumerate, the
messages that Alice must be able to send are counted from the task's definition, and beside them the distinct messages
that the model sends: a model of that architecture with fewer must fail, whatever its weights.
Squeezing goes on past the first failure until the messages sent are too few, where they ever are.

"""


def zoo_page() -> str:
    """The page of tasks and models, in Markdown."""
    from circuitsim.zoo.catalogue import ENTRIES
    from circuitsim.zoo.tasks.catalogue import TASKS

    parts = [ZOO, "## Tasks\n\n"]
    cells = [
        [
            f"`{t.name}`",
            t.question,
            _options({f.name: f.default for f in fields(t)}),
            t.lengths,
            t.source,
        ]
        for t in TASKS.values()
    ]
    parts.append(table(["task", "question", "options", "lengths", "source"], cells))
    parts.append("\n## Models\n\n" + WIDTH)
    cells = [
        [f"`zoo:{e.name}`", e.architecture, e.layers, e.heads, e.width, _options(e.defaults)]
        for e in ENTRIES.values()
    ]
    parts.append(
        table(["model", "architecture", "layers", "heads", "width", "options"], cells)
    )
    parts.append("\n## How they work\n")
    for entry in ENTRIES.values():
        choices = "".join(
            f" `{name}` is one of {', '.join(map(str, known))}."
            for name, known in entry.choices.items()
        )
        said = prose(inspect.getdoc(entry.make) or "")
        parts.append(
            f"\n**`zoo:{entry.name}`** ({entry.source}). {said}{choices}".rstrip() + "\n"
        )
    return "".join(parts)


def prose(docstring: str) -> str:
    """A docstring on one line, up to its first section, such as "Args:"."""
    told = re.split(
        r"^(?:(?:Args|Attributes|Raises|Returns):$|Source:)",
        docstring,
        maxsplit=1,
        flags=re.MULTILINE,
    )[0]
    return " ".join(told.split())


def separations_page(
    separations: "Iterable[Separation]",
    rows: "Sequence[Row]",
    squeezed: "Sequence[Squeezed]",
    keys: "KeyFit",
) -> str:
    """The page of separations, in Markdown, with pictures that stand in pictures/."""
    parts = [SEPARATIONS]
    for one in separations:
        parts.append(
            f"## {one.name}\n\n{one.claim}\n\n![{one.name}](pictures/separation-{one.name}.svg)\n\n"
        )
        mine = [row for row in rows if row.task == one.name]
        parts.append(table(list(COLUMNS), [row_cells(row) for row in mine]))
        for said in dict.fromkeys(_bound(row) for row in mine if row.lower_bound is not None):
            parts.append(f"\n{said}\n")
        for found in squeezed:
            if found.task == one.name:
                parts.append(f"\n{_squeezed(found)}\n")
        if one.name == "q-sparse-averaging":
            parts.append(f"\n{_keys(keys)}")
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


COLUMNS = ("architecture", "n", "layers", "heads", "width", "bits", "cut bits", "parameters", "xag size", "depth",
           "tc0 size", "depth", "bound")  # fmt: skip


def row_cells(row: "Row") -> list[str]:
    """The cells of one row."""
    from circuitsim.analysis.separations.rows import MEASURED

    label = row.architecture + (f", {row.variant}" if row.variant else "")
    numbers: list[Any] = [
        row.n,
        row.layers,
        row.heads,
        row.width,
        row.bits,
        row.cut_bits,
        f"{row.parameters:,}",
    ]
    for basis in MEASURED:
        numbers += (
            [f"{row.size[basis]:,}", row.depth[basis]] if basis in row.size else ["-", "-"]
        )
    numbers.append("-" if row.lower_bound is None else f"{row.lower_bound:.4g}")
    return [label, *("-" if number is None else str(number) for number in numbers)]


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    lines += [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def _keys(keys: "KeyFit") -> str:
    from circuitsim.cli.separation_text import key_table, key_words

    titles, rows = key_table(keys)
    cells = [list(map(str, row)) for row in rows]
    text = (
        "Least width m of random sign keys, for 300 random sets, the best of three draws:\n\n"
    )
    return f"{text}{table(titles, cells)}\nThe {key_words(keys)}.\n"


def _bound(row: "Row") -> str:
    note = f" {row.note}" if row.note else ""
    said = f"Bound for the {row.architecture}: {row.formula}, {row.theorem} of {row.source} (constant: {row.constant})."
    return said + note


def _squeezed(found: "Squeezed") -> str:
    from circuitsim.cli.separation_text import alike, too_few

    text = (
        f"`{found.address}` at n = {found.n} is right with {found.option} = {found.works} and wrong with {found.fails}"
        f" (on {'all' if found.exhaustive else 'drawn'} {found.inputs:,} inputs):\n\n    {found.replay}\n"
    )
    if found.needed is not None and found.sent is not None:
        text += (
            f"\nBy the {found.gadget} gadget Alice needs {found.needed:,} messages; the model sends {found.sent:,},"
            f" squeezed {found.sent_less:,}{too_few(found)}.\n"
        )
    if found.alike:
        said = alike(found)
        text += f"\n{said[0].upper()}{said[1:]}:\n\n" + "".join(
            f"    {one}\n" for one in found.alike
        )
    return text


def _options(given: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items()) or "-"


@click.group()
def main() -> None:
    """Write the pages of the zoo."""


@main.command("zoo")
def _zoo() -> None:
    """Print docs/zoo.md."""
    click.echo(zoo_page(), nl=False)


@main.command("separations")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def _separations(folder: Path) -> None:
    """Write separations.md into FOLDER, and its figures into FOLDER/pictures."""
    from circuitsim.cli.options import cores
    from circuitsim.cli.printing import Status
    from circuitsim.cli.separations import Work

    from circuitsim.analysis.separations.pictures import separation_figure
    from circuitsim.analysis.separations.separations import SEPARATIONS as KNOWN

    work = Work(LENGTHS, 0, False, True)
    with Status() as status:
        work.measure([*KNOWN.values()], cores(), status)
    for one in KNOWN.values():
        mine = [row for row in work.rows if row.task == one.name]
        separation_figure(one, mine, folder / "pictures" / f"separation-{one.name}.svg")
    assert work.keys is not None
    page = separations_page(KNOWN.values(), work.rows, work.squeezed, work.keys)
    (folder / "separations.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
