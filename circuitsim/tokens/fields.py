"""A field of tokens: its values, and the input wires that carry one."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Letters: TypeAlias = Annotated[tuple[str, ...], "or one text of them all"]
Values: TypeAlias = Annotated[tuple[str, ...], "or how many there are"]
Wiring: TypeAlias = Literal["one-hot", "binary"]
Where: TypeAlias = Literal["each", "first", "last", "not-first", "not-last", "even", "odd"]

WIRINGS: tuple[Wiring, ...] = ("one-hot", "binary")
WHERES: tuple[Where, ...] = ("each", "first", "last", "not-first", "not-last", "even", "odd")
LARGEST_CODE = 2**62

Codes: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Field:
    """One field of a token.

    Args:
        name: for people and files.
        values: the texts of its values, in the order of their indices.
        wires: "one-hot" has a wire for every value (a single wire for two); "binary" the bits of the index, least
            first.
        where: the positions among the n letters, from 0, whose tokens have it.
    """

    name: str
    values: Values
    wires: Wiring = "one-hot"
    where: Where = "each"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(str(value) for value in self.values))

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.values)

    @property
    def width(self) -> int:
        """Input wires of one token for this field."""
        if self.wires == "binary":
            return (self.size - 1).bit_length()
        return 1 if self.size == 2 else self.size

    def present(self, n: int) -> npt.NDArray[np.bool_]:
        """Which of n letters have the field: (n,)."""
        at = np.arange(n)
        masks = {
            "each": at >= 0,
            "first": at == 0,
            "last": at == n - 1,
            "not-first": at > 0,
            "not-last": at < n - 1,
            "even": at % 2 == 0,
            "odd": at % 2 == 1,
        }
        return masks[self.where]

    def bits(self, index: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Wires (..., width) of indices (...)."""
        if self.wires == "binary":
            return np.asarray(index[..., None] >> np.arange(self.width) & 1, bool)
        if self.size == 2:
            return index[..., None].astype(bool)
        return np.asarray(index[..., None] == np.arange(self.size), bool)
