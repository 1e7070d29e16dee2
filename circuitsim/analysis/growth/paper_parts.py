"""Parts of the papers' circuits: tables, sums and comparisons of so many bits, and the gates that they take."""

from collections.abc import Iterable
from dataclasses import dataclass

from circuitsim.analysis.growth.lookup_tables import MOST_INPUTS, lemma_1, lemma_2
from circuitsim.models.model import Model
from circuitsim.networks.known import HeadForms
from circuitsim.numbers.rounding import drop_bits

LEMMA_2 = "2106.16213, Lemma 2: {0,1}^c -> {0,1}^d in depth 3 and size d(2^c + c + 1)"
LEMMA_1 = (
    "2207.00729, Lemma 1: {0,1}^(c log n) -> {0,1}^m in depth 3 and size n^c + c log n + m"
)
COMPARING = "ours: comparisons of s bits by 2s ANDs and ORs in depth 3"
SUMMING = "ours: thresholds at every value of the sum of N words (N(2^z - 1) gates), then one gate a bit; depth 2"


@dataclass(frozen=True)
class Item:
    """Equal parts side by side.

    Args:
        name: "layer0/scores" and the like.
        count: how many tables, sums or comparisons.
        inputs, outputs: bits of one of them, of the widest where they differ.
        depth: levels that they add to the total.
        gates: of all together; None where one has more than 2^20 inputs.
        source: whose sentence the numbers follow.
    """

    name: str
    count: int
    inputs: int
    outputs: int
    depth: int
    gates: int | None
    source: str


@dataclass(frozen=True)
class PaperCost:
    """What a paper's circuit for a model at n would cost; `gates` is None where too large to write down.

    `bits` are the fraction bits of its numbers, None where it has none (hard attention by tuples).
    """

    construction: str
    source: str
    basis: str
    n: int
    bits: int | None
    depth: int
    gates: int | None
    items: tuple[Item, ...]


def cost_of(
    construction: str, source: str, basis: str, n: int, bits: int | None, items: list[Item]
) -> PaperCost:
    """The cost of all parts together."""
    depth = sum(item.depth for item in items)
    return PaperCost(
        construction,
        source,
        basis,
        n,
        bits,
        depth,
        total(item.gates for item in items),
        tuple(items),
    )


def tables(name: str, count: int, inputs: int, outputs: int) -> Item:
    """Look-up tables as in 2106.16213."""
    return Item(
        name, count, inputs, outputs, 3, times(count, lemma_2(inputs, outputs)), LEMMA_2
    )


def shared_tables(name: str, count: int, inputs: int, outputs: int) -> Item:
    """Look-up tables as in 2207.00729."""
    return Item(
        name, count, inputs, outputs, 3, times(count, lemma_1(inputs, outputs)), LEMMA_1
    )


def readout_tables(model: Model, n: int, inputs: int) -> Item:
    """The read-out as a table a position."""
    return tables(
        "readout", len(model.readout_positions(n)), inputs, len(model.readout.weights)
    )


def maximum_gates(score: int, length: int) -> int:
    """Gates of the largest of `length` scores: pairs compared, an AND a key, the winners' bits by ANDs and ORs."""
    return length * (length - 1) * 2 * score + length + length * score + score


def sum_gates(width: int, length: int) -> int:
    """Threshold gates of the sum of `length` words, with weights 2^i as wires."""
    return length * (2**width - 1) + sum_bits(width, length)


def sum_bits(width: int, length: int) -> int:
    """Bits of the sum of `length` words."""
    return (
        width + length.bit_length()
        if width > MOST_INPUTS
        else (length * (2**width - 1)).bit_length()
    )


def score_bits(head: HeadForms) -> int:
    """Bits of a score, its sign included."""
    low, high = (drop_bits(end, head.shift or 0) for end in head.score)
    return int(max(high, -low - 1).bit_length()) + 1


def code_bits(values: int) -> int:
    """Ceil log2 of the number of values."""
    return (values - 1).bit_length()


def times(count: int, gates: int | None) -> int | None:
    """Gates of several equal parts; None is too many to write down."""
    return None if gates is None else count * gates


def total(parts: Iterable[int | None]) -> int | None:
    """Gates of all parts; None is too many to write down."""
    listed = list(parts)
    known = [part for part in listed if part is not None]
    return sum(known) if len(known) == len(listed) else None
