"""Read-outs: the sign of one row, which of several rows is the largest, or a number itself in bits."""

from fractions import Fraction

from circuitsim.netlist.interface import Digits
from circuitsim.networks.fixed_point import FixedPoint
from circuitsim.networks.forms import Affine
from circuitsim.schematic.drawing import Wires

from .bases import Lowering
from .residual import Residual


def readout(fixed: FixedPoint, affine: Affine, residual: Residual, way: Lowering) -> Wires:
    """What a circuit says of row . x + bias, (positions, wires): a decision, or bits as `digits` says."""
    if fixed.network.answer == "number":
        low, high = fixed.output_range
        grain = affine.grains[0]
        offset = int(affine.offsets[0]) - (low << grain)
        return way.digits(residual, affine.rows[0], offset, max(high - low, 1), grain)
    if len(affine.rows) == 1 or fixed.network.answer == "signs":
        signs = []
        for row, offset, (low, high) in zip(
            affine.rows, affine.offsets, affine.unshifted, strict=True
        ):
            ends = (low - 1, high - 1)
            signs.append(way.sign(residual, row, int(offset) - 1, ends).expand(1))
        return residual.drawing.concat(signs, 1) if len(signs) > 1 else signs[0]
    return _largest(affine, residual, way)


def digits(fixed: FixedPoint) -> Digits | None:
    """How the outputs of all positions are numbers; None where they decide."""
    if fixed.network.answer != "number":
        return None
    low, high = fixed.output_range
    unit = Fraction(1, 1 << fixed.output_exponent)
    return Digits(low * unit, unit, max(high - low, 1).bit_length())


def _largest(affine: Affine, residual: Residual, way: Lowering) -> Wires:
    """One-hot which row is the largest, the lowest of equal ones."""
    most = max(affine.grains)
    rows = [
        row << (most - grain) for row, grain in zip(affine.rows, affine.grains, strict=True)
    ]
    offsets = [
        int(offset) << (most - grain)
        for offset, grain in zip(affine.offsets, affine.grains, strict=True)
    ]
    return way.argmax(residual, rows, offsets)
