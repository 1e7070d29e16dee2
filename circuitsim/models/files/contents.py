"""What a file of weights holds, whatever its format: tensors by name, and plain data saved with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from numpy.typing import NDArray

Tensors: TypeAlias = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Contents:
    """Tensors and what is said beside them.

    Args:
        config: our own config where `own`; else config.json, or what a dictionary holds besides its weights.
        where: the file, for errors.
        own: it was written in the format of docs/model-format.md.
    """

    tensors: Tensors
    config: Mapping[str, Any]
    where: str
    own: bool = False
