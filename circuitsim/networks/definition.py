"""The definition: what a network computes on one string, in fractions, as plainly as possible.

Without bits it is the exact model. With b of them it is the integer model: R(x) = floor(x 2^b + 1/2) / 2^b is applied
once to every stored number, to every mean, ReLU, norm, activation and product of a gate, to queries, keys and values
with rotary positions, and where a model asks for inner rounding; sums and other products are exact. Activations take
their arguments floored to b fraction bits. Scores alone are rounded in both, where a head asks for it by `score_bits`;
and so are the weights of softmax, as `softmax` says. Norms and activations have no exact value, and means of softmax no
denominator in common that is not huge: the exact model rounds them as if b were 48, and takes arguments as they are.

With literal division (for claims, never for circuits) a mean is instead the sum times the inverse of 2106.16213,
Appendix A: floor(2^|C| / C) / 2^|C| for a count C of |C| bits, and R is not applied to it. The inverse is crude: 1/4
for 3, and 1/8 for 5, 6 and 7.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor, isqrt
from typing import Any, Literal, TypeAlias

import numpy as np

from circuitsim.models.recurrent import state_indices
from circuitsim.models.tables import table_rows
from circuitsim.numbers.functions import rounded
from circuitsim.numbers.scaled import Scaled

from . import primitives as net
from .keys import key_mask
from .network import Network, run
from .primitives import EXACT_BITS
from .softmax import Softmax
from .trace import Trace, decide

Vector: TypeAlias = tuple[Fraction, ...]
Rows: TypeAlias = list[Vector]
Division: TypeAlias = Literal["rounded", "literal"]

ZERO = Fraction(0)


def run_definition(
    network: Network,
    codes: Sequence[int],
    bits: int | None = None,
    division: Division = "rounded",
) -> Trace:
    """Run a network on one string of token codes (n,); arrays of Fraction with a batch of one."""
    values = run(network, Definition(network, codes, bits, division))
    residuals = tuple(_batch(values, residual) for residual in network.residuals)
    outputs = _batch(values, network.outputs)
    return Trace(residuals, outputs, decide(outputs, network.answer))


class Definition:
    """One rule a primitive, over lists of vectors, one for each position."""

    def __init__(
        self, network: Network, codes: Sequence[int], bits: int | None, division: Division
    ) -> None:
        self.codes, self.bits, self.division = codes, bits, division
        self.chosen = table_rows(network.model, np.array([codes], np.int64))

    def R(self, x: Iterable[Fraction]) -> Vector:  # noqa: N802
        """R of every entry; the entries themselves without bits."""
        return (
            tuple(x)
            if self.bits is None
            else tuple(round_half_up(value, self.bits) for value in x)
        )

    def stored(self, x: Scaled) -> Rows:
        """R of a matrix that a model stores, row by row."""
        return [self.R(row) for row in x.fractions()]

    def tokens(self, index: int, how: net.Tokens) -> Rows:
        """The rows that the tokens choose, and the positions' own, each rounded before they are added."""
        terms = [
            [stored[row] for row in rows[0]]
            for stored, rows in zip(map(self.stored, how.tables), self.chosen, strict=True)
        ]
        if how.positions is not None:
            terms.append(self.stored(how.positions))
        return self.add(index, how, *terms)

    def states(self, index: int, how: net.States) -> Rows:
        """The row of the state after each position, in the order of positions."""
        rows, states = (
            self.stored(how.rows),
            state_indices(how.cell, [self.codes[place] for place in how.span]),
        )
        return [rows[state] for _, state in sorted(zip(how.span, states, strict=True))]

    def constant(self, index: int, how: net.Constant) -> Rows:
        """One row at every position."""
        return self.stored(how.row) * how.positions

    def affine(self, index: int, how: net.Affine, x: Rows) -> Rows:
        """A sum of products for every row of the weights."""
        weights = self.stored(how.weights)
        bias = [ZERO] * len(weights) if how.bias is None else self.R(how.bias.fractions())
        return [
            tuple(dot(row, v) + b for row, b in zip(weights, bias, strict=True)) for v in x
        ]

    def add(self, index: int, how: net.Primitive, *terms: Rows) -> Rows:
        """Sums, position by position."""
        positions = max(map(len, terms))
        spread = [term * positions if len(term) == 1 else term for term in terms]
        return [
            tuple(map(_sum, zip(*vectors, strict=True)))
            for vectors in zip(*spread, strict=True)
        ]

    def relu(self, index: int, how: net.Relu, x: Rows) -> Rows:
        """R of the positive part."""
        return [self.R(max(value, ZERO) for value in v) for v in x]

    def activate(self, index: int, how: net.Activate, x: Rows) -> Rows:
        """R of the function, of arguments that are floored to the grid."""
        if self.bits is None:
            return [tuple(rounded(how.function, a, EXACT_BITS) for a in v) for v in x]
        unit = 2**self.bits
        floored = [[Fraction(floor(a * unit), unit) for a in v] for v in x]
        return [tuple(rounded(how.function, a, self.bits) for a in v) for v in floored]

    def multiply(self, index: int, how: net.Multiply, x: Rows, y: Rows) -> Rows:
        """R of the products."""
        return [
            self.R(a * b for a, b in zip(v, w, strict=True))
            for v, w in zip(x, y, strict=True)
        ]

    def normalise(self, index: int, how: net.Normalise, x: Rows) -> Rows:
        """R of every component of gain c / sqrt(v + eps) + bias."""
        gain, bias = self.R(how.gain.fractions()), self.R(how.bias.fractions())
        bits = EXACT_BITS if self.bits is None else self.bits
        found = []
        for vector in x:
            mean = _sum(vector) / len(vector) if how.kind == "layer" else ZERO
            centred = [value - mean for value in vector]
            square = _sum(c * c for c in centred) / len(vector) + how.eps
            terms = zip(gain, centred, bias, strict=True)
            found.append(tuple(rounded_norm(g * c, square, b, bits) for g, c, b in terms))
        return found

    def round(self, index: int, how: net.Round, x: Rows) -> Rows:
        """R of the same."""
        return [self.R(v) for v in x]

    def rotate(self, index: int, how: net.Rotate, x: Rows) -> Rows:
        """R of the same, with pairs turned."""
        cosines, sines = map(self.stored, (how.turns[0], how.turns[1]))
        found = []
        for vector, cos, sin in zip(x, cosines, sines, strict=True):
            turned = [*vector]
            for (a, b), c, s in zip(how.pairs, cos, sin, strict=True):
                turned[a], turned[b] = (
                    vector[a] * c - vector[b] * s,
                    vector[b] * c + vector[a] * s,
                )
            found.append(self.R(turned))
        return found

    def sum(self, index: int, how: net.Sum, x: Rows) -> Rows:
        """The sum of all vectors."""
        return [tuple(map(_sum, zip(*x, strict=True)))]

    def pairs(self, index: int, how: net.Pairs, x: Rows, y: Rows) -> Rows:
        """The first position slowest."""
        return [tuple(a * b for a, b in zip(v, w, strict=True)) for v in x for w in y]

    def attend(
        self, index: int, how: net.Attend, queries: Rows, keys: Rows, values: Rows
    ) -> Rows:
        """R of the mean over the selected keys; zero where none is seen."""
        found = []
        for query, seen in zip(
            queries, key_mask(how.mask, len(queries), how.third_order), strict=True
        ):
            scores = {
                int(j): score(dot(query, keys[j]), how.score_bits)
                for j in np.flatnonzero(seen)
            }
            if how.softmax is not None:
                found.append(self.softmax(how.softmax, scores, values))
                continue
            chosen = [values[j] for j in select(how.attention, scores)]
            columns = zip(*chosen, strict=True) if chosen else [()] * len(values[0])
            found.append(self.mean([_sum(column) for column in columns], len(chosen)))
        return found

    def softmax(self, how: Softmax, scores: dict[int, Fraction], values: Rows) -> Vector:
        """R of the mean of all values that are seen, each with the weight of its gap; zero where none is."""
        largest = max(scores.values(), default=ZERO)
        weights = {j: weight(how, largest - value) for j, value in scores.items()}
        columns = zip(*values, strict=True)
        sums = [_sum(column[j] * w for j, w in weights.items()) for column in columns]
        total = max(sum(weights.values()), 1)
        bits = EXACT_BITS if self.bits is None else self.bits
        return tuple(round_half_up(x / total, bits) for x in sums)

    def mean(self, sums: list[Fraction], count: int) -> Vector:
        """The quotient of sums, as the division says."""
        if self.division == "rounded":
            return self.R(x / max(count, 1) for x in sums)
        power = 2 ** count.bit_length()
        return tuple(x * Fraction(power // max(count, 1), power) for x in sums)

    def pick(self, index: int, how: net.Pick, x: Rows) -> Rows:
        """Some positions."""
        return [x[place] for place in how.places]

    def beside(self, index: int, how: net.Beside, *parts: Rows) -> Rows:
        """Vectors joined."""
        return [sum(vectors, ()) for vectors in zip(*parts, strict=True)]

    def flat(self, index: int, how: net.Flat, x: Rows) -> Rows:
        """One vector."""
        return [sum(x, ())]

    def settle(self, index: int, how: net.Settle, x: Rows) -> Rows:
        """The same."""
        return x


def round_half_up(value: Fraction, bits: int) -> Fraction:
    """R(x) = floor(x 2^b + 1/2) / 2^b."""
    return Fraction(floor(value * 2**bits + Fraction(1, 2)), 2**bits)


def weight(how: Softmax, gap: Fraction) -> int:
    """The weight floor(2^(t - d / 2^s) + 1/2) of a key, for d = floor(gap 2^s + 1/2): the largest k it reaches.

    It reaches k if (2 k - 1) / 2 <= 2^(t - d / 2^s), that is (2 k - 1)^(2^s) <= 2^((t + 1) 2^s - d).
    """
    rounded = floor(gap * 2**how.gap_bits + Fraction(1, 2))
    power = (how.weight_bits + 1) * 2**how.gap_bits - rounded
    if power < 0:
        return 0
    root = 2**power
    for _ in range(how.gap_bits):
        root = isqrt(root)
    return (root + 1) // 2


def rounded_norm(product: Fraction, square: Fraction, bias: Fraction, bits: int) -> Fraction:
    """R of product / sqrt(square) + bias; of the bias where the square is zero.

    It is the largest multiple k / 2^bits such that k / 2^bits - 1 / 2^(bits + 1) is no more than the number. Whether a
    number t is no more than p / sqrt(s) + bias is decided by squares, and k is found by halving an interval of them.
    """
    unit = 2**bits

    def reached(k: int) -> bool:
        """Whether rounding gives k / unit or more."""
        least = (
            Fraction(2 * k - 1, 2 * unit) - bias
        )  # product / sqrt(square) has to be this, or more
        if square == 0:
            return least <= 0
        if product >= 0:
            return least <= 0 or least**2 * square <= product**2
        return least <= 0 and least**2 * square >= product**2

    low, high = -1, 1
    while not reached(low):
        low *= 2
    while reached(high):
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if reached(middle) else (low, middle)
    return Fraction(low, unit)


def score(exact: Fraction, bits: int | None) -> Fraction:
    """A score, rounded half up to `score_bits` where a head has them."""
    return exact if bits is None else round_half_up(exact, bits)


def select(attention: str, scores: dict[int, Fraction]) -> list[int]:
    """Those maxima of `scores` (key -> score) that a head looks at; none if there are none."""
    if not scores:
        return []
    largest = max(scores.values())
    maxima = [j for j, value in scores.items() if value == largest]
    return {"hard-left": maxima[:1], "hard-right": maxima[-1:], "saturated": maxima}[
        attention
    ]


def dot(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    """The inner product."""
    return _sum(a * b for a, b in zip(x, y, strict=True))


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, ZERO)


def _batch(values: list[Any], parts: Sequence[int]) -> Any:
    """Vectors of some values, one below the other, as a batch of one: (1, positions, c)."""
    rows = [vector for part in parts for vector in values[part]]
    found = np.empty((1, len(rows), len(rows[0])), dtype=object)
    found[0] = rows
    return found
