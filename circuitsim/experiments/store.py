"""Results of points in a folder: a line of JSON each, kept as soon as it is there, and the files beside them.

A line is written whole or not at all as far as a reader can tell: a last line that was cut short is ignored and cut
off, and its point is done again. A lock of the system keeps two runs apart; a process that dies gives it back.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from circuitsim.errors import CircuitSimError, InputError
from circuitsim.experiments.experiment import Done, Outcome, Point, canonical, sha256
from circuitsim.formats.atomic import write_whole

POINTS = "points.jsonl"
FILES = "files"
LOCK = "lock"


class Store:
    """The results in a folder, by the hash of their point. Open one with `opened`."""

    def __init__(self, folder: Path, lines: BinaryIO) -> None:
        self.folder = folder
        self._file = lines
        self._lines = {line["hash"]: line for line in _whole_lines(lines)}

    @property
    def results(self) -> int:
        """How many there are."""
        return len(self._lines)

    def get(self, point: Point) -> Done | None:
        """The result of a point, if it is here with all of its files."""
        line = self._lines.get(point.hash)
        if line is None:
            return None
        files = {}
        for name, wanted in line["files"].items():
            try:
                data = self._path(point, name).read_bytes()
            except OSError:
                return None
            if sha256(data) != wanted:
                return None
            files[name] = data
        return Done(point, Outcome(line["result"], files), line["seconds"])

    def add(self, done: Done) -> None:
        """Keep a result: first its files, then its line."""
        for name, data in done.outcome.files.items():
            path = self._path(done.point, name)
            path.parent.mkdir(exist_ok=True)
            write_whole(path, data)
        line = as_line(done)
        self._file.write(canonical(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._lines[line["hash"]] = line

    def _path(self, point: Point, name: str) -> Path:
        return self.folder / FILES / f"{point.hash[:16]}-{name}"


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The store of a folder, which is made if it is not there, for this process alone.

    Raises:
        InputError: another process has it. CircuitSimError: it cannot be written.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("wb")
        lines = (folder / POINTS).open("a+b")
    except OSError as error:
        raise CircuitSimError(
            f"{folder}: cannot be written ({error.strerror or error}); give another folder."
        ) from error
    with lock, lines:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                f"{folder}: another run writes into this folder; wait for it, or give another one with --out."
            ) from None
        store = Store(folder, lines)
        try:
            yield store
        finally:
            if made and not store.results:
                _remove(folder, made)


def _remove(folder: Path, made: list[Path]) -> None:
    """Remove folders that were made for results that never came."""
    for name in (LOCK, POINTS):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):  # something else was put there
        for place in made:
            place.rmdir()


def as_line(done: Done) -> dict[str, Any]:
    """A result as it is stored."""
    return {
        "hash": done.point.hash,
        **done.point.identity,
        "result": done.outcome.result,
        "files": {name: sha256(data) for name, data in done.outcome.files.items()},
        "seconds": round(done.seconds, 3),
    }


def _whole_lines(file: BinaryIO) -> list[dict[str, Any]]:
    """The lines of a file, without a last one that was cut short, which is cut off.

    Raises:
        CircuitSimError: a line in the middle that is no result.
    """
    file.seek(0)
    text = file.read()
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) < len(text):
        file.truncate(len(whole))
    found = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            one = json.loads(line)
            found.append({key: one[key] for key in ("hash", "result", "files", "seconds")})
        except (ValueError, KeyError, TypeError):
            raise CircuitSimError(
                f"{file.name}: line {number} is no stored result; remove the line, and its point is done again."
            ) from None
    return found
