"""The user's folder for what can be computed again, if there is one, and the hash of what it is computed by."""

import hashlib
import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

FOLDER = "CIRCUITSIM_CACHE"  # in the environment: another folder


def user_folder() -> Path | None:
    """Where to keep things; None where neither the environment nor the system names a home."""
    if given := os.environ.get(FOLDER):
        return Path(given)
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "circuitsim"
    try:
        return Path.home() / ".cache" / "circuitsim"
    except RuntimeError:
        return None


@lru_cache(maxsize=1)
def sources() -> str:
    """A hash of all sources but commands' and pictures': other sources may find other results.

    It is the same however the package is installed: from a wheel, all is in one folder.
    """
    found = {}
    for package, prefix in (("circuitsim", ""), ("circuitsim.compilers", "compilers/")):
        spec = find_spec(package)
        for root in (spec.submodule_search_locations or []) if spec else []:
            for path in Path(root).rglob("*.py"):
                name = prefix + path.relative_to(root).as_posix()
                if not name.startswith(("render/", "cli/")):
                    found[name] = path.read_bytes()
    whole = hashlib.sha256()
    for name, text in sorted(found.items()):
        whole.update(f"{name} {len(text)}\n".encode() + text)
    return whole.hexdigest()
