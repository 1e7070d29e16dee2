"""What the ladder finds: comparisons of one rung with the next, of all inputs or of parts of them, joined."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor


@dataclass(frozen=True)
class Rung:
    """One comparison. `relation` is "~" or "="; `first_difference` an input as a user would type it.

    So many disagreements are `allowed`.
    """

    start: str
    to: str
    relation: str
    disagreements: int
    undecided: int = 0
    largest_error: float = 0.0
    first_difference: str | None = None
    allowed: int = 0

    @property
    def holds(self) -> bool:
        """No flipped decision, or no differing bit, but for those that are allowed."""
        return self.disagreements <= self.allowed


@dataclass(frozen=True)
class Row:
    """All comparisons at one length.

    Attributes:
        exact_bits: fraction bits of softmax, norms and activations in the exact model; None where there are none.
        gap_bits, weight_bits: how softmax is rounded, where there is any.
    """

    n: int
    bits: int | None
    exhaustive: bool
    inputs: int
    rungs: tuple[Rung, ...] = field(default_factory=tuple)
    gap_bits: int | None = None
    weight_bits: int | None = None
    exact_bits: int | None = None

    @property
    def holds(self) -> bool:
        """Every rung agrees with the next."""
        return all(rung.holds for rung in self.rungs)


def joined(parts: Sequence[Row], agree: Fraction | float = 1) -> Row:
    """The comparisons on all inputs, of those on parts of them in order.

    Args:
        agree: the share of the inputs on which rungs that round must decide alike.
    """
    inputs = sum(part.inputs for part in parts)
    allowed = floor((1 - Fraction(agree)) * inputs)
    together = zip(*(part.rungs for part in parts), strict=True)
    rungs = tuple(_one(same, allowed if same[0].relation == "~" else 0) for same in together)
    return replace(parts[0], inputs=inputs, rungs=rungs)


def _one(same: Sequence[Rung], allowed: int) -> Rung:
    """One comparison, of it on parts of the inputs in order."""
    differences = (rung.first_difference for rung in same)
    return replace(
        same[0],
        disagreements=sum(rung.disagreements for rung in same),
        undecided=sum(rung.undecided for rung in same),
        largest_error=max(rung.largest_error for rung in same),
        first_difference=next((each for each in differences if each is not None), None),
        allowed=allowed,
    )
