"""The claim of a theorem: which model, read how, decides what, and on which strings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from circuitsim.models.any_model import AnyModel
from circuitsim.models.expressions import bits_at
from circuitsim.specifications.specification import Specification

OWN = "the model's own"


@dataclass(frozen=True)
class Claim:
    """A model decides as a specification does, wherever that asks.

    Args:
        model: read as the exact model where `bits` is None, else as the integer model with so many fraction bits.
        accept: the decision of the model that stands for 1; None where its decisions are those of the specification.
        growing: for all lengths up to one, in place of `bits`: fraction bits of the integer model as an expression in
            n; OWN for those that the model has at every length.
        other: where the specification is what another model decides: that model, and how it is read.
    """

    model: AnyModel
    specification: Specification
    bits: int | None
    accept: int | None = None
    growing: str | None = None
    other: "Claim | None" = None

    @property
    def exact(self) -> bool:
        """Whether it is about the exact model."""
        return self.bits is None and self.growing is None

    def bits_at(self, model: AnyModel, n: int) -> int | None:
        """Fraction bits at a length, of its model there; None for the exact model."""
        if self.growing is None:
            return self.bits
        return bits_at(model.bits if self.growing == OWN else self.growing, n)

    def keeps(self, decision: int, wanted: int | None) -> bool:
        """Whether a decision of the model is the wanted one, if one is wanted."""
        own = decision if self.accept is None else int(decision == self.accept)
        return wanted is None or own == wanted


class Rejected(Exception):  # noqa: N818
    """A certificate does not prove its claim: one sentence says where it fails."""


def listed(value: object, length: int | None = None) -> Sequence[object]:
    """A part of a certificate that must be a list, of a length where one is given.

    Raises:
        Rejected: it is something else.
    """
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise Rejected("a part that should be a list is none, or is of another length")
    return value


def whole(value: object) -> int:
    """A part of a certificate that must be a whole number.

    Raises:
        Rejected: it is something else.
    """
    if type(value) is not int:
        raise Rejected("a part that should be a whole number is none")
    return value


def field(value: object, name: str, length: int | None = None) -> Sequence[Any]:
    """A part of a certificate that must be an object, with a list under a name.

    Raises:
        Rejected: it is something else.
    """
    if not isinstance(value, dict):
        raise Rejected("a part that should be an object is none")
    return listed(value.get(name), length)
