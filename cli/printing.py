"""How results look: JSON objects, aligned columns, lists of facts; and a status line for terminals only."""

import dataclasses
import json
import math
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Self

import click

from . import interrupts

MOST_CELL = 60  # characters of a cell


def print_json(result: dict[str, Any]) -> None:
    """One JSON object on one line; dataclasses become objects, numbers that JSON has not become null."""
    click.echo(json.dumps(_plain(result), allow_nan=False))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def softmax_words(gap_bits: int | None, weight_bits: int | None) -> str | None:
    """How softmax is rounded, where there is any."""
    if gap_bits is None:
        return None
    return f"gaps of {gap_bits} fraction bits, weights of {weight_bits} bits"


def clean(text: object) -> str:
    """Text from a file or a user, with what would move the cursor or change colours written out."""
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)


def shorten(text: str) -> str:
    """A cell that keeps lines readable: the start and the end of a long text."""
    return text if len(text) <= MOST_CELL else f"{text[: MOST_CELL - 18]}...{text[-15:]}"


def number(value: int) -> str:
    """A whole number with separators."""
    return f"{value:,}"


class Columns:
    """Lines in columns, printed as they come: widths are known before the rows are.

    Args:
        titles: of the columns. A title that starts with "<" is aligned to the left.
        widths: least widths; wider cells push what follows to the right.
    """

    def __init__(self, titles: Sequence[str], widths: Sequence[int]) -> None:
        self.left = [title.startswith("<") for title in titles]
        self.titles = [title.removeprefix("<") for title in titles]
        self.widths = [max(len(t), w) for t, w in zip(self.titles, widths, strict=True)]
        sides = zip(self.widths, self.left, strict=True)
        self.layout = "  ".join(f"%{'-' if left else ''}{width}s" for width, left in sides)
        self.started = False

    def row(self, cells: Iterable[object], **style: Any) -> None:
        """Print one row, and the titles before the first."""
        self._start()
        line = self._line([clean(cell) for cell in cells])
        click.echo(click.style(line, **style) if style else line)

    def rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Print many rows at once, of texts that are clean."""
        self._start()
        if lines := [self._line(row) for row in rows]:
            click.echo("\n".join(lines))

    def _start(self) -> None:
        if not self.started:
            self.started = True
            click.echo(click.style(self._line(self.titles), bold=True))

    def _line(self, cells: Sequence[str]) -> str:
        return (self.layout % tuple(cells)).rstrip()


def print_table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A whole table, as wide as its cells."""
    cells = [[clean(cell) for cell in row] for row in rows]
    columns = Columns(
        titles, [max([0, *(len(row[i]) for row in cells)]) for i in range(len(titles))]
    )
    columns.rows(cells)


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Names and values, one a line; values of None are left out."""
    shown = [(name, clean(value)) for name, value in facts if value is not None]
    width = max(len(name) for name, _ in shown)
    for name, value in shown:
        click.echo(f"{name.ljust(width)}  {value}".rstrip())


def say_compiling() -> None:
    """Why nothing happens for a while; the status line, if there is one, is wiped."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[2K", nl=False, err=True, color=True)
    click.echo("circuitsim: compiling kernels (first run only) ...", err=True)


class Status:
    """What is being done, on one line of standard error that is wiped again; silent unless that is a terminal."""

    def __init__(self) -> None:
        self.shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.clear()

    def __call__(self, text: str) -> None:
        """Show a text in place of the last one; the end of a step, so that a lost interrupt is found here."""
        interrupts.check()
        if sys.stderr.isatty():
            room = shutil.get_terminal_size().columns - 1
            click.echo(f"\r\x1b[2K{clean(text)[:room]}", nl=False, err=True, color=True)
            self.shown = True

    def clear(self) -> None:
        """Wipe the line, before a result is printed."""
        if self.shown:
            click.echo("\r\x1b[2K", nl=False, err=True, color=True)
            self.shown = False
