"""The user's folder for what can be computed again, if there is one."""

import os
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
