"""The residual stream as wires: blocks of bits with one static integer matrix, and numbers resolved from it.

A number is an offset (its low end) plus unsigned bits, so every linear map is wiring; only a comparison, a
product or a rounding asks for bits, by one `sum`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.bases import BASES
from circuitsim.networks.forms import Ints, Number, Range, Stream
from circuitsim.numbers.scaled import multiply, narrow, product
from circuitsim.schematic.drawing import Drawing, Wires
from circuitsim.schematic.summands import OfNumbers, Places

Parts: TypeAlias = list[tuple[Wires, Any]]  # weights are arrays, or `OfNumbers`
Positions: TypeAlias = Literal["folded", "wired"]
POSITIONS: tuple[Positions, ...] = ("folded", "wired")
MANY_NUMBERS = 16  # whose wires are one array


@dataclass(frozen=True)
class Bits:
    """A number at every position: low + unsigned bits (positions, w), at most `high`; no wires for a constant.

    With `thermometer` the wires are [number >= low + 1], [number >= low + 2], ..., of weight one each. With `steps`
    they are a chain, of which each is at least the next, such as [number >= v] for the values v that it can take: as
    wires of the chain turn true, one after the other, the number moves by these steps. The `rest` is added to it.
    """

    wires: Wires | None
    low: int
    high: int
    thermometer: bool = False
    steps: tuple[int, ...] | None = None
    rest: "tuple[Bits, ...]" = ()

    @classmethod
    def idle(cls, number: Number) -> "Bits | None":
        """The number without a wire, where it is always the same or nobody reads it; else None."""
        needless = number.low == number.high or not number.column.any()
        return cls(None, number.low, number.low) if needless else None

    @property
    def chain(self) -> bool:
        """Whether each wire is at least the next."""
        return self.thermometer or self.steps is not None


@dataclass(frozen=True)
class Block:
    """Wires (positions, w) of the stream and their matrix (d, w), which is made one of Python integers.

    Of a chain each wire is at least the next; of a thermometer, which is one, all columns are equal. At positions that
    are not `among` given ones, all wires are the constant 0. Of many numbers together the matrix has a column a number,
    in 64 bits where they fit, and `places` says which number a wire belongs to.
    """

    wires: Wires
    matrix: Ints
    thermometer: bool = False
    among: frozenset[int] | None = None
    chain: bool = False
    places: Places | None = None

    def __post_init__(self) -> None:
        # Units get finer without limit.
        matrix = (
            self.matrix.astype(object, copy=False)
            if self.places is None
            else narrow(self.matrix)
        )
        object.__setattr__(self, "matrix", matrix)

    @cached_property
    def components(self) -> frozenset[int]:
        """The components of the stream that the wires are part of."""
        return frozenset(np.flatnonzero(self._different.any(axis=1)).tolist())

    @property
    def taps(self) -> int:
        """How many wires all components read together."""
        read = (self.matrix != 0).sum(axis=0)
        return int(
            read.sum() if self.places is None else read @ np.bincount(self.places.number)
        )

    @property
    def _different(self) -> Ints:
        """The matrix, or one of its columns where all are equal."""
        return self.matrix[:, :1] if self.thermometer else self.matrix

    def weights(self, places: npt.NDArray[np.int64], values: Ints) -> Ints | OfNumbers:
        """What each wire (w,) is worth to a row of these values at these places of the stream."""
        if self.places is not None:
            found = product(narrow(values)[None], self.matrix[places])[0]
            return OfNumbers(found, self.places)
        found = values @ self._different[places]
        return found.repeat(self.matrix.shape[1]) if self.thermometer else found

    @property
    def whole(self) -> Ints | OfNumbers:
        """The matrix with a column a wire (d, w)."""
        return self.matrix if self.places is None else OfNumbers(self.matrix, self.places)

    def finer(self, factor: int) -> "Block":
        """The block in units that are so much smaller."""
        return replace(self, matrix=multiply(self.matrix, factor))

    def plus(self, other: "Block") -> "Block":
        """Both numbers that the wires of one chain stand for."""
        alike = self.thermometer and other.thermometer
        return replace(self, matrix=self.matrix + other.matrix, thermometer=alike)

    def slice(self, start: int, stop: int) -> "Block | None":
        """The block at positions start..stop-1; None where it adds nothing there."""
        among = (
            None
            if self.among is None
            else frozenset(at - start for at in self.among if start <= at < stop)
        )
        if among is not None and not among:
            return None
        return replace(self, wires=self.wires.slice(0, start, stop), among=among)


@dataclass(frozen=True)
class Residual:
    """x = offset + sum of matrix @ wires over blocks, at a range of positions.

    `stream` has the same numbers' intervals, in the same units.
    """

    drawing: Drawing
    blocks: tuple[Block, ...]
    offset: Ints
    stream: Stream
    positions: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "offset", self.offset.astype(object, copy=False))

    def slice(self, start: int, stop: int) -> "Residual":
        """The same at positions start..stop-1."""
        blocks = [block.slice(start, stop) for block in self.blocks]
        return replace(
            self,
            blocks=tuple(block for block in blocks if block is not None),
            positions=stop - start,
        )

    def finer(self, exponent: int) -> "Residual":
        """The same in units of 2^-exponent."""
        factor = 1 << (exponent - self.stream.exponent)
        blocks = tuple(block.finer(factor) for block in self.blocks)
        return replace(self, blocks=blocks, offset=self.offset * factor)

    def plus(
        self,
        numbers: list[tuple[Number, Bits]],
        constant: Ints,
        after: Stream,
        residual: bool,
    ) -> "Residual":
        """Add computed numbers and a constant; `after` is the stream that results."""
        blocks = list(self.blocks) if residual else []
        chains = {block.wires.index: at for at, block in enumerate(blocks) if block.chain}
        offset = self.offset + constant if residual else constant
        every = [(number, part) for number, bits in numbers for part in (bits, *bits.rest)]
        plain = []
        for number, bits in every:
            offset = offset + number.column * bits.low
            if bits.wires is None or not number.column.any():
                continue
            if not bits.chain:
                plain.append((bits.wires, number.column))
                continue
            columns, width = number.column[:, None], bits.wires.shape[-1]
            if bits.thermometer:
                matrix = np.broadcast_to(columns, (len(columns), width))
            else:
                matrix = columns * np.array(bits.steps, dtype=object)
            block = Block(bits.wires, matrix, bits.thermometer, None, True)
            at = chains.setdefault(bits.wires.index, len(blocks))
            blocks[at : at + 1] = [blocks[at].plus(block)] if at < len(blocks) else [block]
        blocks += of_numbers(self.drawing, plain)
        return replace(self, blocks=tuple(blocks), offset=offset, stream=after)

    def resolve(self, row: Ints, offset: int, interval: Range, drop: int = 0) -> Bits:
        """Bits of floor((row . x + offset) / 2^drop), whose value before the shift lies in `interval`."""
        low, high = interval[0] >> drop, interval[1] >> drop
        wires = (
            self.unsigned(row, offset - (low << drop), high - low, drop)
            if low < high
            else None
        )
        return Bits(wires, low, high)

    def unsigned(self, row: Ints, offset: int, high: int, drop: int = 0) -> Wires:
        """Bits of floor((row . x + offset) / 2^drop), which is known to lie in [0, high]: (positions, w)."""
        width = high.bit_length() + drop
        parts, constant = self.parts(row), int(self.offset @ row) + offset
        wire = only_wire(parts)
        if wire is not None and (wire[1], constant, high) == (1 << drop, 0, 1):
            return wire[0]  # the number itself
        return self.summed(parts, constant, width).slice(-1, drop, width)

    def summed(self, parts: Parts, constant: int, width: int) -> Wires:
        """So many low bits of a sum at every position: (positions, width)."""
        wires = self.drawing.sum(parts, constant, width)
        if len(wires.shape) == 1:  # no wire has weight here: the same constant everywhere
            return wires.expand(0).broadcast((self.positions, width))
        return wires

    def parts(self, row: Ints) -> Parts:
        """Row . x without its offset, as operands of `sum`; blocks without weight are left out."""
        return [(block.wires, weights) for block, weights in self._read(row)]

    def chain(self, row: Ints) -> tuple[Wires, Ints] | None:
        """The wires of the one chain that row . x depends on, with their weights; None where there is no such chain."""
        read = self._read(row)
        if len(read) != 1 or len(self.parts(row)) != 1 or not read[0][0].chain:
            return None
        return read[0][0].wires, read[0][1]

    def _read(self, row: Ints) -> list[tuple[Block, Any]]:
        places = np.flatnonzero(row)
        used, few = frozenset(places.tolist()), row[places]
        read = [block for block in self.blocks if not used.isdisjoint(block.components)]
        weights = [(block, block.weights(places, few)) for block in read]
        return [(block, w) for block, w in weights if w.any()]

    def probe(self, name: str) -> None:
        """Make the stream readable under a name; costs nothing."""
        self.drawing.probe(
            name, [(block.wires, block.whole) for block in self.blocks], self.offset
        )


def of_numbers(drawing: Drawing, numbers: Sequence[tuple[Wires, Ints]]) -> list[Block]:
    """Unsigned numbers with their columns (d,): one block where they are many, so that a sum reads one operand."""
    if len(numbers) < MANY_NUMBERS or BASES[drawing.basis].unbounded:
        blocks = []
        for wires, column in numbers:
            blocks.append(Block(wires, column[:, None] * powers(wires.shape[-1])))
        return blocks
    widths = [wires.shape[-1] for wires, _ in numbers]
    columns = np.stack([column for _, column in numbers], axis=1)
    worth = np.concatenate([np.left_shift(1, np.arange(width)) for width in widths])
    places = Places(np.arange(len(numbers)).repeat(widths), worth)
    return [
        Block(drawing.concat([wires for wires, _ in numbers], -1), columns, places=places)
    ]


def only_wire(parts: Parts) -> tuple[Wires, int] | None:
    """The one wire (positions, 1) that operands of `sum` read, with its weight; None where there are more or none."""
    if len(parts) != 1 or parts[0][1].ndim != 1:
        return None
    wires, weights = parts[0][0], np.asarray(parts[0][1])
    places = np.flatnonzero(weights)
    if len(places) != 1:
        return None
    at = int(places[0])
    return wires.slice(-1, at, at + 1), int(weights[at])


def powers(bits: int) -> Ints:
    """1, 2, 4, ... as Python integers."""
    result = np.empty(bits, dtype=object)
    result[:] = [1 << k for k in range(bits)]
    return result
