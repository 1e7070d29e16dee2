"""How much memory this process can have, and how sizes are said."""

import os
from contextlib import suppress
from pathlib import Path

UNKNOWN = 2**62  # where the system does not say
CONTAINER = Path("/sys/fs/cgroup/memory.max")


def limit() -> int:
    """Bytes of the machine's memory, or of the container's where that is less."""
    found = UNKNOWN
    with suppress(OSError, ValueError, AttributeError):
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # "max" where there is no limit
        found = min(found, int(CONTAINER.read_text()))
    return found


def words(size: int) -> str:
    """A number of bytes as people say it."""
    return f"{size / 2**30:,.1f} GiB" if size >= 2**30 else f"{max(1, size >> 20):,} MiB"
