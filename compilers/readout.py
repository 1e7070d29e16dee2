"""Decisions of a read-out: the sign of one row, or which of several rows is the largest."""

from circuitsim.networks.forms import Affine
from circuitsim.schematic.drawing import Drawing, Wires

from .bases import Lowering
from .residual import Residual


def readout(drawing: Drawing, affine: Affine, residual: Residual, way: Lowering) -> Wires:
    """[row . x + bias > 0], or one-hot which row is the largest (the lowest of equal ones): (positions, classes)."""
    stream = residual.stream
    if len(affine.rows) == 1:
        low, high = affine.unshifted[0]
        return way.sign(residual, affine.rows[0], int(affine.offsets[0]) - 1, (low - 1, high - 1)).expand(1)
    classes, most = len(affine.rows), max(affine.grains)
    rows = [row << (most - grain) for row, grain in zip(affine.rows, affine.grains, strict=True)]
    offsets = [offset << (most - grain) for offset, grain in zip(affine.offsets, affine.grains, strict=True)]
    ahead: dict[tuple[int, int], Wires] = {}
    for a in range(classes):
        for b in range(a + 1, classes):
            row, offset = rows[a] - rows[b], int(offsets[a] - offsets[b])
            ahead[a, b] = way.sign(residual, row, offset, stream.range(row, offset))
            ahead[b, a] = ~ahead[a, b]
    wins = []
    for a in range(classes):
        rivals = [ahead[a, b].expand(1) for b in range(classes) if b != a]
        wins.append(drawing.all([(drawing.concat(rivals, 1), 1)]).expand(1))
    return drawing.concat(wins, 1)
