"""Input strings as arguments give them: as they are, `-` for lines of standard input, `@FILE` for lines of a file.

What begins with @ itself is written with @@; lines of files are taken as they are.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from circuitsim.errors import InputError, LimitError

MOST_BYTES = 2**26  # of a file of inputs


def read_inputs(arguments: Iterable[str]) -> list[str]:
    """All input strings; empty lines of files are left out.

    Raises:
        InputError: a file cannot be read or is not UTF-8, or there is no input.
        LimitError: a file is larger than 64 MiB.
    """
    found = [text for argument in arguments for text in _expand(argument)]
    if not found:
        raise InputError("no input given: give strings, - to read lines from standard input, or @FILE.")
    return found


def _expand(argument: str) -> Iterator[str]:
    if argument == "-":
        yield from _lines(sys.stdin.buffer.read(MOST_BYTES + 1), "standard input")
    elif argument.startswith("@@"):
        yield argument[1:]
    elif argument == "@":
        raise InputError("@ needs the name of a file of inputs after it; @@ is the input that is one @.")
    elif argument.startswith("@"):
        path = Path(argument[1:])
        try:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise InputError(f"{path}: the inputs cannot be read ({why}).") from None
        yield from _lines(data, str(path))
    else:
        yield argument


def _lines(data: bytes, where: str) -> Iterator[str]:
    if len(data) > MOST_BYTES:
        raise LimitError(f"{where}: more than {MOST_BYTES >> 20} MiB of inputs.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 text (byte {error.start:,}).") from None
    yield from (line for line in (raw.removesuffix("\r") for raw in text.split("\n")) if line)
