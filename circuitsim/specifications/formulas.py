"""Conditions on how often each letter stands in a string: linear inequalities, congruences, and what joins them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Weights: TypeAlias = tuple[
    tuple[str, int], ...
]  # a letter, and what each of its occurrences weighs


@dataclass(frozen=True)
class AtLeast:
    """The weighted number of letters is at least `bound`."""

    weights: Weights
    bound: int

    def of(self, total: int) -> bool:
        """Whether it is true of a weighted number."""
        return total >= self.bound


@dataclass(frozen=True)
class Congruent:
    """The weighted number of letters leaves `rest` modulo `modulus`."""

    weights: Weights
    rest: int
    modulus: int

    def of(self, total: int) -> bool:
        """Whether it is true of a weighted number, or of one that is as much modulo the modulus."""
        return (total - self.rest) % self.modulus == 0


@dataclass(frozen=True)
class Both:
    """Every part holds."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Either:
    """Some part holds."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Formula"


Atom: TypeAlias = AtLeast | Congruent
Formula: TypeAlias = Atom | Both | Either | Not


def atoms(formula: Formula) -> list[Atom]:
    """The conditions that a formula joins, each once."""
    match formula:
        case Both(parts) | Either(parts):
            return list(dict.fromkeys(atom for part in parts for atom in atoms(part)))
        case Not(part):
            return atoms(part)
        case AtLeast() | Congruent():
            return [formula]


def weighted(weights: Weights, counts: Mapping[str, int]) -> int:
    """The sum of the weights of all letters."""
    return sum(weight * counts.get(letter, 0) for letter, weight in weights)


def joined(formula: Formula, true: Callable[[Atom], bool]) -> bool:
    """Whether a formula holds, of conditions whose truth is given."""
    match formula:
        case Both(parts):
            return all(joined(part, true) for part in parts)
        case Either(parts):
            return any(joined(part, true) for part in parts)
        case Not(part):
            return not joined(part, true)
        case AtLeast() | Congruent():
            return true(formula)


def holds(formula: Formula, counts: Mapping[str, int]) -> bool:
    """The definition: whether a formula is true of counts of letters."""
    return joined(formula, lambda atom: atom.of(weighted(atom.weights, counts)))
