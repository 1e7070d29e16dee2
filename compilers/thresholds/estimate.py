"""How many threshold gates are to be drawn, by intervals and values alone, before a wire is drawn.

Memory and time of drawing and of measuring go with the thresholds that are written down: what numbers can be, and pairs
of digits that are multiplied, for every band of queries. What positions have in common counts once. In norms they go
with pairs of digits, too: each component adds up all of them, with weights of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count, product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.errors import LimitError
from circuitsim.networks import primitives as net
from circuitsim.networks.fixed_point import FixedPoint
from circuitsim.networks.forms import Ints, Number, Range
from circuitsim.networks.known import GateForms, HeadForms, NetForms, Weighed
from circuitsim.networks.network import run
from circuitsim.networks.values import LETTER
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.schematic import Optimize

from ..bands import Bands
from ..residual import Bits, Positions
from .digits import thresholds_of
from .numbers import MOST_MOVED
from .scores import FEW
from .winners import MOST_DIGITS, fewer_digits
from .writing import in_digits, writing

MOST_DRAWN = 1 << 22  # which take about a minute
PAIRS = 8  # of digits, in a component of a norm, that take as long as a threshold


@dataclass(frozen=True)
class Work:
    """What is to be drawn, line by line of a network: about how many thresholds, and pairs in components of norms."""

    thresholds: Sequence[int]
    pairs: Sequence[int]

    @property
    def effort(self) -> list[int]:
        """Both, in thresholds that take as long."""
        both = zip(self.thresholds, self.pairs, strict=True)
        return [own + pairs // PAIRS for own, pairs in both]


@dataclass(frozen=True)
class Held:
    """Wires that a stream holds, which are worth something to some of its components (d,).

    Args:
        factors: by how many wires, or digits of a chain, they are multiplied. chain: which one; None for plain wires.
    """

    components: npt.NDArray[np.bool_]
    wires: int
    factors: int
    chain: int | None = None

    def read_by(self, rows: Ints) -> npt.NDArray[np.bool_]:
        """Which rows (r, d) depend on them."""
        return np.asarray((rows[:, self.components] != 0).any(axis=1))

    @property
    def digits(self) -> int:
        """Thresholds that write what is multiplied, alone: none for plain wires."""
        return self.factors if self.factors < self.wires else 0


Stock: TypeAlias = tuple[Held, ...]
Chains: TypeAlias = list[tuple[int, int, int]]  # of a number: wires, factors, and which chain


class Estimate:
    """One rule a primitive: what a stream holds, and the chains of computed numbers.

    `drawn` and `paired` count, line by line.
    """

    def __init__(self, fixed: FixedPoint, spans: Sequence[Range], bands: Bands) -> None:
        self.fixed, self.spans, self.bands = fixed, spans, bands
        self.optimize, self.numbers = bands.drawing.optimize, count()
        self.drawn = [0] * len(fixed.network.lines)
        self.paired = [0] * len(fixed.network.lines)

    def tokens(self, index: int, how: net.Tokens) -> Stock:
        """A wire a letter, or one for two; positions in bits."""
        stream, found = self.fixed.stream(index), []
        for table in stream.tables:
            wires = len(table) if len(table) > 2 else 1
            found.append(Held((table != table[0]).any(axis=0), wires, wires))
        if stream.positions is not None:
            spread = stream.positions.max(axis=0) - stream.positions.min(axis=0)
            for component in np.flatnonzero(spread):
                wires = int(spread[component]).bit_length()
                found.append(Held(np.arange(len(spread)) == component, wires, wires))
        return tuple(found)

    def affine(self, index: int, how: net.Affine, x: Any) -> Any:
        """Numbers as parts of a stream; who reads a form of a stream asks for that."""
        known = self.fixed.known[index]
        if not isinstance(known, Weighed):
            return x
        pairs = zip(known.numbers, x, strict=True)
        return tuple(Held(m.column != 0, *own) for m, chains in pairs for own in chains)

    def add(self, index: int, how: net.Add, *terms: Stock) -> Stock:
        """All that the terms hold."""
        return tuple(held for term in terms for held in term)

    def relu(self, index: int, how: net.Relu, x: Stock) -> list[Chains]:
        """The wires of every unit; none where all that it reads is one chain."""
        known, found = self.fixed.known[index], []
        assert isinstance(known, NetForms)
        for number, row in zip(known.outputs, known.hidden.rows, strict=True):
            read = [held for held in x if held.read_by(row[None]).any()]
            chains = {held.chain for held in read}
            chain = chains.pop() if len(chains) == 1 else None
            if chain is not None and read[0].wires <= MOST_MOVED:
                found.append([(read[0].wires, read[0].factors, chain)])
            else:
                found.append(self._written(number))
                self.drawn[index] += _wires(found[-1])
        return found

    def activate(self, index: int, how: net.Activate, x: Stock) -> list[Chains]:
        """The wires of every unit, about as many as it has values."""
        known = self.fixed.known[index]
        assert isinstance(known, NetForms)
        return self._anew(index, known.outputs)

    def multiply(
        self, index: int, how: net.Multiply, x: list[Chains], y: Stock
    ) -> list[Chains]:
        """The wires of every product."""
        known = self.fixed.known[index]
        assert isinstance(known, GateForms)
        return self._anew(index, known.outputs)

    def normalise(self, index: int, how: net.Normalise, x: Stock) -> Stock:
        """Products of all pairs of digits, which every component adds up."""
        found = self._held(index, "depth")  # components are never written in digits
        pairs = sum(held.factors for held in x) ** 2 // 2
        self.paired[index] = len(found) * pairs
        self.drawn[index] += pairs
        return found

    def round(self, index: int, how: net.Primitive, x: Any) -> Stock:
        """Every component anew."""
        return self._held(index, self.optimize)

    def rotate(self, index: int, how: net.Rotate, x: Stock) -> Stock:
        """Every component anew, at every position; no threshold where letters decide, for these are tables."""
        found, (start, stop) = self._held(index, self.optimize), self.spans[index]
        varied = [m for m in self.fixed.stream(index).numbers if not Bits.idle(m)]
        tables = all(m.few is not None and m.few.causes == (LETTER,) for m in varied)
        self.drawn[index] *= 0 if tables else stop - start
        return found

    def _held(self, index: int, optimize: Optimize) -> Stock:
        """Every component anew, written in a way."""
        numbers = self.fixed.stream(index).numbers
        pairs = zip(numbers, self._anew(index, numbers, optimize), strict=True)
        return tuple(Held(m.column != 0, *own) for m, chains in pairs for own in chains)

    def sum(self, index: int, how: net.Sum, x: Stock) -> Stock:
        """All that positions hold, which nobody multiplies."""
        return ()

    def _anew(
        self, index: int, numbers: Sequence[Number], optimize: Optimize | None = None
    ) -> list[Chains]:
        chains = [self._written(number, optimize) for number in numbers]
        self.drawn[index] += sum(map(_wires, chains))
        return chains

    def pairs(self, index: int, how: net.Pairs, x: Stock, y: Stock) -> Stock:
        """What both factors read."""
        return x

    def attend(
        self, index: int, how: net.Attend, query: Stock, key: Stock, value: Stock
    ) -> list[Chains]:
        """Scores, selected digits and means of every band."""
        head = self.fixed.known[index]
        assert isinstance(head, HeadForms)
        outputs = [self._written(number) for number in head.outputs]
        wires = sum(map(_wires, outputs))
        if not wires:
            return outputs
        values = head.value.rows[[c for c, own in enumerate(outputs) if own]]
        if head.third_order:
            key = value = self._products(index, key)
        bands, chosen = self.bands.of(head, *self.spans[index])
        scores = self._scores(head, query, key)
        steps = len(head.steps) or 1
        each = wires + steps * sum(
            held.digits for held in value if held.read_by(values).any()
        )
        if not head.averages:
            self.drawn[index], each = self.drawn[index] + wires, 0
        if self.bands.positions == "folded":  # products are drawn once, for all queries
            self.drawn[index] += 0 if chosen else scores
            scores = 0
        if head.shift:
            low, high = (end >> head.shift for end in head.score)
            scores += in_digits(low, high, self.optimize).width
        for band in bands:
            if band.keys > 0:
                self.drawn[index] += each
            if band.keys > 1 and not chosen:
                self.drawn[index] += scores + self._maximum(head, band.keys)
        return outputs

    def pick(self, index: int, how: net.Pick, x: Stock) -> Stock:
        """The same."""
        return x

    def settle(self, index: int, how: net.Settle, x: Stock) -> Stock:
        """Every component anew."""
        for number in self.fixed.stream(index).numbers:
            self.drawn[index] += _wires(self._written(number))
        return ()

    def nothing(self, index: int, how: net.Primitive, *read: Stock) -> Stock:
        """Constants, and what no head reads."""
        return ()

    states = constant = beside = flat = nothing

    def _written(self, number: Number, optimize: Optimize | None = None) -> Chains:
        """The chains of a number that varies and that somebody reads."""
        if number.low == number.high or not number.column.any():
            return []
        places = writing(number, optimize or self.optimize).places
        return [(w, w if w <= FEW else w.bit_length(), next(self.numbers)) for _, w in places]

    def _products(self, index: int, x: Stock) -> Stock:
        """What pairs of positions hold: what each does, and products, which are drawn."""
        found = [*x, *x]
        for left, right in product(x, x):
            many = left.factors * right.factors
            self.drawn[index] += many if left.digits or right.digits else 0
            found.append(Held(left.components, many, many))
        return tuple(replace(held, components=held.components | True) for held in found)

    def _scores(self, head: HeadForms, query: Stock, key: Stock) -> int:
        """Products of digits."""
        total = 0
        for left, right in product(query, key):
            both = left.read_by(head.query.rows) & right.read_by(head.key.rows)
            if both.any() and (left.digits or right.digits):
                total += left.factors * right.factors
        return total

    def _maximum(self, head: HeadForms, keys: int) -> int:
        """One threshold for what is compared, one a step, or those of the digits of scores."""
        if head.steps:
            return len(head.steps)
        most = MOST_DIGITS[self.optimize] if head.attention == "saturated" else 0
        places = fewer_digits(head.score[1] - head.score[0], keys, most)
        return thresholds_of(places) if places else 1


def _wires(chains: Chains) -> int:
    return sum(wires for wires, _, _ in chains)


def estimate(
    fixed: FixedPoint, spans: Sequence[Range], drawing: Drawing, positions: Positions
) -> Work:
    """About what each line of the network is going to draw; no wire is drawn."""
    bands = Bands(Drawing(drawing.basis, drawing.optimize), fixed.length, positions)
    rules = Estimate(fixed, spans, bands)
    run(fixed.network, rules)
    return Work(rules.drawn, rules.paired)


def refuse_large(
    fixed: FixedPoint, spans: Sequence[Range], drawing: Drawing, positions: Positions
) -> None:
    """Refuse a model of which too much is to be drawn, and say where.

    Raises:
        LimitError: with the estimate, the limit, and what to do.
    """
    work = estimate(fixed, spans, drawing, positions)
    effort = work.effort
    if sum(effort) <= MOST_DRAWN:
        return
    most = max(range(len(effort)), key=effort.__getitem__)
    where, pairs = fixed.network.lines[most].place, sum(work.pairs)
    norms = f", and {pairs:,} pairs of digits in components of norms" if pairs else ""
    counted = f", {PAIRS} pairs counted as one" if pairs else ""
    compact = "take --optimize balanced, " if drawing.optimize == "depth" else ""
    raise LimitError(
        f"tc0 needs about {sum(work.thresholds):,} threshold gates to be drawn at n={fixed.n},"
        f" {work.thresholds[most]:,} of them in {where}{norms}; at most {MOST_DRAWN:,} are{counted}."
        f" Lower --bits, {compact}or take --basis xag."
    )
