"""The integer model: what the circuits compute, vectorised over a batch of inputs.

Exact integer arithmetic in 64 bits where every interval fits, in Python integers beyond; the intervals guarantee that
no result overflows, and 64-bit wrap-around in partial sums cancels.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from circuitsim.models.sequence import Codes
from circuitsim.models.tables import table_rows
from circuitsim.numbers.functions import rounded_all
from circuitsim.numbers.rounding import drop_bits, drop_bits_each, floor_bits_each
from circuitsim.numbers.scaled import Scaled, same_type_product

from . import primitives as net
from .exact import states_of
from .fixed_point import FixedPoint
from .forms import Affine
from .heads import unit
from .keys import key_mask, over_pairs, select, weigh
from .known import GateForms, HeadForms, NetForms, Weighed
from .network import run
from .norms import normalised
from .rotation import factors, in_one_unit
from .trace import IntegerTrace, decide

Array: TypeAlias = npt.NDArray[Any]

WORKING_SET = (
    1 << 20
)  # entries of one tensor of scores, or of a stream: about what caches hold is fastest


def run_integer(fixed: FixedPoint, codes: Codes) -> IntegerTrace:
    """Run the integer model on token codes (batch, n)."""
    lines = fixed.network.lines
    shapes = [line.shape[0] * line.shape[1] for line in lines]
    scores = [
        lines[x].shape[0] * lines[lines[x].primitive.reads[1]].shape[0]
        for x, _ in fixed.heads()
    ]
    step = max(1, WORKING_SET // max(1, *shapes, *scores))
    pieces = [
        _run(fixed, codes[start : start + step])
        for start in range(0, max(1, len(codes)), step)
    ]
    if len(pieces) == 1:
        return pieces[0]
    residuals = tuple(
        np.concatenate(parts) for parts in zip(*(p.residuals for p in pieces), strict=True)
    )
    outputs = np.concatenate([p.outputs for p in pieces])
    decisions = np.concatenate([p.decisions for p in pieces])
    return IntegerTrace(
        residuals, pieces[0].exponents, outputs, pieces[0].output_exponent, decisions
    )


def _run(fixed: FixedPoint, codes: Codes) -> IntegerTrace:
    network = fixed.network
    values = run(network, Integer(fixed, codes))
    residuals = tuple(_joined([values[x] for x in parts]) for parts in network.residuals)
    exponents = tuple(unit(network, parts[0], fixed.bits) for parts in network.residuals)
    outputs = _joined([values[x] for x in network.outputs])
    decisions = decide(outputs, network.answer)
    return IntegerTrace(residuals, exponents, outputs, fixed.output_exponent, decisions)


class Integer:
    """One rule a primitive, over integers (batch, positions, components) in the units that `intervals` says."""

    def __init__(self, fixed: FixedPoint, codes: Codes) -> None:
        self.fixed, self.codes = fixed, codes
        self.kind = np.dtype(np.int64 if fixed.largest <= 62 else object)
        self.chosen = table_rows(fixed.model, codes)

    def tokens(self, index: int, how: net.Tokens) -> Array:
        """The rows that tokens choose, and those of the positions."""
        stream = self.fixed.stream(index)
        terms = [
            table.astype(self.kind)[rows]
            for table, rows in zip(stream.tables, self.chosen, strict=True)
        ]
        if stream.positions is not None:
            terms.append(stream.positions.astype(self.kind))
        return sum(terms[1:], terms[0])

    def states(self, index: int, how: net.States) -> Array:
        """The rows of an automaton's states."""
        return self._fine(how.rows.numerators.astype(self.kind)[states_of(how, self.codes)])

    def constant(self, index: int, how: net.Constant) -> Array:
        """One row, for all strings."""
        return np.tile(
            self.fixed.stream(index).constant.astype(self.kind), (1, how.positions, 1)
        )

    def affine(self, index: int, how: net.Affine, x: Array) -> Array:
        """The reduced integers of a form, or computed numbers times their columns."""
        known = self.fixed.known[index]
        if isinstance(known, Affine):
            return known.apply(x)
        assert isinstance(known, Weighed)
        columns = how.weights.numerators.T.astype(self.kind, copy=False)
        return same_type_product(x, columns) + known.constant.astype(self.kind)

    def add(self, index: int, how: net.Add, *terms: Array) -> Array:
        """A sum, in units of 2^-2b."""
        fine = [self._lifted(x, term) for x, term in zip(how.reads, terms, strict=True)]
        found = sum(fine[1:], fine[0])
        return np.broadcast_to(
            found, (len(self.codes), self.fixed.network.positions(index), found.shape[2])
        )

    def relu(self, index: int, how: net.Relu, x: Array) -> Array:
        """R of the positive part."""
        known = self.fixed.known[index]
        assert isinstance(known, NetForms)
        return np.maximum(drop_bits_each(x, known.shifts), 0)

    def activate(self, index: int, how: net.Activate, x: Array) -> Array:
        """R of the function, of sums that are floored to the grid."""
        known, bits = self.fixed.known[index], self.fixed.bits
        assert isinstance(known, NetForms)
        floored = Scaled(floor_bits_each(x, known.shifts), 1 << bits)
        return rounded_all(how.function, floored, bits).astype(self.kind)

    def multiply(self, index: int, how: net.Multiply, x: Array, y: Array) -> Array:
        """R of products."""
        known = self.fixed.known[index]
        assert isinstance(known, GateForms)
        return drop_bits_each(x * y, known.shifts)

    def normalise(self, index: int, how: net.Normalise, x: Array) -> Array:
        """R of the components of vectors with a norm, in units of 2^-2b."""
        denominator = 1 << unit(self.fixed.network, how.reads[0], self.fixed.bits)
        found = normalised(how, Scaled(x, denominator), self.fixed.bits)
        return self._fine(found.astype(self.kind))

    def round(self, index: int, how: net.Round, x: Array) -> Array:
        """R, in units of 2^-2b."""
        (read,) = how.reads
        known, bits = self.fixed.known[read], self.fixed.bits
        powers = known.powers if isinstance(known, Affine) else (0,) * x.shape[2]
        drop = unit(self.fixed.network, read, bits) - bits
        return self._fine(drop_bits_each(x, [drop - power for power in powers]))

    def rotate(self, index: int, how: net.Rotate, x: Array) -> Array:
        """R of the same, with pairs turned, in units of 2^-2b."""
        known, (read,) = self.fixed.form(how.reads[0]), how.reads
        scale, power = in_one_unit(known, known.powers)
        x, by = x * np.array(scale, self.kind), factors(how, x.shape[2])
        turned = x * by.own.astype(self.kind)
        turned = turned + x[..., by.partner] * by.other.astype(self.kind)
        drop = unit(self.fixed.network, read, self.fixed.bits) - power
        return self._fine(drop_bits(turned, drop))

    def sum(self, index: int, how: net.Sum, x: Array) -> Array:
        """Sums over positions, in units of 2^-2b."""
        return self._lifted(how.reads[0], x).sum(axis=1, keepdims=True)

    def pairs(self, index: int, how: net.Pairs, x: Array, y: Array) -> Array:
        """Products at pairs of positions."""
        return over_pairs(x, y)

    def attend(
        self, index: int, how: net.Attend, query: Array, key: Array, value: Array
    ) -> Array:
        """R of the mean of the values at the maximal scores."""
        head = self.fixed.known[index]
        assert isinstance(head, HeadForms)
        kept = list(head.kept)
        query, key = query[..., kept].astype(self.kind), key[..., kept].astype(self.kind)
        scores = np.zeros((len(query), query.shape[1], key.shape[1]), self.kind)
        worth = np.array([*head.weights], dtype=self.kind)
        scores = scores + same_type_product(query * worth, np.swapaxes(key, 1, 2))
        if head.shift is not None:
            scores = drop_bits(scores, head.shift)
        visible = key_mask(how.mask, scores.shape[1], how.third_order)
        if head.steps:
            weights = weigh(head.steps, scores, visible)
        else:
            weights = select(head.attention, scores, visible).astype(np.int64)
        count = weights.sum(axis=2)[..., None].astype(self.kind)
        read = np.array([number.column.any() for number in head.outputs])
        value = np.where(read, value, 0).astype(
            self.kind
        )  # what nobody reads may be wider than 64 bits
        total = same_type_product(weights.astype(self.kind), value)
        unit = np.array([1 << shift for shift in head.value_shifts], self.kind)
        means = (2 * total + count * unit) // (2 * unit * np.maximum(count, 1))
        means = np.where(count > 0, means, 0).astype(self.kind)
        for c, number in enumerate(head.outputs):
            if (
                number.low == number.high
            ):  # whatever is selected: scores that only this asks for are not kept
                means[..., c] = number.low
        return means

    def pick(self, index: int, how: net.Pick, x: Array) -> Array:
        """Some positions, in units of 2^-2b."""
        return self._lifted(how.reads[0], x)[:, list(how.places)]

    def beside(self, index: int, how: net.Beside, *parts: Array) -> Array:
        """Vectors joined, in units of 2^-2b."""
        fine = [self._lifted(x, part) for x, part in zip(how.reads, parts, strict=True)]
        spread = [np.broadcast_to(part, (len(self.codes), *part.shape[1:])) for part in fine]
        return np.concatenate(spread, axis=2)

    def flat(self, index: int, how: net.Flat, x: Array) -> Array:
        """One vector, in units of 2^-2b."""
        return self._fine(x).reshape(len(x), 1, -1)

    def settle(self, index: int, how: net.Settle, x: Array) -> Array:
        """The same."""
        return x

    def _lifted(self, x: net.Value, numbers: Array) -> Array:
        """Values in units of 2^-2b: the tokens' rows are in 2^-b."""
        tokens = isinstance(self.fixed.network.lines[x].primitive, net.Tokens)
        return self._fine(numbers) if tokens else numbers

    def _fine(self, numbers: Array) -> Array:
        return numbers * (1 << self.fixed.bits)


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
