"""Input strings as arguments give them: as they are, `-` for lines of standard input, `@FILE` for lines of a file.

Lines are read in blocks, so that a file may be larger than memory. What begins with @ itself is written with @@; lines
of files are taken as they are.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from circuitsim.errors import CircuitSimError, InputError, LimitError

BLOCK = 2**18  # letters that are run together, and bytes that are read at once
LONGEST_LINE = 2**26  # bytes
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass
class Block:
    """Some inputs in a row, and where they stand.

    `runs` are lines that follow one another: index of the first, its file (None: an argument), its number from 1.
    """

    texts: list[str] = field(default_factory=list)
    runs: list[tuple[int, str | None, int]] = field(default_factory=list)
    letters: int = 0

    def add(self, texts: list[str], source: str | None = None, number: int = 0) -> None:
        """Add lines that follow one another."""
        self.runs.append((len(self.texts), source, number))
        self.texts += texts
        self.letters += sum(map(len, texts)) + len(texts)

    @contextmanager
    def at(self, index: int) -> Iterator[None]:
        """Put file and line before what is wrong with an input."""
        try:
            yield
        except CircuitSimError as error:
            first, source, number = next(
                run for run in reversed(self.runs) if run[0] <= index
            )
            if source is None:
                raise
            raise type(error)(f"{source}, line {number + index - first:,}: {error}") from None


class Inputs:
    """All input strings in the order of the arguments, in blocks.

    Empty lines of files are no inputs, nor are blank ones unless `blanks` are letters.

    Raises:
        InputError: a file cannot be read or is not UTF-8, or there is no input.
        LimitError: a line is longer than 64 MiB.
    """

    def __init__(self, arguments: Sequence[str], blanks: bool = False) -> None:
        self.arguments, self.blanks = arguments, blanks
        self.read, self.size = 0, 0  # bytes of the file at hand

    def __iter__(self) -> Iterator[Block]:
        block, found = Block(), False
        for texts, source, number in self._lines():
            block.add(texts, source, number)
            if block.letters >= BLOCK:
                yield block
                block, found = Block(), True
        if block.texts:
            yield block
        elif not found:
            raise InputError(
                "no input given: give strings, - to read lines from standard input, or @FILE."
            )

    def progress(self) -> str:
        """How much of a file has been read, where that can be said."""
        return (
            f", {min(self.read, self.size) / self.size:.0%} of the file" if self.size else ""
        )

    def _lines(self) -> Iterator[tuple[list[str], str | None, int]]:
        """Lines that follow one another, their file, and the number of the first."""
        for argument in self.arguments:
            if argument == "-":
                if sys.stdin is None:
                    raise InputError(
                        "standard input is closed, and - reads lines from it; give strings or @FILE."
                    )
                yield from self._of_file(sys.stdin.buffer, "standard input")
            elif argument.startswith("@@"):
                yield [argument[1:]], None, 0
            elif argument == "@":
                raise InputError(
                    "@ needs the name of a file of inputs after it; @@ is the input that is one @."
                )
            elif argument.startswith("@"):
                path = Path(argument[1:])
                with _readable(str(path)):
                    file = path.open("rb")
                with file:
                    yield from self._of_file(file, str(path))
            else:
                yield [argument], None, 0

    def _of_file(
        self, file: BinaryIO, where: str
    ) -> Iterator[tuple[list[str], str | None, int]]:
        self.read, self.size = 0, _size(file)
        number = 1
        for piece in self._pieces(file, where):
            try:
                text = piece.decode("utf-8")
            except UnicodeDecodeError as error:
                before = _rows(piece[: error.start].decode("utf-8"))
                raise InputError(
                    f"{where}, line {number + len(before) - 1:,}: not UTF-8 text."
                ) from None
            rows = _rows(text)
            if rows[-1] == "":
                rows.pop()  # what follows the last line's end is the next piece
            start = 0
            for end in (*self._blank(rows), len(rows)):
                if end > start:
                    yield rows[start:end], where, number + start
                start = end + 1
            number += len(rows)
        self.read = self.size = 0

    def _blank(self, rows: list[str]) -> list[int]:
        """Which lines are no inputs."""
        if "" not in rows and (self.blanks or not any(map(str.isspace, rows))):
            return []
        return [
            index
            for index, row in enumerate(rows)
            if not row or (not self.blanks and row.isspace())
        ]

    def _pieces(self, file: BinaryIO, where: str) -> Iterator[bytes]:
        """The file in pieces that end where a line does."""
        rest: list[bytes] = []
        waiting, lines = 0, 0
        while data := _read(file, where):
            data = data if self.read else data.removeprefix(BYTE_ORDER_MARK)
            self.read += len(data)
            # A carriage return at the very end may be half of a line's end.
            end = 1 + max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1))
            if end:
                piece = b"".join([*rest, data[:end]])
                lines += piece.count(b"\n") or piece.count(b"\r")
                yield piece
                rest, waiting, data = [], 0, data[end:]
            rest.append(data)
            waiting += len(data)
            if waiting > LONGEST_LINE:
                raise LimitError(
                    f"{where}, line {lines + 1:,}: longer than {LONGEST_LINE >> 20} MiB."
                )
        if last := b"".join(rest):
            yield last


def _rows(text: str) -> list[str]:
    """Lines, whichever of the three ways of ending one a file has."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _size(file: BinaryIO) -> int:
    """Bytes of a plain file; 0 of what has no size."""
    try:
        return os.fstat(file.fileno()).st_size
    except OSError:
        return 0


def _read(file: BinaryIO, where: str) -> bytes:
    with _readable(where):
        return file.read(BLOCK)


@contextmanager
def _readable(where: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{where}: the inputs cannot be read ({why}).") from None
