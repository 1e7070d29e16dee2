"""The float64 meaning, as a user of the usual libraries would run it, softmax included.

Numbers know how far they can be trusted (`trust`), so that a run can be compared with the exact model.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from circuitsim.models.sequence import Codes, score_blocks
from circuitsim.models.tables import table_rows
from circuitsim.numbers.functions import of_floats

from . import primitives as net
from . import trust
from .exact import states_of
from .keys import Flags, key_mask, select
from .network import Network, run
from .trace import Trace, decide
from .trust import Floats, Quantity


def run_float(network: Network, codes: Codes) -> Trace:
    """Run a network in float64 on token codes (batch, n).

    Returns:
        Arrays of float64. `trusted` is False for an input if a rounding error may have changed a maximum, a rounded
        score or a decision. Of a model with softmax, norms or activations, which the exact model rounds too, decisions
        alone count.

    Raises:
        ModelError: a weight beyond the range of float64.
    """
    rules = Float(network, codes)
    with np.errstate(all="ignore"):  # what overflows is not trusted
        values = run(network, rules)
        outputs = joined([values[x] for x in network.outputs], 1)
        trusted = outputs.sound() & (rules.trusted | network.irrational)
        if network.answer != "number":
            trusted &= trust.clear_decisions(outputs, network.answer)
    residuals = tuple(
        joined([values[x] for x in parts], 1).values for parts in network.residuals
    )
    decisions = decide(outputs.values, network.answer)
    return Trace(residuals, outputs.values, decisions, trusted, outputs.scales)


class Float:
    """One rule a primitive; `trusted` is cleared where rounding may matter or a number leaves the sound range."""

    def __init__(self, network: Network, codes: Codes) -> None:
        self.codes, self.chosen = codes, table_rows(network.model, codes)
        self.trusted: Flags = np.ones(len(codes), dtype=np.bool_)

    def tokens(self, index: int, how: net.Tokens) -> Quantity:
        """The rows that tokens choose, and those of the positions."""
        terms = [
            trust.rows(table)[chosen]
            for table, chosen in zip(how.tables, self.chosen, strict=True)
        ]
        if how.positions is not None:
            terms.append(trust.quantity(how.positions))
        return self._watched(reduce(trust.add, terms))

    def states(self, index: int, how: net.States) -> Quantity:
        """The rows of an automaton's states."""
        return self._watched(trust.rows(how.rows)[states_of(how, self.codes)])

    def constant(self, index: int, how: net.Constant) -> Quantity:
        """One row for all positions of all strings."""
        row, batch = trust.rows(how.row), len(self.codes)
        values, scales = (
            np.tile(numbers, (batch, how.positions, 1))
            for numbers in (row.values, row.scales)
        )
        return self._watched(Quantity(values, scales, row.grids))

    def affine(self, index: int, how: net.Affine, x: Quantity) -> Quantity:
        """A linear map."""
        self.trusted &= trust.small_enough(how.weights)
        return self._watched(trust.affine(how.weights, x, how.bias))

    def add(self, index: int, how: net.Add, *terms: Quantity) -> Quantity:
        """A sum."""
        return self._watched(reduce(trust.add, terms))

    def relu(self, index: int, how: net.Relu, x: Quantity) -> Quantity:
        """The positive part."""
        return Quantity(np.maximum(x.values, 0), x.scales, x.grids)

    def activate(self, index: int, how: net.Activate, x: Quantity) -> Quantity:
        """The function; where it is steepest it moves hardly more than its argument."""
        return Quantity(
            of_floats(how.function, x.values), x.scales, np.full(x.grids.shape, np.inf)
        )

    def multiply(self, index: int, how: net.Multiply, x: Quantity, y: Quantity) -> Quantity:
        """Products, component by component."""
        return self._watched(trust.multiply(x, y))

    def normalise(self, index: int, how: net.Normalise, x: Quantity) -> Quantity:
        """Vectors with a norm."""
        return self._watched(trust.normalised(how, x))

    def round(self, index: int, how: net.Round, x: Quantity) -> Quantity:
        """The same."""
        return x

    def rotate(self, index: int, how: net.Rotate, x: Quantity) -> Quantity:
        """The same, with pairs turned."""
        return self._watched(trust.rotated(how, x))

    def sum(self, index: int, how: net.Sum, x: Quantity) -> Quantity:
        """Sums over positions."""
        return self._watched(trust.over_positions(x))

    def pairs(self, index: int, how: net.Pairs, x: Quantity, y: Quantity) -> Quantity:
        """Products at pairs of positions."""
        return self._watched(trust.over_pairs(x, y))

    def attend(
        self, index: int, how: net.Attend, query: Quantity, key: Quantity, value: Quantity
    ) -> Quantity:
        """Means of the selected values, or shares of all by softmax, a block of queries at a time."""
        batch, length, _ = query.values.shape
        visible = key_mask(how.mask, length, how.third_order)
        values, scales = np.zeros((2, batch, length, value.values.shape[-1]))
        grids = np.zeros(value.grids.shape)
        for rows, queries in score_blocks(batch, length, key.values.shape[1]):
            trusted = self.trusted[rows]
            scores = trust.scores(query[rows, queries], key[rows])
            seen = _attend(how, scores, value[rows], visible[queries], trusted)
            values[rows, queries], scales[rows, queries] = seen.values, seen.scales
            grids = np.maximum(grids, seen.grids)
        return Quantity(values, scales, grids)

    def pick(self, index: int, how: net.Pick, x: Quantity) -> Quantity:
        """Some positions."""
        return x[:, list(how.places)]

    def beside(self, index: int, how: net.Beside, *parts: Quantity) -> Quantity:
        """Vectors joined."""
        return joined(parts, 2)

    def flat(self, index: int, how: net.Flat, x: Quantity) -> Quantity:
        """One vector."""
        batch, positions, _ = x.values.shape
        return Quantity(
            x.values.reshape(batch, 1, -1),
            x.scales.reshape(batch, 1, -1),
            np.tile(x.grids, positions),
        )

    def settle(self, index: int, how: net.Settle, x: Quantity) -> Quantity:
        """The same."""
        return x

    def _watched(self, x: Quantity) -> Quantity:
        self.trusted &= x.sound()
        return x


def joined(parts: Sequence[Quantity], axis: int) -> Quantity:
    """Arrays joined along an axis, 1 (positions) or 2 (components)."""
    if len(parts) == 1:
        return parts[0]
    grids = [part.grids for part in parts]
    return Quantity(
        np.concatenate([part.values for part in parts], axis=axis),
        np.concatenate([part.scales for part in parts], axis=axis),
        np.concatenate(grids) if axis == 2 else np.max(grids, axis=0),
    )


def _attend(
    how: net.Attend, scores: trust.Scores, value: Quantity, visible: Flags, trusted: Flags
) -> Quantity:
    """What some queries see; clears `trusted` where a maximum cannot be relied on."""
    values, scales, grid = scores
    if how.score_bits is not None:
        values, sure = trust.rounded(values, scales, grid, how.score_bits)
        trusted &= sure
        scales, grid = np.abs(values), 0
    if how.attention == "softmax":
        shares = softmax(values, visible)
        return Quantity(
            shares @ value.values, shares @ value.scales, np.full(value.grids.shape, np.inf)
        )
    if grid == np.inf:
        trusted &= trust.clear_maximum(
            values, scales, np.broadcast_to(visible, values.shape)
        ).all(axis=1)
    return trust.mean(select(how.attention, values, visible), value)


def softmax(scores: Floats, visible: Flags) -> Floats:
    """Shares (batch, queries, keys) by powers of two, which add up to one, or to zero where nothing is visible."""
    masked = np.where(visible, scores, -np.inf)
    top = np.where(visible.any(axis=1, keepdims=True), masked.max(axis=2, keepdims=True), 0)
    powers = np.exp2(masked - top)
    return np.asarray(
        powers / np.maximum(powers.sum(axis=2, keepdims=True), 1e-300), dtype=np.float64
    )
