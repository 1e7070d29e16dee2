"""Bands are the mask: together they show every query exactly the keys it may see."""

import numpy as np
import pytest
from circuitsim.compilers.bands import Bands

from circuitsim.models.model import MASKS
from circuitsim.models.sequence import mask_matrix
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import planes_to_bits
from circuitsim.schematic.operations import OPERATIONS


@pytest.mark.parametrize("positions", ["folded", "wired"])
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("length", [1, 2, 3, 17, 40, 75])
def test_bands_are_the_mask(mask, length, positions):
    drawing = Drawing("xag")
    bands = Bands(drawing, length, positions)
    start, stop = (0, length) if length % 2 else (length // 3, length - 1)
    seen = np.zeros((length, length), bool)
    following = start
    for band in bands.over(mask, start, stop):
        assert band.start == following
        following = band.stop
        if band.keys > 0:
            part = (
                np.ones((band.queries, band.keys), bool)
                if band.mask is None
                else table(drawing, band.mask.index)
            )
            seen[band.start : band.stop, band.first : band.last] = part
    assert following == stop
    assert np.array_equal(seen[start:stop], mask_matrix(mask, length)[start:stop])


def test_the_number_of_bands_is_logarithmic():
    many = Bands(Drawing("xag"), 2**20, "wired").over("causal", 0, 2**20)
    assert len(many) <= 8 * 20 + 16


def table(drawing, index):
    """The bits of a mask, made of constants alone."""
    values = []
    for line in drawing.instructions[: index + 1]:
        args = [np.broadcast_to(values[a], (*values[a].shape[:-1], 1)) for a in line.args]
        values.append(
            np.broadcast_to(OPERATIONS[line.operation].meaning(line, args), (*line.shape, 1))
        )
    return planes_to_bits(values[index], 1)[0]
