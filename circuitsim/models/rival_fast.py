"""Recurrent and fully connected nets for many strings at once, exactly or in float64: what `rival_exact` defines.

One run serves both kinds of numbers, which differ in a handful of operations.
"""

from collections.abc import Sequence
from functools import reduce
from math import lcm
from typing import Protocol, TypeVar

import numpy as np

from circuitsim.models import exact_fast, trust
from circuitsim.models.connected import FullyConnected
from circuitsim.models.exact_fast import ExactTrace
from circuitsim.models.model import FeedForward
from circuitsim.models.nets import Rival
from circuitsim.models.recurrent import Automaton, Cell, RecurrentNet
from circuitsim.models.sequence import position_values
from circuitsim.models.tables import embedding_tables, table_rows
from circuitsim.models.trace import Trace, decide
from circuitsim.models.trust import Flags, Quantity
from circuitsim.numbers.rationals import Matrix, Vector
from circuitsim.numbers.scaled import Scaled, add, affine, narrow, scaled
from circuitsim.tokens import Codes

N = TypeVar("N")  # Scaled or Quantity


class Arithmetic(Protocol[N]):
    """Arrays (batch, positions, c) of one kind of numbers."""

    def rows(self, table: Matrix, chosen: Codes) -> N:
        """Rows (..., c) of a table."""

    def total(self, x: N, y: N) -> N:
        """The sum; shapes broadcast."""

    def constant(self, table: Matrix) -> N:
        """A table (rows, c) of constants."""

    def affine(self, weights: Matrix, x: N, bias: Vector) -> N:
        """Weights times every vector, plus a bias."""

    def net(self, net: FeedForward, x: N) -> N:
        """A ReLU net on every vector."""

    def pick(self, x: N, place: int) -> N:
        """One position: (batch, 1, c)."""

    def join(self, parts: Sequence[N], axis: int) -> N:
        """Arrays joined along an axis, 1 (positions) or 2 (components)."""

    def flat(self, x: N) -> N:
        """All positions' vectors as one: (batch, 1, positions * c)."""


def run_exact_rival(model: RecurrentNet | FullyConnected, codes: Codes) -> ExactTrace:
    """Run a net on token codes (batch, n)."""
    residuals, outputs = _run(model, codes, _Exact())
    return ExactTrace(tuple(residuals), outputs, decide(outputs.numerators))


def run_float_rival(model: RecurrentNet | FullyConnected, codes: Codes) -> Trace:
    """Run a net in float64 on token codes (batch, n); `trusted` as for transformers.

    Raises:
        ModelError: a weight beyond the range of float64.
    """
    with np.errstate(all="ignore"):  # what overflows is not trusted
        arithmetic = _Float(len(codes))
        residuals, outputs = _run(model, codes, arithmetic)
        trusted = arithmetic.trusted & outputs.sound() & trust.clear_decisions(outputs)
    return Trace(tuple(r.values for r in residuals), outputs.values, decide(outputs.values), trusted)


def _run(model: RecurrentNet | FullyConnected, codes: Codes, a: Arithmetic[N]) -> tuple[list[N], N]:
    """The residuals, and the outputs (batch, positions, m)."""
    x = _embedded(model, codes, a)
    if isinstance(model, FullyConnected):
        return _connected(model, codes.shape[1], x, a)
    n = codes.shape[1]
    where, spans = model.readout_positions(n), model.spans(n)
    states: list[N] = [_states(cell, span, x, codes, a) for cell, span in zip(model.cells, spans, strict=True)]
    read: list[N] = []
    for place in where:
        seen: list[N] = [a.pick(h, place - min(span)) for h, span in zip(states, spans, strict=True)]
        read.append(_nets(model.nets, a.join([*seen, a.pick(x, place)], 2), a))
    outputs = a.affine(model.readout.weights, a.join(read, 1), model.readout.bias)
    return [x, *states], outputs


def _connected(model: FullyConnected, n: int, x: N, a: Arithmetic[N]) -> tuple[list[N], N]:
    model.check_length(n)
    stream, residuals = a.flat(x), [x]
    for layer in model.layers:
        stream = a.net(layer, stream)
        residuals.append(stream)
    return residuals, a.join([a.affine(r.weights, stream, r.bias) for r in model.readouts], 1)


def _embedded(model: Rival, codes: Codes, a: Arithmetic[N]) -> N:
    chosen = zip(embedding_tables(model), table_rows(model, codes), strict=True)
    terms = [a.rows(table, rows) for table, rows in chosen]
    positions = position_values(model, codes.shape[1])
    if positions is not None:
        terms.append(a.constant(positions))
    return reduce(a.total, terms)


def _states(cell: Cell, span: range, x: N, codes: Codes, a: Arithmetic[N]) -> N:
    """The states (batch, span, s) after each position, in the order of positions."""
    found: dict[int, N] = {}
    batch = len(codes)
    if isinstance(cell, Automaton):
        moves, state = np.array(cell.moves, np.int64), np.full(batch, cell.initial)
        for place in span:
            state = moves[state, codes[:, place]]
            found[place] = a.rows(cell.rows, state[:, None])
    else:
        h = a.rows((cell.initial,), np.zeros((batch, 1), np.int64))
        for place in span:
            after = _nets(cell.nets, a.join([h, a.pick(x, place)], 2), a)
            h = a.total(h, after) if cell.residual else after
            found[place] = h
    return a.join([found[place] for place in sorted(found)], 1)


def _nets(nets: Sequence[FeedForward], x: N, a: Arithmetic[N]) -> N:
    return reduce(lambda y, net: a.net(net, y), nets, x)


class _Exact:
    """Rationals: numerators over one denominator an array."""

    def rows(self, table: Matrix, chosen: Codes) -> Scaled:
        return scaled(table)[chosen]

    def constant(self, table: Matrix) -> Scaled:
        return scaled(table)

    def total(self, x: Scaled, y: Scaled) -> Scaled:
        return add(x, y).reduced()

    def affine(self, weights: Matrix, x: Scaled, bias: Vector) -> Scaled:
        return affine(weights, x, bias)

    def net(self, net: FeedForward, x: Scaled) -> Scaled:
        return exact_fast.after_net(net, x).reduced()

    def pick(self, x: Scaled, place: int) -> Scaled:
        return x[:, place : place + 1]

    def join(self, parts: Sequence[Scaled], axis: int) -> Scaled:
        common = lcm(*(part.denominator for part in parts))
        arrays = [part.times(common // part.denominator) for part in parts]
        wide = any(array.dtype == object for array in arrays)
        joined = np.concatenate([array.astype(object) if wide else array for array in arrays], axis=axis)
        return Scaled(narrow(joined), common)

    def flat(self, x: Scaled) -> Scaled:
        return Scaled(x.numerators.reshape(len(x.numerators), 1, -1), x.denominator)


class _Float:
    """Float64 with scales and grids; `trusted` is cleared where a number leaves the range that is sound."""

    def __init__(self, batch: int) -> None:
        self.trusted: Flags = np.ones(batch, dtype=np.bool_)

    def rows(self, table: Matrix, chosen: Codes) -> Quantity:
        numbers = trust.quantity(table)
        return self._watched(Quantity(numbers.values, numbers.scales, numbers.grids.max(axis=0))[chosen])

    def constant(self, table: Matrix) -> Quantity:
        return trust.quantity(table)

    def total(self, x: Quantity, y: Quantity) -> Quantity:
        return self._watched(trust.add(x, y))

    def affine(self, weights: Matrix, x: Quantity, bias: Vector) -> Quantity:
        self.trusted &= _sound(weights)
        return self._watched(trust.affine(weights, x, bias))

    def net(self, net: FeedForward, x: Quantity) -> Quantity:
        hidden = self.affine(net.hidden, x, net.hidden_bias)
        positive = Quantity(np.maximum(hidden.values, 0), hidden.scales, hidden.grids)
        result = self.affine(net.output, positive, net.output_bias)
        return self.total(x, result) if net.residual else result

    def pick(self, x: Quantity, place: int) -> Quantity:
        return x[:, place : place + 1]

    def join(self, parts: Sequence[Quantity], axis: int) -> Quantity:
        grids = [part.grids for part in parts]
        return Quantity(
            np.concatenate([part.values for part in parts], axis=axis),
            np.concatenate([part.scales for part in parts], axis=axis),
            np.concatenate(grids) if axis == 2 else np.max(grids, axis=0),
        )

    def flat(self, x: Quantity) -> Quantity:
        batch, positions, _ = x.values.shape
        grids = np.tile(x.grids, positions)
        return Quantity(x.values.reshape(batch, 1, -1), x.scales.reshape(batch, 1, -1), grids)

    def _watched(self, x: Quantity) -> Quantity:
        self.trusted &= x.sound()
        return x


def _sound(rows: Matrix) -> bool:
    """Whether no weight is so small or large that products of it may leave the range of float64."""
    return all(not x or 1 / trust.RANGE < abs(x) < trust.RANGE for row in rows for x in row)
