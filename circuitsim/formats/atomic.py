"""Writing a file so that its path holds, at every moment, the old file or the whole new one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from circuitsim.errors import CircuitSimError


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `target` when the block ends well, and is gone when it does not.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    name = None
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{target.name}.", suffix=".part", dir=target.parent
        )
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)  # mkstemp's files are for the owner only
        os.replace(name, target)
    except BaseException as error:
        if name is not None:
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CircuitSimError(
                f"{target}: cannot be written ({error.strerror or error})."
            ) from error
        raise


def write_whole(target: Path, data: bytes) -> None:
    """Write a file; at every moment the path holds the old file, or the whole new one.

    Raises:
        CircuitSimError: the path cannot be written.
    """
    with replacing(target) as file:
        file.write(data)
