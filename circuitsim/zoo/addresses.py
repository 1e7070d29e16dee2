"""Models by address: a file, or `zoo:NAME:option=value,...`."""

from pathlib import Path
from typing import Any

from circuitsim.models.reading import load

PREFIX = "zoo:"


def load_any(address: str | Path) -> Any:
    """The model of a file or of a zoo address.

    Raises:
        ModelError: the file cannot be read, or holds no model.
        InputError: no such model in the zoo, or an option it does not have.
    """
    return load(address)
