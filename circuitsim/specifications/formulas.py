"""Conditions on how often each letter stands in a string: linear inequalities, congruences, and what joins them."""

from collections.abc import Mapping
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


@dataclass(frozen=True)
class Congruent:
    """The weighted number of letters leaves `rest` modulo `modulus`."""

    weights: Weights
    rest: int
    modulus: int


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


Formula: TypeAlias = AtLeast | Congruent | Both | Either | Not


def weighted(weights: Weights, counts: Mapping[str, int]) -> int:
    """The sum of the weights of all letters."""
    return sum(weight * counts.get(letter, 0) for letter, weight in weights)


def holds(formula: Formula, counts: Mapping[str, int]) -> bool:
    """The definition: whether a formula is true of counts of letters."""
    match formula:
        case AtLeast(weights, bound):
            return weighted(weights, counts) >= bound
        case Congruent(weights, rest, modulus):
            return (weighted(weights, counts) - rest) % modulus == 0
        case Both(parts):
            return all(holds(part, counts) for part in parts)
        case Either(parts):
            return any(holds(part, counts) for part in parts)
        case Not(part):
            return not holds(part, counts)
