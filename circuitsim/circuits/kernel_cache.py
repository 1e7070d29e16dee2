"""Keep numba's cache of compiled kernels true to the sources.

numba looks only at the file that holds a kernel, not at the files of the kernels it calls: after an update, machine
code compiled from the old callee would go on running. So one stamp over all sources of this package stands beside the
cache, and where it differs the cache is dropped.
"""

import hashlib
from pathlib import Path

STAMP = "kernels.stamp"
CACHED = (".nbi", ".nbc")


def drop_stale(package: Path) -> bool:
    """Delete the compiled kernels below `package` if any of its sources is not the one they were compiled from.

    Returns:
        Whether the cache was dropped. A package that cannot be written to is left alone: numba then caches elsewhere.
    """
    sources = sorted(package.rglob("*.py"))
    facts = [(str(p.relative_to(package)), p.stat().st_mtime_ns, p.stat().st_size) for p in sources]
    stamp = hashlib.sha256(repr(facts).encode()).hexdigest()
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
