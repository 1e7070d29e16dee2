"""The decisions of threshold gates, shared by every interpreter: constant, lone wire or gate, and its weights.

[sum of w x >= t] with some x constant is the same question about the others with a smaller t. It is constant where
t lies outside of what the others can reach, a literal where one other is left, and else a gate, whose weights and
threshold are divided by the greatest common divisor of the weights. Wires of weight zero are not wires.

`threshold_profiles` decides so on profiles, where no gates are built; here are the wires of those that are. In numba
where 64 bits hold all sums, else naively in Python integers.
"""

from math import gcd, prod
from typing import Any, NamedTuple

import numpy as np

from circuitsim.array_types import Array, Bools, Ints, Longs
from circuitsim.kernels import compiled
from circuitsim.schematic.profile import CONST0, CONST1, Runs
from circuitsim.schematic.schematic import FITS, Thresholds

Numbers = Array  # int64, or Python integers where 64 bits might not do
Literals = Ints


class Remainders(NamedTuple):
    """What constants leave of thresholds over literals (rows, elements), for weights (thresholds or 1, elements).

    Args:
        fixed: what the wires that are constantly 1 add up to, (rows, thresholds or 1).
        fan_in: how many wires of weight are left. divisor: the greatest common divisor of their weights, at least 1.
    """

    literals: Literals
    weights: Numbers
    fixed: Numbers
    fan_in: Longs
    divisor: Numbers

    def wires(self, gates: Bools, first: int = 0) -> tuple[Literals, Numbers, Longs]:
        """Literals and divided weights of the wires of chosen gates (rows from `first` on, thresholds), in order.

        Returns:
            literals and weights, those of gate g from `starts[g]` to `starts[g + 1]`, and these starts.
        """
        rows, at = np.nonzero(gates)
        rows, at = rows + first, at if len(self.weights) > 1 else at * 0
        starts = np.concatenate([[0], np.cumsum(self.fan_in[rows, at])])
        gather = _gather_naively if self.weights.dtype == object else _gather
        return (*gather(self, rows, at, starts), starts)


def number_type(how: Thresholds, added: list[tuple[Runs, ...]]) -> np.dtype[Any]:
    """int64 if no sum of an `at_least`, whose operands are added up along these runs, passes 62 bits; else object."""
    reach = max(map(abs, how.thresholds), default=0)
    for heaviest, runs in zip(how.heaviest, added, strict=True):
        reach += heaviest * prod(int(r.sum()) for r in runs)
    return np.dtype(np.int64 if 2 * reach < FITS else object)


def weigh(how: Thresholds, axes: list[tuple[int, ...]]) -> tuple[Numbers, Numbers]:
    """Weights (thresholds or 1, elements) and thresholds, of operands whose axes have these lengths."""
    kind = number_type(how, [tuple(np.ones(n, np.int64) for n in own) for own in axes])
    blocks = []
    for operand, (table, own) in enumerate(zip(how.tables, axes, strict=True)):
        wide = np.broadcast_to(np.asarray(table), (len(table), *own))
        block = wide.reshape(len(table), prod(own))
        blocks.append((block if how.alike else block[how.rows(operand)]).astype(kind))
    return np.concatenate(blocks, axis=1), np.array(how.thresholds, kind)


def remainders(literals: Literals, weights: Numbers) -> Remainders:
    """What constants leave of the sums of every row (rows, elements) by weights (thresholds or 1, elements)."""
    find = _remainders_naively if weights.dtype == object else _remainders
    return Remainders(literals, weights, *find(literals, weights))


def state_of(thresholds: Numbers, low: Numbers, high: Numbers) -> Ints:
    """CONST0, CONST1, or 0 for a live wire, of sums between `low` and `high` against thresholds."""
    return np.where(thresholds <= low, CONST1, np.where(thresholds > high, CONST0, 0)).astype(
        np.int32
    )


@compiled(work=lambda literals, weights: len(literals) * weights.size)
def _remainders(literals: Any, weights: Any) -> Any:
    """Of every row: the sum that is fixed, wires left, and the divisor of their weights."""
    shape = (len(literals), len(weights))
    fixed, fan_in = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    divisor = np.ones(shape, np.int64)
    for row in range(shape[0]):
        for t in range(shape[1]):
            common: Any = np.int64(0)
            for k in range(literals.shape[1]):
                literal, weight = literals[row, k], weights[t, k]
                if weight == 0 or literal < 1:
                    continue
                if literal == 1:
                    fixed[row, t] += weight
                    continue
                fan_in[row, t] += 1
                # Euclid; once the divisor is 1 it stays.
                if common != 1:
                    a, b = abs(weight), common
                    while b:
                        a, b = b, a % b
                    common = a
            divisor[row, t] = max(common, 1)
    return fixed, fan_in, divisor


def _remainders_naively(
    literals: Literals, weights: Numbers
) -> tuple[Numbers, Longs, Numbers]:
    """`_remainders` in Python integers."""
    fixed = (literals == 1).astype(object) @ weights.T
    fan_in = (literals > 1).astype(np.int64) @ (weights != 0).T.astype(np.int64)
    divisor = np.array(
        [[max(1, gcd(*own[row > 1])) for own in weights] for row in literals], object
    )
    return fixed, fan_in, divisor.reshape(fixed.shape)


@compiled(work=lambda found, rows, *more: len(rows) * found.literals.shape[1])
def _gather(found: Remainders, rows: Any, at: Any, starts: Any) -> Any:
    """Literals and divided weights of gate g, of row `rows[g]` and threshold `at[g]`, from `starts[g]` on."""
    literals, weights, _, _, divisor = found
    read, scaled = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.int64)
    for g in range(len(rows)):
        place, own, unit = starts[g], weights[at[g]], divisor[rows[g], at[g]]
        for k in range(literals.shape[1]):
            literal = literals[rows[g], k]
            if own[k] != 0 and literal > 1:
                read[place] = literal
                scaled[place] = own[k] if unit == 1 else own[k] // unit
                place += 1
    return read, scaled


def _gather_naively(found: Remainders, rows: Numbers, at: Numbers, starts: Numbers) -> Any:
    """`_gather` in Python integers."""
    read, scaled = np.empty(starts[-1], np.int32), np.empty(starts[-1], object)
    for g, (row, t) in enumerate(zip(rows, at, strict=True)):
        weights = found.weights[t]
        left = (found.literals[row] > 1) & (weights != 0)
        read[starts[g] : starts[g + 1]] = found.literals[row, left]
        scaled[starts[g] : starts[g + 1]] = weights[left] // found.divisor[row, t]
    return read, scaled
