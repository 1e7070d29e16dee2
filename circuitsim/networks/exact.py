"""The exact meaning for many strings at once: what `definition` says, in integers over denominators.

`Exact` is one rule a primitive. Other datatypes subclass it, and override the operations after which their numbers
are rounded: `total`, `product`, `inner`, `pairs`, `mean`, `positive`.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from math import lcm

import numpy as np
from numpy.typing import NDArray

from circuitsim.models.sequence import Codes, score_blocks
from circuitsim.models.tables import table_rows
from circuitsim.numbers.functions import rounded_all
from circuitsim.numbers.scaled import (
    FITS_INT64,
    Array,
    Scaled,
    add,
    distinct,
    largest,
    multiply,
    narrow,
    product,
)

from . import primitives as net
from .keys import Flags, key_mask, over_pairs, select, weigh
from .network import Network, run
from .norms import normalised
from .primitives import EXACT_BITS
from .refusals import refuse_parts, refuse_softmax
from .rotation import factors
from .trace import ExactTrace, decide

RANKED = 16  # times that the score of two different vectors is wanted, for ranks to be faster


class Exact:
    """Exact rationals, arrays (batch, positions, components)."""

    def __init__(self, network: Network, codes: Codes) -> None:
        self.codes, self.chosen = codes, table_rows(network.model, codes)

    # What other datatypes do their own way.

    def total(self, terms: Sequence[Scaled]) -> Scaled:
        """The sum of one term or more, whose shapes broadcast."""
        return reduce(add, terms)

    def product(self, weights: Scaled, x: Scaled, bias: Scaled | None) -> Scaled:
        """Weights (r, c) times every vector of x (..., c), plus a bias (r,): (..., r)."""
        if not weights.numerators.size:
            return Scaled(
                np.zeros((*x.shape[:-1], len(weights.numerators)), dtype=np.int64), 1
            )
        if x.shape[-1] * x.largest * weights.largest >= FITS_INT64:
            # Wide products are slow, and the same few vectors meet again and again.
            vectors, which = distinct(x.numerators)
            return affine(weights, Scaled(vectors, x.denominator), bias)[which]
        return affine(weights, x, bias)

    def inner(self, query: Scaled, key: Scaled) -> Scaled:
        """Every query (batch, queries, k) times every key (batch, keys, k): (batch, queries, keys)."""
        return inner(query, key)

    def products(self, first: Scaled, second: Scaled) -> Scaled:
        """Products at every pair of positions, by component: twice (batch, length, c) to (batch, length^2, c)."""
        wide = first.largest * second.largest >= FITS_INT64
        left = first.numerators.astype(object) if wide else first.numerators
        return Scaled(
            over_pairs(left, second.numerators), first.denominator * second.denominator
        ).reduced()

    def mean(self, chosen: Flags, value: Scaled) -> Scaled:
        """Means of the chosen values, zero of none: flags (batch, queries, keys), values (batch, keys, v)."""
        sums = product(chosen.astype(np.int64), value.numerators)
        counts = chosen.sum(axis=2)
        common = lcm(*np.unique(counts[counts > 0]).tolist())
        shares = np.array(
            [common // max(count, 1) for count in range(chosen.shape[2] + 1)], dtype=object
        )
        return Scaled(
            multiply(narrow(sums), narrow(shares)[counts][..., None]),
            value.denominator * common,
        )

    def softmax(
        self, how: net.Attend, scores: Scaled, visible: Flags, value: Scaled
    ) -> Scaled:
        """Means of the visible values by softmax of the scores (batch, queries, keys), rounded to 48 bits."""
        assert how.softmax is not None
        unit = scores.denominator if how.score_bits is None else 1 << how.score_bits
        steps = how.softmax.steps(Fraction(unit))
        weights = weigh(steps, comparable(how.score_bits, scores), visible)
        sums = product(weights, value.numerators).astype(object)
        totals = np.maximum(weights.sum(axis=2), 1).astype(object)[..., None]
        whole = totals * value.denominator
        return Scaled((2 * (sums << EXACT_BITS) + whole) // (2 * whole), 1 << EXACT_BITS)

    def positive(self, x: Scaled) -> Scaled:
        """The positive part."""
        return Scaled(np.maximum(x.numerators, 0), x.denominator)

    # One rule a primitive.

    def tokens(self, index: int, how: net.Tokens) -> Scaled:
        """The rows that tokens choose, and those of the positions."""
        terms = [table[rows] for table, rows in zip(how.tables, self.chosen, strict=True)]
        if how.positions is not None:
            terms.append(how.positions)
        return self.total(terms).reduced()

    def states(self, index: int, how: net.States) -> Scaled:
        """The rows of an automaton's states."""
        return how.rows[states_of(how, self.codes)]

    def constant(self, index: int, how: net.Constant) -> Scaled:
        """One row for all positions of all strings."""
        return Scaled(
            np.tile(how.row.numerators, (len(self.codes), how.positions, 1)),
            how.row.denominator,
        )

    def affine(self, index: int, how: net.Affine, x: Scaled) -> Scaled:
        """A linear map."""
        return self.product(how.weights, x, how.bias)

    def add(self, index: int, how: net.Add, *terms: Scaled) -> Scaled:
        """A sum."""
        return self.total(terms).reduced()

    def relu(self, index: int, how: net.Relu, x: Scaled) -> Scaled:
        """The positive part."""
        return self.positive(x)

    def activate(self, index: int, how: net.Activate, x: Scaled) -> Scaled:
        """The function, correctly rounded."""
        return Scaled(rounded_all(how.function, x, EXACT_BITS), 1 << EXACT_BITS).reduced()

    def multiply(self, index: int, how: net.Multiply, x: Scaled, y: Scaled) -> Scaled:
        """Products, component by component."""
        products = multiply(x.numerators, y.numerators)
        return Scaled(products, x.denominator * y.denominator).reduced()

    def normalise(self, index: int, how: net.Normalise, x: Scaled) -> Scaled:
        """Vectors with a norm, correctly rounded."""
        return Scaled(normalised(how, x, EXACT_BITS), 1 << EXACT_BITS).reduced()

    def round(self, index: int, how: net.Round, x: Scaled) -> Scaled:
        """The same."""
        return x

    def rotate(self, index: int, how: net.Rotate, x: Scaled) -> Scaled:
        """The same, with pairs turned."""
        by = factors(how, x.shape[-1])
        parts = (x.numerators, by.own), (x.numerators[..., by.partner], by.other)
        unit = x.denominator * how.turns.denominator
        return add(*(Scaled(multiply(*part), unit) for part in parts)).reduced()

    def sum(self, index: int, how: net.Sum, x: Scaled) -> Scaled:
        """Sums over positions."""
        wide = x.numerators.dtype != object and x.shape[1] * x.largest >= FITS_INT64
        numbers = x.numerators.astype(object) if wide else x.numerators
        return Scaled(numbers.sum(axis=1, keepdims=True), x.denominator).reduced()

    def pairs(self, index: int, how: net.Pairs, x: Scaled, y: Scaled) -> Scaled:
        """Products at pairs of positions."""
        return self.products(x, y)

    def attend(
        self, index: int, how: net.Attend, query: Scaled, key: Scaled, value: Scaled
    ) -> Scaled:
        """Means of the selected values, a block of queries at a time."""
        batch, length, _ = query.shape
        visible = key_mask(how.mask, length, how.third_order)
        scores = None if how.softmax else self._scores(how, query, key)
        parts = []
        for rows, queries in score_blocks(batch, length, key.shape[1]):
            if scores is None:
                inner = self.inner(query[rows, queries], key[rows])
                mean = self.softmax(how, inner, visible[queries], value[rows])
            else:
                chosen = select(how.attention, scores(rows, queries), visible[queries])
                mean = self.mean(chosen, value[rows])
            parts.append((rows, queries, mean.reduced()))
        common = lcm(*(part.denominator for _, _, part in parts))
        means = np.zeros((batch, length, value.shape[-1]), dtype=object)
        for rows, queries, part in parts:
            means[rows, queries] = part.times(common // part.denominator)
        return Scaled(narrow(means), common)

    def pick(self, index: int, how: net.Pick, x: Scaled) -> Scaled:
        """Some positions."""
        return x[:, list(how.places)]

    def beside(self, index: int, how: net.Beside, *parts: Scaled) -> Scaled:
        """Vectors joined."""
        return joined(parts, 2)

    def flat(self, index: int, how: net.Flat, x: Scaled) -> Scaled:
        """One vector."""
        return Scaled(x.numerators.reshape(len(x.numerators), 1, -1), x.denominator)

    def settle(self, index: int, how: net.Settle, x: Scaled) -> Scaled:
        """The same."""
        return x

    def _scores(
        self, how: net.Attend, query: Scaled, key: Scaled
    ) -> Callable[[slice, slice], Array]:
        """Integers in the order of the scores, for blocks of strings and queries: (strings, queries, keys)."""
        if query.shape[-1] * query.largest * key.largest >= FITS_INT64:
            ranks = self._ranks(how.score_bits, query, key)
            if ranks is not None:
                table, queries_of, keys_of = ranks
                return lambda rows, queries: table[
                    queries_of[rows, queries][:, :, None], keys_of[rows][:, None, :]
                ]
        return lambda rows, queries: comparable(
            how.score_bits, self.inner(query[rows, queries], key[rows])
        )

    def _ranks(
        self, score_bits: int | None, query: Scaled, key: Scaled
    ) -> tuple[Array, Array, Array] | None:
        """Ranks of the scores of different queries and keys, and which (batch, length, k) and (batch, keys, k) are.

        For scores of more than 64 bits: these are slow, and the same few vectors meet again and again. None where
        they do not, as sorting takes longer than scores do.
        """
        (queries, queries_of), (keys, keys_of) = (
            distinct(query.numerators),
            distinct(key.numerators),
        )
        if RANKED * len(queries) * len(keys) > queries_of.size * keys_of.shape[1]:
            return None
        scores = self.inner(
            Scaled(queries[None], query.denominator), Scaled(keys[None], key.denominator)
        )
        ranks = np.unique(comparable(score_bits, scores), return_inverse=True)[1]
        return ranks.reshape(len(queries), len(keys)), queries_of, keys_of


def run_exact(
    network: Network, codes: Codes, rules: Callable[[Network, Codes], Exact] = Exact
) -> ExactTrace:
    """Run a network on token codes (batch, n).

    Args:
        rules: the datatype, whose numbers are rounded where it says.

    Raises:
        ModelError: a head is softmax, or there are parts of real blocks, and the datatype is another one.
    """
    if rules is not Exact:
        refuse_softmax(network, "this datatype is for")
        refuse_parts(network.model, "other datatypes have none")
    values = run(network, rules(network, codes))
    residuals = tuple(
        joined([values[x] for x in parts], 1).reduced() for parts in network.residuals
    )
    outputs = joined([values[x] for x in network.outputs], 1)
    decisions = decide(outputs.numerators, network.answer)
    return ExactTrace(
        residuals, outputs, decisions, EXACT_BITS if network.irrational else None
    )


def affine(weights: Scaled, x: Scaled, bias: Scaled | None) -> Scaled:
    """Weights (r, c) times every vector of x (..., c), plus a bias (r,)."""
    found = Scaled(
        product(x.numerators, weights.numerators.T), x.denominator * weights.denominator
    )
    return (found if bias is None else add(found, bias)).reduced()


def joined(parts: Sequence[Scaled], axis: int) -> Scaled:
    """Arrays joined along an axis, over one denominator."""
    if len(parts) == 1:
        return parts[0]
    common = lcm(*(part.denominator for part in parts))
    arrays = [part.times(common // part.denominator) for part in parts]
    wide = any(array.dtype == object for array in arrays)
    return Scaled(
        narrow(np.concatenate([a.astype(object) if wide else a for a in arrays], axis=axis)),
        common,
    )


def states_of(how: net.States, codes: Codes) -> NDArray[np.int64]:
    """The automaton's state after each position of its span, in the order of positions: (batch, span)."""
    moves, state = np.array(how.cell.moves, np.int64), np.full(len(codes), how.cell.initial)
    found = np.zeros((len(codes), len(how.span)), np.int64)
    first = min(how.span)
    for place in how.span:
        state = moves[state, codes[:, place]]
        found[:, place - first] = state
    return found


def inner(query: Scaled, key: Scaled) -> Scaled:
    """Every query (batch, queries, k) times every key (batch, keys, k): (batch, queries, keys)."""
    if query.shape[-1] == 0:
        return Scaled(np.zeros((*query.shape[:2], key.shape[1]), dtype=np.int64), 1)
    scores = product(query.numerators, key.numerators.transpose(0, 2, 1))
    return Scaled(scores, query.denominator * key.denominator)


def comparable(score_bits: int | None, exact: Scaled) -> Array:
    """Integers in the order of the scores, in their shape; rounded half up to `score_bits` where a head has them."""
    if score_bits is None:
        return exact.numerators
    unit = exact.denominator  # floor(x 2^s + 1/2) for x = score / unit
    doubled = multiply(exact.numerators, 2 << score_bits)
    wide = doubled if largest(doubled) + 2 * unit < 2**62 else doubled.astype(object)
    return narrow((wide + unit) // (2 * unit))
