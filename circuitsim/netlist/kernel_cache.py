"""Keep numba's cache of compiled kernels true: to the sources, to numba's version, and between processes.

numba looks only at the file that holds a kernel, not at the files of the kernels it calls: after an update, machine
code compiled from the old callee would go on running. So one stamp over all sources of this package stands beside the
cache, and where it differs the cache is dropped. And numba gives a new kernel its number without looking whether
another process has just taken it: two that start together could each read the other's code. So saving is locked.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import IndexDataCacheFile

try:
    import fcntl
except ImportError:  # no POSIX system: then without a lock, as numba itself
    fcntl = None  # type: ignore[assignment]

STAMP = "kernels.stamp"
CACHED = (".nbi", ".nbc")


def drop_stale(package: Path, reads: tuple[Path, ...] = ()) -> bool:
    """Delete the compiled kernels below `package` if its sources or numba are not those they were compiled from.

    Args:
        package: the folder.
        reads: other folders, of whose kernels those of `package` may call some.

    Returns:
        Whether the cache was dropped. A package that cannot be written to is left alone: numba then caches elsewhere.
    """
    sources = sorted(path for folder in (package, *reads) for path in folder.rglob("*.py"))
    facts = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sources]
    stamp = hashlib.sha256(repr((numba.__version__, facts)).encode()).hexdigest()
    place = package / "__pycache__" / STAMP
    try:
        if place.exists() and place.read_text() == stamp:
            return False
        for path in package.rglob("__pycache__/*"):
            if path.suffix in CACHED:
                path.unlink(missing_ok=True)
        place.parent.mkdir(exist_ok=True)
        place.write_text(stamp)
    except OSError:
        return False
    return True


def lock_saves() -> None:
    """Let one process at a time number and write kernels of a cache folder."""
    if fcntl is None or hasattr(IndexDataCacheFile.save, "__wrapped__"):
        return
    IndexDataCacheFile.save = _locked(IndexDataCacheFile.save)


def _locked(save: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(save)
    def saved(self: Any, *arguments: Any) -> None:
        with (Path(self._cache_path) / "kernels.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            save(self, *arguments)

    return saved
