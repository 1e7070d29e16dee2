"""Certificates as files: one JSON object, compressed where the name ends in .gz, and read as data from strangers."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from circuitsim.errors import InputError
from circuitsim.formats.atomic import write_whole

MARK = "circuitsim certificate"
MOST_BYTES = 1 << 30  # of the text


def save(document: dict[str, Any], path: str | Path) -> None:
    """Write a certificate; at every moment the path holds the old file, or the whole new one.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    text = json.dumps({"format": MARK, **document}, separators=(",", ":")).encode()
    packed = gzip.compress(text, mtime=0) if str(path).endswith(".gz") else text
    write_whole(Path(path), packed)


def load(path: str | Path) -> dict[str, Any]:
    """Read a certificate.

    Raises:
        InputError: the file is missing, or holds no certificate.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES)
            text = _uncompressed(data) if data[:2] == b"\x1f\x8b" else data
        document = json.loads(text)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}.") from None
    except (ValueError, EOFError, zlib.error, RecursionError):
        raise InputError(f"{path}: not a certificate of circuitsim, or cut off.") from None
    if not isinstance(document, dict) or document.get("format") != MARK:
        raise InputError(f"{path}: not a certificate of circuitsim.")
    return document


def _uncompressed(data: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    text = reader.decompress(data, MOST_BYTES)
    if not reader.eof:
        raise EOFError
    return text
