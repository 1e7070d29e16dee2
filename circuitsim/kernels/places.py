"""Where machine code of kernels is on disk, and under which names.

Beside the package, where whoever installs it can write; else in the user's cache. NUMBA_CACHE_DIR names another
place instead. A name tells the sources that the code was compiled from: those of all packages that have kernels,
because machine code contains that of the kernels it calls.
"""

import hashlib
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from circuitsim.user_cache import user_folder

CHOICE = "NUMBA_CACHE_DIR"
SUFFIX = ".kernel"
PACKAGE = Path(__file__).parents[1]
SOURCES = (
    "",
    "kernels",
    "netlist",
    "netlist/evaluator",
    "netlist/passes",
    "schematic",
    "schematic/plans",
    "numbers",
)
COMPILERS = "circuitsim.compilers"  # which may be installed elsewhere


def folders() -> list[Path]:
    """Folders to read kernels from, in order; they are kept in the first that can be written to.

    A folder of somebody else is left out, unless it is of whoever owns the package: machine code is trusted as much.
    """
    where = hashlib.sha256(str(PACKAGE).encode()).hexdigest()[:8]
    owner = os.geteuid() if hasattr(os, "geteuid") else 0
    if given := os.environ.get(CHOICE):
        found = [Path(given) / f"circuitsim-{owner}-{where}"]
    else:
        own = user_folder()
        found = [PACKAGE / "__pycache__" / "kernels"] + (
            [] if own is None else [own / "kernels" / where]
        )
    return [folder for folder in found if _trusted(folder, owner)]


def _trusted(folder: Path, owner: int) -> bool:
    try:
        return folder.stat().st_uid in (0, owner, PACKAGE.stat().st_uid)
    except OSError:
        return True  # nothing to be read


@cache
def stamp() -> str:
    """A hash of the sources of all kernels."""
    paths = [path for folder in SOURCES for path in (PACKAGE / folder).glob("*.py")]
    for above in find_spec(COMPILERS).submodule_search_locations or ():  # type: ignore[union-attr]
        paths += Path(above).rglob("*.py")
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


@cache
def kept_names() -> frozenset[str]:
    """Kernels of which some machine code was on disk when this was asked first."""
    names = set()
    for folder in folders():
        try:
            there = os.listdir(folder)
        except OSError:
            continue
        for file in there:
            written, _, rest = file.partition("-")
            if written == stamp() and file.endswith(SUFFIX):
                names.add(rest.rpartition("-")[0])
    return frozenset(names)
