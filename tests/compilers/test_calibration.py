"""Bits that auto finds on stated inputs: the least that decide as softmax does, three in a row."""

from dataclasses import replace

import numpy as np
import pytest
from circuitsim.compilers.calibration import ORDER, Stated, agreements, calibrate

import circuitsim as cs
from circuitsim.errors import InputError, NoPrecisionError
from circuitsim.models.sequence import all_inputs
from circuitsim.networks.fixed_point import fix
from circuitsim.networks.integer import run_integer
from circuitsim.networks.rungs import run_float
from tests.cases import softmax_model


def deciding(seed):
    """A random softmax model that decides."""
    model = softmax_model(seed, layers=1)
    readout = replace(model.readout, answer="decision")
    return replace(model, name=f"auto{seed}", readout=readout)


def decides_alike(model, stated, bits, gap_bits, weight_bits):
    """The definition: whatever softmax decides for certain, the integer model decides."""
    rounded = replace(
        model, bits=str(bits), gap_bits=str(gap_bits), weight_bits=str(weight_bits)
    )
    for each in stated:
        truth = run_float(model, each.codes)
        found = run_integer(fix(rounded, each.codes.shape[1]), each.codes)
        for row in np.flatnonzero(truth.trusted):
            if not np.array_equal(
                truth.decisions[row][each.start :], found.decisions[row][each.start :]
            ):
                return False
    return True


def plain_search(model, stated):
    """One kind after the other, by the definition alone."""

    def least(right):
        bits = 0
        while not all(right(more) for more in (bits, bits + 1, bits + 2)):
            bits += 1
        return bits

    weights = least(lambda bits: decides_alike(model, stated, 16, 12, bits))
    gaps = least(lambda bits: decides_alike(model, stated, 16, bits, weights))
    return {
        "weight_bits": weights,
        "gap_bits": gaps,
        "bits": least(lambda b: decides_alike(model, stated, b, gaps, weights)),
    }


@pytest.mark.parametrize("seed", range(12))
def test_the_least_bits_are_those_of_a_plain_search(seed):
    model = deciding(seed)
    stated = [Stated(all_inputs(model, n)) for n in (1, 2)]
    try:
        found = calibrate(model, stated, ORDER)
    except NoPrecisionError:
        pytest.skip("its scores need more than 12 bits of gaps")
    assert found.found == plain_search(model, stated)
    assert agreements(found.model, stated) == (found.inputs, found.inputs)


def test_only_what_is_wanted_changes():
    model = deciding(1)
    found = calibrate(model, [Stated(all_inputs(model, 2))], ["bits"])
    assert set(found.found) == {"bits"}
    assert (found.model.gap_bits, found.model.weight_bits) == (
        model.gap_bits,
        model.weight_bits,
    )


def test_an_offset_moves_the_table_and_a_start_forgets_decisions():
    model = cs.Model(
        "ab",
        {"a": [0, 1], "b": [0, 1]},
        [cs.Layer([])],
        cs.Readout([1, 0], position="each"),
        positions=cs.PositionTable([["-1/16", 0], ["1/16", 0], ["1/3", 0]]),
    )
    whole = calibrate(model, [Stated(all_inputs(model, 2))], ["bits"])
    moved = calibrate(model, [Stated(all_inputs(model, 1), offset=2)], ["bits"])
    assert (whole.found["bits"], moved.found["bits"]) == (3, 1)
    later = calibrate(model, [Stated(all_inputs(model, 3), start=2)], ["bits"])
    assert later.found["bits"] == 1
    with pytest.raises(
        InputError, match="an offset of 3, and its table of positions has 3 rows"
    ):
        calibrate(model, [Stated(all_inputs(model, 1), offset=3)], ["bits"])


def test_what_cannot_be_found_is_said():
    model = deciding(0)
    with pytest.raises(InputError, match="no inputs"):
        calibrate(model, [], ORDER)
    number = replace(model, readout=cs.Readout([1] * model.width, answer="number"))
    with pytest.raises(InputError, match="answers by a number"):
        calibrate(number, [Stated(all_inputs(model, 1))], ORDER)
