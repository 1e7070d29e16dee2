"""Float64 numbers that know how far they can be trusted, for comparing a float run with the exact model.

Beside every value stands its scale: the same computation with every term replaced by its absolute value. The
rounding error of a sum of fewer than 2^20 terms is far below 2^-30 of that, so a difference above 2^-30 of
its scale has the right sign. Beside every component stands a grid: all its values are multiples of 2^-grid
and small enough that float64 sums of them are exact (inf: not known to be). On a grid, ties are ties.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuitsim.errors import ModelError
from circuitsim.models.model import Answer
from circuitsim.numbers.scaled import Scaled

from .keys import over_pairs as pairs_of
from .primitives import Normalise, Rotate
from .rotation import factors

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Scores = tuple[
    Floats, Floats, float
]  # (batch, queries, keys), their scales, and the grid of all of them

MARGIN = 2.0**-30
ERROR = 2.0**-50  # of a difference of two numbers, in terms of their scales
MOST = 2.0**53
TOGETHER = 64  # vectors
DYADIC_BITS = 900  # of denominators whose quotients cannot underflow
RANGE = (
    2.0**480
)  # scales outside [1/RANGE, RANGE] may underflow or overflow when multiplied: not trusted


@dataclass(frozen=True)
class Quantity:
    """Values (batch, ..., c), their scales (same shape), and the grids (c,) of their components."""

    values: Floats
    scales: Floats
    grids: Floats

    def __getitem__(self, index: Any) -> "Quantity":
        return Quantity(self.values[index], self.scales[index], self.grids)

    def sound(self) -> Flags:
        """Which inputs of the batch (batch,) have only scales of a size that float64 can multiply."""
        fine = (self.scales == 0) | ((self.scales > 1 / RANGE) & (self.scales < RANGE))
        return np.asarray(fine.all(axis=tuple(range(1, fine.ndim))), dtype=np.bool_)


def quantity(x: Scaled) -> Quantity:
    """Constants of any shape; `grids` has the shape of the values, one for each.

    Raises:
        ModelError: a number beyond the range of float64.
    """
    power = x.denominator.bit_length() - 1
    if x.numerators.dtype != object and x.denominator == 1 << power and power < DYADIC_BITS:
        return _dyadic(x.numerators, power)
    flat = [Fraction(int(n), x.denominator) for n in x.numerators.flat]
    try:
        values = np.array([float(number) for number in flat], dtype=np.float64).reshape(
            x.shape
        )
    except OverflowError:
        raise ModelError(
            "a weight is beyond the range of float64; the float model cannot be run."
        ) from None
    tiny = np.array([number != 0 for number in flat], dtype=np.bool_).reshape(x.shape) & (
        values == 0
    )
    scales = np.where(
        tiny, 2.0**-1000, np.abs(values)
    )  # underflowed to zero: outside of RANGE
    return Quantity(
        values,
        scales,
        np.array([_grid(number) for number in flat], dtype=np.float64).reshape(x.shape),
    )


def _dyadic(numerators: NDArray[np.int64], bits: int) -> Quantity:
    """The same of integers over 2^bits."""
    values = numerators / 2.0**bits
    zeros = np.where(numerators == 0, bits, np.frexp(numerators & -numerators)[1] - 1)
    exact = np.abs(numerators) >> zeros < MOST
    grids = np.where(exact, np.maximum(bits - zeros, 0), np.inf)
    return Quantity(values, np.abs(values), grids)


def rows(x: Scaled) -> Quantity:
    """Constant rows (r, c), of which any may be taken: one grid a component."""
    found = quantity(x)
    return Quantity(found.values, found.scales, found.grids.max(axis=0))


def affine(weights: Scaled, x: Quantity, bias: Scaled | None) -> Quantity:
    """Matrix (r, c) times every vector of x (..., c), plus a bias (r,) if there is one."""
    if not weights.numerators.size:
        zeros = np.zeros((*x.values.shape[:-1], weights.shape[0]))
        return Quantity(zeros, zeros, np.zeros(weights.shape[0]))
    matrix = quantity(weights)
    used = (matrix.scales > 0) & (_peaks(x) > 0)
    grids = np.where(used, matrix.grids + x.grids, 0).max(axis=1)
    product = Quantity(x.values @ matrix.values.T, x.scales @ matrix.scales.T, grids)
    return _on_grid(product) if bias is None else add(product, quantity(bias))


def small_enough(weights: Scaled) -> bool:
    """Whether no weight is so small or large that products of it may leave the range of float64."""
    sizes = quantity(weights).scales
    return bool(((sizes == 0) | ((sizes > 1 / RANGE) & (sizes < RANGE))).all())


def add(x: Quantity, y: Quantity) -> Quantity:
    """The sum; shapes broadcast, and so do grids given for every value, as constants have them."""
    grids = y.grids if y.grids.ndim == 1 else y.grids.max(axis=tuple(range(y.grids.ndim - 1)))
    return _on_grid(
        Quantity(x.values + y.values, x.scales + y.scales, np.maximum(x.grids, grids))
    )


def over_pairs(x: Quantity, y: Quantity) -> Quantity:
    """Products at every pair of positions, by component: twice (batch, length, c) to (batch, length^2, c)."""
    used = (_peaks(x) > 0) & (_peaks(y) > 0)
    grids = np.where(used, x.grids + y.grids, 0)
    return _on_grid(
        Quantity(pairs_of(x.values, y.values), pairs_of(x.scales, y.scales), grids)
    )


def multiply(x: Quantity, y: Quantity) -> Quantity:
    """Products, component by component."""
    used = (_peaks(x) > 0) & (_peaks(y) > 0)
    grids = np.where(used, x.grids + y.grids, 0)
    return _on_grid(Quantity(x.values * y.values, x.scales * y.scales, grids))


def rotated(how: Rotate, x: Quantity) -> Quantity:
    """Vectors (batch, positions, c) with pairs turned."""
    by, unit = factors(how, x.values.shape[-1]), how.turns.denominator
    other = Quantity(*(part[..., by.partner] for part in (x.values, x.scales, x.grids)))
    own = multiply(x, rows(Scaled(by.own, unit)))
    return add(own, multiply(other, rows(Scaled(by.other, unit))))


def over_positions(x: Quantity) -> Quantity:
    """Sums over positions (batch, 1, c)."""
    values, scales = (part.sum(axis=1, keepdims=True) for part in (x.values, x.scales))
    return _on_grid(Quantity(values, scales, x.grids))


def normalised(how: Normalise, x: Quantity) -> Quantity:
    """Vectors with a norm.

    Scales start anew, as those of gain c / sqrt(v + eps) and of the bias: what was added up before a norm says little
    about what comes after it. Only where it divides by little more than a rounding error, that one counts.
    """
    gain, bias = quantity(how.gain), quantity(how.bias)
    centred, sizes = x.values, x.scales
    if how.kind == "layer":
        centred = centred - centred.mean(axis=-1, keepdims=True)
        sizes = sizes + sizes.mean(axis=-1, keepdims=True)
    square = (centred**2).mean(axis=-1, keepdims=True) + float(how.eps)
    root = np.where(square > 0, np.sqrt(square), 1)
    values, errors = centred / root, ERROR * sizes / root
    scales = np.maximum(np.abs(values), errors / MARGIN)
    return Quantity(
        values * gain.values + bias.values,
        scales * gain.scales + bias.scales,
        np.full(x.grids.shape, np.inf),
    )


def mean(chosen: Flags, value: Quantity) -> Quantity:
    """Means of the chosen values: chosen (batch, queries, keys), value (batch, keys, v); zero of none."""
    weights = chosen.astype(np.float64)
    counts = np.maximum(weights.sum(axis=2, keepdims=True), 1)
    sums = _on_grid(Quantity(weights @ value.values, weights @ value.scales, value.grids))
    halvings = np.log2(counts)
    finer = halvings.max(initial=0) if (halvings % 1 == 0).all() else np.inf
    grids = np.where(_peaks(sums) > 0, sums.grids + finer, 0)
    return _on_grid(Quantity(sums.values / counts, sums.scales / counts, grids))


def scores(query: Quantity, key: Quantity) -> Scores:
    """Scores of every query and key."""
    values = query.values @ key.values.transpose(0, 2, 1)
    scales = query.scales @ key.scales.transpose(0, 2, 1)
    used = (_peaks(query) > 0) & (_peaks(key) > 0)
    grid = float(np.where(used, query.grids + key.grids, 0).max(initial=0))
    return values, scales, grid if scales.max(initial=0) * 2.0**grid <= MOST else np.inf


def rounded(values: Floats, scales: Floats, grid: float, bits: int) -> tuple[Floats, Flags]:
    """Scores rounded half up to `bits` fraction bits, and which inputs (batch,) were surely rounded right."""
    shifted = values * 2.0**bits + 0.5
    whole = np.floor(shifted)
    exact = (
        scales.max(initial=0) * 2.0 ** (max(grid, bits + 1) + 1) <= MOST
        if grid < np.inf
        else False
    )
    distance = np.minimum(shifted - whole, whole + 1 - shifted)
    sure = exact | (distance > MARGIN * scales * 2.0**bits)
    return whole / 2.0**bits, np.asarray(sure.all(axis=(1, 2)), dtype=np.bool_)


def clear_maximum(values: Floats, scales: Floats, visible: Flags) -> Flags:
    """Whether the maximum over the last axis stands clear of the others: the leading shape.

    It does where every other visible value is below it by more than the margin, where all that come near are
    exact zeros, and where nothing is visible.
    """
    masked = np.where(visible, values, -np.inf)
    where = masked.argmax(axis=-1)[..., None]
    top, top_scale = (
        np.take_along_axis(masked, where, -1),
        np.take_along_axis(scales, where, -1),
    )
    gap = np.where(visible, top - values, np.inf)  # never inf - inf
    near = visible & ~(gap > MARGIN * np.maximum(scales, top_scale))
    zeros = np.where(near, scales, 0).max(axis=-1) == 0
    return np.asarray((near.sum(axis=-1) <= 1) | zeros, dtype=np.bool_)


def clear_decisions(outputs: Quantity, answer: Answer) -> Flags:
    """Which inputs (batch,) have decisions, of outputs (batch, positions, m), beyond doubt."""
    exact = bool(np.isfinite(outputs.grids).all())
    if outputs.values.shape[-1] == 1 or answer == "signs":
        clear = (np.abs(outputs.values) > MARGIN * outputs.scales) | (outputs.scales == 0)
        clear = clear.all(axis=-1)
    else:
        clear = clear_maximum(
            outputs.values, outputs.scales, np.ones(outputs.values.shape, dtype=np.bool_)
        )
    return np.asarray((exact | clear).all(axis=1), dtype=np.bool_)


def _peaks(x: Quantity) -> Floats:
    """The largest scale of each component (c,)."""
    count, c = prod(x.scales.shape[:-1]), x.scales.shape[-1]
    rows, blocks = x.scales.reshape(count, c), count // TOGETHER
    # numpy's inner loop is as long as a row, and few components make it short.
    most = rows[: blocks * TOGETHER].reshape(blocks, TOGETHER * c).max(axis=0, initial=0)
    rest = rows[blocks * TOGETHER :].max(axis=0, initial=0)
    return np.maximum(most.reshape(TOGETHER, c).max(axis=0), rest)


def _on_grid(x: Quantity) -> Quantity:
    """Give up the grids of components whose sums may need more than 53 bits."""
    with np.errstate(over="ignore", invalid="ignore"):
        fits = _peaks(x) * 2.0 ** np.minimum(x.grids, 1100) <= MOST
    return Quantity(x.values, x.scales, np.where(fits, x.grids, np.inf))


def _grid(x: Fraction) -> float:
    """The number of fraction bits of a dyadic rational that float64 holds exactly, else inf."""
    if x.denominator & (x.denominator - 1) or x.denominator.bit_length() > 1000:
        return np.inf
    odd = x.numerator // (x.numerator & -x.numerator) if x else 0
    return x.denominator.bit_length() - 1 if abs(odd).bit_length() <= 53 else np.inf
