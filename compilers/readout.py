"""Decisions of a read-out: the sign of one row, or which of several rows is the largest."""

from circuitsim.networks.forms import Affine
from circuitsim.schematic.drawing import Wires

from .bases import Lowering
from .residual import Residual


def readout(affine: Affine, residual: Residual, way: Lowering) -> Wires:
    """[row . x + bias > 0], or one-hot which row is the largest (the lowest of equal ones): (positions, classes)."""
    if len(affine.rows) == 1:
        low, high = affine.unshifted[0]
        return way.sign(
            residual, affine.rows[0], int(affine.offsets[0]) - 1, (low - 1, high - 1)
        ).expand(1)
    most = max(affine.grains)
    rows = [
        row << (most - grain) for row, grain in zip(affine.rows, affine.grains, strict=True)
    ]
    offsets = [
        int(offset) << (most - grain)
        for offset, grain in zip(affine.offsets, affine.grains, strict=True)
    ]
    return way.argmax(residual, rows, offsets)
