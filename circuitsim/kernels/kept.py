"""Machine code of kernels, kept on disk by content: a cache that costs time where it fails, and never an answer.

numba's own cache is true to the file that holds a kernel, not to the kernels it calls; it numbers its files, so that
two processes could read each other's; and it refuses to compile where no folder can be written to. Here a file is
named by all that its content depends on, appears whole or not at all, and says by a hash that it is undamaged. Then
nothing is locked, and what cannot be read is compiled anew.
"""

import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import numba
from numba.core import compiler, event, serialize

from circuitsim.kernels import places, telling

HASH = 32  # bytes at the start of a file


def dispatcher(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """The function as numba compiles it, at the first call with arguments of each type."""
    made = numba.njit(**options)(function)
    made._cache = Kept(function)
    return made


class Kept:
    """What numba asks a cache for: machine code by the types of arguments."""

    cache_path = None  # of which numba's statistics tell

    def __init__(self, function: Callable[..., Any]) -> None:
        self._name = f"{function.__module__}.{function.__qualname__}"
        code = function.__code__
        self._place = (
            code.co_firstlineno,
            hashlib.sha256(Path(code.co_filename).read_bytes()).hexdigest(),
        )

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled kernel, or None."""
        started = perf_counter()
        target.refresh()
        file = self._file(signature, target)
        for folder in places.folders():
            try:
                data = (folder / file).read_bytes()
                if hashlib.sha256(data[HASH:]).digest() == data[:HASH]:
                    found = compiler.CompileResult._rebuild(
                        target, *pickle.loads(data[HASH:])
                    )
                    telling.ended(perf_counter() - started)
                    return found
            except (
                Exception
            ):  # not there, not to be read, or of a numba that reads it otherwise
                continue
        return None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep a compiled kernel where that can be done."""
        if (
            _Writer.hopeless
            or result.library.has_dynamic_globals
            or any(not x.can_cache for x in result.lifted)
        ):
            return
        data = serialize.dumps(result._reduce())
        _Writer.write(
            self._file(signature, result.target_context), hashlib.sha256(data).digest() + data
        )

    def _file(self, signature: Any, target: Any) -> str:
        facts = (
            numba.__version__,
            sys.version,
            target.codegen().magic_tuple(),
            str(signature),
            self._place,
        )
        key = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
        return f"{places.stamp()}-{self._name}-{key}{places.SUFFIX}"


class _Writer:
    """The folders that can be written to; once none can, that is said, and tried no more."""

    hopeless = False
    cleared: set[Path] = set()  # noqa: RUF012 # folders without files of other sources

    @classmethod
    def write(cls, name: str, data: bytes) -> None:
        reasons = []
        for folder in places.folders():
            try:
                _replace(folder / name, data)
            except OSError as error:
                reasons.append(f"{folder}: {error.strerror or error}")
                continue
            if folder not in cls.cleared:
                cls.cleared.add(folder)
                _clear(folder)
            return
        cls.hopeless = True
        telling.say(
            "compiled kernels cannot be kept, and are compiled at every run"
            f" ({', '.join(reasons) or 'there is no folder for them'});"
            f" set {places.CHOICE} to a folder that can be written to."
        )


def _replace(path: Path, data: bytes) -> None:
    """Write a file that appears whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{uuid4().hex}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _clear(folder: Path) -> None:
    """Delete kernels that were compiled from other sources."""
    for path in folder.glob(f"*{places.SUFFIX}"):
        if not path.name.startswith(f"{places.stamp()}-"):
            path.unlink(missing_ok=True)


class _Compiling(event.Listener):  # type: ignore[misc]
    """Hears numba compile. A kernel is compiled within another one: the outermost of them is timed."""

    def __init__(self) -> None:
        self._depth, self._started = 0, 0.0

    def on_start(self, event: object) -> None:
        if self._depth == 0:
            telling.begun()
            self._started = perf_counter()
        self._depth += 1

    def on_end(self, event: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            telling.ended(perf_counter() - self._started)


event.register("numba:compile", _Compiling())
