"""The definition of recurrent and fully connected nets, in fractions, one string at a time, as plainly as possible.

Without `bits` it is the exact model. With them it is the integer model: R(x) = floor(x 2^b + 1/2) / 2^b is applied
once to every stored number (weights, biases, rows, positions, initial states, read-out) and to every ReLU output;
sums are exact. The other rungs compute the same for many strings at once and are tested against this.

Residuals of the trace. Recurrent: the tokens' rows, the forward states and the backward states, at the positions that
the read-out needs (`RecurrentNet.spans`), in the order of positions. Fully connected: the rows, then what each layer
gives, as one position.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from circuitsim.models.connected import FullyConnected
from circuitsim.models.exact import ZERO, add, affine, as_array
from circuitsim.models.model import FeedForward, Readout
from circuitsim.models.nets import Rival
from circuitsim.models.recurrent import Automaton, Cell, RecurrentNet
from circuitsim.models.sequence import position_values
from circuitsim.models.tables import embedding_tables, table_rows
from circuitsim.models.trace import Trace, decide
from circuitsim.numbers.rationals import Matrix, Vector
from circuitsim.numbers.rounding import to_grid


def run_rival(model: RecurrentNet | FullyConnected, codes: Sequence[int], bits: int | None = None) -> Trace:
    """Run a net on one string of token codes (n,); arrays of Fraction with a batch of one."""
    stored = _Stored(bits)
    return _recurrent(model, codes, stored) if isinstance(model, RecurrentNet) else _connected(model, codes, stored)


class _Stored:
    """R of the numbers that a model stores; the numbers themselves without bits."""

    def __init__(self, bits: int | None) -> None:
        self.bits = bits

    def vector(self, values: Vector) -> Vector:
        bits = self.bits
        return values if bits is None else tuple(Fraction(to_grid(v, bits), 1 << bits) for v in values)

    def matrix(self, rows: Matrix) -> Matrix:
        return tuple(self.vector(row) for row in rows)

    def net(self, net: FeedForward, x: Vector) -> Vector:
        hidden = affine(self.matrix(net.hidden), x, self.vector(net.hidden_bias))
        relu = self.vector(tuple(max(h, ZERO) for h in hidden))
        result = affine(self.matrix(net.output), relu, self.vector(net.output_bias))
        return add(x, result) if net.residual else result

    def nets(self, nets: Sequence[FeedForward], x: Vector) -> Vector:
        for net in nets:
            x = self.net(net, x)
        return x

    def readout(self, readout: Readout, x: Vector) -> Vector:
        return affine(self.matrix(readout.weights), x, self.vector(readout.bias))


def _rows(model: Rival, codes: Sequence[int], stored: _Stored) -> list[Vector]:
    """The row of every token, with what its position adds."""
    batch = np.array([codes], dtype=np.int64)
    rows = [(ZERO,) * model.width] * len(codes)
    for table, chosen in zip(embedding_tables(model), table_rows(model, batch), strict=True):
        rows = [add(x, stored.vector(table[row])) for x, row in zip(rows, chosen[0], strict=True)]
    positions = position_values(model, len(codes))
    if positions is None:
        return rows
    return [add(x, stored.vector(p)) for x, p in zip(rows, positions, strict=True)]


def _recurrent(model: RecurrentNet, codes: Sequence[int], stored: _Stored) -> Trace:
    rows = _rows(model, codes, stored)
    states = [
        _states(cell, span, rows, codes, stored)
        for cell, span in zip(model.cells, model.spans(len(codes)), strict=True)
    ]
    outputs = []
    for place in model.readout_positions(len(codes)):
        seen = sum((found[place] for found in states), ()) + rows[place]
        outputs.append(stored.readout(model.readout, stored.nets(model.nets, seen)))
    kept = [as_array([found[place] for place in sorted(found)]) for found in states]
    return Trace((as_array(rows), *kept), as_array(outputs), decide(as_array(outputs)))


def _states(cell: Cell, span: range, rows: list[Vector], codes: Sequence[int], stored: _Stored) -> dict[int, Vector]:
    """The state after each position of the span, by position."""
    found = {}
    if isinstance(cell, Automaton):
        state = cell.initial
        for place in span:
            state = cell.moves[state][codes[place]]
            found[place] = stored.vector(cell.rows[state])
        return found
    h = stored.vector(cell.initial)
    for place in span:
        after = stored.nets(cell.nets, h + rows[place])
        h = add(h, after) if cell.residual else after
        found[place] = h
    return found


def _connected(model: FullyConnected, codes: Sequence[int], stored: _Stored) -> Trace:
    model.check_length(len(codes))
    rows = _rows(model, codes, stored)
    x: Vector = sum(rows, ())
    residuals = [as_array(rows)]
    for layer in model.layers:
        x = stored.net(layer, x)
        residuals.append(as_array([x]))
    outputs = as_array([stored.readout(readout, x) for readout in model.readouts])
    return Trace(tuple(residuals), outputs, decide(outputs))
