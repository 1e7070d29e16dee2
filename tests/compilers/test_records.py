"""Circuits of models whose tokens are records: the whole ladder, look-up cells, measure against the netlist."""

import itertools

import numpy as np
import pytest
from circuitsim.compilers.lookup import decoded, looked_up

from circuitsim.api import check, compile
from circuitsim.errors import LimitError
from circuitsim.schematic.drawing import Drawing
from circuitsim.schematic.evaluate import planes_to_bits, run_planes
from circuitsim.tokens import Field, Format
from tests.models.random_records import random_records
from tests.netlist.recount import assert_measured_exactly


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("positions", ["folded", "wired"])
def test_every_rung_agrees_bit_by_bit(seed, positions):
    model = random_records(seed)
    longest = 3 if (positions == "folded") == (seed % 2 == 0) else 2
    for n in range(1, longest + 1):
        row = check(
            model,
            n,
            bases=("xag", "aig", "tc0"),
            positions=positions,
            samples=100,
            exhaustive=n < 3,
        )
        for rung in row.rungs:
            assert rung.relation == "~" or rung.disagreements == 0, (n, rung)


@pytest.mark.slow
@pytest.mark.parametrize("basis", ["xag", "aig", "tc0"])
def test_measure_is_what_is_built(basis):
    for seed in range(3):
        assert_measured_exactly(compile(random_records(seed), basis)(3))


@pytest.mark.parametrize("basis", ["xag", "tc0"])
@pytest.mark.parametrize("seed", range(12))
def test_a_look_up_finds_every_row(basis, seed):
    rng = np.random.default_rng(seed)
    fields = [
        Field(
            f"f{i}",
            tuple(map(str, range(int(rng.integers(1, 6))))),
            rng.choice(["binary", "one-hot"]),
        )
        for i in range(int(rng.integers(1, 4)))
    ]
    size = int(np.prod([field.size for field in fields]))
    rows = rng.integers(-5, 6, (size, 3)).astype(object)
    drawing = Drawing(basis)
    operands = [(field, drawing.input((1, field.width))) for field in fields]
    base, found = (looked_up if basis == "xag" else decoded)(drawing, operands, rows)
    schematic = drawing.finish([wires for wires, _ in found] or [drawing.constant([[False]])])
    digits = np.array(list(itertools.product(*(range(field.size) for field in fields))))[
        :, None, :
    ]
    bits = Format(tuple(fields)).bits(Format(tuple(fields)).codes(digits))
    planes = run_planes(schematic, bits)
    numbers = np.tile(base, (size, 1))
    for output, (_, columns) in zip(schematic.outputs, found, strict=False):
        wires = (
            planes_to_bits(planes[output], size).reshape(size, -1).astype(int).astype(object)
        )
        numbers = numbers + wires @ columns.T
    assert (numbers == rows).all()


def test_a_table_that_is_too_large_to_look_up_is_refused():
    drawing = Drawing("xag")
    operands = [
        (Field(name, tuple(map(str, range(2**11))), "binary"), drawing.input((1, 11)))
        for name in "ab"
    ]
    with pytest.raises(LimitError, match="22 address bits"):
        looked_up(drawing, operands, np.zeros((1, 1), object))


def test_ac0_is_refused_in_one_sentence():
    with pytest.raises(LimitError, match="records of fields"):
        compile(random_records(0), "ac0")(2)
